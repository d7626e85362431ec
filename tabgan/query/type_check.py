"""Which values can be compared or reckoned with: numbers, datetimes, categories stay apart."""

from typing import NoReturn

from tabgan.errors import ConditionError, RelationError
from tabgan.query.boolean import Comparison, Condition
from tabgan.query.expressions import Arithmetic, Cell, Number, Sort, Text, Value
from tabgan.schema.column import Column, ColumnKind
from tabgan.schema.predicates import value_to_float

_TRUTHS = {"true", "false"}
_ADVICE = {
    Sort.NUMBER: "a number or a column of numbers",
    Sort.MOMENT: "a moment in quotes, such as '2024-01-31', or a column of moments",
    Sort.LEVEL: "a text in quotes or a column of text",
}


def combine(sign: str, left: Value, right: Value) -> Arithmetic:
    """Calculate with two values: numbers, or datetimes and the seconds between them.

    Raises:
        RelationError: The result would be neither.
    """
    sorts = left.sort, right.sort
    allowed = {(Sort.NUMBER, Sort.NUMBER)}
    if sign in "+-":
        allowed.add((Sort.MOMENT, Sort.NUMBER))
        allowed.add((Sort.NUMBER, Sort.MOMENT) if sign == "+" else (Sort.MOMENT, Sort.MOMENT))
    if sorts not in allowed:
        written = f"{left.write()} {sign} {right.write()}"
        sides = f"{_describe(left)} and {_describe(right)}"
        raise RelationError(
            f"{written!r} cannot be calculated, since {sides}; numbers can, and moments in "
            "'end - start', which gives seconds."
        )
    return Arithmetic(sign, left, right)


def compare(sign: str, left: Value, right: Value) -> Condition:
    """Compare two values of one sort; texts become the datetimes or truths that they stand for.

    Raises:
        RelationError: They are of two sorts, or have no order, or no column is among them.
    """
    if not (left.columns or right.columns):
        raise RelationError(
            f"'{left.write()} {sign} {right.write()}' names no column of the table; "
            "compare a column with a value."
        )
    left, right = _fit(left, right), _fit(right, left)
    if left.sort is not right.sort:
        _check(left, right)
    if left.sort is Sort.LEVEL and sign not in {"=", "!="}:
        known = left if left.columns else right
        raise RelationError(
            f"{_describe(known)}, which has no order, so it can only be compared with = and !=, "
            f"not {sign}."
        )
    return Comparison(sign, left, right)


def _fit(value: Value, other: Value) -> Value:
    """Read a text as the datetime or the truth that it is compared with."""
    if not isinstance(value, Text):
        return value
    if other.sort is Sort.MOMENT:
        return _read_datetime(value, other)
    if isinstance(other, Cell) and other.column.kind is ColumnKind.BOOLEAN:
        if value.text.lower() not in _TRUTHS:
            raise RelationError(
                f"column {other.column.name!r} holds true and false, so it cannot be compared with "
                f"{value.text!r}."
            )
        return Text(value.text.lower())
    return value


def _read_datetime(value: Text, other: Value) -> Text:
    column = next(c for c in other.columns if c.kind is ColumnKind.DATETIME)
    advice = f"give {_ADVICE[Sort.MOMENT]}"
    if not value.text.strip():
        raise RelationError(f"column {column.name!r} cannot be compared with blank text; {advice}.")
    try:
        return Text(value.text, value_to_float(column, value.text, advice))
    except ConditionError:
        raise RelationError(
            f"column {column.name!r} holds moments, so it cannot be compared with "
            f"{value.text!r}; {advice}."
        ) from None


def _check(left: Value, right: Value) -> NoReturn:
    """Refuse two values of different sorts; what is said is about the one with a column."""
    known, other = (left, right) if left.columns else (right, left)
    raise RelationError(
        f"{_describe(known)}, so it cannot be compared with {other.write()}; give "
        f"{_ADVICE[known.sort]}."
    )


def _describe(value: Value) -> str:
    if isinstance(value, Cell):
        return f"column {value.column.name!r} holds {_name_sort(value.column, value.sort)}"
    written = value.write()
    if isinstance(value, Number | Text):
        return f"{written} is a {'number' if value.sort is Sort.NUMBER else 'text'}"
    return f"{written!r} gives {value.sort.value}"


def _name_sort(column: Column, sort: Sort) -> str:
    return "true and false" if column.kind is ColumnKind.BOOLEAN else sort.value
