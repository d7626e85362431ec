"""Find the relations of every table of a folder, and count how many generated rows obey them.

    python -m benchmarks.relations FOLDER [--judge PYTHON] [--only adult,taxis] [--rows 100000]
                                         [--peers DIR] [--ablate] [--steps N] [--out DIR]

FOLDER holds `split.py`, `judge.py` and `tables.json`. `--peers` is a folder of other tools' rows,
DIR/<tool>/<table>.csv: the same share is counted for each. `--ablate` fits every table once more
without relations and lets the judge compare. Discovery is timed on made tables of 1,000,000 x 50
and 10,000 x 200 cells.
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.fidelity import machine, run
from tabgan import TabGAN, TabularModel, TrainingConfig
from tabgan.relations import RelationSet
from tabgan.schema import TableSchema

FIGURES = ("shape_err", "trend_err", "c2st_xgb", "c2st_lgbm", "utility")


def main() -> None:
    """Run what was asked for, and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--judge", default=sys.executable, help="a Python with its packages")
    parser.add_argument("--only", default="", help="names of tables, between commas")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--peers", type=Path, help="rows of other tools: DIR/<tool>/<table>.csv")
    parser.add_argument("--ablate", action="store_true", help="fit without relations, too")
    parser.add_argument("--steps", type=int, default=TrainingConfig.steps)
    parser.add_argument("--out", type=Path, default=Path("benchmark-results"))
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    print(machine(1), flush=True)
    for n_rows, n_columns in ((1_000_000, 50), (10_000, 200)):
        print(f"{n_rows:,} x {n_columns}: {time_discovery(n_rows, n_columns)}", flush=True)
    tables = json.loads((arguments.folder / "tables.json").read_text())
    for name in arguments.only.split(",") if arguments.only else tables:
        print(f"\n## {name}\n\n{measure(name, arguments)}", flush=True)


def time_discovery(n_rows: int, n_columns: int) -> str:
    """Return how long the relations of a made table take to be found."""
    frame = make_table(n_rows, n_columns)
    schema = TableSchema.infer(frame)
    start = time.perf_counter()
    relations = RelationSet.discover(frame, schema)
    return f"{len(relations.kept)} relations in {time.perf_counter() - start:.1f} s"


def make_table(n_rows: int, n_columns: int) -> pd.DataFrame:
    """Return columns of all kinds, a tenth of which follow from others."""
    rng = np.random.default_rng(0)
    columns: dict[str, Any] = {}
    for copy in range(n_columns // 10):
        code = rng.integers(0, 300, n_rows)
        low, more = rng.lognormal(3, 1, n_rows).round(2), rng.lognormal(2, 1, n_rows).round(2)
        start = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 10**8, n_rows), "s")
        columns |= {
            f"code {copy}": code,
            f"group {copy}": np.char.add("g", (code // 30).astype(str)),
            f"low {copy}": low,
            f"more {copy}": more,
            f"both {copy}": (low + more).round(2),
            f"start {copy}": start,
            f"month {copy}": start.month,
            f"flag {copy}": rng.random(n_rows) < 0.3,
            f"category {copy}": rng.choice(list("abcdef"), n_rows),
            f"noise {copy}": pd.Series(rng.normal(size=n_rows).round(3)).mask(
                rng.random(n_rows) < 0.1
            ),
        }
    return pd.DataFrame(columns)


def measure(name: str, arguments: argparse.Namespace) -> str:
    """Fit a table, draw rows, and count those that obey each relation."""
    split = arguments.out / "split"
    run(arguments.judge, arguments.folder / "split.py", split, "--only", name)
    train = pd.read_csv(split / name / "train.csv", low_memory=False)
    task = json.loads((split / name / "task.json").read_text())
    config = TrainingConfig(steps=arguments.steps)
    path = arguments.out / f"{name}.tabgan"
    if not path.exists():
        TabGAN(task["target"], config=config, random_state=0).fit(train).save(path)
    model = TabularModel.load(path)
    rows = {"tabgan": model.sample(arguments.rows, seed=0, refine=False)}  # all candidates
    for folder in sorted(arguments.peers.iterdir()) if arguments.peers else ():
        if (folder / f"{name}.csv").exists():
            rows[folder.name] = pd.read_csv(folder / f"{name}.csv", low_memory=False)
    lines = count(model.relations, rows)
    if arguments.ablate:
        kept = model.sample(len(train), seed=0)
        lines += ablate(name, train, task["target"], config, arguments, kept)
    return "\n".join(lines)


def count(relations: RelationSet, rows: dict[str, pd.DataFrame]) -> list[str]:
    """Return a table of the share of each tool's rows that obey each relation."""
    lines = [f"| relation | {' | '.join(rows)} |", "|---" * (len(rows) + 1) + "|"]
    for relation in relations.relations:
        shares = []
        for frame in rows.values():
            try:
                shares.append(f"{1 - relation.find_violations(frame).mean():.2%}")
            except (ValueError, TypeError):
                shares.append("not of the column's kind")
        lines.append(f"| {relation.text} | {' | '.join(shares)} |")
    return lines


def ablate(
    name: str,
    train: pd.DataFrame,
    target: str,
    config: TrainingConfig,
    arguments: argparse.Namespace,
    kept: pd.DataFrame,
) -> list[str]:
    """Return the judge's figures of rows with and without relations."""
    without = TabGAN(target, config=config, relations=False, random_state=0).fit(train)
    tables = {"with": kept, "without": without.sample(len(train), random_state=0)}
    lines = ["", f"| relations | {' | '.join(FIGURES)} |", "|---" * (len(FIGURES) + 1) + "|"]
    for which, frame in tables.items():
        path = arguments.out / f"{name}-{which}.csv"
        frame.to_csv(path, index=False)
        judge = arguments.folder / "judge.py"
        printed = run(arguments.judge, judge, arguments.out / "split" / name, path).printed
        judged = json.loads(printed.splitlines()[-1])
        cells = " | ".join(f"{judged[figure]:g}" for figure in FIGURES)
        lines.append(f"| {which} | {cells} |")
    return lines


if __name__ == "__main__":
    main()
