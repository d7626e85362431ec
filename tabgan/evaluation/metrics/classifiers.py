"""What detection and learners share: a linear model for tables, and fits that make no noise."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import make_column_transformer
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from threadpoolctl import threadpool_limits

from tabgan.runtime.forks import is_forked

Kind = Literal["classification", "regression"]
MIN_THREADED_ROWS = 100_000  # below, waiting threads cost a busy machine more than they give
MAX_FLOAT32 = float(np.finfo(np.float32).max)
MAX_DUMMIES = 100  # categories of one column that a linear model tells apart, the rest in one


def linear_pipeline(categorical: NDArray[np.bool_], kind: Kind) -> BaseEstimator:
    """Return a linear model on numbers filled by their median and scaled, and one-hot categories.

    Args:
        categorical: Which features are codes of categories, shape (features,).
        kind: Logistic regression for classification, ridge for regression.
    """
    numbers = make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True),
        StandardScaler(),
    )
    dummies = OneHotEncoder(handle_unknown="ignore", max_categories=MAX_DUMMIES)
    inputs = make_column_transformer(
        (numbers, np.flatnonzero(~categorical)), (dummies, np.flatnonzero(categorical))
    )
    model = Ridge() if kind == "regression" else LogisticRegression(max_iter=300)
    return make_pipeline(inputs, model)


class LearnableFeatures(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Puts 0 into features without any value to learn from: trees find no bins for them.

    Numbers beyond float32 become the largest of it, since forests read no other.
    """

    def fit(self, X: NDArray[np.float64], y: object = None) -> Self:  # noqa: ARG002, N803
        """Learn which features of X, shape (rows, features), are empty."""
        self.empty_ = np.isnan(X).all(axis=0)
        return self

    def transform(self, X: NDArray[np.float64]) -> NDArray[np.float64]:  # noqa: N803
        """Return the rows, those features of them being 0."""
        return np.where(self.empty_, 0.0, X).clip(-MAX_FLOAT32, MAX_FLOAT32)


def filled_model(model: BaseEstimator) -> BaseEstimator:
    """Return a model that may meet numbers of any size, and features without a value in a fold."""
    return make_pipeline(LearnableFeatures(), model)


@contextmanager
def quiet_fit(rows: int) -> Iterator[None]:
    """Let fits make no noise, and take no threads that would only wait for each other.

    A logistic regression may stop at its limit without a warning, classes may have a row each, and
    squares of numbers near the largest there is may overflow: the score is what counts.

    Args:
        rows: How many are fitted on; below `MIN_THREADED_ROWS` one thread is quicker.
            In a forked process there is one in any case.
    """
    threads = 1 if rows < MIN_THREADED_ROWS or is_forked() else None
    with (
        warnings.catch_warnings(),
        np.errstate(over="ignore", invalid="ignore"),
        threadpool_limits(threads),
    ):
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.filterwarnings("ignore", "The number of unique classes is greater than 50%")
        yield
