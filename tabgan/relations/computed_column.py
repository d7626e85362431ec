"""A column that others decide in every row, and whose own gaps are learned where it has some."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from tabgan.relations.gaps import GIVEN, clear_cells, mark_given
from tabgan.relations.relation import Relation
from tabgan.schema.column import Column, ColumnKind, Name
from tabgan.schema.predicates import Clause


class ComputedColumn(Relation):
    """A relation with one dependent.

    Attributes:
        has_gaps: Whether the dependent is missing where the others give a value.
    """

    has_gaps: bool

    @abstractmethod
    def compute(self, frame: pd.DataFrame) -> "pd.Series[Any]":
        """Return the dependent in each row of the others; (n_rows,)."""

    @property
    def selectable_names(self) -> frozenset[Name]:
        return self.dependent_names if self.has_gaps else frozenset()

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Leave the dependent out, or only say where it has a value."""
        name = self.dependent.name
        return mark_given(frame, name) if self.has_gaps else frame.drop(columns=[name])

    def restore(self, frame: pd.DataFrame) -> pd.DataFrame:
        column, values = self.dependent, self.compute(frame)
        restored = frame.copy(deep=False)
        if self.has_gaps:
            values = clear_cells(values, frame[column.name].isna().to_numpy(bool), column)
        restored[column.name] = values
        return restored

    def reduced_columns(self) -> Mapping[Name, Column | None]:
        name = self.dependent.name
        flag = Column(name, ColumnKind.CATEGORICAL, "object", element="str")
        return {name: flag if self.has_gaps else None}

    def select_jointly(
        self, asked: Mapping[Name, Sequence[Clause]]
    ) -> Mapping[Name, Sequence[Clause]]:
        """Return what clauses demand of the sources, and of the gaps that are learned."""
        name, clauses = self.dependent.name, asked[self.dependent.name]
        if not self.has_gaps:
            return self.push_down(clauses)
        if any(clause.is_missing for clause in clauses):
            return {name: [Clause("=", None)]}
        if all(clause.allows_missing for clause in clauses):
            return {name: []}
        return {**self.push_down(clauses), name: [Clause("=", GIVEN)]}
