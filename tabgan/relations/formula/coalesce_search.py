"""Discovery of columns that are the first of several that has a value, as `coalesce` in SQL.

`paid = case when not (discounted missing) then discounted else price end`; the last one may be a
constant. Each has to be equal in more rows than chance, or columns that are often equal, would
have it.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from tabgan.query.cases import Branch, Case
from tabgan.query.expressions import ColumnRef, Number, Value
from tabgan.query.three_valued_logic import IsMissing, Not
from tabgan.relations.formula.declaration import Definition
from tabgan.relations.statistics import MIN_ROWS, SIGNIFICANCE_LEVEL, total_entropy
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Floats, Mask
from tabgan.schema.column import Column

MAX_PARTS = 5
GLANCE_ROWS = 50


def find_coalesced(profile: TableProfile) -> Iterator[Definition]:
    """Yield columns of numbers or datetimes that are the first of others that has a value."""
    for columns in (profile.number_columns, profile.datetime_columns):
        yield from _Search(profile.sample, columns).find()


class _Search:
    """The search among columns of one kind.

    Args:
        sample: Rows of the table.
        columns: Numbers, or datetimes.
    """

    def __init__(self, sample: TableProfile, columns: Sequence[Column]) -> None:
        self.columns = columns
        none = np.zeros((len(sample), 0))
        self.values = np.column_stack([none, *map(sample.numbers, columns)])
        self.given = ~np.isnan(self.values)
        self.gappy = np.flatnonzero(~self.given.all(axis=0) & (self.given.sum(axis=0) >= MIN_ROWS))
        self.min_nats = float(np.log(max(len(columns), 1) ** 3 / SIGNIFICANCE_LEVEL))

    def find(self) -> Iterator[Definition]:
        """Yield columns, each once, as the first of others that has a value."""
        found: set[int] = set()
        for first in self.gappy.tolist():
            glance = self.values[np.flatnonzero(self.given[:, first])[:GLANCE_ROWS]]
            is_same = (glance == glance[:, [first]]).all(axis=0)
            for dependent in np.flatnonzero(is_same).tolist():
                if dependent == first or dependent in found:
                    continue
                value = self._complete(dependent, first)
                if value is not None:
                    found.add(dependent)
                    yield Definition(self.columns[dependent], value)

    def _complete(self, dependent: int, first: int) -> Value | None:
        """Return a column as the first part, then others; None if some rows are left over."""
        own, parts = self.values[:, dependent], [first]
        rest = ~self.given[:, first]
        if not self._says(own, first, ~rest):
            return None
        while rest.any() and len(parts) < MAX_PARTS:
            others = [n for n in range(len(self.columns)) if n not in (*parts, dependent)]
            found = [number for number in others if self._says(own, number, rest)]
            if not found:
                break
            parts.append(max(found, key=lambda number: int(self.given[rest, number].sum())))
            rest &= ~self.given[:, parts[-1]]
        left = own[rest]
        if np.isnan(left).all():
            return self._write(parts, None) if len(parts) > 1 else None
        constant, is_number = float(left[0]), self.columns[dependent].kind.is_number
        if not is_number or len(left) < MIN_ROWS or (left != constant).any():
            return None
        is_told = self._tells(own, own == constant, rest)
        return self._write(parts, Number(constant)) if is_told else None

    def _says(self, own: Floats, number: int, rows: Mask) -> bool:
        """Return whether a column is as another one in all of some rows in which that is given."""
        shown = rows & self.given[:, number]
        is_same = own == self.values[:, number]
        if shown.sum() < MIN_ROWS or not is_same[shown].all():
            return False
        counts = np.unique(own[shown], return_counts=True)[1]
        others = ~rows & self.given[:, number]
        return total_entropy(counts) >= self.min_nats and self._tells(own, is_same, shown, others)

    def _tells(self, own: Floats, is_same: Mask, rows: Mask, others: Mask | None = None) -> bool:
        """Return whether rows would hardly be alike if they were as others; (n_rows,) each."""
        others = ~rows & ~np.isnan(own) if others is None else others
        share = (is_same[others].sum() + 1) / (others.sum() + 2)
        return bool(rows.sum() * -np.log(share) >= self.min_nats)

    def _write(self, parts: Sequence[int], constant: Value | None) -> Value:
        values = [ColumnRef(self.columns[number]) for number in parts]
        otherwise = constant or values.pop()
        branches = [Branch(Not(IsMissing(each.column)), each) for each in values]
        return Case(tuple(branches), otherwise)
