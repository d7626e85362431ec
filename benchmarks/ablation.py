"""What each choice of the training is worth: one table, fitted with one choice changed at a time.

    python -m benchmarks.ablation FOLDER TABLE --judge PYTHON [--only batch,layers] [--out DIR]

FOLDER is that of `benchmarks/fidelity.py`. A fifth of the table's training part is held out and
judged against, so that nothing here is chosen by the rows that the scoreboard is judged by. Rows
are judged as they are generated and as refinement chooses them; seconds are those of a processor.
"""

import argparse
import json
import time
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.fidelity import run
from benchmarks.ratio_network import networks_instead_of_trees
from tabgan import TrainingConfig
from tabgan.fitting.fit import fit_model
from tabgan.fitting.fit_request import FitRequest
from tabgan.io import read_table
from tabgan.runtime.devices import use_threads

NETWORK = "a network in the refiner instead of trees"
VARIANTS: dict[str, dict[str, Any]] = {
    "default": {},
    "likelihood weighs as much as the adversarial loss": {"nll_weight": 1.0},
    "an adversarial step every time": {"adversarial_interval": 1},
    "hardly any adversarial step": {"adversarial_interval": 1_000, "nll_weight": 1_000.0},
    "no likelihood": {"nll_weight": 0.0},
    "4 decoding steps": {"decoding_steps": 4},
    "a third of the conditions empty, a fifth on one column": {
        "p_unconditional": 0.3,
        "p_one_column": 0.2,
    },
    "no conditions of all but the target": {"p_all_but_target": 0.0},
    "three hidden layers": {"n_layers": 3},
    "half the hidden units": {"hidden_dim": 128},
    "learning rate 1e-3": {"generator_lr": 1e-3},
    "no momentum": {"beta1": 0.0},
    "twice the batch, half the steps": {"batch_size": 512, "steps": 2_000},
    "5 rounds of refinement": {"refine_rounds": 5},
    "16 candidates": {"candidates": 16},
    NETWORK: {},
}
FIGURES = ("shape_err", "trend_err", "c2st_xgb", "c2st_lgbm", "utility")


def main() -> None:
    """Fit each variant, judge it, and print one table."""
    arguments = read_arguments()
    folder = split_training_part(arguments)
    task = json.loads((folder / "task.json").read_text())
    train = read_table(folder / "train.csv")
    chosen = arguments.only.split(",") if arguments.only else [""]
    print("| variant | fit s | " + " | ".join(f"{f} raw | refined" for f in FIGURES) + " |")
    print("|---" * (2 + 2 * len(FIGURES)) + "|", flush=True)
    for name, settings in VARIANTS.items():
        if name != "default" and not any(part in name for part in chosen):
            continue
        request = FitRequest(
            replace(TrainingConfig(), **settings), target=task["target"], seed=0, threads=1
        )
        start = time.process_time()
        with networks_instead_of_trees() if name == NETWORK else nullcontext():
            model = fit_model(train, request)
        seconds = time.process_time() - start
        with use_threads(1):
            tables = [model.sample(len(train), seed=0, refine=refine) for refine in (False, True)]
        judged = [judge(rows, folder, arguments) for rows in tables]
        cells = [f"{figures[f]:g}" for f in FIGURES for figures in judged]
        print(f"| {name} | {seconds:.0f} | " + " | ".join(cells) + " |", flush=True)


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("table")
    parser.add_argument("--judge", required=True, metavar="PYTHON")
    parser.add_argument("--only", default="", help="parts of variants' names, between commas")
    parser.add_argument("--out", type=Path, default=Path("benchmark-results/ablation"))
    return parser.parse_args()


def split_training_part(arguments: argparse.Namespace) -> Path:
    """Split the training part of a table once more, 80 : 20; return the folder of the two parts."""
    split = arguments.folder / "split.py"
    run(arguments.judge, split, arguments.out / "split", "--only", arguments.table)
    outer: Path = arguments.out / "split" / arguments.table
    folder: Path = arguments.out / "inner" / arguments.table
    folder.mkdir(parents=True, exist_ok=True)
    rows = pd.read_csv(outer / "train.csv", dtype=str, keep_default_na=False)
    rows = rows.sample(frac=1, random_state=0)
    n_train = int(len(rows) * 0.8)
    rows[:n_train].to_csv(folder / "train.csv", index=False)
    rows[n_train:].to_csv(folder / "test.csv", index=False)
    (folder / "task.json").write_text((outer / "task.json").read_text())
    return folder


def judge(rows: pd.DataFrame, folder: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the judge's figures of rows against the two parts."""
    path = arguments.out / f"{arguments.table}.csv"
    rows.to_csv(path, index=False)
    script = arguments.folder / "judge.py"
    printed = run(arguments.judge, script, folder, path, threads=1).printed
    judged: dict[str, Any] = json.loads(printed.splitlines()[-1])
    return judged


if __name__ == "__main__":
    main()
