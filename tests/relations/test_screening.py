"""Looks at all columns at once find what looks at each of them find."""

import numpy as np
import pytest

from tabgan.relations.formula.numbers.column_terms import NumberTerms
from tabgan.relations.formula.numbers.dictionary import TermBlock
from tabgan.relations.formula.numbers.exact_forms import ExactForms
from tabgan.relations.formula.numbers.screening import MIN_CORRELATION, Screening
from tabgan.relations.formula.numbers.standardized import QUICK_ERROR, Standardized
from tabgan.relations.inequality.discovery import find_ordered_pairs
from tabgan.schema.arrays import Floats
from tabgan.schema.column import Column, ColumnKind

COLUMNS = [Column(f"x{i}", ColumnKind.CONTINUOUS, "float64") for i in range(7)]


def _draw(seed: int, *, has_gaps: bool) -> Floats:
    """Return columns of many scales: sparse, constant, far from 0, and with an outlier."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(240, 7)) * 10.0 ** rng.integers(-4, 5, 7)
    values[:, 1] *= rng.random(240) < 0.2
    values[:, 2] = 3.7
    values[:, 3] += 1e7
    values[5, 4] = 1e12
    return np.where(rng.random(values.shape) < 0.1 * has_gaps, np.nan, values)


@pytest.mark.parametrize("has_gaps", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_quick_correlations_are_near_the_exact_ones(seed: int, *, has_gaps: bool) -> None:
    one, other = (Standardized.of(_draw(s, has_gaps=has_gaps)) for s in (seed, seed + 10))
    exact, quick = one.correlate(other), one.correlate_quickly(other)
    varies = np.arange(7) != 2  # of what does not vary both say anything up to 1
    told = np.ix_(varies, varies)
    is_told = quick[told] < 1
    assert np.abs(exact - quick)[told][is_told].max() < QUICK_ERROR


@pytest.mark.parametrize("has_gaps", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_terms_relate_to_several_columns_as_to_each(seed: int, *, has_gaps: bool) -> None:
    block, owns = TermBlock(_draw(seed, has_gaps=has_gaps)), _draw(seed + 10, has_gaps=True)
    owns[:, 5] = np.nan
    found = block.relate_all(owns)
    varies = np.arange(7) != 2
    for index in np.flatnonzero(varies):
        each = block.relate(owns[:, index])
        assert found[varies, index] == pytest.approx(each[varies], abs=1e-6)


def test_the_terms_of_a_column_are_computed_as_each_is() -> None:
    values = _draw(0, has_gaps=True)
    numbers = dict(zip(COLUMNS, values.T, strict=True))
    every = NumberTerms(COLUMNS, numbers, numbers)
    for column in range(len(COLUMNS)):
        terms = every.of(column)
        for index in range(len(terms)):
            term, expected = terms.make(index), terms.values[:, index]
            shown = np.where(np.isfinite(expected), expected, np.nan)
            assert np.array_equal(term.compute(numbers), shown, equal_nan=True)
            assert {COLUMNS[number] for number in terms.made_of[:, index]} == set(term.columns)


def test_a_product_among_many_columns_is_screened() -> None:
    rng = np.random.default_rng(0)
    numbers = dict(zip(COLUMNS, rng.uniform(1, 9, size=(7, 300)), strict=True))
    product = Column("product", ColumnKind.CONTINUOUS, "float64")
    numbers[product] = numbers[COLUMNS[2]] * numbers[COLUMNS[5]]
    screening = Screening([*COLUMNS, product], [], numbers, numbers)
    found = [term.to_value(1.0).write() for term in screening.find_terms(product)]
    assert found[0] == "x2 * x5"
    assert screening.find_strongest(product) > MIN_CORRELATION


def test_remainders_are_found_beside_columns_with_gaps() -> None:
    rng = np.random.default_rng(0)
    whole = [Column(f"n{i}", ColumnKind.INTEGER, "int64") for i in range(4)]
    numbers = {column: rng.integers(0, 900, 200).astype(float) for column in whole}
    own = numbers[whole[1]] % 7
    numbers[whole[1]][[0, 3, 199]] = np.nan
    found = ExactForms(numbers, dict.fromkeys(whole, 0)).find(own, 0, whole[3])
    assert [value.write() for value in found] == ["n1 % 7"]


def test_an_order_is_found_of_many_rows() -> None:
    rng = np.random.default_rng(0)
    low, noise = rng.uniform(0, 100, (2, 2_000))
    high = low + rng.uniform(0, 30, 2_000)
    high[700] = low[700] - 1  # a row that breaks it
    assert find_ordered_pairs(np.stack([high, noise, low])) == [(2, 0)]
