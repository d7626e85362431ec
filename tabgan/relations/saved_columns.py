"""What relations read of a saved state: columns by name, their categories, decimals.

>>> schema = TableSchema((Column("x", ColumnKind.INTEGER, "int64"),))
>>> read_column(StateReader({"source": "y"}, "relations/kept/0"), "source", schema)
Traceback (most recent call last):
tabgan.errors.ModelFileError: relations/kept/0/source is 'y', which is no column of the schema
"""

from collections.abc import Collection, Sequence

import numpy as np

from tabgan.relations.exact_arithmetic import MAX_DECIMALS
from tabgan.relations.table_profile import UNRELATED_KINDS
from tabgan.schema import TableSchema
from tabgan.schema.categories import Categories
from tabgan.schema.column import Column, ColumnKind
from tabgan.state_reader import StateReader, show_value

RELATED_KINDS = frozenset(set(ColumnKind) - UNRELATED_KINDS)
NUMBERS = frozenset(kind for kind in ColumnKind if kind.is_number)
QUANTITIES = frozenset(kind for kind in ColumnKind if kind.is_quantitative)
DATETIMES = frozenset({ColumnKind.DATETIME})
DATETIME_RANGE = (
    -6.3e10,
    2.6e11,
)  # seconds since 1970, of the years from 1 to 9999 and a little more


def read_column(
    state: StateReader,
    name: str,
    schema: TableSchema,
    kinds: Collection[ColumnKind] = RELATED_KINDS,
) -> Column:
    """Return the column of the schema whose name a field holds, of one of some kinds."""
    return _find_column(state, name, state.scalar(name), schema, kinds)


def read_columns(
    state: StateReader,
    name: str,
    schema: TableSchema,
    lengths: range,
    kinds: Collection[ColumnKind] = RELATED_KINDS,
) -> tuple[Column, ...]:
    """Return the columns whose names a field lists, each once; `lengths`: how many there can be."""
    names = state.scalars(name)
    state.check(len(names) in lengths, name, f"names {len(names):,} columns")
    state.check(len(set(names)) == len(names), name, "names a column twice")
    return tuple(_find_column(state, name, each, schema, kinds) for each in names)


def _find_column(
    state: StateReader,
    name: str,
    value: object,
    schema: TableSchema,
    kinds: Collection[ColumnKind],
) -> Column:
    is_name = isinstance(value, str | int) and not isinstance(value, bool)
    column = next((c for c in schema.columns if is_name and c.name == value), None)
    if column is None:
        raise state.error(name, f"is {show_value(value)}, which is no column of the schema")
    is_fit = column.kind in kinds
    state.check(is_fit, name, f"is {show_value(value)}, a column of kind {column.kind.value}")
    return column


def check_apart(state: StateReader, dependent: Column, *sources: Column) -> None:
    """Refuse a state whose dependent is among its sources."""
    state.check(dependent not in sources, "dependent", "is among its own sources")


def read_categories(state: StateReader, column: Column) -> Categories:
    """Return the categories of a column, which can be found and written."""
    categories = Categories.from_state(column, state)
    try:
        categories.find(categories.write(np.arange(len(categories))))
        categories.find(categories.write(np.full(1, -1)))
    except Exception as error:  # whatever pandas, NumPy and Arrow refuse values with
        raise state.error("values", f"cannot be written as {column.dtype}") from error
    return categories


def read_values(state: StateReader, name: str, column: Column) -> Categories:
    """Return values of a column, each there once, which can be found and need not be written."""
    if column.kind.is_quantitative:
        state.numbers(name)
    try:
        categories = Categories(column, list(state.values[name]))
        is_distinct = len(set(categories.objects)) == len(categories) + 1
    except Exception as error:  # whatever the types of values refuse
        raise state.error(name, "holds what are no values") from error
    state.check(is_distinct, name, "holds a value twice")
    return categories


def read_codes(
    state: StateReader, name: str, n_rows: int, categories: Sequence[Categories]
) -> tuple[tuple[int, ...], ...]:
    """Return rows of one code for each column, -1 for a gap; no two rows are the same."""
    rows = state.rows(name)
    is_sound = len(rows) == n_rows and all(len(row.values) == len(categories) for row in rows)
    state.check(is_sound, name, "are not one code of each column in each row")
    codes = tuple(
        tuple(row.whole(str(i), -1, len(each) - 1) for i, each in enumerate(categories))
        for row in rows
    )
    state.check(len(set(codes)) == n_rows, name, "have a row twice")
    return codes


def read_decimals(state: StateReader, name: str) -> int | None:
    """Return a number of decimals, or None."""
    return state.whole(name, 0, MAX_DECIMALS) if state.has(name) else None
