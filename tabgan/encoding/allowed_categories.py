"""Conditions on categories: which of a column's they allow, and whether a gap.

>>> from tabgan.schema.column import Column, ColumnKind
>>> town = Column("town", ColumnKind.CATEGORICAL, "object")
>>> categories = Categories(town, ["Ulm", "Bonn", "Pau"])
>>> AllowedCategories(categories).allow([Clause("!=", "Ulm"), Clause("!=", "Pau")]).tolist()
[False, True, False, False]
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from tabgan.errors import ConditionError
from tabgan.schema.arrays import Mask, Objects
from tabgan.schema.categories import Categories
from tabgan.schema.float_conversion import asks_for_missing
from tabgan.schema.predicates import (
    Clause,
    category_name,
    category_names,
    compare_categories,
    show_names,
)


@dataclass(frozen=True)
class AllowedCategories:
    """The categories of a column, as they are asked for."""

    categories: Categories

    def allow(self, clauses: Sequence[Clause]) -> Mask:
        """Return which categories clauses allow at once, then whether a gap; (n_categories + 1,).

        Raises:
            ConditionError: A value is no category, or the categories have no order.
        """
        return np.asarray(np.all([self._allow_one(clause) for clause in clauses], axis=0))

    def _allow_one(self, clause: Clause) -> Mask:
        if clause.operator == "or":
            values, others = clause.split()
            branches = [self.allow(branch) for branch in others]
            return np.asarray(np.any([*branches, self._allow_any(values)], axis=0))
        if clause.operator == "in":
            wanted = self.categories.find(pd.Series(list(clause.value), dtype=object))
            return np.append(np.isin(np.arange(len(self.categories)), wanted), False)
        if clause.operator == "!=":
            return np.append(~self._allow_any([clause.value])[:-1], False)
        if clause.operator == "=" or self._means_missing(clause.value):
            return self._allow_any([clause.value])
        return np.append(self._compare(clause), False)

    def _allow_any(self, values: Sequence[object]) -> Mask:
        present = [value for value in values if not self._means_missing(value)]
        for value in present:
            self._check_known(category_name(value, self.categories.column))
        has_gap = len(present) < len(values)
        return np.append(self._compare(Clause("in", present)), has_gap)

    def _compare(self, clause: Clause) -> Mask:
        return compare_categories(
            self.categories.objects[:-1],
            self.categories.column,
            clause,
            self._names,
            self.categories.order,
        )

    @cached_property
    def _names(self) -> Objects:
        return category_names(self.categories.objects[:-1], self.categories.column)

    @cached_property
    def _known(self) -> frozenset[object]:
        return frozenset(self._names)

    def _means_missing(self, value: object) -> bool:
        blank = isinstance(value, str) and not value.strip()
        return asks_for_missing(value) or (blank and value not in self._known)

    def _check_known(self, name: str | None) -> None:
        if name not in self._known:
            raise ConditionError(
                f"column {self.categories.column.name!r} never holds {name!r} in the table; "
                f"{show_names(str(name), list(map(str, self._names)))}."
            )
