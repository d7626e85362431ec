"""The first pass over a table too large for memory: a reservoir sample, and extreme rows.

Every row is as likely to be in the reservoir as any other, and the same seed gives the same rows
however they are batched. Extreme rows are added: for each column those with its least and its
greatest value, its first gap and its first fraction, which the reservoir may miss.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from tabgan.errors import TableError
from tabgan.fitting.concat import cast, stack
from tabgan.schema import TableSchema
from tabgan.schema.arrays import Indices
from tabgan.schema.column import Column, ColumnKind, Name
from tabgan.schema.frame_checks import check_values
from tabgan.schema.number_kinds import MAX_KEY_SPREAD
from tabgan.schema.storage_types import StorageType, storage_type_of
from tabgan.schema.text import parse_numbers
from tabgan.schema.whole_numbers import parse_long_numbers

MAX_ROWS = 200_000  # of the reservoir ...
MAX_BYTES = 250_000_000  # ... and the memory they take ...
MIN_ROWS = 10_000  # ... but as many at the least
ROW_NUMBER = "__row__"  # the column that holds a sampled row's number in the table
ORDERED = {  # what has a least and a greatest value
    StorageType.NUMBER,
    StorageType.DURATION,
    StorageType.DATETIME,
    StorageType.TEXT,
    StorageType.BOOLEAN,
}


@dataclass(frozen=True)
class FirstPass:
    """What the first pass returns.

    Attributes:
        rows: Of the whole table.
        sample: The reservoir's and extreme rows, in the order of the table.
    """

    rows: int
    sample: pd.DataFrame

    def conform(self, batch: pd.DataFrame) -> pd.DataFrame:
        """Return a batch with the dtypes of the sample.

        Raises:
            TableError: It has other columns, or values that the first pass did not meet.
        """
        if list(batch.columns) != list(self.sample.columns):
            raise TableError("the columns are no longer those of the first look; start again.")
        conformed = batch.copy(deep=False)
        for name, dtype in self.sample.dtypes.items():
            if batch[name].dtype == dtype:
                continue
            try:
                conformed[name] = cast(batch[name], dtype)
            except (TypeError, ValueError) as error:
                raise TableError(
                    f"the column {name!r} has values that the first look did not meet; "
                    "start again once nothing writes to the table."
                ) from error
        return conformed


def first_pass(batches: Iterable[pd.DataFrame], rng: np.random.Generator, size: int) -> FirstPass:
    """Sample a table in one pass.

    Args:
        batches: The table, in order.
        rng: Source of the reservoir's keys.
        size: Rows of the reservoir.

    Raises:
        TableError: A column changes its type, or the table cannot be learned as it is.
    """
    reservoir, extremes = _Reservoir(size, rng), _ExtremeRows()
    n_rows = 0
    for batch in batches:
        numbers = np.arange(n_rows, n_rows + len(batch))
        reservoir.add(batch, numbers)
        extremes.add(batch, numbers)
        n_rows += len(batch)
    if not n_rows:
        raise TableError("the table has columns but no rows; give a table with rows.")
    sample = stack([*reservoir.finish(), *extremes.parts])
    sample = sample.drop_duplicates(ROW_NUMBER).sort_values(ROW_NUMBER, kind="stable")
    return FirstPass(n_rows, sample.drop(columns=ROW_NUMBER).reset_index(drop=True))


def reservoir_size(row_bytes: float) -> int:
    """Return how many rows of a table are sampled, by the bytes that one takes in memory."""
    return int(np.clip(MAX_BYTES / max(row_bytes, 1.0), MIN_ROWS, MAX_ROWS))


class _Reservoir:
    """The rows with the smallest random keys; every row draws one."""

    def __init__(self, size: int, rng: np.random.Generator) -> None:
        self.size, self.rng = size, rng
        self.parts: list[pd.DataFrame] = []
        self._keys: list[npt.NDArray[np.float64]] = []
        self._limit = np.inf

    def add(self, batch: pd.DataFrame, numbers: Indices) -> None:
        """Sample among the rows of one more batch and those that were sampled before."""
        keys = self.rng.random(len(batch))
        rows = np.flatnonzero(keys < self._limit)
        if not len(rows):
            return
        self.parts.append(_take_rows(batch, numbers, rows))
        self._keys.append(keys[rows])
        if sum(map(len, self._keys)) > self.size * (1 if np.isinf(self._limit) else 1.25):
            self._prune()

    def _prune(self) -> None:
        keys = np.concatenate(self._keys)
        self._limit = np.partition(keys, self.size - 1)[self.size - 1]
        kept = [key <= self._limit for key in self._keys]
        self.parts = [part[mask] for part, mask in zip(self.parts, kept, strict=True)]
        self._keys = [key[mask] for key, mask in zip(self._keys, kept, strict=True)]

    def finish(self) -> list[pd.DataFrame]:
        """Return the sampled rows."""
        if sum(map(len, self._keys)) > self.size:
            self._prune()
        return self.parts


class _ExtremeRows:
    """Rows with extreme values, first gaps and first fractions of any column."""

    def __init__(self) -> None:
        self.parts: list[pd.DataFrame] = []
        self._storages: dict[Hashable, tuple[StorageType, int]] = {}
        self._met: set[tuple[Hashable, str]] = set()
        self._ends: dict[Hashable, tuple[Any, Any]] = {}

    def add(self, batch: pd.DataFrame, numbers: Indices) -> None:
        """Keep the extreme rows of one more batch.

        Raises:
            TableError: A column holds another type than before, or what no table may hold.
        """
        rows: set[int] = set()
        for name in batch.columns:
            series = batch[name]
            check_values(name, series)
            rows |= self._first_row(name, "gap", series.isna().to_numpy())
            storage = StorageType.MISSING if series.isna().all() else storage_type_of(series)
            if storage is not StorageType.MISSING:
                self._check_type(name, series, storage, int(numbers[0]))
                rows |= self._find_ends(name, series, storage)
        if rows:
            self.parts.append(_take_rows(batch, numbers, np.array(sorted(rows))))

    def _first_row(self, name: Hashable, fact: str, mask: npt.NDArray[np.bool_]) -> set[int]:
        """Return the first row where a fact is True, unless it was in a batch before."""
        if (name, fact) in self._met or not mask.any():
            return set()
        self._met.add((name, fact))
        return {int(mask.argmax())}

    def _check_type(
        self, name: Hashable, series: "pd.Series[Any]", storage: StorageType, start: int
    ) -> None:
        """Refuse a storage type other than that of the batches before."""
        before, first = self._storages.setdefault(name, (storage, start))
        if before is not storage:
            differs = series.notna()
            if before is StorageType.NUMBER and storage is StorageType.TEXT:  # of CSV: all are text
                differs &= pd.to_numeric(series, errors="coerce").isna()
            row = int(differs.to_numpy().argmax())
            raise TableError(
                f"the column {name!r} holds {before.name.lower()}s from row {first + 1:,} on, and "
                f"{storage.name.lower()}s such as {str(series.iloc[row])!r} near row "
                f"{start + row + 1:,}; make all its values of one type, or keep the table as "
                "Parquet, where columns have types."
            )

    def _find_ends(
        self, name: Hashable, series: "pd.Series[Any]", storage: StorageType
    ) -> set[int]:
        """Return the rows that hold a lower or a higher value than all before, or a fraction."""
        if storage not in ORDERED or isinstance(series.dtype, pd.CategoricalDtype):
            return set()
        rows = set()
        if storage is StorageType.NUMBER:
            values = parse_numbers(series)
            rows |= self._first_row(name, "fraction", values % 1 > 0)
            exact = parse_long_numbers(series)
            cells = values if exact is None else exact.units.astype(object)
            present: Any = pd.Series(cells)[~np.isnan(values)]
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


def infer_schema(first: FirstPass, target: Name | None) -> TableSchema:
    """Return the schema of a table by its sample, and by how many rows it has.

    Raises:
        TableError: The table cannot be learned as it is.
    """
    schema = TableSchema.infer(first.sample, target)
    columns = tuple(_detect_keys(column, first, target) for column in schema.columns)
    return replace(schema, columns=columns)


def _detect_keys(column: Column, first: FirstPass, target: Name | None) -> Column:
    """Return whole numbers as keys if none repeats and all rows nearly fill their range."""
    if column.kind is not ColumnKind.INTEGER or column.text or column.name == target:
        return column
    numbers = parse_numbers(first.sample[column.name])
    spread = np.ptp(numbers) + 1
    is_key = spread <= MAX_KEY_SPREAD * first.rows and pd.Series(numbers).is_unique
    return replace(column, kind=ColumnKind.IDENTIFIER) if is_key else column


def _take_rows(batch: pd.DataFrame, numbers: Indices, rows: Indices) -> pd.DataFrame:
    """Return rows of a batch with their numbers in the table; (n_batch,) and (n_taken,)."""
    return batch.iloc[rows].assign(**{ROW_NUMBER: numbers[rows]})
