"""Time a step of a training by the threads that torch uses, on a quiet and on a busy machine.

    python -m benchmarks.threads [--steps 100]

A made table of 20,000 rows and 15 columns, half of them numbers. A step is what `fit` repeats: one
adversarial step and three of likelihood alone count as four. The busy machine has a process a core
that only counts. The last column is what `tabgan.runtime.devices.count_fastest_threads` chooses.
"""

import argparse
import multiprocessing
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pandas as pd
import torch

from tabgan.config import TrainingConfig
from tabgan.encoding.column_encoder import EncoderConfig
from tabgan.encoding.table_encoder import TableEncoder
from tabgan.runtime.devices import count_fastest_threads
from tabgan.schema import TableSchema
from tabgan.training.condition_sampler import ConditionSampler
from tabgan.training.gan_step import GANStep

N_ROWS, WARM_UP = 20_000, 8
SIZES = ((256, 256), (512, 384), (1_024, 768))  # rows of a batch, hidden units


def make_table() -> pd.DataFrame:
    """Return numbers and categories that depend on a common cause."""
    rng = np.random.default_rng(0)
    cause = rng.normal(size=N_ROWS)
    numbers = {f"x{i}": (cause + rng.normal(size=N_ROWS)).round(2) for i in range(8)}
    levels = {f"c{i}": pd.qcut(cause + rng.normal(size=N_ROWS), 5).codes for i in range(7)}
    return pd.DataFrame(numbers | {name: codes.astype(str) for name, codes in levels.items()})


def _ignore(*_: int) -> None:
    """Say nothing of encoded columns."""


def make_step(batch_size: int, hidden_dim: int) -> GANStep:
    """Return a training of a made table before its first step."""
    frame, rng = make_table(), np.random.default_rng(0)
    schema = TableSchema.infer(frame)
    config = replace(TrainingConfig(), batch_size=batch_size, hidden_dim=hidden_dim)
    encoder = TableEncoder.fit(frame, schema, EncoderConfig(rng), _ignore)
    device = torch.device("cpu")
    sampler = ConditionSampler(encoder.encode(frame, rng), encoder.layout, config, device)
    return GANStep(encoder.layout, sampler, config, 0, device)


def time_step(gan: GANStep, threads: int, steps: int) -> float:
    """Return the milliseconds of a step: the least of three runs."""
    gan.threads, best = threads, float("inf")
    for _ in range(WARM_UP):
        gan.step(1.0)
    for _ in range(3):
        start = time.perf_counter()
        for _ in range(steps):
            gan.step(1.0)
        best = min(best, (time.perf_counter() - start) / steps)
    return 1_000 * best


def _count() -> None:
    while True:
        pass


@contextmanager
def busy() -> Iterator[None]:
    """Keep every core busy meanwhile."""
    processes = [multiprocessing.Process(target=_count) for _ in range(os.cpu_count() or 1)]
    for process in processes:
        process.start()
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.join()


def main() -> None:
    """Time all sizes, and print them."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--steps", type=int, default=20)
    steps = parser.parse_args().steps
    counts = sorted({1, 2, torch.get_num_threads()})
    print("ms a step, by threads", *counts, "| busy", *counts, "| chosen", sep="\t")
    for batch_size, hidden_dim in SIZES:
        gan = make_step(batch_size, hidden_dim)
        quiet = [f"{time_step(gan, threads, steps):.1f}" for threads in counts]
        with busy():
            shared = [f"{time_step(gan, threads, steps):.1f}" for threads in counts]
        chosen = count_fastest_threads(batch_size * hidden_dim**2)
        name = f"{batch_size} x {hidden_dim}"
        print(name, *quiet, "|", *shared, "|", chosen, sep="\t", flush=True)


if __name__ == "__main__":
    main()
