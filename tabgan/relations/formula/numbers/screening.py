"""Which products, ratios and functions of columns correlate with a column, over all pairs."""

from collections.abc import Mapping, Sequence

import numpy as np

from tabgan.relations.formula.numbers.datetime_terms import MAX_DATETIMES, iter_datetime_terms
from tabgan.relations.formula.numbers.terms import (
    UNARY,
    AbsoluteDifference,
    Monomial,
    Numbers,
    Term,
    UnaryTerm,
    is_indicator,
)
from tabgan.schema.arrays import Floats
from tabgan.schema.column import Column

SCREEN_ROWS = 256
MIN_CORRELATION = 0.9
MAX_KEPT = 10  # terms for each column
POWERS = (2.0, 0.5, -1.0)


class Screening:
    """All terms of one or two columns, and their correlations with every column.

    Args:
        columns: Of numbers.
        datetimes: Others, of datetimes.
        numbers: Of each; (n_rows,).
        own: Of the columns that may follow from them, as they are written; (n_rows,).
    """

    def __init__(
        self,
        columns: Sequence[Column],
        datetimes: Sequence[Column],
        numbers: Mapping[Column, Floats],
        own: Mapping[Column, Floats],
    ) -> None:
        self.columns, self.datetimes = list(columns), list(datetimes)
        self.numbers, self.own = numbers, own
        self._best: dict[Column, list[tuple[float, Term]]] = {column: [] for column in own}
        self.strongest = dict.fromkeys(own, 0.0)  # correlation of any term, by column
        self.n_terms = 0
        if own:
            self._screen()

    def matrix(self, terms: Sequence[Term]) -> Floats:
        """Return the values of terms; (n_rows, n_terms)."""
        return np.column_stack([term.compute(self.numbers) for term in terms])

    def find_terms(self, dependent: Column) -> list[Term]:
        """Return the terms that correlate most with a column, and are not made of it."""
        return [term for _, term in sorted(self._best[dependent], key=lambda pair: -pair[0])]

    def _screen(self) -> None:
        n_rows = len(next(iter(self.own.values())))
        rows = np.linspace(0, n_rows - 1, min(SCREEN_ROWS, n_rows)).astype(np.int64)
        numbers = {column: values[rows] for column, values in self.numbers.items()}
        own, present = _standardize(np.column_stack([values[rows] for values in self.own.values()]))
        for index, column in enumerate([*self.columns, *self.datetimes]):
            terms = self._terms_of(index, column, numbers)
            if not terms:
                continue
            values, has = _standardize(np.column_stack([term.compute(numbers) for term in terms]))
            with np.errstate(all="ignore"):
                norms = np.sqrt(_sum_beside(values**2, present) * _sum_beside(own**2, has).T)
                found = np.nan_to_num(np.abs(values.T @ own) / norms)
            self.n_terms += len(terms)
            self._keep_best(terms, found)

    def _terms_of(self, index: int, column: Column, screened: Numbers) -> list[Term]:
        """Return the functions of a column, its products with those after it, and all ratios."""
        with np.errstate(invalid="ignore"):
            is_signed = bool((self.numbers[column] < 0).any())
        names = [name for name in UNARY if is_signed or name != "abs"]
        if column in self.datetimes:
            index = self.datetimes.index(column)
            after = self.datetimes[index + 1 :] if index < MAX_DATETIMES else []
            return list(iter_datetime_terms(column, after[:MAX_DATETIMES], screened))
        terms: list[Term] = []
        if not is_indicator(screened[column]):
            terms += [UnaryTerm(name, column) for name in names]
            terms += [Monomial(((column, power),)) for power in POWERS]
        numbers = self.columns
        terms += [Monomial(((column, 1.0), (c, 1.0))) for c in numbers[index + 1 :]]
        terms += [
            AbsoluteDifference(column, c) for c in numbers[index + 1 :] if self._cross(column, c)
        ]
        terms += [Monomial(((column, 1.0), (c, -1.0))) for c in numbers if c != column]
        return terms

    def _cross(self, one: Column, other: Column) -> bool:
        """Return whether one column is below the other in some rows, and above it in others."""
        with np.errstate(invalid="ignore"):
            difference = self.numbers[one] - self.numbers[other]
            return bool((difference < 0).any() and (difference > 0).any())

    def _keep_best(self, terms: Sequence[Term], found: Floats) -> None:
        """Keep the best terms of each column; `found` are correlations, (n_terms, n_columns)."""
        dependents = list(self.own)
        positions = {column.name: index for index, column in enumerate(dependents)}
        for index, term in enumerate(terms):
            found[index, [positions[c.name] for c in term.columns if c.name in positions]] = 0.0
        strongest = found.max(axis=0, initial=0.0)
        for column, most in zip(dependents, strongest.tolist(), strict=True):
            self.strongest[column] = max(self.strongest[column], most)
        for term_index, column_index in zip(*np.nonzero(found > MIN_CORRELATION), strict=True):
            term, column = terms[term_index], dependents[column_index]
            best = self._best[column]
            best.append((float(found[term_index, column_index]), term))
            if len(best) > 4 * MAX_KEPT:
                best.sort(key=lambda pair: -pair[0])
                del best[MAX_KEPT:]


def _sum_beside(squares: Floats, present: Floats) -> Floats:
    """Return sums over the rows in which others are present; (n_terms, n_others), or (.., 1)."""
    return squares.sum(axis=0)[:, None] if present.all() else squares.T @ present


def _standardize(values: Floats) -> tuple[Floats, Floats]:
    """Return columns less their means, 0 where missing; and 1 where they are not, else 0."""
    present = np.isfinite(values)
    with np.errstate(all="ignore"):
        scale = np.abs(np.where(present, values, 0.0)).max(axis=0)
        scaled = np.where(present, values / scale, 0.0)
        means = scaled.sum(axis=0) / present.sum(axis=0)
        centred = np.where(present, scaled - means, 0.0)
    return np.nan_to_num(centred), present.astype(np.float64)
