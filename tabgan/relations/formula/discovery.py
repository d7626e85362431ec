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

from tabgan.query.expressions import Call, ColumnRef, Value, ValueType
from tabgan.relations.exact_arithmetic import find_decimals, machine_epsilon
from tabgan.relations.formula.coefficients import fit_coefficients, pays, solve
from tabgan.relations.formula.screening import Screening
from tabgan.relations.formula.terms import Monomial, Term, linear, write_sum
from tabgan.relations.statistics import MIN_ROWS
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Floats, Mask
from tabgan.schema.column import Column

SEARCH_ROWS = 600
MIN_VALUES = 8  # of a column that is worth a formula
MAX_TERMS = 6  # of a sum
MAX_FACTORS = 5  # of a product
EXPONENTS = (-3.0, -2.0, -1.0, -0.5, 0.5, 1.0, 2.0, 3.0)
EXPONENT_ERROR = 0.15
MIN_RELATIVE = 20  # steps of a number whose logarithm is taken


@dataclass(frozen=True)
class Candidate:
    """A column and an expression that may be its value in every row."""

    dependent: Column
    expression: Value


@dataclass(frozen=True)
class FittedSum:
    """A sum of terms that fits a column.

    Attributes:
        value: As an expression.
        digits: Of its coefficients.
    """

    value: Value
    digits: int


class FormulaSearch:
    """The search for formulas of a table, on a sample of its rows.

    Args:
        profile: The whole table.
    """

    def __init__(self, profile: TableProfile) -> None:
        sample = profile.sample
        self.columns = [c for c in profile.columns if ColumnRef(c).value_type is ValueType.NUMBER]
        rows = np.linspace(0, len(sample) - 1, min(SEARCH_ROWS, len(sample))).astype(np.int64)
        datetimes = profile.datetime_columns
        self.numbers = {c: sample.numbers(c)[rows] for c in (*self.columns, *datetimes)}
        self.decimals = {c: find_decimals(sample.numbers(c)) for c in self.columns}
        self.screening = Screening(self.columns, datetimes, self.numbers)

    def iter_candidates(self) -> Iterator[list[Candidate]]:
        """Yield the candidates of each column that may follow from others, simple ones first."""
        for dependent in self.columns:
            own = self.numbers[dependent]
            is_worth_it = (
                dependent.kind.is_number and len(np.unique(own[~np.isnan(own)])) >= MIN_VALUES
            )
            if is_worth_it:
                yield list(self._iter_forms(dependent))

    def _iter_forms(self, dependent: Column) -> Iterator[Candidate]:
        singles = self.screening.find_terms(dependent)
        forms = [[term] for term in singles]
        others = [column for column in self.columns if column != dependent]
        forms.append(self._pursue(dependent, list(map(linear, others)), []))
        product = self._find_monomial(dependent, others)
        if product is not None:
            forms.append([product])
        forms += [
            self._pursue(dependent, list(map(linear, others)), [term]) for term in singles[:4]
        ]
        for terms in forms:
            expression = self._fit(dependent, terms)
            if expression is not None:
                yield Candidate(dependent, expression)

    def _rows(self, dependent: Column, terms: Sequence[Term]) -> tuple[Floats, Floats]:
        """Return terms, (n_rows, n_terms), and the column, (n_rows,), where none is missing."""
        own = self.numbers[dependent]
        values = np.column_stack([term.compute(self.numbers) for term in terms])
        present = ~np.isnan(own) & ~np.isnan(values).any(axis=1)
        return values[present], own[present]

    def _tolerance(self, dependent: Column, own: Floats) -> Floats:
        decimals = self.decimals[dependent]
        if decimals is not None:
            return np.full(len(own), 0.5 * 10.0**-decimals * (1 + 1e-9))
        return np.abs(own) * 16 * machine_epsilon(dependent)

    def _step(self, dependent: Column) -> float:
        decimals = self.decimals[dependent]
        return 0.0 if decimals is None else float(10.0**-decimals)

    def _fit(self, dependent: Column, terms: list[Term]) -> Value | None:
        """Return the sum of terms that is the column, cut or with a constant if it has to be."""
        values, own = self._rows(dependent, terms) if terms else (np.empty((0, 0)), np.empty(0))
        if len(own) < max(MIN_ROWS, 2 * len(terms) + 1):
            return None
        found = [self._fit_sum(dependent, terms, values, own)]
        if self.decimals[dependent] == 0:
            cut = self._fit_sum(dependent, terms, values, own + 0.5)
            found.append(cut and replace(cut, value=Call("floor", (cut.value,))))
        if found[0] is None:
            with_constant = np.column_stack([values, np.ones(len(own))])
            found.append(self._fit_sum(dependent, terms, with_constant, own))
        sums = [fitted for fitted in found if fitted is not None]
        return min(sums, key=lambda fitted: fitted.digits).value if sums else None

    def _fit_sum(
        self, dependent: Column, terms: list[Term], matrix: Floats, own: Floats
    ) -> "FittedSum | None":
        """Return the sum of those terms that are needed, if each is worth its digits."""
        tolerance = self._tolerance(dependent, own)
        kept = self._eliminate(matrix, own, tolerance)
        found = fit_coefficients(matrix[:, kept], own, tolerance)
        if found is None or not self._pays(dependent, matrix[:, kept], own, found.digits):
            return None
        coefficients = np.zeros(len(terms) + 1)
        coefficients[: matrix.shape[1]][kept] = found.values
        *factors, constant = coefficients.tolist()
        summands = [(factor, term) for factor, term in zip(factors, terms, strict=True) if factor]
        return FittedSum(write_sum(summands, constant), found.digits) if summands else None

    def _eliminate(self, matrix: Floats, own: Floats, tolerance: Floats) -> Mask:
        """Return which terms are needed: all others are dropped, one by one; (n_terms,)."""
        kept = np.ones(matrix.shape[1], bool)
        for index in range(matrix.shape[1]):
            if kept.sum() == 1:
                break
            kept[index] = False
            found = solve(matrix[:, kept], own)
            if found is None or np.any(np.abs(matrix[:, kept] @ found - own) > 1.3 * tolerance):
                kept[index] = True
        return kept

    def _pays(self, dependent: Column, matrix: Floats, own: Floats, digits: int) -> bool:
        """Return whether each term is worth its digits."""
        step, n_tried = self._step(dependent), self.screening.n_terms
        return all(
            pays(matrix, own, step, digits, n_tried, np.arange(matrix.shape[1]) == index)
            for index in range(matrix.shape[1])
            if np.ptp(matrix[:, index]) > 0
        )

    def _pursue(
        self, dependent: Column, terms: Sequence[Term], chosen: Sequence[Term]
    ) -> list[Term]:
        """Return terms whose sum is near a column: orthogonal matching pursuit.

        Args:
            dependent: The column.
            terms: To choose from.
            chosen: To begin with.
        """
        chosen = list(chosen)
        own = self.numbers[dependent]
        tolerance = self._tolerance(dependent, own)
        values = self.screening.matrix(terms)
        residual = np.where(np.isnan(own), 0.0, own - np.nanmean(own))
        while len(chosen) < MAX_TERMS:
            if chosen:
                residual = self._residual(dependent, chosen)
                if np.all(np.abs(residual) <= 1.3 * tolerance):
                    return chosen
            correlations = _correlate_with(values, residual)
            for term in chosen:
                if term in terms:
                    correlations[terms.index(term)] = -1
            best = int(correlations.argmax())
            if correlations[best] <= 0:
                return []
            chosen.append(terms[best])
        return (
            chosen if np.all(np.abs(self._residual(dependent, chosen)) <= 1.3 * tolerance) else []
        )

    def _residual(self, dependent: Column, chosen: Sequence[Term]) -> Floats:
        """Return what terms and a constant leave of a column, 0 where one is missing; (n_rows,)."""
        values = [term.compute(self.numbers) for term in chosen]
        return _regress(values, self.numbers[dependent])[1]

    def _find_monomial(self, dependent: Column, others: Sequence[Column]) -> Monomial | None:
        """Return the product of powers whose logarithm is nearest that of a column."""
        own = np.abs(self.numbers[dependent])
        weight = own / (self._step(dependent) or 1e-300)
        is_large = weight >= MIN_RELATIVE
        if is_large.sum() < MIN_ROWS:
            return None
        chosen: list[Column] = []
        with np.errstate(all="ignore"):
            target = np.log(np.where(is_large, own, np.nan))
            logs = {c: np.log(np.abs(self.numbers[c])) for c in others}
        logs = {c: v for c, v in logs.items() if not np.isneginf(v[is_large]).any()}
        residual = np.where(is_large, target - np.nanmean(target), 0.0)
        for _ in range(min(MAX_FACTORS, len(logs))):
            left = [column for column in logs if column not in chosen]
            matrix = np.column_stack([logs[column] for column in left])
            chosen.append(left[int(_correlate_with(matrix, residual).argmax())])
            found, residual = _regress([logs[c] for c in chosen], target)
            exponents = _to_exponents(found[:-1])
            near = np.abs(residual[is_large]) <= 2 / weight[is_large] + 1e-9
            if exponents is not None and len(chosen) > 1 and near.all():
                return Monomial(tuple(zip(chosen, exponents, strict=True)))
        return None


