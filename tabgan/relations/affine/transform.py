"""One column calculated from another: a line through numbers or datetimes, or a copy.

>>> line = AffineTransform(factor=2.0, offset=1.0, decimals=0)
>>> x, y = (Column(name, ColumnKind.INTEGER, "int64") for name in "xy")
>>> line.apply(pd.Series([1, 2]), x, y).tolist()
[3, 5]
"""

from dataclasses import asdict, dataclass, replace
from typing import Any, Self

import numpy as np
import pandas as pd

from tabgan.query.numbers import write_number
from tabgan.relations.column_checks import check_affine
from tabgan.relations.exact_arithmetic import (
    DATETIME_DECIMALS,
    ceil_decimals,
    column_decimals,
    equal_nan,
    round_decimals,
    round_to_dtype,
    round_trips,
)
from tabgan.relations.linear_form import find_divisor
from tabgan.relations.saved_columns import DATETIME_RANGE, read_decimals, read_values
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import restore_dtype
from tabgan.schema.arrays import Floats, Mask
from tabgan.schema.column import Column, ColumnKind, dtype_of, holds_text
from tabgan.schema.float_conversion import to_float
from tabgan.schema.plain_categories import from_plain
from tabgan.state_reader import MAX_FLOAT, StateReader


@dataclass(frozen=True)
class AffineTransform:
    """The map `y = round(factor * x + offset)`, or the identity for categories.

    Attributes:
        factor: 1 for datetimes and categories.
        offset: In seconds for datetimes.
        decimals: To how many the result is rounded; None is not at all.
        categories: All those of a pandas `category` to write, if the source's dtype has others.
    """

    factor: float = 1.0
    offset: float = 0.0
    decimals: int | None = None
    categories: tuple[Any, ...] | None = None

    @classmethod
    def fit(
        cls, profile: TableProfile, source: Column, dependent: Column, factor: float, offset: float
    ) -> Self:
        """Return the map with the decimals or categories that the dependent has in the table."""
        if (factor, offset) == (1.0, 0.0):
            return cls(categories=_learn_categories(profile, source, dependent))
        if dependent.kind is ColumnKind.DATETIME:
            return cls(factor, offset, DATETIME_DECIMALS)
        return cls(factor, offset, column_decimals(dependent, profile))

    @property
    def is_copy(self) -> bool:
        """Whether the two columns hold the same."""
        return (self.factor, self.offset) == (1.0, 0.0)

    @property
    def n_digits(self) -> int | None:
        """Digits of factor and offset as they are written; None for a copy."""
        if self.is_copy:
            return None
        factor, offset = find_divisor(self.factor) or self.factor, self.offset
        written = "" if abs(factor) == 1 else write_number(factor)
        written += write_number(offset) if offset else ""
        return sum(map(str.isdigit, written))

    @property
    def step(self) -> float:
        """The distance between neighbouring results; 0 if they are not rounded."""
        return 0.0 if self.decimals is None else 10.0**-self.decimals

    def apply(
        self, series: "pd.Series[Any]", source: Column, dependent: Column
    ) -> "pd.Series[Any]":
        """Return the dependent, in its own dtype, of rows of the source; shape (n_rows,)."""
        if self.is_identity(source, dependent):
            return series.rename(dependent.name)
        if not has_numbers(dependent):
            return self._copy(series, dependent)
        numbers = self._transform_numbers(to_float(series, source), dependent)
        return restore_dtype(numbers, dependent, series.index)

    def is_identity(self, source: Column, dependent: Column) -> bool:
        """Return whether the dependent is the source cell by cell, dtype and format included."""
        is_same = self.is_copy and self.categories is None
        return is_same and replace(source, name=dependent.name) == dependent

    def find_violations(self, frame: pd.DataFrame, source: Column, dependent: Column) -> Mask:
        """Return in which rows the dependent is another than the map's result; shape (n_rows,)."""
        series = frame[dependent.name]
        if not has_numbers(dependent):
            return _differ(frame[source.name], series)
        expected = self._transform_numbers(to_float(frame[source.name], source), dependent)
        return ~equal_nan(expected, to_float(series, dependent))

    def find_matches(self, profile: TableProfile, source: Column, dependent: Column) -> Mask:
        """Return in which rows of the table the dependent is the map's result; shape (n_rows,)."""
        if not has_numbers(dependent):
            return ~self.find_violations(profile.frame, source, dependent)
        expected = self._transform_numbers(profile.numbers(source), dependent)
        return equal_nan(expected, profile.numbers(dependent))

    def is_exact(
        self, profile: TableProfile, source: Column, dependent: Column, obeying: Mask
    ) -> bool:
        """Return whether obeying rows, (n_rows,), are restored with the same dtype and format."""
        series, other = profile.series(dependent)[obeying], profile.series(source)[obeying]
        if has_numbers(dependent) and not self.is_identity(source, dependent):
            return round_trips(series, dependent)
        if (
            profile.protection.is_on and self.categories is not None
        ):  # rare ones are lost on purpose
            return True
        return bool(self.apply(other, source, dependent).equals(series))

    def invert_bounds(self, low: float, high: float, inverse: Self | None) -> tuple[float, float]:
        """Return the source's bounds for those of the dependent; low > high if no value is left.

        Args:
            low: The least value of the dependent.
            high: The greatest one.
            inverse: From the dependent to the source, if that is exact.
        """
        ends = ceil_decimals(np.array([low, -high]), self.decimals) - self.step / 2
        ends = np.sort((ends * (1, -1) - self.offset) / self.factor)
        if inverse is not None:
            ends = ceil_decimals(ends * (1, -1), inverse.decimals) * (1, -1)
        return float(ends[0]), float(ends[1])

    def _transform_numbers(self, numbers: Floats, dependent: Column) -> Floats:
        if not self.is_copy:
            divisor = find_divisor(self.factor)  # dividing by 1000 is not quite times 0.001
            with np.errstate(over="ignore"):  # what it is only tried on may be too large
                scaled = numbers / divisor if divisor else self.factor * numbers
            numbers = round_decimals(scaled + self.offset, self.decimals) + 0.0  # no -0.0
        return round_to_dtype(numbers, dependent)

    def _copy(self, series: "pd.Series[Any]", dependent: Column) -> "pd.Series[Any]":
        values = series.astype(object).to_numpy()
        categories = None
        if self.categories is not None:
            seen = pd.Index([from_plain(category) for category in self.categories], dtype=object)
            present = pd.Index(pd.unique(pd.Series(values).dropna()), dtype=object)
            name = dependent.categories
            categories = pd.Index(
                [*seen, *present[~present.isin(seen)]],
                dtype=None if name is None else dtype_of(name),
            )
        return restore_dtype(values, dependent, series.index, categories)

    def to_state(self) -> dict[str, Any]:
        """Return its attributes as JSON-able values."""
        state = asdict(self)
        state["categories"] = None if self.categories is None else list(self.categories)
        return state

    @classmethod
    def from_state(cls, state: StateReader, source: Column, dependent: Column) -> Self:
        """Rebuild it from what `to_state` returned, for these columns.

        Raises:
            ModelFileError: It holds what it cannot, or the columns cannot be so related.
        """
        factor, offset = state.number("factor"), state.number("offset", *_offsets_of(dependent))
        state.build(lambda: check_affine(source, dependent, factor, offset))
        categories = None
        if state.has("categories"):
            categories = tuple(read_values(state, "categories", dependent).values)
        transform = cls(factor, offset, read_decimals(state, "decimals"), categories)
        can_copy = has_numbers(dependent) or _can_copy(source, dependent)
        state.check(can_copy, "factor", f"copies {source.dtype} to {dependent.dtype}")
        return transform


