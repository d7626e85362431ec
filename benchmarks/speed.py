"""Time what a table costs: its fit, rows raw and refined, and a whole `tabgan sample`.

    python -m benchmarks.speed [--table FILE.csv --target COLUMN] [--model FILE] [--peer PYTHON]
    python -m benchmarks.speed --fits tables.json [--only adult,titanic] [--peer PYTHON]

Without a table it is a made one, 24,000 x 24 correlated numbers. Rows a second are of rows alone,
drawn by a model that is loaded, and of CTGAN after one epoch in turn with them if PYTHON has it.
CPU seconds are what counts where other work runs beside; both are printed. The whole command starts
Python, reads the model and writes a file. `--fits` prints instead what each stage of a fit takes
with one thread, for tables that a file lists ({name: {"file": ..., "target": ...}}), and in turn
with them what a fit of TabularARGN takes, if PYTHON has mostlyai-engine.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.peers import DRAW_CTGAN, FIT_TABULARARGN, run_peer
from tabgan import TabGAN
from tabgan.config import TrainingConfig
from tabgan.fitting.fit_request import FitRequest
from tabgan.fitting.out_of_core import fit_plan, plan_fit
from tabgan.model import TabularModel
from tabgan.networks.generation import choose_engine
from tabgan.runtime.devices import use_threads
from tabgan.runtime.progress import ignore_progress
from tabgan.runtime.stage_clock import StageClock

N_ROWS, N_COLUMNS, N_CAUSES = 24_000, 24, 6
SAMPLED_ROWS = 10_000  # of the whole command
STAGES = (
    "reading the table",
    "reading the columns",
    "finding relations",
    "encoding the columns",
    "training",
    "calibrating",
    "learning to refine",
    "learning to draw in one pass",
    "checking rows drawn",
)


@dataclass(frozen=True)
class Timing:
    """What some work took.

    Attributes:
        wall: Seconds that passed.
        processor: Seconds that processors worked, in all threads and in commands.
    """

    wall: float
    processor: float

    @classmethod
    def of(cls, work: Callable[[], object]) -> "Timing":
        """Return the timing of one call."""
        wall, processor = time.perf_counter(), _processor_time()
        work()
        return cls(time.perf_counter() - wall, _processor_time() - processor)

    def rate(self, n_rows: int) -> str:
        """Return rows a second, and rows a second of one processor."""
        return f"{n_rows / self.wall:>9,.0f}  {n_rows / self.processor:>9,.0f}"


def _processor_time() -> float:
    """Return the seconds that processors worked for this process and for those it waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def make_numbers() -> pd.DataFrame:
    """Return numbers that depend on a few causes, each in a shape of its own."""
    rng = np.random.default_rng(0)
    causes = rng.normal(size=(N_ROWS, N_CAUSES)) @ rng.normal(size=(N_CAUSES, N_COLUMNS))
    numbers = causes + rng.normal(size=causes.shape)
    numbers[:, ::3] = np.exp(numbers[:, ::3] / 2)
    return pd.DataFrame(numbers.round(3), columns=[f"x{i}" for i in range(N_COLUMNS)])


def fit(frame: pd.DataFrame, target: str | None) -> TabularModel:
    """Return a model of a table, and print what it took."""
    gan = TabGAN(target, random_state=0, device="cpu")
    taken = Timing.of(lambda: gan.fit(frame))
    print(f"fit: {taken.wall:.1f} s, {taken.processor:.1f} s of processors")
    return gan.model_


