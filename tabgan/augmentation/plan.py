"""How many rows of which class to add to a table, in shares."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tabgan.evaluation.utility.task import Task
from tabgan.model.class_draws import Amounts


@dataclass(frozen=True)
class Recipe:
    """What to add, in shares: the same recipe serves a table and each fold of it.

    Attributes:
        ratio: rows as the model draws them, over the rows of the table.
        balance: how far rarer classes are raised: 0 not at all, 1 to the size of the commonest.

    >>> Recipe(ratio=0.5, balance=1.0).amounts(100, {"no": 90, "yes": 10})
    Amounts(free=50, by_class={'no': 0, 'yes': 80})
    """

    ratio: float = 0.0
    balance: float = 0.0

    def amounts(self, rows: int, counts: Mapping[Any, int]) -> Amounts:
        """What that means for a table of so many rows, so many of each class.

        A class of a single row is not raised: nothing can be learned from it.
        """
        most = max(counts.values(), default=0)
        lacking = {
            value: round(self.balance * (most - count)) if count > 1 else 0
            for value, count in counts.items()
        }
        return Amounts(round(self.ratio * rows), lacking)

    @property
    def text(self) -> str:
        """What is added, in words."""
        if self.balance:
            return f"{self.balance:.0%} of what rarer classes lack"
        return f"{self.ratio:g} for each row given"


@dataclass(frozen=True)
class Choice:
    """What to add, and why.

    Attributes:
        recipe: nothing, where nothing is shown to help.
        facts: what cross-validation found, for a sentence; "" where it was not asked.
    """

    recipe: Recipe
    facts: str = ""

    def tell(self, rows: int) -> str:
        """Say in a sentence what is added, which is so many rows.

        >>> Choice(Recipe(ratio=0.5)).tell(10)
        '10 rows are added, 0.5 for each row given.'
        """
        facts = f": {self.facts}" if self.facts else ""
        if rows:
            return f"{rows} rows are added, {self.recipe.text}{facts}."
        if facts:
            return f"Nothing is added, since nothing is shown to help{facts}."
        return "Nothing is added: no class has fewer rows than another."


def most_of(amounts: Iterable[Amounts]) -> Amounts:
    """As many rows of each part as any of the amounts takes; all are of the same classes."""
    listed = list(amounts)
    by_class = {value: max(each.by_class[value] for each in listed) for value in listed[0].by_class}
    return Amounts(max(each.free for each in listed), by_class)


def count_classes(table: pd.DataFrame, task: Task) -> dict[Any, int]:
    """Rows of each class, by the value that the target holds for it; empty for a regression."""
    if task.kind == "regression":
        return {}
    labels = task.labels(table)
    values = list(table[task.target])  # Python's own, as conditions take them
    codes, places, counts = np.unique(labels, return_index=True, return_counts=True)
    found = zip(codes, places, counts, strict=True)
    return {values[place]: int(count) for code, place, count in found if np.isfinite(code)}
