"""Time what a newcomer waits for: importing, help, the start of a fit, and fits of small tables.

    python -m benchmarks.first_hour [--repeats 3]

Each is a process of its own, with one thread and all of its start-up; the least of the repeats is
printed.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

ROWS = 350


def make_table(n_columns: int) -> pd.DataFrame:
    """Return measurements of three kinds: categories, numbers, days and flags."""
    rng = np.random.default_rng(0)
    kind = rng.choice(["a", "b", "c"], ROWS, p=[0.44, 0.2, 0.36])
    days = pd.to_timedelta(rng.integers(0, 360, ROWS), "D")
    columns = {
        "kind": kind,
        "place": rng.choice(["x", "y", "z"], ROWS),
        "length": rng.normal(np.where(kind == "a", 38, 48), 3).round(1),
        "mass": rng.normal(4_200, 600, ROWS).round(-1),
        "sex": rng.choice(["m", "f"], ROWS),
        "year": rng.integers(2007, 2010, ROWS),
        "width": rng.gamma(2, 40, ROWS).round(2),
        "depth": rng.normal(size=ROWS),
        "day": pd.Timestamp("2024-01-01") + days,
        "ringed": rng.random(ROWS) < 0.3,
    }
    return pd.DataFrame(columns).iloc[:, :n_columns]


def run(*words: str) -> tuple[float, str]:
    """Return the seconds of a process, and what it said on stderr."""
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *words], capture_output=True, text=True, check=True, env=environment
    )
    return time.perf_counter() - start, done.stderr


def main() -> None:
    """Time all, and print it."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3)
    repeats = range(parser.parse_args().repeats)
    bare = min(run("-c", "")[0] for _ in repeats)
    for name, words in (
        ("import tabgan", ("-c", "import tabgan")),
        ("tabgan --help", ("-m", "tabgan_cli", "--help")),
    ):
        seconds = min(run(*words)[0] for _ in repeats)
        print(f"{name}\t{seconds:.2f} s, of which Python itself {bare:.2f} s", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        table, model = str(Path(folder) / "t.csv"), str(Path(folder) / "m.tabgan")
        for n_columns in (4, 10):
            make_table(n_columns).to_csv(table, index=False)
            runs = [
                run("-m", "tabgan_cli", "fit", table, "-m", model, "--seed", "0") for _ in repeats
            ]
            seconds, said = min(runs)
            score = re.search(r"two-sample score [\d.]+ ± [\d.]+", said)
            print(
                f"tabgan fit, {ROWS} x {n_columns}\t{seconds:.1f} s; {score and score[0]}",
                flush=True,
            )
        make_table(4).to_csv(table, index=False)
        short = ("-m", "tabgan_cli", "fit", table, "-m", model, "--steps", "1", "--quiet")
        seconds = min(run(*short)[0] for _ in repeats)
        print(f"tabgan fit of one step: start, end\t{seconds:.1f} s")


if __name__ == "__main__":
    main()
