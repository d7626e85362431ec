"""A column, or a part of one, as codes and scalars; and what a condition leaves of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt

from tabgan.schema.arrays import Floats
from tabgan.schema.ranges import Range

Codes = npt.NDArray[np.int32]
Scalars = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]
MAX_ROWS = 10**15  # of a table, in files


@dataclass(frozen=True)
class EncodedColumn:
    """One column as numbers.

    Shape:
        - codes: (n_rows,), from 0 to n_classes - 1
        - scalars: (n_rows,), from -1 to 1; 0 in classes that hold a single value
    """

    codes: Codes
    scalars: Scalars


@dataclass(frozen=True)
class Selection:
    """What a condition leaves of a column: the classes allowed, and the range of each one's scalar.

    A class comes twice if two parts of it are allowed.

    Shape:
        - classes, weights, low, high: (n_allowed,); weights are shares of the table's rows,
          low and high bound the scalar
    """

    classes: Codes
    weights: Floats
    low: Floats
    high: Floats
    indices: npt.NDArray[np.int64] | None = None  # of the categories allowed: several share a class
    ranges: tuple[Range, ...] | None = None  # decoded numbers lie in one of these
    share: float = 1.0  # of the table's rows

    def join(self, other: "Selection") -> Self:
        """Return what either leaves of a column of numbers, if they have nothing in common."""
        arrays = {
            name: np.concatenate([getattr(self, name), getattr(other, name)])
            for name in ("classes", "weights", "low", "high")
        }
        ranges = (*(self.ranges or ()), *(other.ranges or ())) or None
        return replace(self, **arrays, ranges=ranges, share=self.share + other.share)

    def draw(self, n_rows: int, rng: np.random.Generator) -> EncodedColumn:
        """Draw cells at their true frequency within what is allowed; shape (n_rows,) each."""
        total = self.weights.sum()
        shares = self.weights / total if total > 0 else None
        drawn = rng.choice(len(self.classes), n_rows, p=shares)
        scalars = rng.uniform(self.low[drawn], self.high[drawn])
        return EncodedColumn(self.classes[drawn], scalars.astype(np.float32))


@dataclass(frozen=True)
class PartSelections:
    """What a condition leaves of the parts of a column.

    Attributes:
        by_part: By the part's number; of the other parts everything is left.
        is_exact: Whether every row drawn satisfies the condition; else rows have to be checked.
    """

    by_part: Mapping[int, Selection]
    is_exact: bool = True

    @property
    def share(self) -> float:
        """Share of the table's rows that is left, as if parts were independent."""
        return float(np.prod([selection.share for selection in self.by_part.values()]))
