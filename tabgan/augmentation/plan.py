"""How many rows of which class to add to a table, in shares."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tabgan.evaluation.utility.task import Task
from tabgan.model.class_sampling import Amounts


@dataclass(frozen=True)
class AugmentationPlan:
    """What to add, in shares: the same plan serves a table and each fold of it.

    Attributes:
        ratio: Rows as the model draws them, over the rows of the table.
        balance: How far rarer classes are raised: 0 not at all, 1 to the size of the commonest.

    >>> AugmentationPlan(ratio=0.5, balance=1.0).amounts(100, {"no": 90, "yes": 10})
    Amounts(free=50, by_class={'no': 0, 'yes': 80})
    """

    ratio: float = 0.0
    balance: float = 0.0

    def amounts(self, rows: int, counts: Mapping[Any, int]) -> Amounts:
        """Return what that means for a table.

        A class of a single row is not raised: nothing can be learned from it.

        Args:
            rows: Of the table.
            counts: Of each class in it, by the value that the target holds for it.
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
class PlanChoice:
    """What to add, and why.

    Attributes:
        plan: Adds nothing, where nothing is shown to help.
        facts: What cross-validation found, for a sentence; "" where it was not asked.
    """

    plan: AugmentationPlan
    facts: str = ""

    def describe(self, rows: int) -> str:
        """Return a sentence on what is added, which is so many rows.

        >>> PlanChoice(AugmentationPlan(ratio=0.5)).describe(10)
        '10 rows are added, 0.5 for each row given.'
        """
        facts = f": {self.facts}" if self.facts else ""
        if rows:
            added = "1 row is" if rows == 1 else f"{rows:,} rows are"
            return f"{added} added, {self.plan.text}{facts}."
        if facts:
            return f"Nothing is added, since nothing is shown to help{facts}."
        return "Nothing is added: no class has fewer rows than another."


def max_amounts(amounts: Iterable[Amounts]) -> Amounts:
    """Return as many rows of each part as any of the amounts takes; all are of the same classes."""
    listed = list(amounts)
    by_class = {value: max(each.by_class[value] for each in listed) for value in listed[0].by_class}
    return Amounts(max(each.free for each in listed), by_class)


def count_classes(table: pd.DataFrame, task: Task) -> dict[Any, int]:
    """Count the rows of each class, by the value that the target holds; none for a regression."""
    if task.kind == "regression":
        return {}
    labels = task.labels(table)
    values = list(table[task.target])  # Python's own, as conditions take them
    codes, firsts, counts = np.unique(labels, return_index=True, return_counts=True)
    found = zip(codes, firsts, counts, strict=True)
    return {values[first]: int(count) for code, first, count in found if np.isfinite(code)}
