"""Autoregressive decoding of rows in blocks, with all that surrounds a matrix product compiled.

The steps of `iterative_decoding`, with two differences that save most of its time: rows of a group
share an order of columns, so that a step's last layer is a product for each group, and rows go
through all steps a block at a time, which stays in a core's cache. Blocks are always whole, since a
product of few rows differs in its last bits from that of many.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from tabgan.encoding.encoded_table import EncodedTable
from tabgan.networks import cell_kernels, layer_kernels
from tabgan.networks.condition import Condition
from tabgan.networks.generator import Generator
from tabgan.networks.iterative_decoding import CHUNK_ROWS
from tabgan.networks.logistic_mixture import N_PARAMETERS
from tabgan.networks.row_embedding import to_logit

BLOCK_ROWS = CHUNK_ROWS  # that go through all steps together
GROUP_ROWS = 128  # that share an order of columns

Mask = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.int64]


class FusedDecoder:
    """Draws the cells that conditions leave open.

    Args:
        generator: Trained, on a CPU; its weights are copied into a layout that suits blocks.
        decoding_steps: In which a row is drawn, at the most.
        products: Type of the numbers that hidden layers multiply: float32 or bfloat16.
    """

    def __init__(
        self, generator: Generator, decoding_steps: int, products: torch.dtype = torch.float32
    ) -> None:
        n_columns = len(generator.layout.n_classes)
        self._generator, self._products = generator, products
        self._n_steps = min(decoding_steps, n_columns)
        self._latent_weights, cell_weights = generator.input_weights()
        self._tables = _tabulate(generator, cell_weights)
        self._layers = [
            _Layer.of(layer.get_parameter("weight"), layer.get_parameter("bias"), products)
            for layer in generator.mlp.layers
        ]
        self._norms = [
            (norm.get_parameter("weight").numpy(), norm.get_parameter("bias").numpy())
            for norm in generator.mlp.norms
        ]
        self._outputs = [
            (weights.T.contiguous(), bias[:, None])
            for weights, bias in map(generator.output_weights, range(n_columns))
        ]

    def decode(self, condition: Condition, random: torch.Generator) -> EncodedTable:
        """Return rows with a condition's known cells and the others drawn.

        Rows are put into groups at random, so that neighbours share no order of columns; rows of
        which the same columns are known go together, since a group draws what any of them lacks.
        """
        is_given = bool(condition.known.any())
        arranged = _arrange(condition.known.numpy(), random)
        blocks = _Cells.padded(condition, arranged)
        work = _Buffers.empty(self._tables, self._products)
        for start in range(0, len(blocks.codes), BLOCK_ROWS):
            block = blocks.slice(start, start + BLOCK_ROWS)
            self._decode_block(block, work, random, is_given=is_given)
        order = np.argsort(arranged)
        return EncodedTable(blocks.codes[order], blocks.scalars[order])

    def _decode_block(
        self, cells: "_Cells", work: "_Buffers", random: torch.Generator, *, is_given: bool
    ) -> None:
        """Draw a block's cells; `is_given` if any is known of rows that do not only fill it."""
        latent = self._generator.draw_latent(BLOCK_ROWS, random)
        bias = self._generator.mlp.first.bias
        torch.addmm(bias, latent, self._latent_weights, out=work.inputs)
        inputs = work.inputs.numpy()
        rows = cells.codes, cells.scalars, cells.known, inputs
        if is_given:  # else there is no need to compile it
            cell_kernels.add_known_cells(self._tables, *rows)
        for step in self._iter_steps(cells.known, random):
            self._compute_activations(work)
            for columns in step:
                outputs = self._compute_outputs(columns, work)
                shares = torch.rand(3, BLOCK_ROWS, generator=random).numpy()
                cell_kernels.draw_cells(self._tables, outputs, columns, shares, *rows)

    def _iter_steps(self, known: Mask, random: torch.Generator) -> Iterator[list[Indices]]:
        """Yield the columns of each step: of every group one, or none (-1), several times.

        Each group has a random order of the columns that it lacks, the target last.
        """
        hidden = (~known).reshape(-1, GROUP_ROWS, known.shape[1]).any(axis=1)
        ranks = torch.rand(hidden.shape, generator=random).numpy()
        if (target := self._generator.layout.target) is not None:
            ranks[:, target] = 1
        order = np.where(hidden, ranks, 2).argsort(axis=1, kind="stable")
        counts, positions = hidden.sum(axis=1), np.arange(known.shape[1])
        columns = np.where(positions < counts[:, None], order, -1)
        steps = positions * self._n_steps // known.shape[1]
        for _, drawn in groupby(range(counts.max()), key=steps.__getitem__):
            yield [np.ascontiguousarray(columns[:, position]) for position in drawn]

    def _compute_activations(self, work: "_Buffers") -> None:
        """Set the input of the last layer by the output of the first."""
        before, is_last = work.inputs.numpy(), not self._layers
        layer_kernels.activate_rows(before, *self._norms[0], work.bits_of_factor(is_last))
        for number, (layer, norm) in enumerate(zip(self._layers, self._norms[1:], strict=True), 1):
            torch.mm(work.factor, layer.weights, out=work.product)
            is_last = number == len(self._layers)
            hidden = work.hidden[: 1 if is_last else BLOCK_ROWS].numpy()
            product, out = _bits(work.product), work.bits_of_factor(is_last)
            layer_kernels.add_and_activate_rows(before, product, layer.bias, *norm, hidden, out)
            before = hidden

    def _compute_outputs(self, columns: Indices, work: "_Buffers") -> npt.NDArray[np.float32]:
        """Return the outputs of each group for its column, one group after the other."""
        start, n_outputs = 0, self._tables.n_outputs[columns].tolist()
        for group, column in enumerate(columns.tolist()):
            if column < 0:
                continue
            weights, bias = self._outputs[column]
            end = start + GROUP_ROWS * n_outputs[group]
            rows = work.activations[group * GROUP_ROWS : (group + 1) * GROUP_ROWS]
            outputs = work.outputs[start:end].view(n_outputs[group], GROUP_ROWS)
            torch.addmm(bias, weights, rows.T, out=outputs)
            start = end
        return work.outputs.numpy()


