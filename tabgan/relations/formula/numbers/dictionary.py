"""The terms that a matching pursuit chooses from.

>>> from tabgan.schema.column import ColumnKind
>>> x, y = (Column(name, ColumnKind.CONTINUOUS, "float64") for name in "xy")
>>> dictionary = Dictionary.of_columns([x, y], {x: np.arange(30.0), y: np.arange(30.0) % 7 + 1})
>>> dictionary.cross(np.arange(30.0))
>>> [term.to_value(1.0).write() for term in dictionary.terms]
['x', 'y', 'x ** 2', 'y ** 2', 'x * y', 'x / y', 'y / x']
"""

from collections.abc import Sequence
from copy import copy
from functools import cached_property
from typing import Self

import numpy as np

from tabgan.relations.formula.numbers.terms import Monomial, Numbers, Term, is_indicator, linear
from tabgan.relations.statistics import MIN_ROWS
from tabgan.schema.arrays import Floats, Mask
from tabgan.schema.column import Column

MIN_LEFT = 1e-6  # share of a term's squares that its mean leaves, where sums tell it
MAX_CROSSED = 10  # columns whose products are tried


class TermBlock:
    """The values of some terms, and what correlations take of them whatever they are taken with.

    Args:
        values: Of the terms; (n_rows, n_terms).
    """

    def __init__(self, values: Floats) -> None:
        self.values = values

    @cached_property
    def _centred(self) -> Floats:
        return _centre(self.values, np.ones(len(self.values)))

    @cached_property
    def _sizes(self) -> Floats:
        return _measure(self._centred, np.ones(len(self.values)))

    def correlate(self, residual: Floats, weights: Floats | None) -> Floats:
        """Return what `correlate_terms` does."""
        if weights is not None:
            return correlate_terms(self.values, residual, weights)
        return _correlate(self._centred, self._sizes, residual)

    def relate(self, own: Floats) -> Floats:
        """Return the correlations of the terms with a column, (n_rows,); (n_terms,)."""
        present = ~np.isnan(own)
        given = own[present]
        if len(given) < MIN_ROWS:
            return np.zeros(self.values.shape[1])
        given = given - given.mean()
        size = float(np.sqrt(given @ given))
        if size == 0:
            return np.zeros(self.values.shape[1])
        if present.all():
            return self.correlate(given, None) / size
        return correlate_terms(self.values[present], given) / size

    def relate_all(self, owns: Floats) -> Floats:
        """Return what `relate` does for several columns, (n_rows, n_owns); (n_terms, n_owns).

        All at once, to 6 decimals: sums over the rows that a column has are products of matrices.
        What rounding errors leave too little of is computed by itself.
        """
        present = ~np.isnan(owns)
        n_rows = present.sum(axis=0)
        with np.errstate(all="ignore"):
            given = np.where(present, owns, 0.0)
            given = given / np.abs(given).max(axis=0)
            given = np.where(present, given - given.sum(axis=0) / n_rows, 0.0)
            units = np.nan_to_num(given / np.sqrt((given**2).sum(axis=0)))
            counted, terms = present.astype(np.float64), self._centred
            has_term = np.isfinite(self.values).astype(np.float64)
            squares, sums = (terms**2).T @ counted, terms.T @ counted
            means = sums / (has_term.T @ counted)
            left = squares - sums * means
            found = np.abs(terms.T @ units - means * (has_term.T @ units)) / np.sqrt(left)
        is_told = left > MIN_LEFT * squares
        for index in np.flatnonzero(~is_told.all(axis=0)):
            found[~is_told[:, index], index] = self.take(~is_told[:, index]).relate(owns[:, index])
        found[:, (n_rows < MIN_ROWS) | ~units.any(axis=0)] = 0.0
        return np.asarray(found)

    def take(self, chosen: Mask) -> "TermBlock":
        """Return some of the terms, (n_terms,)."""
        return TermBlock(self.values[:, chosen])


