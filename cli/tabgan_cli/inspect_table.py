"""What `tabgan inspect TABLE` prints: how each column is read, and the relations between them."""

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from tabgan.relations import RelationSet
from tabgan.schema import Column, ColumnKind, TableSchema
from tabgan.schema.float_conversion import show_duration
from tabgan.schema.reading import describe_ambiguity, describe_reading
from tabgan.schema.text import show_datetime
from tabgan_cli.column_examples import made_example, order_values, present_values, real_example
from tabgan_cli.made_rows import add_row, format_cell

MAX_SHOWN_CATEGORIES = 3  # of a column


def schema_table(frame: pd.DataFrame, schema: TableSchema) -> RenderableType:
    """Return a line a column: how it is read, a real value beside a made one, what it holds."""
    title = f"{len(frame):,} rows, {len(schema.columns)} columns"
    table = Table(title=title, title_justify="left")
    table.add_column("column", overflow="fold")
    table.add_column("kind", no_wrap=True)
    for heading in ("read as", "real", "made"):
        table.add_column(heading, overflow="fold")
    for heading in ("missing", "distinct"):
        table.add_column(heading, justify="right")
    table.add_column("range, or frequent", overflow="fold")
    for column in schema.columns:
        add_row(table, *_describe_column(column, frame[column.name]))
    return table


def _describe_column(column: Column, series: "pd.Series[Any]") -> Iterator[str]:
    present = present_values(column, series)
    yield str(column.name)
    yield column.kind.value
    ambiguity = describe_ambiguity(column, present)
    yield describe_reading(column) + (f"; {ambiguity}" if ambiguity else "")
    yield format_cell(real_example(column, present))
    yield format_cell(made_example(column, series))
    yield f"{1 - len(present) / len(series):.1%}"
    yield f"{present.nunique():,}"
    yield _format_values(column, present)


def overrule_line(table: str, reading: Mapping[str, Any]) -> RenderableType:
    """Return how to have columns read otherwise, of a table that is read in the same way.

    >>> print(overrule_line("t.csv", {"skip_rows": 2, "query": None}))  # doctest: +ELLIPSIS
    To read a column otherwise: tabgan inspect t.csv --skip-rows 2 --json > schema.json, ...
    """
    options = [
        f"--{name.replace('_', '-')} {shlex.quote(str(value))}"
        for name, value in reading.items()
        if value is not None
    ]
    name = " ".join([shlex.quote(table), *options])
    return Text(
        f"To read a column otherwise: tabgan inspect {name} --json > schema.json, edit it, then "
        f"tabgan fit {name} --schema schema.json\n"
    )


def relation_tables(relations: RelationSet) -> Iterator[RenderableType]:
    """Yield the relations that hold in every row, then those that hold in nearly every row."""
    kept = Table("relation", "holds in every row, and in every generated row")
    kept.add_column("rows", justify="right")
    for discovered in (*relations.kept, *relations.implied):
        explanation = discovered.relation.explain()
        if discovered in relations.implied:
            explanation += "; this follows from others, so a model does not list it"
        add_row(kept, discovered.relation.text, explanation, f"{discovered.support:,}")
    nearly = Table(
        "relation", "holds in nearly every row, or beside those above: not kept unless declared"
    )
    nearly.add_column("rows that break it", justify="right")
    for discovered in relations.offered:
        explanation = discovered.relation.explain()
        add_row(nearly, discovered.relation.text, explanation, f"{discovered.n_violations:,}")
    yield from (table for table in (kept, nearly) if table.row_count)


def _format_values(column: Column, present: "pd.Series[Any]") -> str:
    """Return what a column holds: the range of numbers and datetimes, else its frequent values."""
    order = order_values(column, present)
    if order is not None:
        low, high = float(order.min()), float(order.max())
        if column.kind is ColumnKind.DATETIME:
            return f"{show_datetime(low, column)} to {show_datetime(high, column)}"
        if column.is_duration:
            return f"{show_duration(low)} to {show_duration(high)}"
        return f"{low:.10g} to {high:.10g}"
    if column.kind.is_made_anew:
        return ""
    counts = present.value_counts()
    categories = ", ".join(map(format_cell, counts.index[:MAX_SHOWN_CATEGORIES]))
    return categories + (", ..." if len(counts) > MAX_SHOWN_CATEGORIES else "")
