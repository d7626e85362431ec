"""Which plan is taken, what was found of all that were tried, and that in words."""

from dataclasses import asdict, dataclass
from typing import Any

from tabgan.augmentation.plan import AugmentationPlan
from tabgan.evaluation.number_format import number, signed


@dataclass(frozen=True)
class PlanResult:
    """What a learner gains by a plan, in cross-validation.

    Attributes:
        plan: In words.
        value: Mean score over folds; None where it cannot be told.
        gain: Improvement over the rows given alone, + is better.
        standard_error: Of the gain, corrected for folds that overlap.
        p_value: Probability of such a gain where the rows do not help: a one-sided t-test.
        corrected: The same, for as many plans as were tried.
        note: Why there is no value, or no test.
    """

    plan: str
    value: float | None = None
    gain: float | None = None
    standard_error: float | None = None
    p_value: float | None = None
    corrected: float | None = None
    note: str = ""

    @property
    def line(self) -> str:
        """All of it in a line."""
        if self.gain is None or self.standard_error is None or self.corrected is None:
            return f"{self.plan}: {self.note}"
        error = signed(self.standard_error).lstrip("+")
        return f"{signed(self.gain)} (standard error {error}, p {self.corrected:.2g}): {self.plan}"


@dataclass(frozen=True)
class Trial:
    """A cross-validation of plans.

    Attributes:
        score: What is scored, in words.
        learner: Which learner is.
        folds: How many.
        results: Of each plan.
        best: That of the largest gain among those that help, or among all; None if none is known.
        real: Score of each learner on the rows given alone, the best first.
        learner_gain: By how much the first of these is better than the learner, + is better.
    """

    score: str
    learner: str
    folds: int
    results: tuple[PlanResult, ...]
    best: PlanResult | None
    real: dict[str, float]
    learner_gain: float = 0.0

    def describe(self, helps: bool) -> str:
        """Return what was found, as the end of a sentence, and what learners do alone."""
        best = self.best
        if best is None:
            found = self.results[0].note if self.results else "there is nothing to try"
            return f"{found}.{self._describe_learners()}"
        tried = f"{len(self.results)} ways tried in {self.folds} folds"
        subject = "that" if helps else f"the best of {tried}, {best.plan},"
        error = signed(best.standard_error or 0.0).lstrip("+")
        before, after = number(self.real[self.learner]), number(best.value or 0.0)
        return (
            f"{subject} takes {self.score} of {self.learner} from {before} to {after} "
            f"(gain {signed(best.gain or 0.0)}, standard error {error}, "
            f"p {best.corrected or 0.0:.2g} corrected for {tried if helps else 'all of them'})."
            f"{self._describe_learners()}"
        )

    def _describe_learners(self) -> str:
        """Return a sentence on learners of the rows given alone; "" if there was one only."""
        if len(self.real) < 2:
            return ""
        name, value = next(iter(self.real.items()))
        others = ", ".join(f"{other} {number(own)}" for other, own in list(self.real.items())[1:])
        beside = f" ({others})" if others else ""
        gains_more = self.best is not None and self.learner_gain > (self.best.gain or 0.0) > 0
        advice = ": to choose it gains more than any rows" if gains_more else ""
        return f" On the rows given alone the best is {name}, {number(value)}{beside}{advice}."


@dataclass(frozen=True)
class PlanChoice:
    """What to add, and why.

    Attributes:
        plan: Adds nothing, where nothing is shown to help.
        trial: What cross-validation found; None where it was not asked.
    """

    plan: AugmentationPlan
    trial: Trial | None = None

    def describe(self, rows: int) -> str:
        """Return a sentence on what is added, which is so many rows, and why.

        >>> PlanChoice(AugmentationPlan(ratio=0.5)).describe(10)
        '10 rows are added, 0.5 for each row given.'
        """
        facts = f": {self.trial.describe(rows > 0)}" if self.trial else "."
        if rows:
            added = "1 row is" if rows == 1 else f"{rows:,} rows are"
            return f"{added} added, {self.plan.text}{facts}"
        if self.trial:
            return f"Nothing is added, since nothing is shown to help{facts}"
        return "Nothing is added: no class has fewer rows than another."

    def to_dict(self) -> dict[str, Any]:
        """Return the plan and the trial as plain values."""
        return {"plan": asdict(self.plan), "trial": asdict(self.trial) if self.trial else None}
