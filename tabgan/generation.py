"""Rows from a generator: a few passes, each of which sees more of the row than the one before."""

import math

import numpy as np
import numpy.typing as npt
import torch

from tabgan.conditions import Condition
from tabgan.devices import spread, use_threads
from tabgan.draft import ColumnPart, Draft
from tabgan.encoders.modes import GRID
from tabgan.encoders.table import EncodedTable
from tabgan.networks import Generator

ROWS_AT_ONCE = (64, 512)  # that share an order; what the network makes of them stays in a cache
FEWEST_ORDERS = 16  # in which the columns of many rows are settled: orders differ in their errors
WIDE = 100  # columns: looking at rows of more of them takes as long as it is worth


def afford(n_rows: int, n_columns: int) -> int:
    """Give how many of so many rows to look at: of wide tables as many cells as of WIDE columns."""
    return math.ceil(n_rows * min(1.0, WIDE / n_columns))


@torch.inference_mode()
def generate(
    generator: Generator, condition: Condition, passes: int, random: torch.Generator
) -> EncodedTable:
    """Fill in what a condition leaves open; shape (n_rows, n_columns).

    Columns are settled in a random order, as many in every pass, and the target last, when all that
    it depends on is known; the masks of training make every such question a known one. Some rows at
    a time share an order.

    Args:
        generator: What draws.
        condition: Columns are known in all rows or in none.
        passes: In how many a row is generated, if it has so many columns.
        random: Source of all draws.

    Raises:
        ValueError: A column is known in some rows and not in others.
    """
    if (condition.known != condition.known[0]).any():
        raise ValueError("a column is known in some rows and not in others")
    known, n_rows = condition.known[0].cpu().numpy(), len(condition.codes)
    parts = [ColumnPart.of(generator, column) for column in range(len(known))]
    size = int(np.clip(n_rows / FEWEST_ORDERS, *ROWS_AT_ONCE))
    starts = range(0, n_rows, size)
    seeds = torch.randint(2**62, (len(starts),), generator=random, device=random.device).tolist()

    @torch.inference_mode()
    def draft(number: int) -> EncodedTable:
        rows = condition.cut(slice(starts[number], starts[number] + size))
        own = torch.Generator(random.device).manual_seed(seeds[number])
        order = _choose_order(known, generator.layout.target, own)
        with use_threads(1):  # how sums are split would show in the last bits
            draft = Draft(parts, rows, own)
            for due in np.array_split(order, max(1, min(passes, len(order)))):
                draft.settle(due.tolist(), own)
        codes = draft.codes.to(torch.int32).cpu().numpy()
        return EncodedTable(codes, draft.scalars.cpu().numpy())

    table = EncodedTable.join(list(spread(draft, range(len(starts)), random.device)))
    _straighten(table, known, generator)
    return table


def _choose_order(
    known: npt.NDArray[np.bool_], target: int | None, random: torch.Generator
) -> npt.NDArray[np.int64]:
    """Put columns that are not known into a random order, the target last."""
    turns = torch.rand(len(known), generator=random, device=random.device).cpu().numpy()
    turns[known] = 2
    if target is not None:
        turns[target] += 1
    return turns.argsort()[: (~known).sum()]


def _straighten(table: EncodedTable, known: npt.NDArray[np.bool_], generator: Generator) -> None:
    """Map generated scalars through the generator's quantiles, in place."""
    quantiles, start = generator.quantiles.cpu().numpy(), 0
    for column in generator.layout.mode_columns:
        for mode in range(0 if known[column] else generator.layout.n_modes[column]):
            mine = table.codes[:, column] == mode
            place = np.interp(table.scalars[mine, column], quantiles[start + mode], GRID)
            table.scalars[mine, column] = 2 * place - 1
        start += generator.layout.n_modes[column]
