"""Train every learner on every arm, with several seeds, and score it on the same test rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from tabgan.errors import SettingError, TableError
from tabgan.evaluation.metrics.alignment import listed
from tabgan.evaluation.metrics.metric import Comparison, Unavailable
from tabgan.evaluation.utility.arms import (
    BASELINE_ARMS,
    NO_BALANCING,
    Arm,
    Arms,
    BinaryPredictions,
    LearnerPredictions,
    baseline_arms,
)
from tabgan.evaluation.utility.baseline_comparison import compare_baselines
from tabgan.evaluation.utility.confidence_intervals import half_width_over_seeds
from tabgan.evaluation.utility.scores import SCORES
from tabgan.evaluation.utility.task import Examples, Task
from tabgan.evaluation.utility.utility import (
    BOTH,
    REAL,
    SYNTHETIC,
    Utility,
    UtilityScore,
    score_arms,
)
from tabgan.runtime.progress import OnProgress, ignore_progress, track_progress


@dataclass(frozen=True)
class MeasuredUtility:
    """What learners gain, and what they predicted for the test rows.

    Attributes:
        utility: All scores, and the verdict.
        predictions: One for each learner and arm of a binary task.
    """

    utility: Utility
    predictions: tuple[BinaryPredictions, ...]


def measure_utility(
    comparison: Comparison,
    learners: Sequence[str],
    repeats: int,
    on_progress: OnProgress = ignore_progress,
) -> MeasuredUtility:
    """Train with and without synthetic rows, on the baselines, and on synthetic rows alone.

    Args:
        comparison: The tables and their target.
        learners: Keys of `LEARNERS`.
        repeats: Seeds of each learner, at least 2.
        on_progress: Told of every fit and every score.
    """
    try:
        task = Task.infer(comparison.real, comparison.schema, comparison.target)
    except (SettingError, TableError) as error:
        return MeasuredUtility(_unmeasured(comparison, learners, str(error)), ())
    real, synthetic, test = (
        task.examples(table) for table in (comparison.real, comparison.synthetic, comparison.test)
    )
    arms = _make_arms(task, real, synthetic, comparison.seed)
    fits = [(name, comparison.seed + repeat) for name in arms for repeat in range(repeats)]
    targets = [test.labels] * repeats
    half_width = partial(half_width_over_seeds, seed=comparison.seed)
    scores: list[UtilityScore] = []
    found = [LearnerPredictions(learner, task) for learner in learners]
    for one in found:
        for name, seed in track_progress(f"training {one.learner}", fits, on_progress):
            one.fit_predict(name, arms[name], test, seed)
        for score in track_progress(f"marking {one.learner}", SCORES[task.kind], on_progress):
            scores += score_arms(one.learner, score, targets, one.predictions, half_width)
    predictions = tuple(each for one in found for each in one.of_positive_class(targets[:1]))
    notes = tuple(_notes(task, {"real": real, "synthetic": synthetic, "test": test}))
    utility = Utility(task.kind, task.target, task.positive, tuple(scores), notes)
    remark = compare_baselines(utility, BASELINE_ARMS, found, targets, half_width)
    return MeasuredUtility(replace(utility, remark=remark), predictions)


def _make_arms(task: Task, real: Examples, synthetic: Examples, seed: int) -> Arms:
    both: Arm | Unavailable = Arm(real.concat(synthetic))
    alone: Arm | Unavailable = Arm(synthetic)
    if len(synthetic.labels) == 0:
        both = alone = Unavailable(f"the synthetic rows hold no usable {task.target!r}")
    return {REAL: Arm(real), BOTH: both, **dict(baseline_arms(task, real, seed)), SYNTHETIC: alone}


def _notes(task: Task, tables: Mapping[str, Examples]) -> Iterator[str]:
    """Yield which rows say nothing about the target, and which classes no row stands for."""
    for name, rows in tables.items():
        if rows.dropped:
            unknown = " or a class that the real table lacks" if task.classes else ""
            yield (
                f"{rows.dropped} {name} rows are left out of utility: "
                f"their {task.target!r} is missing{unknown}."
            )
    for name, rows in tables.items():
        absent = [text for k, text in enumerate(task.classes) if k not in rows.labels]
        if absent:
            yield f"The {name} rows hold no row of {listed(absent)}."
    if task.kind == "regression":
        yield NO_BALANCING


def _unmeasured(comparison: Comparison, learners: Sequence[str], reason: str) -> Utility:
    """Return every score with the reason for having no value: the target cannot be predicted."""
    why = Unavailable(reason.rstrip("."))
    predictions = dict.fromkeys((REAL, BOTH, SYNTHETIC), why)
    half_width = partial(half_width_over_seeds, seed=comparison.seed)
    scores = [
        entry
        for learner in learners
        for score in SCORES["binary"]
        for entry in score_arms(learner, score, [], predictions, half_width)
    ]
    return Utility("binary", comparison.target, None, tuple(scores))
