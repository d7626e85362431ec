"""A tree -> values in the rows of a table: what is calculated with what.

Numbers and datetimes are different types; a datetime less another one is a number of seconds.

>>> import pandas as pd
>>> from tabgan.query.parser import parse_relation
>>> schema = TableSchema.infer(pd.DataFrame({"a": [17, 30, 41], "b": [2.5, 3.5, 4.5]}))
>>> tree = parse_relation("a = round(2 * b ** 2, 1) % 7", schema.names)
>>> check_value(tree.operands[1], schema).write()
'round(2 * b ** 2, 1) % 7'
"""

from tabgan.errors import ConditionError, RelationError
from tabgan.query import syntax
from tabgan.query.datetime_calls import COUNTS, SIGNATURES, DatetimeCall, check_signature
from tabgan.query.expressions import (
    Arithmetic,
    Call,
    ColumnRef,
    Duration,
    Number,
    Text,
    Value,
    ValueType,
)
from tabgan.query.functions import FUNCTIONS
from tabgan.query.tokens import RELATION
from tabgan.schema import TableSchema
from tabgan.schema.column import Column, ColumnKind
from tabgan.schema.float_conversion import value_to_float

ADVICE = {
    ValueType.NUMBER: "a number or a column of numbers",
    ValueType.DATETIME: "a moment in quotes, such as '2024-01-31', or a column of moments",
    ValueType.CATEGORY: "a text in quotes or a column of text",
}


def check_value(node: syntax.Value, schema: TableSchema) -> Value:
    """Return a tree as a value in the rows of a table.

    Raises:
        RelationError: It is calculated of what is no number and no datetime.
    """
    match node:
        case syntax.ColumnName(name):
            return ColumnRef(check_column(schema.column(name)))
        case syntax.Duration() | syntax.Number() | syntax.Text():
            return _check_constant(node)
        case syntax.Negative(operand):
            return _negate(check_value(operand, schema))
        case syntax.Arithmetic(first, others):
            return _calculate(first, others, schema)
        case syntax.Call(function, arguments):
            return _call(function, [check_value(argument, schema) for argument in arguments])
        case syntax.NameList():
            raise RelationError(
                "columns with commas between them can only be compared with columns, by <= or >=, "
                "as in 'a, b <= c'."
            )
    raise RelationError(
        "'rest' is what varies beside the columns of a sum, as in 'total = fare + tip + rest'; "
        "there is none in other conditions."
    )


def _check_constant(node: syntax.Duration | syntax.Number | syntax.Text) -> Value:
    if isinstance(node, syntax.Text):
        return Text(node.text)
    return Duration(node.seconds) if isinstance(node, syntax.Duration) else Number(node.value)


def _calculate(
    first: syntax.Value, others: tuple[tuple[str, syntax.Value], ...], schema: TableSchema
) -> Value:
    """Return values combined from left to right."""
    value = check_value(first, schema)
    for sign, other in others:
        value = _combine(sign, value, check_value(other, schema))
    return value


def _call(function: str, arguments: list[Value]) -> Value:
    """Return a function of numbers or of datetimes.

    Raises:
        RelationError: It takes other values, or another number of them.
    """
    if function in SIGNATURES:
        return _call_datetimes(function, arguments)
    least, most = FUNCTIONS[function].n_arguments
    if not least <= len(arguments) <= most:
        count = str(least) if least == most else f"{least} to {most}"
        raise RelationError(f"{function!r} takes {count} values, not {len(arguments)}.")
    for argument in arguments:
        if argument.value_type is not ValueType.NUMBER:
            raise RelationError(
                f"{function!r} is of numbers, but {describe(argument)}; {RELATION.advice}."
            )
    return Call(function, tuple(arguments))


def _call_datetimes(function: str, arguments: list[Value]) -> DatetimeCall:
    """Return a function of datetimes, of which one may be a text."""
    datetimes = [a for a in arguments if a.value_type is ValueType.DATETIME]
    if datetimes and function in COUNTS:
        arguments = [_read_text(argument, datetimes[0]) for argument in arguments]
    check_signature(function, arguments)
    return DatetimeCall(function, tuple(arguments))


def check_column(column: Column) -> Column:
    """Return a column whose values can be named.

    Raises:
        RelationError: They are made anew.
    """
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
    if sign == "-":
        left, right = _read_text(left, right), _read_text(right, left)
    value_types = left.value_type, right.value_type
    allowed = {(ValueType.NUMBER, ValueType.NUMBER)}
    if sign in "+-":
        allowed.add((ValueType.DATETIME, ValueType.NUMBER))
        first = ValueType.NUMBER if sign == "+" else ValueType.DATETIME
        allowed.add((first, ValueType.DATETIME))
    if value_types not in allowed:
        written = f"{left.write()} {sign} {right.write()}"
        sides = f"{describe(left)} and {describe(right)}"
        raise RelationError(
            f"{written!r} cannot be calculated, since {sides}; numbers can, and moments in "
            "'end - start', which gives seconds."
        )
    return Arithmetic(sign, left, right)


def _read_text(value: Value, other: Value) -> Value:
    """Return a text as the datetime that it is subtracted from, or that from it; others as is."""
    is_datetime = isinstance(value, Text) and other.value_type is ValueType.DATETIME
    return read_datetime(value, other) if is_datetime and isinstance(value, Text) else value


def read_datetime(value: Text, other: Value) -> Text:
    """Return a text as the datetime that it is beside a column of datetimes.

    Raises:
        RelationError: It is none.
    """
    column = next(c for c in other.columns if c.kind is ColumnKind.DATETIME)
    advice = f"give {ADVICE[ValueType.DATETIME]}"
    if not value.text.strip():
        raise RelationError(f"column {column.name!r} cannot be compared with blank text; {advice}.")
    try:
        return Text(value.text, value_to_float(column, value.text, advice))
    except ConditionError:
        raise RelationError(
            f"column {column.name!r} holds moments, so it cannot be compared with "
            f"{value.text!r}; {advice}."
        ) from None


def describe(value: Value) -> str:
    """Return what a value is, in words for a message."""
    if isinstance(value, ColumnRef):
        return f"column {value.column.name!r} holds {_name_type(value.column, value.value_type)}"
    written = value.write()
    if isinstance(value, Number | Text):
        return f"{written} is a {'number' if value.value_type is ValueType.NUMBER else 'text'}"
    return f"{written!r} gives {value.value_type.value}"


def _name_type(column: Column, value_type: ValueType) -> str:
    return "true and false" if column.kind is ColumnKind.BOOLEAN else value_type.value
