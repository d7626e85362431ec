"""A tree -> values in the rows of a table: what is calculated with what.

Numbers and datetimes are different types; a datetime less another one is a number of seconds.

>>> import pandas as pd
>>> from tabgan.query.parser import parse_relation
>>> schema = TableSchema.infer(pd.DataFrame({"a": [17, 30, 41], "b": [2.5, 3.5, 4.5]}))
>>> tree = parse_relation("a = round(2 * b ** 2, 1) % 7", schema.names)
>>> check_value(tree.operands[1], schema).write()
'round(2 * b ** 2, 1) % 7'
"""

from collections.abc import Sequence
from itertools import pairwise

from tabgan.errors import RelationError
from tabgan.query import syntax
from tabgan.query.calls import call, concatenate
from tabgan.query.cases import Branch, Case, Flag
from tabgan.query.expressions import (
    Arithmetic,
    ColumnRef,
    Duration,
    Number,
    Text,
    Value,
    ValueType,
)
from tabgan.query.operands import check_column, describe, read_datetime, read_text
from tabgan.query.text_functions import TEXT_FUNCTIONS
from tabgan.query.three_valued_logic import BoolOp, Condition, IsIn, IsMissing, Not
from tabgan.query.tokens import RELATION
from tabgan.query.type_check import compare
from tabgan.schema import TableSchema


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
        case syntax.Call() | syntax.Concatenation() | syntax.Flag() | syntax.Case():
            return _check_composed(node, schema)
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


def _check_composed(
    node: syntax.Call | syntax.Concatenation | syntax.Flag | syntax.Case, schema: TableSchema
) -> Value:
    match node:
        case syntax.Call(function, arguments):
            check = check_text if function in TEXT_FUNCTIONS else check_value
            return call(function, [check(argument, schema) for argument in arguments])
        case syntax.Concatenation(parts):
            return concatenate([check_text(part, schema) for part in parts])
        case syntax.Flag(condition):
            return Flag(check_condition(condition, schema))
        case syntax.Case():
            return _check_case(node, schema)


def check_text(node: syntax.Value, schema: TableSchema) -> Value:
    """Return a value that is read as text: of columns that are made anew, too."""
    if isinstance(node, syntax.ColumnName):
        return ColumnRef(schema.column(node.name))
    return check_value(node, schema)


def _calculate(
    first: syntax.Value, others: tuple[tuple[str, syntax.Value], ...], schema: TableSchema
) -> Value:
    """Return values combined from left to right."""
    value = check_value(first, schema)
    for sign, other in others:
        value = _combine(sign, value, check_value(other, schema))
    return value


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
        left, right = read_text(left, right), read_text(right, left)
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


def _check_case(node: syntax.Case, schema: TableSchema) -> Case:
    """Return a case expression, whose results are of one type.

    Raises:
        RelationError: They are of several, or all missing.
    """
    results = [*(result for _, result in node.branches), node.otherwise]
    values = _unify([None if r is None else check_value(r, schema) for r in results])
    operand = None if node.operand is None else check_value(node.operand, schema)
    conditions = [
        check_condition(when, schema)
        if operand is None
        else compare("=", operand, check_value(when, schema))  # type: ignore[arg-type]
        for when, _ in node.branches
    ]
    branches = [Branch(*pair) for pair in zip(conditions, values[:-1], strict=True)]
    return Case(tuple(branches), values[-1], is_simple=operand is not None)


def _unify(values: Sequence[Value | None]) -> list[Value | None]:
    """Return results of a case expression, texts beside datetimes as datetimes."""
    given = [value for value in values if value is not None]
    datetime = next((v for v in given if v.value_type is ValueType.DATETIME), None)
    if datetime is not None:
        values = [read_datetime(v, datetime) if isinstance(v, Text) else v for v in values]
        given = [value for value in values if value is not None]
    if not given:
        raise RelationError("a case has no result but missing ones; give one after 'then'.")
    for one, other in pairwise(given):
        if one.value_type is not other.value_type:
            raise RelationError(
                f"the results of a case are of one type, but {describe(one)} and "
                f"{describe(other)}; give all as {one.value_type.value}."
            )
    return list(values)


def check_condition(node: syntax.Node, schema: TableSchema) -> Condition:
    """Return a tree as a condition on the columns of a table.

    Raises:
        RelationError: It is no condition, or compares values of different types.
    """
    match node:
        case syntax.Comparison(operands, operators):
            values = [check_value(operand, schema) for operand in operands]
            sides = zip(operators, pairwise(values), strict=True)
            return BoolOp.join("and", [compare(sign, *pair) for sign, pair in sides])
        case syntax.Membership(operand, options):
            value = check_value(operand, schema)
            equal = [compare("=", value, check_value(option, schema)) for option in options]
            return IsIn(tuple(equal)) if len(equal) > 1 else equal[0]
        case syntax.Missing(syntax.ColumnName(name)):
            return IsMissing(schema.column(name))
        case syntax.Not(operand):
            return Not(check_condition(operand, schema))
        case syntax.BoolOp(word, operands):
            return BoolOp.join(word, [check_condition(operand, schema) for operand in operands])
        case syntax.Missing():
            raise RelationError(f"only a column can be missing; {RELATION.advice}.")
    raise RelationError(f"a condition compares values; {RELATION.advice}.")
