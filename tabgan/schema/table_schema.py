"""The schema of a table: inferred, checked against other tables, written as JSON and read back."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from tabgan.errors import SchemaError
from tabgan.schema.column import Column, Name
from tabgan.schema.column_fields import is_name, is_text
from tabgan.schema.frame_checks import check_columns, check_frame, close_names
from tabgan.schema.inference import infer_column
from tabgan.schema.kind_checks import check_kind, check_readable
from tabgan.schema.known_values import read_cells, read_new
from tabgan.schema.text import read_marks, write_marks
from tabgan.schema.usable_columns import check_column, check_values
from tabgan.state_reader import show_value

VERSION = 1


@dataclass(frozen=True)
class TableSchema:
    """The columns of a table in their order, and the one that matters downstream, if any.

    Attributes:
        columns: Name, kind and dtype of each.
        target: Name of the column that matters downstream.
        relations: Texts of relations that hold in every row; None: they are to be found.
        index: Names of the columns that are the index of a frame, in the order of its levels.

    Raises:
        SchemaError: Two columns have one name, there is none, or the target or a column of the
            index is not among them.
    """

    columns: tuple[Column, ...]
    target: Name | None = None
    relations: tuple[str, ...] | None = None
    index: tuple[Name, ...] = ()

    def __post_init__(self) -> None:
        if not self.columns:
            raise SchemaError("the schema has no columns; give at least one.")
        repeated = [name for name, count in Counter(self.names).items() if count > 1]
        if repeated:
            raise SchemaError(f"the schema has the column {repeated[0]!r} more than once.")
        if self.target is not None and self.target not in self.names:
            raise SchemaError(
                f"there is no column {show_value(self.target)} to be the target; "
                f"{close_names(self.target, self.names)}."
            )
        for name in self.index:
            if name not in self.names:
                raise SchemaError(
                    f"there is no column {show_value(name)} to be the index; "
                    f"{close_names(name, self.names)}."
                )

    @property
    def names(self) -> tuple[Name, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: Name) -> Column:
        """Return the column of a name.

        Raises:
            SchemaError: There is none.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise SchemaError(f"there is no column {name!r}; {close_names(name, self.names)}.")

    @classmethod
    def infer(cls, frame: pd.DataFrame, target: Name | None = None) -> "TableSchema":
        """Return the schema that a table is taken for.

        Raises:
            TableError: The table cannot be learned as it is (see `check_frame`).
            SchemaError: There is no column named `target`.
        """
        check_frame(frame)
        if target is not None and target not in set(frame.columns):
            raise SchemaError(
                f"there is no column {target!r} to be the target; "
                f"{close_names(target, list(frame.columns))}."
            )
        columns = tuple(infer_column(series, name == target) for name, series in frame.items())
        return cls(columns, _plain_name(target))

    def without_patterns(self) -> "TableSchema":
        """Return it without patterns and grids, which single rows may have set."""
        columns = tuple(replace(column, pattern=None, grid=None) for column in self.columns)
        return replace(self, columns=columns)

    def check(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the table with its columns in the order of the schema, and gaps for their marks.

        Raises:
            TableError: The table cannot be learned as it is.
            SchemaError: A column is missing or one too many, or holds what its kind does not allow.
        """
        check_frame(frame)
        check_columns(frame, self.names)
        frame = self.read_missing_marks(frame[list(self.names)])
        self.check_kinds(frame)
        return frame

    def check_rows(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return rows of such a table, any number, as `check` does; they may hold what is new.

        Raises:
            TableError: They hold what no table can, or what a column's kind cannot be read from.
            SchemaError: A column is missing or one too many.
        """
        check_frame(frame, min_rows=0)
        check_columns(frame, self.names)
        frame = self.read_missing_marks(frame[list(self.names)])
        rows = {c.name: read_new(frame[c.name], c) for c in self.columns}
        for column in self.columns:
            check_readable(column, rows[column.name])
        return pd.DataFrame(rows, index=frame.index)

    def read_rows(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return rows of any frame with the columns, their order and the dtypes of the schema.

        Args:
            frame: Rows of such a table, whatever its dtypes are; an index is left out.

        Raises:
            SchemaError: A column is missing or one too many.
            ConditionError: A column cannot hold one of its cells.
        """
        check_columns(frame, self.names)
        rows = frame.reset_index(drop=True)
        return pd.DataFrame({c.name: read_cells(rows[c.name], c) for c in self.columns})

    def read_missing_marks(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return a table with gaps for marks such as `?`, in columns that have one mark.

        Columns that have several keep them, since the mark is learned there; `to_float` reads each
        of them as a gap. Columns that the table lacks are left out of account.
        """
        return self._convert_marks(frame, read_marks)

    def write_missing_marks(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return a table with marks for gaps: undo `read_missing_marks`."""
        return self._convert_marks(frame, write_marks)

    def _convert_marks(
        self,
        frame: pd.DataFrame,
        convert: "Callable[[pd.Series[Any], Column], pd.Series[Any]]",
    ) -> pd.DataFrame:
        marked = [column for column in self.columns if len(column.missing_marks) == 1]
        names: list[Any] = list(frame.columns)
        present = [column for column in marked if names.count(column.name) == 1]
        if not present:
            return frame
        converted = frame.copy(deep=False)
        for column in present:
            converted[column.name] = convert(frame[column.name], column)
        return converted

    def check_kinds(self, frame: pd.DataFrame) -> None:
        """Refuse values that a column's kind does not allow.

        Raises:
            SchemaError: There is such a value.
        """
        for column in self.columns:
            check_kind(column, frame[column.name])
            check_values(column, frame[column.name])

    def to_dict(self) -> dict[str, Any]:
        """Return the schema as JSON-able values that a user can edit."""
        columns = [column.to_dict() for column in self.columns]
        entry: dict[str, Any] = {"version": VERSION, "target": self.target, "columns": columns}
        if self.relations is not None:
            entry["relations"] = list(self.relations)
        return entry | {"index": list(self.index)} if self.index else entry

    @classmethod
    def from_dict(cls, entry: object) -> "TableSchema":
        """Read what `to_dict` wrote, perhaps edited by hand.

        Raises:
            SchemaError: Something in it is missing, unknown or contradictory.
        """
        if not isinstance(entry, dict) or not isinstance(entry.get("columns"), list):
            raise SchemaError("a schema is an object with a list of 'columns'; this is none.")
        version = entry.get("version", VERSION)
        if version != VERSION:
            raise SchemaError(
                f"the schema has the version {show_value(version)}; this release reads {VERSION}."
            )
        columns = tuple(Column.from_dict(column) for column in entry["columns"])
        for column in columns:
            check_column(column)
        relations, target = entry.get("relations"), entry.get("target")
        if target is not None and not is_name(target):
            raise SchemaError(
                f"the schema's 'target' is the name of a column, not {show_value(target)}."
            )
        return cls(
            columns,
            target,
            None if relations is None else _read_list("relations", relations, is_text, "texts"),
            _read_list("index", entry.get("index", []), is_name, "names of columns"),
        )


def _read_list(
    key: str, values: object, is_sound: Callable[[object], bool], what: str
) -> tuple[Any, ...]:
    if not isinstance(values, list) or not all(map(is_sound, values)):
        raise SchemaError(f"the schema's {key!r} is a list of {what}, not {show_value(values)}.")
    return tuple(values)


def _plain_name(name: Any) -> Any:
    return int(name) if isinstance(name, np.integer) else name
