"""Measure what a fitted model answers besides new rows: which rows are odd, what gaps hold.

    python -m benchmarks.questions FOLDER [--parts density,imputation,intervals]
                                   [--only adult,mammography] [--preset fast] [--rows 2000]
                                   [--peer PYTHON] [--out benchmark-results]

FOLDER holds a folder a table, with `train.csv`, `test.csv` and `task.json`, which names the target.
Part `density` is that of `benchmarks.density`, parts `imputation` and `intervals` are those of
`benchmarks.imputation`. `--peer` names a Python that has mostlyai-engine, whose TabularARGN fills
gaps, too (`benchmarks.peers`). Times are seconds of the processor. What is measured is kept in the
folder of results: another run goes on where one ended.
"""

import argparse
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.cut_table import CutTable
from benchmarks.density import SWAPPED, measure_outliers, measure_swapped
from benchmarks.fidelity import machine
from benchmarks.imputation import INTERVALS, measure_imputation, measure_intervals


@dataclass(frozen=True)
class Measure:
    """A figure of several peers: its name, the head of its columns, and what prints its lines."""

    name: str
    head: str
    run: Callable[[CutTable, argparse.Namespace], None]


_SHARES = " | ".join(f"{share:.0%}" for share in INTERVALS)
PARTS = {
    "density": (
        Measure("swapped", " | ".join(f"{n} cells" for n in SWAPPED), measure_swapped),
        Measure("outliers", "outliers", measure_outliers),
    ),
    "imputation": (
        Measure(
            "imputation",
            "hidden | categories | numbers | absolute | energy | fit",
            measure_imputation,
        ),
    ),
    "intervals": (Measure("intervals", f"hidden | cells | {_SHARES}", measure_intervals),),
}


def read_arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    """Return what a command asks for."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("folder", type=Path, help="of tables cut in two")
    parser.add_argument("--parts", default=",".join(PARTS), help="between commas")
    parser.add_argument("--only", default="", help="tables, between commas")
    parser.add_argument("--preset", default="fast")
    parser.add_argument("--rows", type=int, default=2_000, help="of the test part")
    parser.add_argument("--peer", help="a Python that has mostlyai-engine, which fills gaps, too")
    parser.add_argument("--out", type=Path, default=Path("benchmark-results"))
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> None:
    """Run what was asked for, and print it."""
    arguments: Any = read_arguments(words)
    warnings.simplefilter("ignore")
    print(machine(1), flush=True)
    names = set(filter(None, arguments.only.split(",")))
    folders = [path.parent for path in sorted(arguments.folder.glob("*/task.json"))]
    parts = arguments.parts.split(",")
    if "imputation" in parts and not arguments.peer:
        print("Gaps are not filled by TabularARGN, mostlyai-engine's: --peer names no Python.")
    for measure in (each for part in parts for each in PARTS[part]):
        print(f"\n## {measure.name}\n\n| table | by | {measure.head} | time |", flush=True)
        print("|---" * (measure.head.count("|") + 4) + "|", flush=True)
        for folder in folders:
            if not names or folder.name in names:
                measure.run(CutTable.read(folder), arguments)


if __name__ == "__main__":
    main()
