"""How well gaps are filled: figures of each column, and the verdicts on them, as plain values.

>>> column = FilledColumn("x", True, 20, 0.4, 1.0, coverage=0.88)
>>> found = ImputationResults((column,), rows=100, share=0.2, learned=False, n_draws=19)
>>> [verdict.level for verdict in found.verdicts]
['good', 'good']
"""

from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

import numpy as np

from tabgan.evaluation.report.provenance import Provenance
from tabgan.evaluation.report.similarity import Level
from tabgan.evaluation.report.verdicts import Verdict

NEAR, HONEST = "Are gaps filled well?", "Do draws differ as they should?"
MIN_BETTER = 0.8  # of the columns, that are filled better than by the plain value
SLACK = (0.05, 0.15)  # by which fewer true values may lie among the draws than should
KNOWN_ROWS = "The model learned these very rows: of others it knows less."
NEAR_ADVICE = {
    "good": "Fill gaps by `tabgan impute`; several draws say how sure each value is.",
    "unsure": "Look at the columns that are filled no better, and leave their gaps as they are.",
    "bad": "Give more rows or a longer fit: the columns say little of each other so far.",
}
HONEST_ADVICE = {
    "good": "Take several draws wherever it matters how sure a value is.",
    "unsure": "Take the spread of draws for a little too narrow.",
    "bad": "Do not rely on the spread of draws; fit for longer, and evaluate again.",
}


@dataclass(frozen=True)
class FilledColumn:
    """How well hidden cells of a column are filled.

    Attributes:
        name: Of the column.
        is_number: Whether errors are root mean squares, over the column's deviation; otherwise
            they are shares of cells that are filled wrong.
        hidden: How many cells.
        error: Of what was filled in.
        plain_error: Of the median, or of the commonest value.
        coverage: Share of the hidden numbers that lie among the draws; None where there are none.
    """

    name: str
    is_number: bool
    hidden: int
    error: float
    plain_error: float
    coverage: float | None = None

    @property
    def measure(self) -> str:
        """What its errors are, in words."""
        return "numbers, in deviations" if self.is_number else "categories, share wrong"


@dataclass(frozen=True)
class ImputationResults:
    """What was found, column by column; fields have the names of the JSON.

    Attributes:
        columns: In the order of the table; those of too few known cells are left out.
        rows: Of which cells were hidden.
        share: Of the known cells that was hidden.
        learned: Whether the rows are such as the model learned, so that it knows them.
        n_draws: Of each hidden cell; 0 where none were taken.
        seed: Of all draws.
        provenance: Files, command, release and date.
    """

    columns: tuple[FilledColumn, ...]
    rows: int
    share: float
    learned: bool
    n_draws: int = 0
    seed: int = 0
    provenance: Provenance = field(default_factory=Provenance, compare=False)

    def with_provenance(self, **known: Any) -> Self:
        """Return the same results, with more known of where it comes from."""
        return replace(self, provenance=replace(self.provenance, **known))

    @property
    def promised(self) -> float:
        """Share of true values that lie among honest draws: the true one is like one more draw."""
        return (self.n_draws - 1) / (self.n_draws + 1)

    @property
    def coverage(self) -> float | None:
        """Share of all hidden numbers that do; None where it is not known.

        Columns that are always filled exactly, since others decide them, say nothing of draws.
        """
        known = [each for each in self.columns if each.coverage is not None and each.error]
        total = sum(each.hidden for each in known)
        return (
            sum((each.coverage or 0.0) * each.hidden for each in known) / total if total else None
        )

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """Are gaps filled well, and do draws differ as they should? Each with what to do."""
        return (self._judge_nearness(), *self._judge_draws())

    def _judge_nearness(self) -> Verdict:
        better = sum(each.error < each.plain_error for each in self.columns)
        share = better / len(self.columns)
        level: Level = "good" if share >= MIN_BETTER else "unsure" if better else "bad"
        answer = (
            f"{better} of {len(self.columns)} columns are filled better than by their median or "
            f"commonest value: {self._describe_errors()}."
        )
        return Verdict(NEAR, answer, NEAR_ADVICE[level], level)

    def _judge_draws(self) -> list[Verdict]:
        if self.coverage is None:
            return []
        lacking = self.promised - self.coverage
        level: Level = "good" if lacking <= SLACK[0] else "unsure" if lacking <= SLACK[1] else "bad"
        answer = (
            f"{percent_of(self.coverage)} of the hidden numbers lie between the lowest and the "
            f"highest of {self.n_draws} draws, and {percent_of(self.promised)} should."
        )
        return [Verdict(HONEST, answer, HONEST_ADVICE[level], level)]

    def _describe_errors(self) -> str:
        told = []
        words = (
            ("numbers miss by {:.2f} deviations (their median by {:.2f})", True),
            ("{:.0%} of categories are wrong (of the commonest {:.0%})", False),
        )
        for text, is_number in words:
            own = [each for each in self.columns if each.is_number == is_number]
            if own:
                weights = [each.hidden for each in own]
                errors = ([e.error for e in own], [e.plain_error for e in own])
                means = (np.average(error, weights=weights) for error in errors)
                told.append(text.format(*means).replace("%", " %"))
        return "; ".join(told)

    @property
    def verdict(self) -> str:
        """What was found, in a sentence or two."""
        drawn = "".join(f" {verdict.answer}" for verdict in self._judge_draws())
        return (
            f"Of {percent_of(self.share)} of the cells of {self.rows:,} rows, hidden and filled: "
            f"{self._describe_errors()}.{drawn}{f' {KNOWN_ROWS}' * self.learned}"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-able values."""
        figures = asdict(self)
        outside = {name: figures.pop(name) for name in ("seed", "provenance")}
        verdicts = [asdict(verdict) for verdict in self.verdicts]
        summary = {"promised": self.promised, "coverage": self.coverage} if self.n_draws else {}
        found = figures | summary | {"verdict": self.verdict}
        return {"verdict": self.verdict, "verdicts": verdicts, "imputation": found, **outside}


def percent_of(share: float) -> str:
    """Return a share of one in whole percents."""
    return f"{share:.0%}".replace("%", " %")
