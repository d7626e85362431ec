"""The categories of a column: counted, indexed, held as JSON can hold them, written back.

>>> from tabgan.schema.column import ColumnKind
>>> column = Column("x", ColumnKind.CATEGORICAL, "object", element="str")
>>> categories = Categories.from_series(pd.Series(["b", "a", "b"], name="x"), column)
>>> categories.values, categories.find(pd.Series(["a", "c"])).tolist()
(['b', 'a'], [1, -1])
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from tabgan.schema import dtype_of, restore_dtype
from tabgan.schema.arrays import Indices
from tabgan.schema.column import Column, holds_text
from tabgan.schema.plain_categories import from_plain, read_categories, to_plain
from tabgan.state_reader import StateReader


@dataclass
class CategoryCounts:
    """How often each category of a column is there, counted in one go or part by part.

    Attributes:
        counts: By category, as it stands in the table; in the order of first appearance.
        missing: Gaps.
        dtype_categories: All categories of a pandas `category`, in their order.
        ordered: Whether those are ordered.
        max_categories: Categories that are told apart; those that come later are not counted.
    """

    counts: dict[Any, int] = field(default_factory=dict)
    missing: int = 0
    dtype_categories: list[Any] | None = None
    ordered: bool = False
    max_categories: float = math.inf

    def add(self, series: "pd.Series[Any]") -> Self:
        """Count a column, or one more part of it; return itself."""
        indices, distinct = pd.factorize(series.astype(object).to_numpy())
        counts = np.bincount(indices[indices >= 0], minlength=len(distinct))
        self.missing += int((indices < 0).sum())
        for category, count in zip(distinct, counts.tolist(), strict=True):
            if category in self.counts or len(self.counts) < self.max_categories:
                self.counts[category] = self.counts.get(category, 0) + count
        if isinstance(series.dtype, pd.CategoricalDtype):
            self.dtype_categories = list(series.cat.categories)
            self.ordered = bool(series.cat.ordered)
        return self


@dataclass(frozen=True)
class Categories:
    """Categories of a column in a fixed order, and what is needed to write them.

    A category's index is its position in that order.

    Attributes:
        column: The column that they are of; its dtype is what they are written in.
        values: The categories, as JSON can hold them; (n_categories,).
        dtype_categories: All categories of a pandas `category`, in their order, used or not.
        ordered: Whether those are ordered.
    """

    column: Column
    values: list[Any]
    dtype_categories: list[Any] | None = None
    ordered: bool = False

    @classmethod
    def from_series(
        cls,
        series: "pd.Series[Any]",
        column: Column,
        keep: Callable[[Indices], Indices] | None = None,
    ) -> Self:
        """Return the categories of a column by falling frequency.

        Args:
            series: Cells of the table, gaps among them; shape (n_rows,).
            column: Its schema.
            keep: Returns the indices to keep, given the falling counts (n_categories,); all of
                them when None.
        """
        return cls.from_counts(CategoryCounts().add(series), column, keep)

    @classmethod
    def from_counts(
        cls,
        counts: CategoryCounts,
        column: Column,
        keep: Callable[[Indices], Indices] | None = None,
    ) -> Self:
        """Return the categories that were counted, as `from_series` does."""
        frequencies = np.fromiter(counts.counts.values(), np.int64, len(counts.counts))
        order = np.argsort(-frequencies, kind="stable")
        if keep is not None:
            order = order[keep(frequencies[order])]
        counted = list(counts.counts)
        values = [to_plain(counted[index], column) for index in order]
        if counts.dtype_categories is None:
            return cls(column, values)
        dtype_categories = [to_plain(category, column) for category in counts.dtype_categories]
        if keep is not None:
            kept = set(map(str, values))
            dtype_categories = [each for each in dtype_categories if str(each) in kept]
        return cls(column, values, dtype_categories, counts.ordered)

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def objects(self) -> npt.NDArray[np.object_]:
        """The categories as they stood in the table, then None for a gap; (n_categories + 1,)."""
        objects = np.empty(len(self.values) + 1, object)
        objects[:-1] = [from_plain(category) for category in self.values]
        objects[-1] = None
        return objects

    @cached_property
    def order(self) -> list[Any] | None:
        """All categories of an ordered pandas `category` from least to greatest; else None."""
        if not self.ordered or self.dtype_categories is None:
            return None
        return [from_plain(category) for category in self.dtype_categories]

    @cached_property
    def _index(self) -> pd.Index:
        return pd.Index(self.objects[:-1], dtype=object)

    def find(self, series: "pd.Series[Any]") -> Indices:
        """Return the index of each cell's category, -1 if it is none of them; (n_rows,)."""
        if self._texts is not None and holds_text(series.dtype):
            texts = pa.array(series.array, type=pa.large_string(), from_pandas=True)
            indices = pc.fill_null(pc.index_in(texts, self._texts), -1)
            return np.asarray(indices, np.int64)
        indices = self._index.get_indexer(pd.Index(series.astype(object), dtype=object))
        indices[series.isna().to_numpy()] = -1
        return indices.astype(np.int64)

    @cached_property
    def _texts(self) -> Any:
        """The categories as Arrow text, if all are; (n_categories,)."""
        if not all(isinstance(category, str) for category in self.values):
            return None
        return pa.array(self.values, pa.large_string())

    def write(self, indices: Indices) -> "pd.Series[Any]":
        """Return categories by index, -1 for a gap, as a column of the table's dtype; (n_rows,)."""
        written = self._with_gap if (indices < 0).any() else self._without_gap
        taken = written.array.take(indices % len(written) if len(written) else indices)
        return pd.Series(taken, name=self.column.name, dtype=written.dtype)

    @cached_property
    def _with_gap(self) -> "pd.Series[Any]":
        """All categories, then a gap, as a column of the table's dtype; (n_categories + 1,)."""
        return self._restore(self.objects)

    @cached_property
    def _without_gap(self) -> "pd.Series[Any]":
        """All categories as a column of the table's dtype; (n_categories,)."""
        return self._restore(self.objects[:-1])

    def _restore(self, objects: npt.NDArray[np.object_]) -> "pd.Series[Any]":
        index = None
        if self.dtype_categories is not None:
            name = self.column.categories
            values = [from_plain(category) for category in self.dtype_categories]
            index = pd.Index(values, dtype=None if name is None else dtype_of(name))
        return restore_dtype(objects, self.column, categories=index, ordered=self.ordered)

    def to_state(self) -> dict[str, Any]:
        """Return all but the column, under the names that model files have for it."""
        return {
            "values": self.values,
            "categories": self.dtype_categories,
            "ordered": self.ordered,
        }

    @classmethod
    def from_state(cls, column: Column, state: StateReader) -> Self:
        """Rebuild them from the column and what `to_state` returned.

        Raises:
            ModelFileError: They are none, or come twice.
        """
        values = read_categories(state, "values")
        whole = read_categories(state, "categories") if state.has("categories") else None
        found = cls(column, values, whole, state.flag("ordered"))
        known = state.build(lambda: set(found.objects[:-1]))
        state.check(len(known) == len(values), "values", "holds a category twice")
        if whole is not None:
            of_dtype = state.build(lambda: set(map(from_plain, whole)))
            state.check(len(of_dtype) == len(whole), "categories", "holds a category twice")
            state.check(known <= of_dtype, "categories", "lacks some of the values")
        return found
