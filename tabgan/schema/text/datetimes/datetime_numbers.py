"""Datetimes kept as whole numbers: compact ones such as 20240131 or 1745, and time since 1970.

Formats are those of text, of digits only, or `epoch s`, `epoch ms`, `epoch us`, `epoch ns`. The
numbers are written without leading zeros: half past eight as `%H%M` is 830.

>>> numbers = pd.Series([20240131, None])
>>> read_datetime_numbers(numbers, "%Y%m%d")
array(['2024-01-31T00:00:00.000000',                        'NaT'],
      dtype='datetime64[us]')
"""

import re
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from tabgan.schema.arrays import Floats, Mask
from tabgan.schema.column import Column, dtype_of
from tabgan.schema.text.datetimes.plausibility import are_dates, are_short_dates, are_times
from tabgan.schema.text.datetimes.reading import read_datetimes
from tabgan.schema.text.datetimes.tokens import count_digits, is_digits_only
from tabgan.schema.text.datetimes.writing import write_datetimes
from tabgan.schema.text.strings import arrow_series

EPOCHS = {"epoch s": 1, "epoch ms": 10**3, "epoch us": 10**6, "epoch ns": 10**9}  # in a second
_COMPACT = {  # the lowest and the highest number that may be written so
    "%H%M": (0, 2400),
    "%Y%m": (180_001, 220_012),
    "%y%m%d": (10_101, 991_231),
    "%d%m%y": (10_100, 311_299),
    "%H%M%S": (0, 235_959),
    "%Y%m%d": (18_000_101, 22_001_231),
    "%d%m%Y": (1_011_800, 31_122_200),
    "%m%d%Y": (1_011_800, 12_312_200),
    "%Y%m%d%H": (1_800_010_100, 2_200_123_123),
    "%Y%m%d%H%M": (180_001_010_000, 220_012_312_359),
    "%Y%m%d%H%M%S": (18_000_101_000_000, 22_001_231_235_959),
}
_LAST_DAY = 99_991_231  # stands for no date
_MIDNIGHT, _END_OF_DAY = 2400, np.datetime64("1970-01-02", "us")  # as timetables write it
_EPOCH_SECONDS = (631_152_000, 4_102_444_800)  # 1990 to 2100
_HINTS = {"time", "date", "datetime", "ts", "timestamp", "epoch", "stamp", "unix", "utc", "at"}
_HINTS |= {"when", "since", "until", "created", "updated", "modified", "changed", "deleted"}
_HINTS |= {"expires", "expiry", "expired", "seen", "login", "logged", "started", "ended"}
MIN_HINTED = 3  # different numbers in a column whose name speaks of time
MIN_MINUTES, MIN_MINUTE_SHARE = 20, 0.98  # different ones, and whole minutes, where no name does
MIN_KEY_ROWS, MAX_KEY_SPREAD = 20, 1.2  # as many that are unique and so dense count rows, not time
HEAD = 200  # numbers that are tried before all are


def is_datetime_number_format(format_: str | None) -> bool:
    """Return whether a format is one that whole numbers may be written in."""
    return format_ is not None and (format_ in EPOCHS or is_digits_only(format_))


def detect_datetime_numbers(numbers: Floats, name: object) -> str | None:
    """Return the format of whole numbers, shape (n,), that are recognisably datetimes, or None.

    Compact ones are by how many different ones there are. Seconds since 1970, or thousandths,
    millionths and so on, lie in 1990 to 2100 and have a name that speaks of time, such as
    `created_at`, or are whole minutes; but numbers that count rows up are keys, whatever they
    look like.
    """
    present = numbers[~np.isnan(numbers)]
    if not len(present) or present.min() < 0 or (present[:HEAD] % 1).any() or (present % 1).any():
        return None
    usual = present[present != _LAST_DAY] if present.max() == _LAST_DAY else present
    low, high = (float(usual.min()), float(usual.max())) if len(usual) else (0.0, 0.0)
    for format_, (least, most) in _COMPACT.items():
        if least <= low and high <= most and _are_compact(present, format_):
            return format_
    for format_, per_second in EPOCHS.items():
        ends = [end * per_second for end in _EPOCH_SECONDS]
        if ends[0] <= low and high <= ends[1] and _is_epoch(present, 60 * per_second, name):
            return format_
    return None


def _are_compact(present: Floats, format_: str) -> bool:
    for numbers in (present[:HEAD], present):
        distinct = np.unique(numbers).astype(np.int64)
        datetimes = _read_compact(distinct, format_)
        if np.isnat(datetimes).any():
            return False
    if format_.startswith("%H"):
        return are_times(datetimes)
    if "%y" in format_:
        return are_short_dates(datetimes)
    return are_dates(datetimes, has_days="%d" in format_)


def _is_epoch(present: Floats, minute: int, name: object) -> bool:
    distinct = np.unique(present)
    spread = distinct[-1] - distinct[0] + 1
    if len(distinct) == len(present) >= MIN_KEY_ROWS and spread <= MAX_KEY_SPREAD * len(present):
        return False
    if words_of(name) & _HINTS:
        return len(distinct) >= MIN_HINTED
    share = float((present % minute == 0).mean())
    return len(distinct) >= MIN_MINUTES and share >= MIN_MINUTE_SHARE


