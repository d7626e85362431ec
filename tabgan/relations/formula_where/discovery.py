"""Discovery of formulas that hold where a condition does.

1. In the rows of each category of a column, where it has a value, and at its ends, formulas are
   sought: of numbers, among the columns that follow from others there and less so elsewhere.
2. In which rows each of them holds is counted in the whole table: what decides that is its gate.
3. Of the forms that hold in all of the gate's rows, the simplest is kept.
"""

from collections.abc import Collection, Iterator

import numpy as np

from tabgan.query.column_reader import ColumnReader
from tabgan.query.datetime_calls import number_months
from tabgan.relations.affine.affine import Affine
from tabgan.relations.date_part.date_part import DatePart
from tabgan.relations.formula.declaration import Definition
from tabgan.relations.formula.formula import Formula
from tabgan.relations.formula.text_computation import holds_texts
from tabgan.relations.formula.texts.text_search import TextSearch
from tabgan.relations.formula_where.candidates import Candidate, select_candidates
from tabgan.relations.formula_where.claims import read_relation
from tabgan.relations.formula_where.gate_search import GateSearch
from tabgan.relations.formula_where.row_groups import find_row_groups, take_rows
from tabgan.relations.formula_where.screening import Screening
from tabgan.relations.formula_where.simpler_forms import simplify
from tabgan.relations.formula_where.text_copies import TextCopies
from tabgan.relations.gates import find_gated
from tabgan.relations.linear_combination.linear_combination import LinearCombination
from tabgan.relations.relation import Relation
from tabgan.relations.statistics import SIGNIFICANCE_LEVEL
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Floats, Mask
from tabgan.schema.column import Column, ColumnKind, Name

KINDS: tuple[type[Relation], ...] = (DatePart, Affine, LinearCombination, Formula)
MAX_TEXTS = 12  # columns of text among which formulas are sought
MAX_TEXT_GROUPS = 12  # of rows in which they are
MAX_SEARCHES = 20  # groups in which formulas of numbers are sought
LOW_RATIO = 0.01  # of what is unexplained to what is elsewhere
MAX_MONTHS = 13  # and a gap


