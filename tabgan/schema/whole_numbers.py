"""Whole numbers and decimals that float64 cannot tell apart, read, compared and written exactly.

All of a column's numbers are whole multiples of the same power of ten: 0.25 and 12 are 25 and 1200
hundredths. These multiples are int64 or uint64, or Python's own where 64 bits are too few.

>>> numbers = parse_whole_numbers(pd.Series([Decimal("0.25"), 12, None], dtype=object))
>>> numbers.units.tolist(), numbers.decimals, numbers.missing.tolist()
([25, 1200, 0], 2, [False, False, True])
"""

import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from tabgan.schema.arrays import Mask, Objects
from tabgan.schema.column import holds_text
from tabgan.schema.text import is_text, text_array

Units = npt.NDArray[Any]  # int64, uint64, or objects that are Python integers

MAX_EXACT = 2**53  # whole numbers beyond have no float64 of their own
MAX_DECIMALS = 38  # as many as Arrow's decimals have; numbers with more are learned as floats
_PLAIN = r"^\s*[+-]?[0-9]+(?:\.[0-9]+)?\s*$"


@dataclass(frozen=True)
class WholeNumbers:
    """Numbers as whole multiples of a power of ten.

    Attributes:
        units: The multiples, 0 where missing; (n_rows,).
        missing: Where there is none; (n_rows,).
        decimals: The power of ten is 10**-decimals.
    """

    units: Units
    missing: Mask
    decimals: int = 0

    @property
    def present(self) -> Units:
        """The multiples that are there; (n_present,)."""
        return self.units[~self.missing]

    @property
    def is_long(self) -> bool:
        """Whether some of them have no float64 of their own."""
        if not len(self.units):
            return False
        return max(-int(self.units.min()), int(self.units.max())) >= MAX_EXACT


def parse_whole_numbers(
    series: "pd.Series[Any]", decimals: int | None = None
) -> WholeNumbers | None:
    """Return a column's numbers exactly, or None if it holds floats, or what is no number.

    Args:
        series: Integers or decimals, as such, as objects, or as text; (n_rows,).
        decimals: That are kept; as many as there are when None.
    """
    if isinstance(series.dtype, pd.SparseDtype):
        series = series.astype(series.dtype.subtype)
    missing = series.isna().to_numpy(bool)
    plain = getattr(series.dtype, "numpy_dtype", series.dtype)
    if isinstance(plain, np.dtype) and plain.kind in "iu":
        whole = series.to_numpy() if isinstance(series.dtype, np.dtype) else None
        units = series.fillna(0).to_numpy(plain) if whole is None else whole
        wide = np.uint64 if plain.kind == "u" else np.int64
        return _with_decimals(units.astype(wide), missing, decimals or 0)
    values = _read_objects(series, missing)
    return None if values is None else _from_objects(values, missing, decimals)


def parse_long_numbers(series: "pd.Series[Any]") -> WholeNumbers | None:
    """Return a column's numbers exactly, or None if float64 can hold them as well."""
    numbers = parse_whole_numbers(series)
    return numbers if numbers is not None and numbers.is_long else None


def _with_decimals(units: Units, missing: Mask, decimals: int) -> WholeNumbers:
    if decimals:
        units = narrow(units.astype(object) * 10**decimals)
    return WholeNumbers(units, missing, decimals)


def _read_objects(series: "pd.Series[Any]", missing: Mask) -> Objects | None:
    """Return a column's cells as Python integers and decimals; None if they are none."""
    dtype = series.dtype
    if isinstance(dtype, pd.ArrowDtype) and pa.types.is_decimal(dtype.pyarrow_dtype):
        values: Objects = series.astype(object).to_numpy()
        return _without_gaps(values, missing)
    if holds_text(dtype):
        return _read_texts(series)
    if not pd.api.types.is_object_dtype(dtype):
        return None
    objects: Objects = series.to_numpy()
    kinds = set(map(type, objects[~missing].tolist()))
    if not kinds or bool in kinds:
        return None
    if all(issubclass(kind, int | np.integer | Decimal) for kind in kinds):
        return _without_gaps(objects, missing)
    return _read_texts(series) if kinds == {str} else None


