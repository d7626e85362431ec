"""Rows from a generator: a few passes, each of which sees more of the row than the one before."""

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from tabgan.conditions import Condition
from tabgan.encoders.modes import GRID
from tabgan.encoders.table import EncodedTable, Layout
from tabgan.networks import Generator, draw_gumbel


@torch.inference_mode()
def generate(
    generator: Generator, condition: Condition, passes: int, random: torch.Generator
) -> EncodedTable:
    """Fill in what a condition leaves open; shape (n_rows, n_columns).

    Columns are settled in a random order of their own for each row, as many in every pass; the
    masks of training make every such question a known one.
    """
    known = condition.known
    n_rows, n_columns = known.shape
    device = condition.codes.device
    order = torch.rand(n_rows, n_columns, generator=random, device=device).argsort(dim=1)
    for turn in range(1, passes + 1):
        noise = generator.draw_noise(n_rows, random)
        codes, scalars = draw_cells(generator, noise, condition, random)
        settled = condition.known | (order < n_columns * turn / passes)
        condition = Condition(codes, scalars, settled)
    table = EncodedTable(
        condition.codes.to(torch.int32).cpu().numpy(), condition.scalars.cpu().numpy()
    )
    _straighten(table, known.cpu().numpy(), generator)
    return table


def _straighten(table: EncodedTable, known: npt.NDArray[np.bool_], generator: Generator) -> None:
    """Map generated scalars through the generator's quantiles, in place."""
    quantiles, start = generator.quantiles.cpu().numpy(), 0
    for column in generator.layout.mode_columns:
        for mode in range(generator.layout.n_modes[column]):
            mine = (table.codes[:, column] == mode) & ~known[:, column]
            place = np.interp(table.scalars[mine, column], quantiles[start + mode], GRID)
            table.scalars[mine, column] = 2 * place - 1
        start += generator.layout.n_modes[column]


def draw_cells(
    generator: Generator, noise: Tensor, condition: Condition, random: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Draw all columns at once, known ones copied; two of shape (n_rows, n_columns)."""
    logits, raw = generator(noise, condition)
    codes = generator.choose(logits + draw_gumbel(logits, random))
    modes = generator.features.indicate(codes)[:, generator.mode_classes]
    scalars = (torch.tanh(raw) * modes) @ generator.mode_blocks
    known = condition.known
    return torch.where(known, condition.codes, codes), torch.where(
        known, condition.scalars, scalars
    )


def place_rows(table: EncodedTable, layout: Layout) -> npt.NDArray[np.float32]:
    """Give rows as trees read them: numbers by their place, levels by their code.

    Shape (n_rows, n_columns); missing numbers are NaN.
    """
    matrix = table.codes.astype(np.float32)
    for column in layout.ordered:
        first = layout.offsets[column]
        spans = layout.spans[first : first + layout.n_classes[column]]
        low, high = spans[table.codes[:, column]].T
        place = low + (high - low) * (table.scalars[:, column] + 1) / 2
        missing = (spans == 0).all(axis=1)[table.codes[:, column]]
        matrix[:, column] = np.where(missing, np.nan, place)
    return matrix
