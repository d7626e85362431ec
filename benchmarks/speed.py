"""Time what a table costs: its fit, rows raw and refined, and a whole `tabgan sample`.

    python -m benchmarks.speed [--table FILE.csv --target COLUMN] [--threads 1 2] [--rows 24000]

Without a table it is a made one, 24,000 x 24 correlated numbers. Rows a second are of rows alone,
drawn by a model that is loaded, and of CTGAN after one epoch beside them where it is installed. CPU
seconds are what counts where other work runs beside; both are printed. The whole command starts
Python, reads the model and writes a file.
"""

import argparse
import importlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

from tabgan import TabGAN
from tabgan.networks.generation import choose_engine
from tabgan.runtime.devices import use_threads

N_ROWS, N_COLUMNS, N_CAUSES = 24_000, 24, 6
SAMPLED_ROWS = 10_000  # of the whole command


@dataclass(frozen=True)
class Timing:
    """What some work took.

    Attributes:
        wall: Seconds that passed.
        processor: Seconds that processors worked, in all threads.
    """

    wall: float
    processor: float

    @classmethod
    def of(cls, work: Callable[[], object]) -> "Timing":
        """Return the timing of one call."""
        wall, processor = time.perf_counter(), time.process_time()
        work()
        return cls(time.perf_counter() - wall, time.process_time() - processor)

    def rate(self, n_rows: int) -> str:
        """Return rows a second, and rows a second of one processor."""
        return f"{n_rows / self.wall:>9,.0f}  {n_rows / self.processor:>9,.0f}"


def make_numbers() -> pd.DataFrame:
    """Return numbers that depend on a few causes, each in a shape of its own."""
    rng = np.random.default_rng(0)
    causes = rng.normal(size=(N_ROWS, N_CAUSES)) @ rng.normal(size=(N_CAUSES, N_COLUMNS))
    numbers = causes + rng.normal(size=causes.shape)
    numbers[:, ::3] = np.exp(numbers[:, ::3] / 2)
    return pd.DataFrame(numbers.round(3), columns=[f"x{i}" for i in range(N_COLUMNS)])


def time_tabgan(frame: pd.DataFrame, target: str | None, n_rows: int, threads: list[int]) -> None:
    """Print what tabgan takes."""
    model = TabGAN(target, random_state=0, device="cpu")
    fit = Timing.of(lambda: model.fit(frame))
    print(f"fit: {fit.wall:.1f} s, {fit.processor:.1f} s of processors")
    print(f"rows are drawn by {choose_engine(torch.device('cpu')).value}")
    model.sample(10, random_state=0)  # compiled before the clock runs
    for count in threads:
        with use_threads(count):
            for name, refine in (("raw", False), ("refined", True)):
                draw = partial(model.sample, n_rows, random_state=1, refine=refine)
                print(f"tabgan {name:8}{count} threads  {Timing.of(draw).rate(n_rows)} rows/s")
    with tempfile.TemporaryDirectory() as folder:
        path, rows = Path(folder) / "model.tabgan", Path(folder) / "rows.csv"
        model.save(path)
        words = ["sample", "-n", str(SAMPLED_ROWS), "-m", str(path), "-o", str(rows), "--quiet"]
        whole = Timing.of(
            lambda: subprocess.run([sys.executable, "-m", "tabgan_cli", *words], check=True)
        )
        print(f"tabgan sample -n {SAMPLED_ROWS}, whole: {whole.wall:.1f} s")


def time_ctgan(frame: pd.DataFrame, n_rows: int, threads: list[int]) -> None:
    """Print what CTGAN takes for rows, if it is installed."""
    if find_spec("ctgan") is None:
        print("CTGAN is not installed: no rows of it beside these.")
        return
    peer: Any = importlib.import_module("ctgan").CTGAN(epochs=1)
    discrete = [name for name in frame if not pd.api.types.is_numeric_dtype(frame[name])]
    peer.fit(frame.dropna(), discrete)
    for count in threads:
        with use_threads(count):
            draw = partial(peer.sample, n_rows)
            print(f"CTGAN           {count} threads  {Timing.of(draw).rate(n_rows)} rows/s")


def main() -> None:
    """Time a table, and print it."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--table", type=Path)
    parser.add_argument("--target")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rows", type=int, default=24_000)
    given = parser.parse_args()
    frame = pd.read_csv(given.table) if given.table else make_numbers()
    print(f"{len(frame):,} rows x {frame.shape[1]} columns; rates: wall, then a processor's")
    time_tabgan(frame, given.target, given.rows, given.threads)
    time_ctgan(frame, given.rows, given.threads)


if __name__ == "__main__":
    main()
