"""Which arms an evaluation compares, and by which scores; each is made of any real rows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from tabgan.evaluation.metrics.metric import IncomputableError, Unavailable
from tabgan.evaluation.utility.arms import Arm, Arms, BestLearnerArm, MakeArm, Trainable
from tabgan.evaluation.utility.baselines import BaselineSet, baseline_makers
from tabgan.evaluation.utility.distillation import relabel
from tabgan.evaluation.utility.scores import SCORES, TUNED_SCORES, Score
from tabgan.evaluation.utility.task import Examples, Task
from tabgan.evaluation.utility.utility import (
    BEST_LEARNER,
    REAL,
    TUNED_THRESHOLD,
    augmented_arm,
    relabelled_arm,
)

MadeRows = Mapping[str, Examples | Unavailable]  # by what made them; or why there are none


def arm_makers(
    task: Task, made: MadeRows, baselines: BaselineSet, seed: int, *, alone: str
) -> dict[str, MakeArm]:
    """Return how each arm is made of real rows, in the order of a report.

    Args:
        task: What is predicted.
        made: Generated rows; those of the first are trained on alone, too, and relabelled where all
            baselines are asked for.
        baselines: Those of a few fits, or all.
        seed: Of what the arms draw.
        alone: Name of the arm of the first generated rows alone.
    """
    first = list(made.items())[:1]
    makers: dict[str, MakeArm] = {REAL: Arm}
    makers |= {augmented_arm(name): partial(_beside_real, rows) for name, rows in made.items()}
    if baselines == "all":
        makers |= {
            relabelled_arm(name): partial(_relabelled, task, rows, seed) for name, rows in first
        }
    makers |= baseline_makers(task, baselines, seed)
    for _, rows in first:
        makers[alone] = partial(_alone, rows)
    return makers


def _beside_real(rows: Examples | Unavailable, real: Examples) -> Trainable:
    return Arm(real.concat(_known(rows)))


def _relabelled(task: Task, rows: Examples | Unavailable, seed: int, real: Examples) -> Trainable:
    return Arm(real.concat(relabel(task, real, _known(rows), seed)))


def _alone(rows: Examples | Unavailable, real: Examples) -> Trainable:  # noqa: ARG001
    return Arm(_known(rows))


def _known(rows: Examples | Unavailable) -> Examples:
    if isinstance(rows, Unavailable):
        raise IncomputableError(rows.reason)
    return rows


def chosen_scores(task: Task, baselines: BaselineSet) -> tuple[Score, ...]:
    """Return the scores of a task; with all baselines, decisions at tuned thresholds, too."""
    is_tuned = task.kind == "binary" and baselines == "all"
    return SCORES[task.kind] + (TUNED_SCORES if is_tuned else ())


def tuned_arms(task: Task, baselines: BaselineSet, arms: Iterable[str]) -> list[str]:
    """Return the arms whose thresholds are tuned."""
    if task.kind != "binary":
        return []
    return list(arms) if baselines == "all" else [TUNED_THRESHOLD]


def find_choice(arms: Arms) -> list[str]:
    """Return the learner that was chosen on real rows; none where none could be."""
    arm = arms[BEST_LEARNER]
    try:
        return [arm.choice] if isinstance(arm, BestLearnerArm) else []
    except IncomputableError:
        return []


def describe_choices(choices: Sequence[str]) -> Iterator[str]:
    """Yield a note on which learners were the best one; none where none could be chosen.

    >>> list(describe_choices(["forest"]))
    ['Chosen inside the real rows alone, the best learner is forest.']
    >>> list(describe_choices(["forest", "linear", "forest"]))
    ['Chosen inside the real rows alone, the best learner is forest in 2, linear in 1 of 3 folds.']
    """
    best = sorted(set(choices), key=lambda choice: (-choices.count(choice), choice))
    if not best:
        return
    words = best[0]
    if len(best) > 1:
        times = ", ".join(f"{choice} in {choices.count(choice)}" for choice in best)
        words = f"{times} of {len(choices)} folds"
    yield f"Chosen inside the real rows alone, the best learner is {words}."
