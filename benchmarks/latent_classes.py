"""A yardstick of the scoreboard: a mixture of latent classes, refined by tabgan's own trees.

    python -m benchmarks.latent_classes FOLDER ROWS.csv [--classes 256] [--raw]

FOLDER holds train.csv and task.json of one table, ROWS.csv is written. Each class is a product of
columns over cells (a category, or a bin of a number's mode), fitted by EM (Dempster et al. 1977) to
the rows as tabgan encodes them; one pass draws a whole row. Everything else is tabgan's own:
encoders, facts, refinement. Prints {"fit_s", "sample_s", "peak_mb"}.
"""

import argparse
import json
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
import torch
from torch.nn.functional import embedding_bag

from tabgan import TrainingConfig
from tabgan.encoding.encoded_table import EncodedTable
from tabgan.encoding.layout import Layout
from tabgan.fitting import fit
from tabgan.fitting.finish import finish
from tabgan.fitting.fit_request import FitRequest
from tabgan.io import read_table
from tabgan.networks.condition import Condition
from tabgan.runtime.devices import use_threads

N_BINS, MIN_BIN_ROWS = 48, 50  # of a mode that holds so many rows
ITERATIONS = 40
PRIOR_ROWS = 2.0  # of the whole table that are added to each class
FIRST_ROW = 0.3  # share of a class at first that is one real row
BATCH_ROWS = 1_024

Indices = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Cells:
    """The cells of all columns: a class, or a bin of a mode that many rows hold.

    Shape:
        - starts: (n_columns + 1,), of each column's first cell
        - codes: (n_cells,), of the class that a cell is in
        - ends: (n_cells, 2), of its scalars
    """

    starts: Indices
    codes: npt.NDArray[np.int32]
    ends: Floats

    @classmethod
    def from_table(cls, table: EncodedTable, layout: Layout) -> "Cells":
        """Cut modes into bins of equally many rows."""
        starts, codes, ends = [0], [], []
        for column, n_classes in enumerate(layout.n_classes):
            for code in range(n_classes):
                scalars = table.scalars[table.codes[:, column] == code, column]
                edges = np.array([-1.0, 1.0])
                if code < layout.n_modes[column] and len(scalars) > MIN_BIN_ROWS:
                    n_bins = min(N_BINS, 1 + int(4 * N_BINS * len(scalars) / len(table)))
                    cuts = np.quantile(scalars, np.linspace(0, 1, n_bins + 1))
                    edges = np.unique(cuts) if cuts[0] < cuts[-1] else np.repeat(cuts[:1], 2)
                codes += [code] * (len(edges) - 1)
                ends.append(np.stack([edges[:-1], edges[1:]], axis=1))
            starts.append(len(codes))
        return cls(np.array(starts), np.array(codes, np.int32), np.vstack(ends))

    def find(self, table: EncodedTable) -> Indices:
        """Return the cell of each value; (n_rows, n_columns)."""
        cells = np.empty(table.codes.shape, np.int64)
        for column in range(len(self.starts) - 1):
            own = slice(self.starts[column], self.starts[column + 1])
            for code in np.unique(table.codes[:, column]):
                positions = own.start + np.flatnonzero(self.codes[own] == code)
                rows = table.codes[:, column] == code
                inner = self.ends[positions[1:], 0]
                bins = np.searchsorted(inner, table.scalars[rows, column], side="right")
                cells[rows, column] = positions[0] + bins
        return cells


