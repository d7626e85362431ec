"""Partial rows, completed one for one: what is known stays exactly as it is, the rest is drawn.

unknown             columns that are left out, `UNKNOWN` cells, and gaps where the table has none
known               all else; a gap in a column that has gaps is a missing value
redrawn             unknown whatever it holds, and so is what relations compute from it
"""

import warnings
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from tabgan.encoding.table_encoder import TableEncoder
from tabgan.errors import BrokenRelationWarning, printable
from tabgan.model.block import Block, prepare_block
from tabgan.model.completion import RowCompleter
from tabgan.model.deduction import deduce
from tabgan.model.fitted_model import FittedModel
from tabgan.model.gaps import find_gaps
from tabgan.model.learned_cells import AllowedClasses, CellLearner
from tabgan.model.partial_rows import PartialRowReader, PartialRows, iter_blocks
from tabgan.model.row_notes import RowNotes, check_contradictions
from tabgan.model.row_source import RowSource
from tabgan.model.row_streams import RowStreams
from tabgan.model.solving import Solver
from tabgan.relations import RelationSet
from tabgan.runtime.limits import check_count
from tabgan.schema.column import Name

BLOCK_ROWS = 2_048  # that are read and drawn together
DRAW_COLUMN = "__draw__"  # number of the draw, where there are several of each row


