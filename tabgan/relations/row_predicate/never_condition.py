"""Conditions that pairs of categories never meet: made of the pairs, and put in plain words.

>>> a, b = (Column(name, ColumnKind.CATEGORICAL, "object", element="str") for name in "ab")
>>> with_x = BoolOp("and", (Comparison("=", ColumnRef(a), Text("u")),
...                         Comparison("=", ColumnRef(b), Text("x"))))
>>> Not(with_x).write(), explain_never(Not(with_x))
("not (a = 'u' and b = 'x')", "a = 'u' never with b = 'x'")
"""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from tabgan.query.expressions import ColumnRef, Number, Text, Value, ValueType
from tabgan.query.three_valued_logic import BoolOp, Comparison, Condition, IsIn, Not
from tabgan.relations.row_predicate.never_pairs import NeverPairs
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Integers, Mask
from tabgan.schema.column import Column, ColumnKind
from tabgan.schema.predicates import category_names
from tabgan.schema.text import show_datetime

MAX_NAMED = 100  # categories in one condition: `MAX_TOKENS` leaves room for about so many


def iter_conditions(pairs: NeverPairs, profile: TableProfile) -> Iterator[Condition]:
    """Yield the conditions, mostly one, that the pairs never meet.

    Categories of one column that never meet the same ones of the other are named together.
    """
    literals = [
        write_literals(profile, column, rows)
        for column, rows in zip(pairs.columns, pairs.rows, strict=True)
    ]
    groups: list[Condition] = []
    n_named = 0
    for rows, columns in _group(pairs.never):
        if groups and n_named + len(rows) + len(columns) > MAX_NAMED:
            yield Not(BoolOp.join("or", groups))
            groups, n_named = [], 0
        sides = [
            is_one_of(column, [values[i] for i in chosen])
            for column, values, chosen in zip(pairs.columns, literals, (rows, columns), strict=True)
        ]
        groups.append(BoolOp.join("and", sides))
        n_named += len(rows) + len(columns)
    yield Not(BoolOp.join("or", groups))


def _group(never: Mask) -> list[tuple[list[int], list[int]]]:
    """Return categories of both columns that never meet any of each other, in as few groups."""
    by_row, by_column = (_group_rows(mask) for mask in (never, never.T))
    if len(by_row) <= len(by_column):
        return by_row
    return [(rows, columns) for columns, rows in by_column]


def _group_rows(never: Mask) -> list[tuple[list[int], list[int]]]:
    groups: defaultdict[tuple[int, ...], list[int]] = defaultdict(list)
    for row in np.flatnonzero(never.any(axis=1)).tolist():
        groups[tuple(np.flatnonzero(never[row]).tolist())].append(row)
    return [(rows, list(columns)) for columns, rows in groups.items()]


def write_literals(profile: TableProfile, column: Column, rows: Integers) -> list[Value]:
    """Return the values that a column has in some rows, as they are written in conditions."""
    if ColumnRef(column).value_type is ValueType.NUMBER:
        return [Number(float(number)) for number in profile.numbers(column)[rows]]
    if column.kind is ColumnKind.DATETIME:
        seconds = profile.numbers(column)[rows].tolist()
        return [Text(show_datetime(second, column), second) for second in seconds]
    cells = profile.series(column).iloc[rows].astype(object)
    names = [str(name) for name in category_names([*cells, None], column)[:-1]]
    return [Text(name.lower() if column.kind is ColumnKind.BOOLEAN else name) for name in names]


def is_one_of(column: Column, values: list[Value]) -> Condition:
    """Return the condition that a column has one of some values."""
    equal = tuple(Comparison("=", ColumnRef(column), value) for value in values)
    return equal[0] if len(equal) == 1 else IsIn(equal)


def explain_never(condition: Condition) -> str | None:
    """Return in words that pairs never meet; None if a condition says anything else."""
    if not isinstance(condition, Not):
        return None
    inner = condition.operand
    groups = inner.operands if isinstance(inner, BoolOp) and inner.word == "or" else (inner,)
    phrases = []
    for group in groups:
        if not isinstance(group, BoolOp) or group.word != "and" or len(group.operands) != 2:
            return None
        phrases.append(" never with ".join(side.write_operand(2) for side in group.operands))
    return "; ".join(phrases)
