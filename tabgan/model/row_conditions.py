"""What rows are asked for: told to the generator where it can be, checked once rows are whole.

A generator that is told several columns draws each by itself, by its frequency in the table. So
where a filter has more than comparisons that all hold, it is told as little as will do: what many
rows satisfy anyway is left to the check, which keeps the columns as they go together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from tabgan.encoding.column_encoder import Selection
from tabgan.encoding.table_encoder import TableEncoder
from tabgan.errors import ConditionError
from tabgan.query.row_filter import RowFilter
from tabgan.query.where import Where, read_where
from tabgan.relations import RelationSet
from tabgan.schema.arrays import Mask
from tabgan.schema.column import Name
from tabgan.schema.predicates import Clause, asks_for_missing

MIN_ACCEPTED = 0.1  # share of rows that selections left out may cost, as far as it is known


@dataclass(frozen=True)
class RowConditions:
    """What every row must satisfy.

    Attributes:
        asked: What users ask, of columns of the whole table.
        selections: What that leaves of the learned columns, by their number.
        relations: What the whole rows obey anyway.
        needs_no_rejection: Whether the selections are enough, so that no row has to be checked.
    """

    asked: RowFilter
    selections: Mapping[int, Selection]
    relations: RelationSet
    needs_no_rejection: bool

    @classmethod
    def from_where(cls, where: Where, relations: RelationSet, encoder: TableEncoder) -> Self:
        """Read what is asked for.

        Raises:
            ConditionError: A column is unknown, nothing is left of it, or what is asked contradicts
                a relation.
        """
        asked = read_where(where, relations.schema.names)
        selector = _Selector(asked, relations, encoder)
        if not asked.is_plain:
            selector.check_levels()
        selections = selector.select(asked.necessary)
        told = selections if asked.is_plain else _leave_out(selections)
        asked.check_values(relations.schema)
        follows = any(relations.relations_of(name) for name in asked.necessary)
        is_enough = len(told) == len(selections) and not asked.choices and not follows
        is_learned = all(relation.dependents for relation in relations.relations)
        return cls(asked, told, relations, is_enough and is_learned)

    def finish(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, Mask]:
        """Return whole rows, moved towards what is asked, and which of them satisfy it."""
        for relation in reversed(self.relations.relations):
            for column in relation.dependents[:1]:
                if column.name in self.asked.clauses:
                    frame = relation.steer(frame, self.asked.clauses[column.name])
        satisfied = self.asked.matches(frame, self.relations.schema)
        return frame, np.asarray(satisfied & ~self.relations.find_violations(frame))

    @property
    def text(self) -> str:
        """What is asked, in words for a message."""
        declared = [
            relation.text for relation in self.relations.relations if not relation.dependents
        ]
        return " and ".join(filter(None, [self.asked.write(), *declared]))


@dataclass(frozen=True)
class _Selector:
    """Turns what is needed of the table's columns into selections of the learned ones."""

    asked: RowFilter
    relations: RelationSet
    encoder: TableEncoder

    def select(self, needed: Mapping[Name, Sequence[Clause]]) -> dict[int, Selection]:
        """Return what is left of each learned column, by its number.

        Raises:
            ConditionError: Nothing is.
        """
        spread, reasons = _spread(needed, self.relations)
        learned = self._find_learned()
        selections = {}
        for number, column_encoder in enumerate(self.encoder.encoders):
            name = column_encoder.column.name
            clauses = spread.get(name, []) if name in learned else []
            if any(relation.FILLS_GAPS for relation in self.relations.relations_of(name)):
                clauses = [clause for clause in clauses if not _is_of_gaps(clause)]
            if clauses:
                try:
                    selections[number] = column_encoder.select(clauses)
                except ConditionError as error:
                    raise _explain(error, name, list(needed), reasons) from None
        return selections

    def _find_learned(self) -> set[Name]:
        """Return the columns that the generator can be told values of: its own, or combinations.

        What often equals another column has values of its own in other rows only: unless the filter
        is plain, the check sees to those columns.
        """
        learned = set(self.relations.free.names)
        for relation in self.relations.relations:
            is_told = relation.IS_STRICT or self.asked.is_plain
            told = relation.selectable_names if is_told else frozenset()
            learned -= relation.dependent_names - told
        return learned

    def check_levels(self) -> None:
        """Check that the table has each category asked for, be it one of several.

        Raises:
            ConditionError: It has no such category, or the categories have no order.
        """
        for name, clause in self.asked.iter_comparisons():
            is_number = self.relations.schema.column(name).kind.is_quantitative
            if not is_number and not asks_for_missing(clause.value):
                sign = "=" if clause.operator == "!=" else clause.operator
                self.select({name: [Clause(sign, clause.value)]})


def _leave_out(selections: Mapping[int, Selection]) -> dict[int, Selection]:
    """Return the selections that the generator is told: without the widest ones."""
    told, accepted = dict(selections), 1.0
    for number, selection in sorted(told.items(), key=lambda item: -item[1].share)[:-1]:
        accepted *= selection.share
        if accepted < MIN_ACCEPTED:
            break
        del told[number]
    return told


def _spread(
    asked: Mapping[Name, Sequence[Clause]], relations: RelationSet
) -> tuple[dict[Name, list[Clause]], dict[Name, list[str]]]:
    """Return all that is needed of each column, and the relations that make it so."""
    needed = {name: list(clauses) for name, clauses in asked.items()}
    reasons: dict[Name, list[str]] = {}
    for relation in relations.relations:
        asked_of = {c.name: needed[c.name] for c in relation.dependents if c.name in needed}
        if not asked_of:
            continue
        for name, clauses in relation.select_jointly(asked_of).items():
            if name in relation.dependent_names:
                needed[name] = list(clauses)
                continue
            needed.setdefault(name, []).extend(clauses)
            reasons.setdefault(name, []).append(relation.text)
    return needed, reasons


def _explain(
    error: ConditionError, name: Name, asked: Sequence[Name], reasons: Mapping[Name, Sequence[str]]
) -> ConditionError:
    """Return an error that names the relations that what is asked contradicts, if any."""
    if name not in reasons:
        return error
    columns = " and ".join(repr(column) for column in asked)
    return ConditionError(
        f"what is asked of {columns} cannot be had at once, since {' and '.join(reasons[name])} "
        f"in every row; ask for less."
    )


def _is_of_gaps(clause: Clause) -> bool:
    """Return whether a clause asks for gaps, perhaps beside values, or for their absence."""
    return clause.allows_missing or (clause.operator == "!=" and asks_for_missing(clause.value))