class Dictionary:
    """Terms and their values, of which there are more once one is chosen.

    Args:
        terms: To begin with.
        values: Theirs; (n_rows, n_terms).
        numbers: Of the columns that they are made of.

    Attributes:
        blocks: The values of all terms, in their order.
        left_out: Indices of terms that are never chosen.
    """

    def __init__(
        self, terms: Sequence[Term], values: Floats, numbers: Numbers | None = None
    ) -> None:
        self.terms, self.blocks = list(terms), [TermBlock(values)]
        self._indices = {term: index for index, term in enumerate(terms)}
        self._numbers: Numbers = numbers or {}
        self._crossed: list[Column] = []
        self.left_out: Sequence[int] = ()

    @classmethod
    def of_columns(cls, columns: Sequence[Column], numbers: Numbers) -> Self:
        """Return the dictionary of columns as they are."""
        values = np.column_stack([numbers[column] for column in columns])
        return cls([linear(column) for column in columns], values, numbers)

    def without(self, column: Column) -> Self:
        """Return one that grows by itself, and in which a column is never chosen."""
        place = self.find_index(column)
        return self.leaving_out([] if place is None else [place])

    def leaving_out(self, indices: Sequence[int]) -> Self:
        """Return one that grows by itself, and in which some terms are never chosen."""
        copied = copy(self)
        copied.terms, copied.blocks = list(self.terms), list(self.blocks)
        copied.left_out = indices
        return copied

    def find_index(self, column: Column) -> int | None:
        """Return the index of a column as it is; None if it is no term to begin with."""
        return self._indices.get(linear(column))

    @property
    def is_empty(self) -> bool:
        """Whether there is no term that may be chosen."""
        return len(self.terms) <= len(self.left_out)

    def take(self, indices: Sequence[int]) -> list[Floats]:
        """Return the values of some terms; (n_rows,) each."""
        starts = np.cumsum([0, *(block.values.shape[1] for block in self.blocks)])
        of_blocks = (np.searchsorted(starts, indices, side="right") - 1).tolist()
        return [
            self.blocks[block].values[:, index - starts[block]]
            for block, index in zip(of_blocks, indices, strict=True)
        ]

    def correlate(self, residual: Floats, weights: Floats | None = None) -> Floats:
        """Return what `correlate_terms` does, for all terms; (n_terms,)."""
        return self._leave_out([block.correlate(residual, weights) for block in self.blocks])

    def relate(self, own: Floats) -> Floats:
        """Return the correlations of all terms with a column, (n_rows,); (n_terms,)."""
        return self._leave_out([block.relate(own) for block in self.blocks])

    def _leave_out(self, of_blocks: Sequence[Floats]) -> Floats:
        found = np.concatenate(of_blocks)
        found[list(self.left_out)] = -1
        return found

    def cross(self, own: Floats) -> None:
        """Add squares, products and ratios of the columns that correlate most with another."""
        order = np.argsort(-self.relate(own), kind="stable").tolist()
        best = [index for index in order if index not in self.left_out][:MAX_CROSSED]
        self._crossed = [self.terms[index].columns[0] for index in sorted(best)]
        columns, n = self._crossed, len(self._crossed)
        measured = [i for i, c in enumerate(columns) if not is_indicator(self._numbers[c])]
        pairs: list[tuple[int, int, float]] = []
        for one in range(n):
            pairs += [(one, other, 1.0) for other in range(one + 1, n)]
            pairs += [(one, other, -1.0) for other in range(n) if other != one]
        terms = [Monomial(((columns[index], 2.0),)) for index in measured]
        terms += [Monomial(((columns[i], 1.0), (columns[k], power))) for i, k, power in pairs]
        if not terms:
            return
        values = np.column_stack([self._numbers[column] for column in columns])
        with np.errstate(all="ignore"):
            factors = np.hstack([values, values**-1.0])
            left = factors[:, [i for i, _, _ in pairs]]
            right = factors[:, [k if power > 0 else n + k for _, k, power in pairs]]
            crossed = np.hstack([values[:, measured] ** 2.0, left * right])
        self.terms += terms
        self.blocks.append(TermBlock(np.where(np.isfinite(crossed), crossed, np.nan)))

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
            self.blocks.append(TermBlock(np.column_stack(columns)))


def correlate_terms(terms: Floats, residual: Floats, weights: Floats | None = None) -> Floats:
    """Return how terms, (n_rows, n_terms), correlate with what is left, in its size; (n_terms,).

    Gaps of terms count as their mean; what is left has a mean of 0 and no gaps.
    """
    weight = np.ones(len(terms)) if weights is None else weights**2
    centred = _centre(terms, weight)
    return _correlate(centred, _measure(centred, weight), residual * weight)


def _centre(terms: Floats, weight: Floats) -> Floats:
    """Return terms less their means, 0 where missing; (n_rows, n_terms)."""
    present = np.isfinite(terms)
    with np.errstate(all="ignore"):
        if present.all() and np.all(weight == 1):
            return terms - weight @ terms / len(terms)
        means = weight @ np.where(present, terms, 0.0) / (weight @ present)
        return np.where(present, terms - means, 0.0)


def _measure(centred: Floats, weight: Floats) -> Floats:
    """Return the sizes of centred terms; (n_terms,)."""
    with np.errstate(all="ignore"):
        return np.asarray(np.sqrt(weight @ centred**2))


def _correlate(centred: Floats, sizes: Floats, residual: Floats) -> Floats:
    """Return how centred terms of such sizes correlate with what is left; (n_terms,)."""
    with np.errstate(all="ignore"):
        found = np.abs(residual @ centred) / sizes
    return np.asarray(np.nan_to_num(found, nan=-1.0))
