"""The first look at a table too large to be held: a bounded choice of rows, and what it would miss.

The choice is a reservoir: every row is as likely to be in it as any other, and the same seed gives
the same rows however they are batched. Beside it stand witnesses: for each column the rows that
hold its least and its greatest value, its first gap and its first fraction, so that what is
learned from the choice knows of them.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from tabgan.errors import TableError
from tabgan.fitting.stacking import cast, stack
from tabgan.schema import TableSchema
from tabgan.schema.column import Column, ColumnKind, Name
from tabgan.schema.inference import MAX_KEY_SPREAD, StorageType, storage_type_of
from tabgan.schema.text import parse_numbers
from tabgan.schema.validation import check_values

Indices = npt.NDArray[np.int64]

MAX_ROWS = 200_000  # of the choice ...
MAX_BYTES = 250_000_000  # ... and what they take in memory at the most
MIN_ROWS = 10_000
NUMBER = "__row__"  # the column that says where a chosen row stands in the table
PLAIN = {
    StorageType.NUMBER,
    StorageType.DURATION,
    StorageType.DATETIME,
    StorageType.TEXT,
    StorageType.BOOLEAN,
}


@dataclass(frozen=True)
class FirstPass:
    """What is known of a table after a first look.

    Attributes:
        rows: Rows of the whole table.
        sample: Those chosen, and the witnesses, in the order of the table.
    """

    rows: int
    sample: pd.DataFrame

    def conform(self, batch: pd.DataFrame) -> pd.DataFrame:
        """Return a batch the dtypes of the whole table.

        Raises:
            TableError: It has other columns, or values that the first look did not see.
        """
        if list(batch.columns) != list(self.sample.columns):
            raise TableError("the columns are no longer those of the first look; start again.")
        wanted = {
            name: dtype for name, dtype in self.sample.dtypes.items() if batch[name].dtype != dtype
        }
        conformed = batch.copy(deep=False)
        for name, dtype in wanted.items():
            try:
                conformed[name] = cast(batch[name], dtype)
            except (TypeError, ValueError) as error:
                raise TableError(
                    f"the column {name!r} has values that the first look did not meet; "
                    "start again once nothing writes to the table."
                ) from error
        return conformed


def first_pass(batches: Iterable[pd.DataFrame], rng: np.random.Generator, rows: int) -> FirstPass:
    """Look through a table once.

    Args:
        batches: The table, in order.
        rng: Source of the choice.
        rows: How many are chosen.

    Raises:
        TableError: A column changes its type, or the table cannot be learned as it is.
    """
    reservoir, extremes = _Reservoir(rows, rng), _ExtremeRows()
    seen = 0
    for batch in batches:
        indices = np.arange(seen, seen + len(batch))
        reservoir.add(batch, indices)
        extremes.add(batch, indices)
        seen += len(batch)
    if not seen:
        raise TableError("the table has columns but no rows; give a table with rows.")
    chosen = stack([*reservoir.finish(), *extremes.parts])
    chosen = chosen.drop_duplicates(NUMBER).sort_values(NUMBER, kind="stable")
    return FirstPass(seen, chosen.drop(columns=NUMBER).reset_index(drop=True))


def count_chosen(row_bytes: float) -> int:
    """Return how many rows of a table are chosen, by what one takes in memory."""
    return int(np.clip(MAX_BYTES / max(row_bytes, 1.0), MIN_ROWS, MAX_ROWS))


class _Reservoir:
    """The rows with the smallest of random keys, which are as many draws as there are rows."""

    def __init__(self, size: int, rng: np.random.Generator) -> None:
        self.size, self.rng = size, rng
        self.parts: list[pd.DataFrame] = []
        self._keys: list[npt.NDArray[np.float64]] = []
        self._limit = np.inf

    def add(self, batch: pd.DataFrame, indices: Indices) -> None:
        """Draw among the rows of one more batch and those that were drawn before."""
        keys = self.rng.random(len(batch))
        drawn = np.flatnonzero(keys < self._limit)
        if not len(drawn):
            return
        self.parts.append(_pick(batch, indices, drawn))
        self._keys.append(keys[drawn])
        if sum(map(len, self._keys)) > self.size * (1 if np.isinf(self._limit) else 1.25):
            self._prune()

    def _prune(self) -> None:
        keys = np.concatenate(self._keys)
        self._limit = np.partition(keys, self.size - 1)[self.size - 1]
        kept = [key <= self._limit for key in self._keys]
        self.parts = [part[mask] for part, mask in zip(self.parts, kept, strict=True)]
        self._keys = [key[mask] for key, mask in zip(self._keys, kept, strict=True)]

    def finish(self) -> list[pd.DataFrame]:
        """Return the rows drawn."""
        if sum(map(len, self._keys)) > self.size:
            self._prune()
        return self.parts


class _ExtremeRows:
    """Rows that show what a column can hold."""

    def __init__(self) -> None:
        self.parts: list[pd.DataFrame] = []
        self._storages: dict[Hashable, tuple[StorageType, int]] = {}
        self._seen: set[tuple[Hashable, str]] = set()
        self._ends: dict[Hashable, tuple[Any, Any]] = {}

    def add(self, batch: pd.DataFrame, indices: Indices) -> None:
        """Keep the rows of a batch that show something new.

        Raises:
            TableError: A column holds another type than before, or what no table may hold.
        """
        rows: set[int] = set()
        for name in batch.columns:
            series = batch[name]
            check_values(name, series)
            rows |= self._first(name, "gap", series.isna().to_numpy())
            storage = StorageType.MISSING if series.isna().all() else storage_type_of(series)
            if storage is not StorageType.MISSING:
                self._check_type(name, series, storage, int(indices[0]))
                rows |= self._find_ends(name, series, storage)
        if rows:
            self.parts.append(_pick(batch, indices, np.array(sorted(rows))))

    def _first(self, name: Hashable, fact: str, mask: npt.NDArray[np.bool_]) -> set[int]:
        """Return the first row where a fact holds, unless it has been met before."""
        if (name, fact) in self._seen or not mask.any():
            return set()
        self._seen.add((name, fact))
        return {int(mask.argmax())}

    def _check_type(
        self, name: Hashable, series: "pd.Series[Any]", storage: StorageType, start: int
    ) -> None:
        was, first = self._storages.setdefault(name, (storage, start))
        if was is not storage:
            odd = series.notna()
            if (
                was is StorageType.NUMBER and storage is StorageType.TEXT
            ):  # of CSV all of a batch is text then
                odd &= pd.to_numeric(series, errors="coerce").isna()
            row = int(odd.to_numpy().argmax())
            raise TableError(
                f"the column {name!r} holds {was.name.lower()}s from row {first + 1:,} on, and "
                f"{storage.name.lower()}s such as {str(series.iloc[row])!r} near row "
                f"{start + row + 1:,}; make all its values of one type, or keep the table as "
                "Parquet, where columns have types."
            )

    def _find_ends(
        self, name: Hashable, series: "pd.Series[Any]", storage: StorageType
    ) -> set[int]:
        """Return the rows that hold a lower or a higher value than all before, or a fraction."""
        if storage not in PLAIN or isinstance(series.dtype, pd.CategoricalDtype):
            return set()
        rows = set()
        if storage is StorageType.NUMBER:
            numbers = parse_numbers(series)
            rows |= self._first(name, "fraction", numbers % 1 > 0)
            present: Any = pd.Series(numbers).dropna()
        else:
            present = series.reset_index(drop=True).dropna()
        low, high = present.min(), present.max()
        least, most = self._ends.get(name, (low, high))
        if name not in self._ends or low < least:
            rows.add(int(present.index[(present == low).to_numpy().argmax()]))
        if name not in self._ends or high > most:
            rows.add(int(present.index[(present == high).to_numpy().argmax()]))
        self._ends[name] = min(low, least), max(high, most)
        return rows


def infer_schema(looked: FirstPass, target: Name | None) -> TableSchema:
    """Infer the schema of a table from what was chosen of it, and how many rows it has.

    Raises:
        TableError: The table cannot be learned as it is.
    """
    schema = TableSchema.infer(looked.sample, target)
    columns = tuple(_find_counter(column, looked, target) for column in schema.columns)
    return replace(schema, columns=columns)


def _find_counter(column: Column, looked: FirstPass, target: Name | None) -> Column:
    """Take whole numbers for keys if none repeats and all rows would nearly fill their range."""
    if column.kind is not ColumnKind.INTEGER or column.text or column.name == target:
        return column
    numbers = parse_numbers(looked.sample[column.name])
    spread = np.ptp(numbers) + 1
    is_key = spread <= MAX_KEY_SPREAD * looked.rows and pd.Series(numbers).is_unique
    return replace(column, kind=ColumnKind.IDENTIFIER) if is_key else column


def _pick(batch: pd.DataFrame, indices: Indices, rows: Indices) -> pd.DataFrame:
    """Return some rows of a batch, with their places in the table."""
    return batch.iloc[rows].assign(**{NUMBER: indices[rows]})
