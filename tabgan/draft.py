"""Rows being generated: each pass computes no more than what it settles.

What the generator is shown of a row grows with every column that is settled, so its first layer is
kept and added to, and its last layer is computed for the columns and rows that are due. The numbers
are those of `Generator.forward`, but for rounding.
"""

import torch
from torch import Tensor

from tabgan.conditions import Condition
from tabgan.networks import LARGEST_LOGIT, Generator, draw_gumbel


class Draft:
    """Rows of which some columns are settled.

    Shape:
        - codes, scalars: (n_rows, n_columns); zeros where nothing is settled yet
        - known: (n_rows, n_columns)
    """

    def __init__(self, generator: Generator, condition: Condition) -> None:
        self.generator, self.layout = generator, generator.layout
        self.codes, self.scalars = condition.codes.clone(), condition.scalars.clone()
        self.known = condition.known.clone()
        weights = generator.tower.first.weight.T.contiguous()  # (size_in, width)
        parts = torch.split(
            weights, [generator.noise, generator.features.size, len(self.layout.n_classes)]
        )
        self._noise_weights, features, known = parts
        columns = generator.features.column_of_class
        self._class_weights = features[: self.layout.width] + known[columns]
        self._piece_weights = features[self.layout.width :]
        self._shown = generator.tower.first.bias.repeat(len(self.codes), 1)
        self._outputs = [self._slice_outputs(column) for column in range(self.codes.shape[1])]
        for column in range(self.codes.shape[1]):
            self._show(column, self.known[:, column].nonzero().squeeze(1))

    def _slice_outputs(self, column: int) -> tuple[Tensor, Tensor]:
        """Give the weights (256, n_outputs) and biases of a column's logits and raw scalars."""
        first, count = self.layout.offsets[column], self.layout.n_classes[column]
        mode = self.layout.width + sum(self.layout.n_modes[:column])
        rows = [*range(first, first + count), *range(mode, mode + self.layout.n_modes[column])]
        last = self.generator.tower.last
        return last.weight[rows].T.contiguous(), last.bias[rows]

    def settle(self, due: Tensor, random: torch.Generator) -> None:
        """Draw the cells that are due; shape (n_rows, n_columns)."""
        noise = self.generator.draw_noise(len(self.codes), random)
        hidden = self.generator.tower.transform(self._shown + noise @ self._noise_weights)
        due = due & ~self.known
        for column in range(due.shape[1]):
            rows = due[:, column].nonzero().squeeze(1)
            if len(rows):
                self._draw(column, rows, hidden.index_select(0, rows), random)
                self._show(column, rows)
        self.known |= due

    def _draw(self, column: int, rows: Tensor, hidden: Tensor, random: torch.Generator) -> None:
        first, count = self.layout.offsets[column], self.layout.n_classes[column]
        weights, bias = self._outputs[column]
        outputs = torch.addmm(bias, hidden, weights)
        logits = outputs[:, :count].clamp(-LARGEST_LOGIT, LARGEST_LOGIT)
        logits = logits + self.generator.bias[first : first + count]
        codes = (logits + draw_gumbel(logits, random)).argmax(dim=1)
        self.codes[rows, column] = codes
        n_modes = self.layout.n_modes[column]
        if n_modes:
            raw = outputs[:, count:].gather(1, codes.clamp(max=n_modes - 1)[:, None]).squeeze(1)
            self.scalars[rows, column] = torch.where(codes < n_modes, torch.tanh(raw), 0.0)

    def _show(self, column: int, rows: Tensor) -> None:
        """Add what the first layer makes of a column that is settled in these rows."""
        if not len(rows):
            return
        codes = self.codes[rows, column]
        added = self._class_weights.index_select(0, codes + self.layout.offsets[column])
        if column in self.layout.ordered:
            features = self.generator.features
            pieces = features.cut(column, codes, self.scalars[rows, column])
            added = torch.addmm(added, pieces, self._piece_weights[features.pieces_of(column)])
        self._shown.index_add_(0, rows, added)
