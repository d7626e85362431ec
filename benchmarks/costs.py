"""What rows cost, from ten thousand to ten million, and what a thousand million would.

    python -m benchmarks.costs [--rows 10000,100000,1000000,10000000]
                               [--sampled 10000,100000,1000000] [--steps 50] [--limit 2GB]

Each size is taken in a process of its own, on a made table with Adult's 15 columns. A straight
line, start + rows * each, is fitted by least squares of its relative errors to all sizes but the
largest, which it then has to foretell; what should know no rows gets a flat one. Prints the tables
of `docs/scale.md`.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.fidelity import machine
from benchmarks.scale_fit import make_adult, run_apart
from tabgan.config import TrainingConfig
from tabgan.fit_request import FitRequest
from tabgan.fitting import fit_model
from tabgan.memory import read_size
from tabgan.tables import write_table

COLUMNS = 15
LATE = ("training", "calibrating", "learning to refine")  # stages whose seconds know no rows
BALANCED_STEPS = TrainingConfig().steps
MODEL_ROWS = 20_000  # learned by the model that is sampled from
ASKED = (10**9, (1, 10, 100))  # rows foretold, and machines


@dataclass(frozen=True)
class Line:
    """Seconds, or bytes, as a straight line over rows."""

    start: float
    each: float

    @classmethod
    def fit(cls, rows: Sequence[int], values: Sequence[float], *, is_flat: bool) -> "Line":
        """Fit by least squares of relative errors."""
        if is_flat:
            return cls(float(np.mean(values)), 0.0)
        x, y = np.array(rows, float), np.array(values, float)
        parts = np.column_stack([1 / y, x / y])
        (start, each), *_ = np.linalg.lstsq(parts, np.ones(len(y)), rcond=None)
        return cls(float(start), float(each))

    def at(self, rows: int) -> float:
        """Give the value at so many rows."""
        return self.start + rows * self.each


def main() -> None:
    """Measure, fit the lines, and print what they say."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=_sizes, default="10000,100000,1000000,10000000")
    parser.add_argument("--sampled", type=_sizes, default="10000,100000,1000000")
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--limit", default="2GB", help="--memory-limit of the fits")
    parser.add_argument("--draw", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.draw:
        print(json.dumps(draw(**json.loads(given.draw))))
        return
    print(f"{machine(1)}, {COLUMNS} columns\n", flush=True)
    fits = {
        rows: run_apart("stream", rows=rows, limit=read_size(given.limit), steps=given.steps)
        for rows in given.rows
    }
    prepare = tell("prepare (read, count, encode), s", fits, _prepare_seconds)
    step = tell("train, s a step", fits, lambda fit: fit["training, s"] / given.steps, is_flat=True)
    print("| peak memory | GB |\n|---|---|")
    for rows, fit in fits.items():
        print(f"| {rows:,} rows | {fit['peak, GB']:.3g} |")
    drawn = {rows: _draw_apart(rows) for rows in given.sampled}
    sample = tell("sample refined, to Parquet, s", drawn, lambda drawn: drawn["seconds"])
    size = tell("bytes written", drawn, lambda drawn: drawn["bytes"])
    foretell(prepare, step, sample, size)


def tell(
    what: str,
    found: Mapping[int, Mapping[str, Any]],
    read: Callable[[Mapping[str, Any]], float],
    *,
    is_flat: bool = False,
) -> Line:
    """Print a figure at every size, beside the line fitted to all but the largest size."""
    rows, values = list(found), [read(one) for one in found.values()]
    line = Line.fit(rows[:-1], values[:-1], is_flat=is_flat)
    print(f"\n| {what} | measured | by the line | error |\n|---|---|---|---|")
    for count, value in zip(rows, values, strict=True):
        error = line.at(count) / value - 1
        print(f"| {count:,} rows | {value:.4g} | {line.at(count):.4g} | {error:+.0%} |")
    print(f"\n{line.start:.3g} + rows x {line.each:.3g}\n", flush=True)
    return line


def foretell(prepare: Line, step: Line, sample: Line, size: Line) -> None:
    """Print what the lines say of more rows than can be tried here."""
    rows, machines = ASKED
    print(
        f"| {rows:,} rows | prepare, h | train {BALANCED_STEPS:,} steps, h | sample, h | "
        "GB written each | slowest |\n|---|---|---|---|---|---|"
    )
    for count in machines:
        hours = {
            "prepare": prepare.at(rows) / 3600,
            "train": BALANCED_STEPS * step.at(rows) / 3600,
            "sample": sample.at(rows // count) / 3600,
        }
        cells = " | ".join(f"{value:.3g}" for value in hours.values())
        each = size.at(rows // count) / 1e9
        name = "1 machine" if count == 1 else f"{count} machines"
        print(f"| {name} | {cells} | {each:.3g} | {max(hours, key=hours.__getitem__)} |")


def draw(rows: int) -> dict[str, float]:
    """Sample refined rows into a Parquet file."""
    config = TrainingConfig(steps=300, checks=1)
    model = fit_model(make_adult(MODEL_ROWS), FitRequest(config=config, seed=0, threads=1))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.parquet"
        start = time.perf_counter()
        write_table(model.iter_frames(rows, seed=0), path, model.schema.columns)
        return {"seconds": time.perf_counter() - start, "bytes": path.stat().st_size}


def _draw_apart(rows: int) -> dict[str, float]:
    words = [sys.executable, "-m", "benchmarks.costs", "--draw", json.dumps({"rows": rows})]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    drawn: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return drawn


def _prepare_seconds(fit: Mapping[str, Any]) -> float:
    late = {f"{stage}, s" for stage in LATE}
    return float(sum(v for name, v in fit.items() if name.endswith(", s") and name not in late))


def _sizes(text: str) -> list[int]:
    return [int(size) for size in text.split(",")]


if __name__ == "__main__":
    main()