def time_fits(tables: Path, names: list[str], peer: str | None) -> None:
    """Print a Markdown table of the seconds of processors that each stage of a fit takes.

    After each line there is one of what a peer takes, if there is one.
    """
    listed: dict[str, dict[str, Any]] = json.loads(tables.read_text())
    for number, name in enumerate(names or listed):
        clock = StageClock(ignore_progress, now=_processor_time)
        request = FitRequest(TrainingConfig(), listed[name]["target"], seed=0, threads=1)
        model = fit_plan(plan_fit(tables.parent / listed[name]["file"]), request, clock)
        stages = dict.fromkeys(STAGES, 0.0) | clock.seconds
        if not number:
            print(f"| table | steps | {' | '.join(stages)} | all |\n{'|---' * (len(stages) + 3)}|")
        cells = [f"{each:.1f}" for each in (*stages.values(), sum(stages.values()))]
        print(f"| {name} | {model.record.steps_done:,} | {' | '.join(cells)} |", flush=True)
        if peer:
            table = pd.read_csv(tables.parent / listed[name]["file"])
            taken = run_peer(peer, FIT_TABULARARGN, table)[0]
            print(f"| {name}, TabularARGN | {'| ' * len(stages)}| {taken.processor:.1f} |")


def time_rows(model: TabularModel, n_rows: int, threads: list[int]) -> None:
    """Print how fast a model draws rows."""
    print(f"rows are drawn by {choose_engine(model.device).value}")
    for fast in (False, True) if model.one_pass else (False,):
        passes = "in one pass" if fast else "in many"
        model.sample(10, seed=0, fast=fast)  # compiled before the clock runs
        print(f"{passes}: {model.plan_sample(1, fast=fast).source.candidates} candidates a row")
        for count in threads:
            with use_threads(count):
                for name, refine in (("raw", False), ("refined", True)):
                    draw = partial(model.sample, n_rows, seed=1, refine=refine, fast=fast)
                    rate = Timing.of(draw).rate(n_rows)
                    print(f"tabgan {name:8}{passes:12}{count} threads  {rate} rows/s")


def time_command(model: TabularModel) -> None:
    """Print what a whole command takes, once where nothing is compiled yet, then where all is."""
    with tempfile.TemporaryDirectory() as folder:
        path, rows = Path(folder) / "model.tabgan", Path(folder) / "rows.csv"
        model.save(path)
        words = ["sample", "-n", str(SAMPLED_ROWS), "-m", str(path), "-o", str(rows), "--quiet"]
        command = [sys.executable, "-m", "tabgan_cli", *words]
        environment = os.environ | {"NUMBA_CACHE_DIR": folder}
        for state in ("nothing is compiled yet", "all is compiled"):
            taken = Timing.of(lambda: subprocess.run(command, check=True, env=environment))
            print(
                f"tabgan sample -n {SAMPLED_ROWS}, whole, {state}: "
                f"{taken.wall:.1f} s, {taken.processor:.1f} s of processors"
            )


def time_ctgan(peer: str, frame: pd.DataFrame, n_rows: int, threads: list[int]) -> None:
    """Print how fast CTGAN draws rows."""
    for taken in run_peer(peer, DRAW_CTGAN, frame, n_rows, *threads):
        rate = Timing(taken.wall, taken.processor).rate(n_rows)
        print(f"{'CTGAN':27}{taken.threads} threads  {rate} rows/s")


def main() -> None:
    """Time a table, and print it."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--table", type=Path)
    parser.add_argument("--target")
    parser.add_argument("--model", type=Path, help="of the table; it is fitted if left out")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rows", type=int, default=24_000)
    parser.add_argument("--fits", type=Path, help="tables whose fits are timed, and nothing else")
    parser.add_argument("--peer", help="a Python that has CTGAN, or mostlyai-engine for --fits")
    parser.add_argument("--only", type=lambda names: names.split(","), default=[])
    given = parser.parse_args()
    if given.fits:
        time_fits(given.fits, given.only, given.peer)
        return
    frame = pd.read_csv(given.table) if given.table else make_numbers()
    print(f"{len(frame):,} rows x {frame.shape[1]} columns; rates: wall, then a processor's")
    model = TabularModel.load(given.model) if given.model else fit(frame, given.target)
    time_rows(model, given.rows, given.threads)
    if given.peer:
        time_ctgan(given.peer, frame, given.rows, given.threads)
    time_command(model)


if __name__ == "__main__":
    main()
