"""Arrow tables as pandas frames of Arrow's own dtypes, and back with the very schema.

Integers with gaps, decimals, dates and times stay what they are. Columns of categories become those
of pandas, whose order counts.

>>> table = pa.table({"town": pa.array(["Ulm", None]).dictionary_encode()})
>>> read = read_arrow(table)
>>> read.frame.dtypes["town"].name, read.container.create(read.frame).schema == table.schema
('category', True)
"""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from tabgan.io.frames.containers import Container, FrameInput
from tabgan.schema.text import read_periods


@dataclass(frozen=True)
class ArrowContainer(Container):
    """Arrow tables of one schema.

    Attributes:
        schema: Of the columns known; others get the type that their values have.
        nan_columns: Names of columns in which NaN stands for what is missing.
    """

    schema: Any = field(default_factory=lambda: pa.schema([]))
    nan_columns: frozenset[str] = frozenset()

    @classmethod
    def from_table(cls, table: Any) -> Self:
        """Return what makes tables of the schema of one."""
        pairs = zip(table.column_names, table.columns, strict=True)
        nan_columns = frozenset(name for name, column in pairs if _has_only_nan(column))
        return cls(schema=table.schema, nan_columns=nan_columns)

    def create(self, rows: pd.DataFrame) -> Any:
        """Return rows as a table."""
        fields, arrays = [], []
        for label, series in rows.items():
            name = str(label)
            known = self.schema.field(name) if name in self.schema.names else None
            array = to_arrow(series, known and known.type)
            if name in self.nan_columns:
                array = pc.fill_null(array, pa.scalar(np.nan, array.type))
            fields.append(known or pa.field(name, array.type))
            arrays.append(array)
        return pa.table(arrays, schema=pa.schema(fields, self.schema.metadata))

    def extend(self, other: Container) -> Self:
        """Return a container that knows the columns of another Arrow table too."""
        if not isinstance(other, ArrowContainer):
            return self
        schema = pa.schema([*self.schema, *other.schema], self.schema.metadata)
        return replace(self, schema=schema, nan_columns=self.nan_columns | other.nan_columns)


def read_arrow(table: Any) -> FrameInput:
    """Read an Arrow table; shape (n_rows, n_columns)."""
    return FrameInput(to_frame(table), ArrowContainer.from_table(table))


def to_frame(table: Any) -> pd.DataFrame:
    """Return an Arrow table as a frame; NaN is a gap in it, since nothing is learned from NaN."""
    columns = {}
    for number, column in enumerate(table.columns):  # names may repeat, which is refused later
        plain = _to_plain(column)
        if pa.types.is_floating(plain.type):
            plain = pc.if_else(pc.is_nan(plain), pa.scalar(None, plain.type), plain)
        columns[number] = _to_series(plain)
    frame = pd.DataFrame(columns, index=pd.RangeIndex(table.num_rows))
    return frame.set_axis(table.column_names, axis=1)


def _has_only_nan(column: Any) -> bool:
    """Return whether what is missing in a column is NaN."""
    is_float = pa.types.is_floating(column.type) and not column.null_count
    return bool(is_float and pc.any(pc.is_nan(column)).as_py())


def _to_series(column: Any) -> "pd.Series[Any]":
    if not pa.types.is_dictionary(column.type):
        return pd.Series(pd.arrays.ArrowExtensionArray(column))
    encoded = column.unify_dictionaries().combine_chunks()
    values = _cast(encoded.dictionary, _plain_type(encoded.dictionary.type))
    indices = encoded.indices
    if values.null_count or pc.count_distinct(values).as_py() < len(values):
        names = pc.drop_null(pc.unique(values))
        values, indices = names, pc.index_in(values, names).take(indices)
    codes = pc.fill_null(indices.cast(pa.int64()), -1).to_numpy(zero_copy_only=False)
    values, ordered = values.to_pandas(), encoded.type.ordered
    series = pd.Series(pd.Categorical.from_codes(codes, pd.Index(values), ordered=ordered))
    return series if ordered else series.cat.remove_unused_categories()


