"""Which columns are nearly sums or products of a few others, and the terms of these.

>>> from tabgan.schema.column import ColumnKind
>>> x, y, z = (Column(name, ColumnKind.CONTINUOUS, "float64") for name in "xyz")
>>> numbers = dict(zip((x, y), np.random.default_rng(0).lognormal(size=(2, 400)), strict=True))
>>> numbers[z] = numbers[x] / numbers[y] ** 2
>>> forms = NearForms([x, y, z], [], numbers)
>>> [[term.to_value(1.0).write() for term in terms] for terms in forms.iter_products(z)]
[['x / y ** 2']]
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import combinations

import numpy as np

from tabgan.relations.formula.numbers.dictionary import Dictionary
from tabgan.relations.formula.numbers.monomials import to_exponents
from tabgan.relations.formula.numbers.pursuit import pursue
from tabgan.relations.formula.numbers.regression import Regression
from tabgan.relations.formula.numbers.terms import Difference, Monomial, Numbers, Term, linear
from tabgan.relations.near_formula.near_sums import NearSum, NearSums
from tabgan.schema.column import Column

MIN_VALUES = 20  # of a column
MAX_LEFT = 0.2  # share of a column's variance that a first sum may leave
MAX_ZEROS = 0.02  # share of a column's values, if its logarithms are summed
MAX_EXTENDED = 3  # terms of a sum that is begun with others
EXPONENT_ERROR = 0.05
MAX_CROSSED = 2  # terms of a sum of products and ratios


class NearForms:
    """Sums of a few terms, and products of powers, that columns may nearly be.

    Args:
        columns: Of numbers.
        datetimes: Others, whose differences are terms.
        numbers: Of each; (n_rows,), NaN where missing.
    """

    def __init__(
        self, columns: Sequence[Column], datetimes: Sequence[Column], numbers: Numbers
    ) -> None:
        self.columns, self.numbers = list(columns), numbers
        self._terms: list[Term] = [linear(column) for column in columns]
        self._terms += [Difference(end, start) for start, end in combinations(datetimes, 2)]
        self._sums = NearSums(np.column_stack([term.compute(numbers) for term in self._terms]))
        with np.errstate(all="ignore"):
            logs = np.log(np.abs(np.column_stack([numbers[column] for column in columns])))
        self._has_logs = np.isneginf(logs).mean(axis=0) <= MAX_ZEROS
        self._logs = np.where(np.isneginf(logs), np.nan, logs)

    @cached_property
    def _products(self) -> NearSums:
        return NearSums(self._logs)

    def find_related(self) -> list[Column]:
        """Return the columns that are nearly such a sum or product, the nearest first."""
        left: dict[Column, float] = {}
        for column in self.columns:
            own = self.numbers[column]
            if len(np.unique(own[~np.isnan(own)])) >= MIN_VALUES:
                product = self._find_product(column)
                found = self._find_sum(column).left, product.left if product else 1.0
                left[column] = min(found)
        related = [column for column, least in left.items() if least <= MAX_LEFT]
        return sorted(related, key=lambda column: left[column])

    def iter_terms(self, column: Column) -> Iterator[Sequence[Term]]:
        """Yield the terms of sums that a column may nearly be."""
        picked = [self._terms[index] for index in self._find_sum(column).picked]
        yield picked
        others = [other for other in self.columns if other != column]
        yield self._extend(column, picked, others)
        for product in self.iter_products(column):
            yield product
            yield self._extend(column, product, others)
        yield self._extend(column, [], others, is_crossed=True)

    def find_nearest(self, column: Column) -> list[Column]:
        """Return the other columns of numbers, those that correlate most first."""
        found = self._sums.sizes[self.columns.index(column)][: len(self.columns)]
        order = np.argsort(-found, kind="stable").tolist()
        return [self.columns[index] for index in order if self.columns[index] != column]

    def iter_products(self, column: Column) -> Iterator[Sequence[Term]]:
        """Yield the product of powers that a column nearly is, as the one term of a sum."""
        found = self._find_product(column)
        if found is None or found.left > MAX_LEFT or len(found.picked) < 2:
            return
        picked = sorted(found.picked)
        own = self._logs[:, self.columns.index(column)]
        fitted = Regression.fit(self._logs[:, picked].T, own).coefficients[:-1]
        exponents = to_exponents(fitted)
        if exponents and np.allclose(exponents, fitted, rtol=0, atol=EXPONENT_ERROR):
            bases = [self.columns[index] for index in picked]
            yield [Monomial(tuple(zip(bases, exponents, strict=True)))]

    def _find_sum(self, column: Column) -> NearSum:
        allowed = np.array([column not in term.columns for term in self._terms])
        return self._sums.find(self.columns.index(column), allowed)

    def _find_product(self, column: Column) -> NearSum | None:
        index = self.columns.index(column)
        allowed = self._has_logs.copy()
        allowed[index] = False
        return self._products.find(index, allowed) if self._has_logs[index] else None

    def _extend(
        self,
        column: Column,
        chosen: Sequence[Term],
        others: Sequence[Column],
        *,
        is_crossed: bool = False,
    ) -> Sequence[Term]:
        """Return terms with those beside them that take most of what is left of a column."""
        left = [other for other in others if linear(other) not in chosen]
        if not left:
            return chosen
        dictionary = Dictionary.of_columns(left, self.numbers)
        own, max_terms = self.numbers[column], MAX_EXTENDED
        if is_crossed:
            dictionary.cross(own)
            max_terms = MAX_CROSSED
        values = [term.compute(self.numbers) for term in chosen]
        found = [[], *pursue(own, dictionary, values, max_terms, lambda *_: True)][-1]
        return [*chosen, *(dictionary.terms[index] for index in sorted(found))]
