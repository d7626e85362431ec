"""`TabGANImputer` as scikit-learn sees it."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

from tabgan import TabGANImputer, TrainingConfig

TINY = TrainingConfig(
    steps=2, batch_size=16, hidden_dim=8, n_layers=1, latent_dim=2, n_validations=1
)


@parametrize_with_checks([TabGANImputer(config=TINY, random_state=0)])  # type: ignore[untyped-decorator]
def test_scikit_learn_checks(estimator: BaseEstimator, check: Any) -> None:
    check(estimator)


def test_it_stands_in_a_pipeline(people: pd.DataFrame) -> None:
    X = people[["age", "gain", "height"]].mask(np.eye(300, 3, dtype=bool))  # noqa: N806
    pipeline = make_pipeline(TabGANImputer(config=TINY, random_state=0), LogisticRegression())
    assert pipeline.fit(X, people["income"]).predict(X).shape == (300,)


def test_it_stands_in_a_column_transformer(people: pd.DataFrame) -> None:
    imputer = TabGANImputer(config=TINY, random_state=0, point=True)
    whole = ColumnTransformer([("filled", imputer, ["height", "city"])], remainder="drop")
    made = whole.set_output(transform="pandas").fit_transform(people)
    assert list(made) == ["filled__height", "filled__city"]
    assert not made.isna().any().any()


@pytest.mark.parametrize("kind", ["pandas", "polars"])
def test_set_output(people: pd.DataFrame, kind: str) -> None:
    package = pytest.importorskip(kind)
    imputer = TabGANImputer(config=TINY, random_state=0).set_output(transform=kind)
    made = imputer.fit_transform(people[["age", "height"]])
    assert isinstance(made, package.DataFrame)
    assert list(made.columns) == ["age", "height"]


def test_arrays_give_arrays_and_frames_frames(people: pd.DataFrame) -> None:
    X = people[["age", "height"]]  # noqa: N806
    imputer = TabGANImputer(config=TINY, random_state=0)
    array = imputer.fit_transform(X.to_numpy())
    assert isinstance(array, np.ndarray)
    assert not np.isnan(array).any()
    frame = imputer.fit(X).transform(X)
    pd.testing.assert_frame_equal(frame[["age"]], people[["age"]])
    assert imputer.get_feature_names_out().tolist() == ["age", "height"]
