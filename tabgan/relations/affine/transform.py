"""How one column is worked out from another: a line through numbers or moments, or a copy.

>>> line = Line(factor=2.0, offset=1.0, decimals=0)
>>> x, y = (Column(name, ColumnKind.INTEGER, "int64") for name in "xy")
>>> line.work_out(pd.Series([1, 2]), x, y).tolist()
[3, 5]
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

import numpy as np
import pandas as pd

from tabgan.relations.exact_arithmetic import (
    MOMENT_DECIMALS,
    are_same,
    comes_back,
    count_decimals,
    round_to_dtype,
    snap,
)
from tabgan.relations.linear_form import find_divisor
from tabgan.relations.table_profile import Evidence
from tabgan.schema import restore_dtype
from tabgan.schema.categories import Levels, from_plain
from tabgan.schema.column import Column, ColumnKind, dtype_of
from tabgan.schema.predicates import Floats, Mask, read_numbers


@dataclass(frozen=True)
class Line:
    """What turns the values of one column into those of another.

    Attributes:
        factor: What numbers are multiplied by.
        offset: What is added, in seconds where they are moments.
        decimals: To how many the outcome is rounded; None is not at all.
        categories: Those of a pandas `category` to write, where the other column has others.
    """

    factor: float = 1.0
    offset: float = 0.0
    decimals: int | None = None
    categories: tuple[Any, ...] | None = None

    @classmethod
    def learn(
        cls, evidence: Evidence, source: Column, dependent: Column, factor: float, offset: float
    ) -> Self:
        """Learn what is needed to write the dependent exactly as it stands in the table."""
        if (factor, offset) == (1.0, 0.0):
            return cls(categories=_learn_categories(evidence, source, dependent))
        if dependent.kind is ColumnKind.DATETIME:
            return cls(factor, offset, MOMENT_DECIMALS)
        return cls(factor, offset, count_decimals(dependent, evidence))

    @property
    def is_copy(self) -> bool:
        """Whether the two columns hold the same."""
        return (self.factor, self.offset) == (1.0, 0.0)

    @property
    def step(self) -> float:
        """Between the values that rounding leaves; 0 if there is none."""
        return 0.0 if self.decimals is None else 10.0**-self.decimals

    def work_out(
        self, series: "pd.Series[Any]", source: Column, dependent: Column
    ) -> "pd.Series[Any]":
        """Give the dependent, in its dtype, for a column that stands as the source does."""
        if self.repeats(source, dependent):
            return series.rename(dependent.name)
        if not has_numbers(dependent):
            return self._copy_levels(series, dependent)
        numbers = self._numbers(read_numbers(series, source), dependent)
        return restore_dtype(numbers, dependent, series.index)

    def repeats(self, source: Column, dependent: Column) -> bool:
        """Tell whether the dependent is the source, cell by cell, in the same dtype and writing."""
        is_same = self.is_copy and self.categories is None
        return is_same and replace(source, name=dependent.name) == dependent

    def find_missed(self, frame: pd.DataFrame, source: Column, dependent: Column) -> Mask:
        """Say in which rows the dependent is another than what is worked out; shape (n_rows,)."""
        series = frame[dependent.name]
        if not has_numbers(dependent):
            return _differ(frame[source.name], series)
        expected = self._numbers(read_numbers(frame[source.name], source), dependent)
        return ~are_same(expected, read_numbers(series, dependent))

    def find_obeyed(self, evidence: Evidence, source: Column, dependent: Column) -> Mask:
        """Say in which rows of the table the dependent is what is worked out; shape (n_rows,)."""
        if not has_numbers(dependent):
            return ~self.find_missed(evidence.frame, source, dependent)
        expected = self._numbers(evidence.numbers(source), dependent)
        return are_same(expected, evidence.numbers(dependent))

    def is_exact(self, evidence: Evidence, source: Column, dependent: Column, obeyed: Mask) -> bool:
        """Tell whether the rows that obey, (n_rows,), come back in the same dtype and writing."""
        series, other = evidence.series(dependent)[obeyed], evidence.series(source)[obeyed]
        if has_numbers(dependent) and not self.repeats(source, dependent):
            return comes_back(series, dependent)
        if evidence.protect and self.categories is not None:  # rare ones are lost on purpose
            return True
        return bool(self.work_out(other, source, dependent).equals(series))

    def _numbers(self, numbers: Floats, dependent: Column) -> Floats:
        if not self.is_copy:
            divisor = find_divisor(self.factor)  # dividing by 1000 is not quite times 0.001
            scaled = numbers / divisor if divisor else self.factor * numbers
            numbers = snap(scaled + self.offset, self.decimals) + 0.0  # no -0.0
        return round_to_dtype(numbers, dependent)

    def _copy_levels(self, series: "pd.Series[Any]", dependent: Column) -> "pd.Series[Any]":
        values = series.astype(object).to_numpy()
        categories = None
        if self.categories is not None:
            known = pd.Index([from_plain(level) for level in self.categories], dtype=object)
            present = pd.Index(pd.unique(pd.Series(values).dropna()), dtype=object)
            name = dependent.categories
            categories = pd.Index(
                [*known, *present[~present.isin(known)]],
                dtype=None if name is None else dtype_of(name),
            )
        return restore_dtype(values, dependent, series.index, categories)

    def to_state(self) -> dict[str, Any]:
        """Give it as JSON-able values."""
        state = asdict(self)
        state["categories"] = None if self.categories is None else list(self.categories)
        return state

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """Rebuild it from `to_state`'s answer."""
        categories = state["categories"]
        values = {**state, "categories": None if categories is None else tuple(categories)}
        return cls(**values)


def has_numbers(column: Column) -> bool:
    """Say whether a column is read as numbers: its kind is one of numbers or moments."""
    return column.kind.is_number or column.kind is ColumnKind.DATETIME


def _learn_categories(
    evidence: Evidence, source: Column, dependent: Column
) -> tuple[Any, ...] | None:
    series, other = evidence.series(dependent), evidence.series(source)
    if not isinstance(series.dtype, pd.CategoricalDtype) or series.dtype == other.dtype:
        return None
    levels = Levels.of(
        series,
        dependent,
        (lambda counts: np.flatnonzero(counts >= evidence.fewest)) if evidence.protect else None,
    )
    return tuple(levels.dtype_categories or ())


def _differ(one: "pd.Series[Any]", other: "pd.Series[Any]") -> Mask:
    """Say where two columns of levels differ; gaps are alike; shape (n_rows,)."""
    missing = np.asarray(one.isna()), np.asarray(other.isna())
    differ = missing[0] != missing[1]
    both = ~missing[0] & ~missing[1]
    left, right = (np.asarray(series.astype(object), object)[both] for series in (one, other))
    differ[both] = np.asarray(left != right, bool)
    return np.asarray(differ)
