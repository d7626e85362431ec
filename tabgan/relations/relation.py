"""The contract of a relation: a fact that holds in every row, and what follows from what.

`apply` leaves out of a table what follows from the rest, or writes it in terms of the rest;
`restore` is its exact inverse. Only what is left is learned, so that generated rows obey every
relation by construction:

    for relation in relations:  # before the fit; each before its sources are changed
        frame = relation.apply(frame)
    for relation in reversed(relations):  # after sampling
        frame = relation.restore(frame)
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
from tabgan.schema.arrays import Floats, Mask
from tabgan.schema.column import Column, Name
from tabgan.schema.float_conversion import to_float
from tabgan.schema.holding import Holder
from tabgan.schema.predicates import Clause
from tabgan.state_reader import StateReader


@dataclass(frozen=True)
class Relation(Holder, ABC):
    """One fact between columns.

    Attributes:
        dependents: Columns that follow, or are written in terms of `sources`.
        sources: Columns that must stand in the table, as they are, for `apply` and `restore`.
    """

    dependents: tuple[Column, ...]
    sources: tuple[Column, ...]

    KIND: ClassVar[str]  # its name in `RELATIONS` and in model files
    IS_STRICT: ClassVar[bool] = True  # whether rows can break it; not if it holds in many rows only
    FILLS_GAPS: ClassVar[bool] = False  # whether it writes the dependent's gaps, not its values
    LEARNS_GAPS: ClassVar[bool] = (
        False  # whether the dependent is learned with its gaps all the same
    )
    OVERWRITES: ClassVar[bool] = False  # whether it writes some rows of what others restore
    GIVES_CATEGORIES: ClassVar[bool] = False  # of all relations of the kind: `gives_categories`
    NEEDS_CATEGORIES: ClassVar[bool] = False  # whether `restore` reads only values that were seen

    @classmethod
    def discover(cls, profile: TableProfile) -> "list[DiscoveredRelation]":  # noqa: ARG003
        """Return the relations of this kind that hold in every row, or in all but a few.

        What a few rows or skewed columns bring about by chance is left out. Kinds that can only be
        declared return none.
        """
        return []

    @classmethod
    def discover_beside(
        cls,
        profile: TableProfile,
        found: "Sequence[DiscoveredRelation]",  # noqa: ARG003
    ) -> "list[DiscoveredRelation]":
        """Return what `discover` does, but for what goes without saying beside other relations.

        Args:
            profile: The table.
            found: Of the kinds that come before this one.
        """
        return cls.discover(profile)

    @classmethod
    @abstractmethod
    def declare(cls, tree: syntax.Node, profile: TableProfile) -> list[Self]:
        """Return the relations that a user declares, fitted to the table.

        Args:
            tree: The text, parsed.
            profile: The table that they have to hold in.

        Returns:
            Several for a chain such as `a <= b <= c`; none if the tree is not of this kind's form.

        Raises:
            RelationError: The form is this kind's, but the columns cannot be so related.
        """

    @property
    def dependent(self) -> Column:
        """The first dependent: for nearly all kinds the only one."""
        return self.dependents[0]

    @property
    def source(self) -> Column:
        """The first source: for many kinds the only one."""
        return self.sources[0]

    @cached_property
    def dependent_names(self) -> frozenset[Name]:
        """Names of the dependents."""
        return frozenset(column.name for column in self.dependents)

    @cached_property
    def source_names(self) -> frozenset[Name]:
        """Names of the sources."""
        return frozenset(column.name for column in self.sources)

    @property
    def selectable_names(self) -> frozenset[Name]:
        """Dependents that are learned in such a way that the generator can be told their values."""
        return frozenset()

    @property
    def only_clears(self) -> bool:
        """Whether all it writes is gaps: several such relations go together on one column."""
        return False

    def goes_with(self, other: "Relation") -> bool:
        """Return whether both can write values, or both gaps, of the same column."""
        return self.only_clears and other.only_clears

    @property
    def gives_categories(self) -> bool:
        """Whether `restore` writes only values that were seen."""
        return self.GIVES_CATEGORIES

    @property
    def n_digits(self) -> int | None:
        """Digits of the numbers that it calculates with; None if it does not calculate."""
        return None

    @property
    @abstractmethod
    def text(self) -> str:
        """The relation as it is declared: `declare` reads it back to the same one."""

    @abstractmethod
    def explain(self) -> str:
        """Return the relation as one plain sentence, without a full stop."""

    @abstractmethod
    def find_violations(self, frame: pd.DataFrame) -> Mask:
        """Return which rows of a whole table break it; shape (n_rows,)."""

    def is_borne_out(self, frame: pd.DataFrame, broken: Mask) -> bool:  # noqa: ARG002
        """Return whether the few rows that break it, (n_rows,), may be errors of a whole table."""
        return True

    def find_unknown(self, frame: pd.DataFrame) -> Mask:
        """Return which rows hold source values that its look-up table lacks; shape (n_rows,)."""
        return np.zeros(len(frame), bool)

    def find_settled(self, frame: pd.DataFrame) -> Mask:
        """Return where the dependent follows although `apply` leaves a cell of it; (n_rows,)."""
        return np.zeros(len(frame), bool)

    @abstractmethod
    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return a new frame without the dependents, or with what does not follow in their place.

        Args:
            frame: The table, to which relations before this one have been applied.
        """

    @abstractmethod
    def restore(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return a new frame in which the dependents are back, with their dtypes.

        Args:
            frame: What `apply` returned, or rows like it.
        """

    @abstractmethod
    def reduced_columns(self) -> Mapping[Name, Column | None]:
        """Return what is left to learn of the columns that `apply` changes: None for nothing.

        Sources are named as well if they have to be learned as another kind.
        """

    def push_down(self, clauses: Sequence[Clause]) -> Mapping[Name, list[Clause]]:  # noqa: ARG002
        """Return what clauses on the (first) dependent demand of the sources, by column.

        Necessary conditions are enough: rows are checked once they are restored.

        Raises:
            ConditionError: No row can satisfy the clauses.
        """
        return {}

    def select_jointly(
        self, asked: Mapping[Name, Sequence[Clause]]
    ) -> Mapping[Name, Sequence[Clause]]:
        """Return what clauses on any of the dependents demand, by column.

        Clauses returned for a source are added to those on it; for a dependent they replace them.

        Raises:
            ConditionError: No row can satisfy all clauses at once.
        """
        return self.push_down(next(iter(asked.values())))

    def steer(self, frame: pd.DataFrame, clauses: Sequence[Clause]) -> pd.DataFrame:  # noqa: ARG002
        """Return restored rows with the (first) dependent moved towards what is asked of it.

        Rows that cannot be moved stay as they are; the check rejects them.
        """
        return frame

    def has_feature(self, column: Column) -> bool:
        """Return whether a dependent is a feature of the refiner beside what is learned."""
        return column.kind.is_quantitative

    def to_feature(self, series: "pd.Series[Any]", column: Column) -> Floats:
        """Return a restored dependent as that feature; shape (n_rows,), NaN where missing."""
        return to_float(series, column)

    def equivalents(self) -> "list[Relation]":
        """Return relations that hold in the same rows, solved for other columns."""
        return []

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-able values: columns by name; without its kind."""

    @classmethod
    @abstractmethod
    def from_dict(cls, state: StateReader, schema: TableSchema) -> Self:
        """Rebuild it from what `to_dict` returned.

        Args:
            state: Reads that.
            schema: Of the whole table, in which its columns are looked up by name.

        Raises:
            ModelFileError: It holds what it cannot, or columns that cannot be so related.
        """


@dataclass(frozen=True)
class DiscoveredRelation:
    """A relation and what the table says for and against it.

    Attributes:
        relation: As it is fitted to the table.
        support: Rows that show it: it can be checked there, and holds.
        n_violations: Rows that break it; one that was found is kept if there are none.
        is_declared: Whether a user stated it.
    """

    relation: Relation
    support: int
    n_violations: int = 0
    is_declared: bool = False
