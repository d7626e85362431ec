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
from dataclasses import dataclass
from functools import cached_property
from itertools import starmap
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from tabgan.errors import ConditionError, RelationError, TableError
from tabgan.query import relation_syntax, syntax
from tabgan.query.tokens import write_name
from tabgan.relations.protected_values import drop_unused
from tabgan.relations.relation import Relation
from tabgan.relations.saved_columns import read_categories, read_codes, read_columns
from tabgan.relations.table_profile import UNRELATED_KINDS, TableProfile
from tabgan.schema import TableSchema
from tabgan.schema.arrays import Integers, Mask, Objects
from tabgan.schema.categories import Categories
from tabgan.schema.column import Column, ColumnKind, Name
from tabgan.schema.holding import Holding
from tabgan.schema.predicates import Clause, matches
from tabgan.state_reader import StateReader

MIN_COLUMNS, MAX_COLUMNS = 2, 6
MAX_VALUES = 1_000  # of numbers and datetimes
MAX_COMBINATIONS = 100_000
UNKNOWN = -2  # code of what is no category; a gap has -1


@dataclass(frozen=True)
class FixedCombinations(Relation):
    """Columns as one, whose categories are the combinations, by falling frequency.

    Attributes:
        categories: Of each column.
        codes: The category code of each column in each combination, -1 for a gap;
            (n_combinations, n_columns).
        counts: Rows that show each combination; (n_combinations,).
    """

    categories: tuple[Categories, ...]
    codes: tuple[tuple[int, ...], ...]
    counts: tuple[int, ...]

    KIND: ClassVar[str] = "combinations"
    GIVES_CATEGORIES: ClassVar[bool] = True

    @classmethod
    def declare(cls, tree: syntax.Node, profile: TableProfile) -> list[Self]:
        if not isinstance(tree, relation_syntax.CombinationsOf):
            return []
        if not MIN_COLUMNS <= len(tree.names) <= MAX_COLUMNS:
            raise RelationError(
                "combinations are written 'combinations of make, model, doors', with "
                f"{MIN_COLUMNS} to {MAX_COLUMNS} columns, each once."
            )
        columns = tuple(profile.schema.column(name) for name in tree.names)
        for column in columns:
            _check(column, profile)
        return [cls._fit(columns, profile)]

    @classmethod
    def _fit(cls, columns: tuple[Column, ...], profile: TableProfile) -> Self:
        """Count the combinations; under protection rare ones and their categories are left out."""
        categories = tuple(_find_categories(profile.series(column), column) for column in columns)
        seen = pd.DataFrame(_encode(categories, profile.frame)).value_counts(sort=False)
        table, counts = seen.index.to_frame().to_numpy(np.int64), seen.to_numpy()
        order = np.lexsort((*table.T[::-1], -counts))
        order = order[counts[order] >= profile.min_rows]
        if not 0 < len(order) <= MAX_COMBINATIONS:
            raise RelationError(
                f"{_join(columns)} come in {len(order):,} combinations that can be remembered, "
                f"instead of 1 to {MAX_COMBINATIONS:,}; name fewer columns."
            )
        table = table[order]
        if profile.protection.is_on:
            used = [drop_unused(*pair) for pair in zip(categories, table.T, strict=True)]
            categories = tuple(categories for categories, _ in used)
            table = np.stack([codes for _, codes in used], axis=1)
        codes = tuple(map(tuple, table.tolist()))
        return cls(columns, (), categories, codes, tuple(counts[order].tolist()))

    @property
    def selectable_names(self) -> frozenset[Name]:
        """The first column, which is learned as the combinations that `select_jointly` asks for."""
        return frozenset({self.dependent.name})

    @property
    def text(self) -> str:
        return "combinations of " + ", ".join(write_name(column.name) for column in self.dependents)

    def explain(self) -> str:
        return f"{_join(self.dependents)} come in {len(self.codes):,} combinations only"

    @cached_property
    def _table(self) -> Integers:
        """The codes as an array; shape (n_combinations, n_columns)."""
        return np.array(self.codes, np.int64)

    def _find_combinations(self, frame: pd.DataFrame) -> Integers:
        """Return the number of each row's combination, -1 if it is none; shape (n_rows,)."""
        combinations = pd.MultiIndex.from_arrays(list(self._table.T))
        rows = pd.MultiIndex.from_arrays(list(_encode(self.categories, frame).T))
        return np.asarray(combinations.get_indexer(rows), np.int64)

    def find_violations(self, frame: pd.DataFrame) -> Mask:
        return self._find_combinations(frame) < 0

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Replace the first column by the combinations' names, and drop the others."""
        first, *others = (column.name for column in self.dependents)
        combinations = np.maximum(self._find_combinations(frame), 0)  # unknown: the commonest
        joint = frame.drop(columns=others)
        joint[first] = pd.Series(self._names[combinations], index=frame.index, dtype=object)
        return joint

    @cached_property
    def _names(self) -> Objects:
        """What combinations are called while they are learned: '0', '1', ...; (n_combinations,)."""
        return np.array([str(number) for number in range(len(self.codes))], object)

    def restore(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Write all columns; what is no combination's name becomes the commonest one."""
        cells = pd.Index(frame[self.dependent.name], dtype=object)
        combinations = np.maximum(pd.Index(self._names, dtype=object).get_indexer(cells), 0)
        restored = frame.copy(deep=False)
        for categories, codes in zip(self.categories, self._table.T, strict=True):
            series = categories.write(codes[combinations])
            restored[categories.column.name] = series.set_axis(frame.index)
        return restored

    def reduced_columns(self) -> Mapping[Name, Column | None]:
        first, *others = (column.name for column in self.dependents)
        joint = Column(first, ColumnKind.CATEGORICAL, "object", element="str")
        return {first: joint, **dict.fromkeys(others)}

    def select_jointly(
        self, asked: Mapping[Name, Sequence[Clause]]
    ) -> Mapping[Name, Sequence[Clause]]:
        """Return the combinations that satisfy all clauses, as a clause on the first column.

        Raises:
            ConditionError: No combination satisfies all of them, or a value cannot be read.
        """
        allowed = np.ones(len(self.codes), bool)
        wanted = []
        for categories, codes in zip(self.categories, self._table.T, strict=True):
            name = categories.column.name
            clauses = asked.get(name, ())
            used, inverse = np.unique(codes, return_inverse=True)
            allowed &= matches(categories.write(used), categories.column, clauses)[inverse]
            wanted += [f"{name!r} {clause.write(repr)}" for clause in clauses]
        if not wanted:
            return {}
        if not allowed.any():
            raise ConditionError(
                f"the table has no combination of {_join(self.dependents)} with "
                f"{' and '.join(wanted)}; ask for one that it has."
            )
        names = tuple(self._names[allowed].tolist())
        return {self.dependent.name: [Clause("in", names)]}

    @property
    def holdings(self) -> tuple[Holding, ...]:
        values = Holding("levels", sum(map(len, self.categories)))
        return Holding("combinations", len(self.codes), min(self.counts)), values

    def to_dict(self) -> dict[str, Any]:
        return {
            "columns": [column.name for column in self.dependents],
            "levels": [categories.to_state() for categories in self.categories],
            "places": [list(codes) for codes in self.codes],
            "counts": list(self.counts),
        }

    @classmethod
    def from_dict(cls, state: StateReader, schema: TableSchema) -> Self:
        columns = read_columns(state, "columns", schema, range(MIN_COLUMNS, MAX_COLUMNS + 1))
        states = state.states("levels")
        state.check(len(states) == len(columns), "levels", "are not as many as the columns")
        categories = tuple(starmap(read_categories, zip(states, columns, strict=True)))
        counts = tuple(state.wholes("counts", 1))
        is_size = 0 < len(counts) <= MAX_COMBINATIONS
        state.check(is_size, "counts", f"are not 1 to {MAX_COMBINATIONS:,}")
        codes = read_codes(state, "places", len(counts), categories)
        return cls(columns, (), categories, codes, counts)


def _check(column: Column, profile: TableProfile) -> None:
    """Check that a column has categories, and not too many.

    Raises:
        RelationError: It has none, or too many.
    """
    if column.kind in UNRELATED_KINDS:
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


def _find_categories(series: "pd.Series[Any]", column: Column) -> Categories:
    """Return the categories of a column.

    Raises:
        RelationError: Written as a column, they would not be found again.
    """
    try:
        categories = Categories.from_series(series, column)
        codes = np.arange(len(categories))
        is_exact = bool((categories.find(categories.write(codes)) == codes).all())
    except (TableError, TypeError, ValueError):
        is_exact = False
    if not is_exact:
        raise RelationError(
            f"the values of column {column.name!r} cannot be kept as levels of combinations; "
            "turn them into text or numbers."
        )
    return categories


def _encode(columns: Sequence[Categories], frame: pd.DataFrame) -> Integers:
    """Return category codes, -1 for gaps, `UNKNOWN` for other values; (n_rows, n_columns)."""
    encoded = []
    for categories in columns:
        series = frame[categories.column.name]
        codes = categories.find(series)
        codes[(codes < 0) & series.notna().to_numpy(bool)] = UNKNOWN
        encoded.append(codes)
    return np.stack(encoded, axis=1)


def _join(columns: Sequence[Column]) -> str:
    *most, last = (str(column.name) for column in columns)
    return f"{', '.join(most)} and {last}"
