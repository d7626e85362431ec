"""The contract of a relation: a fact that holds in every row, and what follows from what.

`apply` leaves out of a table what follows from the rest, or writes it in terms of the rest;
`restore` is its exact inverse. Only what is free is learned, so that generated rows obey every
relation by construction.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from tabgan.query import syntax
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import TableSchema
from tabgan.schema.column import Column, Name
from tabgan.schema.predicates import Clause, Floats, Mask, to_float


@dataclass(frozen=True)
class Relation(ABC):
    """One fact between columns.

    Attributes:
        dependents: Columns that follow, or are written in terms of `sources`.
        sources: Columns that must stand in the table, as they are, for `apply` and `restore`.
    """

    dependents: tuple[Column, ...]
    sources: tuple[Column, ...]

    KIND: ClassVar[str]  # its name in `RELATIONS` and in model files
    GIVES_CATEGORIES: ClassVar[bool] = False  # whether `restore` gives only values that were seen
    FILLS_GAPS: ClassVar[bool] = False  # whether it writes the dependent's gaps, not its values
    NEEDS_CATEGORIES: ClassVar[bool] = False  # whether `restore` knows only values that were seen

    @classmethod
    def find(cls, profile: TableProfile) -> "list[DiscoveredRelation]":  # noqa: ARG003
        """Find the relations of this kind that hold in every row, or in all but a few.

        Chance is kept out: what a few rows or skewed columns bring about by themselves is no
        finding. Kinds that are only declared find nothing.
        """
        return []

    @classmethod
    @abstractmethod
    def declare(cls, tree: syntax.Node, profile: TableProfile) -> list[Self]:
        """Read what a user declares, and learn the rest from the table.

        Returns:
            The relations; none if the tree is not of this kind's form.

        Raises:
            RelationError: The form is this kind's, but the columns cannot be so related.
        """

    @cached_property
    def written(self) -> frozenset[Name]:
        """Names of the dependents."""
        return frozenset(column.name for column in self.dependents)

    @cached_property
    def read(self) -> frozenset[Name]:
        """Names of the sources."""
        return frozenset(column.name for column in self.sources)

    @property
    def keeps_values(self) -> bool:
        """Whether `apply` leaves the dependent's own values, so that they can be asked for."""
        return False

    @property
    @abstractmethod
    def text(self) -> str:
        """The relation as it is declared: `declare` reads it back to the same one."""

    @abstractmethod
    def explain(self) -> str:
        """Say it in one plain sentence, without a full stop."""

    @abstractmethod
    def find_broken(self, frame: pd.DataFrame) -> Mask:
        """Return which rows of a whole table break it; shape (n_rows,)."""

    def find_unknown(self, frame: pd.DataFrame) -> Mask:
        """Return which rows hold sources that it has no answer for; (n_rows,)."""
        return np.zeros(len(frame), bool)

    @abstractmethod
    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Drop the dependents, or replace them by what is free of them; a new frame."""

    @abstractmethod
    def restore(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the dependents back, with their dtypes: the inverse of `apply`; a new frame."""

    @abstractmethod
    def reduced_columns(self) -> Mapping[Name, Column | None]:
        """Return what is left to learn of the columns that `apply` changes: None for nothing.

        Sources may be named too, if they have to be learned as another kind.
        """

    def push_down(self, clauses: Sequence[Clause]) -> Mapping[Name, list[Clause]]:  # noqa: ARG002
        """Turn what is asked of the (first) dependent into what it needs of the sources.

        What is necessary but not sufficient is enough: rows are checked once they are restored.

        Raises:
            ConditionError: No row can satisfy the clauses.
        """
        return {}

    def steer(self, frame: pd.DataFrame, clauses: Sequence[Clause]) -> pd.DataFrame:  # noqa: ARG002
        """Move the (first) dependent of restored rows towards what is asked of it.

        Rows that cannot be moved stay as they are; the check drops them.
        """
        return frame

    def has_feature(self, column: Column) -> bool:
        """Return whether a dependent is shown to the refiner's trees beside what is learned."""
        return column.kind.is_quantitative

    def to_feature(self, series: "pd.Series[Any]", column: Column) -> Floats:
        """Return a restored dependent as those trees see it; shape (n_rows,), NaN where missing."""
        return to_float(series, column)

    def alternatives(self) -> "list[Relation]":
        """Return other relations that say the same, with other columns as dependents."""
        return []

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-able values: columns by name; without its kind."""

    @classmethod
    @abstractmethod
    def from_dict(cls, entry: Mapping[str, Any], schema: TableSchema) -> Self:
        """Rebuild it from `to_dict`'s answer and the schema of the whole table."""


@dataclass(frozen=True)
class DiscoveredRelation:
    """A relation as found in a table.

    Attributes:
        support: Rows about which it says something.
        broken: Rows that break it; a relation is kept if there are none.
        is_declared: Whether a user stated it.
    """

    relation: Relation
    support: int
    broken: int = 0
    is_declared: bool = False
