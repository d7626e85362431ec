"""Discovery of formulas on a sample: one term, sums of terms, products of powers.

For each column of numbers, the simplest form first:

1. `single`    one term and a constant; of all products, ratios and functions, those that correlate
2. `linear`    any coefficients of several columns (orthogonal matching pursuit, then elimination)
3. `monomial`  a product of powers, a sum of logarithms
4. `mixed`     a term that correlates, and what is linear beside it

Rows decide: a candidate fits all rows of the sample, up to the rounding of the column, and each of
its terms saves more nats than it takes (minimum description length).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tabgan.query.calendar_parts import NUMBER_PARTS
from tabgan.query.datetime_calls import DatetimeCall
from tabgan.query.expressions import ColumnRef, Value, ValueType
from tabgan.relations.exact_arithmetic import find_decimals, machine_epsilon
from tabgan.relations.formula.datetime_sums import DatetimeSums
from tabgan.relations.formula.datetime_terms import MAX_DATETIMES, iter_snapshot_ages, spans_dates
from tabgan.relations.formula.regression import Regression, pursue
from tabgan.relations.formula.rounding import as_written
from tabgan.relations.formula.screening import Screening
from tabgan.relations.formula.sum_fit import SumFit
from tabgan.relations.formula.terms import Epoch, Monomial, Term, linear
from tabgan.relations.statistics import MIN_ROWS
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Floats, Integers
from tabgan.schema.column import Column, ColumnKind
from tabgan.schema.float_conversion import to_float

SEARCH_ROWS = 600
MIN_VALUES = 8  # of a column that is worth a formula
MIN_COUNTS = 3  # of a column that counts years, weeks or nights between datetimes
MAX_TERMS = 6  # of a sum
MAX_FACTORS = 5  # of a product
MAX_MIXED = 4  # terms that correlate, to each of which what is linear is added
EXPONENTS = (-3.0, -2.0, -1.0, -0.5, 0.5, 1.0, 2.0, 3.0)
EXPONENT_ERROR = 0.15
MIN_RELATIVE = 20  # steps of a number whose logarithm is taken


@dataclass(frozen=True)
class Candidate:
    """A column and an expression that may be its value in every row.

    Attributes:
        dependent: The column.
        terms: Whose sum it is; none for datetimes.
        expression: That sum, with its coefficients.
    """

    dependent: Column
    terms: Sequence[Term]
    expression: Value


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
        self.n_values = {c: len(np.unique(own[~np.isnan(own)])) for c, own in self.own.items()}
        months = [c for c in profile.columns if c.kind is ColumnKind.CATEGORICAL]
        taken = sample.frame.iloc[rows]
        self._datetime_sums = DatetimeSums(taken, self.numbers, self.columns, datetimes, months)
        self.screening = Screening(self.columns, datetimes, self.numbers, self.own)

    def iter_candidates(self) -> Iterator[list[Candidate]]:
        """Yield the candidates of each column that may follow from others, simple ones first.

        Datetimes come first: of what they are calculated from, less follows from them.
        """
        sums = self._datetime_sums
        for dependent in self.profile.datetime_columns[:MAX_DATETIMES]:
            if as_written(dependent).kind is ColumnKind.DATETIME:
                yield [Candidate(dependent, (), value) for value in sums.iter_values(dependent)]
        for dependent in self.own:
            if self.n_values[dependent] >= MIN_COUNTS:
                yield [
                    c for terms in self._iter_forms(dependent) for c in self._fit(dependent, terms)
                ]

    def refit(self, candidate: Candidate, rows: Integers) -> Candidate | None:
        """Return a candidate whose coefficients fit more rows, by their numbers, as well."""
        if not candidate.terms:
            return None  # its units of time are what they are
        sample, terms, dependent = self.profile.sample, candidate.terms, candidate.dependent
        series = [sample.series(dependent), self.profile.series(dependent).iloc[rows]]
        own = np.concatenate([to_float(part, as_written(dependent)) for part in series])
        numbers = {
            column: np.concatenate([sample.numbers(column), self.profile.numbers(column)[rows]])
            for column in {column for term in terms for column in term.columns}
        }
        expression = replace(self._sum_fit(dependent), numbers=numbers, own=own).fit(terms)
        return None if expression is None else replace(candidate, expression=expression)

    def _fit(self, dependent: Column, terms: Sequence[Term]) -> list[Candidate]:
        """Return the candidate of these terms, if there is one, fitted to the whole sample."""
        expression = self._sum_fit(dependent).fit(terms)
        if expression is None or _is_date_part(expression):
            return []
        refitted = self.refit(Candidate(dependent, terms, expression), np.zeros(0, np.int64))
        return [] if refitted is None else [refitted]

    def _sum_fit(self, dependent: Column) -> SumFit:
        own, decimals = self.own[dependent], self.decimals[dependent]
        epsilon = machine_epsilon(dependent)
        return SumFit(self.numbers, own, decimals, epsilon, self.screening.n_terms)

    def _iter_forms(self, dependent: Column) -> Iterator[Sequence[Term]]:
        """Yield the terms of sums that a column may be."""
        singles = self.screening.find_terms(dependent)
        epochs = [term for term in singles if isinstance(term, Epoch)]
        plain = [term for term in singles if term not in epochs]
        # days between are those of the calendar, where both readings fit
        yield from ([term] for term in sorted(plain, key=lambda term: not spans_dates(term)))
        for epoch in epochs:
            ages = iter_snapshot_ages(epoch.column, self.decimals[dependent])
            yield from ([age] for age in ages)
            yield [epoch]
        if self.n_values[dependent] < MIN_VALUES:
            return
        others = [column for column in self.columns if column != dependent]
        if not others:
            return
        yield from self._pursue(dependent, others, [])
        yield from ([product] for product in self._find_monomials(dependent, others))
        for term in singles[:MAX_MIXED]:
            yield from self._pursue(dependent, others, [term])

    def _pursue(
        self, dependent: Column, others: Sequence[Column], chosen: Sequence[Term]
    ) -> Iterator[Sequence[Term]]:
        """Yield the terms beside those chosen, and with them, whose sum is near a column."""
        fit = self._sum_fit(dependent)
        terms = np.column_stack([self.numbers[column] for column in others])
        begun = [term.compute(self.numbers) for term in chosen]
        limit = fit.reach
        picked = pursue(fit.own, terms, begun, MAX_TERMS, lambda found, _: found.is_near(limit))
        is_line = not chosen and len(picked or ()) == 1  # `affine` finds these
        if picked and not is_line:
            yield [*chosen, *(linear(others[index]) for index in picked)]

    def _find_monomials(self, dependent: Column, others: Sequence[Column]) -> Iterator[Monomial]:
        """Yield the product of powers whose logarithm is near that of a column."""
        own, decimals = np.abs(self.own[dependent]), self.decimals[dependent]
        steps = own * 10.0**decimals if decimals is not None else own / 1e-300
        is_large = steps >= MIN_RELATIVE
        if is_large.sum() < MIN_ROWS:
            return
        with np.errstate(all="ignore"):
            target = np.log(np.where(is_large, own, np.nan))
            logs = {column: np.log(np.abs(self.numbers[column])) for column in others}
        logs = {c: values for c, values in logs.items() if not np.isneginf(values[is_large]).any()}
        limit = np.where(is_large, 2 / np.maximum(steps, 1), 0.0) + 1e-9
        if not logs:
            return
        names, terms = list(logs), np.column_stack(list(logs.values()))

        def is_done(found: Regression, picked: Sequence[int]) -> bool:
            is_product = len(picked) > 1 and _to_exponents(found.coefficients[:-1]) is not None
            return is_product and found.is_near(limit)

        picked = pursue(target, terms, [], MAX_FACTORS, is_done)
        if picked:
            found = Regression.fit(terms[:, picked].T, target)
            exponents = _to_exponents(found.coefficients[:-1]) or []
            columns = [names[index] for index in picked]
            yield Monomial(tuple(zip(columns, exponents, strict=True)))


def _is_date_part(value: Value) -> bool:
    """Return whether a value is a part of a datetime and no more: another kind of relation."""
    return isinstance(value, DatetimeCall) and value.function in NUMBER_PARTS


def _to_exponents(found: Floats) -> list[float] | None:
    """Return the nearest exponents; None if one of them is not near."""
    nearest = [min(EXPONENTS, key=lambda exponent: abs(exponent - value)) for value in found]
    errors = np.abs(np.array(nearest) - found)
    return nearest if np.all(errors <= EXPONENT_ERROR) else None
