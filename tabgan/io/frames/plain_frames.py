"""Tables of plain Python and NumPy as pandas frames, and back: dicts, records, arrays.

>>> read_columns({"age": [39, None]}).frame["age"].to_list()
[39, None]
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
import pandas as pd
import pyarrow as pa

from tabgan.errors import SettingError, TableError
from tabgan.io.frames.arrow_frames import to_frame
from tabgan.io.frames.containers import Container, FrameInput

MIN_ARRAY_ROWS = 2  # fewer are refused in the words of scikit-learn, as its conventions have it


@dataclass(frozen=True)
class ArrayContainer(Container):
    """NumPy arrays, of the dtype that all columns have in common.

    Attributes:
        dtype: Names and dtypes of a structured array; None for one of shape (n_rows, n_columns).
    """

    dtype: np.dtype[Any] | None = None

    def create(self, rows: pd.DataFrame) -> Any:
        """Return rows as an array."""
        if self.dtype is None:
            return rows.to_numpy()
        records = rows.to_records(index=False)
        if self.dtype.names != records.dtype.names:
            return np.asarray(records)
        kinds: list[Any] = [
            (name, records.dtype[name] if _lacks_room(rows[name], kind[0]) else kind[0])
            for name, kind in (self.dtype.fields or {}).items()
        ]
        return np.asarray(records.astype(kinds))


def _lacks_room(series: "pd.Series[Any]", kind: np.dtype[Any]) -> bool:
    """Return whether a dtype cannot hold the gaps of a column."""
    return kind.kind in "iub" and bool(series.isna().any())


@dataclass(frozen=True)
class ColumnsContainer(Container):
    """A dict with a list of Python's own values for each column.

    Attributes:
        gaps: What stands where a value is missing, by column: NaN, NaT or NA if nothing else did;
            None in all others.
    """

    gaps: Mapping[Any, Any] = field(default_factory=dict)

    @classmethod
    def from_frame(cls, frame: pd.DataFrame) -> Self:
        """Return what fills gaps as a frame that was read does."""
        found = {name: _gap_of(series) for name, series in frame.items()}
        return cls(gaps={name: gap for name, gap in found.items() if gap is not None})

    def create(self, rows: pd.DataFrame) -> Any:
        """Return rows as a dict of lists."""
        return {name: self._to_python(series) for name, series in rows.items()}

    def extend(self, other: Container) -> Self:
        """Return a container that knows the gaps of another table's columns too."""
        gaps = other.gaps if isinstance(other, ColumnsContainer) else {}
        return replace(self, gaps={**self.gaps, **gaps})

    def _to_python(self, series: "pd.Series[Any]") -> list[Any]:
        gap = self.gaps.get(series.name)
        return [gap if pd.isna(value) else value for value in series.tolist()]


@dataclass(frozen=True)
class RecordsContainer(ColumnsContainer):
    """A list with a dict for each row."""

    def create(self, rows: pd.DataFrame) -> Any:
        """Return rows as a list of dicts."""
        columns = super().create(rows).values()
        return [dict(zip(rows.columns, row, strict=True)) for row in zip(*columns, strict=True)]


def _gap_of(series: "pd.Series[Any]") -> Any:
    """Return the only object that stands for what is missing in a column; None if there is none."""
    if isinstance(series.dtype, pd.ArrowDtype):  # whose nulls are None outside of pandas
        return None
    gaps = series[series.isna()].tolist()
    kinds = set(map(type, gaps))
    return gaps[0] if len(kinds) == 1 else None


def is_columns(data: Any) -> bool:
    """Return whether something is a dict: of columns, then, unless SciPy made it."""
    return isinstance(data, Mapping) and not hasattr(data, "toarray")


def read_columns(data: Mapping[Any, Any]) -> FrameInput:
    """Read a dict of columns: lists, arrays, Series.

    Raises:
        TableError: A column is none, or they are of different lengths.
    """
    columns = {name: _to_series(name, values) for name, values in data.items()}
    names = {len(series): name for name, series in columns.items()}
    if len(names) > 1:
        (one, name), (other, other_name) = list(names.items())[:2]
        raise TableError(
            f"the column {name!r} has {one} values and {other_name!r} has {other}; "
            "give as many in each, None where one is missing."
        )
    frame = pd.DataFrame(columns)
    return FrameInput(frame, ColumnsContainer.from_frame(frame))


