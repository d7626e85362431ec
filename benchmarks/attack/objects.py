"""Odd columns of Python objects and of Arrow's nested types."""

import datetime as dt
import enum
import ipaddress
import uuid
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from benchmarks.attack.maker import Maker, pick


class Color(enum.Enum):
    """An example of an enumeration."""

    RED = 1
    BLUE = 2


Cell = Callable[[int], object]
CELLS: Mapping[str, Cell] = {  # of a number from 0 to 999
    "int": lambda v: v,
    "big int": lambda v: v * 10**30 - 5,
    "float": lambda v: v / 7,
    "str": lambda v: f"t{v % 9}",
    "bytes": lambda v: bytes([v % 7, 255]),
    "bytearray": lambda v: bytearray([v % 7]),
    "bool": lambda v: v % 3 == 0,
    "None": lambda v: None,
    "NaN": lambda v: np.nan,
    "NA": lambda v: pd.NA,
    "NaT": lambda v: pd.NaT,
    "Decimal": lambda v: Decimal(v).scaleb(-2),
    "exact Decimal": lambda v: Decimal(v) / Decimal(7),
    "Decimal NaN": lambda v: Decimal("NaN"),
    "Decimal sNaN": lambda v: Decimal("sNaN"),
    "Decimal infinity": lambda v: Decimal("-Infinity"),
    "huge Decimal": lambda v: Decimal(f"{v}e5000"),
    "Fraction": lambda v: Fraction(v, 7),
    "complex": lambda v: complex(v, v % 2),
    "date": lambda v: dt.date(2000, 1, 1) + dt.timedelta(v),
    "time": lambda v: dt.time(v % 24, v % 60),
    "datetime": lambda v: dt.datetime(2000, 1, 1) + dt.timedelta(v),  # noqa: DTZ001 - as people do
    "zoned datetime": lambda v: dt.datetime(2000, 1, 1, tzinfo=dt.UTC) + dt.timedelta(v),
    "datetime of a zone of its own": lambda v: dt.datetime(
        2000, 1, 1, v % 24, tzinfo=dt.timezone(dt.timedelta(hours=v % 9))
    ),
    "timedelta": lambda v: dt.timedelta(minutes=v),
    "Timestamp": lambda v: pd.Timestamp(v, unit="D"),
    "Timedelta": lambda v: pd.Timedelta(v, "s"),
    "Period": lambda v: pd.Period(ordinal=v, freq="M"),
    "Interval": lambda v: pd.Interval(v, v + 1),
    "UUID": lambda v: uuid.UUID(int=v * 12345),
    "list": lambda v: [v % 5, "x"],
    "tuple": lambda v: (v % 5,),
    "dict": lambda v: {"a": v},
    "set": lambda v: {v % 3},
    "array": lambda v: np.arange(v % 4 + 1),
    "NumPy int": np.int16,
    "NumPy str": lambda v: np.str_(f"t{v % 4}"),
    "NumPy datetime": lambda v: np.datetime64("2020-01-01") + v,
    "enum": lambda v: Color(1 + v % 2),
    "path": lambda v: PurePosixPath(f"/a/{v}"),
    "address": ipaddress.IPv4Address,
    "type": lambda v: (int, str)[v % 2],
    "object": lambda v: memoryview(b"x"),
    "series": lambda v: pd.Series([v]),
    "nested": lambda v: [[{"a": [v]}], (b"x", {1: None})],
}
N_SINGLE = list(CELLS).index("list")  # those before it may stand in a table
GAPS = ("None", "NaN", "NA", "NaT")
ARROW_TYPES: Mapping[str, tuple[Cell, Any]] = {
    "list": (lambda v: [v % 3, None], pa.list_(pa.int64())),
    "large list": (lambda v: ["x"] * (v % 3), pa.large_list(pa.string())),
    "struct": (lambda v: {"a": v, "b": "x"}, pa.struct([("a", pa.int32()), ("b", pa.string())])),
    "map": (lambda v: [("k", v)], pa.map_(pa.string(), pa.int64())),
    "binary": (lambda v: bytes([v % 9]), pa.binary()),
    "fixed binary": (lambda v: bytes([v % 9, 0]), pa.binary(2)),
    "decimal128": (lambda v: Decimal(v).scaleb(-2), pa.decimal128(38, 2)),
    "decimal256": (lambda v: Decimal(v) * 10**40, pa.decimal256(60, 3)),
    "negative scale": (lambda v: Decimal(v * 1000), pa.decimal128(12, -3)),
    "null": (lambda v: None, pa.null()),
    "time32": (lambda v: dt.time(v % 24), pa.time32("s")),
    "time64": (lambda v: dt.time(v % 24, 0, 0, v), pa.time64("ns")),
    "date64": (lambda v: dt.date(2000, 1, 1) + dt.timedelta(v), pa.date64()),
    "large string": (lambda v: f"t{v % 5}", pa.large_string()),
    "string view": (lambda v: f"t{v % 5}", pa.string_view()),
    "months, days and so on": (lambda v: (v % 12, v % 28, v), pa.month_day_nano_interval()),
    "half float": (lambda v: np.float16(v / 7), pa.float16()),
}


def make_objects(rng: np.random.Generator, n: int) -> "pd.Series[Any]":
    """Return an object column of one type, often with gaps, or of several."""
    cells = [pick(rng, tuple(CELLS.values())[: None if rng.random() < 0.2 else N_SINGLE])]
    if rng.random() < 0.5:
        cells.append(CELLS[pick(rng, GAPS)])
    if rng.random() < 0.3:
        cells += [pick(rng, tuple(CELLS.values())) for _ in range(int(rng.integers(1, 4)))]
    numbers = rng.integers(0, pick(rng, (3, 1000)), n)
    weights = np.array([0.8, *[0.2 / max(1, len(cells) - 1)] * (len(cells) - 1)])
    which = rng.choice(len(cells), n, p=weights / weights.sum())
    made = np.empty(n, object)
    for row, (cell, number) in enumerate(zip(which, numbers, strict=True)):
        made[row] = cells[cell](int(number))
    return pd.Series(made, dtype=object)


def make_arrow(rng: np.random.Generator, n: int) -> "pd.Series[Any]":
    """Return a column of one of Arrow's types that NumPy has not."""
    cell, kind = pick(rng, tuple(ARROW_TYPES.values()))
    values = [None if rng.random() < 0.2 else cell(int(v)) for v in rng.integers(0, 1000, n)]
    if kind == pa.month_day_nano_interval():
        values = [value and pa.scalar(value, kind) for value in values]
    array = pa.array(values, kind)
    if rng.random() < 0.2 and pa.types.is_large_string(kind):
        array = array.dictionary_encode()
    return pd.Series(pd.arrays.ArrowExtensionArray(array))


def make_complex(rng: np.random.Generator, n: int) -> "pd.Series[Any]":
    """Return complex numbers."""
    return pd.Series(rng.normal(size=n) + 1j)


OBJECTS: Mapping[str, Maker] = {
    "objects": make_objects,
    "more objects": make_objects,
    "Arrow's types": make_arrow,
    "still more objects": make_objects,
    "more of Arrow's types": make_arrow,
    "complex numbers": make_complex,
}
