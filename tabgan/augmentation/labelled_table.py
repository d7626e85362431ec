"""A table whose target may be missing in part: learners use what is labelled, a generator all."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import pandas as pd

from tabgan.augmentation.plan import count_classes
from tabgan.errors import SettingError
from tabgan.evaluation.utility.task import Task, infer_task_schema
from tabgan.schema import TableSchema, close_names
from tabgan.schema.arrays import Indices
from tabgan.schema.column import Name
from tabgan.schema.text import read_marks


@dataclass(frozen=True)
class LabelledTable:
    """Rows whose target is known, and others.

    What a row without a label says of the other columns is learned as well: rows are then drawn as
    all rows are, and given a label that goes with the rest of them (semi-supervised learning by a
    joint model, Kingma et al. 2014). That presumes that labels are missing without a reason.

    Attributes:
        rows: Whose target is known; (n_labelled, n_columns).
        unlabelled: The others; (n_unlabelled, n_columns). Both have the index of the whole.
        target: The column that a learner predicts.
        task_of_all: What a learner is asked, where these are rows of a larger table.
    """

    rows: pd.DataFrame
    unlabelled: pd.DataFrame
    target: Name
    task_of_all: Task | None = None

    @classmethod
    def split(cls, table: pd.DataFrame, target: Name) -> Self:
        """Return a table in two; texts that mean a gap are gaps of the target.

        Raises:
            SettingError: There is no such column, or nothing in it.
        """
        if target not in table.columns:
            raise SettingError(
                f"there is no column {target!r} to predict; "
                f"{close_names(target, list(table.columns))}."
            )
        whole = table.reset_index(drop=True)
        known = whole[target].notna()
        if known.any():
            column = TableSchema.infer(whole[[target]], target).column(target)
            known = read_marks(whole[target], column).notna()
        if not known.any():
            raise SettingError(f"the target column {target!r} holds no value: choose another one.")
        return cls(whole[known], whole[~known], target)

    @cached_property
    def whole(self) -> pd.DataFrame:
        """All rows in their order, from which a generator learns; (n_rows, n_columns)."""
        parts = [self.rows, self.unlabelled] if len(self.unlabelled) else [self.rows]
        return pd.concat(parts).sort_index().reset_index(drop=True)

    @cached_property
    def schema(self) -> TableSchema:
        """Of all rows; a target that names classes is categorical."""
        return infer_task_schema(self.whole, self.target)

    @cached_property
    def task(self) -> Task:
        """What a learner is asked.

        Raises:
            SettingError, TableError: The target cannot be predicted.
        """
        if self.task_of_all is not None:
            return self.task_of_all
        return Task.infer(self.rows, infer_task_schema(self.rows, self.target), self.target)

    @cached_property
    def counts(self) -> Mapping[Any, int]:
        """Rows of each class; none where numbers are predicted."""
        return count_classes(self.rows, self.task)

    def take(self, positions: Indices) -> Self:
        """Return some of the labelled rows, (n_taken,), beside all that are not."""
        return replace(self, rows=self.rows.iloc[positions], task_of_all=self.task)
