"""The terms that a matching pursuit chooses from.

>>> from tabgan.schema.column import ColumnKind
>>> x, y = (Column(name, ColumnKind.CONTINUOUS, "float64") for name in "xy")
>>> dictionary = Dictionary.of_columns([x, y], {x: np.arange(30.0), y: np.arange(30.0) % 7 + 1})
>>> dictionary.cross(np.arange(30.0))
>>> [term.to_value(1.0).write() for term in dictionary.terms]
['x', 'y', 'x ** 2', 'y ** 2', 'x * y', 'x / y', 'y / x']
"""

from collections.abc import Sequence
from typing import Self

import numpy as np

from tabgan.relations.formula.numbers.terms import Monomial, Numbers, Term, linear
from tabgan.relations.statistics import MIN_ROWS
from tabgan.schema.arrays import Floats
from tabgan.schema.column import Column

MAX_CROSSED = 10  # columns whose products are tried


class Dictionary:
    """Terms and their values, of which there are more once one is chosen.

    Args:
        terms: To begin with.
        values: Theirs; (n_rows, n_terms).
        numbers: Of the columns that they are made of.
    """

    def __init__(
        self, terms: Sequence[Term], values: Floats, numbers: Numbers | None = None
    ) -> None:
        self.terms, self.values = list(terms), values
        self._numbers: Numbers = numbers or {}
        self._crossed: list[Column] = []

    @classmethod
    def of_columns(cls, columns: Sequence[Column], numbers: Numbers) -> Self:
        """Return the dictionary of columns as they are."""
        values = np.column_stack([numbers[column] for column in columns])
        return cls([linear(column) for column in columns], values, numbers)

    def cross(self, own: Floats) -> None:
        """Add squares, products and ratios of the columns that correlate most with another."""
        related = relate(self.values, own)
        best = np.argsort(-related, kind="stable")[:MAX_CROSSED]
        self._crossed = [self.terms[index].columns[0] for index in sorted(best)]
        crossed = [Monomial(((column, 2.0),)) for column in self._crossed]
        for index, one in enumerate(self._crossed):
            after = self._crossed[index + 1 :]
            crossed += [Monomial(((one, 1.0), (other, 1.0))) for other in after]
            apart = [other for other in self._crossed if other != one]
            crossed += [Monomial(((one, 1.0), (other, -1.0))) for other in apart]
        self._add(crossed)

    def grow(self, index: int) -> None:
        """Add the products of a product that was chosen with other columns."""
        term = self.terms[index]
        if not self._crossed or not isinstance(term, Monomial) or len(term.powers) != 2:
            return
        others = [column for column in self._crossed if column not in term.columns]
        products = [Monomial((*term.powers, (column, 1.0))) for column in others]
        self._add([product for product in products if product not in self.terms])

    def _add(self, terms: Sequence[Term]) -> None:
        if terms:
            columns = [term.compute(self._numbers) for term in terms]
            self.terms += terms
            self.values = np.column_stack([self.values, *columns])


def relate(values: Floats, own: Floats) -> Floats:
    """Return the correlations of columns, (n_rows, k), with another, (n_rows,); (k,)."""
    present = ~np.isnan(own)
    if np.count_nonzero(present) < MIN_ROWS:
        return np.zeros(values.shape[1])
    given = own[present] - own[present].mean()
    size = float(np.sqrt(given @ given))
    return correlate_terms(values[present], given) / size if size > 0 else np.zeros(len(values.T))


def correlate_terms(terms: Floats, residual: Floats, weights: Floats | None = None) -> Floats:
    """Return how terms, (n_rows, n_terms), correlate with what is left, in its size; (n_terms,).

    Gaps of terms count as their mean; what is left has a mean of 0 and no gaps.
    """
    weight = np.ones(len(terms)) if weights is None else weights**2
    with np.errstate(all="ignore"):
        present = np.isfinite(terms)
        means = weight @ np.where(present, terms, 0.0) / (weight @ present)
        centred = np.where(present, terms - means, 0.0)
        found = np.abs((residual * weight) @ centred) / np.sqrt(weight @ centred**2)
    return np.asarray(np.nan_to_num(found, nan=-1.0))