def _read_texts(series: "pd.Series[Any]") -> Objects | None:
    """Return texts that are long numbers as decimals; None if they are none, or not long."""
    if not is_text(series):
        return None
    texts = text_array(series)
    is_long = pc.max(pc.utf8_length(texts)).as_py() or 0
    if (
        is_long <= len(str(MAX_EXACT)) - 1
        or not pc.all(pc.match_substring_regex(texts, _PLAIN)).as_py()
    ):
        return None
    distinct = pc.dictionary_encode(texts)
    read = [Decimal(text.strip()) for text in distinct.dictionary.to_pylist()]
    found: Objects = np.array([*read, None], object)
    return np.asarray(found[pc.fill_null(distinct.indices, -1).to_numpy()])


def _without_gaps(values: Objects, missing: Mask) -> Objects:
    """Return cells with None where missing; (n_rows,)."""
    kept = values.copy()
    kept[missing] = None
    return kept


def _from_objects(values: Objects, missing: Mask, decimals: int | None) -> WholeNumbers | None:
    indices, distinct = pd.factorize(values)
    exponents = [-int(v.as_tuple().exponent) for v in distinct if isinstance(v, Decimal)]
    if decimals is None:
        decimals = max([0, *exponents])
        if decimals > MAX_DECIMALS:
            return None
    units = np.zeros(len(distinct) + 1, object)
    for index, value in enumerate(distinct):
        is_whole = decimals == 0 and not isinstance(value, Decimal)
        units[index] = int(value) if is_whole else round(Fraction(value) * 10**decimals)
    return WholeNumbers(narrow(units)[indices], (indices < 0) | missing, decimals)


def find_decimal_format(series: "pd.Series[Any]") -> str | None:
    """Return `.2f` where all decimals of a column of objects have two digits behind the point.

    It is `repr` where all have some, else None.
    """
    present = series.dropna().drop_duplicates().to_numpy()
    finite = [value for value in present if np.isfinite(float(value))]
    exponents = [int(v.as_tuple().exponent) if isinstance(v, Decimal) else 0 for v in finite]
    most, least = -min(exponents, default=0), -max(exponents, default=0)
    if most == least >= 0 or most <= 0:
        return f".{max(0, most)}f"
    return "repr" if least > 0 else None


def narrow(units: Units) -> Units:
    """Return whole numbers as int64 or uint64, if all of them fit; (n,) in and out."""
    if units.dtype != object or not len(units):
        return units if units.dtype != object else units.astype(np.int64)
    low, high = min(units), max(units)
    if low >= -(2**63) and high < 2**63:
        return units.astype(np.int64)
    return units.astype(np.uint64) if low >= 0 and high < 2**64 else units


def read_exactly(value: object, decimals: int) -> Fraction:
    """Return a number that is asked for in units of 10**-decimals.

    Raises:
        ValueError, TypeError, OverflowError: It is no finite number.
    """
    number: Any = value.item() if isinstance(value, np.generic) else value
    return Fraction(number) * Fraction(10) ** decimals


def compare_units(units: Units, operator: str, value: Fraction) -> Mask:
    """Return which whole numbers compare so with a value; shape (n,)."""
    less, at_most = (_at_most(units, end) for end in (math.ceil(value) - 1, math.floor(value)))
    compared = {"=": at_most & ~less, "<": less, "<=": at_most}
    compared |= {">": ~at_most, ">=": ~less, "!=": ~compared["="]}
    return compared[operator]


def compare_exactly(series: "pd.Series[Any]", operator: str, value: object) -> Mask | None:
    """Return which numbers compare so with a value; None if float64 can tell them; (n_rows,).

    Raises:
        ValueError, TypeError: The value is no number.
    """
    numbers = parse_long_numbers(series)
    if numbers is None:
        return None
    try:
        return compare_units(numbers.units, operator, read_exactly(value, numbers.decimals))
    except OverflowError:  # it is infinite
        return None


def _at_most(units: Units, bound: int) -> Mask:
    if units.dtype == object:
        return np.asarray(units <= bound, bool)
    limits = np.iinfo(units.dtype)
    if bound < limits.min:
        return np.zeros(len(units), bool)
    return np.asarray(units <= min(bound, int(limits.max)))
