"""One column of a table as tabgan understands it: its name, its kind, and the dtype to give back.

>>> Column("age", ColumnKind.INTEGER, "int64").to_dict()
{'name': 'age', 'kind': 'integer', 'dtype': 'int64'}
"""

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from tabgan.errors import SchemaError
from tabgan.schema.column_fields import check_text, is_name, read_texts
from tabgan.schema.dtype_parsing import read_dtype
from tabgan.schema.faker_kinds import FAKER_KINDS, collapse_faker_kind, expand_faker_kind
from tabgan.state_reader import show_value

Name = str | int


class ColumnKind(StrEnum):
    """What a column holds, which decides how it is learned."""

    CONTINUOUS = "continuous"
    INTEGER = "integer"
    MIXED = "mixed"
    CATEGORICAL = "categorical"
    BOOLEAN = "boolean"
    DATETIME = "datetime"
    CONSTANT = "constant"
    EMPTY = "empty"
    IDENTIFIER = "identifier"
    PATTERN = "pattern"
    TEXT = "text"

    @property
    def is_number(self) -> bool:
        """Whether the values of this kind are learned as numbers."""
        return self in {ColumnKind.CONTINUOUS, ColumnKind.INTEGER, ColumnKind.MIXED}

    @property
    def is_quantitative(self) -> bool:
        """Whether its values have an order and distances: numbers and datetimes."""
        return self.is_number or self is ColumnKind.DATETIME

    @property
    def has_categories(self) -> bool:
        """Whether its values are learned one by one, by how often each is there."""
        return not self.is_quantitative and not self.is_made_anew

    @property
    def is_made_anew(self) -> bool:
        """Whether its values, or parts of them, are made anew for each row instead of learned."""
        return self in {ColumnKind.IDENTIFIER, ColumnKind.PATTERN, ColumnKind.TEXT}


