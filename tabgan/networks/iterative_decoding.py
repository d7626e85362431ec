"""Autoregressive decoding of rows, in steps that compute no more than the cells they draw.

The known part of a row grows with every cell that is drawn, so the output of the generator's first
layer is kept and added to, and its last layer is computed for the cells of the step alone. The
numbers are those of `Generator.forward`, up to rounding. Work is done for all columns at once where
it can be: a column of a wide table has few cells in a step.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from tabgan.encoding.encoded_table import EncodedTable
from tabgan.networks.condition import Condition
from tabgan.networks.generator import MAX_LOGIT, Generator
from tabgan.networks.logistic_mixture import N_PARAMETERS, classes_at
from tabgan.networks.noise import CLASS, COMPONENT, PLACE, PRODUCT_ROWS, Noise, SharedNoise

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
        noise: Source of all draws.
        allowed: Of columns of which not all classes may be drawn, 1 for those that may in each row
            and 0 for the others; (n_rows, n_classes) each, by the column's index.

    Shape:
        - codes, scalars: (n_rows, n_columns); zeros where nothing is drawn yet
    """

    def __init__(
        self,
        generator: Generator,
        condition: Condition,
        noise: Noise,
        allowed: Mapping[int, Tensor] | None = None,
    ) -> None:
        self.generator, self.layout, self.noise = generator, generator.layout, noise
        self.allowed = allowed or {}
        self.codes, self.scalars = condition.codes.clone(), condition.scalars.clone()
        latent_weights, self._cell_weights = generator.input_weights()
        latent = noise.latent(len(self.codes), generator.latent_dim)
        self._inputs = torch.addmm(generator.mlp.first.bias, latent, latent_weights)
        self._hidden = torch.empty_like(self._inputs)
        self._n_classes = torch.tensor(self.layout.n_classes, device=self.codes.device)
        self._outputs = [generator.output_weights(column) for column in range(self.codes.shape[1])]
        self._add_inputs(CellIndex.from_mask(condition.known))

    def decode_cells(self, cells: CellIndex) -> None:
        """Draw cells given all that are known; from then on they are known, too."""
        codes, densities = self._draw_classes(cells, self._hidden_states(cells.rows))
        self.codes[cells.rows, cells.columns] = codes
        classes = codes + self.generator.features.offsets[cells.columns]
        component, place = (
            self.noise.shares(cells.rows, cells.columns, purpose) for purpose in (COMPONENT, PLACE)
        )
        scalars = self.generator.scalars_at(densities, classes, component, place).nan_to_num_()
        self.scalars[cells.rows, cells.columns] = scalars
        self._add_inputs(cells)

    def _hidden_states(self, asked: Tensor) -> Tensor:
        """Return the input of the last layer, up to date in some rows; (n_rows, hidden_dim).

        Args:
            asked: Numbers of these rows; (n_asked,).
        """
        rows = torch.bincount(asked, minlength=len(self._inputs)).nonzero().flatten()
        if len(rows) < len(self._inputs):
            rows = fill_up(rows, PRODUCT_ROWS)
            for chunk in torch.split(rows, CHUNK_ROWS):
                states = self.generator.mlp.hidden_states(self._inputs.index_select(0, chunk))
                self._hidden.index_copy_(0, chunk, states)
            return self._hidden
        parts = (torch.split(each, CHUNK_ROWS) for each in (self._inputs, self._hidden))
        for inputs, hidden in zip(*parts, strict=True):
            hidden.copy_(self.generator.mlp.hidden_states(inputs))
        return self._hidden

    def to_table(self) -> EncodedTable:
        """Return the rows, of which scalars are not calibrated yet."""
        codes = self.codes.to(torch.int32).cpu().numpy()
        return EncodedTable(codes, self.scalars.cpu().numpy())

    def _draw_classes(self, cells: CellIndex, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Return codes that are drawn, (n_cells,), and densities, (n_cells, N_PARAMETERS)."""
        shares = [hidden.new_zeros(0)]
        densities = hidden.new_zeros(len(cells.rows), N_PARAMETERS)
        for column, of_column in cells.by_column():
            rows = cells.rows[of_column]
            outputs = self._compute_outputs(column, hidden, rows)
            count = self.layout.n_classes[column]
            shares.append(self._class_shares(column, outputs[:, :count], rows).flatten())
            if outputs.shape[1] > count:
                densities[of_column] = outputs[:, count:]
        counts = self._n_classes.index_select(0, cells.columns)
        drawn = self.noise.shares(cells.rows, cells.columns, CLASS)
        return classes_at(torch.cat(shares), counts, drawn), densities

    def class_shares(self, column: int) -> Tensor:
        """Return the probabilities of a column's classes given all known; (n_rows, n_classes)."""
        rows = torch.arange(len(self.codes), device=self.codes.device)
        outputs = self._compute_outputs(column, self._hidden_states(rows), rows)
        return self._class_shares(column, outputs[:, : self.layout.n_classes[column]], rows)

    def _compute_outputs(self, column: int, hidden: Tensor, rows: Tensor) -> Tensor:
        """Return what the last layer says of a column in some rows; (n_cells, n_outputs)."""
        weights, bias = self._outputs[column]
        chosen = fill_up(rows, self.noise.multiple)
        return torch.addmm(bias, hidden.index_select(0, chosen), weights)[: len(rows)]

    def _class_shares(self, column: int, logits: Tensor, rows: Tensor) -> Tensor:
        """Return the probabilities of classes, of those allowed alone; (n_cells, n_classes)."""
        odds = logits.clamp(-MAX_LOGIT, MAX_LOGIT).exp()
        if column in self.allowed:
            odds = odds * self.allowed[column][rows]
        return odds / odds.sum(dim=1, keepdim=True)

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


def fill_up(rows: Tensor, multiple: int) -> Tensor:
    """Return rows with the last repeated until their number is a multiple; (n_rows,)."""
    return torch.cat([rows, rows[-1:].expand(-len(rows) % multiple)])


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
    decoder = IterativeDecoder(generator, condition, SharedNoise(random))
    n_steps = min(decoding_steps, n_columns)
    for cells in CellIndex.in_steps(order * n_steps // n_columns, ~condition.known, n_steps):
        decoder.decode_cells(cells)
    return decoder.to_table()
