"""A tree -> expressions of a schema's columns, in which only values of one type are compared.

Numbers, datetimes and texts are different types; a text becomes the datetime or the truth value
that it is compared with.

>>> import pandas as pd
>>> from tabgan.query.parser import parse_relation
>>> schema = TableSchema.infer(pd.DataFrame({"age": [17, 30, 41], "job": ["no", "yes", "no"]}))
>>> check_condition(parse_relation("age>=18 or job == 'no'", schema.names), schema).write()
"age >= 18 or job = 'no'"
"""

from itertools import pairwise
from typing import NoReturn

from tabgan.errors import ConditionError, RelationError
from tabgan.query import syntax
from tabgan.query.expressions import Arithmetic, ColumnRef, Number, Text, Value, ValueType
from tabgan.query.three_valued_logic import BoolOp, Comparison, Condition, IsIn, IsMissing, Not
from tabgan.query.tokens import RELATION
from tabgan.schema import TableSchema
from tabgan.schema.column import Column, ColumnKind
from tabgan.schema.predicates import value_to_float

_ADVICE = {
    ValueType.NUMBER: "a number or a column of numbers",
    ValueType.DATETIME: "a moment in quotes, such as '2024-01-31', or a column of moments",
    ValueType.CATEGORY: "a text in quotes or a column of text",
}


def check_condition(node: syntax.Node, schema: TableSchema) -> Condition:
    """Return a tree as a condition on the columns of a table.

    Raises:
        RelationError: It is no condition, or compares values of different types.
    """
    match node:
        case syntax.Comparison(operands, operators):
            values = [_check_value(operand, schema) for operand in operands]
            sides = zip(operators, pairwise(values), strict=True)
            return BoolOp.join("and", [_compare(sign, *pair) for sign, pair in sides])
        case syntax.Membership(operand, options):
            value = _check_value(operand, schema)
            equal = [_compare("=", value, _check_value(option, schema)) for option in options]
            return IsIn(tuple(equal)) if len(equal) > 1 else equal[0]
        case syntax.Missing(syntax.ColumnName(name)):
            return IsMissing(_check_column(schema.column(name)))
        case syntax.Not(operand):
            return Not(check_condition(operand, schema))
        case syntax.BoolOp(word, operands):
            return BoolOp.join(word, [check_condition(operand, schema) for operand in operands])
        case syntax.Missing():
            raise RelationError(f"only a column can be missing; {RELATION.advice}.")
    raise RelationError(f"a condition compares values; {RELATION.advice}.")


def _check_value(node: syntax.Value, schema: TableSchema) -> Value:
    """Return a tree as a value in the rows of a table.

    Raises:
        RelationError: It is calculated of what is no number and no datetime.
    """
    match node:
        case syntax.ColumnName(name):
            return ColumnRef(_check_column(schema.column(name)))
        case syntax.Number(number) | syntax.Duration(number):
            return Number(number)
        case syntax.Text(text):
            return Text(text)
        case syntax.Negative(operand):
            return _negate(_check_value(operand, schema))
        case syntax.Arithmetic(first, others):
            value = _check_value(first, schema)
            for sign, other in others:
                value = _combine(sign, value, _check_value(other, schema))
            return value
        case syntax.NameList():
            raise RelationError(
                "columns with commas between them can only be compared with columns, by <= or >=, "
                "as in 'a, b <= c'."
            )
    raise RelationError(
        "'rest' is what varies beside the columns of a sum, as in 'total = fare + tip + rest'; "
        "there is none in other conditions."
    )


def _check_column(column: Column) -> Column:
    if column.kind.is_made_anew:
        raise RelationError(
            f"column {column.name!r} is of kind {column.kind.value}: its values are made anew, so "
            "no condition can name it; leave it out."
        )
    return column


def _negate(value: Value) -> Value:
    if value.value_type is not ValueType.NUMBER:
        raise RelationError(
            f"{value.write()!r} is no number, so it has no negative; {RELATION.advice}."
        )
    if isinstance(value, Number):
        return Number(-value.value)
    return _combine("*", Number(-1.0), value)


def _combine(sign: str, left: Value, right: Value) -> Arithmetic:
    """Return two values combined: numbers, or datetimes and the seconds between them.

    Raises:
        RelationError: The result would be neither.
    """
    value_types = left.value_type, right.value_type
    allowed = {(ValueType.NUMBER, ValueType.NUMBER)}
    if sign in "+-":
        allowed.add((ValueType.DATETIME, ValueType.NUMBER))
        first = ValueType.NUMBER if sign == "+" else ValueType.DATETIME
        allowed.add((first, ValueType.DATETIME))
    if value_types not in allowed:
        written = f"{left.write()} {sign} {right.write()}"
        sides = f"{_describe(left)} and {_describe(right)}"
        raise RelationError(
            f"{written!r} cannot be calculated, since {sides}; numbers can, and moments in "
            "'end - start', which gives seconds."
        )
    return Arithmetic(sign, left, right)


def _compare(sign: str, left: Value, right: Value) -> Comparison:
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
            f"{_describe(named)}, which has no order, so it can only be compared with = and !=, "
            f"not {sign}."
        )
    return Comparison(sign, left, right)


def _coerce_text(value: Value, other: Value) -> Value:
    """Return a text as the datetime or the truth value that it is compared with; others as is."""
    if not isinstance(value, Text):
        return value
    if other.value_type is ValueType.DATETIME:
        return _read_datetime(value, other)
    if isinstance(other, ColumnRef) and other.column.kind is ColumnKind.BOOLEAN:
        if value.text.lower() not in syntax.TRUTH_VALUES:
            raise RelationError(
                f"column {other.column.name!r} holds true and false, so it cannot be compared with "
                f"{value.text!r}."
            )
        return Text(value.text.lower())
    return value


def _read_datetime(value: Text, other: Value) -> Text:
    column = next(c for c in other.columns if c.kind is ColumnKind.DATETIME)
    advice = f"give {_ADVICE[ValueType.DATETIME]}"
    if not value.text.strip():
        raise RelationError(f"column {column.name!r} cannot be compared with blank text; {advice}.")
    try:
        return Text(value.text, value_to_float(column, value.text, advice))
    except ConditionError:
        raise RelationError(
            f"column {column.name!r} holds moments, so it cannot be compared with "
            f"{value.text!r}; {advice}."
        ) from None


def _raise_mismatch(left: Value, right: Value) -> NoReturn:
    """Refuse two values of different types, in words about the one with a column."""
    named, other = (left, right) if left.columns else (right, left)
    raise RelationError(
        f"{_describe(named)}, so it cannot be compared with {other.write()}; give "
        f"{_ADVICE[named.value_type]}."
    )


def _describe(value: Value) -> str:
    if isinstance(value, ColumnRef):
        return f"column {value.column.name!r} holds {_name_type(value.column, value.value_type)}"
    written = value.write()
    if isinstance(value, Number | Text):
        return f"{written} is a {'number' if value.value_type is ValueType.NUMBER else 'text'}"
    return f"{written!r} gives {value.value_type.value}"


def _name_type(column: Column, value_type: ValueType) -> str:
    return "true and false" if column.kind is ColumnKind.BOOLEAN else value_type.value
