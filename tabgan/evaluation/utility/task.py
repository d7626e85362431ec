"""What a downstream learner is asked: which column, of which classes, from which features."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tabgan.errors import SettingError, TableError
from tabgan.evaluation.metrics.categories import category_texts, encode_categories
from tabgan.evaluation.metrics.feature_matrix import (
    CATEGORICAL_KINDS,
    NUMERIC_KINDS,
    Features,
    clip,
    parse_any_numbers,
)
from tabgan.schema import TableSchema
from tabgan.schema.column import Column, ColumnKind, Name

TaskKind = Literal["binary", "multiclass", "regression"]
MAX_NUMERIC_CLASSES = 10  # a number with no more values than this names a class


def infer_task_schema(table: pd.DataFrame, target: Name) -> TableSchema:
    """Return the schema of a table, in which a target that names classes is categorical.

    A number with no more than 10 distinct values names classes.
    """
    schema = TableSchema.infer(table, target)
    values = {text for text in category_texts(table[target]) if text is not None}
    names_classes = len(values) <= MAX_NUMERIC_CLASSES
    is_number = schema.column(target).kind in NUMERIC_KINDS
    return as_classes(schema, target) if is_number and names_classes else schema


def as_classes(schema: TableSchema, target: Name) -> TableSchema:
    """Return the schema with the target as a categorical column, whatever it holds."""
    named = replace(schema.column(target), kind=ColumnKind.CATEGORICAL)
    columns = tuple(named if column.name == target else column for column in schema.columns)
    return replace(schema, columns=columns)


@dataclass(frozen=True)
class Examples:
    """Rows to learn from or to be scored on.

    Attributes:
        features: Shape (rows, features).
        labels: Class codes or numbers, shape (rows,).
        dropped: Rows left out because their target is missing or a class the real table lacks.
        weights: What a row counts, shape (rows,); None where each counts 1.
    """

    features: NDArray[np.float64]
    labels: NDArray[np.float64]
    dropped: int = 0
    weights: NDArray[np.float64] | None = None

    @property
    def row_weights(self) -> NDArray[np.float64]:
        """What each row counts, shape (rows,)."""
        return np.ones(len(self.labels)) if self.weights is None else self.weights

    def concat(self, others: "Examples") -> "Examples":
        """Return these rows, then the others."""
        are_equal = self.weights is None and others.weights is None
        return Examples(
            np.vstack([self.features, others.features]),
            np.concatenate([self.labels, others.labels]),
            self.dropped + others.dropped,
            None if are_equal else np.concatenate([self.row_weights, others.row_weights]),
        )

    def take(self, indices: NDArray[np.int64]) -> "Examples":
        """Return some of the rows, by their indices, shape (some,)."""
        weights = None if self.weights is None else self.weights[indices]
        return Examples(self.features[indices], self.labels[indices], weights=weights)


@dataclass(frozen=True)
class Task:
    """One target, and how rows become examples of it.

    Attributes:
        target: The column to predict.
        kind: Binary, multiclass or regression.
        classes: Texts in code order, of two the rarer (the positive) last; () for regression.
        features: Every comparable column but the target.
        column: The target's schema.
    """

    target: Name
    kind: TaskKind
    classes: tuple[str, ...]
    features: Features
    column: Column

    @classmethod
    def infer(cls, real: pd.DataFrame, schema: TableSchema, target: Name) -> "Task":
        """Return the task that a target column poses.

        A number with more than 10 distinct values is regressed on; anything else that has
        categories is classified.

        Args:
            real: Decides the classes and what they are called.
            schema: Of `real`; the target's kind in it decides between class and number.
            target: The column to predict.

        Raises:
            SettingError: The target has one value, or a new one in most rows, or is an identifier,
                a date or empty.
            TableError: There is nothing to predict it from.
        """
        column = schema.column(target)
        kind = column.kind
        counts = pd.Series(category_texts(real[target])).value_counts().sort_index()
        if len(counts) < 2:
            held = f"only {counts.index[0]!r}" if len(counts) else "no value"
            raise SettingError(
                f"the target column {target!r} holds {held}: choose one with at least two values."
            )
        if kind in CATEGORICAL_KINDS and (counts == 1).sum() > counts.sum() / 2:
            raise SettingError(
                f"the target column {target!r} has {len(counts)} different values in "
                f"{counts.sum()} rows: choose one whose values repeat."
            )
        if kind not in CATEGORICAL_KINDS | NUMERIC_KINDS:
            raise SettingError(
                f"the target column {target!r} is of kind {kind.value}: "
                "choose a categorical, boolean or numeric column."
            )
        features = Features.fit(real, schema).without(target)
        if not features.items:
            raise TableError(f"the table holds no column from which to predict {target!r}.")
        if kind in NUMERIC_KINDS and len(counts) > MAX_NUMERIC_CLASSES:
            return cls(target, "regression", (), features, column)
        if len(counts) > 2:
            return cls(target, "multiclass", tuple(counts.index), features, column)
        common_first = counts.sort_values(ascending=False, kind="stable")
        return cls(target, "binary", tuple(common_first.index), features, column)

    @property
    def positive(self) -> str | None:
        """The class that the scores of two classes look for; None for other tasks."""
        return self.classes[1] if self.kind == "binary" else None

    def labels(self, table: pd.DataFrame) -> NDArray[np.float64]:
        """Return class codes or numbers, shape (rows,); NaN where missing or an unknown class."""
        if self.kind == "regression":
            return clip(parse_any_numbers(table[self.target], self.column))
        codes = encode_categories(table[self.target], pd.Index(self.classes, dtype=object))
        codes[codes < 0] = np.nan
        return codes

    def examples(self, table: pd.DataFrame) -> Examples:
        """Return the rows of a table whose target is known."""
        labels = self.labels(table)
        known = np.isfinite(labels)
        return Examples(
            self.features.matrix(table)[known], labels[known], int(len(labels) - known.sum())
        )
