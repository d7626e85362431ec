"""A fitted model that draws new rows, block by block."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import torch

from tabgan.errors import ConditionError, SettingError
from tabgan.model.conditional_model import ConditionalModel
from tabgan.model.rejection import BlockRows
from tabgan.model.renumbering import renumber
from tabgan.model.row_conditions import RowConditions
from tabgan.model.row_source import RowSource
from tabgan.model.sample_plan import SamplePlan, choose_refiner
from tabgan.model.strata import Strata
from tabgan.networks.condition import Condition
from tabgan.networks.generation import count_batch_rows, generate
from tabgan.query.shares import Shares, read_shares
from tabgan.query.where import Where, read_where

N_JOINT_ROWS = 2_000  # drawn, that tell how values of several columns go together
MAX_BLOCK_TEXT = 2**28  # characters of a column: of texts beyond 32,768, fewer are drawn at once


@dataclass(frozen=True)
class SampledModel(ConditionalModel):
    """A model of which every block of a sample can be drawn by itself, on any machine."""

    def plan_sample(
        self,
        n_rows: int,
        *,
        where: Where | None = None,
        shares: Shares | None = None,
        seed: int | None = None,
        refine: bool = True,
        candidates: int | None = None,
        fast: bool | None = None,
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
        names = self.schema.names
        asked = read_where({} if where is None else where, names)
        wanted = read_shares({} if shares is None else shares, names)
        has_conditions = bool(asked.clauses or asked.choices or wanted)
        source = self.choose_source(fast, has_conditions=has_conditions)
        refiner = choose_refiner(source.refiner, candidates, refine=refine)
        source = replace(source, refiner=refiner)

        def draw(conditions: RowConditions) -> pd.DataFrame:
            rows = np.zeros(N_JOINT_ROWS, np.int64)
            return self.draw(rows, conditions, source, np.random.default_rng(0))

        strata = Strata.divide(asked, wanted, self.relations, self.encoder, draw)
        entropy = np.random.SeedSequence(seed).entropy
        longest = max(self.encoder.max_length, 1)
        candidates_per_block = min(
            count_batch_rows(len(self.encoder.parts)), 1 + MAX_BLOCK_TEXT // longest
        )
        return SamplePlan(int(n_rows), candidates_per_block, strata, source, entropy)

    def sample_block(self, plan: SamplePlan, number: int) -> pd.DataFrame:
        """Return one block of a sample, drawn in as many rejection rounds as it takes.

        A block is drawn in full, then cut: a row does not depend on how many are asked for.
        Nearly always one round is enough, since relations hold by construction.

        Raises:
            ConditionError: The rounds are used up before there are enough rows.
        """
        rows, wanted, rng = plan.rows(number), plan.block_size(number), plan.rng(number)
        of_stratum = plan.strata.assign(int(rows[0]), int(rows[-1]) + 1)
        parts, positions, in_place, gives_breaking = [], [], len(plan.strata.parts) == 1, False
        for index, stratum in enumerate(plan.strata.parts):
            own = np.flatnonzero(of_stratum == index)
            count = int((own < wanted).sum())
            if count:
                block = self._fill(plan, stratum.conditions, rows[own], count, rng)
                is_whole = block.is_whole(len(own))
                in_place &= stratum.conditions.needs_no_rejection and is_whole
                gives_breaking |= block.gives_breaking
                parts.append(block.take(count))
                positions.append(own[:count])
        whole = parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)
        if not in_place:
            order = np.argsort(np.concatenate(positions))
            whole = whole.iloc[order].reset_index(drop=True)
            whole = renumber(self.encoder, self.relations, whole, rows[:wanted], rng)
        if gives_breaking:
            plan.counts.add_given(self.relations.find_broken(whole))
        return self.schema.write_missing_marks(whole)

    def _fill(
        self,
        plan: SamplePlan,
        conditions: RowConditions,
        rows: npt.NDArray[np.int64],
        wanted: int,
        rng: np.random.Generator,
    ) -> BlockRows:
        """Return rows of one stratum of a block, at least as many as are wanted.

        Raises:
            ConditionError: The rounds are used up before.
        """
        block = BlockRows()
        while len(block) < wanted and not block.is_exhausted:
            drawn = self.draw(rows[: block.count_next(len(rows))], conditions, plan.source, rng)
            block.add(conditions.finish(drawn), plan.counts)
        if len(block) < wanted:
            raise ConditionError(
                f"{len(block):,} of {wanted:,} rows were found among "
                f"{block.n_drawn:,} with {conditions.text}; ask for less."
            )
        return block

    def draw(
        self,
        rows: npt.NDArray[np.int64],
        conditions: RowConditions,
        source: RowSource,
        rng: np.random.Generator,
    ) -> pd.DataFrame:
        """Return whole rows, not checked; `rows` are their numbers in the sample, (n_rows,)."""
        n_candidates, device = len(rows) * source.candidates, source.generator.device
        condition = Condition.empty(n_candidates, len(self.encoder.parts), device)
        for part, selection in conditions.iter_selections(self.encoder):
            condition.set_column(part, selection.draw(n_candidates, rng))
        random = torch.Generator(device).manual_seed(int(rng.integers(2**62)))
        table = generate(source.generator, condition, self.config.decoding_steps, random)
        if source.refiner:
            features, layout = self.to_features(table), self.encoder.layout
            table = table.take(source.refiner.choose(features, layout, len(rows), rng))
        frame = self.encoder.decode(table, rows, rng, selections=conditions.selections)
        return self.relations.restore(frame)
