"""Levels: text, booleans, codes. Frequent levels are classes; rare ones share classes.

Only frequent levels reach the networks by themselves, so 100,000 levels cost no more than a few
hundred; the others come in groups of levels that stand in similar rows (see `rare`), and are drawn
back by their frequency within the group.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from tabgan.encoding.column_encoder import (
    Codes,
    ColumnEncoder,
    EncodedColumn,
    EncoderSetting,
    Floats,
    Selection,
    refuse_missing,
)
from tabgan.encoding.rare_categories import MOST_ROWS, group_levels, show_columns
from tabgan.errors import ConditionError, SettingError
from tabgan.schema import Column
from tabgan.schema.categories import LevelCounts, Levels, Places
from tabgan.schema.predicates import COMPARISONS, Clause, asks_for_missing, name_level

MOST_CLASSES = 512  # levels that the networks tell apart


@dataclass(frozen=True)
class CategoricalEncoder(ColumnEncoder):
    """A column of levels: text, booleans, one value in all rows, or none at all.

    Levels stand by falling frequency, so a level's place is its class while it is below
    `n_own`; the rest share the classes after those. The last class is missing, if the table has
    gaps.

    Shape:
        - level_counts: (n_levels,), rows of the table
        - groups: (n_levels - n_own,), the group of each rare level, from 0 up
    """

    levels: Levels
    level_counts: npt.NDArray[np.int64]
    n_own: int
    n_missing: int
    groups: Codes

    @classmethod
    def fit(cls, column: Column, series: pd.Series, setting: EncoderSetting) -> Self:
        """Count the levels."""

        def keep(counts: Places) -> Places:
            return np.flatnonzero(counts >= setting.fewest)

        counted = setting.counts.get(column.name) or LevelCounts().add(series)
        if setting.protect and counted.counts and max(counted.counts.values()) < setting.fewest:
            raise SettingError(
                f"each level of the column {column.name!r} is seen in fewer than {setting.fewest} "
                "rows, which are protected; leave the column out, or protect fewer rows."
            )
        levels = Levels.of_counts(counted, column, keep if setting.protect else None)
        counts = [counted.counts[level] for level in levels.objects[:-1]]
        n_own = len(levels) if len(levels) <= MOST_CLASSES + 1 else MOST_CLASSES
        return cls(
            column=column,
            levels=levels,
            level_counts=np.array(counts, np.int64),
            n_own=n_own,
            n_missing=counted.missing,
            groups=np.zeros(len(levels) - n_own, np.int32),
        )

    def group(self, frame: pd.DataFrame, others: Sequence[ColumnEncoder]) -> "CategoricalEncoder":
        """Part rare levels into groups, by the rows that they stand in.

        Args:
            frame: Rows; shape (n_rows, n_columns).
            others: Encoders of the other columns.
        """
        if not self.has_rare:
            return self
        if len(frame) > MOST_ROWS:
            frame = frame.sample(MOST_ROWS, random_state=np.random.default_rng(0))
        places = self.levels.find(frame[self.column.name]) - self.n_own
        groups = group_levels(places, len(self.groups), show_columns(frame, others))
        return replace(self, groups=groups)

    def to_state(self) -> dict[str, Any]:
        return super().to_state() | {"levels": self.levels.to_state()}

    @classmethod
    def from_state(cls, column: Column, state: dict[str, Any]) -> Self:
        levels = Levels.from_state(column, state["levels"])
        one_group = np.zeros(len(levels) - state["n_own"], np.int32)  # as older releases had
        return super().from_state(column, {"groups": one_group} | state | {"levels": levels})

    @property
    def n_classes(self) -> int:
        return self.n_own + self._n_groups + (self.n_missing > 0)

    @property
    def has_rare(self) -> bool:
        """Whether some levels share classes."""
        return len(self.groups) > 0

    @property
    def _n_groups(self) -> int:
        return int(self.groups.max()) + 1 if self.has_rare else 0

    @cached_property
    def _classes(self) -> Codes:
        """Class of each level, in the end of a gap; shape (n_levels + 1,)."""
        own = np.arange(self.n_own, dtype=np.int32)
        gap = np.array([self.n_classes - 1], np.int32)
        return np.concatenate([own, self.n_own + self.groups, gap]).astype(np.int32)

    def encode(self, series: pd.Series, rng: np.random.Generator) -> EncodedColumn:
        places = self.levels.find(series)
        missing = series.isna().to_numpy()
        unknown = (places < 0) & ~missing  # protected levels: any of those that are kept
        if unknown.any():
            places[unknown] = self._draw(np.arange(len(self.levels)), int(unknown.sum()), rng)
        return EncodedColumn(self._classes[places], np.zeros(len(places), np.float32))

    def _draw(self, places: Places, n_rows: int, rng: np.random.Generator) -> Places:
        """Draw among places of levels by frequency; shape (n_rows,)."""
        ends = np.cumsum(self.level_counts[places])
        draws = np.searchsorted(ends, rng.integers(ends[-1], size=n_rows), side="right")
        return np.asarray(places[draws])

    def decode(
        self,
        cells: EncodedColumn,
        rows: npt.NDArray[np.int64],  # noqa: ARG002
        rng: np.random.Generator,
    ) -> pd.Series:
        places = cells.codes.astype(np.int64)
        if self.has_rare:
            rare = (cells.codes >= self.n_own) & (cells.codes < self.n_own + self._n_groups)
            places[rare] = self._draw_from_groups(cells.codes[rare] - self.n_own, rng)
        if self.n_missing:
            places[cells.codes == self.n_classes - 1] = -1
        return self.levels.write(places)

    def _draw_from_groups(self, groups: Codes, rng: np.random.Generator) -> Places:
        """Draw a level of each group by frequency; shape (n_rows,)."""
        order = np.argsort(self.groups, kind="stable")
        ends = np.cumsum(self.level_counts[self.n_own :][order])
        last = np.cumsum(np.bincount(self.groups)) - 1
        stops = ends[last]
        starts = np.concatenate([[0], stops[:-1]])
        at = rng.integers(starts[groups], stops[groups])
        return np.asarray(self.n_own + order[np.searchsorted(ends, at, side="right")])

    def select(self, clauses: list[Clause]) -> Selection:
        zero = np.zeros(1)
        if all(self._asks_for_missing(clause) for clause in clauses):
            if not self.n_missing:
                raise refuse_missing(self.column)
            return Selection(np.array([self.n_classes - 1], np.int32), zero + 1, zero, zero)
        allowed = np.ones(len(self.levels), bool)
        for clause in clauses:
            allowed &= self._allow(clause)
        places = np.flatnonzero(allowed)
        if not len(places):
            asked = " and ".join(
                f"{clause.operator} {clause.value!r}".removeprefix("= ") for clause in clauses
            )
            raise ConditionError(f"column {self.column.name!r} cannot be {asked} at once.")
        codes, first = np.unique(self._classes[places], return_inverse=True)
        weights = np.bincount(first, self.level_counts[places]).astype(np.float64)
        zeros = np.zeros(len(codes))
        return Selection(codes.astype(np.int32), weights, zeros, zeros, places=places)

    def _asks_for_missing(self, clause: Clause) -> bool:
        names = {name_level(level, self.column) for level in self.levels.objects}
        blank = isinstance(clause.value, str) and not clause.value.strip()
        return asks_for_missing(clause.value) or (blank and clause.value not in names)

    def _allow(self, clause: Clause) -> npt.NDArray[np.bool_]:
        """Say which levels a clause allows; shape (n_levels,)."""
        levels = self.levels.objects[:-1]
        if clause.operator == "in":
            wanted = self.levels.find(pd.Series(list(clause.value), dtype=object))
            return np.isin(np.arange(len(levels)), wanted)
        if clause.operator == "=":
            names = [name_level(level, self.column) for level in levels]
            asked = name_level(clause.value, self.column)
            if asked not in names:
                raise ConditionError(
                    f"column {self.column.name!r} never holds {asked!r} in the table; "
                    f"{self._show_levels(str(asked), list(map(str, names)))}."
                )
            return np.array([name == asked for name in names])
        try:
            numbers, value = levels.astype(float), float(clause.value)
        except (TypeError, ValueError):
            raise ConditionError(
                f"column {self.column.name!r} holds {self.column.kind.value} values, so it can "
                f"only be asked to equal one of them, not {clause.operator} {clause.value}."
            ) from None
        return np.asarray(COMPARISONS[clause.operator](numbers, value))

    @staticmethod
    def _show_levels(asked: str, names: list[str]) -> str:
        close = get_close_matches(asked, names[:10_000], n=3)
        if close:
            return f"perhaps {' or '.join(map(repr, close))} is meant"
        shown = ", ".join(map(repr, names[:8]))
        return f"it holds {shown}" + (f" and {len(names) - 8} more" if len(names) > 8 else "")

    def impose(
        self, series: pd.Series, selection: Selection, rng: np.random.Generator
    ) -> pd.Series:
        if selection.places is None or not self.has_rare:
            return series
        places = self.levels.find(series)
        other, allowed = ~np.isin(places, selection.places), self._classes[selection.places]
        for code in np.unique(self._classes[places[other]]):
            mine = other & (self._classes[places] == code)
            same = selection.places[allowed == code]
            places[mine] = self._draw(same if len(same) else selection.places, int(mine.sum()), rng)
        return self.levels.write(places).set_axis(series.index)

    @property
    def frequencies(self) -> Floats:
        """Shares of the table's rows, class by class; shape (n_classes,)."""
        counts = np.bincount(self._classes[:-1], self.level_counts, self.n_classes)
        counts[-1] += self.n_missing
        shares: Floats = counts / counts.sum()
        return shares
