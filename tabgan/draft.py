"""Rows being generated: each pass computes no more than what it settles.

What the generator is shown of a row grows with every column that is settled, so its first layer is
kept and added to, and its last layer is computed for the cells that are due. The numbers are those
of `Generator.forward`, but for rounding.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from tabgan.conditions import Condition
from tabgan.logistics import PARAMETERS, draw_class
from tabgan.networks import LARGEST_LOGIT, Generator

ROWS_AT_ONCE = 512  # in the tower: what it makes of them stays in a core's cache


@dataclass(frozen=True)
class Cells:
    """Cells of a draft, column after column.

    Shape:
        - rows, columns: (n_cells,)
    """

    rows: Tensor
    columns: Tensor

    @classmethod
    def of(cls, mask: Tensor) -> "Cells":
        """Give the cells that a mask marks; shape (n_rows, n_columns)."""
        columns, rows = mask.T.nonzero(as_tuple=True)
        return cls(rows, columns)

    def by_column(self) -> Iterator[tuple[int, slice]]:
        """Give each column that has cells, and where they stand."""
        start = 0
        for column, count in enumerate(torch.bincount(self.columns).tolist()):
            if count:
                yield column, slice(start, start + count)
            start += count


class Draft:
    """Rows of which some columns are settled, each drawn from one noise vector.

    Args:
        generator: What draws.
        condition: What the rows are generated for.
        random: Source of all draws.

    Shape:
        - codes, scalars: (n_rows, n_columns); zeros where nothing is settled yet
        - known: (n_rows, n_columns)
    """

    def __init__(self, generator: Generator, condition: Condition, random: torch.Generator) -> None:
        self.generator, self.layout, self.random = generator, generator.layout, random
        self.codes, self.scalars = condition.codes.clone(), condition.scalars.clone()
        self.known = condition.known.clone()
        weights = generator.tower.first.weight.T.contiguous()  # (size_in, width)
        parts = torch.split(
            weights, [generator.noise, generator.features.size, len(self.layout.n_classes)]
        )
        noise_weights, features, known = parts
        columns = generator.features.column_of_class
        self._class_weights = features[: self.layout.width] + known[columns]
        self._piece_weights = features[self.layout.width :]
        noise = generator.draw_noise(len(self.codes), random)
        self._shown = torch.addmm(generator.tower.first.bias, noise, noise_weights)
        self._outputs = [self._slice_outputs(column) for column in range(self.codes.shape[1])]
        self._show(Cells.of(self.known))

    def _slice_outputs(self, column: int) -> tuple[Tensor, Tensor]:
        """Give the weights (width, n_outputs) and biases of a column's logits and density."""
        first, count = self.layout.offsets[column], self.layout.n_classes[column]
        outputs = list(range(first, first + count))
        if column in self.layout.mode_columns:
            start = self.layout.width + PARAMETERS * self.layout.mode_columns.index(column)
            outputs += range(start, start + PARAMETERS)
        last = self.generator.tower.last
        return last.weight[outputs].T.contiguous(), last.bias[outputs]

    def settle(self, due: Tensor) -> None:
        """Draw the cells that are due; shape (n_rows, n_columns)."""
        due = due & ~self.known
        cells = Cells.of(due)
        classes, densities = self._draw_classes(cells, self._think())
        offsets = self.generator.features.offsets[cells.columns]
        self.codes[cells.rows, cells.columns] = classes - offsets
        scalars = self.generator.draw_scalars(densities, classes, self.random)
        self.scalars[cells.rows, cells.columns] = scalars
        self._show(cells)
        self.known |= due

    def _think(self) -> Tensor:
        """Give what the last layer sees of each row; shape (n_rows, width)."""
        hidden = torch.empty_like(self._shown)
        parts = (torch.split(each, ROWS_AT_ONCE) for each in (self._shown, hidden))
        for shown, result in zip(*parts, strict=True):
            result.copy_(self.generator.tower.transform(shown))
        return hidden

    def _draw_classes(self, cells: Cells, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Draw classes, (n_cells,), and give what their densities are, (n_cells, PARAMETERS)."""
        classes = torch.empty_like(cells.rows)
        densities = hidden.new_zeros(len(classes), PARAMETERS)
        for column, mine in cells.by_column():
            first, count = self.layout.offsets[column], self.layout.n_classes[column]
            weights, bias = self._outputs[column]
            outputs = torch.addmm(bias, hidden.index_select(0, cells.rows[mine]), weights)
            logits = outputs[:, :count].clamp(-LARGEST_LOGIT, LARGEST_LOGIT)
            logits = logits + self.generator.bias[first : first + count]
            classes[mine] = first + draw_class(logits, self.random)
            if column in self.layout.mode_columns:
                densities[mine] = outputs[:, count:]
        return classes, densities

    def _show(self, cells: Cells) -> None:
        """Add what the first layer makes of cells that are settled."""
        features = self.generator.features
        classes = self.codes[cells.rows, cells.columns] + features.offsets[cells.columns]
        pieces = features.cut(classes, self.scalars[cells.rows, cells.columns])
        for column, mine in cells.by_column():
            added = self._class_weights.index_select(0, classes[mine])
            if column in self.layout.ordered:
                added.addmm_(pieces[mine], self._piece_weights[features.pieces_of(column)])
            self._shown.index_add_(0, cells.rows[mine], added)
