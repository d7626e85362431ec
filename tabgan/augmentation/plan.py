"""How many rows of which class to add to a table, in shares, and how each is made."""

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
        ratio: Rows as the model draws them, over the rows whose target is known.
        balance: How far rarer classes are raised: 0 not at all, 1 to the size of the commonest.
        n_draws: How many times that many rows, for as many learners, which are averaged.
        weight: Of a row made beside 1 of a row given.
        soft_labels: Whether a row made stands once for each class that it may have, with that
            class's probability as its weight.
        inpaint: Share of cells that are drawn anew of real rows; 0 draws whole rows.
        fast: Whether rows are drawn in one pass; as `sample` and `complete` do it when None.

    >>> AugmentationPlan(ratio=0.5, balance=1.0).amounts(100, {"no": 90, "yes": 10})
    Amounts(free=50, by_class={'no': 0, 'yes': 80})
    """

    ratio: float = 0.0
    balance: float = 0.0
    n_draws: int = 1
    weight: float = 1.0
    soft_labels: bool = False
    inpaint: float = 0.0
    fast: bool | None = None

    def amounts(self, rows: int, counts: Mapping[Any, int]) -> Amounts:
        """Return what that means for a table, in one draw.

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
    def needs_classes(self) -> bool:
        """Whether the target has to have classes."""
        return self.balance > 0 or self.soft_labels

    @property
    def is_weighted(self) -> bool:
        """Whether rows weigh unlike each other."""
        return self.weight != 1 or self.soft_labels

    @property
    def text(self) -> str:
        """What is added, in words.

        >>> AugmentationPlan(ratio=10, weight=0.1).text
        '10 for each row given, at weight 0.1'
        """
        share = f"{self.balance:.0%} of what rarer classes lack"
        words = [share if self.balance else f"{self.ratio:g} for each row given"]
        if self.n_draws > 1:
            words.append(f"in each of {self.n_draws} draws")
        if self.weight != 1:
            words.append(f"at weight {self.weight:g}")
        if self.soft_labels:
            words.append("with soft labels")
        if self.inpaint:
            words.append(f"with {self.inpaint:.0%} of a real row's cells drawn anew")
        if self.fast:
            words.append("in one pass")
        return ", ".join(words)


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
