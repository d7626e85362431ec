"""`tabgan inspect`: the schema that `fit` would infer, or what is in a model."""

import json
import math
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from tabgan_cli.display import Display

if TYPE_CHECKING:
    import pandas as pd

    from tabgan.model.tabular_model import TabularModel
    from tabgan.relations import RelationSet
    from tabgan.schema import Column, TableSchema

WIDE = 160  # columns of text where no terminal says how many fit
SHOWN = 3  # levels of a column


@click.command()
@click.argument("path", metavar="TABLE|MODEL", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON; of a table: for fit --schema.")
def inspect(path: Path, as_json: bool) -> None:
    """Show the schema of a table, or what is in a model.

    A table is a file, a folder of .parquet files, or a quoted pattern such as 'data/*.csv'.
    """
    with Display() as display:
        from tabgan.io.model_file import is_model_file  # noqa: PLC0415 - slow

        display.begin(f"reading {path}")
        if path.suffix == ".tabgan" or is_model_file(path):
            shown = _show_model(path, as_json)
        else:
            shown = _show_table(path, as_json)
    if as_json:
        click.echo(json.dumps(shown, indent=2, ensure_ascii=False))
        return
    console = Console(width=None if sys.stdout.isatty() else WIDE, highlight=False)
    for part in shown:
        console.print(part)


def _show_table(path: Path, as_json: bool) -> Any:
    from tabgan.io import find_source  # noqa: PLC0415 - slow
    from tabgan.relations import RelationSet  # noqa: PLC0415 - slow
    from tabgan.schema import TableSchema  # noqa: PLC0415 - slow

    frame = find_source(path).read()
    schema = TableSchema.infer(frame)
    relations = RelationSet.discover(frame, schema)
    if as_json:
        return replace(schema, relations=relations.texts).to_dict()
    return [_draw_schema(frame, schema), *_draw_relations(relations)]


def _show_model(path: Path, as_json: bool) -> Any:
    from tabgan.model.tabular_model import TabularModel  # noqa: PLC0415 - slow

    model = TabularModel.load(path, "cpu")
    values = describe_model(model)
    if as_json:
        return values
    return [_draw_facts(path, values), _draw_columns(values), *_draw_relations(model.relations)]


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


def _draw_schema(frame: "pd.DataFrame", schema: "TableSchema") -> RenderableType:
    title = f"{len(frame):,} rows, {len(schema.columns)} columns"
    drawn = Table("column", "kind", "dtype", title=title, title_justify="left")
    for heading in ("missing", "distinct"):
        drawn.add_column(heading, justify="right")
    drawn.add_column("range, or most frequent values", overflow="fold")
    for column in schema.columns:
        series = frame[column.name]
        _add_row(
            drawn,
            column.name,
            column.kind.value,
            column.dtype,
            f"{series.isna().mean():.1%}",
            f"{series.nunique():,}",
            _show_values(column, series),
        )
    return drawn


def _draw_relations(relations: "RelationSet") -> Iterator[RenderableType]:
    """Draw what holds in every row, then what holds in nearly every row."""
    kept = Table("relation", "holds in every row, and in every generated row")
    kept.add_column("rows", justify="right")
    for finding in (*relations.kept, *relations.implied):
        words = finding.relation.explain()
        _add_row(kept, finding.relation.text, words, f"{finding.support:,}")
    nearly = Table(
        "relation", "holds in nearly every row, or beside those above: not kept unless declared"
    )
    nearly.add_column("rows that break it", justify="right")
    for finding in relations.offered:
        words = finding.relation.explain()
        _add_row(nearly, finding.relation.text, words, f"{finding.n_violations:,}")
    yield from (drawn for drawn in (kept, nearly) if drawn.row_count)


def _show_values(column: "Column", series: "pd.Series[Any]") -> str:
    """Return what a column holds: the range of numbers and moments, else its frequent values."""
    from tabgan.schema import ColumnKind  # noqa: PLC0415 - slow
    from tabgan.schema.text import parse_datetimes, parse_numbers  # noqa: PLC0415 - slow

    if column.kind.is_number:
        return "{:.10g} to {:.10g}".format(*_range(parse_numbers(series)))
    if column.kind is ColumnKind.DATETIME:
        first, last = _range(parse_datetimes(series, column.format))
        return f"{_show_moment(first)} to {_show_moment(last)}"
    counts = series.value_counts()
    levels = ", ".join(str(level) for level in counts.index[:SHOWN])
    return levels + (", ..." if len(counts) > SHOWN else "")


def _range(numbers: Iterable[float]) -> tuple[float, float]:
    """Return the least and the greatest number, gaps left out."""
    present = [number for number in numbers if not math.isnan(number)]
    return min(present), max(present)


def _show_moment(seconds: float) -> str:
    """Write seconds since 1970, without a time of day that says nothing.

    >>> _show_moment(86_400.0)
    '1970-01-02'
    """
    moment = datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
    return str(moment).removesuffix(" 00:00:00")


def _tell_how_to_repeat(values: dict[str, Any]) -> str:
    """Return what repeats a fit, beside its table, target, schema and relations."""
    from tabgan.config import TrainingConfig, name_preset  # noqa: PLC0415 - slow

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


def _draw_facts(path: Path, values: dict[str, Any]) -> RenderableType:
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
        "to repeat": _tell_how_to_repeat(values),
        "fitted": f"in {card['seconds']:.0f} s on {card['device']}, with tabgan {card['tabgan']} "
        f"and torch {card['torch']}",
    }
    drawn = Table(title=str(path), title_justify="left", show_header=False)
    for name, fact in facts.items():
        if fact is not None:
            _add_row(drawn, name, fact)
    return drawn


def _draw_columns(values: dict[str, Any]) -> RenderableType:
    drawn = Table("column", "kind", "dtype")
    drawn.add_column("classes", justify="right")
    for column in values["columns"]:
        _add_row(
            drawn, column["name"], column["kind"], column["dtype"], column["classes"] or "follows"
        )
    return drawn


def _add_row(drawn: Table, *cells: object) -> None:
    """Add cells as they are: a name like [b] is no markup."""
    drawn.add_row(*(Text(str(cell)) for cell in cells))
