"""A formula as users declare it: the column that is computed, and its expression.

>>> import pandas as pd
>>> from tabgan.schema import TableSchema
>>> from tabgan.query.parser import parse_relation
>>> frame = pd.DataFrame({"balance": [-2.5, 3.0, 0.5], "overdrawn": [True, False, False]})
>>> profile = TableProfile(frame, TableSchema.infer(frame))
>>> tree = parse_relation("overdrawn = balance < 0", profile.schema.names)
>>> read_definition(tree, profile).expression.write()
'balance < 0'
"""

from dataclasses import dataclass

import numpy as np

from tabgan.query import syntax
from tabgan.query.cases import Branch, Case, Flag
from tabgan.query.expressions import ColumnRef, Number, Value, ValueType
from tabgan.query.value_check import check_value
from tabgan.relations.formula.rounding import as_written
from tabgan.relations.formula.text_computation import can_be_text, is_of_text
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.column import Column, ColumnKind


@dataclass(frozen=True)
class Definition:
    """A column and the expression that is its value.

    Attributes:
        dependent: The column.
        expression: Of other columns.
    """

    dependent: Column
    expression: Value


def read_definition(tree: syntax.Node, profile: TableProfile) -> Definition | None:
    """Return what `y = expression` defines; None if it is no formula, or of another type than y."""
    match tree:
        case syntax.Comparison((syntax.ColumnName(name), *_), ("=", *_)):
            dependent, value = profile.schema.column(name), tree.right_side
        case _:
            return None
    if isinstance(value, syntax.ColumnName):
        source = profile.schema.column(value.name)
        return Definition(dependent, ColumnRef(source)) if _is_copy(dependent, source) else None
    if isinstance(value, syntax.Text | syntax.NameList | syntax.Rest):
        return None
    if isinstance(value, syntax.Flag) and not _can_be_flag(profile, dependent):
        return None
    if isinstance(value, syntax.Concatenation) and syntax.Rest() in value.parts:
        return None
    expression = check_value(value, profile.schema)
    if isinstance(expression, Flag) and dependent.kind is not ColumnKind.BOOLEAN:
        expression = _count_flag(expression)
    is_other = dependent not in expression.columns and expression.columns
    return Definition(dependent, expression) if is_other and _fits(dependent, expression) else None


def _is_copy(dependent: Column, source: Column) -> bool:
    """Return whether a column can be another one, of texts that are made anew."""
    copy = ColumnRef(source)
    return dependent != source and is_of_text(copy) and can_be_text(dependent, copy)


def _can_be_flag(profile: TableProfile, dependent: Column) -> bool:
    """Return whether a column is true and false, or 1 and 0."""
    if not dependent.kind.is_number:
        return dependent.kind is ColumnKind.BOOLEAN
    numbers = profile.numbers(dependent)
    return bool(np.isin(numbers[~np.isnan(numbers)], (0.0, 1.0)).all())


def _count_flag(flag: Flag) -> Case:
    """Return 1 where a condition is true, 0 where it is not."""
    return Case((Branch(flag.condition, Number(1.0)),), Number(0.0))


def _fits(dependent: Column, expression: Value) -> bool:
    """Return whether a column can hold the results of an expression."""
    kind, value_type = as_written(dependent).kind, expression.value_type
    if is_of_text(expression):
        return can_be_text(dependent, expression)
    if kind in (ColumnKind.CATEGORICAL, ColumnKind.BOOLEAN):
        is_decided = isinstance(expression, Case | Flag)
        return is_decided and value_type is ColumnRef(dependent).value_type
    if kind is ColumnKind.DATETIME:
        return value_type is ValueType.DATETIME
    return kind.is_number and value_type is not ValueType.CATEGORY