def _to_plain(column: Any) -> Any:
    """Return a chunked array in a type that pandas has a dtype for, or categories."""
    kind = column.type
    if isinstance(kind, pa.BaseExtensionType):
        storage = [chunk.storage for chunk in column.chunks]
        return _to_plain(pa.chunked_array(storage, kind.storage_type))
    if pa.types.is_run_end_encoded(kind):
        return _to_plain(pa.chunked_array(map(pc.run_end_decode, column.chunks), kind.value_type))
    plain = _plain_type(kind)
    return (
        column
        if plain == kind
        else pa.chunked_array([_cast(chunk, plain) for chunk in column.chunks], plain)
    )


def _plain_type(kind: Any) -> Any:
    if pa.types.is_string_view(kind):
        return pa.large_string()
    if pa.types.is_binary_view(kind):
        return pa.binary()
    if pa.types.is_dictionary(kind) and not _has_names(kind.value_type):
        return kind.value_type
    is_long = pa.types.is_decimal128(kind) or pa.types.is_decimal256(kind)
    if pa.types.is_decimal(kind) and not is_long:
        return pa.decimal128(kind.precision, kind.scale)
    return kind


def _has_names(values: Any) -> bool:
    """Return whether the values of a dictionary are names or codes, so that it is of categories."""
    types = pa.types
    is_text = types.is_string(values) or types.is_large_string(values)
    return bool(is_text or types.is_string_view(values) or types.is_integer(values))


def to_arrow(series: "pd.Series[Any]", kind: Any | None = None) -> Any:
    """Return a column as an Arrow array or chunked array, of a type if one is given."""
    known = _to_known(series)
    try:
        array = pa.array(known, from_pandas=True)
    except OverflowError:  # whole numbers of Python beyond 64 bits
        array = pa.array(known.map(Decimal, na_action="ignore"), from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if kind is None or array.type == kind:
        return array
    if pa.types.is_dictionary(kind):
        return _to_dictionary(array, kind)
    if pa.types.is_dictionary(array.type):
        array = array.cast(array.type.value_type)
    if isinstance(kind, pa.BaseExtensionType):
        return pa.ExtensionArray.from_storage(kind, _cast(array, kind.storage_type))
    if pa.types.is_run_end_encoded(kind):
        return pc.run_end_encode(_cast(array, kind.value_type), kind.run_end_type)
    return _cast(array, kind)


def _to_known(series: "pd.Series[Any]") -> Any:
    """Return a column as what is known outside of pandas too.

    Periods become their first moments, intervals text, and sparse columns dense.
    """
    dtype = series.dtype
    if isinstance(dtype, pd.SparseDtype):
        return series.astype(dtype.subtype)
    if isinstance(dtype, pd.PeriodDtype):
        return read_periods(series)
    if isinstance(dtype, pd.CategoricalDtype):
        categories = dtype.categories
        is_known = not isinstance(categories.dtype, pd.IntervalDtype | pd.PeriodDtype)
        is_known &= not pd.api.types.is_object_dtype(categories.dtype)
        return series if is_known else series.cat.rename_categories(list(map(str, categories)))
    is_object = pd.api.types.is_object_dtype(dtype)
    kind = pd.api.types.infer_dtype(series, skipna=True) if is_object else ""
    if isinstance(dtype, pd.IntervalDtype) or kind in {"interval", "period"}:
        return series.astype(object).map(str, na_action="ignore")
    return series


def _to_dictionary(array: Any, kind: Any) -> Any:
    if not pa.types.is_dictionary(array.type):
        array = _cast(array, kind.value_type).dictionary_encode()
    indices, values = array.indices.cast(kind.index_type), _cast(array.dictionary, kind.value_type)
    return pa.DictionaryArray.from_arrays(indices, values, ordered=kind.ordered)


def _cast(array: Any, kind: Any) -> Any:
    """Return an array of another type, by Python's own values where Arrow has no such cast."""
    try:
        return array if array.type == kind else array.cast(kind)
    except pa.ArrowNotImplementedError:
        return pa.array(array.to_pylist(), kind)
