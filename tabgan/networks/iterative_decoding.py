"""Rows being generated: each pass computes no more than what it settles.

What the generator is shown of a row grows with every column that is settled, so its first layer is
kept and added to, and its last layer is computed for the cells that are due. The numbers are those
of `Generator.forward`, but for rounding. What can be done for all columns at once is done so: a
column of a wide table has few cells in a pass.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from tabgan.networks.condition import Condition
from tabgan.networks.generator import LARGEST_LOGIT, Generator
from tabgan.networks.logistic_mixture import PARAMETERS, draw_places

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

    @classmethod
    def in_turns(cls, turns: Tensor, mask: Tensor, n_turns: int) -> Iterator["Cells"]:
        """Give the cells that a mask marks turn by turn; shape (n_rows, n_columns), twice."""
        rows, columns = mask.nonzero(as_tuple=True)
        turn = turns[rows, columns]
        order = (turn * mask.shape[1] + columns).argsort(stable=True)
        counts = torch.bincount(turn, minlength=n_turns).tolist()
        parts = (torch.split(each[order], counts) for each in (rows, columns))
        yield from map(cls, *parts)

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
    """

    def __init__(self, generator: Generator, condition: Condition, random: torch.Generator) -> None:
        self.generator, self.layout, self.random = generator, generator.layout, random
        self.codes, self.scalars = condition.codes.clone(), condition.scalars.clone()
        first = generator.tower.first
        noise_weights, features, known = torch.split(
            first.weight.T.contiguous(),
            [generator.noise, generator.features.size, len(self.layout.n_classes)],
        )
        classes = features[: self.layout.width] + known[generator.features.column_of_class]
        pieces = features[self.layout.width :]
        self._table = generator.features.tabulate(torch.cat([classes, pieces]))
        noise = generator.draw_noise(len(self.codes), random)
        self._shown = torch.addmm(first.bias, noise, noise_weights)
        self._hidden = torch.empty_like(self._shown)
        self._n_classes = torch.tensor(self.layout.n_classes, device=self.codes.device)
        self._outputs = [self._slice_outputs(column) for column in range(self.codes.shape[1])]
        self._show(Cells.of(condition.known))

    def _slice_outputs(self, column: int) -> tuple[Tensor, Tensor]:
        """Give the weights (width, n_outputs) and biases of a column's logits and density."""
        first, count = self.layout.offsets[column], self.layout.n_classes[column]
        last, bias = self.generator.tower.last, self.generator.bias[first : first + count]
        outputs = list(range(first, first + count))
        if column in self.layout.mode_columns:
            start = self.layout.width + PARAMETERS * self.layout.mode_columns.index(column)
            outputs += range(start, start + PARAMETERS)
            bias = functional.pad(bias, (0, PARAMETERS))
        return last.weight[outputs].T.contiguous(), last.bias[outputs] + bias

    def settle(self, cells: Cells) -> None:
        """Draw cells that are not settled yet."""
        places, densities = self._draw_places(cells, self._think())
        self.codes[cells.rows, cells.columns] = places
        classes = places + self.generator.features.offsets[cells.columns]
        scalars = self.generator.draw_scalars(densities, classes, self.random)
        self.scalars[cells.rows, cells.columns] = scalars
        self._show(cells)

    def _think(self) -> Tensor:
        """Give what the last layer sees of each row; shape (n_rows, width)."""
        parts = (torch.split(each, ROWS_AT_ONCE) for each in (self._shown, self._hidden))
        for shown, hidden in zip(*parts, strict=True):
            hidden.copy_(self.generator.tower.transform(shown))
        return self._hidden

    def _draw_places(self, cells: Cells, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Draw codes, (n_cells,), and give what their densities are, (n_cells, PARAMETERS)."""
        shares = [hidden.new_zeros(0)]
        densities = hidden.new_zeros(len(cells.rows), PARAMETERS)
        for column, mine in cells.by_column():
            weights, bias = self._outputs[column]
            outputs = torch.addmm(bias, hidden.index_select(0, cells.rows[mine]), weights)
            count = self.layout.n_classes[column]
            odds = outputs[:, :count].clamp(-LARGEST_LOGIT, LARGEST_LOGIT).exp()
            shares.append((odds / odds.sum(dim=1, keepdim=True)).flatten())
            if outputs.shape[1] > count:
                densities[mine] = outputs[:, count:]
        counts = self._n_classes.index_select(0, cells.columns)
        return draw_places(torch.cat(shares), counts, self.random), densities

    def _show(self, cells: Cells) -> None:
        """Add what the first layer makes of cells that are settled."""
        order = cells.rows.argsort(stable=True)
        rows, columns = cells.rows[order], cells.columns[order]
        codes, scalars = self.codes[rows, columns], self.scalars[rows, columns]
        counts = torch.bincount(rows, minlength=len(self.codes))
        sizes = torch.bincount(rows // ROWS_AT_ONCE).tolist()
        looked_up = self.generator.features.look_up(columns, codes, scalars)
        parts = (torch.split(each, sizes) for each in looked_up)
        chunks = (torch.split(each, ROWS_AT_ONCE) for each in (self._shown, counts))
        for entries, weights, shown, count in zip(*parts, *chunks, strict=False):
            added = functional.embedding_bag(
                entries.flatten(),
                self._table,
                (count.cumsum(0) - count) * entries.shape[1],
                mode="sum",
                per_sample_weights=weights.flatten(),
            )
            shown.add_(added)
