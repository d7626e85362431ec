"""Encoded rows that a training draws from: in memory, or in a scratch file that is mapped into it.

Both answer the same two questions, with the same rows for the same draws: which row holds a class,
and what is in these rows. A mapped table consists of

    records: row by row, each column's class in one byte or two, then the scalars of columns that
             hold any, in float32
    index:   column by column, the numbers of the rows sorted by their class in it
"""

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from tabgan.encoding.encoded_table import EncodedTable
from tabgan.encoding.layout import Layout
from tabgan.errors import TableError, reason
from tabgan.runtime.memory import format_size

Counts = list[npt.NDArray[np.int64]]
Rows = npt.NDArray[np.int64]

MAX_NARROW_CLASSES = 256  # of a column whose codes fit into one byte
SORTED_ROWS = 1_000_000  # that are sorted at once
MAX_LOADED_ROWS = 50_000  # of a mapped table, where a sample of it is enough
SPARE_BYTES = 100_000_000  # of a disk that are left to others


class RowStore(Protocol):
    """The rows that a `ConditionSampler` draws from."""

    def __len__(self) -> int: ...

    def get_rows(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Return rows' codes, as int64, and scalars; (n,) -> (n, n_columns) each."""

    def rows_at(self, positions: Tensor, columns: Tensor) -> Tensor:
        """Return the row at a position of each column's class index; (n,) each -> (n,)."""


class TensorStore:
    """All rows as tensors on the device of the training."""

    def __init__(self, table: EncodedTable, device: torch.device) -> None:
        self.codes = torch.from_numpy(table.codes).to(device)
        self.scalars = torch.from_numpy(table.scalars).to(device)
        self.rows_by_class = torch.argsort(self.codes, dim=0, stable=True).to(torch.int32)

    def __len__(self) -> int:
        return len(self.codes)

    def get_rows(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Return rows' codes and scalars; (n,) -> (n, n_columns) each."""
        return self.codes[rows].long(), self.scalars[rows]

    def rows_at(self, positions: Tensor, columns: Tensor) -> Tensor:
        """Return the row at a position of each column's class index; (n,) each -> (n,)."""
        return self.rows_by_class[positions, columns].long()


class MappedTable:
    """An encoded table in a scratch file.

    The file has no name where the system allows that, so nothing is left of it however the process
    ends. `append` fills it, `split` makes it ready to draw from, `close` frees the disk.
    """

    def __init__(self, layout: Layout, n_rows: int, folder: Path) -> None:
        """Reserve the disk space of so many rows, in a scratch file in a folder.

        Raises:
            TableError: The disk has less.
        """
        self.layout, self.n_rows = layout, n_rows
        self.record = _record_type(layout)
        self.counts: Counts = [np.zeros(n, np.int64) for n in layout.n_classes]
        self.written = 0
        self._wide = np.array(layout.n_classes) > MAX_NARROW_CLASSES
        size = n_rows * count_row_bytes(layout)
        check_disk_space(size, folder)
        shape = len(layout.n_classes), n_rows
        offset = n_rows * self.record.itemsize
        try:
            with tempfile.TemporaryFile(dir=folder) as file:  # its space lasts while it is mapped
                _allocate(file, size)
                self.records: Any = np.memmap(file, self.record, "r+", 0, n_rows)
                self.index: Any = np.memmap(file, np.uint32, "r+", offset, shape)
        except OSError as error:
            raise _disk_space_error(folder, size, reason(error)) from error

    def __len__(self) -> int:
        return self.n_rows

    def append(self, table: EncodedTable) -> None:
        """Write rows behind those that were appended before.

        Raises:
            TableError: There are more rows than the table was made for.
        """
        if self.written + len(table) > self.n_rows:
            raise TableError(
                f"the table has more than the {self.n_rows:,} rows that were counted at first, so "
                "something writes to it; start again once nothing does."
            )
        part = self.records[self.written : self.written + len(table)]
        part["narrow"], part["wide"] = table.codes[:, ~self._wide], table.codes[:, self._wide]
        part["scalars"] = table.scalars[:, list(self.layout.mode_columns)]
        for column, counts in enumerate(self.counts):
            counts[:] += np.bincount(table.codes[:, column], minlength=len(counts))
        self.written += len(table)

    def take(self, rows: Rows) -> EncodedTable:
        """Return these rows; shape (n_taken,) in, (n_taken, n_columns) out."""
        records = self.records[rows]
        codes = np.empty((len(rows), len(self._wide)), np.int32)
        codes[:, ~self._wide], codes[:, self._wide] = records["narrow"], records["wide"]
        scalars = np.zeros(codes.shape, np.float32)
        scalars[:, list(self.layout.mode_columns)] = records["scalars"]
        return EncodedTable(codes, scalars)

    def column(self, index: int) -> npt.NDArray[np.int32]:
        """Return one column's codes; shape (n_rows,)."""
        name, field_index = self._field_of(index)
        return np.asarray(self.records[name][:, field_index], np.int32)

    def _field_of(self, column: int) -> tuple[str, int]:
        """Return the field of records that holds a column's codes, and the index in it."""
        is_wide = bool(self._wide[column])
        index = int((self._wide[:column] == is_wide).sum())
        return "wide" if is_wide else "narrow", index

    def load(self) -> EncodedTable:
        """Return a bounded sample of rows, the same every time, in memory."""
        if self.n_rows <= MAX_LOADED_ROWS:
            return self.take(np.arange(self.n_rows))
        return self.take(
            np.unique(np.random.default_rng(0).integers(self.n_rows, size=MAX_LOADED_ROWS))
        )

    def count_classes(self, layout: Layout) -> Counts:  # noqa: ARG002
        """Return how many rows hold each class, column by column; shape (n_classes,) each."""
        return self.counts

    def split(self, held_out: Rows) -> "tuple[MappedTable, EncodedTable]":
        """Return the rows to train on, indexed, and those to validate on: the rows `held_out`.

        Held-out rows are overwritten by the last ones, which are then left out of the index.
        """
        validation_rows = self.take(held_out)
        kept = self.n_rows - len(held_out)
        last = np.setdiff1d(np.arange(kept, self.n_rows), held_out)
        self.records[held_out[held_out < kept]] = self.records[last]
        self.n_rows = kept
        for column, counts in enumerate(self.counts):
            counts[:] -= np.bincount(validation_rows.codes[:, column], minlength=len(counts))
            self._build_index(column)
        return self, validation_rows

    def _build_index(self, column: int) -> None:
        """Write a column's index: a counting sort by class, SORTED_ROWS at a time."""
        ends = np.cumsum(self.counts[column]) - self.counts[column]
        name, field_index = self._field_of(column)
        for start in range(0, self.n_rows, SORTED_ROWS):
            codes = np.array(
                self.records[name][start : min(start + SORTED_ROWS, self.n_rows), field_index]
            )
            order = np.argsort(codes, kind="stable")
            counts = np.bincount(codes, minlength=len(ends))
            firsts = ends - (np.cumsum(counts) - counts)
            positions = np.repeat(firsts, counts) + np.arange(len(codes))
            self.index[column, positions] = order + start
            ends += counts

    def close(self) -> None:
        """Free the disk space."""
        del self.records, self.index


class MappedStore:
    """The rows of a `MappedTable`, as tensors on the device of the training."""

    def __init__(self, table: MappedTable, device: torch.device) -> None:
        self.table, self.device = table, device

    def __len__(self) -> int:
        return len(self.table)

    def get_rows(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Return rows' codes and scalars; (n,) -> (n, n_columns) each."""
        table = self.table.take(rows.cpu().numpy())
        codes, scalars = torch.from_numpy(table.codes), torch.from_numpy(table.scalars)
        return codes.to(self.device).long(), scalars.to(self.device)

    def rows_at(self, positions: Tensor, columns: Tensor) -> Tensor:
        """Return the row at a position of each column's class index; (n,) each -> (n,)."""
        rows = self.table.index[columns.cpu().numpy(), positions.cpu().numpy()]
        return torch.from_numpy(rows.astype(np.int64)).to(self.device)


def open_store(table: EncodedTable | MappedTable, device: torch.device) -> RowStore:
    """Return the rows of a table to draw from; those of a mapped one stay in its file."""
    if isinstance(table, MappedTable):
        return MappedStore(table, device)
    return TensorStore(table, device)


def count_row_bytes(layout: Layout) -> int:
    """Return the bytes that a row takes in the scratch file, its entries in the index included."""
    return int(_record_type(layout).itemsize + 4 * len(layout.n_classes))


def _record_type(layout: Layout) -> np.dtype[Any]:
    wide = sum(n > MAX_NARROW_CLASSES for n in layout.n_classes)
    fields: Sequence[Any] = [
        ("narrow", np.uint8, (len(layout.n_classes) - wide,)),
        ("wide", np.uint16, (wide,)),
        ("scalars", np.float32, (len(layout.mode_columns),)),
    ]
    return np.dtype(list(fields))


def check_disk_space(size: int, folder: Path) -> None:
    """Refuse to begin where a disk has no space for a scratch file of `size` bytes.

    Raises:
        TableError: There is less, SPARE_BYTES left out.
    """
    free = shutil.disk_usage(folder).free
    if free < size + SPARE_BYTES:
        raise _disk_space_error(folder, size, f"{format_size(free)} are free there")


def _disk_space_error(folder: Path, size: int, why: str) -> TableError:
    return TableError(
        f"the scratch file needs {format_size(size)} in '{folder}', but {why}; make room, or write "
        "the model to another disk."
    )


def _allocate(file: IO[bytes], size: int) -> None:
    """Reserve bytes of the disk now: a page that finds none later would end the process."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file.fileno(), 0, size)
    else:
        file.truncate(size)
