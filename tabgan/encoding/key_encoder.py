"""Keys of which only is learned whether they are there: numbers, and those of old files."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from tabgan.encoding.column_encoder import PartEncoder
from tabgan.encoding.encoded_column import EncodedColumn, Rows, Selection
from tabgan.errors import ConditionError
from tabgan.schema import Column, ColumnKind, restore_dtype
from tabgan.schema.arrays import Objects
from tabgan.schema.float_conversion import asks_for_missing
from tabgan.schema.predicates import Clause


@dataclass(frozen=True)
class KeyEncoder(PartEncoder):
    """A column of keys: one class, and one for gaps.

    Attributes:
        n_present: Rows of the table that hold a key.
        n_missing: Rows that hold none.
    """

    n_present: int
    n_missing: int

    @abstractmethod
    def write(self, rows: Rows, rng: np.random.Generator) -> Objects:
        """Return the keys of rows of these numbers; shape (n_rows,) both."""

    @property
    def n_classes(self) -> int:
        return 1 + (self.n_missing > 0)

    @property
    def frequencies(self) -> npt.NDArray[np.float64]:
        counts = [self.n_present] + ([self.n_missing] if self.n_missing else [])
        return np.array(counts, np.float64) / sum(counts)

    def with_counts(self, counts: Sequence[npt.NDArray[np.int64]], n_rows: int) -> Self:
        n_missing = int(counts[0][1:].sum())
        return replace(self, n_present=n_rows - n_missing, n_missing=n_missing)

    def encode(self, series: pd.Series, rng: np.random.Generator) -> EncodedColumn:  # noqa: ARG002
        codes = series.isna().to_numpy().astype(np.int32)
        return EncodedColumn(codes, np.zeros(len(codes), np.float32))

    def decode(self, cells: EncodedColumn, rows: Rows, rng: np.random.Generator) -> pd.Series:
        values = self.write(rows, rng)
        values[cells.codes == 1] = None
        return restore_dtype(values, self.column)

    def renumber(self, series: pd.Series, rows: Rows, rng: np.random.Generator) -> pd.Series:
        return self.decode(self.encode(series, rng), rows, rng)

    def select(self, clauses: list[Clause]) -> Selection:
        clause, one = clauses[0], np.ones(1)
        has_any = self.n_present if clause.operator == "!=" else self.n_missing
        if not (asks_only_for_gaps(clauses) and has_any):
            raise made_anew_error(self.column)
        code = 0 if clause.operator == "!=" else 1
        share = float(self.frequencies[code])
        return Selection(np.array([code], np.int32), one, 0 * one, 0 * one, share=share)


def asks_only_for_gaps(clauses: list[Clause]) -> bool:
    """Return whether clauses are one, about whether a cell is missing."""
    value: Any = clauses[0].value
    is_gap = asks_for_missing(value) or value == ""
    return len(clauses) == 1 and clauses[0].operator in {"=", "!="} and is_gap


def made_anew_error(column: Column) -> ConditionError:
    """Return the error of asking for values that are made anew."""
    what = "an identifier" if column.kind is ColumnKind.IDENTIFIER else "made of parts of a pattern"
    return ConditionError(
        f"column {column.name!r} is {what}: its values are made anew for every row "
        "and cannot be asked for; ask for other columns."
    )
