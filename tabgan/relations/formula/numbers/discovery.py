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
from functools import cached_property
from itertools import chain

import numpy as np

from tabgan.query.calendar_parts import NUMBER_PARTS
from tabgan.query.datetime_calls import DatetimeCall
from tabgan.query.expressions import ColumnRef, Value, ValueType
from tabgan.relations.exact_arithmetic import find_decimals, machine_epsilon
from tabgan.relations.formula.computation import count_digits
from tabgan.relations.formula.numbers.curved_targets import MIN_RELATED, find_curved
from tabgan.relations.formula.numbers.datetime_sums import DatetimeSums
from tabgan.relations.formula.numbers.datetime_terms import (
    MAX_DATETIMES,
    iter_snapshot_ages,
    spans_dates,
)
from tabgan.relations.formula.numbers.dictionary import Dictionary
from tabgan.relations.formula.numbers.exact_forms import ExactForms
from tabgan.relations.formula.numbers.monomials import MonomialSearch
from tabgan.relations.formula.numbers.pursuit import pursue
from tabgan.relations.formula.numbers.screening import Screening
from tabgan.relations.formula.numbers.sum_fit import SumFit
from tabgan.relations.formula.numbers.targets import CURVED, PLAIN, Target, iter_cuts
from tabgan.relations.formula.numbers.terms import Epoch, Term
from tabgan.relations.formula.rounding import as_written
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Floats, Integers
from tabgan.schema.column import Column, ColumnKind
from tabgan.schema.float_conversion import to_float

SEARCH_ROWS = 600
MIN_COUNTS = 3  # of a column that counts years, weeks or nights between datetimes
MIN_VALUES = 4  # of a column that is worth the fit of a sum
MAX_TERMS = 6  # of a sum
MIN_CURVED = 20  # values of a column that may be a function of a sum
MAX_MIXED = 4  # terms that correlate, to each of which what is linear is added


