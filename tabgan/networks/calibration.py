"""Calibration: a trained generator's marginals are moved onto the table's.

Logits get the log-ratio of real and generated class frequencies; scalars are mapped through the
quantiles that the generator gives them, which makes them uniform again in every mode, ends and all.
Both are monotone moves of single columns: what training taught about pairs stays.
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

ROUNDS = 2
MIN_ROWS, MAX_ROWS = 1_000, 10_000  # generated in each round: as many as the table has
MAX_BIAS = 1.5  # in one round: a class that is never generated is not pulled up without end
MIN_IN_MODE = 100  # rows; with fewer the quantiles are left as they are


def calibrate(
    generator: Generator,
    table: EncodedTable | MappedTable,
    decoding_steps: int,
    random: torch.Generator,
) -> None:
    """Set the generator's class biases and scalar quantiles from the table it was trained on."""
    device = random.device
    n_columns = len(generator.layout.n_classes)
    n_rows = count_rows(len(table), n_columns)
    condition = Condition.empty(n_rows, n_columns, device)
    real = _class_shares(table, generator)
    for _ in range(ROUNDS):
        rows = generate(generator, condition, decoding_steps, random)
        ratio = np.log((real + 1 / n_rows) / (_class_shares(rows, generator) + 1 / n_rows))
        generator.bias += torch.from_numpy(ratio.clip(-MAX_BIAS, MAX_BIAS)).to(generator.bias)
    rows = generate(generator, condition, decoding_steps, random)
    quantiles = generator.quantiles.cpu().numpy()
    start = 0
    for column in generator.layout.mode_columns:
        for mode in range(generator.layout.n_modes[column]):
            scalars = rows.scalars[rows.codes[:, column] == mode, column]
            if len(scalars) >= MIN_IN_MODE:
                quantiles[start + mode] = np.quantile(scalars, GRID, method="hazen")
        start += generator.layout.n_modes[column]
    generator.quantiles.copy_(torch.from_numpy(quantiles))


def count_rows(n_rows: int, n_columns: int) -> int:
    """Return how many rows each round generates for a table of so many rows and columns."""
    return int(np.clip(n_rows, MIN_ROWS, scale_to_width(MAX_ROWS, n_columns)))


def _class_shares(
    table: EncodedTable | MappedTable, generator: Generator
) -> npt.NDArray[np.float64]:
    """Return each class's share of the rows; shape (width,)."""
    return np.concatenate(table.count_classes(generator.layout)) / len(table)
