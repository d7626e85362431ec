"""What rows are asked for: selected in the generator's condition, and checked when restored."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from tabgan.encoding.encoded_column import PartSelections, Selection
from tabgan.encoding.table_encoder import TableEncoder
from tabgan.errors import ConditionError, printable
from tabgan.model.category_clauses import clauses_on_categories
from tabgan.model.narrowest_selections import (
    MIN_ACCEPTED,
    MIN_ACCEPTED_SOURCES,
    keep_narrowest,
)
from tabgan.model.rejection import CheckedRows
from tabgan.query.row_filter import RowFilter
from tabgan.query.where import Where, read_where
from tabgan.relations import RelationSet
from tabgan.relations.frequent_equality import FrequentEquality
from tabgan.schema.column import Name
from tabgan.schema.float_conversion import asks_for_missing
from tabgan.schema.precision import float_dtype
from tabgan.schema.predicates import Clause


@dataclass(frozen=True)
class RowConditions:
    """What every row must satisfy.

    Attributes:
        asked: By users, of columns of the whole table.
        selections: Values that are left of learned columns, by the column's number.
        relations: Of the table; restored rows obey them.
        needs_no_rejection: Whether the selections are enough, so that all rows satisfy what is
            asked; whether they obey the relations is checked all the same.
    """

    asked: RowFilter
    selections: Mapping[int, PartSelections]
    relations: RelationSet
    needs_no_rejection: bool

    @classmethod
    def from_where(cls, where: Where | None, relations: RelationSet, encoder: TableEncoder) -> Self:
        """Return what is asked for as users write it, None for nothing: see `from_filter`."""
        asked = read_where({} if where is None else where, relations.schema.names)
        return cls.from_filter(asked, relations, encoder)

    @classmethod
    def from_filter(cls, asked: RowFilter, relations: RelationSet, encoder: TableEncoder) -> Self:
        """Return what is asked for, as far as it can be selected.

        Args:
            asked: Of columns of the whole table.
            relations: Of the table; they turn clauses on its columns into clauses on learned ones.
            encoder: Of the learned columns.

        Raises:
            ConditionError: A column is unknown, nothing is left of it, or what is asked contradicts
                a relation.
        """
        schema = relations.schema
        asked = asked.read_values(schema)
        selector = _Selector(asked, relations, encoder)
        if not asked.is_plain:
            selector.check_categories()
        selections = selector.select(asked.necessary)
        asked.check_values(schema)
        follows = any(relations.relations_of(name) for name in asked.necessary)
        selected = selections
        if follows or not asked.is_plain:
            least = MIN_ACCEPTED_SOURCES if follows else MIN_ACCEPTED
            selected = keep_narrowest(selections, least)
        is_exact = len(selected) == len(selections) and all(s.is_exact for s in selected.values())
        is_rounded = any(float_dtype(schema.column(name)) is not None for name in asked.necessary)
        is_enough = is_exact and not asked.choices and not follows and not is_rounded
        is_learned = all(relation.dependents for relation in relations.relations)
        return cls(asked, selected, relations, is_enough and is_learned)

    def iter_selections(self, encoder: TableEncoder) -> Iterator[tuple[int, Selection]]:
        """Yield the number of each part that something is asked of, and what is left of it."""
        for index, selections in self.selections.items():
            for part, selection in selections.by_part.items():
                yield encoder.starts[index] + part, selection

    def finish(self, frame: pd.DataFrame) -> CheckedRows:
        """Return restored rows, steered towards what is asked, by whether they satisfy it."""
        steered = frame
        for relation in reversed(self.relations.relations):
            for column in relation.dependents[:1]:
                if column.name in self.asked.clauses:
                    steered = relation.steer(steered, self.asked.clauses[column.name])
        if steered is not frame:  # what else follows from the columns moved
            frame = self.relations.restore(self.relations.apply(steered))
        satisfied = np.ones(len(frame), bool)
        if not self.needs_no_rejection:
            satisfied &= self.asked.matches(frame, self.relations.schema)
        return CheckedRows.split(frame, satisfied, self.relations.find_broken(frame), self.declared)

    @property
    def declared(self) -> list[str]:
        """Texts of the declared relations by which rows are only checked."""
        kept = [each.relation for each in self.relations.kept if each.is_declared]
        return [relation.text for relation in kept if not relation.dependents]

    @property
    def text(self) -> str:
        """What is asked for, in words for a message."""
        return " and ".join(filter(None, [self.asked.write(), *self.declared]))


@dataclass(frozen=True)
class _Selector:
    """Turns clauses on the table's columns into selections of the learned ones.

    Attributes:
        asked: The whole filter.
        relations: Of the table.
        encoder: Of the learned columns.
    """

    asked: RowFilter
    relations: RelationSet
    encoder: TableEncoder

    def select(self, needed: Mapping[Name, Sequence[Clause]]) -> dict[int, PartSelections]:
        """Return the values that are left of each learned column, by its number.

        Args:
            needed: Clauses that every row has to satisfy, by column of the table.

        Raises:
            ConditionError: No value is left of a column.
        """
        needed_of, reasons = _push_down(needed, self.relations)
        self._move_to_sources(needed_of)
        learned = self._find_selectable()
        selections = {}
        for number, column_encoder in enumerate(self.encoder.encoders):
            name = column_encoder.column.name
            clauses = needed_of.get(name, []) if name in learned else []
            followed = self.relations.relations_of(name)
            if any(relation.FILLS_GAPS and not relation.LEARNS_GAPS for relation in followed):
                clauses = [clause for clause in clauses if not _is_about_gaps(clause)]
            if clauses:
                try:
                    if all(r.FILLS_GAPS or not r.IS_STRICT for r in followed):  # it has its values
                        clauses = clauses_on_categories(clauses, self.relations, column_encoder)
                    selections[number] = column_encoder.select_parts(clauses)
                except ConditionError as error:
                    raise _name_reasons(error, name, list(needed), reasons) from None
        return selections

    def _move_to_sources(self, needed: dict[Name, list[Clause]]) -> None:
        """Ask the other column for what a column holds in no row but those where both are equal."""
        encoders = {encoder.column.name: encoder for encoder in self.encoder.encoders}
        equalities = (r for r in self.relations.relations if isinstance(r, FrequentEquality))
        for name, source in ((r.dependent.name, r.source.name) for r in equalities):
            if name not in needed.keys() & encoders.keys():
                continue
            try:
                encoders[name].select_parts(needed[name])
            except ConditionError:
                with suppress(ConditionError, KeyError):  # else: the message of the column itself
                    encoders[source].select_parts(needed[name])
                    needed.setdefault(source, []).extend(needed.pop(name))

    def _find_selectable(self) -> set[Name]:
        """Return the learned columns that have values of the table, or names of combinations.

        A column that often equals another one has its own values in other rows only: unless the
        filter is plain, they are left to the check.
        """
        selectable = set(self.relations.free.names)
        for relation in self.relations.relations:
            keeps = relation.IS_STRICT or self.asked.is_plain
            kept = relation.selectable_names if keeps else frozenset()
            selectable -= relation.dependent_names - kept
        return selectable

    def check_categories(self) -> None:
        """Check that the table has each category asked for, be it one of several.

        Raises:
            ConditionError: It has no such category, or the categories have no order.
        """
        for name, clause in self.asked.iter_comparisons():
            is_number = self.relations.schema.column(name).kind.is_quantitative
            if not is_number and not asks_for_missing(clause.value):
                sign = "=" if clause.operator == "!=" else clause.operator
                self.select({name: [Clause(sign, clause.value)]})


def _push_down(
    asked: Mapping[Name, Sequence[Clause]], relations: RelationSet
) -> tuple[dict[Name, list[Clause]], dict[Name, list[str]]]:
    """Return the clauses on each column, with those that relations demand for them, and why.

    Args:
        asked: Clauses by column.
        relations: Of the table.

    Returns:
        Clauses by column, and the texts of the relations that demand some of them, by column.
    """
    needed = {name: list(clauses) for name, clauses in asked.items()}
    reasons: dict[Name, list[str]] = {}
    for relation in relations.relations:
        asked_of = {c.name: needed[c.name] for c in relation.dependents if needed.get(c.name)}
        if not asked_of:
            continue
        for name, clauses in relation.select_jointly(asked_of).items():
            if name in relation.dependent_names:
                needed[name] = list(clauses)
                continue
            needed.setdefault(name, []).extend(clauses)
            reasons.setdefault(name, []).append(relation.text)
    return needed, reasons


def _name_reasons(
    error: ConditionError, name: Name, asked: Sequence[Name], reasons: Mapping[Name, Sequence[str]]
) -> ConditionError:
    """Return the error, or one that names the relations that what is asked contradicts.

    Args:
        error: As it is raised for a learned column.
        name: Of that column.
        asked: Columns that clauses are on.
        reasons: Texts of the relations that demand clauses, by column.
    """
    if name not in reasons:
        return error
    columns = " and ".join(repr(column) for column in asked)
    because = printable(" and ".join(reasons[name]))
    return ConditionError(
        f"what is asked of {columns} cannot be had at once, since {because} in every row; ask for "
        "less."
    )


def _is_about_gaps(clause: Clause) -> bool:
    """Return whether a clause asks for gaps, perhaps beside values, or for their absence."""
    return clause.allows_missing or (clause.operator == "!=" and asks_for_missing(clause.value))
