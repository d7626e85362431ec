"""What the generator is told of rows of which some cells are known.

Relations leave columns out, or write them in terms of others: what is known of such a column is
told only where the others are known, too. Elsewhere it is lost to the generator, and narrows down
what is drawn: the classes of learned columns that go with it, as `where` would select them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tabgan.encoding.categorical import CategoricalEncoder
from tabgan.encoding.encoded_table import EncodedTable
from tabgan.encoding.table_encoder import TableEncoder
from tabgan.errors import TabganError
from tabgan.model.gaps import may_miss
from tabgan.model.partial_rows import PartialRows, find_equal
from tabgan.model.row_conditions import RowConditions
from tabgan.model.unseen_categories import find_unseen
from tabgan.relations import Relation, RelationSet
from tabgan.schema.arrays import Floats, Mask
from tabgan.schema.column import Name
from tabgan.schema.predicates import Clause


@dataclass(frozen=True)
class LearnedCells:
    """Rows as the generator is shown them.

    Attributes:
        table: Their cells; (n_rows, n_parts), anything where a cell is not known.
        known: Which are; (n_rows, n_parts).
        lost: Cells of the table that are known, but not shown, by column; (n_rows,) each.
        contradicted: Rows whose known cells break a relation, (n_rows,), by its text.
        unseen: Rows that hold a category which the table has not, (n_rows,), by column.
    """

    table: EncodedTable
    known: Mask
    lost: Mapping[Name, Mask]
    contradicted: Mapping[str, Mask]
    unseen: Mapping[Name, Mask]


@dataclass(frozen=True)
class CellLearner:
    """Shows rows to a generator.

    Attributes:
        relations: Those that are obeyed.
        encoder: Of the learned columns.
        filler: A whole row that stands in where nothing is known; (1, n_columns).
    """

    relations: RelationSet
    encoder: TableEncoder
    filler: pd.DataFrame

    def show(self, partial: PartialRows, rng: np.random.Generator) -> LearnedCells:
        """Return what the generator is told of rows; `rng` is for what is encoded at random."""
        rows = np.zeros(len(partial), np.int64)
        unseen = self._find_unseen(partial)
        filler = self.filler.iloc[rows].reset_index(drop=True)
        view = partial.write_over(filler, np.arange(len(partial)), unseen)
        known = dict(partial.known)
        known |= {name: known[name] & ~mask for name, mask in unseen.items()}
        whole = partial.write_over(filler, np.arange(len(partial)))
        contradicted = self._find_contradicted(whole, partial)
        lost: dict[Name, Mask] = {}
        for relation in self.relations.relations:
            applied = relation.apply(view)
            _follow(relation, view, applied, known, lost, contradicted)
            view = applied
        free = self._fill_gaps(view[list(self.relations.free.names)], known)
        table = self.encoder.encode(free, rng)
        parts = [known[e.column.name] for e in self.encoder.encoders for _ in e.parts]
        return LearnedCells(table, np.column_stack(parts), lost, contradicted, unseen)

    def _find_unseen(self, partial: PartialRows) -> dict[Name, Mask]:
        """Return the known categories that a learned column has not; (n_rows,) each."""
        unseen = {}
        for encoder in self.encoder.encoders:
            name = encoder.column.name
            if not isinstance(encoder, CategoricalEncoder) or self.relations.relations_of(name):
                continue
            cells = partial.cells[name]
            strange = find_unseen(encoder, cells)
            if strange.any():
                mask = np.zeros(len(partial), bool)
                mask[cells.index[strange]] = True
                unseen[name] = mask
        return unseen

    def _find_contradicted(self, view: pd.DataFrame, partial: PartialRows) -> dict[str, Mask]:
        """Return the rows whose known cells break a relation, (n_rows,), by its text."""
        columns = {each.text: _columns_of(each) for each in self.relations.relations}
        broken = {
            text: mask & np.logical_and.reduce([partial.known[name] for name in columns[text]])
            for text, mask in self.relations.find_broken(view).items()
        }
        return {text: mask for text, mask in broken.items() if mask.any()}

    def _fill_gaps(self, free: pd.DataFrame, known: dict[Name, Mask]) -> pd.DataFrame:
        """Return learned columns without gaps where they have none; those are not known."""
        filled = free.copy(deep=False)
        learned: pd.DataFrame | None = None
        for encoder in self.encoder.encoders:
            name = encoder.column.name
            gaps = free[name].isna().to_numpy(bool)
            if gaps.any() and not may_miss(encoder):
                known[name] = known[name] & ~gaps
                learned = self.relations.apply(self.filler) if learned is None else learned
                both = pd.concat([free[name], learned[name]])
                positions = np.where(gaps, len(gaps), np.arange(len(gaps)))
                filled[name] = both.iloc[positions].set_axis(free.index)
        return filled


def _columns_of(relation: Relation) -> list[Name]:
    return [column.name for column in (*relation.dependents, *relation.sources)]


def _follow(
    relation: Relation,
    before: pd.DataFrame,
    after: pd.DataFrame,
    known: dict[Name, Mask],
    lost: dict[Name, Mask],
    contradicted: Mapping[str, Mask],
) -> None:
    """Change what is known as a relation changes its dependents, in place."""
    whole = np.logical_and.reduce([known[name] for name in _columns_of(relation)])
    whole &= ~contradicted.get(relation.text, np.zeros(len(whole), bool))
    reduced = relation.reduced_columns()
    for column in relation.dependents:
        name = column.name
        if name not in reduced or name not in before:
            continue
        if reduced[name] == column:  # its own values, but for cells that are replaced
            left = known[name] & find_equal(before[name], after[name])
        else:
            left = whole
        gone = known[name] & ~left & ~whole
        if gone.any():
            lost[name] = lost.get(name, np.zeros(len(gone), bool)) | gone
        known[name] = left


class AllowedClasses:
    """Which classes of learned columns go with what is lost; each combination is selected once."""

    def __init__(self, relations: RelationSet, encoder: TableEncoder) -> None:
        self.relations, self.encoder = relations, encoder
        self._found: dict[Any, dict[int, Floats]] = {}

    def find(self, partial: PartialRows, lost: Mapping[Name, Mask]) -> list[dict[int, Floats]]:
        """Return for each row, by part, 1 for classes that are allowed and 0 for the others."""
        found: list[dict[int, Floats]] = [{} for _ in range(len(partial))]
        for name, mask in lost.items():
            if not self.is_selected(name):
                continue
            for row in np.flatnonzero(mask):
                for part, classes in self._select(name, partial.cells[name].at[row]).items():
                    both = classes * found[row].get(part, 1.0)
                    found[row][part] = both if both.any() else classes
        return found

    def is_selected(self, name: Name) -> bool:
        """Return whether selecting is worth its time: calculated numbers are solved for."""
        is_number = self.relations.schema.column(name).kind.is_quantitative
        return not is_number or any(r.gives_categories for r in self.relations.relations_of(name))

    def present(self, names: Collection[Name]) -> dict[int, Floats]:
        """Return the classes of learned columns, by part, that are no gaps; of some columns."""
        found: dict[int, Floats] = {}
        for number, encoder in enumerate(self.encoder.encoders):
            if encoder.column.name in names and may_miss(encoder):
                selections = encoder.select_parts([Clause("!=", None)])
                for part, selection in selections.by_part.items():
                    classes = np.zeros(encoder.parts[part].n_classes)
                    classes[selection.classes] = 1.0
                    found[self.encoder.starts[number] + part] = classes
        return found

    def _select(self, name: Name, value: Any) -> dict[int, Floats]:
        key = (name, None if pd.isna(value) else value)
        if key not in self._found:
            try:
                self._found[key] = self._find_classes(*key)
            except TabganError:  # what is known of the table says no: facts are left to the check
                self._found[key] = {}
        return self._found[key]

    def _find_classes(self, name: Name, value: Any) -> dict[int, Floats]:
        where = {name: None if value is None else ("=", value)}
        conditions = RowConditions.from_where(where, self.relations, self.encoder)
        allowed = {}
        for part, selection in conditions.iter_selections(self.encoder):
            classes = np.zeros(self.encoder.parts[part].n_classes)
            classes[selection.classes] = 1.0
            if classes.any():
                allowed[part] = classes
        return allowed
