"""Calibration: a trained generator's marginals are moved onto the table's.

Logits get the log-ratio of real and generated class frequencies; scalars are mapped through the
quantiles that the generator gives them, which makes them uniform again in every mode, ends and all.
Both are monotone maps of single columns: dependences between columns stay as trained.
"""

import numpy as np
import numpy.typing as npt
import torch

from tabgan.encoding.encoded_table import EncodedTable
from tabgan.encoding.mode_specific_normalization import GRID
from tabgan.encoding.row_store import MappedTable
from tabgan.networks.condition import Condition
from tabgan.networks.generation import generate, scale_to_width
from tabgan.networks.generator import Generator

ROUNDS = 2  # of class biases; one of quantiles follows
MIN_ROWS, MAX_ROWS = (
    1_000,
    10_000,
)  # generated in each round: within these, as many as the table has
MAX_BIAS_STEP = 1.5  # of a round: a class that is never generated is not pulled up without end
MIN_MODE_ROWS = 100  # generated; with fewer a mode's quantiles are left as they are


def calibrate(
    generator: Generator,
    table: EncodedTable | MappedTable,
    decoding_steps: int,
    random: torch.Generator,
) -> None:
    """Set the generator's class biases and scalar quantiles, in place.

    Args:
        generator: Trained.
        table: Real rows, whose class frequencies it is to have.
        decoding_steps: In which rows are generated.
        random: Source of their latent vectors and draws, on the generator's device.
    """
    device = random.device
    n_columns = len(generator.layout.n_classes)
    n_rows = count_calibration_rows(len(table), n_columns)
    condition = Condition.empty(n_rows, n_columns, device)
    real = _class_shares(table, generator)
    for _ in range(ROUNDS):
        rows = generate(generator, condition, decoding_steps, random)
        ratio = np.log((real + 1 / n_rows) / (_class_shares(rows, generator) + 1 / n_rows))
        generator.bias += torch.from_numpy(ratio.clip(-MAX_BIAS_STEP, MAX_BIAS_STEP)).to(
            generator.bias
        )
    rows = generate(generator, condition, decoding_steps, random)
    quantiles = generator.quantiles.cpu().numpy()
    start = 0
    for column in generator.layout.mode_columns:
        for mode in range(generator.layout.n_modes[column]):
            scalars = rows.scalars[rows.codes[:, column] == mode, column]
            if len(scalars) >= MIN_MODE_ROWS:
                quantiles[start + mode] = np.quantile(scalars, GRID, method="hazen")
        start += generator.layout.n_modes[column]
    generator.quantiles.copy_(torch.from_numpy(quantiles))


def count_calibration_rows(n_rows: int, n_columns: int) -> int:
    """Return how many rows each round generates for a table of so many rows and columns."""
    return int(np.clip(n_rows, MIN_ROWS, scale_to_width(MAX_ROWS, n_columns)))


def _class_shares(
    table: EncodedTable | MappedTable, generator: Generator
) -> npt.NDArray[np.float64]:
    """Return each class's share of the rows; shape (width,)."""
    return np.concatenate(table.count_classes(generator.layout)) / len(table)
