"""Forms without coefficients to fit: the least and the greatest of several columns, remainders.

>>> from tabgan.schema.column import ColumnKind
>>> x, y, z = (Column(name, ColumnKind.INTEGER, "int64") for name in "xyz")
>>> numbers = {x: np.arange(90.0), y: np.arange(90.0) % 13 * 7, z: np.arange(90.0) * 31 % 83}
>>> forms = ExactForms(numbers, dict.fromkeys(numbers, 0))
>>> [value.write() for value in forms.find(np.minimum(numbers[x], numbers[y]), 0, z)]
['min(x, y)']
>>> [value.write() for value in forms.find(numbers[x] % 7 + 1, 0, z)]
['x % 7 + 1']
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import compress

import numpy as np

from tabgan.query.expressions import Arithmetic, Call, ColumnRef, Number, Value
from tabgan.relations.formula.numbers.regression import MAX_ODD
from tabgan.relations.statistics import MIN_ROWS, SIGNIFICANCE_LEVEL, total_entropy
from tabgan.schema.arrays import Floats, Integers, Mask
from tabgan.schema.column import Column

MAX_EXTREMES = 6  # columns of which a column is the least or the greatest
MIN_EQUAL = 3  # rows in which it is each of them
DIVISOR_ROWS = 24  # whose greatest common divisor is taken
GLANCE_ROWS = 8  # of them, in which most columns have no common divisor
PAIR_ROWS = 64  # on which remainders by columns are compared
MAX_WHOLE = 2.0**52


@dataclass(frozen=True)
class ExactForms:
    """The columns of a sample of which others may be such a form.

    Attributes:
        numbers: Of each; (n_rows,), NaN where missing.
        decimals: Of each; None if it is not known to have that many.
    """

    numbers: Mapping[Column, Floats]
    decimals: Mapping[Column, int | None]

    @cached_property
    def _matrix(self) -> Floats:
        """All columns; (n_rows, n_columns)."""
        return np.column_stack([*self.numbers.values()])

    @cached_property
    def _digits(self) -> Floats:
        """Decimals of each column, 0 if it is not known to have so many; (n_columns,)."""
        return np.array([float(self.decimals.get(c) or 0) for c in self.numbers])

    @cached_property
    def n_tried(self) -> int:
        """Forms that are tried for a column: the more, the stricter."""
        return max(1, len(self.numbers)) ** 2

    def find(self, own: Floats, decimals: int | None, dependent: Column) -> Iterator[Value]:
        """Yield the forms that a column has in nearly all rows.

        Args:
            own: Its values; (n_rows,).
            decimals: It has so many, or None.
            dependent: The column, which is no part of them.
        """
        has_others = any(column != dependent for column in self.numbers)
        if not has_others or np.count_nonzero(~np.isnan(own)) < MIN_ROWS:
            return
        for function in ("min", "max"):
            yield from self._find_extreme(function, own, dependent)
        if decimals is not None:
            yield from self._find_remainders(own, decimals, dependent)
        if decimals == 0:
            yield from self._find_remainders_by_columns(own, dependent)

    def _find_extreme(self, function: str, own: Floats, dependent: Column) -> Iterator[Value]:
        """Yield the least or the greatest of columns that all are on one side of a column."""
        compare = np.less if function == "min" else np.greater
        with np.errstate(invalid="ignore"):
            is_beyond = compare(self._matrix, own[:, None]).mean(axis=0) <= MAX_ODD
            beyond = [c for c in compress(self.numbers, is_beyond) if c != dependent]
            equal = {c: self.numbers[c] - own == 0 for c in beyond}
        picked: list[Column] = []
        left = ~np.isnan(own)
        while len(picked) < MAX_EXTREMES and beyond:
            best = max(beyond, key=lambda c: np.count_nonzero(equal[c] & left))
            if np.count_nonzero(equal[best] & left) < MIN_EQUAL:
                break
            picked.append(best)
            left &= ~equal[best] & ~np.isnan(self.numbers[best])
        n_present = np.count_nonzero(~np.isnan(own))
        is_whole = np.count_nonzero(left) <= MAX_ODD * n_present
        if len(picked) > 1 and is_whole and self._each_pays(function, own, picked):
            ordered = [column for column in self.numbers if column in picked]
            yield Call(function, tuple(ColumnRef(column) for column in ordered))

    def _each_pays(self, function: str, own: Floats, picked: Sequence[Column]) -> bool:
        """Return whether each column says where, and what, the others do not."""
        choose = np.fmin.reduce if function == "min" else np.fmax.reduce
        for column in picked:
            others = [self.numbers[other] for other in picked if other != column]
            if not self._pays(own, choose(others)):
                return False
        return True

    def _pays(self, own: Floats, rest: Floats, n_values: float = 1.0) -> bool:
        """Return whether what something else gives of a column leaves much to say."""
        present = ~np.isnan(own)
        left = np.where(own == rest, -np.inf, own)[present]
        counts = [np.unique(values, return_counts=True)[1] for values in (own[present], left)]
        cost = np.log(self.n_tried * n_values / SIGNIFICANCE_LEVEL)
        return bool(min(map(total_entropy, counts)) > cost)

    def _find_remainders(self, own: Floats, decimals: int, dependent: Column) -> Iterator[Value]:
        """Yield `x % 7` and `x % 7 + 1`: what a column leaves of others is a multiple of 7."""
        ends = np.nanquantile(own, [MAX_ODD / 2, 1 - MAX_ODD / 2])
        for column in compress(self.numbers, self._may_leave(own, decimals)):
            digits = self.decimals.get(column)
            if digits is None or column == dependent:
                continue
            unit = 10.0 ** max(digits, decimals)
            left = self._whole((self.numbers[column] - own) * unit)
            divisor = _find_divisor(left)
            low, high = np.rint(ends * unit)
            if divisor <= 1 or high - low >= divisor:
                continue
            offset = -int(left[0] % divisor)
            offset = offset + divisor if low >= offset + divisor else offset
            with np.errstate(invalid="ignore"):
                found = np.mod(np.rint(self.numbers[column] * unit), divisor) + offset
            if self._is_own(own * unit, found) and self._pays(
                own, self.numbers[column], divisor + 1.0
            ):
                yield _write_remainder(column, divisor / unit, offset / unit)

    def _may_leave(self, own: Floats, decimals: int) -> Mask:
        """Return of which columns nearly all may leave the same, by a few rows; (n_columns,).

        Those leave different numbers where the differences of the first rows, or of the last ones,
        have no divisor in common.
        """
        units = 10.0 ** np.maximum(self._digits, decimals)
        may_leave = np.zeros(len(units), bool)
        for rows in (slice(GLANCE_ROWS), slice(-GLANCE_ROWS, None)):
            with np.errstate(all="ignore"):
                left = (self._matrix[rows] - own[rows, None]) * units
                is_whole = np.abs(left) < MAX_WHOLE
            whole = np.rint(np.where(is_whole, left, 0.0)).astype(np.int64)
            may_leave |= (np.gcd.reduce(whole - whole[:1], axis=0) != 1) | ~is_whole.all(axis=0)
        return may_leave

    def _whole(self, values: Floats) -> Integers:
        present = values[~np.isnan(values) & (np.abs(values) < MAX_WHOLE)]
        return np.rint(present).astype(np.int64)

    def _is_own(self, own: Floats, found: Floats) -> bool:
        """Return whether two columns are the same in nearly all rows that both have."""
        present = ~np.isnan(own) & ~np.isnan(found)
        n_other = np.count_nonzero(np.abs(own - found)[present] > 1e-3)
        return bool(present.sum() >= MIN_ROWS and n_other <= MAX_ODD * present.sum())

    def _find_remainders_by_columns(self, own: Floats, dependent: Column) -> Iterator[Value]:
        """Yield `x % y` of two columns of whole numbers."""
        names = [*self.numbers]
        whole = [i for i, c in enumerate(names) if self.decimals.get(c) == 0 and c != dependent]
        matrix = self._matrix[:, whole]
        with np.errstate(invalid="ignore"):
            is_above = np.mean(~(own[:, None] < matrix), axis=0) <= 0.5
            is_above &= (np.fmin.reduce(matrix, axis=0) > 0) & (np.fmin.reduce(own) >= 0)
        rows = np.linspace(0, len(own) - 1, min(PAIR_ROWS, len(own))).astype(np.int64)
        few, has_own = matrix[rows], ~np.isnan(own)[rows, None]
        for divisor in (names[whole[number]] for number in np.flatnonzero(is_above)):
            with np.errstate(all="ignore"):
                rest = few % self.numbers[divisor][rows, None]
                differs = (rest != own[rows, None]) & ~np.isnan(rest) & has_own
            for index in np.flatnonzero(differs.mean(axis=0) <= 4 * MAX_ODD):
                column = names[whole[index]]
                with np.errstate(all="ignore"):
                    found = self.numbers[column] % self.numbers[divisor]
                is_apart = column != divisor and self._is_own(own, found)
                if is_apart and self._pays(own, self.numbers[column], len(whole)):
                    yield Arithmetic("%", ColumnRef(column), ColumnRef(divisor))


def _find_divisor(left: Integers) -> int:
    """Return the greatest common divisor of differences of nearly all numbers; 0 if none."""
    if len(left) < 2 * DIVISOR_ROWS // 3:
        return 0
    parts = [left[:DIVISOR_ROWS], left[-DIVISOR_ROWS:]]
    found = [int(np.gcd.reduce(part - part[0])) for part in parts]
    return max(found)


def _write_remainder(column: Column, divisor: float, offset: float) -> Value:
    rest = Arithmetic("%", ColumnRef(column), Number(divisor))
    if not offset:
        return rest
    return Arithmetic("-" if offset < 0 else "+", rest, Number(abs(offset)))