@dataclass(frozen=True)
class Column:
    """How one column is learned, and all that is needed to give its dtype back exactly.

    Attributes:
        name: Its name; text, or the integer that NumPy input is numbered with.
        kind: How it is learned. A user may change it.
        dtype: The pandas dtype to give back, as `dtype_name` writes it.
        text: Whether numbers or datetimes are kept as text.
        format: How text is written: datetimes as `%-d/%m/%Y`, numbers as `.2f`; None is the
            shortest.
        unit: What stands before or behind numbers in text, such as `kmpl`.
        grid: The calendar that datetimes stand on, such as `15min`.
        pattern: Of which parts its text is made.
        missing_marks: Texts that mean a gap, such as `?`; gaps are written as the first one.
        faker: What the extra `[faker]` fills it with, such as `name`.
        locale: Of that.
        element: The Python type that an object column holds: str, bool, int, Decimal, date,
            or pandas' Timestamp, Timedelta...
        zone: The time zone of an object column of datetimes, if it has one.
        categories: The dtype of the categories of a `category` column.
        ordered: Whether those categories are ordered.
    """

    name: Name
    kind: ColumnKind
    dtype: str
    text: bool = False
    format: str | None = None
    unit: str | None = None
    grid: str | None = None
    pattern: str | None = None
    missing_marks: tuple[str, ...] = ()
    faker: str | None = None
    locale: str | None = None
    element: str | None = None
    zone: str | None = None
    categories: str | None = None
    ordered: bool = False

    def __hash__(self) -> int:
        return hash(self.name)  # of all fields it would take most of a look-up by column

    @property
    def is_amount(self) -> bool:
        """Whether it holds numbers in text whose unit varies: number and unit are learned."""
        return self.kind is ColumnKind.PATTERN and self.format is not None

    @property
    def is_duration(self) -> bool:
        """Whether its numbers are durations, in seconds."""
        return self.element in {"timedelta", "Timedelta"} or self.dtype.startswith(
            ("timedelta", "duration")
        )

    @property
    def gap(self) -> Any:
        """What stands in an object column where a value is missing."""
        if self.element in {"Timestamp", "Timedelta"}:
            return pd.NaT
        return np.nan if self.element in {"str", "float"} else None

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-able values; what is left at its default is left out."""
        entry: dict[str, Any] = {"name": self.name, "kind": self.kind.value, "dtype": self.dtype}
        for field in fields(self)[3:]:
            value = getattr(self, field.name)
            if value != field.default:
                entry[field.name] = list(value) if isinstance(value, tuple) else value
        return collapse_faker_kind(entry)

    @classmethod
    def from_dict(cls, entry: object) -> "Column":
        """Read what `to_dict` wrote, perhaps edited by hand.

        Raises:
            SchemaError: A field is missing, unknown, or holds what it cannot.
        """
        if not isinstance(entry, dict):
            raise SchemaError(
                f"a column of a schema is an object with a name, not {show_value(entry)}."
            )
        name = entry.get("name")
        if name is None or not is_name(name):
            raise SchemaError(f"a column of the schema has no usable name, but {show_value(name)}.")
        allowed = [field.name for field in fields(cls)]
        unknown = [key for key in entry if key not in allowed]
        if unknown:
            names = ", ".join(allowed)
            raise SchemaError(
                f"the schema's column {show_value(name)} has {show_value(unknown[0])}; "
                f"allowed are {names}."
            )
        entry = expand_faker_kind(entry)
        values = {key: _read_field(name, key, value) for key, value in entry.items()}
        for key in ("kind", "dtype"):
            if key not in values:
                raise SchemaError(
                    f"the schema's column {show_value(name)} has no {key!r}; give one."
                )
        return cls(**values)


def _read_field(name: Name, key: str, value: object) -> Any:
    if key == "name":
        return value
    read = {"kind": _read_kind, "missing_marks": read_texts}.get(key)
    if read is not None:
        return read(name, key, value)
    if key in {"text", "ordered"}:
        if not isinstance(value, bool):
            raise SchemaError(
                f"{key!r} of the schema's column {show_value(name)} is true or false."
            )
        return value
    if value is not None:
        check_text(name, key, value)
    if key == "dtype" or (key == "categories" and value is not None):
        _check_dtype(name, key, value)
    return value


def _read_kind(name: Name, key: str, value: object) -> ColumnKind:
    if value not in list(ColumnKind):
        kinds = ", ".join(ColumnKind)
        raise SchemaError(
            f"the schema's column {show_value(name)} has the {key} {show_value(value)}; allowed "
            f"are {kinds}, and with the extra [faker] {', '.join(FAKER_KINDS)}."
        )
    return ColumnKind(str(value))


def _check_dtype(name: Name, key: str, value: object) -> None:
    try:
        dtype_of(str(value or "none given"))
    except TypeError as error:
        raise SchemaError(
            f"the schema's column {show_value(name)} has the {key} {show_value(value)}, which is "
            "no dtype that tabgan knows; give one such as int64, float64, str or datetime64[us]."
        ) from error


def dtype_name(dtype: Any) -> str:
    """Return the name of a pandas dtype, from which `dtype_of` makes it again.

    pandas' own names are kept, but for Arrow's text: pandas writes it as `string[pyarrow]` and
    reads that as another dtype, so it is `utf8[pyarrow]` here.

    >>> dtype_name(pd.Series([1, None], dtype="Int64").dtype)
    'Int64'
    """
    if isinstance(dtype, pd.CategoricalDtype):
        return "category"
    if isinstance(dtype, pd.StringDtype):
        if dtype.na_value is not pd.NA:
            return "str"
        return "string" if dtype == pd.StringDtype() else f"string[{dtype.storage}]"
    if isinstance(dtype, pd.ArrowDtype) and dtype.pyarrow_dtype == pa.string():
        return "utf8[pyarrow]"
    if isinstance(dtype, pd.DatetimeTZDtype):
        return _zoned_name(dtype)
    return str(dtype)


def _zoned_name(dtype: pd.DatetimeTZDtype) -> str:
    try:
        pd.DatetimeTZDtype.construct_from_string(str(dtype))
    except TypeError:  # a zone object that has no name pandas reads: its present offset stands in
        offset = pd.Timestamp("2020-01-01", tz=dtype.tz).strftime("%z")
        return f"datetime64[{dtype.unit}, UTC{offset[:3]}:{offset[3:]}]"
    return str(dtype)


def dtype_of(name: str) -> Any:
    """Return the pandas dtype of a name that `dtype_name` wrote, under pandas 2 and 3 alike.

    Raises:
        TypeError: pandas knows no such dtype.
    """
    if name == "str":
        return _text_dtype()
    return read_dtype(name)


def _text_dtype() -> Any:
    """Return the dtype of text in pandas 3, or the object dtype that pandas 2 keeps text in."""
    try:
        return pd.StringDtype(na_value=np.nan)
    except TypeError:
        return np.dtype(object)


def holds_text(dtype: Any) -> bool:
    """Return whether a dtype is one made for text (of object columns, values decide)."""
    if isinstance(dtype, pd.ArrowDtype):
        arrow = dtype.pyarrow_dtype
        return bool(pa.types.is_string(arrow) or pa.types.is_large_string(arrow))
    return isinstance(dtype, pd.StringDtype)
