"""Partial rows, completed: candidates are drawn for each row, and one is chosen among its own.

shown to the generator  what is known of learned columns (`learned_cells`)
candidates              drawn, decoded, restored; known cells written over them
made consistent         inputs of known computed cells are solved for (`solving`)
chosen                  by the refiner's weight, by how near the candidate came to what is known
                        without being told, and only if it breaks no fact

Rows without a candidate that breaks nothing are drawn again, with more candidates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from tabgan.encoding.encoded_table import EncodedTable
from tabgan.model.block import Block
from tabgan.model.candidates import CandidateRows, find_distance, weigh_by_distance
from tabgan.model.fitted_model import FittedModel
from tabgan.model.learned_cells import AllowedClasses, LearnedCells
from tabgan.model.partial_rows import PartialRows
from tabgan.model.row_notes import GivenUp
from tabgan.model.row_streams import RowStreams
from tabgan.model.solving import Solver
from tabgan.networks.generation import complete_rows
from tabgan.networks.noise import RowNoise
from tabgan.refinement.refiner import Refiner
from tabgan.relations import RelationSet
from tabgan.schema.arrays import Floats, Indices, Mask
from tabgan.schema.column import Name

CANDIDATES = (32, 128, 512)  # of rows that are hard, or have none after a first attempt
MAX_CANDIDATE_ROWS = 2**14  # that are decoded together
CHECKED_SHARE = 4  # one in so many candidates is made consistent and checked, all at last


@dataclass(frozen=True)
class RowCompleter:
    """Draws what is unknown of rows.

    Attributes:
        model: That draws.
        relations: Of the model that are obeyed.
        streams: The random numbers of each row.
        refiner: Weighs candidates; None for no weights.
        wanted: Columns of which unknown cells are drawn; rows that know them are left out.
        filled: Columns that may not be missing.
        declared: Texts of relations that no row is given breaking.
        given_up: Rows that are given although they break something.
    """

    model: FittedModel
    relations: RelationSet
    streams: RowStreams
    refiner: Refiner | None
    wanted: frozenset[Name]
    filled: frozenset[Name] = frozenset()
    declared: frozenset[str] = frozenset()
    given_up: GivenUp = field(default_factory=GivenUp)

    def prepare(
        self, given: PartialRows, partial: PartialRows, cells: LearnedCells, number: int
    ) -> Block:
        """Return a block of rows, ready to be drawn; `partial` with what follows from `given`."""
        classes = AllowedClasses(self.relations, self.model.encoder)
        allowed = classes.find(partial, cells.lost)
        present = classes.present(self.filled)
        excused = self._excuse(allowed, present, cells)
        for own in allowed:
            for part, one in present.items():
                both = own.get(part, 1.0) * one
                own[part] = both if both.any() else one
        is_hard = np.zeros(len(partial), bool)
        for name, mask in cells.lost.items():
            is_hard |= mask & (not classes.is_selected(name))
        return Block(number, given, partial, cells, allowed, is_hard, excused)

    def _excuse(
        self,
        allowed: Sequence[Mapping[int, Floats]],
        present: Mapping[int, Floats],
        cells: LearnedCells,
    ) -> dict[str, Mask]:
        """Return the rows in which a relation would have a gap that is filled, by its text."""
        encoder, excused = self.model.encoder, {}
        names = [each.column.name for each in encoder.encoders for _ in each.parts]
        demanded = {name: np.zeros(len(allowed), bool) for name in self.filled}
        for row, own in enumerate(allowed):
            for part in own.keys() & present.keys():
                demanded[names[part]][row] |= not (own[part] * present[part]).any()
        for relation in self.relations.relations:
            lost = [cells.lost[name] for name in relation.dependent_names & cells.lost.keys()]
            gaps = [demanded[name] for name in relation.source_names & demanded.keys()]
            if lost and gaps:
                excused[relation.text] = np.any(lost, axis=0) & np.any(gaps, axis=0)
        return excused

    def draw(self, block: Block, draw: int) -> pd.DataFrame:
        """Return whole rows of a block, (n_rows, n_columns), with gaps for their marks.

        Rows of which nothing is wanted hold anything where they are not known.
        """
        rows = np.flatnonzero(block.partial.find_unfinished(self.wanted))
        n_first = self.refiner.candidates if self.refiner else 1
        is_hard = block.is_hard[rows]
        chosen: list[tuple[Indices, pd.DataFrame]] = []
        waiting = rows[is_hard]
        if not is_hard.all():
            waiting = np.union1d(
                waiting, self._attempt(block, rows[~is_hard], draw, 0, n_first, chosen)
            )
        for attempt, n_candidates in enumerate(CANDIDATES, 1):
            is_last = attempt == len(CANDIDATES)
            waiting = self._attempt(block, waiting, draw, attempt, n_candidates, chosen, is_last)
        return self._assemble(block, chosen)

    def _attempt(
        self,
        block: Block,
        rows: Indices,
        draw: int,
        attempt: int,
        n_candidates: int,
        chosen: list[tuple[Indices, pd.DataFrame]],
        is_last: bool = False,
    ) -> Indices:
        """Add rows for which a candidate is found to `chosen`; return the others.

        At the last attempt all rows are given, if need be with what breaks a found relation.
        """
        size = max(1, MAX_CANDIDATE_ROWS // n_candidates)
        waiting = []
        for part in np.split(rows, range(size, len(rows), size)):
            if not len(part):
                continue
            streams = [
                self.streams.stream(block.partial.first_row + int(row), draw, attempt)
                for row in part
            ]
            made = self._draw_candidates(block, part, streams, n_candidates, draw, attempt)
            best, is_sound = made.choose()
            if is_last:
                first = block.partial.first_row
                self.given_up.add(made, ~is_sound, first + part, self.declared)
                is_sound = np.ones(len(part), bool)
            positions = (np.arange(len(part)) * made.keys.shape[1] + best)[is_sound]
            chosen.append((part[is_sound], made.frame.iloc[positions]))
            waiting.append(part[~is_sound])
        return np.concatenate(waiting) if waiting else rows[:0]

    def _draw_candidates(
        self,
        block: Block,
        rows: Indices,
        streams: list[np.random.Generator],
        n_candidates: int,
        draw: int,
        attempt: int,
    ) -> CandidateRows:
        """Return the candidates of rows that are nearest to what is known of them."""
        table = self._generate(block, rows, streams, n_candidates)
        of_row = np.repeat(rows, n_candidates)
        rng = self.streams.calls(block.number, draw, attempt)
        numbers = block.partial.first_row + of_row
        drawn = self.relations.restore(self.model.encoder.decode(table, numbers, rng))
        shape = (len(rows), n_candidates)
        keys = self._weigh(table, drawn).reshape(shape)
        keys += weigh_by_distance(self._distances(block, drawn, of_row, shape))
        keys += np.array([stream.gumbel(size=n_candidates) for stream in streams])
        is_partly = 0 < attempt < len(CANDIDATES)
        n_best = n_candidates // CHECKED_SHARE if is_partly else n_candidates
        best = np.argsort(-keys, axis=1, kind="stable")[:, :n_best]
        positions = (best + np.arange(len(rows))[:, None] * n_candidates).ravel()
        of_row = of_row[positions]
        frame = drawn.iloc[positions].reset_index(drop=True)
        frame = self._make_consistent(block, frame, of_row)
        broken = self.find_broken(block, frame, of_row)
        keys = np.take_along_axis(keys, best, axis=1)
        return CandidateRows(
            frame, keys, {t: mask.reshape(best.shape) for t, mask in broken.items()}
        )

    def find_broken(self, block: Block, frame: pd.DataFrame, of_row: Indices) -> dict[str, Mask]:
        """Return what candidates break that their known cells do not; (n_candidates,) each."""
        broken = self.relations.find_broken(frame)
        for forgiven in (block.cells.contradicted, block.excused):
            for text in broken.keys() & forgiven.keys():
                broken[text] = broken[text] & ~forgiven[text][of_row]
        for name in self.filled:
            broken[f"a value in {name!r}"] = frame[name].isna().to_numpy(bool)
        return broken

    def _generate(
        self, block: Block, rows: Indices, streams: list[np.random.Generator], n_candidates: int
    ) -> EncodedTable:
        """Return encoded candidates; (n_rows * n_candidates, n_parts)."""
        model, of_row = self.model, np.repeat(rows, n_candidates)
        noise = RowNoise.draw(
            streams, n_candidates, model.generator.latent_dim, block.cells.known.shape[1]
        )
        return complete_rows(
            model.generator,
            block.condition(of_row).to(model.device),
            model.config.decoding_steps,
            noise,
            block.find_allowed(of_row, model.encoder, model.device),
        )

    def _weigh(self, table: EncodedTable, drawn: pd.DataFrame) -> Floats:
        if self.refiner is None:
            return np.zeros(len(table))
        return self.refiner.log_weights(self.model.to_features.of_restored(table, drawn))

    def _distances(
        self, block: Block, drawn: pd.DataFrame, of_row: Indices, shape: tuple[int, int]
    ) -> Floats:
        """Return how far candidates are from known numbers that they were not told; as `shape`."""
        total = np.zeros(shape)
        for name, mask in block.cells.lost.items():
            if mask[of_row].any():
                column, cells = self.model.schema.column(name), block.partial.cells[name]
                away = find_distance(drawn[name], cells, of_row, column)
                total += np.where(mask[of_row], away, 0.0).reshape(shape) ** 2
        return np.sqrt(total)

    def _make_consistent(self, block: Block, drawn: pd.DataFrame, of_row: Indices) -> pd.DataFrame:
        """Return candidates with the known cells, and what follows from them."""
        partial = block.partial
        frame = partial.write_over(drawn, of_row)
        if not self.relations.relations:
            return frame
        hard = {name: mask[of_row] for name, mask in block.cells.lost.items()}
        if any(mask.any() for mask in hard.values()):
            unknown = {name: ~mask[of_row] for name, mask in partial.known.items()}
            frame = Solver(self.relations, self.model.encoder).solve(frame, hard, unknown)
        followed = self.relations.restore(self.relations.apply(frame))
        return partial.write_over(followed, of_row)

    def _assemble(self, block: Block, chosen: list[tuple[Indices, pd.DataFrame]]) -> pd.DataFrame:
        """Return all rows of a block in their order."""
        partial = block.partial
        done = np.concatenate([rows for rows, _ in chosen]) if chosen else np.zeros(0, np.int64)
        frames = [frame for _, frame in chosen if len(frame)]
        missing = np.setdiff1d(np.arange(len(partial)), done)
        if len(missing):
            filler = self.model.draw_filler().iloc[np.zeros(len(missing), np.int64)]
            frames.append(partial.write_over(filler.reset_index(drop=True), missing))
        whole = pd.concat(frames, ignore_index=True)
        order = np.argsort(np.concatenate([done, missing]))
        return whole.iloc[order].reset_index(drop=True)
