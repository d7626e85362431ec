"""Baselines: what real rows alone can be turned into, which generated ones have to beat.

A new one is one line in `BASELINES`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal, get_args

import numpy as np

from tabgan.errors import SettingError
from tabgan.evaluation.metrics.alignment import listed
from tabgan.evaluation.utility.arms import (
    N_DRAWS,
    Arm,
    AveragedArm,
    BestLearnerArm,
    MakeArm,
    Trainable,
)
from tabgan.evaluation.utility.augmenters import bootstrap, oversample, smote
from tabgan.evaluation.utility.distillation import relabel, swap_cells
from tabgan.evaluation.utility.task import Examples, Task, TaskKind
from tabgan.evaluation.utility.utility import (
    BEST_LEARNER,
    CLASS_WEIGHTS,
    TUNED_THRESHOLD,
    augmented_arm,
)

BaselineSet = Literal["quick", "all"]
BASELINE_SETS: tuple[BaselineSet, ...] = get_args(BaselineSet)
NUMBERS = frozenset[TaskKind](["regression"])
TWO_CLASSES = frozenset[TaskKind](["binary"])
CLASSES = TWO_CLASSES | frozenset[TaskKind](["multiclass"])
NO_BALANCING = (
    "A number has no classes: what balances them is left out, which is random oversampling, SMOTE, "
    "class weights and a tuned threshold."
)


@dataclass(frozen=True)
class Baseline:
    """One way to train without generated rows.

    Attributes:
        make: The arm, from the task, real rows to learn from and a seed.
        kinds: Of the tasks that it is for.
        is_quick: Whether it takes a few fits at the most.
    """

    make: Callable[[Task, Examples, int], Trainable]
    kinds: frozenset[TaskKind] = CLASSES | NUMBERS
    is_quick: bool = True


def _real(task: Task, real: Examples, seed: int) -> Trainable:  # noqa: ARG001
    return Arm(real)


def _twice(task: Task, real: Examples, seed: int) -> Trainable:  # noqa: ARG001
    return Arm(real.concat(real))


def _oversampled(task: Task, real: Examples, seed: int) -> Trainable:
    return Arm(oversample(task, real, seed))


def _smote(task: Task, real: Examples, seed: int) -> Trainable:
    return Arm(smote(task, real, seed))


def _smote_draws(task: Task, real: Examples, seed: int) -> Trainable:
    smote(task, real, seed)  # what it cannot do is said here
    return AveragedArm(partial(smote, task, real))


def _weighted(task: Task, real: Examples, seed: int) -> Trainable:  # noqa: ARG001
    return Arm(real, balance_classes=True)


def _bagging(task: Task, real: Examples, seed: int) -> Trainable:  # noqa: ARG001
    return AveragedArm(partial(bootstrap, task, real))


def _swapped(task: Task, real: Examples, seed: int) -> Trainable:
    rows = Examples(swap_cells(real.features, np.random.default_rng(seed)), real.labels)
    return Arm(real.concat(relabel(task, real, rows, seed)))


BASELINES: Mapping[str, Baseline] = {  # by the name of the arm
    "real twice": Baseline(_twice),
    augmented_arm("random oversampling"): Baseline(_oversampled, CLASSES),
    augmented_arm("SMOTE"): Baseline(_smote, CLASSES),
    f"SMOTE, {N_DRAWS} draws": Baseline(_smote_draws, CLASSES, is_quick=False),
    CLASS_WEIGHTS: Baseline(_weighted, CLASSES),
    TUNED_THRESHOLD: Baseline(_real, TWO_CLASSES),
    f"bagging of {N_DRAWS}": Baseline(_bagging, is_quick=False),
    BEST_LEARNER: Baseline(BestLearnerArm),
    augmented_arm("swapped cells"): Baseline(_swapped, is_quick=False),
}


def baseline_makers(task: Task, chosen: BaselineSet, seed: int) -> dict[str, MakeArm]:
    """Return how each baseline of a task is made of real rows, by the name of its arm.

    Args:
        task: What is predicted.
        chosen: Those of a few fits, or all.
        seed: Of their draws.
    """
    return {
        name: partial(_make, baseline, task, seed)
        for name, baseline in BASELINES.items()
        if task.kind in baseline.kinds and (baseline.is_quick or chosen == "all")
    }


def _make(baseline: Baseline, task: Task, seed: int, real: Examples) -> Trainable:
    return baseline.make(task, real, seed)


def check_baselines(chosen: str) -> None:
    """Raise `SettingError` unless this is the name of a set of baselines."""
    if chosen not in BASELINE_SETS:
        raise SettingError(f"baselines can be {listed(list(BASELINE_SETS))}, got {chosen!r}.")
