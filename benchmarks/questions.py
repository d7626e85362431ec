"""Measure what a fitted model answers besides new rows: which rows are odd, what gaps hold.

    python -m benchmarks.questions FOLDER [--parts density,imputation] [--only adult,mammography]
                                   [--preset fast] [--rows 2000] [--out benchmark-results]

FOLDER holds a folder a table, with `train.csv`, `test.csv` and `task.json`, which names the target.

Part `density`, areas under the ROC curve, of which 0.5 is chance:

- swapped: how well rows of the test part are told from copies in which 1, 3 or 6 cells are those of
  a row of the training part, by their log-density; beside scikit-learn's isolation forest.
- outliers: how well the rarer class of the test part (of `nsl_kdd20`, attacks) is told from the
  commonest, by models of the commonest class of the training part that know no label; beside the
  isolation forest and the local outlier factor.

Part `imputation`: how well hidden cells are filled; see `benchmarks.imputation`. What is measured
is kept in the folder of results: another run goes on where one ended.
"""

import argparse
import json
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import IsolationForest
from sklearn.impute import SimpleImputer
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import LocalOutlierFactor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

from benchmarks.fidelity import machine
from benchmarks.imputation import measure_imputation
from tabgan import TabGAN

SWAPPED = (1, 3, 6)  # cells
NORMAL = {"nsl_kdd20": "normal"}  # level of the target that is normal, where not the commonest
MAX_NEIGHBOUR_ROWS = 20_000  # that the local outlier factor is fitted on: it takes long

Scores = npt.NDArray[np.float64]
Score = Callable[[pd.DataFrame], Scores]  # rows -> how normal each is


@dataclass(frozen=True)
class Table:
    """A table cut in two, and the column that is the label of its outliers."""

    name: str
    train: pd.DataFrame
    test: pd.DataFrame
    target: str

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Return the table of a folder."""
        task = json.loads((folder / "task.json").read_text())
        train, test = (pd.read_csv(folder / f"{part}.csv") for part in ("train", "test"))
        return cls(folder.name, train, test, task["target"])


def fit_tabgan(train: pd.DataFrame, preset: str) -> Score:
    """Return the log-density of a model of a table."""
    model = TabGAN(preset=preset, random_state=0, threads=1).fit(train).model_
    return model.score_samples


def fit_forest(train: pd.DataFrame, _: str) -> Score:
    """Return the scores of an isolation forest; categories are numbered, gaps are below all."""
    text = list(train.select_dtypes(exclude="number"))
    numbered = OrdinalEncoder(
        handle_unknown="use_encoded_value", unknown_value=-2, encoded_missing_value=-1
    )
    filled = SimpleImputer(strategy="constant", fill_value=-1)
    features = make_column_transformer((numbered, text), remainder=filled)
    forest = make_pipeline(features, IsolationForest(random_state=0)).fit(train)
    return forest.score_samples  # type: ignore[no-any-return]


def fit_neighbours(train: pd.DataFrame, _: str) -> Score:
    """Return the scores of the local outlier factor; numbers are scaled, categories one-hot."""
    text = list(train.select_dtypes(exclude="number"))
    one_hot = OneHotEncoder(handle_unknown="ignore", sparse_output=False, min_frequency=20)
    scaled = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    features = make_column_transformer((one_hot, text), remainder=scaled)
    factor = make_pipeline(features, LocalOutlierFactor(novelty=True))
    sample = train.sample(min(len(train), MAX_NEIGHBOUR_ROWS), random_state=0)
    return factor.fit(sample).score_samples  # type: ignore[no-any-return]


PEERS: dict[str, Callable[[pd.DataFrame, str], Score]] = {
    "tabgan": fit_tabgan,
    "isolation forest": fit_forest,
    "local outlier factor": fit_neighbours,
}


def swap_cells(
    rows: pd.DataFrame, donors: pd.DataFrame, count: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Return rows of which so many cells each are those of a donor; (n_rows, n_columns)."""
    given = donors.iloc[rng.integers(len(donors), size=len(rows))].set_axis(rows.index)
    places = rng.random(rows.shape).argsort(axis=1) < count
    return rows.mask(pd.DataFrame(places, rows.index, rows.columns), given)


def score_auc(score: Score, normal: pd.DataFrame, odd: pd.DataFrame) -> float:
    """Return how well odd rows are told from normal ones by their lower scores."""
    labels = np.repeat([1, 0], [len(normal), len(odd)])
    return float(roc_auc_score(labels, np.concatenate([score(normal), score(odd)])))


def measure_swapped(table: Table, arguments: argparse.Namespace) -> None:
    """Print how well rows with swapped cells are told."""
    rng, rows = np.random.default_rng(1), table.test[: arguments.rows].reset_index(drop=True)
    odd = [swap_cells(rows, table.train, count, rng) for count in SWAPPED]
    for name in ("tabgan", "isolation forest"):
        start = time.perf_counter()
        score = PEERS[name](table.train, arguments.preset)
        figures = [score_auc(score, rows, each) for each in odd]
        _print(table.name, name, figures, time.perf_counter() - start)


def measure_outliers(table: Table, arguments: argparse.Namespace) -> None:
    """Print how well rows of other classes than the commonest are told."""
    labels = table.train[table.target].astype(str)
    normal = NORMAL.get(table.name, labels.mode()[0])
    train = table.train[labels == normal].drop(columns=table.target).reset_index(drop=True)
    is_normal = (table.test[table.target].astype(str) == normal).to_numpy(bool)
    test = table.test.drop(columns=table.target).reset_index(drop=True)
    for name, fit in PEERS.items():
        start = time.perf_counter()
        figure = score_auc(fit(train, arguments.preset), test[is_normal], test[~is_normal])
        _print(table.name, name, [figure], time.perf_counter() - start)


def _print(table: str, peer: str, figures: list[float], seconds: float) -> None:
    cells = " | ".join(f"{figure:.3f}" for figure in figures)
    print(f"| {table} | {peer} | {cells} | {seconds:.0f} s |", flush=True)


@dataclass(frozen=True)
class Measure:
    """A figure of several peers: its name, the head of its columns, and what prints its lines."""

    name: str
    head: str
    run: Callable[[Table, argparse.Namespace], None]


PARTS = {
    "density": (
        Measure("swapped", " | ".join(f"{n} cells" for n in SWAPPED), measure_swapped),
        Measure("outliers", "outliers", measure_outliers),
    ),
    "imputation": (
        Measure("imputation", "hidden | categories | numbers | energy", measure_imputation),
    ),
}


def main() -> None:
    """Run what was asked for, and print it."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("folder", type=Path, help="of tables cut in two")
    parser.add_argument("--parts", default=",".join(PARTS), help="between commas")
    parser.add_argument("--only", default="", help="tables, between commas")
    parser.add_argument("--preset", default="fast")
    parser.add_argument("--rows", type=int, default=2_000, help="of the test part")
    parser.add_argument("--out", type=Path, default=Path("benchmark-results"))
    arguments: Any = parser.parse_args()
    warnings.simplefilter("ignore")
    print(machine(1), flush=True)
    names = set(filter(None, arguments.only.split(",")))
    folders = [path.parent for path in sorted(arguments.folder.glob("*/task.json"))]
    for measure in (each for part in arguments.parts.split(",") for each in PARTS[part]):
        print(f"\n## {measure.name}\n\n| table | by | {measure.head} | time |", flush=True)
        print("|---" * (measure.head.count("|") + 4) + "|", flush=True)
        for folder in folders:
            if not names or folder.name in names:
                measure.run(Table.read(folder), arguments)


if __name__ == "__main__":
    main()
