"""Autoregressive decoding of rows, in steps that compute no more than the cells they draw.

The known part of a row grows with every cell that is drawn, so the output of the generator's first
layer is kept and added to, and its last layer is computed for the cells of the step alone. The
numbers are those of `Generator.forward`, up to rounding. Work is done for all columns at once where
it can be: a column of a wide table has few cells in a step.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from tabgan.encoding.encoded_table import EncodedTable
from tabgan.networks.condition import Condition
from tabgan.networks.generator import MAX_LOGIT, Generator
from tabgan.networks.logistic_mixture import N_PARAMETERS, draw_classes

CHUNK_ROWS = 512  # that go through the hidden layers together: they stay in a core's cache


@dataclass(frozen=True)
class CellIndex:
    """Positions of cells in a batch of rows, column after column.

    Shape:
        - rows, columns: (n_cells,)
    """

    rows: Tensor
    columns: Tensor

    @classmethod
    def from_mask(cls, mask: Tensor) -> "CellIndex":
        """Return the cells where a mask is True; shape (n_rows, n_columns)."""
        columns, rows = mask.T.nonzero(as_tuple=True)
        return cls(rows, columns)

    @classmethod
    def in_steps(cls, steps: Tensor, mask: Tensor, n_steps: int) -> Iterator["CellIndex"]:
        """Yield the cells of each step.

        Args:
            steps: Number of the step that draws each cell; (n_rows, n_columns).
            mask: True for cells to be drawn; (n_rows, n_columns).
            n_steps: How many steps there are.
        """
        rows, columns = mask.nonzero(as_tuple=True)
        step = steps[rows, columns]
        order = (step * mask.shape[1] + columns).argsort(stable=True)
        counts = torch.bincount(step, minlength=n_steps).tolist()
        parts = (torch.split(each[order], counts) for each in (rows, columns))
        yield from map(cls, *parts)

    def by_column(self) -> Iterator[tuple[int, slice]]:
        """Yield each column that has cells, and the slice of its cells."""
        start = 0
        for column, count in enumerate(torch.bincount(self.columns).tolist()):
            if count:
                yield column, slice(start, start + count)
            start += count


class IterativeDecoder:
    """A batch of rows whose cells are drawn step by step, each row from one latent vector.

    Args:
        generator: Trained; its weights are copied into a layout that suits single cells.
        condition: The masked rows to complete.
        random: Source of all draws.

    Shape:
        - codes, scalars: (n_rows, n_columns); zeros where nothing is drawn yet
    """

    def __init__(self, generator: Generator, condition: Condition, random: torch.Generator) -> None:
        self.generator, self.layout, self.random = generator, generator.layout, random
        self.codes, self.scalars = condition.codes.clone(), condition.scalars.clone()
        latent_weights, self._cell_weights = generator.input_weights()
        latent = generator.draw_latent(len(self.codes), random)
        self._inputs = torch.addmm(generator.mlp.first.bias, latent, latent_weights)
        self._hidden = torch.empty_like(self._inputs)
        self._n_classes = torch.tensor(self.layout.n_classes, device=self.codes.device)
        self._outputs = [generator.output_weights(column) for column in range(self.codes.shape[1])]
        self._add_inputs(CellIndex.from_mask(condition.known))

    def decode_cells(self, cells: CellIndex) -> None:
        """Draw cells given all that are known; from then on they are known, too."""
        codes, densities = self._draw_classes(cells, self._hidden_states())
        self.codes[cells.rows, cells.columns] = codes
        classes = codes + self.generator.features.offsets[cells.columns]
        scalars = self.generator.draw_scalars(densities, classes, self.random).nan_to_num_()
        self.scalars[cells.rows, cells.columns] = scalars
        self._add_inputs(cells)

    def _hidden_states(self) -> Tensor:
        """Return the input of the last layer; shape (n_rows, hidden_dim)."""
        parts = (torch.split(each, CHUNK_ROWS) for each in (self._inputs, self._hidden))
        for inputs, hidden in zip(*parts, strict=True):
            hidden.copy_(self.generator.mlp.hidden_states(inputs))
        return self._hidden

    def _draw_classes(self, cells: CellIndex, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Return codes that are drawn, (n_cells,), and densities, (n_cells, N_PARAMETERS)."""
        shares = [hidden.new_zeros(0)]
        densities = hidden.new_zeros(len(cells.rows), N_PARAMETERS)
        for column, of_column in cells.by_column():
            weights, bias = self._outputs[column]
            outputs = torch.addmm(bias, hidden.index_select(0, cells.rows[of_column]), weights)
            count = self.layout.n_classes[column]
            odds = outputs[:, :count].clamp(-MAX_LOGIT, MAX_LOGIT).exp()
            shares.append((odds / odds.sum(dim=1, keepdim=True)).flatten())
            if outputs.shape[1] > count:
                densities[of_column] = outputs[:, count:]
        counts = self._n_classes.index_select(0, cells.columns)
        return draw_classes(torch.cat(shares), counts, self.random), densities

    def _add_inputs(self, cells: CellIndex) -> None:
        """Add cells to the kept output of the first layer, by which they are known."""
        order = cells.rows.argsort(stable=True)
        rows, columns = cells.rows[order], cells.columns[order]
        codes, scalars = self.codes[rows, columns], self.scalars[rows, columns]
        counts = torch.bincount(rows, minlength=len(self.codes))
        sizes = torch.bincount(rows // CHUNK_ROWS).tolist()
        looked_up = self.generator.features.look_up(columns, codes, scalars)
        parts = (torch.split(each, sizes) for each in looked_up)
        chunks = (torch.split(each, CHUNK_ROWS) for each in (self._inputs, counts))
        for entries, weights, inputs, count in zip(*parts, *chunks, strict=False):
            added = functional.embedding_bag(
                entries.flatten(),
                self._cell_weights,
                (count.cumsum(0) - count) * entries.shape[1],
                mode="sum",
                per_sample_weights=weights.flatten(),
            )
            inputs.add_(added)


def decode_iteratively(
    generator: Generator, decoding_steps: int, condition: Condition, random: torch.Generator
) -> EncodedTable:
    """Return rows with a condition's known cells and the others drawn, on any device.

    Each row has an order of columns of its own, the target last.
    """
    n_columns = condition.known.shape[1]
    ranks = torch.rand(condition.known.shape, generator=random, device=random.device)
    if generator.layout.target is not None:
        ranks[:, generator.layout.target] = 1
    order = ranks.argsort(dim=1).argsort(dim=1)
    decoder = IterativeDecoder(generator, condition, random)
    n_steps = min(decoding_steps, n_columns)
    for cells in CellIndex.in_steps(order * n_steps // n_columns, ~condition.known, n_steps):
        decoder.decode_cells(cells)
    codes = decoder.codes.to(torch.int32).cpu().numpy()
    return EncodedTable(codes, decoder.scalars.cpu().numpy())
