"""What `tabgan inspect` prints: the schema and relations of a table, or what is in a model."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.console import RenderableType
from rich.text import Text

from tabgan.io import ReadOptions, TableSource, find_source, local_path
from tabgan.io.model_file import is_model_file
from tabgan.relations import RelationSet
from tabgan.schema import TableSchema
from tabgan_cli.inspect_model import columns_table, facts_table, holdings_table
from tabgan_cli.inspect_table import overrule_line, relation_tables, schema_table
from tabgan_cli.made_rows import (
    describe_passes,
    draw_examples,
    find_score_margin,
    find_unjudged_by_score,
    plain_rows,
)

if TYPE_CHECKING:
    from tabgan.model.tabular_model import TabularModel

ABOUT_FACTS = (
    "A model keeps no more facts than it needs: `tabgan inspect TABLE` also lists those that "
    "follow from them, which hold in generated rows as well, and those that nearly hold.\n"
)
Description = tuple[dict[str, Any], Iterator[RenderableType]]  # for JSON, and for the terminal


def describe_file(name: str | Path, reading: dict[str, Any]) -> Description:
    """Return what is in a file, a table or a model, as plain values and as tables.

    Args:
        name: A file, a folder, a pattern, an address, or - for standard input.
        reading: How a table is written, as `ReadOptions` takes it.
    """
    path = local_path(str(name))
    if path is not None and (path.suffix == ".tabgan" or is_model_file(path)):
        return _describe_model_file(path)
    source = find_source(name, ReadOptions(**reading))
    frame = source.read()
    schema = TableSchema.infer(frame)
    relations = RelationSet.discover(schema.check(frame), schema)  # as a fit does
    values = replace(schema, relations=relations.texts).to_dict()
    parts = _table_parts(source, frame, schema, reading)
    return values, chain(parts, relation_tables(relations))


def _table_parts(
    source: TableSource, frame: pd.DataFrame, schema: TableSchema, reading: dict[str, Any]
) -> Iterator[RenderableType]:
    """Yield one table and a line: not made unless asked for, since values are counted."""
    yield Text(f"read as: {source.reading}")
    yield schema_table(frame, schema)
    yield overrule_line(source.name, reading)


def _describe_model_file(path: Path) -> Description:
    from tabgan.model.tabular_model import TabularModel  # noqa: PLC0415 - only here is torch needed

    model = TabularModel.load(path, "cpu")
    values = describe_model(model)
    parts = _model_parts(path, values), relation_tables(model.relations)
    return values, chain(*parts, [Text(ABOUT_FACTS)] if model.relations.kept else [])


def _model_parts(path: Path, values: dict[str, Any]) -> Iterator[RenderableType]:
    yield facts_table(path, values)
    yield columns_table(values)
    yield holdings_table(values)


def describe_model(model: "TabularModel") -> dict[str, Any]:
    """Return what is known of a model, and three rows that it makes, as plain values."""
    encoders = {encoder.column.name: encoder for encoder in model.encoder.encoders}
    columns = []
    for column in model.schema.columns:
        encoder = encoders.get(column.name)
        facts = {"classes": encoder.n_classes if encoder else 0}
        made_up = {"note": encoder and encoder.note, "room": encoder and encoder.room}
        held = {"holds": [one.to_dict() for one in encoder.holdings] if encoder else []}
        columns.append(column.to_dict() | facts | made_up | held)
    return {
        "target": model.schema.target,
        "score": model.score,
        "score_margin": find_score_margin(model),
        "not_judged": [vars(one) for one in find_unjudged_by_score(model)],
        "refiner": model.refiner and model.refiner.describe(),
        "score_in_many_passes": model.score_in_many_passes,
        "passes": describe_passes(model),
        "one_pass": model.one_pass and model.one_pass.describe(),
        "card": model.card.to_dict(),
        "record": model.record.to_dict(),
        "config": model.config.to_dict(),
        "columns": columns,
        "examples": plain_rows(draw_examples(model)),
        "relations": list(model.relations.texts),
        "relations_hold": {
            relation.text: [one.to_dict() for one in relation.holdings]
            for relation in model.relations.relations
        },
    }
