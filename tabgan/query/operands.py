"""What calculations and comparisons ask of their operands, and how messages name them.

>>> describe(Number(2.0)), describe(Text("Ulm"))
('2 is a number', "'Ulm' is a text")
"""

from tabgan.errors import ConditionError, RelationError
from tabgan.query.expressions import ColumnRef, Number, Text, Value, ValueType
from tabgan.schema.column import Column, ColumnKind
from tabgan.schema.float_conversion import value_to_float

ADVICE = {
    ValueType.NUMBER: "a number or a column of numbers",
    ValueType.DATETIME: "a moment in quotes, such as '2024-01-31', or a column of moments",
    ValueType.CATEGORY: "a text in quotes or a column of text",
}


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


def read_text(value: Value, other: Value) -> Value:
    """Return a text as the datetime that it is subtracted from, or that from it; others as is."""
    is_datetime = isinstance(value, Text) and other.value_type is ValueType.DATETIME
    return read_datetime(value, other) if is_datetime and isinstance(value, Text) else value
