"""Rows from a generator: a few passes, each of which sees more of the row than the one before."""

import numpy as np
import numpy.typing as npt
import torch

from tabgan.conditions import Condition
from tabgan.draft import Draft
from tabgan.encoders.modes import GRID
from tabgan.encoders.table import EncodedTable
from tabgan.networks import Generator


@torch.inference_mode()
def generate(
    generator: Generator, condition: Condition, passes: int, random: torch.Generator
) -> EncodedTable:
    """Fill in what a condition leaves open; shape (n_rows, n_columns).

    Columns are settled in a random order of their own for each row, as many in every pass; the
    masks of training make every such question a known one.
    """
    n_rows, n_columns = condition.known.shape
    device = condition.codes.device
    order = torch.rand(n_rows, n_columns, generator=random, device=device).argsort(dim=1)
    draft = Draft(generator, condition)
    passes = min(passes, n_columns)
    for turn in range(1, passes + 1):
        draft.settle(order < n_columns * turn / passes, random)
    table = EncodedTable(draft.codes.to(torch.int32).cpu().numpy(), draft.scalars.cpu().numpy())
    _straighten(table, condition.known.cpu().numpy(), generator)
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
