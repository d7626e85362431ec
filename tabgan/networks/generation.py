"""Rows from a generator, decoded in steps, each given the cells of the steps before."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import partial

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from tabgan.encoding.encoded_table import EncodedTable
from tabgan.encoding.mode_specific_normalization import GRID
from tabgan.networks.condition import Condition
from tabgan.networks.generator import Generator
from tabgan.networks.iterative_decoding import (
    CHUNK_ROWS,
    CellIndex,
    IterativeDecoder,
    decode_iteratively,
    fill_up,
)
from tabgan.networks.latent_class_generator import LatentClassGenerator
from tabgan.networks.noise import PRODUCT_ROWS, RowNoise
from tabgan.runtime.compilation import has_bfloat16_products, has_compiler
from tabgan.runtime.devices import parallel_map, use_threads

MAX_BATCH_ROWS, MAX_BATCH_CELLS = 8_192, 2**21  # that are decoded together
MAX_FULL_WIDTH = 100  # columns: of wider tables fewer rows are used, since each takes longer


def count_batch_rows(n_columns: int) -> int:
    """Return how many rows are decoded together: fewer where rows are wide, for memory's sake.

    Whole chunks, where a chunk is not already too many.
    """
    n_rows = min(MAX_BATCH_ROWS, max(1, MAX_BATCH_CELLS // n_columns))
    return n_rows - n_rows % CHUNK_ROWS if n_rows > CHUNK_ROWS else n_rows


def scale_to_width(n_rows: int, n_columns: int) -> int:
    """Return how many of `n_rows` to use: fewer of tables of more than MAX_FULL_WIDTH columns."""
    return math.ceil(n_rows * min(1.0, MAX_FULL_WIDTH / n_columns))


Decode = Callable[[Condition, torch.Generator], EncodedTable]
RowGenerator = Generator | LatentClassGenerator  # in many passes, or in one


class Engine(Enum):
    """What draws rows; of one seed each draws rows of its own.

    Attributes:
        TORCH: PyTorch alone, on a GPU or where there is no compiler.
        FLOAT32: Compiled code, with float32 products.
        BFLOAT16: Compiled code, with bfloat16 products, where the processor has them.
    """

    TORCH = "torch alone"
    FLOAT32 = "compiled code"
    BFLOAT16 = "compiled code and bfloat16"


def choose_engine(device: torch.device) -> Engine:
    """Return what draws rows on a device: the same for all rows of a process."""
    if device.type != "cpu" or not has_compiler():
        return Engine.TORCH
    return Engine.BFLOAT16 if has_bfloat16_products() else Engine.FLOAT32


@torch.inference_mode()
def generate(
    generator: RowGenerator, condition: Condition, decoding_steps: int, random: torch.Generator
) -> EncodedTable:
    """Return rows with a condition's known cells and the others drawn; shape (n_rows, n_columns).

    In many passes each row has a random order of its own in which cells are drawn, as many in every
    step, and the target last, when all that it depends on is known. Training's masks cover all such
    orders; no single order does as well, since orders differ in their errors.

    Args:
        generator: Trained, in evaluation mode; one of one pass takes no steps.
        condition: One masked row for each row to generate, on the generator's device.
        decoding_steps: At the most; enough, and every step draws one cell a row.
        random: Seeds the batches, so that rows do not depend on the number of threads.
    """
    n_batches = math.ceil(len(condition.codes) / count_batch_rows(condition.codes.shape[1]))
    conditions = condition.split(n_batches)
    seeds = torch.randint(2**62, (n_batches,), generator=random, device=random.device).tolist()

    decode = _make_decoder(generator, decoding_steps)

    @torch.inference_mode()
    def decode_batch(index: int) -> EncodedTable:
        own = torch.Generator(random.device).manual_seed(seeds[index])
        with use_threads(1):  # how sums are split would show in the last bits
            table = decode(conditions[index], own)
        if isinstance(generator, Generator):
            apply_quantile_calibration(table, conditions[index].known.cpu().numpy(), generator)
        return table

    return EncodedTable.join(list(parallel_map(decode_batch, range(n_batches), random.device)))


def generate_rows(
    generator: RowGenerator, n_rows: int, decoding_steps: int, seed: int
) -> EncodedTable:
    """Return rows generated without a condition; shape (n_rows, n_columns)."""
    device = generator.device
    condition = Condition.empty(n_rows, len(generator.layout.n_classes), device)
    return generate(generator, condition, decoding_steps, torch.Generator(device).manual_seed(seed))


def _make_decoder(generator: RowGenerator, decoding_steps: int) -> Decode:
    """Return what draws the cells of a batch on the generator's device."""
    if isinstance(generator, LatentClassGenerator):
        return generator.decode
    engine = choose_engine(generator.device)
    if engine is Engine.TORCH:
        return partial(decode_iteratively, generator, decoding_steps)
    from tabgan.networks.fused_decoding import FusedDecoder  # noqa: PLC0415 - wants a compiler

    products = torch.bfloat16 if engine is Engine.BFLOAT16 else torch.float32
    return FusedDecoder(generator, decoding_steps, products).decode


