"""Rows from a generator: a few passes, each of which sees more of the row than the one before."""

import math

import numpy as np
import numpy.typing as npt
import torch

from tabgan.encoding.encoded_table import EncodedTable
from tabgan.encoding.mode_specific_normalization import GRID
from tabgan.networks.condition import Condition
from tabgan.networks.generator import Generator
from tabgan.networks.iterative_decoding import Cells, Draft
from tabgan.runtime.devices import spread, use_threads

DRAFT_ROWS, DRAFT_CELLS = 8_192, 2**21  # at the most, are drafted together
WIDE = 100  # columns: looking at rows of more of them takes as long as it is worth


def count_draft_rows(n_columns: int) -> int:
    """Give how many rows are drafted together: fewer where rows are wide, for memory's sake."""
    return min(DRAFT_ROWS, max(1, DRAFT_CELLS // n_columns))


def afford(n_rows: int, n_columns: int) -> int:
    """Give how many of so many rows to look at: of wide tables as many cells as of WIDE columns."""
    return math.ceil(n_rows * min(1.0, WIDE / n_columns))


@torch.inference_mode()
def generate(
    generator: Generator, condition: Condition, passes: int, random: torch.Generator
) -> EncodedTable:
    """Fill in what a condition leaves open; shape (n_rows, n_columns).

    Columns are settled in a random order of their own for each row, as many in every pass, and the
    target last, when all that it depends on is known; the masks of training make every such
    question a known one. No single order does as well: they differ in their errors.
    """
    n_drafts = math.ceil(len(condition.codes) / count_draft_rows(condition.codes.shape[1]))
    conditions = condition.split(n_drafts)
    seeds = torch.randint(2**62, (n_drafts,), generator=random, device=random.device).tolist()

    @torch.inference_mode()
    def make(number: int) -> EncodedTable:
        own = torch.Generator(random.device).manual_seed(seeds[number])
        with use_threads(1):  # how sums are split would show in the last bits
            return _draft(generator, conditions[number], passes, own)

    return EncodedTable.join(list(spread(make, range(n_drafts), random.device)))


def _draft(
    generator: Generator, condition: Condition, passes: int, random: torch.Generator
) -> EncodedTable:
    n_columns = condition.known.shape[1]
    turns = torch.rand(condition.known.shape, generator=random, device=random.device)
    if generator.layout.target is not None:
        turns[:, generator.layout.target] = 1
    order = turns.argsort(dim=1).argsort(dim=1)
    draft = Draft(generator, condition, random)
    passes = min(passes, n_columns)
    for cells in Cells.in_turns(order * passes // n_columns, ~condition.known, passes):
        draft.settle(cells)
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
