"""Conditions on computed columns: what they ask of the columns that these follow from."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tabgan.errors import ConditionError
from tabgan.query import syntax
from tabgan.query.column_reader import ColumnReader
from tabgan.query.expressions import Value
from tabgan.query.parser import parse_relation
from tabgan.query.value_check import check_value
from tabgan.relations import RelationConfig, RelationSet
from tabgan.relations.exact_arithmetic import DAY
from tabgan.relations.formula.conditions.contraction import contract
from tabgan.relations.formula.conditions.interval import Interval
from tabgan.schema import TableSchema
from tabgan.schema.float_conversion import to_float
from tabgan.schema.predicates import Clause

RNG = np.random.default_rng(2)
FRAME = pd.DataFrame(
    {
        "a": RNG.lognormal(2, 1, 400).round(2),
        "b": RNG.integers(1, 20, 400),
        "c": RNG.normal(0, 5, 400).round(1),
        "born": pd.Timestamp("1940-02-29") + pd.to_timedelta(RNG.integers(0, 25_000, 400), "D"),
        "seen": pd.Timestamp("2009-01-01")
        + pd.to_timedelta(RNG.integers(0, 400_000_000, 400), "s"),
    }
)
SCHEMA = TableSchema.infer(FRAME)
EXPRESSIONS = (
    "a * b",
    "a / b",
    "a - 2 * c",
    "a * (1 - b / 100)",
    "c * b",
    "a / c",
    "c / a ** 2",
    "sqrt(a * b)",
    "sqrt(a ** 2 + c ** 2)",
    "exp(c / 4)",
    "log(a + b)",
    "log10(a) * 3",
    "abs(c - b)",
    "c ** 2",
    "c ** 3",
    "floor(a / b)",
    "ceil(a, 1) + c",
    "round(a / 3, 2)",
    "max(a, b)",
    "min(a, b, 7)",
    "max(a - b, 0)",
    "b % 7",
    "a // b",
    "100 * b / (a + b)",
    "years(born, seen)",
    "months(born, seen) - b",
    "years(born, '2020-03-01')",
    "year(seen) - year(born)",
    "(date(seen) - born) / 7 days",
)


def read_value(text: str) -> Value:
    tree = parse_relation(f"0 = {text}", SCHEMA.names)
    assert isinstance(tree, syntax.Comparison)
    return check_value(tree.operands[1], SCHEMA)


@settings(max_examples=200, deadline=None)
@given(
    text=st.sampled_from(EXPRESSIONS),
    ends=st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
def test_no_row_that_is_asked_for_is_left_out(text: str, ends: tuple[float, float]) -> None:
    value = read_value(text)
    with np.errstate(all="ignore"):  # as formulas are evaluated
        results = value.evaluate(ColumnReader(FRAME)).values
    low, high = np.quantile(results[np.isfinite(results)], sorted(ends))
    numbers = {c: to_float(FRAME[c.name], c) for c in value.columns}
    ranges = {c: Interval(own.min(), own.max()) for c, own in numbers.items()}
    asked = (results >= low) & (results <= high)
    left = contract(value, Interval(float(low), float(high)).widen(1e-9), ranges)
    assert left is not None or not asked.any()
    for column, interval in (left or {}).items():
        own = numbers[column][asked]
        assert np.all((own >= interval.low - 1e-9) & (own <= interval.high + 1e-9))


@pytest.mark.parametrize(
    ("text", "asked", "column", "expected"),
    [
        ("a * b", Interval(500, 900), "a", (500 / 19, None)),
        ("a - 2 * c", Interval(-np.inf, -20), "c", (10, None)),
        ("max(a - b, 0)", Interval(50, 60), "a", (51, 79)),
        ("abs(c)", Interval(0, 2), "c", (-2, 2)),
        ("sqrt(a)", Interval(5, 6), "a", (25, 36)),
        ("floor(a / 10)", Interval(3, 3), "a", (20, 40)),
    ],
)
def test_what_is_left_of_a_column(
    text: str, asked: Interval, column: str, expected: tuple[float, float | None]
) -> None:
    value = read_value(text)
    ends = {"a": (0.1, 500.0), "b": (1.0, 19.0), "c": (-20.0, 20.0)}
    left = contract(value, asked, {c: Interval(*ends[str(c.name)]) for c in value.columns})
    assert left is not None
    interval = left[SCHEMA.column(column)]
    assert interval.low == pytest.approx(expected[0], rel=1e-12, abs=0.2)
    if expected[1] is not None:
        assert interval.high == pytest.approx(expected[1], rel=1e-12)


def test_ages_are_asked_of_the_datetimes_between_which_they_lie() -> None:
    value = read_value("years(born, seen)")
    numbers = {c: to_float(FRAME[c.name], c) for c in value.columns}
    ranges = {c: Interval(own.min(), own.max()) for c, own in numbers.items()}
    left = contract(value, Interval(0, 15), ranges)
    assert left is not None
    born = SCHEMA.column("born")
    span = ranges[born].high - left[born].low
    assert 15 <= span / (365.25 * DAY) <= 17


def product() -> RelationSet:
    frame = FRAME.assign(z=(FRAME.a * FRAME.b).round(2))
    config = RelationConfig(discover=False, declare=["z = a * b"])
    return RelationSet.discover(frame, TableSchema.infer(frame), config)


def test_clauses_are_pushed_down() -> None:
    (relation,) = product().relations
    pushed = relation.push_down([Clause(">=", 500)])
    (clause,) = pushed["a"]
    assert clause.operator == ">="
    assert clause.value == pytest.approx((500 - 0.011) / FRAME.b.max(), abs=1e-3)
    assert relation.push_down([Clause("!=", 3)]) == {}


def test_what_a_result_never_comes_to_is_refused() -> None:
    (relation,) = product().relations
    with pytest.raises(ConditionError, match=r"column 'z' is a \* b, which never comes to"):
        relation.push_down([Clause(">", 1e7)])
