"""Discovery of formulas that hold but for a little, on a sample.

1. Which columns a few others nearly add up to, or multiply to (`forms`).
2. Of these sums, the one that is near in few terms and digits (`simplification`), if it leaves
   little of the column.
3. It is kept if it tells rows held out better than trees do (`held_out`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tabgan.relations.exact_arithmetic import find_decimals
from tabgan.relations.formula.declaration import Definition
from tabgan.relations.formula.numbers.datetime_terms import MAX_DATETIMES, NumbersReader
from tabgan.relations.near_formula.forms import NearForms
from tabgan.relations.near_formula.held_out import HeldOutRows
from tabgan.relations.near_formula.simplification import NearResult, measure_size, simplify
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Floats
from tabgan.schema.column import Column, ColumnKind, Name

MIN_ROWS = 300  # in which a column has values
MAX_COLUMNS = 300  # of numbers: those after them are not looked at
MIN_SAID = 1.5  # nats a row that a formula says of its column: it leaves a fifth of its spread
MAX_SAID_LESS = 0.7  # than by another way of the same fact
MAX_PARTS = 5  # terms of a formula, and digits of each
MAX_FITTED = 16  # columns for which formulas are fitted
MAX_JUDGED = 10  # formulas that are judged on rows held out
MAX_FEATURES = 10  # columns that trees are given beside those of the formula
MAX_CODES = 30  # categories of such a column
FIT_ROWS = 1_000  # for terms and coefficients
MAX_FAILED = 4  # formulas one after the other that save nothing: those after them save less
JUDGED_ROWS = 4_000  # of which trees are fitted on half
FLOAT_UNIT = 2.0**-20  # of the spread of numbers without a last decimal
KINDS = (ColumnKind.CATEGORICAL, ColumnKind.BOOLEAN)


@dataclass(frozen=True)
class NearCandidate:
    """A column and what it nearly is.

    Attributes:
        dependent: The column.
        result: The formula.
        said: The nats a row that it says of the column.
        unit: Half the distance between the column's values.
        position: Of the column among those of numbers: what is calculated comes last as a rule.
    """

    dependent: Column
    result: NearResult
    said: float
    unit: float
    position: int

    @property
    def names(self) -> frozenset[Name]:
        """All columns that it relates."""
        columns = (self.dependent, *self.result.expression.columns)
        return frozenset(column.name for column in columns)

    @property
    def rank(self) -> tuple[int, int]:
        """What is least for the way of a fact that is taken, of those that say as much."""
        return self.result.n_parts, -self.position


def find_near_formulas(profile: TableProfile) -> list[Definition]:
    """Return what columns of numbers nearly are, one formula for a set of columns."""
    n_columns = len(profile.number_columns) + len(profile.datetime_columns)
    if not profile.number_columns or n_columns < 2 or len(profile) < MIN_ROWS:
        return []
    return [Definition(c.dependent, c.result.expression) for c in NearSearch(profile.sample).find()]


class NearSearch:
    """The search for near formulas in a sample.

    Args:
        sample: Of a table.
    """

    def __init__(self, sample: TableProfile) -> None:
        self.sample = sample
        self.columns = list(sample.number_columns[:MAX_COLUMNS])
        datetimes = sample.datetime_columns[:MAX_DATETIMES]
        self._rows = np.random.default_rng(0).permutation(len(sample))[:JUDGED_ROWS]
        self._numbers = {c: sample.numbers(c)[self._rows] for c in (*self.columns, *datetimes)}
        self._is_held_out = np.arange(len(self._rows)) >= len(self._rows) // 2
        self._fitted = slice(min(len(self._rows) // 2, FIT_ROWS))
        fitted = {c: values[self._fitted] for c, values in self._numbers.items()}
        self._forms = NearForms(self.columns, datetimes, fitted)

    @np.errstate(all="ignore")  # powers of the largest numbers
    def find(self) -> list[NearCandidate]:
        """Return the candidates that tell rows held out better, those that save most first."""
        fitted = [self._fit(column) for column in self._forms.find_related()[:MAX_FITTED]]
        candidates = _order([c for c in fitted if c is not None])
        n_failed = 0
        gains: dict[frozenset[Name], tuple[float, NearCandidate]] = {}
        for candidate in candidates[:MAX_JUDGED]:
            if candidate.names in gains or n_failed >= MAX_FAILED:
                continue
            gain = self._judge(candidate)
            gains |= {candidate.names: (gain, candidate)} if gain else {}
            n_failed = 0 if gain else n_failed + 1
        return [each for _, each in sorted(gains.values(), key=lambda pair: -pair[0])]

    def _fit(self, column: Column) -> NearCandidate | None:
        """Return the simplest formula that is nearest a column, if that is near enough."""
        own = self._numbers[column]
        present = own[~np.isnan(own)]
        if len(present) * len(self.sample) < MIN_ROWS * len(own):
            return None
        decimals = find_decimals(present)
        unit = np.ptp(present) * FLOAT_UNIT if decimals is None else 10.0**-decimals / 2
        numbers, fitted = self._forms.numbers, own[self._fitted]
        found = [simplify(terms, numbers, fitted, unit) for terms in self._forms.iter_terms(column)]
        results = [result for result in found if result is not None]
        if not results:
            return None
        best = min(results, key=lambda result: result.cost)
        said = float(np.median(measure_size(present - np.median(present), unit))) - best.usual
        if said < MIN_SAID or best.n_parts > MAX_PARTS:
            return None
        return NearCandidate(column, best, round(said, 2), float(unit), self.columns.index(column))

    def _judge(self, candidate: NearCandidate) -> float:
        """Return the nats a row that a formula saves beside trees; 0 if it is exact, or of no use.

        Exact ones are no near ones: `formula` keeps them.
        """
        own = self._numbers[candidate.dependent]
        results = candidate.result.expression.evaluate(NumbersReader(self._numbers)).values
        left = own - np.where(np.isfinite(results), results, np.nan)
        known = left[~np.isnan(left)]
        if not (np.abs(known) > candidate.unit * (1 + 1e-6)).any():
            return 0.0
        rows = HeldOutRows(self._features(candidate), self._is_held_out)
        return rows.measure_gain(own, left, candidate.unit)

    def _features(self, candidate: NearCandidate) -> Floats:
        """Return the columns that trees are given: those of the formula, and others; (n_rows, k).

        Of many columns, those that correlate most with the dependent.
        """
        others = self._forms.find_nearest(candidate.dependent)[:MAX_FEATURES]
        chosen = dict.fromkeys([*candidate.result.expression.columns, *others])
        columns = [self._numbers[column] for column in chosen]
        for column in self.sample.columns:
            is_coded = column.kind in KINDS and self.sample.n_categories(column) <= MAX_CODES
            if is_coded and len(columns) < 2 * MAX_FEATURES:
                columns.append(self.sample.codes(column)[self._rows].astype(np.float64))
        return np.column_stack(columns)


def _order(candidates: Sequence[NearCandidate]) -> list[NearCandidate]:
    """Return candidates, the columns first of which most is said; simple ways of a fact first."""
    most: dict[frozenset[Name], float] = {}
    for candidate in candidates:
        most[candidate.names] = max(candidate.said, most.get(candidate.names, 0.0))

    def key(candidate: NearCandidate) -> tuple[float, ...]:
        best = most[candidate.names]
        return -best, candidate.said < best - MAX_SAID_LESS, *candidate.rank

    return sorted(candidates, key=key)
