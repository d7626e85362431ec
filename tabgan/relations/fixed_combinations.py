"""Columns of which only the combinations seen in the table are generated: they become one column.

>>> from tabgan.query.parser import parse_relation
>>> frame = pd.DataFrame({"make": ["vw", "vw", "seat"], "doors": [5, 3, 5]})
>>> profile = TableProfile(frame, TableSchema.infer(frame))
>>> tree = parse_relation("combinations of make, doors", list(frame))
>>> (relation,) = FixedCombinations.declare(tree, profile)
>>> relation.apply(frame)["make"].tolist(), relation.explain()
(['0', '1', '2'], 'make and doors come in 3 combinations only')
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from tabgan.errors import ConditionError, RelationError, TableError
from tabgan.query import syntax
from tabgan.query.tokens import write_name
from tabgan.relations.relation import Relation
from tabgan.relations.table_profile import SILENT, TableProfile
from tabgan.schema import TableSchema
from tabgan.schema.categories import Categories, Indices
from tabgan.schema.column import Column, ColumnKind, Name
from tabgan.schema.predicates import Clause, Mask, matches

MIN_COLUMNS, MAX_COLUMNS = 2, 6
MAX_VALUES = 1_000  # of numbers and datetimes
MAX_COMBINATIONS = 100_000
UNKNOWN = -2  # place of what is no category; a gap has -1


@dataclass(frozen=True)
class FixedCombinations(Relation):
    """Columns as one: its categories are the combinations, by falling frequency.

    Attributes:
        categories: Of each column.
        indices: Of each combination, the place of its category in every column, -1 for a gap.
        counts: Of each combination, how many rows have it.
    """

    categories: tuple[Categories, ...]
    indices: tuple[tuple[int, ...], ...]
    counts: tuple[int, ...]

    KIND: ClassVar[str] = "combinations"
    GIVES_CATEGORIES: ClassVar[bool] = True

    @classmethod
    def declare(cls, tree: syntax.Node, profile: TableProfile) -> list[Self]:
        if not isinstance(tree, syntax.CombinationsOf):
            return []
        if not MIN_COLUMNS <= len(tree.names) <= MAX_COLUMNS:
            raise RelationError(
                "combinations are written 'combinations of make, model, doors', with "
                f"{MIN_COLUMNS} to {MAX_COLUMNS} columns, each once."
            )
        columns = tuple(profile.schema.column(name) for name in tree.names)
        for column in columns:
            _check(column, profile)
        return [cls._learn(columns, profile)]

    @classmethod
    def _learn(cls, columns: tuple[Column, ...], profile: TableProfile) -> Self:
        """Count the combinations; under protection rare ones and their categories are left out."""
        categories = tuple(_read_categories(profile.series(column), column) for column in columns)
        seen = pd.DataFrame(_find_places(categories, profile.frame)).value_counts(sort=False)
        table, counts = seen.index.to_frame().to_numpy(np.int64), seen.to_numpy()
        order = np.lexsort((*table.T[::-1], -counts))
        if profile.protection.is_on:
            order = order[counts[order] >= profile.protection.min_rows]
        if not 0 < len(order) <= MAX_COMBINATIONS:
            raise RelationError(
                f"{_join(columns)} come in {len(order):,} combinations that can be remembered, "
                f"instead of 1 to {MAX_COMBINATIONS:,}; name fewer columns."
            )
        table = table[order]
        if profile.protection.is_on:
            trimmed = [_trim(of, indices) for of, indices in zip(categories, table.T, strict=True)]
            categories = tuple(of for of, _ in trimmed)
            table = np.stack([indices for _, indices in trimmed], axis=1)
        indices = tuple(map(tuple, table.tolist()))
        return cls(columns, (), categories, indices, tuple(counts[order].tolist()))

    @property
    def text(self) -> str:
        return "combinations of " + ", ".join(write_name(column.name) for column in self.dependents)

    def explain(self) -> str:
        return f"{_join(self.dependents)} come in {len(self.indices):,} combinations only"

    @cached_property
    def _table(self) -> Indices:
        """Places by combination and column; shape (n_combinations, n_columns)."""
        return np.array(self.indices, np.int64)

    def _find_combinations(self, frame: pd.DataFrame) -> Indices:
        """Return each row's combination, -1 if it is none of those; shape (n_rows,)."""
        known = pd.MultiIndex.from_arrays(list(self._table.T))
        rows = pd.MultiIndex.from_arrays(list(_find_places(self.categories, frame).T))
        return np.asarray(known.get_indexer(rows), np.int64)

    def find_broken(self, frame: pd.DataFrame) -> Mask:
        return self._find_combinations(frame) < 0

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Write the first column as the combinations' numbers, and drop the others."""
        first, *others = (column.name for column in self.dependents)
        combinations = np.maximum(self._find_combinations(frame), 0)  # unknown: the commonest
        joint = frame.drop(columns=others)
        joint[first] = pd.Series(self._texts[combinations], index=frame.index, dtype=object)
        return joint

    @cached_property
    def _texts(self) -> "np.ndarray[Any, np.dtype[np.object_]]":
        """The combinations' numbers as text; shape (n_combinations,)."""
        return np.array([str(number) for number in range(len(self.indices))], object)

    def restore(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Write all columns; what is no combination's number becomes the commonest."""
        cells = pd.Index(frame[self.dependents[0].name], dtype=object)
        combinations = np.maximum(pd.Index(self._texts, dtype=object).get_indexer(cells), 0)
        whole = frame.copy(deep=False)
        for categories, indices in zip(self.categories, self._table.T, strict=True):
            whole[categories.column.name] = categories.write(indices[combinations]).set_axis(
                frame.index
            )
        return whole

    def reduced_columns(self) -> Mapping[Name, Column | None]:
        first, *others = (column.name for column in self.dependents)
        joint = Column(first, ColumnKind.CATEGORICAL, "object", element="str")
        return {first: joint, **dict.fromkeys(others)}

    def select(self, asked: Mapping[Name, Sequence[Clause]]) -> list[Clause]:
        """Turn what is asked of the columns into what it leaves of the first, once applied.

        Raises:
            ConditionError: No combination satisfies all of it, or a value cannot be read.
        """
        mine = [
            (index, of) for index, of in enumerate(self.categories) if asked.get(of.column.name)
        ]
        if not mine:
            return []
        allowed = np.ones(len(self.indices), bool)
        for index, categories in mine:
            clauses = asked[categories.column.name]
            used, numbers = np.unique(self._table[:, index], return_inverse=True)
            allowed &= matches(categories.write(used), categories.column, clauses)[numbers]
        if not allowed.any():
            wanted = " and ".join(
                f"{categories.column.name!r} {clause.write(repr)}"
                for _, categories in mine
                for clause in asked[categories.column.name]
            )
            raise ConditionError(
                f"the table has no combination of {_join(self.dependents)} with {wanted}; "
                "ask for one that it has."
            )
        return [Clause("in", tuple(self._texts[allowed].tolist()))]

    def to_dict(self) -> dict[str, Any]:
        return {
            "columns": [column.name for column in self.dependents],
            "levels": [categories.to_state() for categories in self.categories],
            "places": [list(indices) for indices in self.indices],
            "counts": list(self.counts),
        }

    @classmethod
    def from_dict(cls, entry: Mapping[str, Any], schema: TableSchema) -> Self:
        columns = tuple(map(schema.column, entry["columns"]))
        categories = tuple(
            Categories.from_state(column, state)
            for column, state in zip(columns, entry["levels"], strict=True)
        )
        indices = tuple(map(tuple, entry["places"]))
        return cls(columns, (), categories, indices, tuple(entry["counts"]))


def _check(column: Column, profile: TableProfile) -> None:
    """Refuse a column that has no categories or too many.

    Raises:
        RelationError: It is so.
    """
    if column.kind in SILENT:
        raise RelationError(
            f"column {column.name!r} is {column.kind.value} and has no part in combinations; "
            "leave it out."
        )
    if column.kind.is_quantitative:
        values = profile.n_categories(column) - bool(profile.missing(column).any())
        if values > MAX_VALUES:
            raise RelationError(
                f"column {column.name!r} has {values:,} values, of which combinations take at most "
                f"{MAX_VALUES:,}; leave it out."
            )


def _read_categories(series: "pd.Series[Any]", column: Column) -> Categories:
    """Return the categories of a column, once it is sure that they can be written.

    Raises:
        RelationError: They cannot.
    """
    try:
        categories = Categories.from_series(series, column)
        indices = np.arange(len(categories))
        is_exact = bool((categories.find(categories.write(indices)) == indices).all())
    except (TableError, TypeError, ValueError):
        is_exact = False
    if not is_exact:
        raise RelationError(
            f"the values of column {column.name!r} cannot be kept as levels of combinations; "
            "turn them into text or numbers."
        )
    return categories


def _find_places(categories: Sequence[Categories], frame: pd.DataFrame) -> Indices:
    """Return category indices, -1 for gaps, `UNKNOWN` for other values; (n_rows, n_columns)."""
    columns = []
    for of in categories:
        series = frame[of.column.name]
        indices = of.find(series)
        indices[(indices < 0) & series.notna().to_numpy(bool)] = UNKNOWN
        columns.append(indices)
    return np.stack(columns, axis=1)


def _trim(categories: Categories, indices: Indices) -> tuple[Categories, Indices]:
    """Leave out the categories that stand in no place, and give the places anew."""
    used = np.unique(indices[indices >= 0])
    values = [categories.values[index] for index in used]
    kept = categories.dtype_categories
    if kept is not None:
        kept = [category for category in kept if category in values]
    moved = np.where(indices < 0, -1, np.searchsorted(used, indices))
    return replace(categories, values=values, dtype_categories=kept), moved


def _join(columns: Sequence[Column]) -> str:
    *most, last = (str(column.name) for column in columns)
    return f"{', '.join(most)} and {last}"
