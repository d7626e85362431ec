"""Functions and what they are called with -> values, types checked.

>>> call("left", [Text("Ulm"), Number(2.0)]).write()
"left('Ulm', 2)"
"""

from collections.abc import Sequence

from tabgan.errors import RelationError
from tabgan.query.cases import Flag
from tabgan.query.counts import Count
from tabgan.query.datetime_calls import COUNTS, SIGNATURES, DatetimeCall, check_signature
from tabgan.query.expressions import Call, ColumnRef, Number, Text, Value, ValueType
from tabgan.query.function_names import COUNT
from tabgan.query.functions import FUNCTIONS
from tabgan.query.operands import describe, read_text
from tabgan.query.text_functions import TEXT_FUNCTIONS
from tabgan.query.texts import Concatenation, TextCall
from tabgan.query.three_valued_logic import Condition
from tabgan.query.tokens import RELATION
from tabgan.query.type_check import compare
from tabgan.schema.column import ColumnKind, dtype_of, holds_text


def call(function: str, arguments: Sequence[Value]) -> Value:
    """Return a function of values.

    Raises:
        RelationError: It takes another number of values, or values of another type.
    """
    if function == COUNT:
        return Count(tuple(map(_count_one, arguments)))
    if function in TEXT_FUNCTIONS:
        return _call_on_text(function, arguments)
    if function in SIGNATURES:
        return _call_on_datetimes(function, arguments)
    least, most = FUNCTIONS[function].n_arguments
    _check_count(function, len(arguments), least, most)
    for argument in arguments:
        if argument.value_type is not ValueType.NUMBER:
            raise RelationError(
                f"{function!r} is of numbers, but {describe(argument)}; {RELATION.advice}."
            )
    return Call(function, tuple(arguments))


def _call_on_datetimes(function: str, arguments: Sequence[Value]) -> DatetimeCall:
    """Return a function of datetimes, of which one may be a text."""
    datetimes = [a for a in arguments if a.value_type is ValueType.DATETIME]
    if datetimes and function in COUNTS:
        arguments = [read_text(argument, datetimes[0]) for argument in arguments]
    check_signature(function, arguments)
    return DatetimeCall(function, tuple(arguments))


def _check_count(function: str, n_values: int, least: int, most: int) -> None:
    if not least <= n_values <= most:
        count = str(least) if least == most else f"{least} to {most}"
        raise RelationError(f"{function!r} takes {count} values, not {n_values}.")


def _count_one(argument: Value) -> Condition:
    """Return the condition that is counted: a column of true and false stands for itself."""
    if isinstance(argument, Flag):
        return argument.condition
    if isinstance(argument, ColumnRef) and argument.column.kind is ColumnKind.BOOLEAN:
        return compare("=", argument, Text("true"))
    raise RelationError(
        f"{COUNT!r} is of conditions, but {describe(argument)}; write it as in "
        "\"count(phone = 'Yes', tv = 'Yes')\" or 'count(a missing, b missing)'."
    )


def _call_on_text(function: str, arguments: Sequence[Value]) -> TextCall:
    parameters = TEXT_FUNCTIONS[function].parameters
    n_values = 1 + len(parameters)
    _check_count(function, len(arguments), n_values, n_values)
    for argument, parameter in zip(arguments[1:], parameters, strict=True):
        is_number = isinstance(argument, Number) and argument.value == int(argument.value)
        is_right = is_number if parameter is int else isinstance(argument, Text)
        if not is_right:
            wanted = "a whole number" if parameter is int else "a text in quotes"
            raise RelationError(
                f"{function!r} takes {wanted} where {argument.write()} stands; give one."
            )
    return TextCall(function, (_read_as_text(arguments[0]), *arguments[1:]))


def concatenate(parts: Sequence[Value]) -> Value:
    """Return texts one behind the other, a single one as it is."""
    texts = tuple(map(_read_as_text, parts))
    return texts[0] if len(texts) == 1 else Concatenation(texts)


def _read_as_text(value: Value) -> Value:
    """Return a value that can be read as text: numbers can, datetimes if they are kept as text.

    Raises:
        RelationError: It cannot.
    """
    if isinstance(value, Number):
        return Text(value.write())
    if value.value_type is not ValueType.DATETIME:
        return value
    if isinstance(value, ColumnRef):
        column = value.column
        if column.text or holds_text(dtype_of(column.dtype)) or column.element == "str":
            return value
    raise RelationError(f"{describe(value)}, which are no text; take a part of them first.")
