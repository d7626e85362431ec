"""A table <-> codes and scalars: one encoder a column, by its kind; one part or more a column."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from tabgan.config import NO_PROTECTION, Protection
from tabgan.encoding.column_encoder import ColumnEncoder, EncoderConfig, PartEncoder
from tabgan.encoding.encoded_column import EncodedColumn, PartSelections
from tabgan.encoding.encoded_table import EncodedTable
from tabgan.encoding.layout import Layout
from tabgan.encoding.mode_specific_normalization import count_mixture_rows
from tabgan.encoding.registry import fit_column, read_column
from tabgan.encoding.trial_cells import check_decodable
from tabgan.errors import ModelFileError, SettingError
from tabgan.schema import ColumnKind, Name, TableSchema
from tabgan.state_reader import StateReader


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
            series, fillers = frame[column.name], config.fillers.get(column.name)
            series = series if fillers is None else series[~fillers]
            encoders.append(fit_column(column, series, config))
        for index, encoder in enumerate(encoders):
            encoders[index] = encoder.group(frame, encoders[:index] + encoders[index + 1 :])
        return cls(schema, encoders)

    @cached_property
    def parts(self) -> tuple[PartEncoder, ...]:
        """What the networks learn: the parts of all columns, in order."""
        return tuple(part for encoder in self.encoders for part in encoder.parts)

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Number of each column's first part, then how many parts there are; (n_columns + 1,)."""
        return tuple(np.cumsum([0, *(len(each.parts) for each in self.encoders)]).tolist())

    @cached_property
    def layout(self) -> Layout:
        """Where each part's classes stand in a row of indicators."""
        parts, target = self.parts, self.schema.target
        found = [part.spans for part in parts]
        spans = [
            s if s is not None else np.zeros((p.n_classes, 2))
            for p, s in zip(parts, found, strict=True)
        ]
        return Layout(
            n_classes=tuple(part.n_classes for part in parts),
            n_modes=tuple(part.n_modes for part in parts),
            ordered=tuple(number for number, own in enumerate(found) if own is not None),
            spans=np.vstack(spans),
            target=None if target is None else self.starts[self.schema.names.index(target)],
        )

    @property
    def max_length(self) -> int:
        """Characters of the longest text that a cell may hold; 0: there is none."""
        return max(encoder.max_length for encoder in self.encoders)

    def encode(self, frame: pd.DataFrame, rng: np.random.Generator) -> EncodedTable:
        """Encode a table that the schema has checked; (n_rows, n_columns) to (n_rows, n_parts)."""
        codes = np.empty((len(frame), len(self.parts)), np.int32)
        scalars = np.zeros(codes.shape, np.float32)
        for start, encoder in zip(self.starts, self.encoders, strict=False):
            parts = encoder.encode_parts(frame[encoder.column.name], rng)
            for number, cells in enumerate(parts, start):
                codes[:, number], scalars[:, number] = cells.codes, cells.scalars
        return EncodedTable(codes, scalars)

    def decode(
        self,
        table: EncodedTable,
        rows: npt.NDArray[np.int64],
        rng: np.random.Generator,
        *,
        only: Collection[Name] | None = None,
        selections: Mapping[int, PartSelections] | None = None,
    ) -> pd.DataFrame:
        """Return encoded rows as a table with the dtypes of the training table.

        Args:
            table: The rows; shape (n_rows, n_parts).
            rows: Their numbers in the whole sample; shape (n_rows,).
            rng: Source of the draws among values that share a class.
            only: Columns to decode; all of them when None.
            selections: What columns satisfy also within their classes, by number.
        """
        columns, names = {}, []
        for index, encoder in enumerate(self.encoders):
            if only is None or encoder.column.name in only:
                numbers = range(self.starts[index], self.starts[index + 1])
                cells = [EncodedColumn(table.codes[:, i], table.scalars[:, i]) for i in numbers]
                columns[index] = encoder.decode_parts(
                    cells, rows, rng, (selections or {}).get(index)
                )
                names.append(encoder.column.name)
        frame = pd.DataFrame(columns)
        frame.columns = pd.Index(names)
        return frame

    def with_counts(self, counts: Sequence[npt.NDArray[np.int64]], n_rows: int) -> "TableEncoder":
        """Return it with the frequencies of all rows, where it was fitted to a sample.

        Args:
            counts: Rows of each class, part by part; shape (n_classes,) each.
            n_rows: Rows of the whole table.

        Raises:
            TableError: They contradict what was counted of the whole table before.
        """
        encoders = [
            encoder.with_counts(counts[self.starts[index] : self.starts[index + 1]], n_rows)
            for index, encoder in enumerate(self.encoders)
        ]
        return TableEncoder(self.schema, encoders)

    def check_room(self, n_rows: int) -> None:
        """Check that so many rows can be made without a key that repeats.

        Raises:
            SettingError: A column has fewer keys left.
        """
        for encoder in self.encoders:
            if encoder.room is not None and encoder.room < n_rows:
                raise SettingError(
                    f"{n_rows:,} rows need as many new keys of the column "
                    f"{encoder.column.name!r}, of which {encoder.room:,} are left; ask for fewer "
                    "rows, or give the column a wider pattern or another kind in the schema."
                )

    def keep_out(self, frame: pd.DataFrame, protection: Protection = NO_PROTECTION) -> Self:
        """Return encoders that make up none of the keys and texts of more rows of the table.

        Under protection keys are let in: to keep them out would say which ones there are.
        """
        kinds = {kind for kind in ColumnKind if kind.is_made_anew}
        kinds = {ColumnKind.TEXT} if protection.is_on else kinds
        encoders = [
            each.keep_out(frame[each.column.name]) if each.column.kind in kinds else each
            for each in self.encoders
        ]
        return type(self)(self.schema, encoders)

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
    def from_state(cls, schema: TableSchema, states: list[StateReader]) -> Self:
        """Rebuild the encoders from what `to_state` returned.

        Raises:
            ModelFileError: They are not those of such columns.
        """
        if len(states) != len(schema.columns) or not states:
            raise ModelFileError(
                f"there are {len(states)} encoders of {len(schema.columns)} columns"
            )
        pairs = zip(schema.columns, states, strict=True)
        encoders = [read_column(column, state) for column, state in pairs]
        for encoder, state in zip(encoders, states, strict=True):
            is_any = all(part.n_classes for part in encoder.parts)
            state.check(is_any, "", f"has nothing that the column {encoder.column.name!r} can hold")
            check_decodable(encoder, state)
        return cls(schema, encoders)
