"""What `tabgan inspect` prints: the schema and relations of a table, or what is in a model."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from tabgan.config import TrainingConfig, name_preset
from tabgan.io import find_source
from tabgan.io.model_file import is_model_file
from tabgan.relations import RelationSet
from tabgan.schema import Column, ColumnKind, TableSchema
from tabgan.schema.text import (
    find_other_reading,
    parse_datetimes,
    parse_numbers,
    show_datetime,
    text_array,
)

if TYPE_CHECKING:
    from tabgan.model.tabular_model import TabularModel

MAX_SHOWN_CATEGORIES = 3  # of a column

Description = tuple[dict[str, Any], Iterator[RenderableType]]  # for JSON, and for the terminal


def describe_file(path: Path) -> Description:
    """Return what is in a file, a table or a model, as plain values and as tables."""
    if path.suffix == ".tabgan" or is_model_file(path):
        return _describe_model_file(path)
    frame = find_source(path).read()
    schema = TableSchema.infer(frame)
    relations = RelationSet.discover(frame, schema)
    values = replace(schema, relations=relations.texts).to_dict()
    return values, chain(_schema_table(frame, schema), _relation_tables(relations))


def _describe_model_file(path: Path) -> Description:
    from tabgan.model.tabular_model import TabularModel  # noqa: PLC0415 - only here is torch needed

    model = TabularModel.load(path, "cpu")
    values = describe_model(model)
    return values, chain(_model_tables(path, values), _relation_tables(model.relations))


def _model_tables(path: Path, values: dict[str, Any]) -> Iterator[RenderableType]:
    yield _facts_table(path, values)
    yield _columns_table(values)


def describe_model(model: "TabularModel") -> dict[str, Any]:
    """Return what is known of a model as plain values."""
    classes = {encoder.column.name: encoder.n_classes for encoder in model.encoder.encoders}
    columns = [
        column.to_dict() | {"classes": classes.get(column.name, 0)}
        for column in model.schema.columns
    ]
    return {
        "target": model.schema.target,
        "score": model.score,
        "refiner": model.refiner and model.refiner.describe(),
        "card": model.card.to_dict(),
        "record": model.record.to_dict(),
        "config": model.config.to_dict(),
        "columns": columns,
        "relations": list(model.relations.texts),
    }


def _schema_table(frame: pd.DataFrame, schema: TableSchema) -> Iterator[RenderableType]:
    """Yield one table: not made unless it is asked for, since it counts values."""
    title = f"{len(frame):,} rows, {len(schema.columns)} columns"
    table = Table("column", "kind", "dtype", title=title, title_justify="left")
    for heading in ("missing", "distinct"):
        table.add_column(heading, justify="right")
    table.add_column("range, or most frequent values", overflow="fold")
    for column in schema.columns:
        series = frame[column.name]
        _add_row(
            table,
            column.name,
            column.kind.value,
            column.dtype,
            f"{series.isna().mean():.1%}",
            f"{series.nunique():,}",
            _format_values(column, series),
        )
    yield table


def _relation_tables(relations: RelationSet) -> Iterator[RenderableType]:
    """Yield the relations that hold in every row, then those that hold in nearly every row."""
    kept = Table("relation", "holds in every row, and in every generated row")
    kept.add_column("rows", justify="right")
    for discovered in (*relations.kept, *relations.implied):
        explanation = discovered.relation.explain()
        _add_row(kept, discovered.relation.text, explanation, f"{discovered.support:,}")
    nearly = Table(
        "relation", "holds in nearly every row, or beside those above: not kept unless declared"
    )
    nearly.add_column("rows that break it", justify="right")
    for discovered in relations.offered:
        explanation = discovered.relation.explain()
        _add_row(nearly, discovered.relation.text, explanation, f"{discovered.n_violations:,}")
    yield from (table for table in (kept, nearly) if table.row_count)


def _format_values(column: Column, series: "pd.Series[Any]") -> str:
    """Return what a column holds: the range of numbers and datetimes, else its frequent values."""
    if column.kind.is_number:
        return "{:.10g} to {:.10g}".format(*_range(parse_numbers(series)))
    if column.kind is ColumnKind.DATETIME:
        first, last = _range(parse_datetimes(series, column.format))
        shown = f"{show_datetime(first, column)} to {show_datetime(last, column)}"
        return shown + _explain_format(column, series)
    counts = series.value_counts()
    categories = ", ".join(map(str, counts.index[:MAX_SHOWN_CATEGORIES]))
    return categories + (", ..." if len(counts) > MAX_SHOWN_CATEGORIES else "")


def _range(numbers: Iterable[float]) -> tuple[float, float]:
    """Return the least and the greatest number, gaps left out."""
    present = [number for number in numbers if not math.isnan(number)]
    return min(present), max(present)


def _explain_format(column: Column, series: "pd.Series[Any]") -> str:
    """Return how moments that are no datetimes are read, and which other reading there is."""
    if column.format is None:
        return ""
    other = find_other_reading(text_array(series), column.format) if column.text else None
    also = "" if other is None else f" ({other} would fit as well: edit the schema if that is it)"
    return f", read as {column.format}{also}"


def _options_to_repeat(values: dict[str, Any]) -> str:
    """Return the options that repeat a fit, beside its table, target, schema and relations."""
    card, config = values["card"], TrainingConfig.from_dict(values["config"])
    preset = name_preset(config)
    options = [
        f"--seed {card['seed']}",
        f"--preset {preset}" if preset else "settings of its own (config)",
        f"--steps {config.steps} --objective {config.objective}",
        "" if config.refine_rounds else "--no-refine",
        f"--protect --protect-below {card['protect_below']}" if card["protect"] else "",
        f"--threads {card['threads']}",
        f"in {card['processes']} processes" if card["processes"] > 1 else "",
    ]
    return " ".join(filter(None, options))


def _facts_table(path: Path, values: dict[str, Any]) -> RenderableType:
    card, record = values["card"], values["record"]
    refiner = values["refiner"]
    score = "none: too few rows" if values["score"] is None else f"{values['score']:.3f}"
    if record["noise_floor"] is not None:
        score += f" (real rows: {record['noise_floor']:.3f})"
    facts = {
        "target": values["target"],
        "rows learned from": f"{card['rows']:,}",
        "two-sample score": f"{score} on {record['rows_held_out']:,} held-out rows",
        "refined": refiner
        and f"{refiner['rounds']} rounds, {refiner['candidates']} candidates a row, effective "
        f"sample size {refiner['effective']:.2f} of the rows, of which {refiner['distinct']:.1%} "
        "are distinct",
        "steps": f"{record['steps_done']:,}, the best after {record['best_step']:,}; "
        f"{record['ended']}",
        "remarks": "; ".join(record["messages"]) or None,
        "to repeat": _options_to_repeat(values),
        "fitted": f"in {card['seconds']:.0f} s on {card['device']}, with tabgan {card['tabgan']} "
        f"and torch {card['torch']}",
    }
    table = Table(title=str(path), title_justify="left", show_header=False)
    for name, fact in facts.items():
        if fact is not None:
            _add_row(table, name, fact)
    return table


def _columns_table(values: dict[str, Any]) -> RenderableType:
    table = Table("column", "kind", "dtype")
    table.add_column("classes", justify="right")
    for column in values["columns"]:
        _add_row(
            table, column["name"], column["kind"], column["dtype"], column["classes"] or "follows"
        )
    return table


def _add_row(table: Table, *cells: object) -> None:
    """Add cells as they are: a name like [b] is no markup."""
    table.add_row(*(Text(str(cell)) for cell in cells))