def has_numbers(column: Column) -> bool:
    """Return whether a column is read as numbers: its kind is one of numbers or datetimes."""
    return column.kind.is_quantitative


def _offsets_of(column: Column) -> tuple[float, float]:
    """Return the least and the greatest offset that a column can have."""
    widest = DATETIME_RANGE[1] - DATETIME_RANGE[0]
    return (-widest, widest) if column.kind is ColumnKind.DATETIME else (-MAX_FLOAT, MAX_FLOAT)


def _can_copy(source: Column, dependent: Column) -> bool:
    """Return whether all that one column of categories can hold can be written in another."""
    origin, target = (dtype_of(c.categories or c.dtype) for c in (source, dependent))
    if origin == target or pd.api.types.is_object_dtype(target):
        return True
    if holds_text(target):
        return holds_text(origin) or source.element in {"str", None}
    plain = [getattr(dtype, "numpy_dtype", dtype) for dtype in (origin, target)]
    return all(isinstance(dtype, np.dtype) for dtype in plain) and np.can_cast(*plain)


def _learn_categories(
    profile: TableProfile, source: Column, dependent: Column
) -> tuple[Any, ...] | None:
    dtype = profile.series(dependent).dtype
    if not isinstance(dtype, pd.CategoricalDtype) or dtype == profile.series(source).dtype:
        return None
    categories = profile.categories(dependent, profile.min_rows)
    return tuple(categories.dtype_categories or ())


def _differ(one: "pd.Series[Any]", other: "pd.Series[Any]") -> Mask:
    """Return where two columns of categories differ, gaps being equal; shape (n_rows,)."""
    missing = np.asarray(one.isna()), np.asarray(other.isna())
    differ = missing[0] != missing[1]
    both = ~missing[0] & ~missing[1]
    left, right = (np.asarray(series.astype(object), object)[both] for series in (one, other))
    differ[both] = np.asarray(left != right, bool)
    return np.asarray(differ)
