"""A table <-> codes and scalars: one encoder a column, by its kind."""

from collections.abc import Callable, Collection
from dataclasses import replace
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from tabgan.encoding.column_encoder import (
    ColumnEncoder,
    EncodedColumn,
    EncoderConfig,
)
from tabgan.encoding.encoded_table import EncodedTable
from tabgan.encoding.layout import Layout
from tabgan.encoding.mode_specific_normalization import count_mixture_rows
from tabgan.encoding.registry import fit_column, read_column
from tabgan.schema import Name, TableSchema


class TableEncoder:
    """All columns' encoders, in the order of the schema."""

    def __init__(self, schema: TableSchema, encoders: list[ColumnEncoder]) -> None:
        self.schema = schema
        self.encoders = encoders

    @classmethod
    def fit(
        cls,
        frame: pd.DataFrame,
        schema: TableSchema,
        config: EncoderConfig,
        on_column: Callable[[int, int], None],
    ) -> Self:
        """Fit one encoder a column.

        Args:
            frame: The training table; shape (n_rows, n_columns).
            schema: Of the same columns, in the same order.
            config: What encoders may use and must not remember.
            on_column: Called before each column with how many of how many are done.
        """
        encoders: list[ColumnEncoder] = []
        config = replace(config, mixture_rows=count_mixture_rows(len(schema.columns)))
        for column in schema.columns:
            on_column(len(encoders), len(schema.columns))
            encoders.append(fit_column(column, frame[column.name], config))
        for index, encoder in enumerate(encoders):
            encoders[index] = encoder.group(frame, encoders[:index] + encoders[index + 1 :])
        return cls(schema, encoders)

    @cached_property
    def layout(self) -> Layout:
        """Where each column's classes stand in a row of indicators."""
        spans = [
            e.spans if e.spans is not None else np.zeros((e.n_classes, 2)) for e in self.encoders
        ]
        target = self.schema.target
        return Layout(
            n_classes=tuple(encoder.n_classes for encoder in self.encoders),
            n_modes=tuple(encoder.n_modes for encoder in self.encoders),
            ordered=tuple(i for i, e in enumerate(self.encoders) if e.spans is not None),
            spans=np.vstack(spans),
            target=None if target is None else self.schema.names.index(target),
        )

    def encode(self, frame: pd.DataFrame, rng: np.random.Generator) -> EncodedTable:
        """Encode a table that the schema has checked; (n_rows, n_columns) in and out."""
        codes = np.empty((len(frame), len(self.encoders)), np.int32)
        scalars = np.zeros(codes.shape, np.float32)
        for index, encoder in enumerate(self.encoders):
            cells = encoder.encode(frame[encoder.column.name], rng)
            codes[:, index], scalars[:, index] = cells.codes, cells.scalars
        return EncodedTable(codes, scalars)

    def decode(
        self,
        table: EncodedTable,
        rows: npt.NDArray[np.int64],
        rng: np.random.Generator,
        *,
        only: Collection[Name] | None = None,
    ) -> pd.DataFrame:
        """Return encoded rows as a table with the dtypes of the training table.

        Args:
            table: The rows; shape (n_rows, n_columns).
            rows: Their numbers in the whole sample; shape (n_rows,).
            rng: Source of the draws among values that share a class.
            only: Columns to decode; all of them when None.
        """
        columns, names = {}, []
        for index, encoder in enumerate(self.encoders):
            if only is None or encoder.column.name in only:
                cells = EncodedColumn(table.codes[:, index], table.scalars[:, index])
                columns[index] = encoder.decode(cells, rows, rng)
                names.append(encoder.column.name)
        frame = pd.DataFrame(columns)
        frame.columns = pd.Index(names)
        return frame

    def renumber(
        self, frame: pd.DataFrame, rows: npt.NDArray[np.int64], rng: np.random.Generator
    ) -> pd.DataFrame:
        """Return decoded rows with the identifiers of rows of these numbers; (n_rows,)."""
        numbered = frame.copy(deep=False)
        for encoder in self.encoders:
            name = encoder.column.name
            numbered[name] = encoder.renumber(frame[name], rows, rng)
        return numbered

    def to_state(self) -> list[dict[str, Any]]:
        """Return every encoder's state, in order."""
        return [encoder.to_state() for encoder in self.encoders]

    @classmethod
    def from_state(cls, schema: TableSchema, states: list[dict[str, Any]]) -> Self:
        """Rebuild the encoders from what `to_state` returned."""
        pairs = zip(schema.columns, states, strict=True)
        return cls(schema, [read_column(column, state) for column, state in pairs])
