"""What a fitted model consists of, whatever it is asked."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
import pandas as pd
import torch

from tabgan.config import TrainingConfig
from tabgan.encoding.table_encoder import TableEncoder
from tabgan.errors import SettingError
from tabgan.model.model_card import ModelCard
from tabgan.model.row_source import OnePass, RowSource
from tabgan.networks.condition import Condition
from tabgan.networks.generation import generate
from tabgan.networks.generator import Generator
from tabgan.refinement.refiner import Refiner
from tabgan.refinement.row_features import RefinerFeatures
from tabgan.relations import RelationSet
from tabgan.runtime.progress import TrainingRecord
from tabgan.schema import TableSchema


@dataclass(frozen=True)
class FittedModel:
    """All that rows are drawn from, and no row of the table that was learned.

    `relations` say which columns the generators learned, and restore the others from them.

    Attributes:
        generator: Draws a row in many passes.
        refiner: Chooses among its rows.
        one_pass: Draws a row in one; None in files of older releases, or if there was no time.
    """

    relations: RelationSet
    encoder: TableEncoder
    generator: Generator
    refiner: Refiner | None
    config: TrainingConfig
    record: TrainingRecord
    card: ModelCard
    one_pass: OnePass | None = None

    @property
    def schema(self) -> TableSchema:
        """The columns of the table that was learned."""
        return self.relations.schema

    @cached_property
    def to_features(self) -> RefinerFeatures:
        """Computes the features of rows that the refiner weighs them by."""
        return RefinerFeatures(self.encoder, self.relations)

    @property
    def device(self) -> torch.device:
        """Where rows are generated."""
        return self.generator.device

    @property
    def score(self) -> float | None:
        """Two-sample score of its rows against held-out ones; None if too few were held out."""
        if self.card.draws_in_one_pass and self.one_pass:
            return self.one_pass.score
        return self.score_in_many_passes

    @property
    def score_in_many_passes(self) -> float | None:
        """The same of the generator that draws a row in many passes."""
        refined = self.refiner.score if self.refiner else None
        return self.record.score if refined is None else refined

    @property
    def source(self) -> RowSource:
        """Where rows come from that are drawn in many passes."""
        return RowSource(self.generator, self.refiner)

    def choose_source(self, fast: bool | None, *, has_conditions: bool) -> RowSource:
        """Return where the rows of a sample come from.

        Args:
            fast: Whether they are drawn in one pass; None leaves it to the held-out score.
            has_conditions: Whether anything is asked of rows: unless it is said, they are drawn in
                many passes then, which know what cells go together beyond a class.

        Raises:
            SettingError: The model has no generator of one pass.
        """
        if fast is None:
            fast = self.card.draws_in_one_pass and not has_conditions
        if not fast:
            return self.source
        if self.one_pass is None:
            raise SettingError(
                "this model draws no rows in one pass: its fit learned no latent classes, as those "
                "of older releases and of short time limits; fit again, or leave out fast (--fast)."
            )
        return self.one_pass.source

    def draw_filler(self) -> pd.DataFrame:
        """Return one whole row, always the same, that stands in where nothing is known."""
        condition = Condition.empty(2, len(self.encoder.parts), self.device)
        random = torch.Generator(self.device).manual_seed(0)
        table = generate(self.generator, condition, self.config.decoding_steps, random)
        frame = self.encoder.decode(table, np.arange(2), np.random.default_rng(0))
        return self.relations.restore(frame).iloc[:1].reset_index(drop=True)

    def keep_out(self, frame: pd.DataFrame) -> Self:
        """Return the model that makes up no key and no text of these rows either."""
        return replace(self, encoder=self.encoder.keep_out(self.schema.read_missing_marks(frame)))
