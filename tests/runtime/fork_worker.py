"""What `test_forks` runs in a process of its own: prints a case, then what came of it as JSON.

Rows are drawn with two threads first, so that OpenMP's are there when processes are forked.
"""

import json
import multiprocessing
import os
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import torch

from tabgan import TabGAN, evaluate
from tabgan.errors import ForkError

N_ROWS = 20_000  # blocks for several threads
SETTINGS: dict[str, Any] = {
    "steps": 20,
    "random_state": 0,
    "device": "cpu",
    "config": {"candidates": 2},
}

SAMPLED = (
    "draw_many",
    "fit",
    "multiprocessing fork",
    "multiprocessing forkserver",
    "multiprocessing spawn",
    "joblib loky",
    "joblib multiprocessing",
)
CASES = (*SAMPLED, "judge", "go_on")

Digest = list[float]


def make_table() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    length = rng.normal(40, 3, 400).round(1)
    return pd.DataFrame(
        {
            "kind": rng.choice(["a", "b"], 400),
            "length": length,
            "mass": length * 2 + rng.random(400),
        }
    )


def digest(rows: pd.DataFrame) -> Digest:
    """Return numbers that differ where rows do."""
    return [float(number) for number in pd.util.hash_pandas_object(rows).to_numpy()[:50] % 2**40]


def draw(model: TabGAN, seed: int) -> Digest:
    return digest(model.sample(N_ROWS, random_state=seed))


def draw_many(model: TabGAN) -> list[Digest]:
    model.set_params(threads=4)
    return [draw(model, seed) for seed in (1, 2)]


def fit(model: TabGAN) -> list[Digest]:
    """Fit anew, as the other process did; read the model that it saved."""
    again = TabGAN(**SETTINGS).fit(make_table())
    with tempfile.TemporaryDirectory() as folder:
        model.save(Path(folder) / "m.tabgan")
        read = TabGAN.load(Path(folder) / "m.tabgan", device="cpu")
        return [draw(again, 1), draw(read, 2)]


def judge(model: TabGAN) -> str:
    report = evaluate(make_table(), model.sample(300), target="mass", repeats=2)
    return report.verdicts[0].question


def fork(function: Callable[[], Any]) -> Any:
    """Return what a function returns in a process forked by the system's own means."""
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of Python 3.12: threads are there
        process = os.fork()
    if not process:
        os.write(writer, json.dumps(function()).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as file:
        found = json.load(file)
    os.waitpid(process, 0)
    return found


def go_on(model: TabGAN) -> str:
    """Return what is said where rows are gone on with that another process began to draw."""
    batches = model.iter_batches(10 * N_ROWS, batch_rows=10)
    next(batches)

    def exhaust() -> str:
        try:
            return str(sum(len(batch) for batch in batches))
        except ForkError as error:
            return str(error)

    return str(fork(exhaust))


def run(case: str, model: TabGAN) -> Any:
    if case == "go_on":
        return go_on(model)
    kind, _, name = case.partition(" ")
    if kind == "joblib":
        with joblib.parallel_config(backend=name, n_jobs=2):
            return joblib.Parallel()(joblib.delayed(draw)(model, seed) for seed in (1, 2))
    if kind == "multiprocessing":
        with multiprocessing.get_context(name).Pool(2) as pool:
            return pool.starmap(draw, [(model, seed) for seed in (1, 2)])
    return fork(lambda: {"draw_many": draw_many, "fit": fit, "judge": judge}[case](model))


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    torch.set_num_threads(2)
    torch.ones(1_000_000).exp()  # starts OpenMP's threads
    model = TabGAN(**SETTINGS).fit(make_table())
    expected = [draw(model, seed) for seed in (1, 2)]
    for case in CASES:
        say(case)
        found = run(case, model)
        shown = "as expected" if found == expected else found
        say(json.dumps([shown, torch.get_num_threads()]))
    say(json.dumps([draw(model, seed) for seed in (1, 2)] == expected))


if __name__ == "__main__":
    main()
