"""What a second process brings: steps and rows a second of one process and of two, on one machine.

    python -m benchmarks.scale_processes FOLDER [--only adult] [--steps 400,2000]
                                                [--rows 100000,300000]
                               [--out DIR]

FOLDER holds a folder for each table, with `train.csv` and `task.json` ({"target": ...}). Each
command is run with the fewer and the more steps (rows), and the difference counts: no start, no
reading, no validation is in it; workers have drawn once by then. Needs the extra `[dask]`.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

from distributed import LocalCluster

from benchmarks.fidelity import machine
from tabgan.config import TrainingConfig

TORCHRUN = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")
BATCH = TrainingConfig().batch_size


def main() -> None:
    """Time all of it, and print two Markdown tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="adult", help="name of a table")
    parser.add_argument("--steps", type=_pair, default="400,2000")
    parser.add_argument("--rows", type=_pair, default="100000,300000")
    parser.add_argument("--out", type=Path, default=Path("benchmark-results"))
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    print(machine(2), flush=True)
    measure_training(arguments)
    measure_sampling(arguments)


def measure_training(arguments: argparse.Namespace) -> None:
    """Fit with one thread, with two, and in two processes of one thread each."""
    train = arguments.folder / arguments.only / "train.csv"
    target = json.loads((train.parent / "task.json").read_text())["target"]
    options = ["fit", train, "-m", arguments.out / "team.tabgan", "--target", target, "--seed", 0]
    print("\n| training | steps/s | rows/s |\n|---|---|---|", flush=True)
    for name, start, processes, threads in (
        ("one process, one thread", (), 1, 1),
        ("one process, two threads", (), 1, 2),
        ("two processes, one thread each", TORCHRUN, 2, 1),
    ):
        command = [*start, "-m", "tabgan_cli", *options, "--no-refine", "--quiet"]
        rate = _rate([*command, "--threads", threads, "--steps"], arguments.steps)
        print(f"| {name} | {rate:.1f} | {rate * BATCH * processes:,.0f} |", flush=True)


def measure_sampling(arguments: argparse.Namespace) -> None:
    """Draw with one thread, with two, and by two Dask workers of one thread each."""
    drawn = arguments.out / "drawn.parquet"
    model = arguments.out / "team.tabgan"
    options = ["-m", "tabgan_cli", "sample", "-m", model, "-o", drawn, "--seed", 0, "--quiet"]
    print("\n| sampling, as generated | rows/s |\n|---|---|", flush=True)
    for name, workers, threads in (
        ("one process, one thread", 0, 1),
        ("one process, two threads", 0, 2),
        ("two Dask workers, one thread each", 2, 1),
    ):
        cluster = LocalCluster(n_workers=workers, threads_per_worker=1) if workers else None
        with cluster or nullcontext():
            where = ["--dask", cluster.scheduler_address] if cluster else ["--threads", threads]
            rate = _rate([*options, *where, "-n"], arguments.rows)
            print(f"| {name} | {rate:,.0f} |", flush=True)
    drawn.unlink()


def _rate(command: Sequence[object], amounts: tuple[int, int]) -> float:
    """Return how many more are done in each second that the larger amount takes longer."""
    _, few, many = (_time([sys.executable, *command, amount]) for amount in (amounts[0], *amounts))
    return (amounts[1] - amounts[0]) / (many - few)


def _time(command: Sequence[object]) -> float:
    threads = os.environ | {"OMP_NUM_THREADS": "1"}  # --threads says more
    start = time.perf_counter()
    subprocess.run([str(word) for word in command], check=True, env=threads)
    return time.perf_counter() - start


def _pair(text: str) -> tuple[int, int]:
    few, many = map(int, text.split(","))
    return few, many


if __name__ == "__main__":
    main()
