"""Features of trees: the learned columns of rows, and those that relations restore."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from tabgan.encoding.encoded_table import EncodedTable
from tabgan.encoding.layout import Layout
from tabgan.encoding.table_encoder import TableEncoder
from tabgan.relations import Relation, RelationSet
from tabgan.schema.column import Column, Name

Features = npt.NDArray[np.float64]


@dataclass(frozen=True)
class RefinerFeatures:
    """Computes features of encoded rows, for boosted trees and for the two-sample score.

    Numbers are their quantile in the column, categories their code; columns that relations restore
    are added, so that all that users see is judged.

    Attributes:
        encoder: Of the learned columns.
        relations: Those that restore the other columns.
    """

    encoder: TableEncoder
    relations: RelationSet

    def __call__(self, table: EncodedTable) -> Features:
        """Return rows as features; (n_rows, n_columns) -> (n_rows, n_features), NaN for gaps."""
        return self.of_restored(table, self._restore(table) if self._restored else None)

    def of_restored(self, table: EncodedTable, frame: pd.DataFrame | None) -> Features:
        """Return the features of rows that are restored already; (n_rows, n_features)."""
        features = [to_tree_features(table, self.encoder.layout)]
        if frame is not None:
            features += [r.to_feature(frame[c.name], c)[:, None] for c, r in self._restored]
        return np.hstack(features)

    @property
    def n_features(self) -> int:
        """How many features a row has."""
        return len(self.encoder.parts) + len(self._restored)

    @cached_property
    def _restored(self) -> list[tuple[Column, Relation]]:
        """Restored columns that trees cannot compute from the others by themselves."""
        return [
            (column, relation)
            for relation in self.relations.relations
            if not relation.FILLS_GAPS
            for column in relation.dependents
            if relation.has_feature(column)
        ]

    @cached_property
    def _needed(self) -> set[Name]:
        """Columns that take part in any relation by which others follow."""
        return {
            column.name
            for relation in self.relations.relations
            if relation.dependents
            for column in (*relation.dependents, *relation.sources)
        }

    def _restore(self, table: EncodedTable) -> pd.DataFrame:
        rows, rng = np.arange(len(table)), np.random.default_rng(0)
        frame = self.encoder.decode(table, rows, rng, only=self._needed)
        return self.relations.restore_some(frame)


def to_tree_features(table: EncodedTable, layout: Layout) -> Features:
    """Return quantiles of numbers, NaN where missing, and codes of categories.

    Shape (n_rows, n_columns), as the table.
    """
    matrix = table.codes.astype(np.float64)
    for column in layout.ordered:
        first = layout.offsets[column]
        spans = layout.spans[first : first + layout.n_classes[column]]
        low, high = spans[table.codes[:, column]].T
        quantile = low + (high - low) * (table.scalars[:, column] + 1) / 2
        missing = (spans == 0).all(axis=1)[table.codes[:, column]]
        matrix[:, column] = np.where(missing, np.nan, quantile)
    return matrix
