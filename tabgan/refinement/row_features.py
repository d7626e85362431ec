"""Rows as trees read them: what is learned, and what follows from it once rows are whole."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from tabgan.encoding.encoded_table import EncodedTable
from tabgan.encoding.layout import Layout
from tabgan.encoding.table_encoder import TableEncoder
from tabgan.relations import Relation, Relations
from tabgan.relations.functional_dependency.functional_dependency import Dependency
from tabgan.schema.column import Column, ColumnKind, Name
from tabgan.schema.predicates import read_numbers

Features = npt.NDArray[np.float64]


@dataclass(frozen=True)
class RowView:
    """What a classifier is shown of encoded rows.

    Numbers stand as their place on the column's scale, levels as their code; columns that relations
    restore are added as they are in the table, so that nothing is hidden that a user would see.

    Attributes:
        encoder: Of the learned columns.
        relations: What restores the others.
    """

    encoder: TableEncoder
    relations: Relations

    def __call__(self, table: EncodedTable) -> Features:
        """Give rows as features; (n_rows, n_columns) -> (n_rows, n_features), NaN for gaps."""
        features = [place_rows(table, self.encoder.layout)]
        if self._restored:
            frame = self._restore(table)
            features += [_read(frame[c.name], c, r)[:, None] for c, r in self._restored]
        return np.hstack(features)

    @cached_property
    def _restored(self) -> list[tuple[Column, Relation]]:
        """Columns that follow in a way that trees do not see by themselves."""
        return [
            (column, relation)
            for relation in self.relations.relations
            if not relation.FILLS_GAPS
            for column in relation.dependents
            if isinstance(relation, Dependency) or _is_number(column)
        ]

    @cached_property
    def _needed(self) -> set[Name]:
        """Columns that take part in any relation."""
        return {
            column.name
            for relation in self.relations.relations
            for column in (*relation.dependents, *relation.sources)
        }

    def _restore(self, table: EncodedTable) -> pd.DataFrame:
        rows, rng = np.arange(len(table)), np.random.default_rng(0)
        frame = self.encoder.decode(table, rows, rng, only=self._needed)
        return self.relations.restore_some(frame)


def _is_number(column: Column) -> bool:
    return column.kind.is_number or column.kind is ColumnKind.DATETIME


def _read(series: "pd.Series[Any]", column: Column, relation: Relation) -> Features:
    """Give a restored column as numbers; shape (n_rows,)."""
    if isinstance(relation, Dependency):
        return relation.values.find(series).astype(np.float64)
    return read_numbers(series, column)


def place_rows(table: EncodedTable, layout: Layout) -> Features:
    """Give numbers by their place on their column's scale, levels by their code.

    Shape (n_rows, n_columns); missing numbers are NaN.
    """
    matrix = table.codes.astype(np.float64)
    for column in layout.ordered:
        first = layout.offsets[column]
        spans = layout.spans[first : first + layout.n_classes[column]]
        low, high = spans[table.codes[:, column]].T
        place = low + (high - low) * (table.scalars[:, column] + 1) / 2
        missing = (spans == 0).all(axis=1)[table.codes[:, column]]
        matrix[:, column] = np.where(missing, np.nan, place)
    return matrix
