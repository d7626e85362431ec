"""Rows of which some cells are known: as a user gives them, and as the generator is shown them."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tabgan.errors import ConditionError
from tabgan.schema import TableSchema
from tabgan.schema.arrays import Mask
from tabgan.schema.column import Column, Name, dtype_of
from tabgan.schema.frame_checks import close_names
from tabgan.schema.known_values import read_cells
from tabgan.schema.text import read_marks
from tabgan.schema.unknown import find_unknown


@dataclass(frozen=True)
class PartialRows:
    """A block of such rows.

    Attributes:
        given: As they were given: some of the table's columns; (n_rows, n_given).
        known: Which cells are known, by column of the table; (n_rows,) each.
        cells: Those cells with the dtypes of the table, by column; (n_known,) each, with the
            positions of their rows as index.
        index: Of the rows as they were given.
        first_row: Number of the first row among all.
    """

    given: pd.DataFrame
    known: Mapping[Name, Mask]
    cells: Mapping[Name, "pd.Series[Any]"]
    index: pd.Index
    first_row: int = 0

    def __len__(self) -> int:
        return len(self.given)

    def find_unfinished(self, names: Collection[Name]) -> Mask:
        """Return which rows do not know all of some columns; (n_rows,)."""
        none = np.zeros(len(self), bool)
        return np.asarray(np.logical_or.reduce([none, *(~self.known[name] for name in names)]))

    def write_over(
        self, drawn: pd.DataFrame, rows: Any, hidden: Mapping[Name, Mask] | None = None
    ) -> pd.DataFrame:
        """Return whole rows with the known cells in their positions.

        Args:
            drawn: Rows with the table's dtypes; (n_drawn, n_columns).
            rows: Place of the row that each is drawn for; (n_drawn,).
            hidden: Known cells that are left as they are drawn, by column; (n_rows,) each.
        """
        columns = {}
        for name in drawn.columns:
            known = self.known[name]
            if hidden and name in hidden:
                known = known & ~hidden[name]
            columns[name] = _take_known(drawn[name], self.cells[name], known, rows)
        return pd.DataFrame(columns, index=drawn.index)

    def finish(self, drawn: pd.DataFrame) -> pd.DataFrame:
        """Return whole rows, (n_rows, n_columns), with what was given kept exactly as it was."""
        columns = {}
        for name in drawn.columns:
            known, series = self.known[name], drawn[name]
            if known.any():
                given = self.given[name]
                series = given if known.all() else _join(given, series, known)
            columns[name] = series
        return pd.DataFrame(columns, index=drawn.index).set_axis(self.index)


def _take_known(
    drawn: "pd.Series[Any]", cells: "pd.Series[Any]", known: Mask, rows: Any
) -> "pd.Series[Any]":
    """Return a drawn column with the known cells of its rows."""
    if not known.any():
        return drawn
    positions = np.full(len(known), -1)
    positions[cells.index] = len(drawn) + np.arange(len(cells))
    positions[~known] = -1
    chosen = np.where(positions[rows] < 0, np.arange(len(drawn)), positions[rows])
    if isinstance(drawn.dtype, pd.CategoricalDtype) and drawn.dtype != cells.dtype:
        drawn = drawn.astype(object)
    both = pd.concat([drawn, cells.astype(object) if drawn.dtype == object else cells])
    taken: pd.Series[Any] = both.iloc[chosen].set_axis(drawn.index)
    return taken


def _join(given: "pd.Series[Any]", drawn: "pd.Series[Any]", known: Mask) -> "pd.Series[Any]":
    """Return a column whose known cells are the very ones given, the others drawn."""
    if given.dtype == drawn.dtype:
        return drawn.where(~known, given.set_axis(drawn.index))
    objects = drawn.astype(object)
    objects[known] = given[known].astype(object).to_numpy()
    if isinstance(drawn.dtype, pd.CategoricalDtype):
        cells, categories = objects[known].dropna().unique(), drawn.cat.categories
        new = [cell for cell in cells if cell not in categories]
        return objects.astype(drawn.cat.add_categories(new).dtype)
    try:
        typed = objects.astype(drawn.dtype)
    except (TypeError, ValueError, OverflowError):
        return objects
    is_same = find_equal(typed[known], objects[known]).all()
    return typed if is_same and drawn.dtype != dtype_of("bool") else objects.infer_objects()


def find_equal(left: "pd.Series[Any]", right: "pd.Series[Any]") -> Mask:
    """Return which cells are equal in both, or gaps in both; (n_rows,)."""
    one, other = left.astype(object).to_numpy(), right.astype(object).to_numpy()
    gaps = pd.isna(one), pd.isna(other)  # NA says nothing when it is compared
    cells = zip(one, other, *gaps, strict=True)
    return np.array([bool(no == gap) if no or gap else bool(a == b) for a, b, no, gap in cells])


@dataclass(frozen=True)
class PartialRowReader:
    """Reads partial rows: what is a gap, and what is unknown.

    Attributes:
        schema: Of the table that was learned.
        may_miss: Columns that have gaps there: a gap given is a missing value.
        hidden: Columns of which every cell is unknown, whatever it holds.
    """

    schema: TableSchema
    may_miss: Collection[Name]
    hidden: Collection[Name] = ()

    def check_names(self, names: Collection[Any]) -> None:
        """Refuse columns that the table has not, or twice.

        Raises:
            ConditionError: There is one.
        """
        seen: set[Any] = set()
        for name in names:
            if name not in self.schema.names:
                raise ConditionError(
                    f"the model knows no column {name!r}; {close_names(name, self.schema.names)}."
                )
            if name in seen:
                raise ConditionError(f"the column {name!r} is given twice; leave one of them out.")
            seen.add(name)

    def read(self, frame: pd.DataFrame, first_row: int = 0) -> PartialRows:
        """Return rows as they are given, with their index left out.

        Raises:
            ConditionError: A column is none of the table's, or a cell is none of its column's.
        """
        self.check_names(list(frame.columns))
        index, given = frame.index, frame.reset_index(drop=True)
        known: dict[Name, Mask] = {}
        cells: dict[Name, pd.Series[Any]] = {}
        for column in self.schema.columns:
            name = column.name
            known[name] = np.zeros(len(given), bool)
            if name in given:
                known[name] = self._find_known(given[name], column)
            part = given[name][known[name]] if name in given else pd.Series([], dtype=object)
            cells[name] = read_cells(part.rename(name), column, first_row)
        return PartialRows(given, known, cells, index, first_row)

    def _find_known(self, series: "pd.Series[Any]", column: Column) -> Mask:
        if column.name in self.hidden:
            return np.zeros(len(series), bool)
        if column.name in self.may_miss:
            return ~find_unknown(series)
        return ~find_missing(series, column)


def find_missing(series: "pd.Series[Any]", column: Column) -> Mask:
    """Return which cells are gaps, marks of such among them, or `UNKNOWN`; (n_rows,)."""
    unknown = find_unknown(series)
    plain = series.mask(unknown) if unknown.any() else series
    return np.asarray(unknown | read_marks(plain, column).isna().to_numpy(bool))


def count_missing(frame: pd.DataFrame, columns: Collection[Column]) -> int:
    """Return how many cells of some columns are gaps; columns that the frame lacks have none."""
    return sum(int(find_missing(frame[c.name], c).sum()) for c in columns if c.name in frame)


def iter_blocks(
    frames: Iterator[pd.DataFrame], block_rows: int, first: int = 0
) -> Iterator[tuple[int, pd.DataFrame]]:
    """Yield rows in blocks of one size, each with the number of its first row, from `first` on."""
    held: list[pd.DataFrame] = []
    count = 0
    for frame in frames:
        held.append(frame)
        count += len(frame)
        while count >= block_rows:
            whole = pd.concat(held) if len(held) > 1 else held[0]
            yield first, whole.iloc[:block_rows]
            first += block_rows
            held, count = [whole.iloc[block_rows:]], count - block_rows
    if count:
        yield first, pd.concat(held) if len(held) > 1 else held[0]
