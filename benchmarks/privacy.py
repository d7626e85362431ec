"""Attack what tabgan makes of small tables, with and without `protect`; print the figures.

    python -m benchmarks.privacy FOLDER [--only penguins,taxis] [--models 8] [--rows 1000]
        [--out DIR]

FOLDER is that of `benchmarks/fidelity.py`. Of a table's training part (the judge's test rows are
left alone) `--rows` are a pool. Each model is fitted by preset fast to a half of the pool drawn by
chance, its members; the others are rows that it has not seen. Its rows are attacked:

- LiRA: the likelihood-ratio attack of Carlini et al. (2022). The score of a pool's row is its
  distance to the nearest of many made rows; whether it is a member is read from its distances to
  the rows of all other models, fitted with it and without it: the shadow models. With `--models` 8
  a table costs 16 of them, as many with `protect`. Guessing has an AUC of 0.5.
- the other columns are metrics of `tabgan evaluate`, for members beside the rows unseen.

Each figure is a mean over the models, ± half the 95 % interval (Student's t) of its difference to
what unseen rows have, in parentheses. A miss is a figure that is above beyond its interval: of 40
without any leak one is by chance. What is done stands in DIR/privacy.jsonl, and is not done again;
a model that tabgan refuses to fit is missing, and stderr says why.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.fidelity import run
from benchmarks.shadow_models import Figure, likelihood_ratio_aucs
from tabgan import TabGAN
from tabgan.errors import TabganError
from tabgan.evaluation import METRICS, Comparison, Features
from tabgan.evaluation.metrics.alignment import align
from tabgan.evaluation.metrics.nearest_rows import GowerDistance
from tabgan.evaluation.utility.task import infer_task_schema
from tabgan.io import read_table
from tabgan.schema import TableSchema

TABLES = "penguins,mammography,taxis,telco_churn,hypothyroid"
LIRA = "lira"
FIGURES = {
    LIRA: "LiRA AUC",
    "likelihood_ratio": "likelihood-ratio AUC",
    "membership_inference": "distance AUC",
    "nearness": "near, %",
    "copies": "copies, %",
    "near_copies": "near copies, %",
    "attribute_inference": "attributes guessed, %",
    "singling_out": "rare combinations, %",
}
MADE_ROWS = 5_000  # of each model, that distances are taken to
MIN_DISTANCE = 1e-3  # distance, as for the likelihood-ratio metric

Record = dict[str, Any]  # of one model: table, protect, model, members, scores, readings


@dataclass(frozen=True)
class Pool:
    """The rows that models are fitted to halves of.

    Attributes:
        name: Of the table.
        target: Of its task.
        rows: Shape (n_rows, n_columns).
        schema: Of all of them.
    """

    name: str
    target: str
    rows: pd.DataFrame
    schema: TableSchema

    @classmethod
    def read(cls, name: str, n_rows: int, arguments: argparse.Namespace) -> "Pool":
        """Return rows of a table's training part."""
        split = arguments.out / "split"
        run(sys.executable, arguments.folder / "split.py", split, "--only", name)
        target = json.loads((split / name / "task.json").read_text())["target"]
        rows = read_table(split / name / "train.csv")
        rows = rows.sample(min(n_rows, len(rows)), random_state=0).reset_index(drop=True)
        return cls(name, target, rows, infer_task_schema(rows, target))

    @cached_property
    def features(self) -> Features:
        """How rows become numbers."""
        return Features.fit(self.schema.read_missing_marks(self.rows), self.schema)

    def attack(self, number: int, protect: bool) -> Record:
        """Fit a model to a half of the rows; return what its rows give away."""
        members = np.zeros(len(self.rows), bool)
        order = np.random.default_rng(number).permutation(len(self.rows))
        members[order[: len(order) // 2]] = True
        own = self.rows[members].reset_index(drop=True)
        model = TabGAN(self.target, preset="fast", protect=protect, random_state=number, threads=1)
        made = model.fit(own).sample(MADE_ROWS, random_state=number)
        return {
            "table": self.name,
            "protect": protect,
            "model": number,
            "members": members.tolist(),
            "scores": self._nearness(made).tolist(),
            "readings": self._measure(members, made.head(len(own)), number),
        }

    def _align(self, rows: pd.DataFrame) -> pd.DataFrame:
        marked = self.schema.read_missing_marks(rows.reset_index(drop=True))
        return align(marked, self.features, self.rows.columns, "made").table

    def _nearness(self, made: pd.DataFrame) -> NDArray[np.float64]:
        """Return minus the logarithm of each row's distance to the nearest made row; (n_rows,)."""
        pool, records = (self.features.matrix(self._align(each)) for each in (self.rows, made))
        near = GowerDistance.fit(pool, self.features).nearest(pool, records).distances[:, 0]
        return -np.log(near + MIN_DISTANCE)

    def _measure(self, members: NDArray[np.bool_], made: pd.DataFrame, seed: int) -> Record:
        """Return value and reference of each metric; nothing of those that cannot be computed."""
        own, made, unseen = map(self._align, (self.rows[members], made, self.rows[~members]))
        comparison = Comparison(own, made, unseen, self.schema, self.target, seed)
        found = {name: METRICS[name].evaluate(comparison) for name in FIGURES if name != LIRA}
        known = {name: one for name, one in found.items() if one.value is not None}
        return {name: [one.value, one.reference] for name, one in known.items()}


def summarize(records: list[Record]) -> dict[str, Figure]:
    """Return the figures of the models of one table and setting."""
    found = {}
    if len(records) > 2:
        scores, members = (
            np.array([one[name] for one in records]) for name in ("scores", "members")
        )
        aucs = likelihood_ratio_aucs(scores, members)
        found[LIRA] = Figure.of_aucs(aucs)
    for name in FIGURES:
        known = [one["readings"][name] for one in records if name in one["readings"]]
        if len(known) > 1:
            found[name] = Figure.of(np.array(known, float))
    return found


def to_lines(records: list[Record]) -> Iterator[str]:
    """Yield the figures as a Markdown table, a line for each table and setting, and the misses."""
    yield "| table | protect | models | " + " | ".join(FIGURES.values()) + " |"
    yield "|---" * (len(FIGURES) + 3) + "|"
    misses, count = [], 0
    for name, protect in dict.fromkeys((one["table"], one["protect"]) for one in records):
        own = [one for one in records if (one["table"], one["protect"]) == (name, protect)]
        figures, setting = summarize(own), " with protect" if protect else ""
        cells = (str(figures[each]) if each in figures else "-" for each in FIGURES)
        yield f"| {name} | {'yes' if protect else 'no'} | {len(own)} | " + " | ".join(cells) + " |"
        count += len(figures)
        missed = [FIGURES[key] for key, figure in figures.items() if figure.is_miss]
        misses += [f"{title} of {name}{setting}" for title in missed]
    yield f"\n{len(misses)} of {count} figures are misses: {'; '.join(misses) or 'none'}."


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default=TABLES, help="names of tables, between commas")
    parser.add_argument("--models", type=int, default=8, help="of a table, and as many protected")
    parser.add_argument("--rows", type=int, default=1_000, help="of a pool, at the most")
    parser.add_argument("--out", type=Path, default=Path("benchmark-results"))
    return parser.parse_args()


def main() -> None:
    """Fit and attack what is not done yet, and print all."""
    arguments = read_arguments()
    arguments.out.mkdir(parents=True, exist_ok=True)
    kept = arguments.out / "privacy.jsonl"
    lines = kept.read_text(encoding="utf-8").splitlines() if kept.exists() else []
    records = {(one["table"], one["protect"], one["model"]): one for one in map(json.loads, lines)}
    for name in arguments.only.split(","):
        pool = Pool.read(name, arguments.rows, arguments)
        for number in range(arguments.models):
            for protect in (False, True):
                key = (name, protect, number)
                if key in records:
                    continue
                try:
                    records[key] = pool.attack(number, protect)
                except TabganError as error:
                    print(f"{name}, protect {protect}: {error}", file=sys.stderr, flush=True)
                    continue
                with kept.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(records[key]) + "\n")
                print(name, protect, number, records[key]["readings"], file=sys.stderr, flush=True)
    print("\n".join(to_lines(list(records.values()))))


if __name__ == "__main__":
    main()