@dataclass(frozen=True)
class Candidate:
    """A column and an expression that may be its value in every row.

    Attributes:
        dependent: The column.
        terms: Whose sum it is; none if there are no coefficients to fit.
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
        self._exact = ExactForms({c: self.numbers[c] for c in self.columns}, self.decimals)
        months = [c for c in profile.columns if c.kind is ColumnKind.CATEGORICAL]
        taken = sample.frame.iloc[rows]
        self._datetime_sums = DatetimeSums(taken, self.numbers, self.columns, datetimes, months)
        self.screening = Screening(self.columns, datetimes, self.numbers, self.own)

    def iter_candidates(self) -> Iterator[Iterator[Candidate]]:
        """Yield the candidates of each column that may follow from others, simple ones first.

        Datetimes come first: of what they are calculated from, less follows from them.
        """
        sums = self._datetime_sums
        for dependent in self.profile.datetime_columns[:MAX_DATETIMES]:
            if as_written(dependent).kind is ColumnKind.DATETIME:
                yield (Candidate(dependent, (), value) for value in sums.iter_values(dependent))
        for dependent, own in self.own.items():
            forms = self._exact.find(own, self.decimals[dependent], dependent)
            exact = (Candidate(dependent, (), expression) for expression in forms)
            if self.n_values[dependent] >= MIN_COUNTS:
                yield chain(self._iter_fitted(dependent), exact)
            else:
                yield exact

    def refit(self, candidate: Candidate, rows: Integers) -> Candidate | None:
        """Return a candidate whose coefficients fit more rows, by their numbers, as well."""
        sample, terms, dependent = self.profile.sample, candidate.terms, candidate.dependent
        if not terms:
            return None  # its units of time are what they are
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
                yield from self._fit_singles(dependent, fit)
            if self.n_values[dependent] < MIN_VALUES:
                return
            for terms in self._iter_forms(dependent, fit):
                found = self._fit(dependent, fit, terms)
                if found is not None:
                    yield found

    def _fit_singles(self, dependent: Column, fit: SumFit) -> Iterator[Candidate]:
        """Yield the candidates of one term and a constant, those of few digits first.

        Days between two dates are those of the calendar, where both readings fit.
        """
        terms = self.screening.find_terms(dependent)
        epochs = [term for term in terms if isinstance(term, Epoch)]
        found = [self._fit(dependent, fit, [term]) for term in terms if term not in epochs]
        fitted = [candidate for candidate in found if candidate is not None]
        yield from sorted(fitted, key=lambda c: (not spans_dates(c.terms[0]), c.n_digits))
        for epoch in epochs:
            ages = iter_snapshot_ages(epoch.column, self.decimals[dependent])
            tested = (self._fit(dependent, fit, [term]) for term in (*ages, epoch))
            yield from (candidate for candidate in tested if candidate is not None)

    def _fit(self, dependent: Column, fit: SumFit, terms: Sequence[Term]) -> Candidate | None:
        """Return the candidate of these terms, if there is one, fitted to the whole sample."""
        expression = fit.fit(terms)
        if expression is None or _is_date_part(expression):
            return None
        candidate = Candidate(dependent, terms, expression, fit.target)
        return self.refit(candidate, np.zeros(0, np.int64))

    def _iter_targets(self, dependent: Column) -> Iterator[Target]:
        yield PLAIN
        yield from iter_cuts(self.own[dependent])
        yield from self._curved.get(dependent, ())

    def _sum_fit(self, dependent: Column, target: Target = PLAIN) -> SumFit:
        own, decimals = self.own[dependent], self.decimals[dependent]
        epsilon = machine_epsilon(dependent)
        return SumFit(self.numbers, own, decimals, epsilon, self.screening.n_terms, target)

    def _iter_forms(self, dependent: Column, fit: SumFit) -> Iterator[Sequence[Term]]:
        """Yield the terms of sums that a column may be."""
        if not any(column != dependent for column in self.columns):
            return
        is_related = self.screening.find_strongest(dependent) >= MIN_RELATED
        if fit.target in CURVED:
            yield from self._pursue(dependent, [], fit, crossed=True)
            return
        yield from self._pursue(dependent, [], fit)
        if fit.target is PLAIN:
            own, decimals = self.own[dependent], self.decimals[dependent]
            products = self._monomials.find(own, decimals, dependent)
            yield from ([product] for product in products)
            for term in self.screening.find_terms(dependent)[:MAX_MIXED]:
                yield from self._pursue(dependent, [term], fit)
        if is_related:
            yield from self._pursue(dependent, [], fit, crossed=True)

    def _pursue(
        self,
        dependent: Column,
        chosen: Sequence[Term],
        fit: SumFit,
        *,
        crossed: bool = False,
    ) -> Iterator[Sequence[Term]]:
        """Yield the terms beside those chosen, and with them, whose sum is near a column."""
        dictionary = self._columns.without(dependent)
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

    @cached_property
    def _columns(self) -> Dictionary:
        """The columns of numbers as they are."""
        return Dictionary.of_columns(self.columns, self.numbers)

    @cached_property
    def _curved(self) -> dict[Column, list[Target]]:
        """Functions of each column that others may be sums of."""
        if not self.columns:
            return {}
        dependents = [c for c in self.own if self.n_values[c] >= MIN_CURVED]
        return find_curved(dependents, self._columns, lambda c, to: self._sum_fit(c, to).own)

    @cached_property
    def _monomials(self) -> MonomialSearch:
        """The search for products of powers."""
        (block,) = self._columns.blocks
        with np.errstate(all="ignore"):
            return MonomialSearch(self.columns, np.log(np.abs(block.values)))


def _is_date_part(value: Value) -> bool:
    """Return whether a value is a part of a datetime and no more: another kind of relation."""
    return isinstance(value, DatetimeCall) and value.function in NUMBER_PARTS
