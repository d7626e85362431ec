"""Train every learner on every arm, with several seeds, and score it on the same test rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from tabgan.errors import SettingError, TableError
from tabgan.evaluation.metrics.alignment import listed
from tabgan.evaluation.metrics.metric import Comparison, Unavailable
from tabgan.evaluation.utility.arm_makers import (
    arm_makers,
    chosen_scores,
    describe_choices,
    find_choice,
    tuned_arms,
)
from tabgan.evaluation.utility.arms import (
    Arms,
    BinaryPredictions,
    LearnerPredictions,
    MakeArm,
    make_arms,
)
from tabgan.evaluation.utility.baseline_comparison import compare_baselines
from tabgan.evaluation.utility.baselines import NO_BALANCING, BaselineSet
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
    baselines: BaselineSet = "quick",
    on_progress: OnProgress = ignore_progress,
) -> MeasuredUtility:
    """Train with and without synthetic rows, on the baselines, and on synthetic rows alone.

    Args:
        comparison: The tables and their target.
        learners: Keys of `LEARNERS`.
        repeats: Seeds of each learner, at least 2.
        baselines: Those of a few fits, or all.
        on_progress: Told of every fit and every score.
    """
    try:
        task = Task.infer(comparison.real, comparison.schema, comparison.target)
    except (SettingError, TableError) as error:
        return MeasuredUtility(_unmeasured(comparison, learners, str(error)), ())
    real, synthetic, test = (
        task.examples(table) for table in (comparison.real, comparison.synthetic, comparison.test)
    )
    made: Examples | Unavailable = synthetic
    if len(synthetic.labels) == 0:
        made = Unavailable(f"the synthetic rows hold no usable {task.target!r}")
    seed = comparison.seed
    makers = arm_makers(task, {SYNTHETIC: made}, baselines, seed, alone=SYNTHETIC)
    trial = Trial(task, makers, make_arms(makers, real), real, test, seed, repeats)
    marks = chosen_scores(task, baselines)
    tuned = tuned_arms(task, baselines, makers)
    found = [trial.run(learner, tuned, on_progress) for learner in learners]
    targets = [test.labels] * repeats
    half_width = partial(half_width_over_seeds, seed=seed)
    scores: list[UtilityScore] = []
    for one in found:
        for score in track_progress(f"marking {one.learner}", marks, on_progress):
            scores += score_arms(one.learner, score, targets, one.for_score(score), half_width)
    predictions = tuple(each for one in found for each in one.of_positive_class(targets[:1]))
    notes = [*_notes(task, {"real": real, "synthetic": synthetic, "test": test})]
    notes += describe_choices(find_choice(trial.arms))
    utility = Utility(task.kind, task.target, task.positive, tuple(scores), tuple(notes))
    others = [arm for arm in makers if arm not in {REAL, BOTH, SYNTHETIC}]
    compared = compare_baselines(utility, others, found, targets, half_width)
    return MeasuredUtility(compared, predictions)


@dataclass(frozen=True)
class Trial:
    """Every arm, and the rows to test on.

    Attributes:
        task: What is predicted.
        makers: How each arm is made of real rows.
        arms: Each of them, made of all real rows.
        real: These.
        test: Rows to predict for.
        seed: Of the first run.
        repeats: Runs.
    """

    task: Task
    makers: Mapping[str, MakeArm]
    arms: Arms
    real: Examples
    test: Examples
    seed: int
    repeats: int

    def run(
        self, learner: str, tuned: Sequence[str], on_progress: OnProgress
    ) -> LearnerPredictions:
        """Train a learner on every arm with every seed, and tune the thresholds of some arms."""
        found = LearnerPredictions(learner, self.task)
        fits = [(name, self.seed + run) for name in self.arms for run in range(self.repeats)]
        for name, seed in track_progress(f"training {learner}", fits, on_progress):
            found.fit_predict(name, self.arms[name], self.test, seed)
        stage = f"tuning {learner}"
        for name in track_progress(stage, tuned, on_progress) if tuned else ():
            found.tune(name, self.makers[name], self.real, self.seed)
        return found


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
