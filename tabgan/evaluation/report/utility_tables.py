"""What learners gain, as tables: one a learner, a line for each arm, a column a score.

The best line by the first score stands first, so that what to train on is read at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tabgan.evaluation.report.uncomputed import known_scores
from tabgan.evaluation.utility.utility import Utility, UtilityScore


@dataclass(frozen=True)
class Line:
    """The scores of one arm, in the order of the table's columns."""

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
    """All scores of one learner.

    Attributes:
        learner: Which.
        scores: One for each column.
        lines: The best first, by the first score; those without it last.
    """

    learner: str
    scores: tuple[UtilityScore, ...]
    lines: tuple[Line, ...]

    @property
    def shown(self) -> tuple[UtilityScore, ...]:
        """Columns where there is little room: of two thresholds the tuned one."""
        names = {score.score for score in self.scores}
        return tuple(score for score in self.scores if f"{score.score}_tuned" not in names)

    def is_best(self, cell: UtilityScore) -> bool:
        """Return whether no other line has a better value in this column."""
        values = [
            other.direction.sign * other.value
            for line in self.lines
            for other in line.cells
            if other.score == cell.score and other.value is not None
        ]
        return cell.value is not None and cell.direction.sign * cell.value >= max(values)


def utility_tables(utility: Utility) -> tuple[UtilityTable, ...]:
    """Return the scores of every learner, arm by arm, without the arms that have no score."""
    known = known_scores(utility)
    return tuple(
        _table(learner, [score for score in known if score.learner == learner])
        for learner in dict.fromkeys(score.learner for score in known)
    )


def _table(learner: str, scores: Sequence[UtilityScore]) -> UtilityTable:
    arms = dict.fromkeys(score.arm for score in scores)
    lines = [Line(arm, tuple(score for score in scores if score.arm == arm)) for arm in arms]
    return UtilityTable(learner, lines[0].cells, tuple(sorted(lines, key=_rank)))


def _rank(line: Line) -> float:
    first = line.cells[0]
    return float("inf") if first.value is None else -first.direction.sign * first.value
