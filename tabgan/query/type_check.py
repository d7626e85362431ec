"""Comparisons, in which only values of one type are compared.

Numbers, datetimes and texts are different types; a text becomes the datetime or the truth value
that it is compared with.

>>> from tabgan.schema.column import Column
>>> done = ColumnRef(Column("done", ColumnKind.BOOLEAN, "bool"))
>>> compare("=", done, Text("TRUE")).write()
"done = 'true'"
"""

from typing import NoReturn

from tabgan.errors import RelationError
from tabgan.query import syntax
from tabgan.query.expressions import (
    ColumnRef,
    Number,
    Text,
    Value,
    ValueType,
)
from tabgan.query.operands import ADVICE, describe, read_datetime
from tabgan.query.three_valued_logic import Comparison
from tabgan.schema.column import ColumnKind
from tabgan.schema.text import is_datetime_number_format


def compare(sign: str, left: Value, right: Value) -> Comparison:
    """Return the comparison of two values of one type.

    Raises:
        RelationError: They are of two types, or have no order, or no column is among them.
    """
    if not (left.columns or right.columns):
        raise RelationError(
            f"'{left.write()} {sign} {right.write()}' names no column of the table; "
            "compare a column with a value."
        )
    left, right = _coerce_text(left, right), _coerce_text(right, left)
    if left.value_type is not right.value_type:
        _raise_mismatch(left, right)
    if left.value_type is ValueType.CATEGORY and sign not in {"=", "!="}:
        named = left if left.columns else right
        raise RelationError(
            f"{describe(named)}, which has no order, so it can only be compared with = and !=, "
            f"not {sign}."
        )
    return Comparison(sign, left, right)


def _coerce_text(value: Value, other: Value) -> Value:
    """Return a text as the datetime or the truth value that it is compared with; others as is."""
    if isinstance(value, Number) and other.value_type is ValueType.DATETIME:
        return _read_number(value, other)
    if not isinstance(value, Text):
        return value
    if other.value_type is ValueType.DATETIME:
        return read_datetime(value, other)
    if isinstance(other, ColumnRef) and other.column.kind is ColumnKind.BOOLEAN:
        if value.text.lower() not in syntax.TRUTH_VALUES:
            raise RelationError(
                f"column {other.column.name!r} holds true and false, so it cannot be compared with "
                f"{value.text!r}."
            )
        return Text(value.text.lower())
    return value


def _read_number(value: Number, other: Value) -> Value:
    """Return a number as the datetime of a column that keeps them as numbers; others as is."""
    column = next(c for c in other.columns if c.kind is ColumnKind.DATETIME)
    if not isinstance(other, ColumnRef) or not is_datetime_number_format(column.format):
        return value
    return read_datetime(Text(value.write()), other)


def _raise_mismatch(left: Value, right: Value) -> NoReturn:
    """Refuse two values of different types, in words about the one with a column."""
    named, other = (left, right) if left.columns else (right, left)
    raise RelationError(
        f"{describe(named)}, so it cannot be compared with {other.write()}; give "
        f"{ADVICE[named.value_type]}."
    )
