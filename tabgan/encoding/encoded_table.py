"""Rows as codes and scalars, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tabgan.encoding.encoded_column import Codes, Scalars
from tabgan.encoding.layout import Layout


@dataclass(frozen=True)
class EncodedTable:
    """A table as numbers, compact: no one-hot vectors.

    Shape:
        - codes: (n_rows, n_columns)
        - scalars: (n_rows, n_columns); 0 where a class holds no scalar
    """

    codes: Codes
    scalars: Scalars

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, rows: npt.NDArray[np.int64]) -> "EncodedTable":
        """Return these rows; shape (n_taken,) in, (n_taken, n_columns) out."""
        return EncodedTable(self.codes[rows], self.scalars[rows])

    @classmethod
    def join(cls, parts: Sequence["EncodedTable"]) -> "EncodedTable":
        """Return the rows of all parts, one part after the other."""
        return cls(
            np.concatenate([part.codes for part in parts]),
            np.concatenate([part.scalars for part in parts]),
        )

    def column(self, index: int) -> Codes:
        """Return one column's codes; shape (n_rows,)."""
        return self.codes[:, index]

    def load(self) -> "EncodedTable":
        """Return itself: it is in memory."""
        return self

    def split(self, held_out: npt.NDArray[np.int64]) -> "tuple[EncodedTable, EncodedTable]":
        """Return the rows to train on, and those to validate on: the rows numbered `held_out`."""
        train = np.setdiff1d(np.arange(len(self)), held_out)
        return self.take(train), self.take(held_out)

    def count_classes(self, layout: Layout) -> list[npt.NDArray[np.int64]]:
        """Return how many rows hold each class, column by column; shape (n_classes,) each."""
        return [
            np.bincount(self.codes[:, index], minlength=n_classes)
            for index, n_classes in enumerate(layout.n_classes)
        ]

    def count_distinct(self) -> int:
        """Return how many rows are distinct, with scalars rounded to hundredths."""
        keys: npt.NDArray[np.float32] = np.hstack([self.codes, self.scalars.round(2)])
        return len(np.unique(keys, axis=0))
