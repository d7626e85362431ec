"""Rows that are odd, told from those that are not: by tabgan, and by what is used for it.

Part `density` of `benchmarks.questions`; areas under the ROC curve, of which 0.5 is chance:

- swapped: how well rows of the test part are told from copies in which 1, 3 or 6 cells are those of
  a row of the training part.
- outliers: how well the rarer classes of the test part (of `nsl_kdd20`, attacks) are told from the
  commonest, by models of the commonest class of the training part that know no label.

tabgan scores by tail probabilities, as `TabGANDetector` does, and by the log-density of the same
model; beside it stand scikit-learn's isolation forest and local outlier factor, and ECOD, which is
written out here.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import skew
from sklearn.compose import make_column_transformer
from sklearn.ensemble import IsolationForest
from sklearn.impute import SimpleImputer
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import LocalOutlierFactor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

from benchmarks.cut_table import CutTable
from benchmarks.facts import Store
from tabgan import TabGAN
from tabgan.model.score import TableScorer

SWAPPED = (1, 3, 6)  # cells
NORMAL = {"nsl_kdd20": "normal"}  # level of the target that is normal, where not the commonest
MAX_NEIGHBOUR_ROWS = 20_000  # that the local outlier factor is fitted on: it takes long

Floats = npt.NDArray[np.float64]
Score = Callable[[pd.DataFrame], Floats]  # rows -> how normal each is
Scores = dict[str, Score]  # by what they are called


def fit_tabgan(train: pd.DataFrame, preset: str) -> Scores:
    """Return tail probabilities and densities of a model of a table."""
    model = TabGAN(preset=preset, random_state=0, threads=1).fit(train).model_
    return {"tabgan": TableScorer(model).score_tails, "log-density": model.score_samples}


def fit_forest(train: pd.DataFrame, _: str) -> Scores:
    """Return the scores of an isolation forest; categories are numbered, gaps are below all."""
    text = list(train.select_dtypes(exclude="number"))
    numbered = OrdinalEncoder(
        handle_unknown="use_encoded_value", unknown_value=-2, encoded_missing_value=-1
    )
    filled = SimpleImputer(strategy="constant", fill_value=-1)
    features = make_column_transformer((numbered, text), remainder=filled)
    forest = make_pipeline(features, IsolationForest(random_state=0)).fit(train)
    return {"isolation forest": forest.score_samples}


def _make_features(train: pd.DataFrame) -> Any:
    """Return what makes numbers of rows: those there are in deviations, categories one-hot."""
    text = list(train.select_dtypes(exclude="number"))
    one_hot = OneHotEncoder(handle_unknown="ignore", sparse_output=False, min_frequency=20)
    scaled = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    return make_column_transformer((one_hot, text), remainder=scaled)


def fit_neighbours(train: pd.DataFrame, _: str) -> Scores:
    """Return the scores of the local outlier factor."""
    factor = make_pipeline(_make_features(train), LocalOutlierFactor(novelty=True))
    sample = train.sample(min(len(train), MAX_NEIGHBOUR_ROWS), random_state=0)
    return {"local outlier factor": factor.fit(sample).score_samples}


@dataclass(frozen=True)
class TailProbabilities:
    """ECOD (Li et al. 2022, algorithm 1): the less likely its tails, the odder a row.

    Rows count among those that were learned, so that no tail is empty.

    Attributes:
        ordered: Each feature's learned values in order; (n_learned, n_features).
        is_left: Whether a feature's longer tail is the left one; (n_features,).
    """

    ordered: Floats
    is_left: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, features: Floats) -> "TailProbabilities":
        """Return those of learned rows; (n_learned, n_features)."""
        return cls(np.sort(features, axis=0), np.nan_to_num(skew(features)) < 0)

    def score(self, features: Floats) -> Floats:
        """Return how normal rows are, (n_rows,): the highest of three sums over features."""
        n_learned, pairs = len(self.ordered), list(zip(self.ordered.T, features.T, strict=True))
        below = np.stack([np.searchsorted(own, new, "right") for own, new in pairs], axis=1)
        above = n_learned - np.stack([np.searchsorted(own, new) for own, new in pairs], axis=1)
        left, right = (-np.log((count + 1) / (n_learned + 1)) for count in (below, above))
        longer = np.where(self.is_left, left, right)
        sums = np.array([tails.sum(axis=1) for tails in (left, right, longer)])
        return np.asarray(-sums.max(axis=0))


def fit_tails(train: pd.DataFrame, _: str) -> Scores:
    """Return the scores of ECOD."""
    features = _make_features(train)
    tails = TailProbabilities.of(features.fit_transform(train))
    return {"ECOD": lambda rows: tails.score(features.transform(rows))}


PEERS: dict[str, Callable[[pd.DataFrame, str], Scores]] = {
    "tabgan": fit_tabgan,
    "isolation forest": fit_forest,
    "local outlier factor": fit_neighbours,
    "ECOD": fit_tails,
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


def measure_swapped(table: CutTable, arguments: argparse.Namespace) -> None:
    """Print how well rows with swapped cells are told."""
    rng, rows = np.random.default_rng(1), table.test[: arguments.rows].reset_index(drop=True)
    pairs = [(rows, swap_cells(rows, table.train, count, rng)) for count in SWAPPED]
    _measure("swapped", table.name, table.train, pairs, arguments)


def measure_outliers(table: CutTable, arguments: argparse.Namespace) -> None:
    """Print how well rows of other classes than the commonest are told."""
    labels = table.train[table.target].astype(str)
    normal = NORMAL.get(table.name, labels.mode()[0])
    train = table.train[labels == normal].drop(columns=table.target).reset_index(drop=True)
    is_normal = (table.test[table.target].astype(str) == normal).to_numpy(bool)
    test = table.test.drop(columns=table.target).reset_index(drop=True)
    _measure("outliers", table.name, train, [(test[is_normal], test[~is_normal])], arguments)


def _measure(
    measure: str,
    table: str,
    train: pd.DataFrame,
    pairs: list[tuple[pd.DataFrame, pd.DataFrame]],
    arguments: argparse.Namespace,
) -> None:
    """Print how well each peer tells normal rows from odd ones; what is known is not made anew."""
    store = Store(Path(arguments.out) / "density.jsonl")
    for peer, fit in PEERS.items():
        settings = f"{arguments.preset}, " if peer == "tabgan" else ""
        make = partial(_score, fit, train, arguments.preset, pairs)
        found = store.get(f"{measure}, {table}, {peer}, {settings}{len(pairs[0][0])} rows", make)
        for name, figures in found["scores"].items():
            cells = " | ".join(f"{figure:.3f}" for figure in figures)
            print(f"| {table} | {name} | {cells} | {found['seconds']:.1f} s |", flush=True)


def _score(
    fit: Callable[[pd.DataFrame, str], Scores],
    train: pd.DataFrame,
    preset: str,
    pairs: list[tuple[pd.DataFrame, pd.DataFrame]],
) -> dict[str, Any]:
    start = time.process_time()
    scores = {
        name: [score_auc(score, *pair) for pair in pairs]
        for name, score in fit(train, preset).items()
    }
    return {"scores": scores, "seconds": time.process_time() - start}
