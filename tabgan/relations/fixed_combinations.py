"""Columns of which only the combinations seen in the table are generated: they become one column.

>>> from tabgan.query.tokens import read
>>> frame = pd.DataFrame({"make": ["vw", "vw", "seat"], "doors": [5, 3, 5]})
>>> evidence = Evidence(frame, TableSchema.infer(frame))
>>> (relation,) = Combinations.declare(read("combinations of make, doors", list(frame)), evidence)
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
from tabgan.query.tokens import Token, write_name
from tabgan.relations.relation import Relation
from tabgan.relations.table_profile import SILENT, Evidence
from tabgan.schema import TableSchema
from tabgan.schema.categories import Levels, Places
from tabgan.schema.column import Column, ColumnKind, Name
from tabgan.schema.predicates import Clause, Mask, satisfy

FEWEST_COLUMNS, MOST_COLUMNS = 2, 6
MOST_VALUES = 1_000  # of numbers and moments
MOST_COMBINATIONS = 100_000
UNKNOWN = -2  # place of what is no level; a gap has -1


@dataclass(frozen=True)
class Combinations(Relation):
    """Columns as one: its levels are the combinations, by falling frequency.

    Attributes:
        levels: Of each column.
        places: Of each combination, the place of its level in every column, -1 for a gap.
        counts: Of each combination, how many rows have it.
    """

    levels: tuple[Levels, ...]
    places: tuple[tuple[int, ...], ...]
    counts: tuple[int, ...]

    KIND: ClassVar[str] = "combinations"
    GIVES_LEVELS: ClassVar[bool] = True

    @classmethod
    def declare(cls, tokens: Sequence[Token], evidence: Evidence) -> list[Self]:
        if not tokens[0].says("combinations"):
            return []
        commas, names = tokens[3::2], tokens[2::2]
        is_form = len(tokens) > 2 and len(tokens) % 2 == 1 and tokens[1].says("of")
        is_form = is_form and all(token.says(",") for token in commas)
        is_form = is_form and all(token.is_name for token in names)
        is_form = is_form and len({token.value for token in names}) == len(names)
        if not is_form or not FEWEST_COLUMNS <= len(names) <= MOST_COLUMNS:
            raise RelationError(
                "combinations are written 'combinations of make, model, doors', with "
                f"{FEWEST_COLUMNS} to {MOST_COLUMNS} columns, each once."
            )
        columns = tuple(evidence.schema.column(token.value) for token in names)
        for column in columns:
            _refuse(column, evidence)
        return [cls._learn(columns, evidence)]

    @classmethod
    def _learn(cls, columns: tuple[Column, ...], evidence: Evidence) -> Self:
        """Count the combinations; under protection rare ones and their levels are left out."""
        levels = tuple(_read_levels(evidence.series(column), column) for column in columns)
        seen = pd.DataFrame(_find_places(levels, evidence.frame)).value_counts(sort=False)
        table, counts = seen.index.to_frame().to_numpy(np.int64), seen.to_numpy()
        order = np.lexsort((*table.T[::-1], -counts))
        if evidence.protect:
            order = order[counts[order] >= evidence.fewest]
        if not 0 < len(order) <= MOST_COMBINATIONS:
            raise RelationError(
                f"{_join(columns)} come in {len(order):,} combinations that can be remembered, "
                f"instead of 1 to {MOST_COMBINATIONS:,}; name fewer columns."
            )
        table = table[order]
        if evidence.protect:
            trimmed = [_trim(of, places) for of, places in zip(levels, table.T, strict=True)]
            levels = tuple(of for of, _ in trimmed)
            table = np.stack([places for _, places in trimmed], axis=1)
        places = tuple(map(tuple, table.tolist()))
        return cls(columns, (), levels, places, tuple(counts[order].tolist()))

    @property
    def text(self) -> str:
        return "combinations of " + ", ".join(write_name(column.name) for column in self.dependents)

    def explain(self) -> str:
        return f"{_join(self.dependents)} come in {len(self.places):,} combinations only"

    @cached_property
    def _table(self) -> Places:
        """Places by combination and column; shape (n_combinations, n_columns)."""
        return np.array(self.places, np.int64)

    def _find_combinations(self, frame: pd.DataFrame) -> Places:
        """Give each row's combination, -1 if it is none of those; shape (n_rows,)."""
        known = pd.MultiIndex.from_arrays(list(self._table.T))
        rows = pd.MultiIndex.from_arrays(list(_find_places(self.levels, frame).T))
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
        return np.array([str(number) for number in range(len(self.places))], object)

    def restore(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Write all columns; what is no combination's number becomes the commonest."""
        cells = pd.Index(frame[self.dependents[0].name], dtype=object)
        combinations = np.maximum(pd.Index(self._texts, dtype=object).get_indexer(cells), 0)
        whole = frame.copy(deep=False)
        for levels, places in zip(self.levels, self._table.T, strict=True):
            whole[levels.column.name] = levels.write(places[combinations]).set_axis(frame.index)
        return whole

    def leave(self) -> Mapping[Name, Column | None]:
        first, *others = (column.name for column in self.dependents)
        joint = Column(first, ColumnKind.CATEGORICAL, "object", element="str")
        return {first: joint, **dict.fromkeys(others)}

    def select(self, asked: Mapping[Name, Sequence[Clause]]) -> list[Clause]:
        """Turn what is asked of the columns into what it leaves of the first, once applied.

        Raises:
            ConditionError: No combination satisfies all of it, or a value cannot be read.
        """
        mine = [(place, of) for place, of in enumerate(self.levels) if asked.get(of.column.name)]
        if not mine:
            return []
        allowed = np.ones(len(self.places), bool)
        for place, levels in mine:
            clauses = asked[levels.column.name]
            used, numbers = np.unique(self._table[:, place], return_inverse=True)
            allowed &= satisfy(levels.write(used), levels.column, clauses)[numbers]
        if not allowed.any():
            wanted = " and ".join(
                f"{levels.column.name!r} {clause.operator} {clause.value!r}"
                for _, levels in mine
                for clause in asked[levels.column.name]
            )
            raise ConditionError(
                f"the table has no combination of {_join(self.dependents)} with {wanted}; "
                "ask for one that it has."
            )
        return [Clause("in", tuple(self._texts[allowed].tolist()))]

    def to_dict(self) -> dict[str, Any]:
        return {
            "columns": [column.name for column in self.dependents],
            "levels": [levels.to_state() for levels in self.levels],
            "places": [list(places) for places in self.places],
            "counts": list(self.counts),
        }

    @classmethod
    def from_dict(cls, entry: Mapping[str, Any], schema: TableSchema) -> Self:
        columns = tuple(map(schema.column, entry["columns"]))
        levels = tuple(
            Levels.from_state(column, state) for column, state in zip(columns, entry["levels"], strict=True)
        )
        places = tuple(map(tuple, entry["places"]))
        return cls(columns, (), levels, places, tuple(entry["counts"]))


def _refuse(column: Column, evidence: Evidence) -> None:
    """Refuse a column that has no levels or too many.

    Raises:
        RelationError: It is so.
    """
    if column.kind in SILENT:
        raise RelationError(
            f"column {column.name!r} is {column.kind.value} and has no part in combinations; "
            "leave it out."
        )
    if column.kind.is_number or column.kind is ColumnKind.DATETIME:
        values = evidence.n_levels(column) - bool(evidence.missing(column).any())
        if values > MOST_VALUES:
            raise RelationError(
                f"column {column.name!r} has {values:,} values, of which combinations take at most "
                f"{MOST_VALUES:,}; leave it out."
            )


def _read_levels(series: "pd.Series[Any]", column: Column) -> Levels:
    """Give the levels of a column, once it is sure that they can be written.

    Raises:
        RelationError: They cannot.
    """
    try:
        levels = Levels.of(series, column)
        places = np.arange(len(levels))
        is_exact = bool((levels.find(levels.write(places)) == places).all())
    except (TableError, TypeError, ValueError):
        is_exact = False
    if not is_exact:
        raise RelationError(
            f"the values of column {column.name!r} cannot be kept as levels of combinations; "
            "turn them into text or numbers."
        )
    return levels


def _find_places(levels: Sequence[Levels], frame: pd.DataFrame) -> Places:
    """Give places of levels, -1 for gaps and `UNKNOWN` for other values; (n_rows, n_columns)."""
    columns = []
    for of in levels:
        series = frame[of.column.name]
        places = of.find(series)
        places[(places < 0) & series.notna().to_numpy(bool)] = UNKNOWN
        columns.append(places)
    return np.stack(columns, axis=1)


def _trim(levels: Levels, places: Places) -> tuple[Levels, Places]:
    """Leave out the levels that stand in no place, and give the places anew."""
    used = np.unique(places[places >= 0])
    values = [levels.values[place] for place in used]
    kept = levels.dtype_categories
    if kept is not None:
        kept = [level for level in kept if level in values]
    moved = np.where(places < 0, -1, np.searchsorted(used, places))
    return replace(levels, values=values, dtype_categories=kept), moved


def _join(columns: Sequence[Column]) -> str:
    *most, last = (str(column.name) for column in columns)
    return f"{', '.join(most)} and {last}"
