"""What a column of the gallery is, and what made values of it are measured by.

Only pandas and NumPy judge: nothing here knows how tabgan reads or writes a column.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

Check = Callable[[Any], bool]


@dataclass(frozen=True)
class GalleryColumn:
    """A made column, and what each of its values is measured by.

    Attributes:
        name: Of the column.
        kind: Of everyday column that it is a member of.
        make: Returns as many values as asked for.
        is_well_formed: Whether a value is written, or typed, as one of this column.
        is_on_grid: Whether it stands on the column's grid, or in its pattern, within its bounds;
            asked of well-formed values only.
        broken: A value that is not well-formed.
        off_grid: A value that is well-formed and not on the grid; None where there is no grid.
        number: The number in a value, or nan: its distribution is compared, as is its dependence
            on other columns.
        parts: What else is compared: shares of categories, such as units, marks, hours.
        is_key: Whether values are made anew: none is repeated, and none copied from real rows.
    """

    name: str
    kind: str
    make: Callable[[np.random.Generator, int], "pd.Series[Any]"]
    is_well_formed: Check
    is_on_grid: Check
    broken: Any
    off_grid: Any = None
    number: Callable[[Any], float] | None = None
    parts: tuple[Callable[[Any], object], ...] = ()
    is_key: bool = False

    def find_well_formed(self, values: "pd.Series[Any]") -> list[Any]:
        """Return the values that are well-formed."""
        return [value for value in values.tolist() if self.is_well_formed(value)]

    def passes(self, value: Any) -> bool:
        """Return whether a value is well-formed and on the grid."""
        return self.is_well_formed(value) and self.is_on_grid(value)

    def numbers(self, values: "pd.Series[Any]") -> np.ndarray[Any, np.dtype[np.float64]]:
        """Return the number in each value; nan in those that hold none or are not well-formed."""
        read = self.number
        if read is None:
            return np.full(len(values), np.nan)
        cells = values.tolist()
        found = [read(value) if self.is_well_formed(value) else np.nan for value in cells]
        return np.array(found, float)

    def distance(self, real: "pd.Series[Any]", made: "pd.Series[Any]") -> float:
        """Return the largest distance of numbers and parts, from 0 to 1; nan where neither is."""
        distances = []
        if self.number is not None:
            distances.append(ks_distance(self.numbers(real), self.numbers(made)))
        for part in self.parts:
            shares = [Counter(map(part, self.find_well_formed(values))) for values in (real, made)]
            distances.append(total_variation(*shares))
        return max(distances, default=float("nan"))

    def repeated(self, real: "pd.Series[Any]", made: "pd.Series[Any]") -> float:
        """Return the share of made values that are repeated, or copied from real ones."""
        return float((made.duplicated() | made.isin(real)).mean())


def ks_distance(real: Iterable[float], made: Iterable[float]) -> float:
    """Return the largest difference of two distribution functions; 1 where nothing is made.

    >>> ks_distance([1, 2, 3, 4], [3, 4])
    0.5
    """
    sides = [np.array(list(side), float) for side in (real, made)]
    ends = [np.sort(side[~np.isnan(side)]) for side in sides]
    if not all(map(len, ends)):
        return 1.0
    every = np.concatenate(ends)
    below = [np.searchsorted(side, every, side="right") / len(side) for side in ends]
    return float(np.abs(below[0] - below[1]).max())


def total_variation(real: "Counter[object]", made: "Counter[object]") -> float:
    """Return half the sum of the differences of shares; 1 where nothing is made.

    >>> total_variation(Counter("aabb"), Counter("aaab"))
    0.25
    """
    n_real, n_made = real.total(), made.total()
    if not n_made:
        return 1.0
    keys = real.keys() | made.keys()
    return sum(abs(real[key] / n_real - made[key] / n_made) for key in keys) / 2


def reads(pattern: str, check: Check | None = None) -> Check:
    """Return a check that a value is text that a pattern describes, and that `check` accepts."""
    compiled = re.compile(pattern)

    def is_so(value: object) -> bool:
        if not isinstance(value, str) or compiled.fullmatch(value) is None:
            return False
        return check is None or check(value)

    return is_so


def is_of(kind: type[Any], check: Check | None = None) -> Check:
    """Return a check that a value is of a type, no gap, and that `check` accepts it."""

    def is_so(value: Any) -> bool:
        if not isinstance(value, kind) or isinstance(value, bool) or pd.isna(value):
            return False
        return check is None or check(value)

    return is_so


def between(low: Any, high: Any) -> Check:
    """Return a check that a value lies within bounds, both included."""
    return lambda value: bool(low <= value <= high)


def anything(_: object) -> bool:
    """Return that a value is on the grid, as there is none."""
    return True


def digits_of(value: str) -> float:
    """Return the number that the digits, the point and the minus of a text make.

    >>> digits_of("-$1,234.50")
    -1234.5
    """
    return float(re.sub(r"[^\d.-]", "", value))


def text_series(values: Iterable[str]) -> "pd.Series[Any]":
    """Return texts as a column of Python's own strings, as files and databases hand them over."""
    return pd.Series(list(values), dtype=object)
