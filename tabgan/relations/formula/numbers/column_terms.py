"""All terms that begin with one column: their values at once, each made when it is asked for.

>>> from tabgan.schema.column import ColumnKind
>>> x, y = (Column(name, ColumnKind.CONTINUOUS, "float64") for name in "xy")
>>> numbers = {x: np.array([-1.0, 4.0, 9.0]), y: np.array([2.0, 2.0, 0.0])}
>>> terms = NumberTerms([x, y], numbers, numbers).of(0)
>>> [terms.make(index).to_value(1.0).write() for index in (0, 4, 5, 8, 9, 10)]
['log(x)', 'abs(x)', 'x ** 2', 'x * y', 'abs(x - y)', 'x / y']
>>> values = terms.make(10).compute(numbers)
>>> values.tolist(), bool(np.array_equal(values[:2], terms.values[:2, 10]))
([-0.5, 2.0, nan], True)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from tabgan.relations.formula.numbers.terms import (
    UNARY,
    AbsoluteDifference,
    Monomial,
    Numbers,
    Term,
    UnaryTerm,
    is_indicator,
)
from tabgan.schema.arrays import Floats, Integers
from tabgan.schema.column import Column

POWERS = (2.0, 0.5, -1.0)


@dataclass(frozen=True)
class ColumnTerms:
    """Terms of a column alone, and of it with others.

    Attributes:
        values: Theirs; (n_rows, n_terms), not finite where there are none.
        made_of: The numbers of the one or two columns that each is made of; (2, n_terms).
        columns: All of them.
        given: The first terms.
        n_products: Terms that follow: products of two columns,
        n_differences: differences of two without a sign, and the rest are ratios.
    """

    values: Floats
    made_of: Integers
    columns: Sequence[Column]
    given: Sequence[Term]
    n_products: int = 0
    n_differences: int = 0

    @classmethod
    def of_terms(cls, terms: Sequence[Term], columns: Sequence[Column], numbers: Numbers) -> Self:
        """Return terms of one or two of the columns."""
        numbered = {column: index for index, column in enumerate(columns)}
        owners = [[numbered[column] for column in term.columns] for term in terms]
        made_of = np.array([[each[0] for each in owners], [each[-1] for each in owners]])
        return cls(np.column_stack([t.compute(numbers) for t in terms]), made_of, columns, terms)

    def __len__(self) -> int:
        return int(self.values.shape[1])

    def make(self, index: int) -> Term:
        """Return one of the terms."""
        if index < len(self.given):
            return self.given[index]
        one, other = (self.columns[number] for number in self.made_of[:, index])
        index -= len(self.given) + self.n_products
        if 0 <= index < self.n_differences:
            return AbsoluteDifference(one, other)
        return Monomial(((one, 1.0), (other, 1.0 if index < 0 else -1.0)))


class NumberTerms:
    """The terms of columns of numbers, column by column.

    Args:
        columns: Those.
        screened: Some of their rows, of which the values of terms are; (n_screened,) each.
        numbers: All rows; (n_rows,) each.
    """

    def __init__(self, columns: Sequence[Column], screened: Numbers, numbers: Numbers) -> None:
        self.columns = columns
        self._values = np.column_stack([screened[column] for column in columns])
        self._numbers = np.column_stack([numbers[column] for column in columns])
        with np.errstate(all="ignore"):
            self._reciprocals = self._values**-1.0

    def of(self, index: int) -> ColumnTerms:
        """Return the functions of a column, its products with those after it, and all ratios."""
        own = self._values[:, [index]]
        given = self._find_single(index)
        after = np.arange(index + 1, len(self.columns))
        crossed, apart = self._find_crossed(index), np.delete(np.arange(len(self.columns)), index)
        with np.errstate(all="ignore"):
            blocks = [
                own * self._values[:, after],
                np.abs(own - self._values[:, crossed]),
                own * self._reciprocals[:, apart],
            ]
            columns = {self.columns[index]: own[:, 0]}
            single = [term.compute(columns)[:, None] for term in given]
        others = np.concatenate([np.full(len(given), index), after, crossed, apart])
        made_of = np.stack([np.full(len(others), index), others])
        values = np.hstack([*single, *blocks])
        return ColumnTerms(values, made_of, self.columns, given, len(after), len(crossed))

    def _find_single(self, index: int) -> list[Term]:
        """Return the functions and powers of a column; none of one that is 0 or 1."""
        column = self.columns[index]
        if is_indicator(self._values[:, index]):
            return []
        with np.errstate(invalid="ignore"):
            is_signed = bool((self._numbers[:, index] < 0).any())
        functions = [name for name in UNARY if is_signed or name != "abs"]
        powers = [Monomial(((column, power),)) for power in POWERS]
        return [*(UnaryTerm(name, column) for name in functions), *powers]

    def _find_crossed(self, index: int) -> Integers:
        """Return columns after one that it is below in some rows, and above in others."""
        with np.errstate(invalid="ignore"):
            differences = self._numbers[:, [index]] - self._numbers[:, index + 1 :]
            is_crossed = (differences < 0).any(axis=0) & (differences > 0).any(axis=0)
        return np.flatnonzero(is_crossed) + index + 1
