"""A fitted model: all that rows are drawn from, and no row of the table that was learned."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
import torch

from tabgan.errors import ConditionError, ModelFileError, SettingError
from tabgan.io import FileKind, check_replaceable, to_batches
from tabgan.io.model_file import CHECKPOINT_KIND, read_model, write_model
from tabgan.model.conditional_model import ConditionalModel
from tabgan.model.rejection import BlockRows, watch_rejection
from tabgan.model.renumbering import renumber
from tabgan.model.row_conditions import RowConditions
from tabgan.model.sample_plan import SamplePlan, choose_refiner
from tabgan.model.saved_model import naming_file, read_model_fields
from tabgan.model.score import TableScorer, score_cells
from tabgan.networks.condition import Condition
from tabgan.networks.generation import count_batch_rows, generate
from tabgan.query.where import Where
from tabgan.refinement.refiner import Refiner
from tabgan.runtime.devices import choose_device, parallel_map, use_threads
from tabgan.schema.arrays import Floats

MAX_BLOCK_TEXT = 2**28  # characters of a column: of texts beyond 32,768, fewer are drawn at once


@dataclass(frozen=True)
class TabularModel(ConditionalModel):
    """Rows are drawn by the generator, chosen by the refiner (if there is one), decoded, restored.

    `sample` draws new ones, `complete` draws what is unknown of given ones, `impute` fills their
    gaps, `predict` says what a column most probably is, and `score_samples` how likely rows are.
    """

    def sample(
        self,
        n_rows: int,
        *,
        where: Where | None = None,
        seed: int | None = None,
        refine: bool = True,
        candidates: int | None = None,
    ) -> pd.DataFrame:
        """Draw rows with the columns, order and dtypes of the table that was learned.

        Args:
            n_rows: How many.
            where: What every row must satisfy: a text as of `tabgan sample --where`, such as
                "city in (Ulm, Bonn) or age>=65"; a list of texts that all hold; or a mapping of
                columns to values, as of `tabgan.query.mapping`. None asks for missing ones.
            seed: Of the draws. Fewer rows with the same seed are the first of more.
            refine: Whether rows are chosen among more candidates, so that they are more alike.
            candidates: For each row that is chosen; as many as `fit` found enough when None.

        Raises:
            SettingError: `n_rows` is not a positive whole number, or there cannot be so many
                candidates.
            ConditionError: No row can satisfy `where`.
        """
        frames = self.iter_frames(
            n_rows, where=where, seed=seed, refine=refine, candidates=candidates
        )
        batches = list(frames)
        return pd.concat(batches, ignore_index=True) if len(batches) > 1 else batches[0]

    def iter_frames(
        self,
        n_rows: int,
        *,
        where: Where | None = None,
        seed: int | None = None,
        refine: bool = True,
        candidates: int | None = None,
    ) -> Iterator[pd.DataFrame]:
        """Yield the rows of `sample`, a block at a time."""
        plan = self.plan_sample(
            n_rows, where=where, seed=seed, refine=refine, candidates=candidates
        )
        frames = parallel_map(partial(self.sample_block, plan), range(len(plan)), self.device)
        return watch_rejection(frames, plan.counts, plan.n_rows, plan.conditions.declared)

    def iter_batches(
        self,
        n_rows: int,
        *,
        where: Where | None = None,
        seed: int | None = None,
        refine: bool = True,
        candidates: int | None = None,
        batch_rows: int | None = None,
    ) -> Iterator[Any]:
        """Yield the rows of `sample` as Arrow record batches that share one schema.

        Every batch but the last has `batch_rows` rows; left out, they come as they are made.
        """
        frames = self.iter_frames(
            n_rows, where=where, seed=seed, refine=refine, candidates=candidates
        )
        if batch_rows is not None and batch_rows < 1:
            raise SettingError(f"batches of {batch_rows} rows hold nothing; ask for 1 or more.")
        return to_batches(frames, self.schema.columns, batch_rows)

    def plan_sample(
        self,
        n_rows: int,
        *,
        where: Where | None = None,
        seed: int | None = None,
        refine: bool = True,
        candidates: int | None = None,
    ) -> SamplePlan:
        """Return what `sample` draws, as blocks that `sample_block` draws in any order.

        Raises:
            SettingError, ConditionError: As for `sample`.
        """
        if isinstance(n_rows, bool) or not isinstance(n_rows, int | np.integer) or n_rows < 1:
            raise SettingError(
                f"{n_rows!r} rows cannot be drawn; ask for a whole number from 1 up."
            )
        self.encoder.check_room(int(n_rows))
        conditions = RowConditions.from_where(where, self.relations, self.encoder)
        entropy = np.random.SeedSequence(seed).entropy
        longest = max(self.encoder.max_length, 1)
        candidates_per_block = min(
            count_batch_rows(len(self.encoder.parts)), 1 + MAX_BLOCK_TEXT // longest
        )
        refiner = choose_refiner(self.refiner, candidates, refine=refine)
        return SamplePlan(int(n_rows), candidates_per_block, conditions, refiner, entropy)

    def sample_block(self, plan: SamplePlan, number: int) -> pd.DataFrame:
        """Return one block of a sample, drawn in as many rejection rounds as it takes.

        A block is drawn in full, then cut: a row does not depend on how many are asked for.
        Nearly always one round is enough, since relations hold by construction.

        Raises:
            ConditionError: The rounds are used up before there are enough rows.
        """
        rows, wanted = plan.rows(number), plan.block_size(number)
        conditions, refiner, rng = plan.conditions, plan.refiner, plan.rng(number)
        block = BlockRows()
        while len(block) < wanted and not block.is_exhausted:
            drawn = self.draw(rows[: block.count_next(len(rows))], conditions, refiner, rng)
            block.add(conditions.finish(drawn), plan.counts)
        if len(block) < wanted:
            raise ConditionError(
                f"{len(block):,} of {wanted:,} rows were found among "
                f"{block.n_drawn:,} with {conditions.text}; ask for less."
            )
        whole = block.take(wanted)
        if not (conditions.needs_no_rejection and block.is_whole(len(rows))):
            whole = renumber(self.encoder, self.relations, whole, rows[:wanted], rng)
        if block.gives_breaking:
            plan.counts.add_given(self.relations.find_broken(whole))
        return self.schema.write_missing_marks(whole)

    def draw(
        self,
        rows: npt.NDArray[np.int64],
        conditions: RowConditions,
        refiner: Refiner | None,
        rng: np.random.Generator,
    ) -> pd.DataFrame:
        """Return whole rows, not checked; `rows` are their numbers in the sample, (n_rows,)."""
        n_candidates = len(rows) * (refiner.candidates if refiner else 1)
        condition = Condition.empty(n_candidates, len(self.encoder.parts), self.device)
        for part, selection in conditions.iter_selections(self.encoder):
            condition.set_column(part, selection.draw(n_candidates, rng))
        random = torch.Generator(self.device).manual_seed(int(rng.integers(2**62)))
        table = generate(self.generator, condition, self.config.decoding_steps, random)
        if refiner:
            features, layout = self.to_features(table), self.encoder.layout
            table = table.take(refiner.choose(features, layout, len(rows), rng))
        frame = self.encoder.decode(table, rows, rng, selections=conditions.selections)
        return self.relations.restore(frame)

    def score_samples(self, frame: Any, *, seed: int = 0) -> Floats:
        """Return the log-density of each row, natural log; (n_rows, n_columns) -> (n_rows,).

        `tabgan.model.score` says what counts how. Rows that were learned score higher than others.

        Args:
            frame: Rows of any kind of frame; they may hold what is new.
            seed: Of the orders in which cells are judged.

        Raises:
            TableError: A column is missing or one too many, or holds what is not of its kind.
        """
        return TableScorer(self, seed).score_samples(frame)

    def score_cells(self, frame: Any) -> pd.DataFrame:
        """Return how surprising each cell is given the rest of its row: -log p(cell), in nats.

        It has the columns and the index of the frame, and in `attrs["broken_facts"]` the places of
        the rows that break a fact, by its text. Arguments and errors as of `score_samples`.
        """
        return score_cells(self, frame)

    def save(self, path: str | Path, *, overwrite: bool = False) -> None:
        """Write the model as one file; what is no model is replaced only with `overwrite`."""
        check_replaceable(Path(path), FileKind.MODEL, overwrite)
        content = {
            "schema": self.schema.to_dict(),
            "relations": self.relations.to_dict(),
            "card": self.card.to_dict(),
            "config": self.config.to_dict(),
            "record": self.record.to_dict(),
            "encoders": self.encoder.to_state(),
            "generator": {n: t.cpu().numpy() for n, t in self.generator.state_dict().items()},
            "refiner": self.refiner and self.refiner.to_state(),
        }
        write_model(Path(path), content)

    @classmethod
    def load(cls, path: str | Path, device: str = "auto") -> Self:
        """Read a model that was saved on any device.

        Raises:
            ModelFileError: It is no model that this release can read.
        """
        content, chosen = read_model(Path(path)), choose_device(device)
        if content.get("kind") == CHECKPOINT_KIND:
            advice = "not a model; go on with `tabgan fit --resume`"
            raise ModelFileError(f"{path} is the checkpoint of a fit that did not end, {advice}.")
        with naming_file(Path(path)), use_threads(None):  # one in a forked process
            return cls(**read_model_fields(content, chosen))