def words_of(name: object) -> set[str]:
    """Return the words of a column's name in small letters.

    >>> sorted(words_of("createdAt_ms"))
    ['at', 'created', 'ms']
    """
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", str(name))}


def read_datetime_numbers(series: "pd.Series[Any]", format_: str) -> npt.NDArray[np.datetime64]:
    """Read whole numbers of shape (n,) as datetime64[us]; NaT for gaps.

    What is no datetime of the format is NaT as well.
    """
    missing = series.isna().to_numpy(bool)
    datetimes = np.full(len(series), "NaT", dtype="datetime64[us]")
    numbers, is_whole = _whole_numbers(series[~missing])
    if format_ in EPOCHS:
        fine, coarse = _micros_of(format_)
        read = (numbers // fine * coarse).astype("datetime64[us]")
    else:
        distinct, indices = np.unique(numbers, return_inverse=True)
        read = _read_compact(distinct, format_)[indices]
    datetimes[~missing] = np.where(is_whole, read, np.datetime64("NaT", "us"))
    return datetimes


def read_datetime_texts(values: pa.Array, format_: str) -> npt.NDArray[np.datetime64]:
    """Read time since 1970 in text of shape (n,) as datetime64[us]; NaT where it is none."""
    fits = pc.fill_null(pc.match_substring_regex(values, r"^[1-9][0-9]{0,17}$"), False)
    numbers = pc.cast(pc.if_else(fits, values, None), pa.int64())
    return read_datetime_numbers(pd.Series(pd.array(numbers.to_pylist(), "Int64")), format_)


def _micros_of(format_: str) -> tuple[int, int]:
    """Return how many units of an epoch are a microsecond, or else how many of these are one."""
    per_second = EPOCHS[format_]
    return max(1, per_second // 10**6), max(1, 10**6 // per_second)


def _whole_numbers(present: "pd.Series[Any]") -> tuple[npt.NDArray[np.int64], Mask]:
    """Return numbers as int64, and which of them are whole; shape (n,) both."""
    if getattr(present.dtype, "kind", "O") in "iu":
        return present.to_numpy(np.int64), np.ones(len(present), bool)
    values = present.to_numpy(object)
    if all(isinstance(value, int) for value in values[:HEAD]):
        try:
            return np.array(values, dtype=np.int64), np.ones(len(present), bool)
        except (OverflowError, TypeError, ValueError):
            pass
    floats = np.array([float(value) for value in values], dtype=np.float64)
    is_whole = (floats % 1 == 0) & (np.abs(floats) < 2.0**63)
    return np.where(is_whole, floats, 0).astype(np.int64), is_whole


def _read_compact(numbers: npt.NDArray[np.int64], format_: str) -> npt.NDArray[np.datetime64]:
    texts = pc.cast(pa.array(numbers), pa.string())
    datetimes = read_datetimes(pc.utf8_lpad(texts, count_digits(format_), "0"), format_)
    if format_ == "%H%M":
        datetimes[numbers == _MIDNIGHT] = _END_OF_DAY
    return datetimes


def write_datetime_numbers(
    datetimes: npt.NDArray[np.datetime64], format_: str
) -> npt.NDArray[np.int64]:
    """Write datetimes (datetime64[us] without NaT, (n,)) as whole numbers; (n,).

    What is finer than the format's unit is cut off, and nanoseconds end in 000.
    """
    if format_ in EPOCHS:
        fine, coarse = _micros_of(format_)
        return datetimes.astype(np.int64) // coarse * fine
    numbers = np.array(pc.cast(write_datetimes(datetimes, format_), pa.int64()), dtype=np.int64)
    if format_ == "%H%M":
        numbers[datetimes == _END_OF_DAY] = _MIDNIGHT
    return numbers


def integer_series(
    numbers: npt.NDArray[np.int64], missing: Mask, column: Column, index: pd.Index | None
) -> "pd.Series[Any]":
    """Return whole numbers, (n,), with gaps where `missing`, in the dtype of a column of numbers.

    An integer dtype that cannot hold gaps becomes the nullable one if there are any.
    """
    dtype = dtype_of(column.dtype)
    if pd.api.types.is_object_dtype(dtype):
        kind = {"float": float, "Decimal": Decimal}.get(column.element or "int", int)
        objects = np.array([kind(number) for number in numbers.tolist()], dtype=object)
        objects[missing] = np.nan if kind is float else None
        return pd.Series(objects, index=index, name=column.name, dtype=object)
    if isinstance(dtype, pd.ArrowDtype):
        arrow = pc.cast(pa.array(numbers, mask=missing), dtype.pyarrow_dtype)
        return arrow_series(arrow, index, column.name)
    plain = np.dtype(getattr(dtype, "numpy_dtype", dtype))
    if not missing.any():
        return pd.Series(numbers, index=index, name=column.name).astype(dtype)
    masked = pd.Series(numbers, index=index, name=column.name)
    if plain.kind == "f":
        return masked.astype(dtype).mask(missing)
    return masked.astype(plain.name.replace("int", "Int").replace("uI", "UI")).mask(missing)
