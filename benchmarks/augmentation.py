"""Do added rows help a learner, and does `augment --auto` know when?

    python benchmarks/packaged_tables.py FOLDER     # tables that tabgan was not built with
    OMP_NUM_THREADS=1 python -m benchmarks.augmentation FOLDER [--rows 300] [--minority 0.05]
                      [--samples 5] [--only diamonds,tuna] [--out DIR] [--print-only]

FOLDER holds `tables.json` and the tables that it names; those with 5,000 rows to test on count. A
cell is a table, a number of rows and a sample of so many of them, in which the rarer of two classes
may be cut to a share. Every arm learns from the sample, and is scored on up to 8,000 other rows,
which are not cut, by average precision (of the rarer class, or the mean over classes) or, where
numbers are predicted, by R². The learner is gradient boosting by histograms. One GAN of preset
`fast` is fitted to each sample, and makes the rows of all arms. Arms and comparisons, all decided
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
samples. A cell that has ended is kept in DIR, and not run again. `augmentation_gains` prints.
"""

import argparse
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.augmentation_cells import Cell, Sample
from benchmarks.augmentation_gains import Outcome, to_markdown
from tabgan.runtime.atomic_write import atomic_write

MIN_TEST_ROWS = 5_000


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
        return table.drop(columns=entry["drop"]).dropna(subset=[entry["target"]])

    def can_cut(self, name: str) -> bool:
        """Whether the minority can be cut: there are two classes, and the rarer is not as rare."""
        if self.minority is None:
            return True
        shares = self.read(name)[self.tables[name]["target"]].value_counts(normalize=True)
        return len(shares) == 2 and shares.iloc[-1] > self.minority

    def find(self, name: str, seed: int) -> Path:
        """Return where the outcome of a cell is kept."""
        cut = "" if self.minority is None else f"-{self.minority:g}"
        return self.out / f"{name}-{self.rows}{cut}-{seed}.json"

    def run(self, name: str, seed: int) -> None:
        """Run a cell, and keep its outcome."""
        target = self.tables[name]["target"]
        sample = Sample.draw(self.read(name), target, self.rows, self.minority, seed)
        outcome = Cell(sample, seed).run()
        self.out.mkdir(parents=True, exist_ok=True)
        with atomic_write(self.find(name, seed)) as temporary:
            temporary.write_text(json.dumps(outcome))


def main() -> None:
    """Run what was asked for and has not been run, and print all that has."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=300)
    parser.add_argument("--minority", type=float, help="share of the rarer class, such as 0.05")
    parser.add_argument("--samples", type=int, default=5)
    parser.add_argument("--only", help="tables, between commas")
    parser.add_argument("--out", type=Path, default=Path("benchmark-results") / "augmentation")
    parser.add_argument("--print-only", action="store_true", help="run nothing")
    given = parser.parse_args()
    setting = Setting(given.folder, given.out, given.rows, given.minority)
    names = [n for n in setting.tables if not given.only or n in given.only.split(",")]
    names = [name for name in names if setting.can_cut(name)]
    cells = [(name, seed) for seed in range(given.samples) for name in names]
    for name, seed in cells:
        if not given.print_only and not setting.find(name, seed).exists():
            setting.run(name, seed)
            print(f"{name}, sample {seed}: done", flush=True)
    outcomes: dict[str, list[Outcome]] = {name: [] for name in names}
    for name, seed in cells:
        if setting.find(name, seed).exists():
            outcomes[name].append(json.loads(setting.find(name, seed).read_text()))
    print(to_markdown({name: found for name, found in outcomes.items() if found}))


if __name__ == "__main__":
    main()
