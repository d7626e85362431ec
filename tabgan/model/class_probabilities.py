"""The probabilities of a column's classes in given rows: computed, not counted among draws.

What else is unknown of a row is drawn a few times. In each such row every class is tried: the
generator says how probable it is given the rest, the refiner weighs the row that it makes, and a
class that makes the row break a fact is out. Sums over the rows drawn are the probabilities
(Rao-Blackwell): as exact as what is averaged over, the latent vectors and the cells drawn.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tabgan.encoding.categorical import CategoricalEncoder
from tabgan.encoding.encoded_table import EncodedTable
from tabgan.model.block import Block
from tabgan.model.completion import RowCompleter
from tabgan.networks.generation import ClassifiedRows, classify_rows
from tabgan.networks.noise import RowNoise
from tabgan.schema.arrays import Floats, Indices, Objects
from tabgan.schema.column import Name

N_DRAWS = 16  # of what is unknown besides, and of latent vectors
MAX_TRIED = 2_048  # rows for a row: of more classes there are fewer draws
MIN_DRAWS = 4
MAX_ROWS = 2**14  # that are tried together
ATTEMPT = 2**16  # number of their random streams, beside those of draws


@dataclass(frozen=True)
class ClassProbabilities:
    """Tells how probable the classes of a column are.

    Attributes:
        completer: Of rows that do not know the column.
        name: Of the column.
        classes: Whose probabilities are wanted; (n_wanted,).
        encoder: Of the learned column whose classes are tried: the column itself, or one that it
            follows from.
        part: Its number among the learned parts.
    """

    completer: RowCompleter
    name: Name
    classes: Objects
    encoder: CategoricalEncoder
    part: int

    @classmethod
    def of(
        cls, completer: RowCompleter, name: Name, classes: Objects
    ) -> "ClassProbabilities | None":
        """Return those of a column; None if it follows from none of which classes are tried."""
        encoder, writers = completer.model.encoder, completer.relations.relations_of(name)
        beside = [column.name for each in writers for column in (*each.dependents, *each.sources)]
        for own_name in (name, *beside):
            for own, start in zip(encoder.encoders, encoder.starts, strict=False):
                if own.column.name == own_name and isinstance(own, CategoricalEncoder):
                    return cls(completer, name, classes, own, int(start))
        return None

    def compute(self, block: Block) -> Floats:
        """Return the probabilities of the classes wanted in rows; (n_rows, n_wanted)."""
        n_classes = self.encoder.n_classes
        n_draws = max(MIN_DRAWS, min(N_DRAWS, MAX_TRIED // n_classes))
        size = max(1, MAX_ROWS // (n_draws * n_classes))
        every = np.arange(len(block.partial))
        starts = range(0, len(every), size)
        shares = [self._compute(block, every[start : start + size], n_draws) for start in starts]
        return np.vstack([np.zeros((0, len(self.classes))), *shares])

    def _compute(self, block: Block, rows: Indices, n_draws: int) -> Floats:
        """Return the probabilities of the classes wanted in some rows; (n_taken, n_wanted)."""
        drawn_rows, n_classes = self._draw(block, rows, n_draws), self.encoder.n_classes
        shares = drawn_rows.shares.astype(np.float64).reshape(len(rows), n_draws, n_classes)
        known = block.cells.known[rows]
        told = known[:, self.part]
        shares[told] = np.eye(n_classes)[block.cells.table.codes[rows[told], self.part]][:, None]
        is_whole = np.delete(known, self.part, axis=1).all(axis=1)
        shares[is_whole] = shares[is_whole].mean(axis=1, keepdims=True)  # equal but for latents
        is_tried = np.ones((len(rows), n_draws), bool)
        is_tried[is_whole, 1:] = False
        drawn = np.flatnonzero(is_tried)
        tried = drawn_rows.table.take(np.repeat(drawn, n_classes))
        tried.codes[:, self.part] = np.tile(np.arange(n_classes), len(drawn))
        positions = np.repeat(drawn // n_draws, n_classes)
        return self._add_up(block, tried, shares[is_tried].ravel(), rows, positions)

    def _draw(self, block: Block, rows: Indices, n_draws: int) -> ClassifiedRows:
        """Return rows drawn but for the column that is tried; those of a row follow each other."""
        completer, of_row = self.completer, np.repeat(rows, n_draws)
        model, first = completer.model, block.partial.first_row
        streams = [completer.streams.stream(first + int(row), 0, ATTEMPT) for row in rows]
        n_parts = block.cells.known.shape[1]
        return classify_rows(
            model.generator,
            block.condition(of_row).to(model.device),
            model.config.decoding_steps,
            RowNoise.draw(streams, n_draws, model.generator.latent_dim, n_parts),
            block.find_allowed(of_row, model.encoder, model.device),
            self.part,
        )

    def _add_up(
        self, block: Block, tried: EncodedTable, odds: Floats, rows: Indices, positions: Indices
    ) -> Floats:
        """Return the probabilities of the classes wanted; (n_taken, n_wanted).

        Args:
            block: That the rows are of.
            tried: Rows with a class each; (n_tried, n_parts).
            odds: Of those by the generator; (n_tried,).
            rows: That they are tried for; (n_taken,).
            positions: Of these, for each row tried; (n_tried,).
        """
        completer = self.completer
        found: Indices = tried.codes[:, self.part].astype(np.int64)
        if (refiner := completer.source.refiner) is not None:
            odds = odds * np.exp(refiner.log_weights(completer.model.to_features(tried)))
        is_sound, is_written = np.ones(len(tried), bool), False
        if self._is_related:
            frame = self._restore(block, tried, rows[positions])
            for mask in completer.find_broken(block, frame, rows[positions]).values():
                is_sound &= ~mask
            is_written = bool(completer.relations.relations_of(self.name))
            if is_written:
                cells = pd.Index(frame[self.name], dtype=object)
                found = pd.Index(self.classes, dtype=object).get_indexer(cells)
        odds = np.where(found < 0, 0.0, odds)
        width = len(self.classes) if is_written else self.encoder.n_classes
        shares, unsound = (
            np.bincount(positions * width + found.clip(0), each, len(rows) * width)
            .astype(np.float64)
            .reshape(-1, width)
            for each in (odds * is_sound, odds)
        )
        vain = ~shares.any(axis=1)  # whatever its class, the row breaks something
        shares[vain] = unsound[vain]
        shares = shares if is_written else self.encoder.split_classes(shares)[:, self._order]
        return np.asarray(shares / np.maximum(shares.sum(axis=1, keepdims=True), 1e-300))

    @property
    def _order(self) -> Indices:
        """Places of the classes wanted among the column's categories; (n_wanted,)."""
        categories = pd.Index(self.encoder.categories.objects[:-1], dtype=object)
        return categories.get_indexer(pd.Index(self.classes, dtype=object))

    @property
    def _is_related(self) -> bool:
        """Whether facts say anything of the column, or of the one that is tried."""
        names = {self.name, self.encoder.column.name}
        relations = self.completer.relations.relations
        return any(names & (each.dependent_names | each.source_names) for each in relations)

    def _restore(self, block: Block, tried: EncodedTable, of_row: Indices) -> pd.DataFrame:
        """Return rows tried as whole ones with the known cells; (n_tried, n_columns)."""
        completer = self.completer
        rng = completer.streams.calls(block.number, 0, ATTEMPT)
        numbers = block.partial.first_row + of_row
        frame = completer.model.encoder.decode(tried, numbers, rng)
        return block.partial.write_over(completer.relations.restore(frame), of_row)
