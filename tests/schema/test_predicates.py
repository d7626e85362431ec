"""Clauses: what they say of cells, of numbers, and in words."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tabgan.errors import ConditionError
from tabgan.schema import TableSchema
from tabgan.schema.predicates import Clause, matches
from tabgan.schema.ranges import Allowed, allow

EITHER = Clause("or", ((Clause("=", 1),), (Clause(">", 3), Clause("<=", 4))))


@pytest.mark.parametrize(
    ("values", "clause", "satisfied"),
    [
        ([1.5, 2.5, None], Clause("!=", 1.5), [False, True, False]),
        ([1.5, 2.5, None], Clause("!=", None), [True, True, False]),
        ([1.5, 2.5, None], Clause("=", ""), [False, False, True]),
        ([1.0, 3.0, 4.0, None], EITHER, [True, False, True, False]),
        (["x", "y", None], Clause("!=", "x"), [False, True, False]),
        (["x", "y", None], Clause("=", None), [False, False, True]),
        (["x", "y", None], Clause("in", ("x", "z")), [True, False, False]),
        ([True, False, None], Clause("!=", "TRUE"), [False, True, False]),
        (["1.50", " ", "3.25"], Clause("=", None), [False, True, False]),
        (["1.50", " ", "3.25"], Clause("!=", "3.25"), [True, False, False]),
        (pd.Categorical([1, 5, None]), Clause("<", "3"), [True, False, False]),
    ],
)
def test_which_cells_satisfy_a_clause(values: Any, clause: Clause, satisfied: list[bool]) -> None:
    frame = pd.DataFrame({"x": values})
    column = TableSchema.infer(pd.concat([frame] * 10, ignore_index=True)).columns[0]
    assert matches(frame["x"], column, [clause]).tolist() == satisfied
    assert matches(frame["x"], column, []).all()


def test_levels_without_an_order_have_none() -> None:
    frame = pd.DataFrame({"x": ["a", "b"] * 9})
    column = TableSchema.infer(frame).columns[0]
    with pytest.raises(ConditionError, match="equal one of them, or not to, not < b"):
        matches(frame["x"], column, [Clause("<", "b")])


def test_clauses_in_words() -> None:
    either = Clause("or", ((Clause("=", "a"),), (Clause("=", "b"),)))
    assert (Clause(">=", "65").write(), either.write(repr)) == (">= 65", "in ('a', 'b')")
    assert EITHER.write() == "(= 1 or > 3 and <= 4)"
    assert [Clause(sign, None).allows_missing for sign in ("=", "!=")] == [True, False]
    assert Clause("or", ((Clause("=", None),), (Clause(">", 3),))).allows_missing
    assert not Clause("or", ((Clause("=", None), Clause(">", 3)),)).allows_missing


@pytest.mark.parametrize(
    ("clauses", "allowed"),
    [
        ([Clause(">=", 2), Clause("<=", 5)], Allowed(((2, 5),))),
        ([Clause("!=", 2)], Allowed(((-np.inf, 1.999), (2.001, np.inf)))),
        ([Clause("=", None)], Allowed((), missing=True)),
        ([Clause("!=", None)], Allowed(((-np.inf, np.inf),))),
        ([EITHER], Allowed(((1, 1), (3.001, 4)))),
        ([EITHER, Clause("!=", 1)], Allowed(((3.001, 4),))),
        ([Clause(">", 5), Clause("<", 2)], Allowed(((5.001, 1.999),))),
        ([Clause("in", (7, 3, 5))], Allowed(((3, 7),))),
        ([Clause("=", None), Clause(">", 2)], Allowed(())),
    ],
)
def test_ranges(clauses: list[Clause], allowed: Allowed) -> None:
    found = allow(clauses, lambda value: np.nan if value is None else float(str(value)), step=1.0)
    assert found.missing == allowed.missing
    assert np.allclose(found.ranges, allowed.ranges)


NUMBERS = st.integers(0, 9)
SIMPLE = st.builds(Clause, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), NUMBERS)
BRANCHES = st.lists(st.lists(SIMPLE, min_size=1, max_size=3).map(tuple), min_size=1, max_size=4)


@given(st.lists(SIMPLE | BRANCHES.map(lambda b: Clause("or", tuple(b))), min_size=1, max_size=4))
def test_ranges_hold_the_numbers_that_satisfy_the_clauses(clauses: list[Clause]) -> None:
    numbers = pd.Series(np.arange(-1.0, 11.0))
    column = TableSchema.infer(pd.DataFrame({"x": np.arange(500) / 7})).columns[0]
    ranges = allow(clauses, lambda value: float(str(value)), step=1.0).ranges
    inside = [any(low <= number <= high for low, high in ranges) for number in numbers]
    assert inside == matches(numbers, column, clauses).tolist()
    rising = [end for low, high in ranges if low <= high for end in (low, high)]
    assert rising == sorted(rising)
