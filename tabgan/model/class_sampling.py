"""Rows drawn from a model without a condition, and class by class."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from tabgan.errors import SettingError
from tabgan.model.gaps import find_gaps
from tabgan.model.renumbering import renumber
from tabgan.model.tabular_model import TabularModel
from tabgan.schema.column import Name


@dataclass(frozen=True)
class Amounts:
    """How many rows to draw.

    Attributes:
        free: Without a condition on the class.
        by_class: Of each class, by the target's value.
    """

    free: int
    by_class: Mapping[Any, int]

    @property
    def each(self) -> list[int]:
        """Rows of each part: those drawn freely, then class by class."""
        return [self.free, *self.by_class.values()]

    @property
    def total(self) -> int:
        """Rows of all parts together."""
        return sum(self.each)

    def times(self, n_draws: int) -> Self:
        """Return the rows of several draws.

        >>> Amounts(2, {"yes": 1}).times(3)
        Amounts(free=6, by_class={'yes': 3})
        """
        by_class = {value: n_draws * rows for value, rows in self.by_class.items()}
        return type(self)(n_draws * self.free, by_class)


@dataclass(frozen=True)
class Pool:
    """Rows drawn from a model, of which smaller amounts can be taken.

    Attributes:
        model: That they were drawn from; it renumbers identifiers.
        parts: Rows drawn freely, then class by class; None where there are none.
    """

    model: TabularModel
    parts: tuple[pd.DataFrame | None, ...]

    @classmethod
    def draw(
        cls,
        model: TabularModel,
        amounts: Amounts,
        target: Name,
        seed: int,
        *,
        fast: bool | None = None,
    ) -> Self:
        """Return rows drawn, those of a class under the condition that they are of it.

        The others are drawn as all rows are, and then given one, where they lack it.

        Args:
            model: To draw from.
            amounts: How many rows, freely and of each class.
            target: Column that holds the class.
            seed: Of all draws; each part has its own.
            fast: Whether rows are drawn in one pass, as `sample` takes it.

        Raises:
            SettingError: The model draws no rows in one pass.
            ConditionError: The model knows no such class; no row has been drawn then.
        """
        conditions = [{}, *({target: value} for value in amounts.by_class)]
        seeds = np.random.SeedSequence(seed).generate_state(len(conditions))
        streams = [
            model.iter_frames(rows, where=condition, seed=int(part_seed), fast=fast)
            if rows
            else iter(())
            for rows, condition, part_seed in zip(amounts.each, conditions, seeds, strict=True)
        ]
        frames = [pd.concat(part) if part else None for part in map(list, streams)]
        if frames[0] is not None and target in find_gaps(model.relations, model.encoder):
            filled = model.impute(frames[0], columns=[target], seed=seed, fast=bool(fast))
            frames[0] = filled[list(frames[0].columns)]
        return cls(model, tuple(frames))

    def take(self, amounts: Amounts, n_draws: int = 1) -> pd.DataFrame:
        """Return the first rows of each part, as one table in which no identifier stands twice.

        Args:
            amounts: At least one row.
            n_draws: How many times that many rows, which follow each other; no more than were
                drawn. The first is what a single one is.
        """
        taken = [
            part.iloc[draw * rows : (draw + 1) * rows]
            for draw in range(n_draws)
            for part, rows in zip(self.parts, amounts.each, strict=True)
            if part is not None and rows
        ]
        return number_keys(self.model, pd.concat(taken, ignore_index=True))


def number_keys(model: TabularModel, rows: pd.DataFrame) -> pd.DataFrame:
    """Return whole rows with the keys of the first rows of a sample, none of which stands twice."""
    rng = np.random.default_rng(len(rows))
    return renumber(model.encoder, model.relations, rows, np.arange(len(rows)), rng)


def check_class_sizes(counts: Mapping[Any, int], amounts: Amounts) -> None:
    """Refuse to draw rows of a class that has a single one in the table.

    Args:
        counts: Rows of the table, by class.
        amounts: To be drawn.

    Raises:
        SettingError: Naming the class.
    """
    for value, rows in amounts.by_class.items():
        if rows and counts[value] == 1:
            raise SettingError(
                f"the class {str(value)!r} has one row, from which nothing can be learned: "
                "drop that row, or join the class with another."
            )