@dataclass(frozen=True)
class LatentClasses:
    """A mixture of products.

    Shape:
        - weights: (n_latent,)
        - shares: (n_latent, n_cells), of each class; they sum to 1 in every column
    """

    cells: Cells
    layout: Layout
    weights: Floats
    shares: Floats

    @classmethod
    def fit(cls, table: EncodedTable, layout: Layout, n_latent: int) -> "LatentClasses":
        """Fit by EM; each class begins around one row."""
        cells, random = Cells.from_table(table, layout), torch.Generator().manual_seed(0)
        rows = torch.from_numpy(cells.find(table))
        first = rows[torch.randperm(len(rows), generator=random)[:n_latent]]
        n_cells = int(cells.starts[-1])
        mean = torch.bincount(rows.flatten(), minlength=n_cells) / len(rows)
        shares = mean.repeat(len(first), 1) * (1 - FIRST_ROW)
        shares.scatter_add_(1, first, torch.full(first.shape, FIRST_ROW))
        weights = torch.full((len(first),), 1 / len(first))
        for _ in range(ITERATIONS):
            sums, logs = torch.zeros(n_cells, len(first)), shares.clamp_min(1e-9).log().T
            mass, logs = torch.zeros(len(first)), logs.contiguous()
            for batch in torch.split(rows, BATCH_ROWS):
                likelihood = embedding_bag(batch, logs, mode="sum") + weights.log()
                posterior = likelihood.softmax(dim=1)
                mass += posterior.sum(0)
                for column in batch.T:
                    sums.index_add_(0, column, posterior)
            weights = (mass + 0.1) / (mass + 0.1).sum()
            shares = ((sums + PRIOR_ROWS * mean[:, None]) / (mass + PRIOR_ROWS)).T
        return cls(cells, layout, weights.double().numpy(), shares.double().numpy())

    def draw(self, n_rows: int, rng: np.random.Generator) -> EncodedTable:
        """Return rows, each drawn in one pass; shape (n_rows, n_columns)."""
        latent = rng.choice(len(self.weights), n_rows, p=self.weights / self.weights.sum())
        codes = np.empty((n_rows, len(self.layout.n_classes)), np.int32)
        scalars = np.zeros(codes.shape, np.float32)
        for column, start in enumerate(self.cells.starts[:-1]):
            ends = self.shares[:, start : self.cells.starts[column + 1]].cumsum(axis=1)
            ends /= ends[:, -1:]
            size, flat = ends.shape[1], (ends + np.arange(len(ends))[:, None]).ravel()
            found = np.searchsorted(flat, latent + rng.random(n_rows), side="right")
            cell = start + (found - latent * size).clip(0, size - 1)
            codes[:, column] = self.cells.codes[cell]
            low, high = self.cells.ends[cell].T
            number = codes[:, column] < self.layout.n_modes[column]
            scalars[:, column] = (low + (high - low) * rng.random(n_rows)) * number
        return EncodedTable(codes, scalars)


@contextmanager
def latent_classes_instead_of_networks(n_latent: int) -> Iterator[None]:
    """Let models that are fitted and drawn from in this context be of latent classes."""
    fitted: list[LatentClasses] = []

    def fit_classes(generator: Any, trainer: Any, rows: Any, table: Any, seed: int) -> Any:
        fitted.append(LatentClasses.fit(rows.load(), generator.layout, n_latent))
        return finish(generator, trainer, rows, table, seed)

    def draw(_: Any, condition: Condition, __: int, random: torch.Generator) -> EncodedTable:
        seed = int(torch.randint(2**62, (1,), generator=random))
        return fitted[-1].draw(len(condition.codes), np.random.default_rng(seed))

    with (
        patch("tabgan.fitting.fit.finish", fit_classes),
        patch("tabgan.fitting.finish.calibrate", lambda *_: None),
        patch("tabgan.refinement.candidate_pool.generate", draw),
        patch("tabgan.model.sampled_model.generate", draw),
        patch("tabgan.model.fitted_model.generate", draw),
    ):
        yield


def main() -> None:
    """Fit, draw as many rows as there are, and print the seconds."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("rows", type=Path)
    parser.add_argument("--classes", type=int, default=256)
    parser.add_argument("--raw", action="store_true", help="do not refine")
    given = parser.parse_args()
    train = read_table(given.folder / "train.csv")
    target = json.loads((given.folder / "task.json").read_text())["target"]
    start = time.perf_counter()
    with use_threads(1), latent_classes_instead_of_networks(given.classes):
        config = TrainingConfig(steps=1, refine_rounds=0 if given.raw else 3)
        model = fit.fit_model(train, FitRequest(config, target=target, seed=0, threads=1))
        fitted = time.perf_counter()
        rows = model.sample(len(train), seed=0)
    done = time.perf_counter()
    rows.to_csv(given.rows, index=False)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    seconds = {"fit_s": round(fitted - start, 1), "sample_s": round(done - fitted, 2)}
    print(json.dumps(seconds | {"peak_mb": peak}))


if __name__ == "__main__":
    main()