@dataclass(frozen=True)
class CompletionPlan:
    """What is drawn of partial rows, and how.

    Attributes:
        model: That draws.
        n_draws: Of each row.
        hidden: Columns that are drawn whatever they hold.
        unknown_gaps: Whether every gap is unknown, also where the table has gaps.
        filled: Columns in which no gap is drawn; relations that demand gaps do not count then.
        seed: Of the draws.
        refine: Whether rows are chosen among more candidates.
        gives_contradictions: Whether rows that contradict a declared fact are completed, too.
        wanted: Columns of which unknown cells are drawn; all when None.
        by_number: Whether rows of other numbers are drawn otherwise, though they are equal.
        fast: Whether they are drawn in one pass.
    """

    model: FittedModel
    n_draws: int = 1
    hidden: Collection[Name] = ()
    unknown_gaps: bool = False
    filled: frozenset[Name] = frozenset()
    seed: int | None = None
    refine: bool = True
    gives_contradictions: bool = False
    wanted: frozenset[Name] | None = None
    by_number: bool = True
    fast: bool = False

    def __post_init__(self) -> None:
        check_count("n_draws", self.n_draws)
        self.model.choose_source(self.fast, has_conditions=True)

    @cached_property
    def source(self) -> RowSource:
        """Where what is unknown comes from."""
        source = self.model.choose_source(self.fast, has_conditions=True)
        return source if self.refine else source.raw

    @cached_property
    def relations(self) -> RelationSet:
        """The facts that are obeyed."""
        relations = self.model.relations
        if not self.filled:
            return relations
        kept = (d for d in relations.kept if not d.relation.FILLS_GAPS)
        return replace(relations, kept=tuple(kept))

    @cached_property
    def may_miss(self) -> frozenset[Name]:
        """Columns in which a gap that is given is a missing value."""
        if self.unknown_gaps:
            return frozenset()
        return find_gaps(self.model.relations, self.model.encoder) - self.filled

    @cached_property
    def reader(self) -> PartialRowReader:
        """Reads the rows that are given."""
        return PartialRowReader(self.model.schema, self.may_miss, frozenset(self.hidden))

    def iter_blocks(
        self, frames: Iterator[pd.DataFrame], first_row: int = 0
    ) -> Iterator[tuple[RowCompleter, Block]]:
        """Yield the rows in blocks, ready to be drawn, and what draws them; warn at the end.

        Args:
            frames: The rows, a part at a time.
            first_row: Number of the first one, that of the first row of a block.

        Raises:
            ConditionError: A column or a cell is none of the table's, or known cells contradict a
                declared fact.
        """
        declared = frozenset(d.relation.text for d in self.relations.kept if d.is_declared)
        completer = RowCompleter(
            self.model,
            self.relations,
            RowStreams.from_seed(self.seed, by_number=self.by_number),
            self.source,
            frozenset(self.model.schema.names) if self.wanted is None else self.wanted,
            self.filled,
            declared,
        )
        learner = CellLearner(self.relations, self.model.encoder, self.model.draw_filler())
        solver, notes = Solver(self.relations, self.model.encoder), RowNotes()
        classes = AllowedClasses(self.relations, self.model.encoder)
        for first, frame in iter_blocks(frames, BLOCK_ROWS, first_row):
            partial = self.reader.read(frame, first)
            own, number = _keep_out_known(completer, partial), first // BLOCK_ROWS
            deduced = deduce(partial, learner.filler, solver)
            cells = learner.show(deduced, own.streams.calls(number, 0, 2**20))
            if not self.gives_contradictions:
                check_contradictions(partial, cells, declared)
            notes.add(partial, cells)
            yield own, prepare_block(partial, deduced, cells, number, classes, self.filled)
        notes.warn()
        completer.given_up.warn()

    def iter_frames(
        self, frames: Iterator[pd.DataFrame], first_row: int = 0
    ) -> Iterator[pd.DataFrame]:
        """Yield the rows completed, a block at a time; the draws of a row follow each other.

        Raises:
            ConditionError: As of `iter_blocks`.
        """
        for completer, block in self.iter_blocks(frames, first_row):
            draws = (completer.draw(block, draw) for draw in range(self.n_draws))
            yield stack([self.finish(block.given, draw) for draw in draws], len(block.given))

    def finish(self, partial: PartialRows, drawn: pd.DataFrame) -> pd.DataFrame:
        """Return drawn rows as users see them: with what was given, its index, and marks."""
        return partial.finish(self.model.schema.write_missing_marks(drawn))

    def complete(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the rows completed; no rows are an empty frame."""
        if not len(frame):
            self.reader.check_names(list(frame.columns))
            return self.model.draw_filler().iloc[:0]
        blocks = list(self.iter_frames(iter([frame])))
        return pd.concat(blocks) if len(blocks) > 1 else blocks[0]


def stack(draws: list[pd.DataFrame], n_rows: int) -> pd.DataFrame:
    """Return the draws of rows as one frame, those of a row after each other, and their numbers."""
    if len(draws) == 1:
        return draws[0]
    order = np.arange(len(draws) * n_rows).reshape(len(draws), n_rows).T.ravel()
    whole = pd.concat(draws).iloc[order]
    numbers = pd.Series(np.tile(np.arange(len(draws)), n_rows), index=whole.index)
    return pd.concat([whole, numbers.rename(DRAW_COLUMN)], axis=1)


def plan_completion(
    model: FittedModel,
    *,
    n_draws: int = 1,
    redraw: Collection[Name] = (),
    unknown_gaps: bool = False,
    seed: int | None = None,
    refine: bool = True,
    fast: bool = False,
) -> CompletionPlan:
    """Return how partial rows are completed.

    Raises:
        SettingError: There are no draws, or the model draws no rows in one pass.
        ConditionError: A column to redraw is none of the table's.
    """
    asked: set[Name] = {redraw} if isinstance(redraw, str | int) else set(redraw)
    PartialRowReader(model.schema, ()).check_names(asked)
    hidden = find_followers(model.relations, asked)
    _warn_of_pinned(model.relations, asked, hidden)
    return CompletionPlan(model, n_draws, hidden, unknown_gaps, seed=seed, refine=refine, fast=fast)


def find_followers(relations: RelationSet, names: Collection[Name]) -> set[Name]:
    """Return columns, and all that relations compute from them."""
    found = set(names)
    for relation in reversed(relations.relations):  # what is restored first comes last
        if relation.IS_STRICT and relation.source_names & found:
            reduced = relation.reduced_columns()
            found |= {n for n in relation.dependent_names if reduced.get(n, n) is None}
    return found


def _warn_of_pinned(relations: RelationSet, asked: set[Name], hidden: set[Name]) -> None:
    """Warn of columns to redraw that follow from others which are kept."""
    for relation in relations.relations:
        reduced = relation.reduced_columns()
        for name in sorted(relation.dependent_names & asked, key=str):
            is_computed = relation.IS_STRICT and reduced.get(name, name) is None
            if is_computed and relation.sources and not relation.source_names & hidden:
                others = " and ".join(repr(column.name) for column in relation.sources)
                warnings.warn(
                    f"the column {name!r} is to be drawn anew, but follows from {others}, since "
                    f"{printable(relation.text)} in every row; redraw one of them as well.",
                    BrokenRelationWarning,
                    stacklevel=4,
                )


def _keep_out_known(completer: RowCompleter, partial: PartialRows) -> RowCompleter:
    """Return it with an encoder that makes up no key that is known of another row."""
    encoder = completer.model.encoder
    known = {
        each.column.name: partial.cells[each.column.name]
        for each in encoder.encoders
        if each.column.kind.is_made_anew
        and partial.known[each.column.name].any()
        and not partial.known[each.column.name].all()
    }
    if not known:
        return completer
    encoders = [
        each.keep_out(known[each.column.name]) if each.column.name in known else each
        for each in encoder.encoders
    ]
    model = replace(completer.model, encoder=TableEncoder(encoder.schema, encoders))
    return replace(completer, model=model)
