"""What makes more rows to train on: the augmenters of a study, and those they must beat.

An augmenter works on tables and is fitted in each fold anew. Random oversampling, SMOTE and the
bootstrap work on the examples that a learner sees.
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Protocol, runtime_checkable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import clone

from tabgan.errors import MissingExtraError
from tabgan.evaluation.metrics.categories import category_texts
from tabgan.evaluation.metrics.classifiers import quiet_fit
from tabgan.evaluation.metrics.metric import IncomputableError
from tabgan.evaluation.utility.task import Examples, Task
from tabgan.schema.column import Name

NEIGHBOURS = 5  # of SMOTE, where the rarest class has so many rows
MAX_SMOTE_ROWS = 100_000  # it compares every row with every other


@runtime_checkable
class Resampler(Protocol):
    """An over-sampler as in imbalanced-learn: it returns the rows it got, then those it made."""

    def fit_resample(self, X: Any, y: Any, /) -> Any:  # noqa: N803
        """Learn features and target, and return both with more rows."""


@runtime_checkable
class Synthesizer(Protocol):
    """A generator of whole rows, target included."""

    def fit(self, table: Any, /) -> Any:
        """Learn a table."""

    def sample(self, rows: int, /) -> Any:
        """Draw so many rows with its columns."""


Augmenter = Resampler | Synthesizer


def has_setting(augmenter: Augmenter, setting: str) -> bool:
    """Return whether an augmenter has a setting of this name, as scikit-learn's estimators have."""
    return hasattr(augmenter, "get_params") and setting in augmenter.get_params(deep=False)


def make_rows(
    augmenter: Augmenter,
    train: pd.DataFrame,
    target: Name,
    *,
    seed: int,
    seconds: float | None,
) -> pd.DataFrame:
    """Fit a copy of an augmenter and return the rows that it makes.

    Args:
        augmenter: Stays as it is; a resampler decides itself how many rows it makes, a synthesizer
            makes as many as the table has.
        train: All it may see.
        target: What a resampler gets as y.
        seed: Given on where the augmenter has a setting `random_state`.
        seconds: Given on where it has a setting `time_limit`; None for no limit.

    Returns:
        The made rows only, shape (some, columns of `train`); none where it adds nothing.

    Raises:
        IncomputableError: A resampler does not keep the rows it got in front.
    """
    copy = _copy_with(augmenter, {"random_state": seed, "time_limit": seconds})
    if not isinstance(copy, Resampler):
        copy.fit(train)
        return pd.DataFrame(copy.sample(len(train)), columns=train.columns)
    features = train.drop(columns=target)
    new_features, labels = copy.fit_resample(features, train[target])
    table = pd.DataFrame(new_features, columns=features.columns).reset_index(drop=True)
    table[target] = pd.Series(labels).reset_index(drop=True)
    if category_texts(table[target].head(len(train))) != category_texts(train[target]):
        raise IncomputableError(
            "it does not give back the rows it got and then those it made, as over-samplers do"
        )
    return table.iloc[len(train) :].reset_index(drop=True)[list(train.columns)]


def _copy_with(augmenter: Augmenter, asked: Mapping[str, float | None]) -> Any:
    """Return an unfitted copy with those of the settings that it has; None leaves one as it is."""
    copy: Any = clone(augmenter) if hasattr(augmenter, "get_params") else deepcopy(augmenter)
    settings = {name: v for name, v in asked.items() if v is not None and has_setting(copy, name)}
    if settings:
        copy.set_params(**settings)
    return copy


def bootstrap(task: Task, train: Examples, seed: int) -> Examples:
    """Return as many rows, drawn with replacement; of classes, as many of each."""
    rng = np.random.default_rng(seed)
    groups = [np.arange(len(train.labels))]
    if task.kind != "regression":
        groups = [np.flatnonzero(train.labels == label) for label in np.unique(train.labels)]
    return train.take(np.concatenate([rng.choice(group, len(group)) for group in groups]))


def oversample(task: Task, train: Examples, seed: int) -> Examples:  # noqa: ARG001
    """Return the rows, and those of rarer classes again at random, until all classes are equal."""
    rng = np.random.default_rng(seed)
    counts = np.bincount(train.labels.astype(int))
    drawn = [
        rng.choice(np.flatnonzero(train.labels == label), counts.max() - counts[label])
        for label in np.flatnonzero(counts)
    ]
    return train.concat(train.take(np.concatenate(drawn)))


