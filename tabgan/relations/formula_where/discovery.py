"""Discovery of formulas that hold where a condition does.

1. In the rows of each category of a column, and where it has a value, formulas are sought among the
   columns that nearly follow from others there.
2. In which rows each of them holds is counted in the whole table: what decides that is its gate.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np

from tabgan.query.column_reader import ColumnReader
from tabgan.query.datetime_calls import number_months
from tabgan.relations.affine.affine import Affine
from tabgan.relations.formula.declaration import Definition
from tabgan.relations.formula.formula import Formula
from tabgan.relations.formula.text_computation import TextComputation, holds_texts
from tabgan.relations.formula_where.claims import read_relation
from tabgan.relations.formula_where.gate_search import Gate, GateSearch
from tabgan.relations.formula_where.row_groups import RowGroup, find_row_groups
from tabgan.relations.formula_where.screening import Screening
from tabgan.relations.formula_where.text_copies import TextCopies
from tabgan.relations.gates import exclude_each_other
from tabgan.relations.linear_combination.linear_combination import LinearCombination
from tabgan.relations.relation import Relation
from tabgan.relations.statistics import SIGNIFICANCE_LEVEL
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Floats, Mask
from tabgan.schema.column import Column, ColumnKind, Name

KINDS: tuple[type[Relation], ...] = (Affine, LinearCombination, Formula)  # that are formulas
MAX_TEXTS = 12  # columns of text among which formulas are sought
MAX_MONTHS = 13  # and a gap


@dataclass(frozen=True)
class Candidate:
    """A formula, and where it holds.

    Attributes:
        formula: As it was found in some rows.
        gate: Where.
    """

    formula: Formula
    gate: Gate

    @property
    def names(self) -> frozenset[Name]:
        """Of the columns of the fact."""
        return self.formula.dependent_names | self.formula.source_names

    @property
    def is_text(self) -> bool:
        """Whether it is put together of texts."""
        return isinstance(self.formula.computation, TextComputation)

    @property
    def rank(self) -> tuple[object, ...]:
        """Of most rows first, then the simplest; of texts, wholes before their parts."""
        n_columns = len(self.formula.sources)
        cost = -n_columns if self.is_text else n_columns + (self.formula.n_digits or 0)
        return *self.gate.rank, cost

    def follows_from(self, other: "Candidate") -> bool:
        """Return whether another one says the same, or what this one cannot be beside."""
        if exclude_each_other(self.gate.condition, other.gate.condition):
            return False
        dependent = self.formula.dependent
        if dependent == other.formula.dependent:
            return True
        is_solved = dependent.name in other.names and (
            other.names <= self.names
            or (not self.is_text and other.formula.dependent.name in self.names)
        )
        return is_solved


class GatedFormulaSearch:
    """The search for formulas that hold where a condition does.

    Args:
        profile: The whole table.
        computed: Columns that need no formula.
    """

    def __init__(self, profile: TableProfile, computed: Collection[Column]) -> None:
        self.profile, self.sample, self.computed = profile, profile.sample, computed
        free = [column for column in profile.columns if column not in computed]
        self.columns = [c for c in free if c.kind.is_quantitative or self._names_months(c)]
        texts = [c for c in profile.schema.columns if holds_texts(c) and c not in computed]
        self.texts = texts if 1 < len(texts) <= MAX_TEXTS else []
        none = np.zeros((len(self.sample), 0))
        self.screening = Screening(np.column_stack([none, *map(self._read, self.columns)]))
        self.groups = find_row_groups(self.sample)
        self.copies = TextCopies(self.sample, computed)
        n_tried = max(len(self.groups), 1) * max(len(profile.columns), 1) ** 3
        self.min_nats = float(np.log(n_tried / SIGNIFICANCE_LEVEL))

    def _read(self, column: Column) -> Floats:
        """Return a column of the sample as numbers, names of months too; (n_rows,)."""
        if column.kind.is_quantitative:
            return self.sample.numbers(column)
        return number_months(ColumnReader(self.sample.frame).categories(column))

    def _names_months(self, column: Column) -> bool:
        """Return whether all of a column's texts are names of months."""
        if column.kind is not ColumnKind.CATEGORICAL:
            return False
        is_few = self.sample.n_categories(column) <= MAX_MONTHS
        return is_few and bool(
            (np.isnan(self._read(column)) == self.sample.missing(column)).all()
        )

    def find(self) -> list[Candidate]:
        """Return the formulas, the one of most rows first: one for the same rows of a column."""
        found: dict[str, Candidate] = {}
        for group in self.groups:
            for formula in self._find_in(group):
                gate = None
                if formula.text not in found:
                    gate = GateSearch(self.profile, formula, self.min_nats).find()
                if gate is not None:
                    found[formula.text] = Candidate(formula, gate)
        return _select(sorted(found.values(), key=lambda candidate: candidate.rank))

    def _find_in(self, group: RowGroup) -> Iterator[Formula]:
        """Yield the formulas of a group's rows, the first of each set of columns."""
        seen: set[frozenset[Name]] = set()
        for definition, rows in self._iter_definitions(group):
            names = frozenset(c.name for c in (definition.dependent, *definition.expression.columns))
            formula = None
            if names not in seen:
                formula = Formula.fit(rows, definition.dependent, definition.expression)
            if formula is not None:
                seen.add(names)
                yield formula

    def _iter_definitions(self, group: RowGroup) -> Iterator[tuple[Definition, TableProfile]]:
        """Yield what columns may be in a group's rows, and these rows."""
        for dependent, value in self.copies.find(group.mask):
            yield Definition(dependent, value), group.take(
                self.profile, (dependent, *value.columns)
            )
        columns = tuple(dict.fromkeys((*self._choose_numbers(group.mask), *self.texts)))
        if len(columns) < 2:
            return
        rows = group.take(self.profile, columns)
        for discovery in (each for kind in KINDS for each in kind.discover(rows)):
            for relation in (discovery.relation, *discovery.relation.equivalents()):
                definition = read_relation(relation, rows)
                if definition is not None and definition.dependent not in self.computed:
                    yield definition, rows

    def _choose_numbers(self, mask: Mask) -> list[Column]:
        """Return the columns that nearly follow from others in some rows, and less so in all."""
        return [self.columns[number] for number in sorted(self.screening.find_decided(mask))]


def _select(candidates: list[Candidate]) -> list[Candidate]:
    """Return candidates without those of rows, or of a fact, that better ones are about."""
    kept: list[Candidate] = []
    for candidate in candidates:
        if not any(candidate.follows_from(other) for other in kept):
            kept.append(candidate)
    return kept


def find_formulas(profile: TableProfile, computed: Collection[Column]) -> list[Candidate]:
    """Return formulas that hold where a condition does, of columns that none computes as yet."""
    return GatedFormulaSearch(profile, computed).find()
