"""Functional dependency: what one column, or two together, say of another in every row.

The dependent is looked up: `city -> country`, `make, model -> doors`. Where each says the other
(`code <-> name`), one of the two is enough.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from tabgan.errors import ConditionError, RelationError
from tabgan.query import syntax
from tabgan.query.tokens import write_name
from tabgan.relations.functional_dependency.discovery import search_pairs, search_singles
from tabgan.relations.relation import DiscoveredRelation, Relation
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import TableSchema
from tabgan.schema.arrays import Floats, Integers, Mask
from tabgan.schema.categories import Categories
from tabgan.schema.column import Column, ColumnKind, Name
from tabgan.schema.predicates import Clause, matches

FEW_VALUES = 32  # numbers of no more values are learned as those values alone, and keep their order


@dataclass(frozen=True)
class FunctionalDependency(Relation):
    """One column, or two, decide another.

    Attributes:
        keys: Categories of each source.
        values: Categories of the dependent.
        is_mutual: Whether the dependent decides the source as well.

    Shape:
        - known: (n_known,), rising: numbers of the sources' categories seen together
        - answers: (n_known,), places of the dependent's categories; -1 is a gap
    """

    keys: tuple[Categories, ...]
    values: Categories
    known: Integers
    answers: Integers
    is_mutual: bool = False

    KIND: ClassVar[str] = "dependency"
    GIVES_CATEGORIES: ClassVar[bool] = True
    NEEDS_CATEGORIES: ClassVar[bool] = True

    @classmethod
    def discover(cls, profile: TableProfile) -> list[DiscoveredRelation]:
        singles = search_singles(profile)
        found = [*singles, *search_pairs(profile, {candidate.dependent for candidate in singles})]
        return [
            DiscoveredRelation(
                cls.fit(
                    profile, candidate.sources, candidate.dependent, is_mutual=candidate.is_mutual
                ),
                candidate.support,
                candidate.broken,
            )
            for candidate in found
        ]

    @classmethod
    def declare(cls, tree: syntax.Node, profile: TableProfile) -> list[Self]:
        if not isinstance(tree, syntax.Determines):
            return []
        columns = [profile.schema.column(name) for name in (*tree.sources, tree.dependent)]
        if any(column.kind is ColumnKind.IDENTIFIER for column in columns):
            raise RelationError(
                "a dependency cannot name an identifier, whose values are made anew; "
                f"leave out {next(c.name for c in columns if c.kind is ColumnKind.IDENTIFIER)!r}."
            )
        sources, dependent = tuple(columns[:-1]), columns[-1]
        return [cls.fit(profile, sources, dependent, is_mutual=tree.is_mutual)]

    @classmethod
    def fit(
        cls,
        profile: TableProfile,
        sources: tuple[Column, ...],
        dependent: Column,
        *,
        is_mutual: bool,
    ) -> Self:
        """Learn the look-up table: for each category of the sources the commonest answer."""
        min_rows = profile.protection.min_rows if profile.protection.is_on else 1
        keys = tuple(profile.categories(column, min_rows) for column in sources)
        values = profile.categories(dependent)
        indices = [key.find(profile.series(c)) for key, c in zip(keys, sources, strict=True)]
        lost = np.zeros(len(profile), bool)
        for index, column in zip(indices, sources, strict=True):
            lost |= (index < 0) & ~np.asarray(profile.series(column).isna())
        numbers = number_together(indices, keys)[~lost]
        answers = values.find(profile.series(dependent))[~lost]
        width = len(values) + 1
        both, counts = np.unique(numbers * width + answers + 1, return_counts=True)
        order = np.lexsort((-counts, both // width))
        known, first = np.unique(both[order] // width, return_index=True)
        answers = both[order][first] % width - 1
        if profile.protection.is_on:
            enough = np.bincount(np.searchsorted(known, numbers)) >= profile.protection.min_rows
            known, answers = known[enough], answers[enough]
            used = np.unique(answers[answers >= 0])
            values = replace(values, values=[values.values[index] for index in used])
            answers = np.where(answers < 0, -1, np.searchsorted(used, answers))
        return cls((dependent,), sources, keys, values, known, answers, is_mutual)

    @property
    def dependent(self) -> Column:
        """The column that is looked up."""
        return self.dependents[0]

    @property
    def text(self) -> str:
        sources = ", ".join(write_name(column.name) for column in self.sources)
        return f"{sources} {'<->' if self.is_mutual else '->'} {write_name(self.dependent.name)}"

    def explain(self) -> str:
        sources = " and ".join(str(column.name) for column in self.sources)
        if self.is_mutual:
            return f"{sources} and {self.dependent.name} say the same in {len(self.known)} ways"
        decide = "decides" if len(self.sources) == 1 else "together decide"
        return f"{sources} {decide} {self.dependent.name} ({len(self.known)} entries)"

    def find_violations(self, frame: pd.DataFrame) -> Mask:
        indices, is_known = self._look_up(frame)
        found = self.values.find(frame[self.dependent.name])
        return np.asarray(is_known & (found != indices))

    def find_unknown(self, frame: pd.DataFrame) -> Mask:
        """Categories of a single source that the look-up table lacks; a row for each of them."""
        if len(self.sources) > 1:  # pairs that never met have the answer of the first
            return super().find_unknown(frame)
        (source,) = self.sources
        _, is_known = self._look_up(frame)
        return np.asarray(~is_known & ~frame[source.name].duplicated())

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        return frame.drop(columns=[self.dependent.name])

    def restore(self, frame: pd.DataFrame) -> pd.DataFrame:
        indices, _ = self._look_up(frame)
        restored = frame.copy(deep=False)
        restored[self.dependent.name] = self.values.write(indices).set_axis(frame.index)
        return restored

    def _look_up(self, frame: pd.DataFrame) -> tuple[Integers, Mask]:
        """Return each row's answer, and whether its sources were seen together."""
        indices = [key.find(frame[c.name]) for key, c in zip(self.keys, self.sources, strict=True)]
        numbers = number_together(indices, self.keys)
        at = np.minimum(np.searchsorted(self.known, numbers), len(self.known) - 1)
        is_known = self.known[at] == numbers
        first = np.where(indices[0] < 0, len(self.keys[0]), indices[0])
        return np.where(is_known, self.answers[at], self._fallback[first]), is_known

    @cached_property
    def _fallback(self) -> Integers:
        """What is answered where sources never met: the first source's commonest answer."""
        firsts = self.known // np.prod([len(key) + 1 for key in self.keys[1:]], dtype=np.int64)
        counts = np.zeros((len(self.keys[0]) + 1, len(self.values) + 1))
        np.add.at(counts, (firsts, self.answers), 1)
        counts[counts.sum(axis=1) == 0] = counts.sum(axis=0)
        answers: Integers = counts.argmax(axis=1)
        return np.where(answers == len(self.values), -1, answers)

    def reduced_columns(self) -> Mapping[Name, Column | None]:
        left: dict[Name, Column | None] = {self.dependent.name: None}
        for column, key in zip(self.sources, self.keys, strict=True):
            is_number = column.kind.is_quantitative
            if is_number and (column.text or len(key) > FEW_VALUES):
                left[column.name] = replace(column, kind=ColumnKind.CATEGORICAL)
        return left

    def has_feature(self, column: Column) -> bool:  # noqa: ARG002 - codes say what trees do not see
        return True

    def to_feature(self, series: "pd.Series[Any]", column: Column) -> Floats:  # noqa: ARG002
        """Return the dependent's category codes, -1 where missing or unknown; shape (n_rows,)."""
        return self.values.find(series).astype(np.float64)

    def push_down(self, clauses: Sequence[Clause]) -> Mapping[Name, list[Clause]]:
        answers = self.values.write(np.arange(-1, len(self.values)))
        allowed = matches(answers, self.dependent, clauses)[self.answers + 1]
        if not allowed.any():
            own = [clause for clause in clauses if clause.operator != "in"]
            asked = " and ".join(clause.write(repr) for clause in own)
            sources = " and ".join(repr(column.name) for column in self.sources)
            raise ConditionError(
                f"column {self.dependent.name!r} is never {asked or 'so'} in the table; "
                f"it follows from {sources}."
            )
        shape = [len(key) + 1 for key in self.keys]
        indices = np.unravel_index(self.known[allowed], shape)
        asked_of: dict[Name, list[Clause]] = {}
        for column, key, index in zip(self.sources, self.keys, indices, strict=True):
            if (index < len(key)).all():  # a gap cannot be asked for beside categories
                categories = key.objects[np.unique(index)]
                asked_of[column.name] = [Clause("in", tuple(categories))]
        return asked_of

    def to_dict(self) -> dict[str, Any]:
        return {
            "dependent": self.dependent.name,
            "sources": [column.name for column in self.sources],
            "keys": [key.to_state() for key in self.keys],
            "values": self.values.to_state(),
            "known": self.known.tolist(),
            "answers": self.answers.tolist(),
            "is_mutual": self.is_mutual,
        }

    @classmethod
    def from_dict(cls, entry: Mapping[str, Any], schema: TableSchema) -> Self:
        sources = tuple(schema.column(name) for name in entry["sources"])
        dependent = schema.column(entry["dependent"])
        return cls(
            dependents=(dependent,),
            sources=sources,
            keys=tuple(
                Categories.from_state(c, k) for c, k in zip(sources, entry["keys"], strict=True)
            ),
            values=Categories.from_state(dependent, entry["values"]),
            known=np.array(entry["known"], np.int64),
            answers=np.array(entry["answers"], np.int64),
            is_mutual=entry["is_mutual"],
        )


def number_together(indices: Sequence[Integers], keys: Sequence[Categories]) -> Integers:
    """Return one number for the indices of several columns, a gap being the last; (n_rows,)."""
    numbers = np.zeros(len(indices[0]), np.int64)
    for index, key in zip(indices, keys, strict=True):
        numbers = numbers * (len(key) + 1) + np.where(index < 0, len(key), index)
    return numbers
