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
from tabgan.relations.formula.formula import Formula
from tabgan.schema import TableSchema
from tabgan.schema.float_conversion import to_float
from tabgan.schema.predicates import Clause, matches

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


LABELLED = FRAME.assign(
    a=FRAME.a.mask(RNG.random(400) < 0.1), c=FRAME.c.mask(RNG.random(400) < 0.1), y="mid"
)
CASES = (
    "case when a - b > 9 then 'high' when a - b > 0 then 'mid' else 'low' end",
    "case when a < b then 'low' else 'high' end",
    "case when a >= 20 and b >= 15 then 'high' when c < 0 then 'low' else 'mid' end",
    "case when a < 3 or c < -5 then 'low' else 'high' end",
    "case when not (a < 3 or c < -5) then 'low' end",
    "case when a * b > 150 then 'high' when c missing then 'low' else 'mid' end",
    "case when years(born, seen) >= 65 then 'high' when b in (2, 3) then 'low' else 'mid' end",
    "case when b <= 3 then case when a < 5 then 'low' else 'high' end else 'mid' end",
    "case when b = 7 then 'mid' when a != 3 then 'low' else 'high' end",
    "case when born < '1960-05-01' and a < 9 then 'high' else 'low' end",
)


def labelled(text: str) -> tuple[Formula, pd.DataFrame]:
    """Return the formula of the column `y` of a table with gaps, and the table."""
    schema = TableSchema.infer(LABELLED)
    tree = parse_relation(f"'mid' = {text}", schema.names)
    assert isinstance(tree, syntax.Comparison)
    value = check_value(tree.operands[1], schema)
    frame = LABELLED.assign(y=value.categories(ColumnReader(LABELLED)))
    config = RelationConfig(discover=False, declare=[f"y = {text}"])
    (relation,) = RelationSet.discover(frame, TableSchema.infer(frame), config).relations
    assert isinstance(relation, Formula)
    return relation, frame


@pytest.mark.parametrize("text", CASES)
def test_no_row_with_a_label_that_is_asked_for_is_left_out(text: str) -> None:
    relation, frame = labelled(text)
    schema = TableSchema.infer(frame)
    for label in frame["y"].dropna().unique():
        asked = frame[frame["y"] == label]
        for name, clauses in relation.push_down([Clause("=", label)]).items():
            assert matches(asked[name], schema.column(name), clauses).all()
    gaps = frame[frame["y"].isna()]
    for name, clauses in relation.push_down([Clause("=", None)]).items() if len(gaps) else ():
        assert matches(gaps[name], schema.column(name), clauses).all()


@pytest.mark.parametrize(
    ("text", "label", "expected"),
    [
        (CASES[0], "high", {"a": ([10, 99], [9.9, None])}),
        (CASES[2], "high", {"a": ([20, 99], [19.9, None]), "b": ([15, 19], [14])}),
        (CASES[2], "low", {"c": ([-1, 0], [0.1, None])}),
        (CASES[3], "high", {"a": ([3, None], [2.9]), "c": ([-5, None], [-5.1])}),
        (CASES[4], "low", {"a": ([3], [2.9, None]), "c": ([-5], [-5.1, None])}),
        (CASES[7], "low", {"a": ([5, 1], [5.1, None]), "b": ([3], [4])}),
    ],
)
def test_labels_ask_bounds_of_what_they_are_decided_by(
    text: str, label: str, expected: dict[str, tuple[list[float | None], list[float | None]]]
) -> None:
    """Cells that are allowed, and such as are not; others than those of the columns always are."""
    relation, frame = labelled(text)
    pushed, schema = relation.push_down([Clause("=", label)]), TableSchema.infer(frame)
    assert set(pushed) == set(expected)
    for name, (allowed, others) in expected.items():
        cells = pd.Series([*allowed, *others], dtype=float)
        found = matches(cells, schema.column(name), pushed[name])
        assert found.tolist() == [True] * len(allowed) + [False] * len(others)


def test_labels_that_never_come_together_are_refused() -> None:
    relation, _ = labelled(CASES[0])
    with pytest.raises(ConditionError, match="'y' is case when a - b > 9 .* which never comes to"):
        relation.push_down([Clause("=", "high"), Clause("=", "low")])