class GatedFormulaSearch:
    """The search for formulas that hold where a condition does.

    Args:
        profile: The whole table.
        computed: Columns that need no formula.
    """

    def __init__(self, profile: TableProfile, computed: Collection[Column]) -> None:
        self.profile, self.sample, self.computed = profile, profile.sample, computed
        # where a column that is computed has gaps, others may still follow from it
        free = [c for c in profile.columns if c not in computed or self.sample.missing(c).any()]
        self.columns = [c for c in free if c.kind.is_quantitative or self._names_months(c)]
        texts = [c for c in profile.schema.columns if holds_texts(c) and c not in computed]
        self.texts = tuple(texts) if 1 < len(texts) <= MAX_TEXTS else ()
        none = np.zeros((len(self.sample), 0))
        self.screening = Screening(np.column_stack([none, *map(self._read, self.columns)]))
        self.groups = find_row_groups(self.sample)
        self.copies = TextCopies(self.sample, computed)
        n_tried = max(len(self.groups), 1) * max(len(profile.columns), 1) ** 3
        self.min_nats = float(np.log(n_tried / SIGNIFICANCE_LEVEL))
        self.found: dict[str, Candidate] = {}
        self.holds: dict[str, Mask] = {}  # in which rows of the sample those found hold

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
        return is_few and bool((np.isnan(self._read(column)) == self.sample.missing(column)).all())

    def find(self) -> list[Candidate]:
        """Return the formulas, those of most rows first."""
        for number, group in enumerate(self.groups):
            rows = np.flatnonzero(group.mask)
            for dependent, value in self.copies.find(group.mask):
                columns = dependent, *value.columns
                self._test(Definition(dependent, value), take_rows(self.sample, rows, columns))
            if self.texts and number < MAX_TEXT_GROUPS:
                texts = take_rows(self.sample, rows, self.texts)
                for definition in TextSearch(texts).find_definitions():
                    self._test(definition, texts)
        self._search_numbers()
        return select_candidates(self.found.values())

    def _search_numbers(self) -> None:
        """Seek formulas of numbers in those groups in which they are most likely."""
        screened = [(self.screening.find_decided(group.mask), group) for group in self.groups]
        promising = [(decided, group) for decided, group in screened if decided]
        n_searched = 0
        # the more rows, the more general; what is hardly surer than elsewhere comes last
        for decided, group in sorted(promising, key=lambda pair: pair[0].ratio > LOW_RATIO):
            columns = tuple(self.columns[number] for number in sorted(decided.columns))
            if n_searched == MAX_SEARCHES or self._is_said(columns, group.mask):
                continue
            n_searched += 1
            rows = group.take(self.profile, columns)
            for definition in self._iter_definitions(rows):
                self._test_ways(definition, rows)

    def _is_said(self, columns: tuple[Column, ...], mask: Mask) -> bool:
        """Return whether a formula that was found is all that decides columns in some rows."""
        names = {column.name for column in columns}
        return any(
            names <= candidate.names and self.holds[text][mask].all()
            for text, candidate in self.found.items()
        )

    def _iter_definitions(self, rows: TableProfile) -> Iterator[Definition]:
        """Yield what columns may be in some rows, the first of each set of columns."""
        seen: set[frozenset[Column]] = set()
        for discovery in (each for kind in KINDS for each in kind.discover(rows)):
            for relation in (discovery.relation, *discovery.relation.equivalents()):
                columns = frozenset((*relation.dependents, *relation.sources))
                if columns in seen:
                    continue
                definition = read_relation(relation, rows)
                if definition is None:  # a part of a date
                    seen.add(columns)
                elif definition.dependent not in self.computed:
                    seen.add(columns)
                    yield definition

    def _test_ways(self, definition: Definition, rows: TableProfile) -> None:
        """Keep a formula, solved for the column that loses least where none of them has a gap.

        Where one has gaps that the result has not, only the other ways hold in all rows.
        """
        names = _name_columns(definition)
        columns = tuple(column for column in rows.columns if column.name in names)
        complete = ~np.any([rows.missing(column) for column in columns], axis=0)
        if not complete.all():
            given = take_rows(rows, np.flatnonzero(complete), columns)
            for way in self._iter_definitions(given):
                if _name_columns(way) == names and self._test(way, rows):
                    return
        self._test(definition, rows)

    def _test(self, definition: Definition, rows: TableProfile) -> bool:
        """Keep a formula of some rows if something decides where it holds; return whether."""
        formula = Formula.fit(rows, definition.dependent, definition.expression)
        if formula is None:
            return False
        if formula.text in self.found:
            return True
        search = GateSearch(self.profile, formula, self.min_nats)
        gate = search.find()
        if gate is not None:
            self.found[formula.text] = self._simplify(Candidate(formula, gate))
            self.holds[formula.text] = ~search.breaks[self.profile.sample_rows]
        return gate is not None

    def _simplify(self, candidate: Candidate) -> Candidate:
        """Return the simplest form of a formula that holds wherever its gate does, and its gate."""
        gate, columns = candidate.gate, (candidate.formula.dependent, *candidate.formula.sources)
        rows = np.flatnonzero(find_gated(gate.condition, self.profile.frame))
        formula = simplify(candidate.formula, take_rows(self.profile, rows, columns))
        if formula is candidate.formula:
            return candidate
        own = GateSearch(self.profile, formula, self.min_nats).find()
        return Candidate(formula, own or gate)


def _name_columns(definition: Definition) -> set[Name]:
    return {column.name for column in (definition.dependent, *definition.expression.columns)}


def find_formulas(profile: TableProfile, computed: Collection[Column]) -> list[Candidate]:
    """Return formulas that hold where a condition does, of columns that none computes as yet."""
    return GatedFormulaSearch(profile, computed).find()
