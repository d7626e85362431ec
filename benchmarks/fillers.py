"""What fills gaps of a table: tabgan, and what is used for it; `imputation` compares them."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor
from sklearn.impute import KNNImputer

from tabgan import TabGAN

MAX_PEER_ROWS = 5_000  # of the training part that neighbours and trees look at: they take long
TREES: Any = {"n_estimators": 50, "min_samples_leaf": 3, "random_state": 0, "n_jobs": 1}
MAX_ROUNDS = 5  # of trees over all columns

Floats = npt.NDArray[np.float64]
Fill = Callable[[pd.DataFrame], pd.DataFrame]


@dataclass(frozen=True)
class Filler:
    """What fills gaps.

    Attributes:
        point: Nearest to the truth.
        draw: As real rows would be, so many draws of each row after each other; None where all
            there is is `point`.
        seconds: Of the processor, that fitting took.
    """

    point: Fill
    draw: Callable[[pd.DataFrame, int], pd.DataFrame] | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class FilledRows:
    """Rows whose gaps are filled.

    Attributes:
        point: Nearest to the truth.
        draw: As real rows would be, if there are such.
        fit_seconds, seconds: Of the processor, that fitting and filling `point` took.
    """

    point: pd.DataFrame
    draw: pd.DataFrame
    fit_seconds: float
    seconds: float


@dataclass(frozen=True)
class Codes:
    """Tables as numbers.

    Attributes:
        categories: Of columns of text.
        means, deviations: Of the other columns.
    """

    categories: dict[Any, list[Any]]
    means: dict[Any, float]
    deviations: dict[Any, float]

    @classmethod
    def of(cls, train: pd.DataFrame) -> "Codes":
        """Return those of a table."""
        text, numbers = train.select_dtypes(exclude="number"), train.select_dtypes("number")
        categories = {name: sorted(text[name].dropna().unique(), key=str) for name in text}
        deviations = numbers.std(ddof=0).replace(0.0, 1.0).fillna(1.0)
        return cls(categories, numbers.mean().to_dict(), deviations.to_dict())

    def to_features(self, frame: pd.DataFrame) -> Floats:
        """Return numbers in deviations and indicators of categories; NaN for gaps."""
        features = []
        for name in frame:
            if name in self.categories:
                own = frame[name].astype(object).to_numpy()[:, None]
                is_own = (own == np.array(self.categories[name], object)) / np.sqrt(2)
                features.append(np.where(frame[name].notna().to_numpy()[:, None], is_own, np.nan))
            else:
                scaled = (frame[name].astype("float64") - self.means[name]) / self.deviations[name]
                features.append(scaled.to_numpy()[:, None])
        return np.hstack(features).astype(np.float64)

    def fill(self, frame: pd.DataFrame, features: Floats) -> pd.DataFrame:
        """Return a table with its gaps filled from features, by the largest indicator."""
        filled, start = {}, 0
        for name in frame:
            known = self.categories.get(name)
            own = features[:, start : start + (len(known) if known else 1)]
            start += own.shape[1]
            values: Any = (
                np.array(known, object)[own.argmax(axis=1)]
                if known
                else own[:, 0] * self.deviations[name] + self.means[name]
            )
            filled[name] = fill_column(frame[name], values)
        return pd.DataFrame(filled)


def fill_column(cells: "pd.Series[Any]", values: Any) -> "pd.Series[Any]":
    """Return a column with its gaps filled; (n_rows,) each."""
    made = pd.Series(values, cells.index)
    return cells.astype(made.dtype).where(cells.notna(), made)


def fit_tabgan(train: pd.DataFrame, target: str, preset: str) -> Filler:
    """Return what a model of the table fills in."""
    start = time.process_time()
    model = TabGAN(target, preset=preset, random_state=0, threads=1).fit(train).model_
    return Filler(
        lambda rows: model.impute(rows, point=True, seed=0),
        lambda rows, n_draws: model.impute(rows, n_draws, seed=0),
        time.process_time() - start,
    )


def fit_commonest(train: pd.DataFrame, *_: str) -> Filler:
    """Return means and the commonest categories."""
    fills = _find_commonest(train)

    def fill(rows: pd.DataFrame) -> pd.DataFrame:
        return pd.DataFrame({name: _start(rows[name], fills[name]) for name in rows})

    return Filler(fill)


def _find_commonest(train: pd.DataFrame) -> dict[Any, Any]:
    numbers = set(train.select_dtypes("number"))
    return {n: train[n].mean() if n in numbers else train[n].mode()[0] for n in train}


def _start(cells: "pd.Series[Any]", value: Any) -> "pd.Series[Any]":
    kind: Any = "float64" if isinstance(value, float) else object
    return fill_column(cells, np.full(len(cells), value, kind))


def fit_neighbours(train: pd.DataFrame, *_: str) -> Filler:
    """Return the mean of the nearest rows, and their commonest category."""
    start, codes = time.process_time(), Codes.of(train)
    sample = train.sample(min(len(train), MAX_PEER_ROWS), random_state=0)
    imputer = KNNImputer(keep_empty_features=True).fit(codes.to_features(sample))

    def fill(rows: pd.DataFrame) -> pd.DataFrame:
        return codes.fill(rows, imputer.transform(codes.to_features(rows)))

    return Filler(fill, seconds=time.process_time() - start)


def fit_trees(train: pd.DataFrame, *_: str) -> Filler:
    """Return what extra trees say of each column in turn given the others, in rounds.

    MissForest's way (Stekhoven and Buehlmann 2012, algorithm 1): trees are grown anew for what is
    to be filled, on all rows there are; classifiers for categories.
    """
    sample = train.sample(min(len(train), MAX_PEER_ROWS), random_state=0)
    codes, fills = Codes.of(train), _find_commonest(train)

    def fill(rows: pd.DataFrame) -> pd.DataFrame:
        given = pd.concat([sample, rows], ignore_index=True)
        whole = pd.DataFrame({name: _start(given[name], fills[name]) for name in given})
        features, change = codes.to_features(whole), np.inf
        for _ in range(MAX_ROUNDS):
            made = _fill_in_turn(given, whole, codes)
            before, after = features, codes.to_features(made)
            if (own := float(((after - before) ** 2).sum())) >= change:
                break
            whole, features, change = made, after, own
        return whole.iloc[len(sample) :].set_axis(rows.index)

    return Filler(fill)


def _fill_in_turn(given: pd.DataFrame, whole: pd.DataFrame, codes: Codes) -> pd.DataFrame:
    """Return rows whose gaps trees fill, the columns with the fewest gaps first."""
    made = whole.copy()
    for name in given.isna().sum().sort_values(kind="stable").index:
        gaps = given[name].isna().to_numpy()
        if gaps.any():
            features = codes.to_features(made.drop(columns=name))
            is_text = name in codes.categories
            trees: Any = ExtraTreesClassifier(**TREES) if is_text else ExtraTreesRegressor(**TREES)
            learned = given[name][~gaps].astype(object if is_text else "float64")
            trees.fit(features[~gaps], learned)
            values = made[name].to_numpy().copy()
            values[gaps] = trees.predict(features[gaps])
            made[name] = fill_column(given[name], values)
    return made


PEERS: dict[str, Callable[[pd.DataFrame, str, str], Filler]] = {
    "tabgan": fit_tabgan,
    "mode or mean": fit_commonest,
    "5 neighbours": fit_neighbours,
    "extra trees, in turn": fit_trees,
}
