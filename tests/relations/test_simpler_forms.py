"""Of the forms of a formula that hold in the same rows, the simplest is kept."""

import numpy as np
import pandas as pd
import pytest

from tabgan.query import syntax
from tabgan.query.column_reader import ColumnReader
from tabgan.query.expressions import ValueType
from tabgan.query.parser import parse_relation
from tabgan.query.value_check import check_value
from tabgan.relations.formula.formula import Formula
from tabgan.relations.formula_where.simpler_forms import simplify
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import TableSchema

RNG = np.random.default_rng(0)
FLAG = RNG.integers(0, 2, 300)
LESS = RNG.integers(1, 50, 300)
ROWS = pd.DataFrame(
    {
        "flag": FLAG.astype(float),
        "none": 0.0,
        "less": LESS,
        "more": LESS + RNG.integers(0, 50, 300),
        "start": pd.Timestamp("2024-01-01") + pd.to_timedelta(LESS, "D"),
    }
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("flag ** 2", "flag"),
        ("abs(more - less)", "more - less"),
        ("3 * flag ** 2 + less", "3 * flag + less"),
        ("max(less, more)", "more"),
        ("max(more - less, 0)", "more - less"),
        ("more + none * less", "more"),
        ("sqrt(abs(1 + more - less))", "sqrt(1 + more - less)"),
        ("more * less", "more * less"),
        ("more ** 2", "more ** 2"),
        ("start + more * 1 day", "start + more * 1 day"),
        ("less - more", "less - more"),
    ],
)
def test_parts_that_say_the_same_are_kept_alone(text: str, expected: str) -> None:
    schema = TableSchema.infer(ROWS)
    tree = parse_relation(f"0 = {text}", schema.names)
    assert isinstance(tree, syntax.Comparison)
    value = check_value(tree.right_side, schema)
    with np.errstate(all="ignore"):  # as formulas are evaluated
        results = pd.Series(value.evaluate(ColumnReader(ROWS)).values)
    is_datetime = value.value_type is ValueType.DATETIME
    frame = ROWS.assign(y=pd.to_datetime(results, unit="s") if is_datetime else results)
    profile = TableProfile(frame, TableSchema.infer(frame))
    formula = Formula.fit(profile, profile.schema.column("y"), value)
    assert formula is not None
    assert not formula.find_violations(frame).any()
    assert simplify(formula, profile).computation.expression.write() == expected
