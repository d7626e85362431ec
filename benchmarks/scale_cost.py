"""What rows and columns cost, up to ten million rows, and what a thousand million would cost.

    python -m benchmarks.scale_cost [--rows 10000,100000,1000000,10000000]
                                    [--drawn 10000,100000,1000000,10000000]
                                    [--refined 10000,100000,1000000] [--copies 2,4,8]
                                    [--steps 100] [--limit 2GB] [--out DIR]

Tables are made: Adult's 15 columns, or several copies of them side by side. Each size is taken in a
process of its own, once: what DIR holds is not measured again. A cost is a sum of few terms (a
start, so much a row, so much a cell), fitted by least squares of relative errors, no term below
zero, to all sizes but the table of most rows and the one of most columns, which it then has to
predict. Prints the tables of `docs/scale.md`.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import nnls

from benchmarks.fidelity import machine
from benchmarks.scale_fit import run_in_process
from benchmarks.synthetic_tables import make_copies
from tabgan.config import TrainingConfig
from tabgan.fitting.fit import fit_model
from tabgan.fitting.fit_request import FitRequest
from tabgan.io import write_table
from tabgan.runtime.memory import parse_size

COLUMNS = 15  # of a copy
TRAINING_STAGES = (
    "training",
    "calibrating",
    "learning to refine",
    "a step",
)  # do not depend on rows
BALANCED_STEPS = TrainingConfig().steps
MODEL_ROWS = 20_000  # learned by the model that is sampled from
WIDE_ROWS, WIDE_DRAWN = 100_000, 10_000  # of the tables of more columns, and drawn of them
START, COLUMN, ROW, CELL = "", "a column", "a row", "a cell"  # terms of a cost
PREDICTED = (10**9, (1, 10, 100))  # rows, and machines


@dataclass(frozen=True)
class Size:
    """Of a table."""

    rows: int
    columns: int

    def count(self, term: str) -> int:
        """Return how many there are of what a term costs each."""
        counts = {START: 1, COLUMN: self.columns, ROW: self.rows, CELL: self.rows * self.columns}
        return counts[term]


@dataclass(frozen=True)
class Cost:
    """Seconds, or bytes, by the size of a table: each term."""

    each: Mapping[str, float]

    @classmethod
    def fit(cls, terms: Sequence[str], sizes: Sequence[Size], values: Sequence[float]) -> "Cost":
        """Fit by least squares of relative errors."""
        counts = np.array([[size.count(term) for term in terms] for size in sizes])
        scale = counts.max(axis=0)
        each, _ = nnls(counts / scale / np.array(values)[:, None], np.ones(len(values)))
        return cls(dict(zip(terms, (each / scale).tolist(), strict=True)))

    def at(self, size: Size) -> float:
        """Return the value at a size."""
        return sum(each * size.count(term) for term, each in self.each.items())

    def __str__(self) -> str:
        return " + ".join(f"{each:.3g} {term}".rstrip() for term, each in self.each.items())


def main() -> None:
    """Measure, fit the costs, and print what they say."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=_counts, default="10000,100000,1000000,10000000")
    parser.add_argument("--drawn", type=_counts, default="10000,100000,1000000,10000000")
    parser.add_argument("--refined", type=_counts, default="10000,100000,1000000")
    parser.add_argument("--copies", type=_counts, default="2,4,8", help="of the columns, too")
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--limit", default="2GB", help="--memory-limit of the fits")
    parser.add_argument("--out", type=Path, default=Path("benchmark-results"))
    parser.add_argument("--draw", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.draw:
        print(json.dumps(draw(**json.loads(arguments.draw))))
        return
    print(f"{machine(1)}, {COLUMNS} columns and copies of them", flush=True)
    limit, copies = parse_size(arguments.limit), arguments.copies
    fits = {
        Size(rows, COLUMNS * n): _once(
            arguments.out / f"cost-fit-{rows}-{n}.json",
            partial(
                run_in_process, "stream", rows=rows, limit=limit, steps=arguments.steps, copies=n
            ),
        )
        for rows, n in [*((rows, 1) for rows in arguments.rows), *((WIDE_ROWS, n) for n in copies)]
    }
    data = (START, COLUMN, CELL)
    prepare = fit_cost("prepare (read, count, encode), s", fits, _prepare_seconds, data)
    step = fit_cost("a training step, s", fits, lambda fit: fit["a step, s"], (START, COLUMN))
    print("| rows | columns | peak memory, GB |\n|---|---|---|")
    for size, fit in fits.items():
        print(f"| {size.rows:,} | {size.columns} | {fit['peak, GB']:.3g} |")
    raw = measure_draws(arguments.drawn, copies, arguments.out, refine=False)
    refined = measure_draws(arguments.refined, copies, arguments.out, refine=True)
    terms = (START, ROW, CELL)
    fit_cost("sample as generated, to Parquet, s", raw, lambda drawn: drawn["seconds"], terms)
    sample = fit_cost("sample refined, s", refined, lambda drawn: drawn["seconds"], terms)
    written = fit_cost("bytes written", raw, lambda drawn: drawn["bytes"], (START, CELL))
    predict(prepare, step, sample, written)


def measure_draws(
    rows: Sequence[int], copies: Sequence[int], out: Path, *, refine: bool
) -> dict[Size, dict[str, Any]]:
    """Draw as many rows of one copy of the columns, and WIDE_DRAWN of several."""
    how = "refined" if refine else "raw"
    return {
        Size(count, COLUMNS * n): _once(
            out / f"cost-{how}-{count}-{n}.json", partial(_draw_in_process, count, n, refine=refine)
        )
        for count, n in [*((WIDE_DRAWN, n) for n in copies), *((count, 1) for count in rows)]
    }


def fit_cost(
    what: str,
    measured: Mapping[Size, Mapping[str, Any]],
    read: Callable[[Mapping[str, Any]], float],
    terms: Sequence[str],
) -> Cost:
    """Return the cost fitted to a figure at all sizes but the two largest; print all of them."""
    values = {size: read(figures) for size, figures in measured.items()}
    held_out = {max(values, key=lambda size: size.rows), max(values, key=lambda size: size.columns)}
    fitted = [size for size in values if size not in held_out]
    cost = Cost.fit(terms, fitted, [values[size] for size in fitted])
    print(f"\n| {what} | columns | measured | by the formula | error |\n|---|---|---|---|---|")
    for size, value in sorted(values.items(), key=lambda pair: (pair[0].columns, pair[0].rows)):
        predicted = cost.at(size)
        error = f"{predicted / value - 1:+.0%}{', predicted' * (size in held_out)}"
        print(f"| {size.rows:,} rows | {size.columns} | {value:.4g} | {predicted:.4g} | {error} |")
    print(f"\n`{cost}`\n", flush=True)
    return cost


def predict(prepare: Cost, step: Cost, sample: Cost, written: Cost) -> None:
    """Print the costs of more rows than can be tried here."""
    rows, machines = PREDICTED
    print(
        f"| {rows:,} rows | prepare, h | train {BALANCED_STEPS:,} steps, h | sample, h | "
        "GB written each | slowest |\n|---|---|---|---|---|---|"
    )
    all_rows = Size(rows, COLUMNS)
    for count in machines:
        share = Size(rows // count, COLUMNS)
        hours = {
            "prepare": prepare.at(all_rows) / 3600,
            "train": BALANCED_STEPS * step.at(all_rows) / 3600,
            "sample": sample.at(share) / 3600,
        }
        cells = " | ".join(f"{value:.3g}" for value in hours.values())
        each = written.at(share) / 1e9
        name = "1 machine" if count == 1 else f"{count} machines"
        print(f"| {name} | {cells} | {each:.3g} | {max(hours, key=hours.__getitem__)} |")


def draw(rows: int, copies: int, *, refine: bool) -> dict[str, float]:
    """Sample rows into a Parquet file."""
    config = TrainingConfig(steps=300, n_validations=1)
    if not refine:
        config = replace(config, refine_rounds=0)
    request = FitRequest(config=config, seed=0, threads=1)
    model = fit_model(make_copies(MODEL_ROWS, copies), request)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.parquet"
        start = time.perf_counter()
        write_table(model.iter_frames(rows, seed=0, refine=refine), path, model.schema.columns)
        return {"seconds": time.perf_counter() - start, "bytes": path.stat().st_size}


def _once(path: Path, measure: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return the figures in a file; measure and write them if there is none."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(measure()))
    figures: dict[str, Any] = json.loads(path.read_text())
    return figures


def _draw_in_process(rows: int, copies: int, *, refine: bool) -> dict[str, float]:
    sizes = json.dumps({"rows": rows, "copies": copies, "refine": refine})
    words = [sys.executable, "-m", "benchmarks.scale_cost", "--draw", sizes]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    drawn: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return drawn


def _prepare_seconds(fit: Mapping[str, Any]) -> float:
    late = {f"{stage}, s" for stage in TRAINING_STAGES}
    return float(sum(v for name, v in fit.items() if name.endswith(", s") and name not in late))


def _counts(text: str) -> list[int]:
    return [int(count) for count in text.split(",")]


if __name__ == "__main__":
    main()
