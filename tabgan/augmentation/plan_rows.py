"""The rows of plans: drawn, or real ones drawn anew in part; labelled, weighed, numbered."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import pandas as pd

from tabgan.augmentation.inpainting import Inpainter
from tabgan.augmentation.labelled_table import LabelledTable
from tabgan.augmentation.plan import AugmentationPlan, max_amounts
from tabgan.augmentation.soft_labels import SoftLabels
from tabgan.model.class_sampling import Amounts, Pool, number_keys
from tabgan.model.tabular_model import TabularModel
from tabgan.schema.arrays import Floats, Indices


@dataclass(frozen=True)
class PlanRows:
    """Rows made.

    Attributes:
        frame: The rows, draw by draw; (n_made, n_columns).
        draws: Number of the draw that each is of, from 0; (n_made,).
        weights: Of each, beside 1 of a row given; (n_made,).
    """

    frame: pd.DataFrame
    draws: Indices
    weights: Floats

    @classmethod
    def none(cls, table: pd.DataFrame) -> Self:
        """Return no rows of a table."""
        return cls(table.iloc[:0], np.zeros(0, np.int64), np.zeros(0))


@dataclass(frozen=True)
class RowMaker:
    """Makes the rows of plans, which share what a model draws: the smaller is part of the larger.

    Attributes:
        model: That draws.
        table: The rows given.
        pool: Rows drawn, as many as any of the plans takes; None if none takes any.
        amounts: Rows of each plan, in one draw.
        seed: Of all that is drawn.
    """

    model: TabularModel
    table: LabelledTable
    pool: Pool | None
    amounts: Mapping[AugmentationPlan, Amounts]
    seed: int

    @classmethod
    def draw(
        cls,
        model: TabularModel,
        table: LabelledTable,
        plans: Collection[AugmentationPlan],
        seed: int,
    ) -> Self:
        """Return what makes the rows of some plans."""
        counts = table.counts if any(plan.needs_classes for plan in plans) else {}
        amounts = {plan: plan.amounts(len(table.rows), counts) for plan in plans}
        drawn = [amounts[plan].times(plan.n_draws) for plan in plans if not plan.inpaint]
        fast = next((plan.fast for plan in plans), None)  # plans are alike in that
        pool = None
        if drawn:
            pool = Pool.draw(model, max_amounts(drawn), table.target, seed, fast=fast)
        return cls(model, table, pool, amounts, seed)

    def make(self, plan: AugmentationPlan) -> PlanRows:
        """Return the rows of one of the plans.

        Raises:
            ConditionError: It has soft labels, and the target no probabilities of classes.
        """
        amounts = self.amounts[plan]
        if not amounts.total:
            return PlanRows.none(self.table.rows)
        if plan.inpaint:
            frame = self._inpainter.draw(amounts, plan.inpaint, plan.n_draws, fast=bool(plan.fast))
        else:
            assert self.pool is not None  # noqa: S101 - drawn for this plan
            frame = self.pool.take(amounts, plan.n_draws)
        draws = np.repeat(np.arange(plan.n_draws), amounts.total)
        weights = np.full(len(frame), plan.weight)
        if plan.soft_labels:
            labels = SoftLabels.predict(self.model, frame, self.table.target, self.seed)
            frame = number_keys(self.model, labels.spread(frame, self.table.target))
            draws = draws[labels.positions]
            weights = weights[labels.positions] * labels.probabilities
        columns = list(self.table.rows.columns)
        return PlanRows(frame[columns].astype(self.table.rows.dtypes), draws, weights)

    @cached_property
    def _inpainter(self) -> Inpainter:
        return Inpainter.prepare(self.model, self.table, self.seed)