def _to_series(name: Any, values: Any) -> "pd.Series[Any]":
    """Return a column of a dict; lists keep their objects, so that whole numbers may have gaps.

    Raises:
        TableError: It is no column.
    """
    if isinstance(values, list | tuple | range):
        return pd.Series(list(values), dtype=object)
    if isinstance(values, str | bytes | Mapping) or np.ndim(values) != 1:
        kind = type(values).__name__
        raise TableError(f"the column {name!r} of a dict is a list of values, not a {kind}.")
    if isinstance(values, pa.Array):
        values = pa.chunked_array([values])
    if hasattr(values, "__arrow_c_stream__") and not isinstance(values, pd.Series):
        return to_frame(pa.table({"": pa.chunked_array(values)})).iloc[:, 0]
    is_pandas = isinstance(values, pd.Series | pd.Index | pd.api.extensions.ExtensionArray)
    if isinstance(values, np.ma.MaskedArray):
        values = _fill(values)
    return pd.Series(values if is_pandas else np.asarray(values)).reset_index(drop=True)


def is_records(data: Any) -> bool:
    """Return whether something is a list of dicts."""
    is_list = isinstance(data, list | tuple) and len(data) > 0
    return is_list and all(isinstance(record, Mapping) for record in data)


def read_records(data: Sequence[Mapping[Any, Any]]) -> FrameInput:
    """Read a list of dicts, a row each; what one lacks is missing."""
    names = dict.fromkeys(name for record in data for name in record)
    columns = {
        name: pd.Series([record.get(name) for record in data], dtype=object) for name in names
    }
    frame = pd.DataFrame(columns, index=range(len(data)))
    return FrameInput(frame, RecordsContainer.from_frame(frame))


def is_array(data: Any) -> bool:
    """Return whether NumPy takes it, and no names of columns are lost by that."""
    takes = isinstance(data, list | tuple) or hasattr(data, "__array__")
    return takes and not hasattr(data, "columns")


def read_array(data: Any, min_rows: int = MIN_ARRAY_ROWS) -> FrameInput:
    """Read what NumPy takes, shape (n_rows, n_columns), or a structured array.

    Raises:
        TableError: Its shape or its values are not those of a table.
    """
    names = getattr(getattr(data, "dtype", None), "names", None)
    if names:
        return _read_structured(data, names)
    from sklearn.utils import check_array  # noqa: PLC0415 - a second that frames need not wait for

    array = _fill(data) if isinstance(data, np.ma.MaskedArray) else _to_array(data)
    try:
        checked = check_array(
            array, dtype=None, ensure_all_finite="allow-nan", ensure_min_samples=min_rows
        )
    except (TypeError, ValueError, RuntimeError) as error:
        said = str(error).splitlines()[0].rstrip(".:")  # arrays and hints follow
        is_flat = "Expected 2D" in said
        hint = ". Reshape your data: reshape(-1, 1) makes one column of it" if is_flat else ""
        raise TableError(f"{said}{hint}.") from error
    frame = pd.DataFrame(checked)
    return FrameInput(frame if array is data else frame.infer_objects(), ArrayContainer())


def _read_structured(data: Any, names: Sequence[str]) -> FrameInput:
    """Read a structured array of shape (n_rows,).

    Raises:
        TableError: It has another shape, or a field that is no column.
    """
    for name in names:
        if data[name].ndim != 1 or data[name].dtype.names:
            raise TableError(
                f"the field {name!r} of the structured array is no column of single values, "
                "one a row; spread it over fields of its own."
            )
    columns = {name: np.ma.getdata(data[name]) for name in names}
    if isinstance(data, np.ma.MaskedArray):
        columns = {name: _fill(data[name]) for name in names}
    return FrameInput(pd.DataFrame(columns), ArrayContainer(dtype=data.dtype))


def _fill(masked: Any) -> Any:
    """Return a masked array as one with gaps: NaN or NaT, or None among objects, where masked."""
    if not np.ma.getmaskarray(masked).any():
        return np.ma.getdata(masked)
    if masked.dtype.kind in "fmM":
        gap = np.nan if masked.dtype.kind == "f" else np.array("NaT", masked.dtype)
        return masked.filled(gap)
    values = np.ma.getdata(masked).astype(object)
    values[np.ma.getmaskarray(masked)] = None
    return values


def _to_array(data: Any) -> Any:
    """Return a list of rows as objects if NumPy would make text of the numbers in it.

    Raises:
        TableError: The rows are of different lengths.
    """
    if not isinstance(data, list | tuple):
        return data
    try:
        is_text = np.asarray(data).dtype.kind in "US"
    except ValueError as error:
        raise TableError(
            "the rows of the list are of different lengths; give as many values in each."
        ) from error
    is_mixed = is_text and not all(isinstance(cell, str) for row in data for cell in row)
    return np.asarray(data, dtype=object) if is_mixed else data


def read_values(data: Any) -> FrameInput:
    """Read one column of what NumPy takes, shape (n_rows,) or (n_rows, 1); its name is None.

    Raises:
        SettingError: It is more than one column.
    """
    values = _fill(data) if isinstance(data, np.ma.MaskedArray) else np.asarray(data)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim != 1:
        raise SettingError("y is more than one column; give the one that is the target.")
    return FrameInput(pd.DataFrame({None: values}), ArrayContainer())
