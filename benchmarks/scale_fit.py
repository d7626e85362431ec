"""What fitting costs as tables grow: encoders, peak memory in passes, a step's time.

    python -m benchmarks.scale_fit [--encode 1000000] [--stream 10000000] [--columns 1000]
                                   [--categories 100000] [--rows 1000000] [--steps 50] [--limit 2GB]
                                   [--peer PYTHON]

Tables are made, with Adult's columns or with as many as are asked for, and each figure is taken in
a process of its own, so that one's peak is not another's. 0 leaves a part out. `--peer` is a Python
that has CTGAN, whose transformer is fitted to the same table. Prints one Markdown table.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

from benchmarks.fidelity import machine
from benchmarks.synthetic_tables import make_adult, make_copies
from tabgan.config import TrainingConfig
from tabgan.encoding.column_encoder import EncoderConfig
from tabgan.encoding.table_encoder import TableEncoder
from tabgan.fitting.fit import fit_model
from tabgan.fitting.fit_request import FitRequest
from tabgan.fitting.out_of_core import fit_plan, plan_fit
from tabgan.io import write_table
from tabgan.runtime.memory import parse_size
from tabgan.runtime.progress import Progress
from tabgan.schema import TableSchema
from tabgan.training.condition_sampler import ConditionSampler
from tabgan.training.gan_step import GANStep

PART_ROWS = 250_000
FIT_PEER = """
import json, sys, time
import pandas as pd
from ctgan.data_transformer import DataTransformer
frame = pd.read_parquet(sys.argv[1])
start = time.perf_counter()
DataTransformer().fit(frame, list(frame.select_dtypes(exclude="number")))
print(json.dumps({"CTGAN's transformer fitted, s": time.perf_counter() - start}))
"""


def encode(rows: int) -> dict[str, Any]:
    """Time schema and encoders of Adult's columns, without relations."""
    frame = make_adult(rows)
    start = time.perf_counter()
    schema = TableSchema.infer(frame)
    rng = np.random.default_rng(0)
    encoder = TableEncoder.fit(frame, schema, EncoderConfig(rng), lambda *_: None)
    fitted = time.perf_counter() - start
    encoder.encode(frame, rng)
    return {"encoders fitted, s": fitted, "and encoded, s": time.perf_counter() - start}


