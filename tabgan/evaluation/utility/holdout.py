"""Train every learner on every arm, with several seeds, and ask it about the same test rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from tabgan.errors import SettingError, TableError
from tabgan.evaluation.metrics.alignment import listed
from tabgan.evaluation.metrics.metric import Comparison, IncomputableError
from tabgan.evaluation.utility.arms import SIMPLE_ARMS, Answers, Arm, Arms, Curve, simple_arms
from tabgan.evaluation.utility.baseline_comparison import compare_rivals
from tabgan.evaluation.utility.confidence_intervals import doubt_of_seeds
from tabgan.evaluation.utility.scores import SCORES
from tabgan.evaluation.utility.task import Examples, Task
from tabgan.evaluation.utility.utility import BOTH, REAL, SYNTHETIC, Utility, UtilityScore, mark
from tabgan.runtime.progress import OnProgress, ignore_progress, tell_each


@dataclass(frozen=True)
class Findings:
    """What learners gain, and what they said of the test rows."""

    utility: Utility
    curves: tuple[Curve, ...]


def measure_utility(
    comparison: Comparison,
    learners: Sequence[str],
    repeats: int,
    on_progress: OnProgress = ignore_progress,
) -> Findings:
    """Train with and without synthetic rows, in the simple ways, and on synthetic rows alone.

    Args:
        comparison: the tables and their target.
        learners: keys of `LEARNERS`.
        repeats: seeds of each learner, at least 2.
        on_progress: told of every fit and every score.
    """
    try:
        task = Task.infer(comparison.real, comparison.schema, comparison.target)
    except (SettingError, TableError) as reason:
        return Findings(_unmeasured(comparison, learners, str(reason)), ())
    real, synthetic, test = (
        task.examples(table) for table in (comparison.real, comparison.synthetic, comparison.test)
    )
    arms = _arms(task, real, synthetic, comparison.seed)
    seeds = [comparison.seed + repeat for repeat in range(repeats)]
    truths = [test.labels] * repeats
    scores: list[UtilityScore] = []
    asked = [Answers(learner, task) for learner in learners]
    doubt = partial(doubt_of_seeds, seed=comparison.seed)
    for answers in asked:
        learner = answers.learner
        fits = [(name, seed) for name in arms for seed in seeds]
        for name, seed in tell_each(f"training {learner}", fits, on_progress):
            answers.ask(name, arms[name], test, seed)
        for score in tell_each(f"marking {learner}", SCORES[task.kind], on_progress):
            scores += mark(learner, score, truths, answers.guesses, doubt)
    curves = tuple(curve for answers in asked for curve in answers.curves(truths[:1]))
    notes = tuple(_notes(task, {"real": real, "synthetic": synthetic, "test": test}))
    utility = Utility(task.kind, task.target, task.positive, tuple(scores), notes)
    remark = compare_rivals(utility, SIMPLE_ARMS, asked, truths, doubt)
    return Findings(replace(utility, remark=remark), curves)


def _arms(task: Task, real: Examples, synthetic: Examples, seed: int) -> Arms:
    both: Arm | IncomputableError = Arm(real.joined(synthetic))
    alone: Arm | IncomputableError = Arm(synthetic)
    if len(synthetic.labels) == 0:
        both = alone = IncomputableError(f"the synthetic rows hold no usable {task.target!r}")
    return {REAL: Arm(real), BOTH: both, **dict(simple_arms(task, real, seed)), SYNTHETIC: alone}


def _notes(task: Task, tables: Mapping[str, Examples]) -> Iterator[str]:
    """Which rows say nothing about the target, and which classes no row stands for."""
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


def _unmeasured(comparison: Comparison, learners: Sequence[str], reason: str) -> Utility:
    """Every score with the reason why it has no value: the target cannot be predicted."""
    why = IncomputableError(reason.rstrip("."))
    found = dict.fromkeys((REAL, BOTH, *SIMPLE_ARMS, SYNTHETIC), why)
    doubt = partial(doubt_of_seeds, seed=comparison.seed)
    scores = [
        entry
        for learner in learners
        for score in SCORES["binary"]
        for entry in mark(learner, score, [], found, doubt)
    ]
    return Utility("binary", comparison.target, None, tuple(scores))
