"""What size costs: the figures of size in `docs/benchmarks.md` and `docs/scale.md`, part by part.

    python -m benchmarks.scale FOLDER [--parts draw,fit,team,cost] [--peer PYTHON] [--out DIR]

FOLDER holds a folder for each table, with `train.csv` and `task.json` ({"target": ...}). `--peer`
is a Python that has CTGAN. Each part is a command of its own, with options of its own:

- draw: rows drawn in a second, and the most memory that it takes (`benchmarks.scale_sampling`)
- fit: encoders, fits in passes, many columns, many categories (`benchmarks.scale_fit`)
- team: steps of two gloo processes against one with both cores, rows of two Dask workers against
  one process (`benchmarks.scale_processes`)
- cost: seconds and bytes by rows and columns, and what they foretell (`benchmarks.scale_cost`)
"""

import argparse
import subprocess
import sys
from pathlib import Path


def main() -> None:
    """Run the parts that were asked for, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--parts", default="draw,fit,team,cost", help="of these, with commas")
    parser.add_argument("--peer", help="a Python that has CTGAN")
    parser.add_argument("--out", type=Path, default=Path("benchmark-results"))
    arguments = parser.parse_args()
    out, peer = ["--out", arguments.out], ["--peer", arguments.peer] if arguments.peer else []
    options = {
        "draw": [arguments.folder, *out, *peer],
        "fit": peer,
        "team": [arguments.folder, *out],
        "cost": out,
    }
    parts = arguments.parts.split(",")
    if unknown := set(parts) - set(options):
        parser.error(f"unknown parts: {', '.join(unknown)}; choose from {', '.join(options)}")
    for part in parts:
        print(f"\n## {part}\n", flush=True)
        command = [sys.executable, "-m", f"benchmarks.scale_{part}", *options[part]]
        subprocess.run([str(word) for word in command], check=True)


if __name__ == "__main__":
    main()
