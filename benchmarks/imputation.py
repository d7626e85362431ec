"""Cells of tables, hidden and filled: by tabgan, and by what is used for it.

Part `imputation` of `benchmarks.questions`. All are fitted on the training part, and fill 10, 30
and 50 % of the known cells of rows of the test part, hidden at random, or by a rule: only where the
first column of numbers, which stays, is above its median, and there twice as many.

- categories: share of hidden ones that are filled right (point=True);
- numbers: root of the mean squared error, over the deviation of the column, mean over columns;
- energy: energy distance of the completed rows (one draw) to the true ones; numbers in deviations,
  categories as indicators. A median or a mean is near the truth, but makes rows too much alike.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache, partial
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial.distance import cdist
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.experimental import enable_iterative_imputer  # noqa: F401 - makes it importable
from sklearn.impute import IterativeImputer, KNNImputer

from benchmarks.facts import Store
from tabgan import TabGAN

SHARES = (0.1, 0.3, 0.5)
WAYS = ("at random", "by a rule")
MAX_PEER_ROWS = 5_000  # that neighbours and trees are fitted on: they take long
MAX_ENERGY_ROWS = 1_000

Floats = npt.NDArray[np.float64]
Fill = Callable[[pd.DataFrame], pd.DataFrame]


@dataclass(frozen=True)
class Filler:
    """What fills gaps: nearest to the truth, and as real rows would be."""

    point: Fill
    draw: Fill


@dataclass(frozen=True)
class Filled:
    """How well one filled hidden cells: NaN where there are no such cells."""

    categories: float
    numbers: float
    energy: float
    seconds: float


@dataclass(frozen=True)
class Codes:
    """Tables as numbers: categories by their place among those of the training part.

    Attributes:
        categories: Of columns of text.
        means, deviations: Of all columns as numbers.
    """

    categories: dict[Any, list[Any]]
    means: Floats
    deviations: Floats

    @classmethod
    def of(cls, train: pd.DataFrame) -> "Codes":
        """Return those of a table."""
        text = train.select_dtypes(exclude="number")
        categories = {name: sorted(text[name].dropna().unique(), key=str) for name in text}
        numbers = cls(categories, np.zeros(0), np.zeros(0)).encode(train)
        deviations = np.nan_to_num(np.nanstd(numbers, axis=0))
        return cls(categories, np.nanmean(numbers, axis=0), np.where(deviations, deviations, 1.0))

    def encode(self, frame: pd.DataFrame) -> Floats:
        """Return a table as numbers, NaN for gaps; (n_rows, n_columns)."""
        columns = []
        for name in frame:
            if name in self.categories:
                codes = pd.Index(self.categories[name], dtype=object).get_indexer(
                    pd.Index(frame[name], dtype=object)
                )
                columns.append(np.where(codes < 0, np.nan, codes))
            else:
                columns.append(frame[name].to_numpy(np.float64, na_value=np.nan))
        return np.column_stack(columns)

    def decode(self, numbers: Floats, frame: pd.DataFrame) -> pd.DataFrame:
        """Return a table with its gaps filled from numbers."""
        filled = {}
        for index, name in enumerate(frame):
            values: Any = numbers[:, index]
            if name in self.categories:
                known = np.array(self.categories[name], object)
                values = known[np.clip(np.round(values), 0, len(known) - 1).astype(int)]
            cells = pd.Series(values, frame.index)
            filled[name] = frame[name].astype(cells.dtype).where(frame[name].notna(), cells)
        return pd.DataFrame(filled)

    def to_features(self, frame: pd.DataFrame) -> Floats:
        """Return numbers in deviations, 0 for gaps, and indicators of categories."""
        scaled = np.nan_to_num((self.encode(frame) - self.means) / self.deviations)
        features = []
        for index, name in enumerate(frame):
            if name in self.categories:
                own = frame[name].astype(object).to_numpy()[:, None]
                features.append((own == np.array(self.categories[name], object)) / np.sqrt(2))
            else:
                features.append(scaled[:, [index]])
        return np.hstack(features).astype(np.float64)


def fit_tabgan(train: pd.DataFrame, target: str, preset: str) -> Filler:
    """Return what a model of the table fills in."""
    model = TabGAN(target, preset=preset, random_state=0, threads=1).fit(train).model_
    return Filler(
        lambda rows: model.impute(rows, point=True, seed=0), lambda rows: model.impute(rows, seed=0)
    )


def fit_commonest(train: pd.DataFrame, *_: str) -> Filler:
    """Return means and the commonest categories."""
    fills = {
        name: train[name].mean()
        if pd.api.types.is_numeric_dtype(train[name])
        else train[name].mode()[0]
        for name in train
    }

    def fill(rows: pd.DataFrame) -> pd.DataFrame:
        wide = rows.astype(dict.fromkeys(rows.select_dtypes("number"), "float64"))
        return wide.fillna(fills)

    return Filler(fill, fill)


def _fit_imputer(train: pd.DataFrame, imputer: Any, *, scaled: bool) -> Filler:
    """Return what an imputer of scikit-learn fills in, categories by their numbers."""
    codes = Codes.of(train)
    scale = codes.deviations if scaled else np.ones_like(codes.deviations)
    sample = train.sample(min(len(train), MAX_PEER_ROWS), random_state=0)
    imputer.set_params(keep_empty_features=True).fit(codes.encode(sample) / scale)

    def fill(rows: pd.DataFrame) -> pd.DataFrame:
        return codes.decode(imputer.transform(codes.encode(rows) / scale) * scale, rows)

    return Filler(fill, fill)


def fit_neighbours(train: pd.DataFrame, *_: str) -> Filler:
    """Return the mean of the nearest rows."""
    return _fit_imputer(train, KNNImputer(), scaled=True)


def fit_trees(train: pd.DataFrame, *_: str) -> Filler:
    """Return what extra trees predict of each column in turn, as MissForest does."""
    trees = ExtraTreesRegressor(50, min_samples_leaf=3, random_state=0, n_jobs=1)
    imputer = IterativeImputer(trees, max_iter=5, random_state=0)
    return _fit_imputer(train, imputer, scaled=False)


PEERS: dict[str, Callable[[pd.DataFrame, str, str], Filler]] = {
    "tabgan": fit_tabgan,
    "mode or mean": fit_commonest,
    "5 neighbours": fit_neighbours,
    "extra trees, in turn": fit_trees,
}


def hide(rows: pd.DataFrame, share: float, way: str, rng: np.random.Generator) -> Any:
    """Return which known cells are hidden; (n_rows, n_columns)."""
    chance = np.full(rows.shape, share)
    if way == WAYS[1]:
        numbers = [name for name in rows.select_dtypes("number") if rows[name].nunique() > 2]
        decides = rows[numbers[0]]
        chance = np.where((decides > decides.median()).to_numpy()[:, None], 2 * share, 0.0)
        chance = np.where(np.array(rows.columns) == numbers[0], 0.0, chance)
    return (rng.random(rows.shape) < chance) & rows.notna().to_numpy()


def measure(
    filler: Filler, rows: pd.DataFrame, hidden: npt.NDArray[np.bool_], codes: Codes
) -> Filled:
    """Return how well hidden cells are filled."""
    given = rows.mask(pd.DataFrame(hidden, rows.index, rows.columns))
    given = given.astype({name: rows[name].dtype for name in given if given[name].notna().all()})
    start = time.perf_counter()
    filled = filler.point(given)
    seconds = time.perf_counter() - start
    right, errors = [], []
    for index, name in enumerate(rows):
        own = hidden[:, index]
        if name in codes.categories:
            is_same = filled[name].astype(object) == rows[name].astype(object)
            right.append(is_same.to_numpy(bool)[own])
        elif own.any():
            away = (filled[name] - rows[name]).to_numpy(np.float64)[own] / codes.deviations[index]
            errors.append(float(np.sqrt(np.mean(away**2))))
    hits = np.concatenate(right) if right else np.zeros(0)
    return Filled(
        float(hits.mean()) if len(hits) else np.nan,
        float(np.mean(errors)) if errors else np.nan,
        _energy(codes.to_features(filler.draw(given)), codes.to_features(rows)),
        seconds,
    )


def _energy(made: Floats, real: Floats) -> float:
    """Return the energy distance of two tables as features; (n_rows, n_features) each."""
    made, real = made[:MAX_ENERGY_ROWS], real[:MAX_ENERGY_ROWS]
    means = [cdist(*pair).mean() for pair in ((made, real), (made, made), (real, real))]
    return float(2 * means[0] - means[1] - means[2])


def _measure(fit: Callable[[], Filler], *given: Any) -> dict[str, float]:
    return asdict(measure(fit(), *given))


def measure_imputation(table: Any, arguments: argparse.Namespace) -> None:
    """Print how well each fills hidden cells of a table; what is known from before is not anew."""
    store = Store(Path(arguments.out) / "imputation.jsonl")
    rows, codes = table.test[: arguments.rows].reset_index(drop=True), Codes.of(table.train)
    for peer, fit in PEERS.items():
        fit_once = cache(partial(fit, table.train, table.target, arguments.preset))
        for way, share in product(WAYS, SHARES):
            hidden = hide(rows, share, way, np.random.default_rng(0))
            key = f"{table.name}, {peer}, {arguments.preset}, {way}, {share:.0%}, {len(rows)} rows"
            make = partial(_measure, fit_once, rows, hidden, codes)
            found = Filled(**store.get(key, make))
            print(
                f"| {table.name} | {peer} | {way}, {share:.0%} | {found.categories:.3f} | "
                f"{found.numbers:.3f} | {found.energy:.4f} | {found.seconds:.1f} s |",
                flush=True,
            )
    if find_spec("mostlyai") is None:
        print(f"| {table.name} | mostlyai-engine | not installed | | | | |", flush=True)
