"""What size costs: rows drawn in a second, and the most memory that it takes.

    python -m benchmarks.scale_sampling FOLDER [--only adult] [--preset balanced] [--steps N]
                                           [--threads 2] [--few 100000] [--many 10000000]
                                           [--refined 100000] [--peer PYTHON] [--out DIR]

FOLDER holds a folder for each table, with `train.csv` and `task.json` ({"target": ...}). Each draw
is a process of its own that writes Parquet; its seconds are those of drawing and writing, without
starting and loading, and its memory is the largest that the system saw. `--peer` is a Python that
has CTGAN, which is fitted for one epoch and drawn from as its users do.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.fidelity import machine, run

DRAW = """
import json, resource, sys, time
import torch
from tabgan import TabularModel
from tabgan.io import write_table
model, rows, refine, path, threads = sys.argv[1], int(sys.argv[2]), sys.argv[3], *sys.argv[4:]
torch.set_num_threads(int(threads))
fitted = TabularModel.load(model, "cpu")
start = time.perf_counter()
frames = fitted.iter_frames(rows, seed=0, refine=refine == "refined")
write_table(frames, path, fitted.schema.columns)
seconds = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"rows": rows, "seconds": seconds, "megabytes": peak}))
"""
DRAW_PEER = """
import json, resource, sys, time
import pandas as pd
import torch
from ctgan import CTGAN
train, rows, _, path, threads = sys.argv[1], int(sys.argv[2]), *sys.argv[3:]
torch.set_num_threads(int(threads))
table = pd.read_csv(train)
table = table.dropna()
model = CTGAN(epochs=1)
model.fit(table, list(table.select_dtypes(exclude="number")))
start = time.perf_counter()
model.sample(rows).to_parquet(path, compression="zstd")
seconds = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"rows": rows, "seconds": seconds, "megabytes": peak}))
"""


@dataclass(frozen=True)
class Draw:
    """What one draw took.

    Attributes:
        what: Who drew, and how.
        megabytes: The most memory of the process.
    """

    what: str
    rows: int
    seconds: float
    megabytes: float

    def to_row(self) -> str:
        """Write it as a row of a Markdown table."""
        cells = (f"{self.rows:,}", f"{self.seconds:.1f}", f"{self.rows / self.seconds:,.0f}")
        return f"| {self.what} | {' | '.join(cells)} | {self.megabytes:,.0f} |"


def main() -> None:
    """Run what was asked for, and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="adult", help="name of a table")
    parser.add_argument("--preset", default="balanced")
    parser.add_argument("--steps", type=int, help="of the fit, where its quality does not matter")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--few", type=int, default=100_000, help="rows drawn unrefined")
    parser.add_argument(
        "--many", type=int, default=10_000_000, help="rows drawn unrefined; 0: none"
    )
    parser.add_argument("--refined", type=int, default=100_000, help="rows drawn refined; 0: none")
    parser.add_argument("--peer", help="a Python that has CTGAN")
    parser.add_argument("--out", type=Path, default=Path("benchmark-results"))
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    print(machine(arguments.threads), flush=True)
    measure_sampling(arguments)


def measure_sampling(arguments: argparse.Namespace) -> None:
    """Draw rows from a model of a table, few and many; print a Markdown table as they come."""
    train = arguments.folder / arguments.only / "train.csv"
    ours = [sys.executable, "-c", DRAW, fit_once(train, arguments)]
    asked = [
        ("tabgan, as generated", ours, "raw", arguments.few),
        ("tabgan, as generated", ours, "raw", arguments.many),
        ("tabgan, refined", ours, "refined", arguments.refined),
    ]
    if arguments.peer:
        theirs = [arguments.peer, "-c", DRAW_PEER, train]
        asked.append(("CTGAN", theirs, "raw", arguments.few))
    print("\n| | rows | seconds | rows/s | peak MB |\n|---|---|---|---|---|", flush=True)
    draws = []
    for what, command, how, rows in asked:
        if rows:
            draws.append(draw(what, command, how, rows, arguments))
            print(draws[-1].to_row(), flush=True)
    if arguments.few and arguments.many:
        ratio = draws[1].megabytes / draws[0].megabytes
        print(f"\npeak memory, {arguments.many:,} rows over {arguments.few:,}: {ratio:.2f}")


def fit_once(train: Path, arguments: argparse.Namespace) -> Path:
    """Fit a table unless a model of it is there; return the model's path."""
    model: Path = arguments.out / f"{arguments.only}-{arguments.preset}.tabgan"
    if not model.exists():
        target = json.loads((train.parent / "task.json").read_text())["target"]
        command = [sys.executable, "-m", "tabgan_cli.app", "fit", train, "-m", model]
        steps = ["--steps", arguments.steps] if arguments.steps else []
        limits = ["--threads", arguments.threads, "--seed", 0, "--resume"]
        run(*command, "--target", target, "--preset", arguments.preset, *steps, *limits)
    return model


def draw(
    what: str, command: Sequence[object], how: str, rows: int, arguments: argparse.Namespace
) -> Draw:
    """Return what drawing rows takes in a process of its own; the rows are deleted."""
    path = arguments.out / "drawn.parquet"
    words = [*command, rows, how, path, arguments.threads]
    printed = subprocess.check_output([str(word) for word in words], text=True)
    path.unlink()
    took = json.loads(printed.splitlines()[-1])
    return Draw(what, took["rows"], took["seconds"], took["megabytes"])


if __name__ == "__main__":
    main()
