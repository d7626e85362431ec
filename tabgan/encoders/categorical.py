"""Levels: text, booleans, codes. Frequent levels are classes; rare ones share a class.

Only frequent levels reach the networks, so 100,000 levels cost no more than a few hundred; the
others share the class RARE and are drawn back by their frequency.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from tabgan.encoders.column import (
    Clause,
    ColumnEncoder,
    EncodedColumn,
    EncoderSetting,
    Floats,
    Selection,
    refuse_missing,
)
from tabgan.errors import ConditionError, TableError
from tabgan.schema import Column, ColumnKind, dtype_of, restore_dtype

MOST_CLASSES = 512  # levels that the networks tell apart
LEVEL_TYPES: dict[str, tuple[type, Callable[[str], Any]]] = {  # how JSON holds other levels
    "timestamp": (pd.Timestamp, pd.Timestamp),
    "timedelta": (pd.Timedelta, pd.Timedelta),
    "date": (date, date.fromisoformat),
    "decimal": (Decimal, Decimal),
}


@dataclass(frozen=True)
class CategoricalEncoder(ColumnEncoder):
    """A column of levels: text, booleans, one value in all rows, or none at all.

    Levels stand by falling frequency, so a level's place is its class while it is below
    `n_own`; the rest share the class after those. The last class is missing, if the table has gaps.

    Shape:
        - levels: (n_levels,), plain values
        - level_counts: (n_levels,), rows of the table
    """

    levels: list[Any]
    level_counts: npt.NDArray[np.int64]
    n_own: int
    n_missing: int
    categories: list[Any] | None  # all of a pandas `category`, in its order, used or not
    ordered: bool

    @classmethod
    def fit(cls, column: Column, series: pd.Series, setting: EncoderSetting) -> Self:
        """Count the levels."""
        places, seen = pd.factorize(series.astype(object))
        counts = np.bincount(places[places >= 0], minlength=len(seen))
        order = np.argsort(-counts, kind="stable")
        if setting.protect and (counts >= setting.PROTECTED).any():
            order = order[counts[order] >= setting.PROTECTED]
        levels = [to_plain(level, column) for level in np.asarray(seen, object)[order]]
        is_category = isinstance(series.dtype, pd.CategoricalDtype)
        all_levels = [to_plain(v, column) for v in series.cat.categories] if is_category else None
        if setting.protect and all_levels is not None:
            all_levels = [level for level in all_levels if level in levels]
        return cls(
            column=column,
            levels=levels,
            level_counts=counts[order].astype(np.int64),
            n_own=len(levels) if len(levels) <= MOST_CLASSES + 1 else MOST_CLASSES,
            n_missing=int(series.isna().sum()),
            categories=all_levels,
            ordered=bool(is_category and series.cat.ordered),
        )

    @property
    def n_classes(self) -> int:
        return self.n_own + self._has_rare + (self.n_missing > 0)

    @property
    def _has_rare(self) -> bool:
        return self.n_own < len(self.levels)

    def encode(self, series: pd.Series, rng: np.random.Generator) -> EncodedColumn:
        index = pd.Index([from_plain(level) for level in self.levels], dtype=object)
        place = index.get_indexer(pd.Index(series.astype(object), dtype=object))
        missing = series.isna().to_numpy()
        unknown = (place < 0) & ~missing  # protected levels: any of those that are kept
        if unknown.any():
            place[unknown] = self._draw(0, int(unknown.sum()), rng)
        codes = np.minimum(place, self.n_own).astype(np.int32)
        codes[missing] = self.n_classes - 1
        return EncodedColumn(codes, np.zeros(len(codes), np.float32))

    def _draw(self, first: int, n_rows: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
        """Draw places of levels, from `first` on, by frequency."""
        ends = np.cumsum(self.level_counts[first:])
        return first + np.searchsorted(ends, rng.integers(ends[-1], size=n_rows), side="right")

    def decode(
        self,
        cells: EncodedColumn,
        rows: npt.NDArray[np.int64],  # noqa: ARG002
        rng: np.random.Generator,
    ) -> pd.Series:
        place = cells.codes.astype(np.int64)
        if self._has_rare:
            rare = cells.codes == self.n_own
            place[rare] = self._draw(self.n_own, int(rare.sum()), rng)
        if self.n_missing:
            place[cells.codes == self.n_classes - 1] = len(self.levels)
        values = np.empty(len(self.levels) + 1, object)
        values[:-1] = [from_plain(level) for level in self.levels]
        values[-1] = None
        return self._restore(values[place])

    def _restore(self, values: npt.NDArray[np.object_]) -> pd.Series:
        categories = None
        if self.categories is not None:
            levels = [from_plain(level) for level in self.categories]
            name = self.column.categories
            categories = pd.Index(levels, dtype=None if name is None else dtype_of(name))
        return restore_dtype(values, self.column, categories=categories, ordered=self.ordered)

    def select(self, clauses: list[Clause]) -> Selection:
        values = {self._find_level(clause) for clause in clauses}
        if len(values) > 1:
            raise ConditionError(
                f"column {self.column.name!r} cannot be "
                f"{' and '.join(repr(clause.value) for clause in clauses)} at once."
            )
        place = values.pop()
        zero = np.zeros(1)
        if place is None:
            if not self.n_missing:
                raise refuse_missing(self.column)
            return Selection(np.array([self.n_classes - 1], np.int32), zero + 1, zero, zero)
        code = np.array([min(place, self.n_own)], np.int32)
        return Selection(code, zero + 1, zero, zero, value=self.levels[place])

    def _find_level(self, clause: Clause) -> int | None:
        """Give the place of the level that a clause asks for; None for missing."""
        if clause.operator != "=":
            raise ConditionError(
                f"column {self.column.name!r} holds {self.column.kind.value} values, so it can "
                f"only be asked to equal one of them, not {clause.operator} {clause.value}."
            )
        value = clause.value
        if value is None or value is pd.NA or value is pd.NaT or value != value:  # noqa: PLR0124
            return None
        asked = str(value).lower() if self.column.kind is ColumnKind.BOOLEAN else str(value)
        names = [self._name(level) for level in self.levels]
        if asked in names:
            return names.index(asked)
        if not asked.strip():
            return None
        raise ConditionError(
            f"column {self.column.name!r} never holds {asked!r} in the table; "
            f"{self._show_levels(asked, names)}."
        )

    def _name(self, level: object) -> str:
        text = str(from_plain(level))
        return text.lower() if self.column.kind is ColumnKind.BOOLEAN else text

    @staticmethod
    def _show_levels(asked: str, names: list[str]) -> str:
        close = get_close_matches(asked, names[:10_000], n=3)
        if close:
            return f"did you mean {' or '.join(map(repr, close))}?".removesuffix("?")
        shown = ", ".join(map(repr, names[:8]))
        return f"it holds {shown}" + (f" and {len(names) - 8} more" if len(names) > 8 else "")

    def impose(self, series: pd.Series, selection: Selection) -> pd.Series:
        if selection.value is None or not self._has_rare:
            return series
        values = np.empty(len(series), object)
        values[:] = [from_plain(selection.value)] * len(series)
        return self._restore(values).set_axis(series.index)

    @property
    def frequencies(self) -> Floats:
        """Shares of the table's rows, class by class; shape (n_classes,)."""
        own = list(self.level_counts[: self.n_own])
        rare = [self.level_counts[self.n_own :].sum()] if self._has_rare else []
        counts = np.array(own + rare + ([self.n_missing] if self.n_missing else []), np.float64)
        shares: Floats = counts / counts.sum()
        return shares


def to_plain(level: object, column: Column) -> Any:
    """Give a level as JSON can hold it."""
    if isinstance(level, np.generic):
        level = level.item()
    if isinstance(level, str | bool | int | float):
        return level
    if isinstance(level, pd.Interval):
        return {
            "interval": [to_plain(v, column) for v in (level.left, level.right)],
            "closed": level.closed,
        }
    for name, (kind, _) in LEVEL_TYPES.items():
        if isinstance(level, kind):
            return {name: level.isoformat() if hasattr(level, "isoformat") else str(level)}
    raise TableError(
        f"column {column.name!r} holds {type(level).__name__} values, which tabgan cannot learn; "
        "turn them into text or numbers."
    )


def from_plain(level: Any) -> Any:
    """Give a level back as it stood in the table."""
    if not isinstance(level, dict):
        return level
    if "interval" in level:
        left, right = map(from_plain, level["interval"])
        return pd.Interval(left, right, level["closed"])
    ((name, text),) = level.items()
    return LEVEL_TYPES[name][1](text)
