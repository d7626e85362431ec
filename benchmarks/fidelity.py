"""Fit, sample and judge every table of a folder, with tabgan and its peers; print one scoreboard.

    python benchmarks/fidelity.py FOLDER [--judge PYTHON] [--peer NAME=PYTHON ...] [--tools A,B]
        [--only adult,taxis] [--out DIR] [--threads N]

FOLDER holds `split.py`, `judge.py`, `peer.py` and `tables.json`. Each table goes through tabgan's
command line with default settings, so its seconds are those of whole processes; those of peers are
what `peer.py` prints. `--tools` also takes a tool with what it is set to: `tabgan-fast` and
`tabgan-best` (presets), `ctgan-30` (epochs). The judge wants packages of its own (its docstring
names them), `--judge` is a Python that has them; each `--peer` names a tool that `peer.py` knows
and a Python that has it. Three yardsticks need no tool: `bootstrap` (the table's own rows, drawn
again), `independent` (every column shuffled) and `latent_classes` (`benchmarks/latent_classes.py`:
a plain mixture by EM, refined by the trees that refine tabgan's rows). Results are kept in
DIR/results.json as they come, with version and machine, and what stands there is not run again.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from dataclasses import dataclass
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
    "peak_mb": "peak MB",
}
YARDSTICKS = ("bootstrap", "independent", "latent_classes")
PACKAGES = {"tabularargn": "mostlyai-engine", "ctgan": "ctgan", "tvae": "ctgan"}

Figures = dict[str, Any]


@dataclass(frozen=True)
class Bench:
    """Paths and interpreters of one run.

    Attributes:
        folder: Of the tables and the judge.
        out: For models, rows and figures.
        judge: A Python that has the judge's packages.
        peers: A Python for each peer, by name.
        threads: That each tool may use.
    """

    folder: Path
    out: Path
    judge: str
    peers: dict[str, str]
    threads: int

    def measure(self, tool: str, name: str) -> Figures:
        """Return the figures of one table after split, fit, sample and judge."""
        split, rows = self.out / "split", self.out / f"{name}-{tool}.csv"
        run(self.judge, self.folder / "split.py", split, "--only", name)
        base, _, setting = tool.partition("-")
        if base == "tabgan":
            made = self.run_tabgan(split / name, rows, setting or "balanced")
        elif base == "latent_classes":
            mixture = [sys.executable, "-m", "benchmarks.latent_classes", split / name, rows]
            printed = run(*mixture, threads=self.threads).printed
            made = json.loads(printed.splitlines()[-1]) | {"version": "-"}
        else:
            made = self.run_peer(base, split / name, rows, setting)
        printed = run(self.judge, self.folder / "judge.py", split / name, rows).printed
        return {**json.loads(printed.splitlines()[-1]), **made, "machine": machine(self.threads)}

    def run_tabgan(self, table: Path, rows: Path, preset: str) -> Figures:
        """Fit and sample as many rows as the training part has, through the command line."""
        train, model = table / "train.csv", rows.with_suffix(".tabgan")
        target = json.loads((table / "task.json").read_text())["target"]
        tabgan = [sys.executable, "-m", "tabgan_cli.app"]
        limits = ["--threads", self.threads, "--seed", 0, "--quiet"]
        chosen = ["--target", target, "--preset", preset]
        fit = run(*tabgan, "fit", train, "-m", model, *chosen, *limits)
        with train.open(encoding="utf-8") as file:
            n_rows = sum(1 for _ in file) - 1
        sample = run(*tabgan, "sample", "-n", n_rows, "-m", model, "-o", rows, *limits)
        version = run(*tabgan, "--version").printed.split()[-1]
        return {
            "fit_s": round(fit.seconds, 1),
            "sample_s": round(sample.seconds, 1),
            "peak_mb": max(fit.peak_mb, sample.peak_mb),
            "version": version,
        }

    def run_peer(self, tool: str, table: Path, rows: Path, epochs: str) -> Figures:
        """Fit and sample with `peer.py`; its default where epochs are an empty text."""
        python = self.peers.get(tool, self.judge)
        peer = [python, self.folder / "peer.py", tool, table, rows]
        limit = ["--epochs", epochs] if epochs else []
        printed = run(*peer, *limit, threads=self.threads).printed
        made: Figures = json.loads(printed.splitlines()[-1])
        version = "-"
        if tool in PACKAGES:
            code = f"import importlib.metadata as m; print(m.version({PACKAGES[tool]!r}))"
            version = run(python, "-c", code).printed.strip()
        return {key: made[key] for key in ("fit_s", "sample_s", "peak_mb")} | {"version": version}


@dataclass(frozen=True)
class Finished:
    """A process that has ended."""

    seconds: float
    peak_mb: int
    printed: str


def run(*command: object, threads: int | None = None) -> Finished:
    """Run a command; return its seconds, its peak memory and what it printed."""
    start = time.perf_counter()
    environment = os.environ | ({"OMP_NUM_THREADS": str(threads)} if threads else {})
    process = subprocess.Popen(
        [str(word) for word in command], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert process.stdout is not None  # noqa: S101 (asked for above)
    printed = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(map(str, command))} ended with {process.returncode}")
    return Finished(time.perf_counter() - start, usage.ru_maxrss // 1024, printed)


def machine(threads: int) -> str:
    """Return the date, the machine and the releases of a measurement."""
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} cores, "
        f"{threads} thread(s), Python {platform.python_version()}"
    )


def to_markdown(results: dict[str, dict[str, Figures]]) -> str:
    """Write the figures as a Markdown table, a line for each table and tool."""
    lines = [
        "| table | tool | " + " | ".join(COLUMNS.values()) + " |",
        "|---" * (len(COLUMNS) + 2) + "|",
    ]
    for name, tools in results.items():
        for tool, figures in tools.items():
            cells = (f"{figures[column]:g}" for column in COLUMNS)
            lines.append(f"| {name} | {tool} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--judge", default=sys.executable, metavar="PYTHON")
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=PYTHON")
    parser.add_argument("--tools", default="", help="of those named, between commas; default: all")
    parser.add_argument("--only", default="", help="names of tables, between commas")
    parser.add_argument("--out", type=Path, default=Path("benchmark-results"))
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


def main() -> None:
    """Run what was asked for, and print it."""
    arguments = read_arguments()
    arguments.out.mkdir(parents=True, exist_ok=True)
    peers = dict(pair.split("=", 1) for pair in arguments.peer)
    bench = Bench(arguments.folder, arguments.out, arguments.judge, peers, arguments.threads)
    listed = list(json.loads((arguments.folder / "tables.json").read_text()))
    names = arguments.only.split(",") if arguments.only else listed
    tools = arguments.tools.split(",") if arguments.tools else ["tabgan", *peers, *YARDSTICKS]
    kept = arguments.out / "results.json"
    results: dict[str, dict[str, Figures]] = json.loads(kept.read_text()) if kept.exists() else {}
    for name in names:
        for tool in tools:
            if tool not in results.setdefault(name, {}):
                results[name][tool] = bench.measure(tool, name)
                kept.write_text(json.dumps(results, indent=1))
            print(json.dumps({name: {tool: results[name][tool]}}), flush=True)
    print(f"\n{to_markdown(results)}")


if __name__ == "__main__":
    main()