def smote(task: Task, train: Examples, seed: int) -> Examples:
    """Return the rows, and new ones between near rows of rarer classes (Chawla et al. 2002).

    By imbalanced-learn: SMOTENC where there are categories too, SMOTEN where there is nothing else.
    It refuses gaps: those of numbers are filled by their median, those of categories are a category
    of their own. Numbers are scaled, so that no unit decides who is near. Only the made rows are
    taken from it: real rows keep their gaps.

    Raises:
        IncomputableError: Imbalanced-learn is not installed, there is one class only, or one with
            a single row, or there are more than MAX_SMOTE_ROWS rows.
    """
    categorical = task.features.categorical
    counts = np.bincount(train.labels.astype(int))
    if len(train.labels) > MAX_SMOTE_ROWS:
        raise IncomputableError(
            f"SMOTE compares every row with every other, which takes too long for "
            f"{len(train.labels):,} rows ({MAX_SMOTE_ROWS:,} at the most)"
        )
    if np.count_nonzero(counts) < 2:
        raise IncomputableError("SMOTE needs rows of two classes to learn")
    rarest = int(counts[counts > 0].min())
    if rarest < 2:
        name = task.classes[int(np.flatnonzero(counts == 1)[0])]
        raise IncomputableError(f"SMOTE needs two rows of a class, and {name!r} has one to learn")
    gap = task.features.category_counts.astype(float)  # the code after the last category
    numbers = train.features[:, ~categorical]
    scaler = _Scaler(numbers)
    filled = np.where(np.isnan(train.features), gap, train.features)
    filled[:, ~categorical] = scaler.transform(numbers)
    with quiet_fit(len(filled)):
        sampler = _smote_for(categorical, min(NEIGHBOURS, rarest - 1), seed)
        found, labels = sampler.fit_resample(filled, train.labels.astype(int))
    made = np.asarray(found, dtype=np.float64)[len(filled) :]
    made[:, ~categorical] = scaler.inverse_transform(made[:, ~categorical])
    made[:, categorical] = np.where(
        made[:, categorical] == gap[categorical], np.nan, made[:, categorical]
    )
    return train.concat(Examples(made, np.asarray(labels[len(filled) :], dtype=np.float64)))


class _Scaler:
    """Fills gaps by the median and scales by the standard deviation of known values, and back.

    Not scikit-learn's pipeline of the two: that one counts the filled gaps into the deviation.
    """

    def __init__(self, numbers: NDArray[np.float64]) -> None:
        empty = np.isnan(numbers).all(axis=0)
        known = np.where(empty, 0.0, numbers)
        self.medians: NDArray[np.float64] = np.nanmedian(known, axis=0)
        exponents = np.frexp(np.nanmax(np.abs(known), axis=0, initial=0))[1]  # squares overflow
        deviations = np.ldexp(np.nanstd(np.ldexp(known, -exponents), axis=0), exponents)
        self.deviations: NDArray[np.float64] = np.where(deviations > 0, deviations, 1.0)

    def transform(self, numbers: NDArray[np.float64]) -> NDArray[np.float64]:
        scaled: NDArray[np.float64] = (numbers - self.medians) / self.deviations
        return np.nan_to_num(scaled, nan=0.0)

    def inverse_transform(self, scaled: NDArray[np.float64]) -> NDArray[np.float64]:
        restored: NDArray[np.float64] = scaled * self.deviations + self.medians
        return restored


def _smote_for(categorical: NDArray[np.bool_], neighbours: int, seed: int) -> Any:
    """Return the variant that the columns ask for."""
    try:
        from imblearn.over_sampling import SMOTE, SMOTEN, SMOTENC  # noqa: PLC0415 - an extra
    except ImportError:
        reason = MissingExtraError("imbalanced-learn", "imbalance", "SMOTE")
        raise IncomputableError(str(reason).rstrip(".")) from None
    settings = {"k_neighbors": neighbours, "random_state": seed}
    if categorical.all():
        return SMOTEN(**settings)
    if categorical.any():
        return SMOTENC(categorical_features=list(np.flatnonzero(categorical)), **settings)
    return SMOTE(**settings)
