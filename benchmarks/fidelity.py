"""Fit, sample and judge every table of a folder, and print one table of figures.

    python benchmarks/fidelity.py FOLDER [--judge PYTHON] [--only adult,taxis] [--out DIR]

FOLDER holds `split.py`, `judge.py` and `tables.json`. Each table goes through the command line with
default settings, so seconds are those of whole processes. The judge wants packages of its own (its
docstring names them); `--judge` is a Python that has them. Results are kept in DIR/results.json as
they come, and a table that stands there is not run again.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

COLUMNS = {
    "shape_err": "shape_err",
    "trend_err": "trend_err",
    "c2st_xgb": "c2st_xgb",
    "c2st_lgbm": "c2st_lgbm",
    "utility": "utility",
    "utility_real": "(real)",
    "a_prec": "a_prec",
    "b_rec": "b_rec",
    "near": "near",
    "near_test": "(test)",
    "fit_s": "fit s",
    "sample_s": "sample s",
}


def main() -> None:
    """Run what was asked for, and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--judge", default=sys.executable, help="a Python with the judge's packages"
    )
    parser.add_argument("--only", default="", help="names of tables, between commas")
    parser.add_argument("--out", type=Path, default=Path("benchmark-results"))
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    tables = json.loads((arguments.folder / "tables.json").read_text())
    names = arguments.only.split(",") if arguments.only else list(tables)
    kept = arguments.out / "results.json"
    results: dict[str, dict[str, Any]] = json.loads(kept.read_text()) if kept.exists() else {}
    for name in names:
        if name not in results:
            results[name] = measure(name, arguments)
            kept.write_text(json.dumps(results, indent=1))
        print(json.dumps({name: results[name]}), flush=True)
    print(f"\n{machine(arguments.threads)}\n\n{to_markdown(results)}")


def measure(name: str, arguments: argparse.Namespace) -> dict[str, Any]:
    """Take one table through split, fit, sample and judge."""
    split, model = arguments.out / "split", arguments.out / f"{name}.tabgan"
    rows = arguments.out / f"{name}.csv"
    run(arguments.judge, arguments.folder / "split.py", split, "--only", name)
    train = split / name / "train.csv"
    task = json.loads((split / name / "task.json").read_text())
    tabgan = [sys.executable, "-m", "tabgan_cli.app"]
    limits = ["--threads", arguments.threads, "--seed", 0]
    fit_s, _ = run(*tabgan, "fit", train, "-m", model, "--target", task["target"], *limits)
    with train.open(encoding="utf-8") as file:
        n_rows = sum(1 for _ in file) - 1
    sample_s, _ = run(*tabgan, "sample", "-n", n_rows, "-m", model, "-o", rows, *limits)
    _, printed = run(arguments.judge, arguments.folder / "judge.py", split / name, rows)
    judged: dict[str, Any] = json.loads(printed.splitlines()[-1])
    return {**judged, "fit_s": round(fit_s, 1), "sample_s": round(sample_s, 1)}


def run(*command: object) -> tuple[float, str]:
    """Run a command; give its seconds and what it printed."""
    start = time.perf_counter()
    done = subprocess.run(
        [str(word) for word in command], check=True, stdout=subprocess.PIPE, text=True
    )
    return time.perf_counter() - start, done.stdout


def machine(threads: int) -> str:
    """Say when and where."""
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} cores, "
        f"{threads} thread(s), Python {platform.python_version()}"
    )


def to_markdown(results: dict[str, dict[str, Any]]) -> str:
    """Write the figures as a Markdown table."""
    lines = ["| table | " + " | ".join(COLUMNS.values()) + " |", "|---" * (len(COLUMNS) + 1) + "|"]
    for name, figures in results.items():
        cells = (f"{figures[column]:g}" for column in COLUMNS)
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