def _regress(terms: Sequence[Floats], own: Floats) -> tuple[Floats, Floats]:
    """Return coefficients, a constant's last, and what they leave, 0 where one is missing.

    Shape:
        - terms, own: (n_rows,) each
        - output: (n_terms + 1,), (n_rows,)
    """
    values = np.column_stack([*terms, np.ones(len(own))])
    present = ~np.isnan(own) & ~np.isnan(values).any(axis=1)
    values, left = values[present], np.zeros(len(own))
    scale = np.abs(values).max(axis=0, initial=1e-300)
    found = np.linalg.lstsq(values / scale, own[present], rcond=1e-12)[0]
    left[present] = own[present] - (values / scale) @ found
    return found / scale, left


def _to_exponents(found: Floats) -> list[float] | None:
    """Return the nearest exponents; None if one of them is not near."""
    nearest = [min(EXPONENTS, key=lambda exponent: abs(exponent - value)) for value in found]
    errors = np.abs(np.array(nearest) - found)
    return nearest if np.all(errors <= EXPONENT_ERROR) else None


def _correlate_with(values: Floats, residual: Floats) -> Floats:
    """Return absolute correlations of columns, (n_rows, k), with what is left; (k,)."""
    with np.errstate(all="ignore"):
        present = np.isfinite(values)
        means = np.where(present, values, 0.0).sum(axis=0) / present.sum(axis=0)
        centred = np.where(present, values - means, 0.0)
        norms = np.sqrt((centred**2).sum(axis=0))
        found = np.abs(residual @ centred) / norms
    return np.asarray(np.nan_to_num(found, nan=-1.0))
