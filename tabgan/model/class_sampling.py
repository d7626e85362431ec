"""Rows drawn from a model without a condition, and class by class."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from tabgan.errors import SettingError
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
    def draw(cls, model: TabularModel, amounts: Amounts, target: Name, seed: int) -> Self:
        """Return rows drawn, those of a class under the condition that they are of it.

        Args:
            model: To draw from.
            amounts: How many rows, freely and of each class.
            target: Column that holds the class.
            seed: Of all draws; each part has its own.

        Raises:
            ConditionError: The model knows no such class; no row has been drawn then.
        """
        conditions = [{}, *({target: value} for value in amounts.by_class)]
        seeds = np.random.SeedSequence(seed).generate_state(len(conditions))
        streams = [
            model.iter_frames(rows, where=condition, seed=int(part_seed)) if rows else iter(())
            for rows, condition, part_seed in zip(amounts.each, conditions, seeds, strict=True)
        ]
        frames = map(list, streams)
        return cls(model, tuple(pd.concat(part) if part else None for part in frames))

    def take(self, amounts: Amounts) -> pd.DataFrame:
        """Return the first rows of each part, as one table in which no identifier stands twice.

        Args:
            amounts: At least one row, and no more than were drawn.
        """
        taken = [
            part.head(rows)
            for part, rows in zip(self.parts, amounts.each, strict=True)
            if part is not None and rows
        ]
        return _number_keys(self.model, pd.concat(taken, ignore_index=True))


def join_draws(draws: Sequence[Pool], amounts: Amounts) -> pd.DataFrame:
    """Return the first rows of several pools of one model, in which no identifier stands twice."""
    taken = [pool.take(amounts) for pool in draws]
    if len(taken) == 1:
        return taken[0]
    return _number_keys(draws[0].model, pd.concat(taken, ignore_index=True))


def _number_keys(model: TabularModel, rows: pd.DataFrame) -> pd.DataFrame:
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
