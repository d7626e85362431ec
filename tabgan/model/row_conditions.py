"""What rows are asked for: told to the generator where it can be, checked once rows are whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from tabgan.encoding.column_encoder import Selection
from tabgan.encoding.table_encoder import TableEncoder
from tabgan.errors import ConditionError
from tabgan.relations import RelationSet
from tabgan.relations.fixed_combinations import FixedCombinations
from tabgan.schema import close_names
from tabgan.schema.column import Name
from tabgan.schema.predicates import Clause, Mask, asks_for_missing, matches

Where = Mapping[Any, Any]


@dataclass(frozen=True)
class RowRequest:
    """What every row must satisfy.

    Attributes:
        clauses: What is asked, by column of the whole table.
        selections: What that leaves of the learned columns, by their number.
        relations: What the whole rows obey anyway.
        is_sure: Whether the selections are enough, so that no row has to be checked.
    """

    clauses: Mapping[Name, Sequence[Clause]]
    selections: Mapping[int, Selection]
    relations: RelationSet
    is_sure: bool

    @classmethod
    def of(cls, where: Where, relations: RelationSet, encoder: TableEncoder) -> Self:
        """Read what is asked for.

        Raises:
            ConditionError: A column is unknown, nothing is left of it, or what is asked contradicts
                a relation.
        """
        asked = _read_where(where, relations.schema.names)
        needed, reasons = _spread(asked, relations)
        learned = _find_learned(relations)
        selections = {}
        for index, column_encoder in enumerate(encoder.encoders):
            name = column_encoder.column.name
            clauses = needed.get(name, []) if name in learned else []
            if any(relation.FILLS_GAPS for relation in relations.writing(name)):
                clauses = [clause for clause in clauses if not asks_for_missing(clause.value)]
            if clauses:
                try:
                    selections[index] = column_encoder.select(clauses)
                except ConditionError as error:
                    raise _explain(error, name, asked, reasons) from None
        follows = {name for name in asked if relations.writing(name)}
        is_sure = not follows and all(relation.dependents for relation in relations.relations)
        return cls(asked, selections, relations, is_sure)

    def finish(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, Mask]:
        """Return whole rows, moved towards what is asked, and which of them satisfy it."""
        for relation in reversed(self.relations.relations):
            for column in relation.dependents[:1]:
                if column.name in self.clauses:
                    frame = relation.steer(frame, self.clauses[column.name])
        satisfied = ~self.relations.find_broken(frame)
        for name, clauses in self.clauses.items():
            satisfied &= matches(frame[name], self.relations.schema.column(name), clauses)
        return frame, np.asarray(satisfied)

    @property
    def text(self) -> str:
        """What is asked, in words for a message."""
        asked = [
            f"{name} {clause.operator} {clause.value}"
            for name, clauses in self.clauses.items()
            for clause in clauses
        ]
        declared = [
            relation.text for relation in self.relations.relations if not relation.dependents
        ]
        return " and ".join([*asked, *declared])


def _spread(
    asked: Mapping[Name, list[Clause]], relations: RelationSet
) -> tuple[dict[Name, list[Clause]], dict[Name, list[str]]]:
    """Return all that is needed of each column, and the relations that make it so."""
    needed = {name: list(clauses) for name, clauses in asked.items()}
    reasons: dict[Name, list[str]] = {}
    for relation in relations.relations:
        mine = {c.name: needed[c.name] for c in relation.dependents if c.name in needed}
        if not mine:
            continue
        if isinstance(relation, FixedCombinations):
            needed[relation.dependents[0].name] = relation.select(mine)
            continue
        for name, clauses in relation.push_down(next(iter(mine.values()))).items():
            needed.setdefault(name, []).extend(clauses)
            reasons.setdefault(name, []).append(relation.text)
    return needed, reasons


def _find_learned(relations: RelationSet) -> set[Name]:
    """Return the columns that the generator can be told values of: its own, or combinations."""
    written = {
        column.name
        for relation in relations.relations
        if not relation.keeps_values
        for column in relation.dependents[isinstance(relation, FixedCombinations) :]
    }
    return set(relations.free.names) - written


def _explain(
    error: ConditionError, name: Name, asked: Where, reasons: Mapping[Name, Sequence[str]]
) -> ConditionError:
    """Return that what is asked contradicts a relation, if it does."""
    if name not in reasons:
        return error
    columns = " and ".join(repr(column) for column in asked)
    return ConditionError(
        f"what is asked of {columns} cannot be had at once, since {' and '.join(reasons[name])} "
        f"in every row; ask for less."
    )


def _read_where(where: object, names: Sequence[Name]) -> dict[Name, list[Clause]]:
    if not isinstance(where, Mapping):
        raise ConditionError(
            f"where={where!r} is no mapping; give one such as {{'age': ('>=', 65)}}."
        )
    for name in where:
        if name not in names:
            raise ConditionError(f"there is no column {name!r}; {close_names(name, names)}.")
    return {name: _read_clauses(name, asked) for name, asked in where.items()}


def _read_clauses(name: object, asked: Any) -> list[Clause]:
    """Read what is asked of one column: a value, (operator, value), or a list of the latter."""
    if isinstance(asked, list):
        clauses = [clause for part in asked for clause in _read_clauses(name, part)]
        if not clauses:
            raise ConditionError(f"column {name!r} is asked for with an empty list; give a value.")
        return clauses
    if isinstance(asked, tuple):
        if len(asked) != 2 or asked[0] not in ("=", "<", "<=", ">", ">="):
            raise ConditionError(
                f"column {name!r} is asked for with {asked!r}; give a value, or an operator "
                "(= < <= > >=) and a value."
            )
        return [Clause(*asked)]
    return [Clause("=", asked)]
