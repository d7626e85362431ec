"""What a row is generated for: a masked row, which holds the values of its known columns.

The conditional vector of Xu et al. 2019 (section 4.3) is the case of one known column.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from tabgan.encoding.encoded_column import EncodedColumn


@dataclass(frozen=True)
class Condition:
    """Masked rows.

    Shape:
        - codes, scalars: (n_rows, n_columns); unknown columns hold anything, which is not used
        - known: (n_rows, n_columns), True where a column is given
    """

    codes: Tensor
    scalars: Tensor
    known: Tensor

    def to(self, device: torch.device) -> "Condition":
        """Return the same condition on a device."""
        return Condition(self.codes.to(device), self.scalars.to(device), self.known.to(device))

    @classmethod
    def empty(cls, n_rows: int, n_columns: int, device: torch.device) -> "Condition":
        """Return the unconditional case: no column is known."""
        return cls(
            torch.zeros(n_rows, n_columns, dtype=torch.long, device=device),
            torch.zeros(n_rows, n_columns, device=device),
            torch.zeros(n_rows, n_columns, dtype=torch.bool, device=device),
        )

    def take(self, rows: Tensor) -> "Condition":
        """Return some of the rows; (n_taken,)."""
        return Condition(self.codes[rows], self.scalars[rows], self.known[rows])

    def split(self, n_parts: int) -> "list[Condition]":
        """Return the rows in order, in parts of about equal size."""
        tensors = (each.tensor_split(n_parts) for each in (self.codes, self.scalars, self.known))
        return [Condition(*part) for part in zip(*tensors, strict=True)]

    def set_column(self, column: int, cells: EncodedColumn) -> None:
        """Set a column of every row, in place; shape (n_rows,) each."""
        self.codes[:, column] = torch.from_numpy(cells.codes).to(self.codes)
        self.scalars[:, column] = torch.from_numpy(cells.scalars).to(self.scalars)
        self.known[:, column] = True
