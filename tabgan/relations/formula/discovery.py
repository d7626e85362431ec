"""Discovery of formulas on a sample: one term, sums of terms, products of powers.

For each column of numbers, the simplest form first:

1. `single`    one term and a constant; of all products, ratios and functions, those that correlate
2. `linear`    any coefficients of several columns (orthogonal matching pursuit, then elimination)
3. `monomial`  a product of powers, a sum of logarithms
4. `mixed`     a term that correlates, and what is linear beside it
5. `crossed`   sums of products and ratios
6. `exact`     the least or the greatest of several columns, remainders

The same goes for a column where it was not cut off, for its square, its reciprocal ... (`targets`).

Rows decide: a candidate fits all rows of the sample, up to the rounding of the column, and each of
its terms saves more nats than it takes (minimum description length).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from tabgan.query.expressions import ColumnRef, Value, ValueType
from tabgan.relations.exact_arithmetic import find_decimals, machine_epsilon
from tabgan.relations.formula.computation import count_digits
from tabgan.relations.formula.dictionary import Dictionary, relate
from tabgan.relations.formula.exact_forms import ExactForms
from tabgan.relations.formula.pursuit import pursue
from tabgan.relations.formula.regression import Regression
from tabgan.relations.formula.rounding import as_written
from tabgan.relations.formula.screening import Screening
from tabgan.relations.formula.sum_fit import SumFit
from tabgan.relations.formula.targets import CURVED, PLAIN, Target, iter_cuts
from tabgan.relations.formula.terms import Monomial, Term, linear
from tabgan.relations.statistics import MIN_ROWS
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Floats, Integers
from tabgan.schema.column import Column
from tabgan.schema.float_conversion import to_float

SEARCH_ROWS = 600
MIN_VALUES = 4  # of a column that is worth the fit of a formula
MAX_TERMS = 6  # of a sum
MAX_FACTORS = 5  # of a product
MIN_CURVED = 20  # values of a column that may be a function of a sum
MIN_RELATED = 0.3  # correlation of a column with any term, if it is a sum of products
MAX_MIXED = 4  # terms that correlate, to each of which what is linear is added
EXPONENTS = (-3.0, -2.0, -1.0, -0.5, 0.5, 1.0, 2.0, 3.0)
EXPONENT_ERROR = 0.15
MIN_RELATIVE = 20  # steps of a number whose logarithm is taken


@dataclass(frozen=True)
class Candidate:
    """A column and an expression that may be its value in every row.

    Attributes:
        dependent: The column.
        terms: Whose sum it is.
        expression: That sum, with its coefficients.
        target: The function of the column that the sum is.
    """

    dependent: Column
    terms: Sequence[Term]
    expression: Value
    target: Target = PLAIN

    @property
    def n_digits(self) -> int:
        """Digits of its coefficients."""
        return count_digits(self.expression)


class FormulaSearch:
    """The search for formulas of a table, on a sample of its rows.

    Args:
        profile: The whole table.
    """

    def __init__(self, profile: TableProfile) -> None:
        self.profile, sample = profile, profile.sample
        self.columns = [c for c in profile.columns if ColumnRef(c).value_type is ValueType.NUMBER]
        rows = np.linspace(0, len(sample) - 1, min(SEARCH_ROWS, len(sample))).astype(np.int64)
        datetimes = profile.datetime_columns
        self.numbers = {c: sample.numbers(c)[rows] for c in (*self.columns, *datetimes)}
        self.own: dict[Column, Floats] = {}
        self.decimals: dict[Column, int | None] = {}
        for column in (*self.columns, *datetimes):
            if as_written(column).kind.is_number:
                own = to_float(sample.series(column), as_written(column))
                self.own[column], self.decimals[column] = own[rows], find_decimals(own)
        self.n_values = {c: len(np.unique(v[~np.isnan(v)])) for c, v in self.own.items()}
        with np.errstate(all="ignore"):
            self.logs = {c: np.log(np.abs(self.numbers[c])) for c in self.columns}
        self.exact = ExactForms({c: self.numbers[c] for c in self.columns}, self.decimals)
        self.screening = Screening(self.columns, datetimes, self.numbers, self.own)

    def iter_candidates(self) -> Iterator[Iterator[Candidate]]:
        """Yield the candidates of each column that may follow from others, simple ones first."""
        for dependent, own in self.own.items():
            forms = self.exact.find(own, self.decimals[dependent], dependent)
            exact = (Candidate(dependent, (), expression) for expression in forms)
            if self.n_values[dependent] >= MIN_VALUES:
                yield chain(self._iter_fitted(dependent), exact)
            else:
                yield exact

    def refit(self, candidate: Candidate, rows: Integers) -> Candidate | None:
        """Return a candidate whose coefficients fit more rows, by their numbers, as well."""
        sample, terms, dependent = self.profile.sample, candidate.terms, candidate.dependent
        if not terms:
            return None
        series = [sample.series(dependent), self.profile.series(dependent).iloc[rows]]
        own = np.concatenate([to_float(part, as_written(dependent)) for part in series])
        numbers = {
            column: np.concatenate([sample.numbers(column), self.profile.numbers(column)[rows]])
            for column in {column for term in terms for column in term.columns}
        }
        fit = replace(self._sum_fit(dependent, candidate.target), numbers=numbers, column=own)
        expression = fit.fit(terms)
        return None if expression is None else replace(candidate, expression=expression)

    def _iter_fitted(self, dependent: Column) -> Iterator[Candidate]:
        """Yield the candidates of a column that fit the whole sample."""
        for target in self._iter_targets(dependent):
            fit = self._sum_fit(dependent, target)
            if target is PLAIN:
                singles = [
                    self._fit(dependent, fit, [term])
                    for term in self.screening.find_terms(dependent)
                ]
                yield from sorted(filter(None, singles), key=lambda found: found.n_digits)
            for terms in self._iter_forms(dependent, fit):
                found = self._fit(dependent, fit, terms)
                if found is not None:
                    yield found

    def _fit(self, dependent: Column, fit: SumFit, terms: Sequence[Term]) -> Candidate | None:
        """Return the candidate of these terms, if there is one, fitted to the whole sample."""
        expression = fit.fit(terms)
        if expression is None:
            return None
        candidate = Candidate(dependent, terms, expression, fit.target)
        return self.refit(candidate, np.zeros(0, np.int64))

    def _iter_targets(self, dependent: Column) -> Iterator[Target]:
        yield PLAIN
        yield from iter_cuts(self.own[dependent])
        others = [column for column in self.columns if column != dependent]
        if not others or self.n_values[dependent] < MIN_CURVED:
            return
        numbers = np.column_stack([self.numbers[column] for column in others])
        for target in CURVED:
            own = self._sum_fit(dependent, target).own
            if relate(np.column_stack([numbers, numbers**2]), own).max() >= MIN_RELATED:
                yield target

    def _sum_fit(self, dependent: Column, target: Target = PLAIN) -> SumFit:
        own, decimals = self.own[dependent], self.decimals[dependent]
        epsilon = machine_epsilon(dependent)
        return SumFit(self.numbers, own, decimals, epsilon, self.screening.n_terms, target)

    def _iter_forms(self, dependent: Column, fit: SumFit) -> Iterator[Sequence[Term]]:
        """Yield the terms of sums that a column may be."""
        others = [column for column in self.columns if column != dependent]
        if not others:
            return
        is_related = self.screening.strongest[dependent] >= MIN_RELATED
        if fit.target in CURVED:
            yield from self._pursue(others, [], fit, crossed=True)
            return
        yield from self._pursue(others, [], fit)
        if fit.target is PLAIN:
            yield from ([product] for product in self._find_monomials(dependent, others))
            for term in self.screening.find_terms(dependent)[:MAX_MIXED]:
                yield from self._pursue(others, [term], fit)
        if is_related:
            yield from self._pursue(others, [], fit, crossed=True)

    def _pursue(
        self,
        others: Sequence[Column],
        chosen: Sequence[Term],
        fit: SumFit,
        *,
        crossed: bool = False,
    ) -> Iterator[Sequence[Term]]:
        """Yield the terms beside those chosen, and with them, whose sum is near a column."""
        dictionary = Dictionary.of_columns(others, self.numbers)
        if crossed:
            dictionary.cross(fit.own)
        limit = fit.reach
        for picked in pursue(
            fit.own,
            dictionary,
            [term.compute(self.numbers) for term in chosen],
            MAX_TERMS,
            lambda found, _: found.is_near(limit),
            fit.weights,
        ):
            yield [*chosen, *(dictionary.terms[index] for index in sorted(picked))]

    def _find_monomials(self, dependent: Column, others: Sequence[Column]) -> Iterator[Monomial]:
        """Yield the product of powers whose logarithm is near that of a column."""
        own, decimals = np.abs(self.own[dependent]), self.decimals[dependent]
        steps = own * 10.0**decimals if decimals is not None else own / 1e-300
        is_large = steps >= MIN_RELATIVE
        if is_large.sum() < MIN_ROWS:
            return
        with np.errstate(all="ignore"):
            target = np.log(np.where(is_large, own, np.nan))
        logs = {c: self.logs[c] for c in others if not np.isneginf(self.logs[c][is_large]).any()}
        limit = np.where(is_large, 2 / np.maximum(steps, 1), 0.0) + 1e-9
        if not logs:
            return
        names, terms = list(logs), np.column_stack(list(logs.values()))
        dictionary = Dictionary([linear(column) for column in names], terms)

        def is_done(found: Regression, picked: Sequence[int]) -> bool:
            is_product = len(picked) > 1 and _to_exponents(found.coefficients[:-1]) is not None
            return is_product and found.is_near(limit)

        for picked in pursue(target, dictionary, [], MAX_FACTORS, is_done):
            found = Regression.fit(terms[:, picked].T, target)
            exponents = _to_exponents(found.coefficients[:-1]) or []
            columns = [names[index] for index in picked]
            yield Monomial(tuple(zip(columns, exponents, strict=True)))


def _to_exponents(found: Floats) -> list[float] | None:
    """Return the nearest exponents; None if one of them is not near."""
    nearest = [min(EXPONENTS, key=lambda exponent: abs(exponent - value)) for value in found]
    errors = np.abs(np.array(nearest) - found)
    return nearest if np.all(errors <= EXPONENT_ERROR) else None
