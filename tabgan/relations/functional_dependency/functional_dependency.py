"""Functional dependency: what one column, or two together, say of another in every row.

The dependent is looked up: `city -> country`, `make, model -> doors`. Where each says the other
(`code <-> name`), one of the two is enough.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from tabgan.errors import ConditionError, RelationError
from tabgan.query.tokens import Token, write_name
from tabgan.relations.functional_dependency.discovery import search_pairs, search_singles
from tabgan.relations.relation import Finding, Relation
from tabgan.relations.table_profile import Evidence
from tabgan.schema import TableSchema
from tabgan.schema.categories import Levels, Places
from tabgan.schema.column import Column, ColumnKind, Name
from tabgan.schema.predicates import Clause, Mask, satisfy

FEW_VALUES = 32  # numbers of no more values are learned as those values alone, and keep their order


@dataclass(frozen=True)
class Dependency(Relation):
    """One column, or two, decide another.

    Attributes:
        keys: Levels of each source.
        values: Levels of the dependent.
        is_mutual: Whether the dependent decides the source as well.

    Shape:
        - known: (n_known,), rising: numbers of the sources' levels seen together
        - answers: (n_known,), places of the dependent's levels; -1 is a gap
    """

    keys: tuple[Levels, ...]
    values: Levels
    known: Places
    answers: Places
    is_mutual: bool = False

    KIND: ClassVar[str] = "dependency"
    GIVES_LEVELS: ClassVar[bool] = True
    NEEDS_LEVELS: ClassVar[bool] = True

    @classmethod
    def find(cls, evidence: Evidence) -> list[Finding]:
        singles = search_singles(evidence)
        found = [*singles, *search_pairs(evidence, {lead.dependent for lead in singles})]
        return [
            Finding(
                cls.learn(evidence, lead.sources, lead.dependent, is_mutual=lead.is_mutual),
                lead.support,
                lead.broken,
            )
            for lead in found
        ]

    @classmethod
    def declare(cls, tokens: Sequence[Token], evidence: Evidence) -> list[Self]:
        arrow = next((i for i, token in enumerate(tokens) if token.says("->", "<->")), None)
        if arrow is None:
            return []
        sources = [token.value for token in tokens[:arrow:2]]
        names = [*tokens[:arrow:2], *tokens[arrow + 1 :]]
        commas = tokens[1:arrow:2]
        is_form = len(sources) in {1, 2} and len(commas) == len(sources) - 1
        is_form = is_form and len(tokens) == arrow + 2 and all(token.is_name for token in names)
        if not is_form or len({token.value for token in names}) < len(names):
            raise RelationError(
                "a dependency is written 'city -> country' or 'make, model -> doors', with "
                "columns of the table, each once."
            )
        columns = [evidence.schema.column(token.value) for token in names]
        if any(column.kind is ColumnKind.IDENTIFIER for column in columns):
            raise RelationError(
                "a dependency cannot name an identifier, whose values are made anew; "
                f"leave out {next(c.name for c in columns if c.kind is ColumnKind.IDENTIFIER)!r}."
            )
        is_mutual = tokens[arrow].value == "<->"
        return [cls.learn(evidence, tuple(columns[:-1]), columns[-1], is_mutual=is_mutual)]

    @classmethod
    def learn(
        cls, evidence: Evidence, sources: tuple[Column, ...], dependent: Column, *, is_mutual: bool
    ) -> Self:
        """Learn the look-up table: for each level of the sources the commonest answer."""
        fewest = evidence.fewest if evidence.protect else 1
        keys = tuple(evidence.levels(column, fewest) for column in sources)
        values = evidence.levels(dependent)
        places = [key.find(evidence.series(c)) for key, c in zip(keys, sources, strict=True)]
        lost = np.zeros(len(evidence), bool)
        for place, column in zip(places, sources, strict=True):
            lost |= (place < 0) & ~np.asarray(evidence.series(column).isna())
        numbers = number_together(places, keys)[~lost]
        answers = values.find(evidence.series(dependent))[~lost]
        width = len(values) + 1
        both, counts = np.unique(numbers * width + answers + 1, return_counts=True)
        order = np.lexsort((-counts, both // width))
        known, first = np.unique(both[order] // width, return_index=True)
        answers = both[order][first] % width - 1
        if evidence.protect:
            enough = np.bincount(np.searchsorted(known, numbers)) >= evidence.fewest
            known, answers = known[enough], answers[enough]
            used = np.unique(answers[answers >= 0])
            values = replace(values, values=[values.values[place] for place in used])
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

    def find_broken(self, frame: pd.DataFrame) -> Mask:
        places, is_known = self._look_up(frame)
        found = self.values.find(frame[self.dependent.name])
        return np.asarray(is_known & (found != places))

    def find_unknown(self, frame: pd.DataFrame) -> Mask:
        """Levels of a single source that are not in the look-up table; a row for each of them."""
        if len(self.sources) > 1:  # pairs that never met have the answer of the first
            return super().find_unknown(frame)
        (source,) = self.sources
        _, is_known = self._look_up(frame)
        return np.asarray(~is_known & ~frame[source.name].duplicated())

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        return frame.drop(columns=[self.dependent.name])

    def restore(self, frame: pd.DataFrame) -> pd.DataFrame:
        places, _ = self._look_up(frame)
        restored = frame.copy(deep=False)
        restored[self.dependent.name] = self.values.write(places).set_axis(frame.index)
        return restored

    def _look_up(self, frame: pd.DataFrame) -> tuple[Places, Mask]:
        """Give each row's answer, and whether its sources were seen together."""
        places = [key.find(frame[c.name]) for key, c in zip(self.keys, self.sources, strict=True)]
        numbers = number_together(places, self.keys)
        at = np.minimum(np.searchsorted(self.known, numbers), len(self.known) - 1)
        is_known = self.known[at] == numbers
        first = np.where(places[0] < 0, len(self.keys[0]), places[0])
        return np.where(is_known, self.answers[at], self._fallback[first]), is_known

    @cached_property
    def _fallback(self) -> Places:
        """What is answered where sources never met: the first source's commonest answer."""
        firsts = self.known // np.prod([len(key) + 1 for key in self.keys[1:]], dtype=np.int64)
        counts = np.zeros((len(self.keys[0]) + 1, len(self.values) + 1))
        np.add.at(counts, (firsts, self.answers), 1)
        counts[counts.sum(axis=1) == 0] = counts.sum(axis=0)
        answers: Places = counts.argmax(axis=1)
        return np.where(answers == len(self.values), -1, answers)

    def leave(self) -> Mapping[Name, Column | None]:
        left: dict[Name, Column | None] = {self.dependent.name: None}
        for column, key in zip(self.sources, self.keys, strict=True):
            is_number = column.kind.is_number or column.kind is ColumnKind.DATETIME
            if is_number and (column.text or len(key) > FEW_VALUES):
                left[column.name] = replace(column, kind=ColumnKind.CATEGORICAL)
        return left

    def translate(self, clauses: Sequence[Clause]) -> Mapping[Name, list[Clause]]:
        answers = self.values.write(np.arange(-1, len(self.values)))
        allowed = satisfy(answers, self.dependent, clauses)[self.answers + 1]
        if not allowed.any():
            own = [clause for clause in clauses if clause.operator != "in"]
            asked = " and ".join(f"{clause.operator} {clause.value!r}" for clause in own)
            sources = " and ".join(repr(column.name) for column in self.sources)
            raise ConditionError(
                f"column {self.dependent.name!r} is never {asked or 'so'} in the table; "
                f"it follows from {sources}."
            )
        shape = [len(key) + 1 for key in self.keys]
        places = np.unravel_index(self.known[allowed], shape)
        asked_of: dict[Name, list[Clause]] = {}
        for column, key, place in zip(self.sources, self.keys, places, strict=True):
            if (place < len(key)).all():  # a gap cannot be asked for beside levels
                levels = key.objects[np.unique(place)]
                asked_of[column.name] = [Clause("in", tuple(levels))]
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
            keys=tuple(Levels.from_state(c, k) for c, k in zip(sources, entry["keys"], strict=True)),
            values=Levels.from_state(dependent, entry["values"]),
            known=np.array(entry["known"], np.int64),
            answers=np.array(entry["answers"], np.int64),
            is_mutual=entry["is_mutual"],
        )


def number_together(places: Sequence[Places], keys: Sequence[Levels]) -> npt.NDArray[np.int64]:
    """Give one number for the places of several columns, a gap being the last; shape (n_rows,)."""
    numbers = np.zeros(len(places[0]), np.int64)
    for place, key in zip(places, keys, strict=True):
        numbers = numbers * (len(key) + 1) + np.where(place < 0, len(key), place)
    return numbers