@torch.inference_mode()
def complete_rows(
    generator: RowGenerator,
    condition: Condition,
    decoding_steps: int,
    noise: RowNoise,
    allowed: Mapping[int, Tensor],
) -> EncodedTable:
    """Return rows with a condition's known cells and the others drawn, each row by itself.

    As `generate`, but each row is drawn from its own noise, and steps are of unknown cells alone:
    rows of which much is known take few. Every product is of a multiple of `PRODUCT_ROWS` rows,
    since a row alone would be rounded otherwise than among others.

    Args:
        generator: Trained, in evaluation mode; one of one pass takes no steps.
        condition: One masked row for each row to complete.
        decoding_steps: At the most.
        noise: Of the same rows.
        allowed: Classes that may be drawn, as `IterativeDecoder` takes them.
    """
    if isinstance(generator, Generator):
        return classify_rows(generator, condition, decoding_steps, noise, allowed, None).table

    def complete_batch(rows: Tensor) -> EncodedTable:
        allowed_here = {column: each[rows] for column, each in allowed.items()}
        with use_threads(1):  # how sums are split would show in the last bits
            return generator.complete(condition.take(rows), noise.take(rows), allowed_here)

    n_rows, size = len(condition.codes), count_batch_rows(condition.codes.shape[1])
    batches = torch.split(torch.arange(n_rows), size)
    return EncodedTable.join(list(parallel_map(complete_batch, batches, generator.device)))


@dataclass(frozen=True)
class ClassifiedRows:
    """Rows completed but for one column, and how probable its classes are in them.

    Shape:
        - table: (n_rows, n_columns)
        - shares: (n_rows, n_classes); no classes where no column is asked about
    """

    table: EncodedTable
    shares: npt.NDArray[np.float32]


@torch.inference_mode()
def classify_rows(
    generator: Generator,
    condition: Condition,
    decoding_steps: int,
    noise: RowNoise,
    allowed: Mapping[int, Tensor],
    asked: int | None,
) -> ClassifiedRows:
    """Return rows completed but for a column, and the probabilities of its classes given the rest.

    Args:
        generator: Trained, in evaluation mode.
        condition: One masked row for each row, that does not know the column.
        decoding_steps: At the most.
        noise: Of the same rows.
        allowed: Classes that there may be, as `IterativeDecoder` takes them.
        asked: The column; all are completed when None.
    """
    n_rows, device = len(condition.codes), condition.codes.device
    size = count_batch_rows(condition.codes.shape[1])
    size = max(1, size // PRODUCT_ROWS) * PRODUCT_ROWS

    @torch.inference_mode()
    def classify_batch(start: int) -> ClassifiedRows:
        count = min(size, n_rows - start)
        rows = fill_up(torch.arange(start, start + count, device=device), PRODUCT_ROWS)
        own = condition.take(rows)
        allowed_here = {column: each[rows] for column, each in allowed.items()}
        with use_threads(1):  # how sums are split would show in the last bits
            own_noise = noise.take(rows)
            decoder = IterativeDecoder(generator, own, own_noise, allowed_here)
            ranks, settled = own_noise.ranks.clone(), own.known.clone()
            if asked is not None:
                settled[:, asked] = True
            for cells in _iter_unknown(settled, ranks, generator.layout.target, decoding_steps):
                decoder.decode_cells(cells)
            shares = torch.zeros(len(rows), 0) if asked is None else decoder.class_shares(asked)
            table = decoder.to_table()
            apply_quantile_calibration(table, own.known.cpu().numpy(), generator)
            return ClassifiedRows(table.take(np.arange(count)), shares[:count].cpu().numpy())

    parts = list(parallel_map(classify_batch, range(0, n_rows, size), device))
    return ClassifiedRows(
        EncodedTable.join([part.table for part in parts]),
        np.concatenate([part.shares for part in parts]),
    )


def _iter_unknown(
    known: Tensor, ranks: Tensor, last: int | None, decoding_steps: int
) -> Iterator[CellIndex]:
    """Yield the unknown cells of each step in the order of their ranks, those of `last` at last."""
    if last is not None:
        ranks[:, last] = 1
    ranks[known] = 2
    order = ranks.argsort(dim=1, stable=True).argsort(dim=1)
    counts = (~known).sum(dim=1, keepdim=True)
    own_steps = counts.clamp(max=decoding_steps)
    steps = order * own_steps // counts.clamp(min=1)
    yield from CellIndex.in_steps(steps, ~known, int(own_steps.max()))


def apply_quantile_calibration(
    table: EncodedTable, known: npt.NDArray[np.bool_], generator: Generator
) -> None:
    """Map generated scalars through the generator's quantiles, in place."""
    quantiles, start = generator.quantiles.cpu().numpy(), 0
    for column in generator.layout.mode_columns:
        for mode in range(generator.layout.n_modes[column]):
            generated = (table.codes[:, column] == mode) & ~known[:, column]
            scalars = table.scalars[generated, column]
            quantile = np.interp(scalars, quantiles[start + mode], GRID)
            table.scalars[generated, column] = 2 * quantile - 1
        start += generator.layout.n_modes[column]