def encode_by_peer(rows: int, peer: str) -> dict[str, Any]:
    """Time CTGAN's transformer on the same table."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "adult.parquet"
        write_table([make_adult(rows)], path)
        done = subprocess.run([peer, "-c", FIT_PEER, path], check=True, stdout=subprocess.PIPE)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def stream(rows: int, limit: int, steps: int, copies: int = 1) -> dict[str, Any]:
    """Fit a file of so many rows, in passes where it does not fit into the limit."""
    starts = range(0, rows, PART_ROWS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "adult.parquet"
        write_table((make_copies(min(PART_ROWS, rows - s), copies, s) for s in starts), path)
        peak_before = _peak()
        plan = plan_fit(path, limit, Path(folder))
        clock = _Clock()
        fit_plan(plan, FitRequest(config=_tiny(steps), seed=0, threads=1), clock)
    return {"streamed": plan.is_streamed, "peak before, GB": peak_before, **clock.figures()}


def learn(frame: pd.DataFrame, steps: int) -> dict[str, Any]:
    """Fit a table in memory, and sample from it."""
    clock = _Clock()
    model = fit_model(frame, FitRequest(config=_tiny(steps), seed=0, threads=1), clock)
    start = time.perf_counter()
    model.sample(1_000, seed=0)
    return {**clock.figures(), "1,000 rows, s": time.perf_counter() - start, "peak, GB": _peak()}


def wide(columns: int, steps: int) -> dict[str, Any]:
    """Fit 2,000 rows of many columns."""
    rng = np.random.default_rng(0)
    numbers = {f"n{i}": rng.normal(size=2_000).round(3) for i in range(columns * 3 // 5)}
    categories = {f"c{i}": rng.choice(list("abcdefgh"), 2_000) for i in range(columns * 2 // 5)}
    return learn(pd.DataFrame({**numbers, **categories}), steps)


def many(categories: int, rows: int, steps: int) -> dict[str, Any]:
    """Fit a column of many categories beside three others."""
    rng = np.random.default_rng(0)
    codes = np.r_[np.arange(categories), rng.zipf(1.15, max(0, rows - categories)) % categories]
    codes = codes[:rows]
    key = np.array([f"category {i:06d}" for i in range(categories)], object)[codes]
    numbers = {"a": codes % 7 + rng.normal(size=rows), "c": rng.integers(0, 100, rows)}
    return learn(pd.DataFrame({"key": key, **numbers, "b": rng.choice(list("xyz"), rows)}), steps)


def step(rows: int, steps: int) -> dict[str, Any]:
    """Time training steps on so many rows."""
    frame = make_adult(rows)
    rng = np.random.default_rng(0)
    schema = TableSchema.infer(frame)
    encoder = TableEncoder.fit(frame, schema, EncoderConfig(rng), lambda *_: None)
    config, cpu = TrainingConfig(), torch.device("cpu")
    torch.set_num_threads(1)
    sampler = ConditionSampler(encoder.encode(frame, rng), encoder.layout, config, cpu)
    gan = GANStep(encoder.layout, sampler, config, 0, cpu)
    seconds = []
    for _ in range(steps):
        start = time.process_time()  # what other work takes of the machine is not counted
        gan.step(1.0)
        seconds.append(time.process_time() - start)
    return {"a step, ms of CPU": 1e3 * float(np.median(seconds))}


def _tiny(steps: int) -> TrainingConfig:
    return TrainingConfig(steps=steps, n_validations=1, refine_rounds=1)


class _Clock:
    """Records how long each stage takes, and the peak of memory at its end."""

    def __init__(self) -> None:
        self.marks: list[tuple[str, float, float]] = []
        self.steps: list[tuple[int, float]] = []

    def __call__(self, progress: Progress) -> None:
        if progress.stage == "training":
            self.steps.append((progress.done, time.perf_counter()))
        if not self.marks or self.marks[-1][0] != progress.stage:
            self.marks.append((progress.stage, time.perf_counter(), _peak()))

    def figures(self) -> dict[str, Any]:
        ends = [*self.marks[1:], ("", time.perf_counter(), _peak())]
        stages = {
            f"{stage}, s": end[1] - start
            for (stage, start, _), end in zip(self.marks, ends, strict=True)
        }
        step_seconds = [
            (now - before) / (done - start)
            for (start, before), (done, now) in pairwise(self.steps)
            if done > start  # no validation in between
        ]
        return {**stages, "a step, s": float(np.median(step_seconds)), "peak, GB": _peak()}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


PARTS: dict[str, Callable[..., dict[str, Any]]] = {
    "encode": encode,
    "encode_by_peer": encode_by_peer,
    "stream": stream,
    "wide": wide,
    "many": many,
    "step": step,
}


def run_in_process(part: str, **sizes: int | str) -> dict[str, Any]:
    """Take one figure in a process of its own."""
    words = [sys.executable, "-m", "benchmarks.scale_fit", "--part", part, json.dumps(sizes)]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def measure(sizes: argparse.Namespace) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each figure as it is taken, with what it is of."""
    limit, steps = parse_size(sizes.limit), sizes.steps
    if sizes.encode:
        yield f"encode {sizes.encode:,} x 15", run_in_process("encode", rows=sizes.encode)
        if sizes.peer:
            figures = run_in_process("encode_by_peer", rows=sizes.encode, peer=sizes.peer)
            yield f"encode {sizes.encode:,} x 15", figures
        for rows in (sizes.encode // 100, sizes.encode):
            yield f"a step on {rows:,} rows", run_in_process("step", rows=rows, steps=steps)
    if sizes.stream:
        figures = run_in_process("stream", rows=sizes.stream, limit=limit, steps=steps)
        yield f"fit {sizes.stream:,} x 15 within {sizes.limit}", figures
    if sizes.columns:
        figures = run_in_process("wide", columns=sizes.columns, steps=steps)
        yield f"fit 2,000 x {sizes.columns:,}", figures
    if sizes.categories:
        figures = run_in_process("many", categories=sizes.categories, rows=sizes.rows, steps=steps)
        yield f"fit {sizes.rows:,} rows, {sizes.categories:,} categories", figures


def main() -> None:
    """Run what was asked for, and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--encode", type=int, default=1_000_000, help="rows to encode")
    parser.add_argument("--stream", type=int, default=10_000_000, help="rows to fit in passes")
    parser.add_argument("--columns", type=int, default=1_000)
    parser.add_argument("--categories", type=int, default=100_000)
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows with so many categories")
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--limit", default="2GB", help="--memory-limit of the fit in passes")
    parser.add_argument("--peer", help="a Python that has CTGAN")
    parser.add_argument("--part", nargs=2, help=argparse.SUPPRESS)
    sizes = parser.parse_args()
    if sizes.part:
        print(json.dumps(PARTS[sizes.part[0]](**json.loads(sizes.part[1]))))
        return
    print(f"{machine(1)}\n\n| what | figure | value |\n|---|---|---|", flush=True)
    for what, figures in measure(sizes):
        for name, value in figures.items():
            print(f"| {what} | {name} | {value:.4g} |", flush=True)


if __name__ == "__main__":
    main()