@dataclass(frozen=True)
class _Cells:
    """Rows that are drawn in place; shape (n_rows, n_columns) each."""

    codes: npt.NDArray[np.int32]
    scalars: npt.NDArray[np.float32]
    known: Mask

    @classmethod
    def padded(cls, condition: Condition, rows: Indices) -> "_Cells":
        """Return rows of a condition, filled up to whole blocks by rows that nothing lack."""
        n_rows, n_columns = len(rows), condition.known.shape[1]
        shape = (n_rows + -n_rows % BLOCK_ROWS, n_columns)
        cells = cls(np.zeros(shape, np.int32), np.zeros(shape, np.float32), np.ones(shape, bool))
        for of_cells, given in zip(
            (cells.codes, cells.scalars, cells.known),
            (condition.codes, condition.scalars, condition.known),
            strict=True,
        ):
            of_cells[:n_rows] = given.numpy()[rows]
        return cells

    def slice(self, start: int, end: int) -> "_Cells":
        """Return the rows from `start` to `end`; drawing them sets these."""
        return _Cells(self.codes[start:end], self.scalars[start:end], self.known[start:end])


@dataclass(frozen=True)
class _Buffers:
    """What is computed of a block, in place.

    Shape:
        - inputs, hidden, activations: (BLOCK_ROWS, hidden_dim)
        - factor, product: the same, of the type that products have
        - outputs: (BLOCK_ROWS * outputs of the last layer for a column,)
    """

    inputs: Tensor
    hidden: Tensor
    activations: Tensor
    factor: Tensor
    product: Tensor
    outputs: Tensor

    @classmethod
    def empty(cls, tables: cell_kernels.CellTables, products: torch.dtype) -> "_Buffers":
        """Return buffers for rows of such tables."""
        shape, n_outputs = (BLOCK_ROWS, tables.inputs.shape[1]), int(tables.n_outputs.max())
        return cls(
            inputs=torch.empty(shape),
            hidden=torch.empty(shape),
            activations=torch.empty(shape),
            factor=torch.empty(shape, dtype=products),
            product=torch.empty(shape, dtype=products),
            outputs=torch.empty(BLOCK_ROWS * n_outputs),
        )

    def bits_of_factor(self, is_last: bool) -> npt.NDArray[Any]:
        """Return the bits of what the next layer multiplies, the last one in float32."""
        return _bits(self.activations if is_last else self.factor)


def _bits(numbers: Tensor) -> npt.NDArray[Any]:
    """Return numbers as integers of as many bits, on the same memory."""
    of_size = torch.int16 if numbers.itemsize == 2 else torch.int32
    bits: npt.NDArray[Any] = numbers.view(of_size).numpy()
    return bits


@dataclass(frozen=True)
class _Layer:
    """A hidden layer: weights of the type that products have, and biases."""

    weights: Tensor
    bias: npt.NDArray[np.float32]

    @classmethod
    def of(cls, weights: Tensor, bias: Tensor, products: torch.dtype) -> "_Layer":
        """Return the layer of such weights, (n_out, n_in), and biases, (n_out,)."""
        return cls(weights.T.contiguous().to(products), bias.numpy())


def _arrange(known: Mask, random: torch.Generator) -> Indices:
    """Return rows in random order, those together of which the same columns are known."""
    rows: Indices = torch.randperm(len(known), generator=random).numpy()
    patterns = np.packbits(known, axis=1)[rows]
    return rows[np.lexsort(patterns.T)]


def _tabulate(generator: Generator, cell_weights: Tensor) -> cell_kernels.CellTables:
    """Return what cells mean to a generator; classes that hold no number add a fixed row."""
    layout, features = generator.layout, generator.features
    columns, spans = features.column_of_class, generator.spans
    codes = torch.arange(layout.width) - features.offsets[columns]
    entries, weights = features.look_up(columns, codes, torch.zeros(layout.width))
    fixed = functional.embedding_bag(entries, cell_weights, mode="sum", per_sample_weights=weights)
    inputs = cell_weights.clone()
    inputs[: layout.width][~generator.is_mode] = fixed[~generator.is_mode]
    low, high = spans.T.contiguous().numpy()
    logit_low, logit_high = to_logit(spans).T.contiguous().numpy()
    n_outputs = np.array(layout.n_classes)
    n_outputs[list(layout.mode_columns)] += N_PARAMETERS
    return cell_kernels.CellTables(
        np.array(layout.offsets),
        np.array(layout.n_classes),
        n_outputs,
        features.first_knot.numpy(),
        generator.is_mode.numpy(),
        low,
        high,
        logit_low,
        logit_high,
        inputs.numpy(),
    )
