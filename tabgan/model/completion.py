"""Partial rows, completed: candidates are drawn for each row, and one is chosen among its own.

shown to the generator  what is known of learned columns (`learned_cells`)
candidates              drawn, decoded, restored; known cells written over them
made consistent         inputs of known computed cells are solved for (`solving`)
chosen                  by the refiner's weight, by how near the candidate came to what is known
                        without being told, and only if it breaks no fact; or all are weighed so

Rows without a candidate that breaks nothing are drawn again, with more candidates.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from tabgan.encoding.encoded_table import EncodedTable
from tabgan.model.block import Block
from tabgan.model.candidates import CandidateRows, find_distance, weigh_by_distance
from tabgan.model.fitted_model import FittedModel
from tabgan.model.row_notes import GivenUp
from tabgan.model.row_source import RowSource
from tabgan.model.row_streams import RowStreams
from tabgan.model.solving import Solver
from tabgan.networks.generation import complete_rows
from tabgan.networks.noise import RowNoise
from tabgan.relations import RelationSet
from tabgan.schema.arrays import Floats, Indices, Mask
from tabgan.schema.column import Name

CANDIDATES = (32, 128, 512)  # of rows that are hard, or have none after a first attempt
MAX_CANDIDATE_ROWS = 2**14  # that are decoded together
LAST = len(CANDIDATES)  # number of the last attempt
CHECKED_SHARE = 4  # one in so many candidates is made consistent and checked, all at last
N_WEIGHED = 32  # candidates of a row, that tell what it may hold


@dataclass(frozen=True)
class Attempt:
    """At the candidates of rows.

    Attributes:
        draw, number: Of the draw, and of the attempt at it.
        n_candidates: Of each row.
        n_checked: Of these, the best, which are made consistent and checked.
        is_even: Whether they are spread evenly, and the best are not drawn by their weights.
    """

    draw: int
    number: int
    n_candidates: int
    n_checked: int
    is_even: bool = False


@dataclass(frozen=True)
class RowCompleter:
    """Draws what is unknown of rows.

    Attributes:
        model: That draws.
        relations: Of the model that are obeyed.
        streams: The random numbers of each row.
        source: Of the candidates; what chooses rows of it weighs them.
        wanted: Columns of which unknown cells are drawn; rows that know them are left out.
        filled: Columns that may not be missing.
        declared: Texts of relations that no row is given breaking.
        given_up: Rows that are given although they break something.
    """

    model: FittedModel
    relations: RelationSet
    streams: RowStreams
    source: RowSource
    wanted: frozenset[Name]
    filled: frozenset[Name] = frozenset()
    declared: frozenset[str] = frozenset()
    given_up: GivenUp = field(default_factory=GivenUp)

    def draw(self, block: Block, draw: int) -> pd.DataFrame:
        """Return whole rows of a block, (n_rows, n_columns), with gaps for their marks.

        Rows of which nothing is wanted hold anything where they are not known.
        """
        attempts = [
            Attempt(draw, number, count, count // (1 if number in {0, LAST} else CHECKED_SHARE))
            for number, count in enumerate((self.source.candidates, *CANDIDATES))
        ]
        found = self._iter_candidates(block, block.partial.find_unfinished(self.wanted), attempts)
        return self.assemble(block, [(rows, made.choose()) for rows, made in found])

    def iter_weighed(self, block: Block, is_asked: Mask) -> Iterator[tuple[Indices, CandidateRows]]:
        """Yield some of the rows, each once, with candidates that go by their weights.

        Those of a row are spread evenly over what may be drawn, and it takes few of them: what is
        drawn is told by all, not by one that is chosen.

        Args:
            block: The rows.
            is_asked: Which of them; (n_rows,).
        """
        attempts = [
            Attempt(0, number, count, N_WEIGHED if number < LAST else count, is_even=True)
            for number, count in enumerate((N_WEIGHED, *CANDIDATES))
        ]
        return self._iter_candidates(block, is_asked, [attempts[0], *attempts[2:]])

    def _iter_candidates(
        self, block: Block, is_asked: Mask, attempts: Sequence[Attempt]
    ) -> Iterator[tuple[Indices, CandidateRows]]:
        """Yield rows with their candidates, as soon as one of these breaks nothing.

        Hard rows are not tried at first. At the last attempt all are given, if need be with what
        breaks a found relation.
        """
        hard, waiting = (np.flatnonzero(is_asked & own) for own in (block.is_hard, ~block.is_hard))
        for attempt in attempts:
            waiting, hard = (
                (np.union1d(waiting, hard), hard[:0]) if attempt.number else (waiting, hard)
            )
            size, missed = max(1, MAX_CANDIDATE_ROWS // attempt.n_candidates), [waiting[:0]]
            for start in range(0, len(waiting), size):
                part = waiting[start : start + size]
                made = self._draw_candidates(block, part, attempt)
                is_given = made.is_sound
                if attempt is attempts[-1]:
                    first = block.partial.first_row
                    self.given_up.add(made, ~is_given, first + part, self.declared)
                    is_given = np.ones(len(part), bool)
                missed.append(part[~is_given])
                yield part[is_given], made.take(is_given)
            waiting = np.concatenate(missed)

    def _draw_candidates(self, block: Block, rows: Indices, attempt: Attempt) -> CandidateRows:
        """Return the candidates of rows that are nearest to what is known of them."""
        n_candidates = attempt.n_candidates
        of_row, shape = np.repeat(rows, n_candidates), (len(rows), n_candidates)
        numbers = block.partial.first_row + of_row
        streams = [
            self.streams.stream(int(number), attempt.draw, attempt.number)
            for number in numbers[::n_candidates]
        ]
        table = self._generate(block, of_row, streams, attempt)
        rng = self.streams.calls(block.number, attempt.draw, attempt.number)
        drawn = self.relations.restore(self.model.encoder.decode(table, numbers, rng))
        keys = self._weigh(table, drawn).reshape(shape)
        keys += weigh_by_distance(self._distances(block, drawn, of_row, shape))
        if not attempt.is_even:
            keys += np.array([stream.gumbel(size=n_candidates) for stream in streams])
        best = np.argsort(-keys, axis=1, kind="stable")[:, : attempt.n_checked]
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
        self,
        block: Block,
        of_row: Indices,
        streams: list[np.random.Generator],
        attempt: Attempt,
    ) -> EncodedTable:
        """Return encoded candidates; (n_rows * n_candidates, n_parts)."""
        generator, n_columns = self.source.generator, block.cells.known.shape[1]
        noise = RowNoise.draw(streams, attempt.n_candidates, generator.latent_dim, n_columns)
        return complete_rows(
            generator,
            block.condition(of_row).to(generator.device),
            self.model.config.decoding_steps,
            noise.spread(attempt.n_candidates) if attempt.is_even else noise,
            block.find_allowed(of_row, self.model.encoder, generator.device),
        )

    def _weigh(self, table: EncodedTable, drawn: pd.DataFrame) -> Floats:
        if self.source.refiner is None:
            return np.zeros(len(table))
        return self.source.refiner.log_weights(self.model.to_features.of_restored(table, drawn))

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

    def assemble(self, block: Block, chosen: list[tuple[Indices, pd.DataFrame]]) -> pd.DataFrame:
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
