"""Categories that a model does not know: counted by column as rows are scored, and told at the end.

A new one is as likely as one row among all that were learned: scores stay finite and comparable, so
that nothing but a warning tells a misspelt town from a rare one.
"""

import warnings
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from tabgan.encoding.categorical import CategoricalEncoder
from tabgan.encoding.table_encoder import TableEncoder
from tabgan.errors import UnseenCategoryWarning
from tabgan.relations import RelationSet
from tabgan.schema.arrays import Mask
from tabgan.schema.column import Name

MAX_SHOWN_ROWS = 5  # in a message
MAX_SHOWN = 40  # characters of a value


def find_unseen(encoder: CategoricalEncoder, cells: "pd.Series[Any]") -> Mask:
    """Return which cells hold a category that a learned column has not; (n_cells,)."""
    return np.asarray((encoder.categories.find(cells) < 0) & cells.notna().to_numpy(bool))


@dataclass
class UnseenCell:
    """The cells of a column that hold such: how many, the first of them, and their rows from 1."""

    example: str
    count: int = 0
    rows: list[int] = field(default_factory=list)


class UnseenCategories:
    """Counts them, batch by batch.

    Args:
        encoder: Of the learned columns.
        relations: Columns that these write in other terms are judged by them, and not here.
    """

    def __init__(self, encoder: TableEncoder, relations: RelationSet) -> None:
        self.encoders = [
            each
            for each in encoder.encoders
            if isinstance(each, CategoricalEncoder) and _is_own(each, relations)
        ]
        self.found: dict[Name, UnseenCell] = {}
        self.n_rows = 0

    def add(self, frame: pd.DataFrame) -> None:
        """Count those of the rows that follow; (n_rows, n_columns)."""
        for encoder in self.encoders:
            name = encoder.column.name
            rows = np.flatnonzero(find_unseen(encoder, frame[name]))
            if len(rows):
                example = str(frame[name].iloc[rows[0]])[:MAX_SHOWN]
                cell = self.found.setdefault(name, UnseenCell(example))
                cell.count += len(rows)
                shown = rows[: MAX_SHOWN_ROWS - len(cell.rows)]
                cell.rows += (self.n_rows + shown + 1).tolist()
        self.n_rows += len(frame)

    def warn(self, n_learned: int) -> None:
        """Warn of the columns that hold some, of a model that has learned so many rows."""
        for name, cell in self.found.items():
            hold = "1 row holds" if cell.count == 1 else f"{cell.count:,} rows hold"
            more = "..." if cell.count > len(cell.rows) else ""
            rows = ", ".join(f"{row:,}" for row in cell.rows)
            warnings.warn(
                f"{hold} a value of {name!r} that the model does not know, such as "
                f"{cell.example!r} (row {rows}{more}): a new value counts as rare as one row among "
                f"{n_learned + 1:,}.",
                UnseenCategoryWarning,
                stacklevel=3,
            )


def _is_own(encoder: CategoricalEncoder, relations: RelationSet) -> bool:
    """Return whether a column is learned by the very values that the table holds."""
    name = encoder.column.name
    return all(
        relation.reduced_columns().get(name, encoder.column) == encoder.column
        for relation in relations.relations_of(name)
    )
