"""What learners gain, as tables: one a learner, a line for each set of rows, a column a score."""

from dataclasses import dataclass

from tabgan.evaluation.report.uncomputed import known_scores
from tabgan.evaluation.utility.utility import Utility, UtilityScore


@dataclass(frozen=True)
class Line:
    """The scores of one set of rows, in the order of the table's columns."""

    arm: str
    cells: tuple[UtilityScore, ...]

    @property
    def reason(self) -> str:
        """Why there is not one score, where that is one reason; else nothing."""
        reasons = {cell.note for cell in self.cells}
        known = any(cell.value is not None for cell in self.cells)
        return "" if known or len(reasons) != 1 else reasons.pop()


@dataclass(frozen=True)
class UtilityTable:
    """All scores of one learner."""

    learner: str
    scores: tuple[UtilityScore, ...]
    lines: tuple[Line, ...]


def utility_tables(utility: Utility) -> tuple[UtilityTable, ...]:
    """Return the scores of every learner, arm by arm, without the arms that have no score."""
    known = known_scores(utility)
    return tuple(
        _table(learner, [score for score in known if score.learner == learner])
        for learner in dict.fromkeys(score.learner for score in known)
    )


def _table(learner: str, scores: list[UtilityScore]) -> UtilityTable:
    arms = dict.fromkeys(score.arm for score in scores)
    lines = [Line(arm, tuple(score for score in scores if score.arm == arm)) for arm in arms]
    return UtilityTable(learner, lines[0].cells, tuple(lines))
