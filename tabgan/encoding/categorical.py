"""Categories: text, booleans, codes. Frequent categories are classes; rare ones share classes.

Only frequent categories reach the networks by themselves, so 100,000 categories cost no more than a
few hundred; the others come in groups of categories that stand in similar rows (see
`rare_categories`), and are drawn back by their frequency within the group.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from tabgan.encoding.allowed_categories import AllowedCategories
from tabgan.encoding.column_encoder import (
    ColumnEncoder,
    EncoderConfig,
    PartEncoder,
    no_missing_error,
)
from tabgan.encoding.encoded_column import MAX_ROWS, Codes, EncodedColumn, Rows, Selection
from tabgan.encoding.rare_categories import (
    MAX_PROFILE_ROWS,
    check_rare,
    count_rare,
    group_categories,
    to_centred_features,
)
from tabgan.errors import ConditionError, TableChangedError
from tabgan.schema import Column
from tabgan.schema.arrays import Floats, Indices
from tabgan.schema.categories import Categories, CategoryCounts
from tabgan.schema.holding import Holding
from tabgan.schema.predicates import Clause
from tabgan.state_reader import StateReader

MAX_CLASSES = 512  # categories with a class of their own
IN_FILES = {"categories": "levels", "category_counts": "level_counts"}  # since release 0.1


@dataclass(frozen=True)
class CategoricalEncoder(PartEncoder):
    """A column of categories: text, booleans, one value in all rows, or none at all.

    Categories stand by falling frequency, so a category's index is its class while it is below
    `n_own`; the rest share the classes after those. The last class is missing, if the table has
    gaps (`n_missing`).

    Shape:
        - category_counts: (n_categories,), rows of the table
        - groups: (n_categories - n_own,), the group of each rare category, from 0 up
    """

    categories: Categories
    category_counts: npt.NDArray[np.int64]
    n_own: int
    n_missing: int
    groups: Codes

    @classmethod
    def fit(cls, column: Column, series: pd.Series, config: EncoderConfig) -> Self:
        """Count the categories."""
        protection = config.protection

        def keep(counts: Indices) -> Indices:
            return np.flatnonzero(counts >= protection.min_rows)

        counted = config.counts.get(column.name) or CategoryCounts().add(series)
        n_rare, n_missing = count_rare(counted, protection.k), counted.missing
        if n_rare and n_rare == sum(counted.counts.values()):
            check_rare(column, n_rare, counted.missing, protection.k)
            n_missing += n_rare  # so few values become gaps, as other rows are
        categories = Categories.from_counts(counted, column, keep if protection.is_on else None)
        counts = [counted.counts[category] for category in categories.objects[:-1]]
        n_own = len(categories) if len(categories) <= MAX_CLASSES + 1 else MAX_CLASSES
        return cls(
            column=column,
            categories=categories,
            category_counts=np.array(counts, np.int64),
            n_own=n_own,
            n_missing=n_missing,
            groups=np.zeros(len(categories) - n_own, np.int32),
        )

    def group(self, frame: pd.DataFrame, others: Sequence[ColumnEncoder]) -> "CategoricalEncoder":
        """Return the encoder with rare categories grouped by the rows that they stand in."""
        if not self.has_rare:
            return self
        if len(frame) > MAX_PROFILE_ROWS:
            frame = frame.sample(MAX_PROFILE_ROWS, random_state=np.random.default_rng(0))
        indices = self.categories.find(frame[self.column.name]) - self.n_own
        groups = group_categories(indices, len(self.groups), to_centred_features(frame, others))
        return replace(self, groups=groups)

    def to_state(self) -> dict[str, Any]:
        state = {IN_FILES.get(name, name): value for name, value in super().to_state().items()}
        return state | {"levels": self.categories.to_state()}

    @classmethod
    def from_state(cls, column: Column, state: StateReader) -> Self:
        categories = Categories.from_state(column, state.state("levels"))
        counts = state.integers("level_counts", (len(categories),), 1, MAX_ROWS)
        state.check(sum(counts.tolist()) <= MAX_ROWS, "level_counts", "counts too many rows")
        n_own, n_missing = (
            state.whole("n_own", 0, len(categories)),
            state.whole("n_missing", 0, MAX_ROWS),
        )
        n_rare = len(categories) - n_own
        groups = np.zeros(n_rare, np.int64)  # as older releases had
        if state.has("groups"):
            groups = state.integers("groups", (n_rare,), 0, n_rare)
            has_gap = len(np.unique(groups)) <= groups.max(initial=-1)
            state.check(not has_gap, "groups", "leaves a group without categories")
        return cls(column, categories, counts, n_own, n_missing, groups.astype(np.int32))

    @cached_property
    def max_length(self) -> int:
        texts = (value for value in self.categories.values if isinstance(value, str))
        return max(map(len, texts), default=0)

    @property
    def holdings(self) -> tuple[Holding, ...]:
        counts = self.category_counts
        return (Holding("levels", len(counts), int(counts.min())),) if len(counts) else ()

    @property
    def n_classes(self) -> int:
        return self.n_own + self._n_groups + (self.n_missing > 0)

    @property
    def has_rare(self) -> bool:
        """Whether some categories share classes."""
        return len(self.groups) > 0

    @property
    def _n_groups(self) -> int:
        return int(self.groups.max()) + 1 if self.has_rare else 0

    @cached_property
    def _classes(self) -> Codes:
        """Class of each category, then that of a gap; shape (n_categories + 1,)."""
        own = np.arange(self.n_own, dtype=np.int32)
        gap = np.array([self.n_classes - 1], np.int32)
        return np.concatenate([own, self.n_own + self.groups, gap]).astype(np.int32)

    def encode(self, series: pd.Series, rng: np.random.Generator) -> EncodedColumn:
        indices = self.categories.find(series)
        missing = series.isna().to_numpy()
        unknown = (indices < 0) & ~missing  # protected categories: any of those that are kept
        if unknown.any() and len(self.categories):
            indices[unknown] = self._draw(np.arange(len(self.categories)), int(unknown.sum()), rng)
        return EncodedColumn(self._classes[indices], np.zeros(len(indices), np.float32))

    def _draw(self, indices: Indices, n_rows: int, rng: np.random.Generator) -> Indices:
        """Draw among categories, given by their indices, by frequency; shape (n_rows,)."""
        ends = np.cumsum(self.category_counts[indices])
        draws = np.searchsorted(ends, rng.integers(ends[-1], size=n_rows), side="right")
        return np.asarray(indices[draws])

    def decode(
        self,
        cells: EncodedColumn,
        rows: Rows,  # noqa: ARG002
        rng: np.random.Generator,
    ) -> pd.Series:
        indices = cells.codes.astype(np.int64)
        if self.has_rare:
            rare = (cells.codes >= self.n_own) & (cells.codes < self.n_own + self._n_groups)
            indices[rare] = self._draw_from_groups(cells.codes[rare] - self.n_own, rng)
        if self.n_missing:
            indices[cells.codes == self.n_classes - 1] = -1
        return self.categories.write(indices)

    def _draw_from_groups(self, groups: Codes, rng: np.random.Generator) -> Indices:
        """Draw a category of each group by frequency; shape (n_rows,)."""
        order = np.argsort(self.groups, kind="stable")
        ends = np.cumsum(self.category_counts[self.n_own :][order])
        last = np.cumsum(np.bincount(self.groups)) - 1
        stops = ends[last]
        starts = np.concatenate([[0], stops[:-1]])
        drawn = rng.integers(starts[groups], stops[groups])
        return np.asarray(self.n_own + order[np.searchsorted(ends, drawn, side="right")])

    def select(self, clauses: list[Clause]) -> Selection:
        allowed = self._asked.allow(clauses)
        if allowed[-1] and not self.n_missing:
            if not allowed[:-1].any():
                raise no_missing_error(self.column)
            allowed[-1] = False
        if not allowed.any():
            asked = " and ".join(clause.write(repr).removeprefix("= ") for clause in clauses)
            at_once = "at once" if len(clauses) > 1 else "in any row: the table never is"
            raise ConditionError(f"column {self.column.name!r} cannot be {asked} {at_once}.")
        indices = np.flatnonzero(allowed)
        counts = np.append(self.category_counts, self.n_missing)[indices]
        codes, first = np.unique(self._classes[indices], return_inverse=True)
        weights = np.bincount(first, counts).astype(np.float64)
        zeros = np.zeros(len(codes))
        own = np.flatnonzero(allowed[:-1])
        share = float(weights.sum() / (self.category_counts.sum() + self.n_missing))
        return Selection(codes.astype(np.int32), weights, zeros, zeros, indices=own, share=share)

    @cached_property
    def _asked(self) -> AllowedCategories:
        return AllowedCategories(self.categories)

    def enforce(
        self, series: pd.Series, selection: Selection, rng: np.random.Generator
    ) -> pd.Series:
        if selection.indices is None or not self.has_rare:
            return series
        indices = self.categories.find(series)
        other = (indices >= 0) & ~np.isin(indices, selection.indices)
        allowed = self._classes[selection.indices]
        for code in np.unique(self._classes[indices[other]]):
            of_class = other & (self._classes[indices] == code)
            same = selection.indices[allowed == code]
            choices = same if len(same) else selection.indices
            indices[of_class] = self._draw(choices, int(of_class.sum()), rng)
        return self.categories.write(indices).set_axis(series.index)

    @property
    def _class_counts(self) -> Floats:
        """Rows of the table, class by class; shape (n_classes,)."""
        counts = np.bincount(self._classes[:-1], self.category_counts, self.n_classes)
        counts[-1] += self.n_missing
        return counts.astype(np.float64)

    @property
    def frequencies(self) -> Floats:
        """Shares of the table's rows, class by class; shape (n_classes,)."""
        return np.asarray(self._class_counts / self._class_counts.sum())

    def split_classes(self, shares: Floats) -> Floats:
        """Return probabilities of categories: each has its part of its class, by frequency.

        (n_rows, n_classes) -> (n_rows, n_categories)
        """
        classes = self._classes[:-1]
        return np.asarray(shares[:, classes] * (self.category_counts / self._class_counts[classes]))

    def with_counts(self, counts: Sequence[npt.NDArray[np.int64]], n_rows: int) -> Self:
        """Return itself: its categories were counted among all rows, if none had to be left out.

        Raises:
            TableChangedError: They were, and there are others now.
        """
        expected = self._class_counts
        if expected.sum() == n_rows and (expected != counts[0]).any():
            raise TableChangedError(f"the levels of the column {self.column.name!r} are")
        return self
