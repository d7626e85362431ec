"""Do added rows help a learner, and does `augment --auto` know when?

    python benchmarks/packaged_tables.py FOLDER     # tables that tabgan was not built with
    OMP_NUM_THREADS=1 python -m benchmarks.augmentation FOLDER [--rows 300] [--minority 0.05]
                      [--samples 5] [--only diamonds,tuna] [--parts arms,auto] [--out DIR]

FOLDER holds `tables.json` and the tables that it names; those with 5,000 rows to test on count. A
cell is a table, a number of rows and a sample of so many of them, in which the rarer of two classes
may be cut to a share. Every arm learns from the sample, and is scored on up to 8,000 other rows,
which are not cut, by average precision (of the rarer class, or the mean over classes) or, where
numbers are predicted, by R². The learner is gradient boosting by histograms. One GAN of preset
`fast` is fitted to each sample, and makes the rows of all arms but --auto, which fits its own and
takes most of the time: it is a part of its own. Arms and comparisons, all decided
before any of them was run:

- without a generator: ten bootstraps averaged (bagging, Breiman 1996), the rows twice, random
  oversampling, SMOTE(-NC), ten draws of it averaged, class weights, and labels of a teacher on real
  rows of which cells are swapped, all as `evaluate --baselines all` has them;
- 1 draw, 10 draws: learners on the sample and as many generated rows, the ten averaged as
  `TabGANEnsemble` does; of 1 draw the mean score of these ten;
- balance: rows of rarer classes, until all are as common;
- --auto: what `augment` adds by its own cross-validation, used as it says: averaged, weighed, or
  nothing;
- forest, linear, alone and on the same ten draws: whether rows help who chooses the learner;
- best learner: of the three, by cross-validation inside the sample, without rows.

The primary comparison is that of 10 draws with bagging of 300 rows, the next those of 10 draws with
each rival and of --auto with the real rows. Means over samples are compared over tables by
Wilcoxon's signed-rank test, corrected for all comparisons by Holm (1979). Intervals are of t over
samples. What has ended is kept in DIR, and not run again; with `--parts none` nothing is run, and
what there is is printed.
"""

import argparse
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.augmentation_cells import Cell, Sample
from benchmarks.augmentation_gains import REAL, Outcome, to_markdown
from tabgan.runtime.atomic_write import atomic_write

MIN_TEST_ROWS = 5_000
PARTS = {"arms": Cell.run_arms, "auto": Cell.run_auto}


@dataclass(frozen=True)
class Setting:
    """What all cells of a run have in common.

    Attributes:
        folder: Where the tables are.
        out: Where outcomes are kept.
        rows: Of a sample.
        minority: Share of the rarer class in it; as it is when None.
    """

    folder: Path
    out: Path
    rows: int
    minority: float | None

    @cached_property
    def tables(self) -> dict[str, Any]:
        """What `tables.json` says of each table that is large enough."""
        entries = json.loads((self.folder / "tables.json").read_text())
        return {n: e for n, e in entries.items() if e["rows"] >= MIN_TEST_ROWS + self.rows}

    def read(self, name: str) -> pd.DataFrame:
        """Return the rows of a table whose target is known."""
        entry = self.tables[name]
        table = pd.read_csv(self.folder / entry["file"], low_memory=False)
        return pd.DataFrame(table.drop(columns=entry["drop"]).dropna(subset=[entry["target"]]))

    def can_cut(self, name: str) -> bool:
        """Whether the minority can be cut: there are two classes, and the rarer is not as rare."""
        if self.minority is None:
            return True
        shares = self.read(name)[self.tables[name]["target"]].value_counts(normalize=True)
        return len(shares) == 2 and shares.iloc[-1] > self.minority

    def find(self, name: str, seed: int, part: str) -> Path:
        """Return where what a part of a cell finds is kept."""
        cut = "" if self.minority is None else f"-{self.minority:g}"
        end = "" if part == "arms" else f"-{part}"
        return self.out / f"{name}-{self.rows}{cut}-{seed}{end}.json"

    def run(self, name: str, seed: int, part: str) -> None:
        """Run a part of a cell, and keep what it finds."""
        target = self.tables[name]["target"]
        sample = Sample.draw(self.read(name), target, self.rows, self.minority, seed)
        outcome = PARTS[part](Cell(sample, seed))
        self.out.mkdir(parents=True, exist_ok=True)
        with atomic_write(self.find(name, seed, part)) as temporary:
            temporary.write_text(json.dumps(outcome))
        print(f"{name}, sample {seed}, {part}: {show(outcome)}", flush=True)

    def load(self, name: str, seed: int) -> Outcome:
        """Return what all parts of a cell have found, as far as they have been run."""
        kept = [self.find(name, seed, part) for part in PARTS]
        found = [json.loads(path.read_text()) for path in kept if path.exists()]
        return {key: value for part in found for key, value in part.items()}


def main() -> None:
    """Run what was asked for and has not been run, and print all that has."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=300)
    parser.add_argument("--minority", type=float, help="share of the rarer class, such as 0.05")
    parser.add_argument("--samples", type=int, default=5)
    parser.add_argument("--only", help="tables, between commas")
    parser.add_argument("--out", type=Path, default=Path("benchmark-results") / "augmentation")
    parser.add_argument("--parts", default=",".join(PARTS), help="between commas")
    given = parser.parse_args()
    setting = Setting(given.folder, given.out, given.rows, given.minority)
    names = [n for n in setting.tables if not given.only or n in given.only.split(",")]
    names = [name for name in names if setting.can_cut(name)]
    cells = [(name, seed) for seed in range(given.samples) for name in names]
    for part in (part for part in PARTS if part in given.parts.split(",")):
        for name, seed in cells:
            if not setting.find(name, seed, part).exists():
                setting.run(name, seed, part)
    outcomes = {name: [setting.load(name, seed) for seed in range(given.samples)] for name in names}
    known = {name: [found for found in cells if REAL in found] for name, cells in outcomes.items()}
    print(to_markdown({name: cells for name, cells in known.items() if cells}))


def show(outcome: Outcome) -> str:
    """Return scores as one line."""
    scores = {arm: value for arm, value in outcome.items() if not arm.startswith("seconds")}
    return ", ".join(
        f"{k} {v:.3f}" if isinstance(v, float) else f"{k} {v}" for k, v in scores.items()
    )


if __name__ == "__main__":
    main()
