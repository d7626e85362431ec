"""A yardstick of the scoreboard: rows drawn in one pass from latent classes, refined by trees.

    python -m benchmarks.latent_classes FOLDER ROWS.csv [--raw]

FOLDER holds train.csv and task.json of one table, ROWS.csv is written. They are the rows of `tabgan
sample --fast`: the generator of many passes beside them is hardly trained, and its stages are left
out of the seconds. Prints {"fit_s", "sample_s", "peak_mb"}.
"""

import argparse
import json
import resource
import time
from dataclasses import replace
from pathlib import Path

from tabgan import TrainingConfig
from tabgan.fitting import fit
from tabgan.fitting.fit_request import FitRequest
from tabgan.io import read_table
from tabgan.runtime.devices import use_threads
from tabgan.runtime.progress import ignore_progress
from tabgan.runtime.stage_clock import StageClock

LEFT_OUT = {"training", "calibrating", "learning to refine"}  # stages of many passes


def main() -> None:
    """Fit, draw as many rows as there are, and print the seconds."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("rows", type=Path)
    parser.add_argument("--raw", action="store_true", help="do not refine")
    given = parser.parse_args()
    train = read_table(given.folder / "train.csv")
    target = json.loads((given.folder / "task.json").read_text())["target"]
    clock = StageClock(ignore_progress)
    config = TrainingConfig(steps=1)
    config = replace(config, refine_rounds=0) if given.raw else config
    with use_threads(1):
        model = fit.fit_model(train, FitRequest(config, target=target, seed=0, threads=1), clock)
        start = time.perf_counter()
        rows = model.sample(len(train), seed=0, fast=True)
        taken = time.perf_counter() - start
    rows.to_csv(given.rows, index=False)
    fitted = sum(each for stage, each in clock.seconds.items() if stage not in LEFT_OUT)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"fit_s": round(fitted, 1), "sample_s": round(taken, 2), "peak_mb": peak}))


if __name__ == "__main__":
    main()
