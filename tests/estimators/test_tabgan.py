"""`TabGAN` as scikit-learn sees it."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, clone
from sklearn.utils.estimator_checks import parametrize_with_checks

from tabgan import TabGAN, TrainingConfig
from tabgan.errors import (
    ConditionError,
    SchemaError,
    SettingError,
    TableError,
    UnfittedError,
)
from tabgan.schema import TableSchema

TINY = TrainingConfig(
    steps=2, batch_size=16, hidden_dim=8, n_layers=1, latent_dim=2, n_validations=1
)
EXPECTED_FAILURES = {
    "check_estimators_nan_inf": "gaps are learned and reproduced, so NaN is welcome",
    "check_n_features_in_after_fitting": "rows to predict may leave columns out: they are unknown",
    "check_fit2d_predict1d": "the message is that of every array that is no table",
}


@parametrize_with_checks(  # type: ignore[untyped-decorator]
    [TabGAN(config=TINY, random_state=0)],
    expected_failed_checks=lambda estimator: EXPECTED_FAILURES,
)
def test_scikit_learn_checks(estimator: BaseEstimator, check: Any) -> None:
    check(estimator)


def test_parameters_survive_cloning() -> None:
    estimator = TabGAN("income", steps=7, config=TINY, random_state=3)
    assert clone(estimator).get_params() == estimator.get_params()
    assert estimator.set_params(steps=9).steps == 9


def test_y_becomes_the_target(people: pd.DataFrame) -> None:
    model = TabGAN(config=TINY).fit(people.drop(columns="income"), people["income"])
    assert model.model_.schema.target == "income"
    assert list(model.sample(3).columns)[-1] == "income"
    model = TabGAN(config=TINY).fit(people[["age", "gain"]], people["income"].to_numpy())
    assert model.model_.schema.target == "target"


def test_arrays_give_arrays() -> None:
    rng = np.random.default_rng(0)
    made = TabGAN(config=TINY).fit(rng.normal(size=(50, 3)), rng.integers(2, size=50)).sample(7)
    assert isinstance(made, np.ndarray)
    assert made.shape == (7, 4)


def test_a_schema_may_be_given(people: pd.DataFrame) -> None:
    entry = TableSchema.infer(people).to_dict()
    entry["columns"][0]["kind"] = "categorical"
    model = TabGAN(schema=entry, config=TINY).fit(people)
    assert model.model_.schema.columns[0].kind == "categorical"
    assert model.sample(5)["age"].dtype == people["age"].dtype


def test_fit_and_sample_repeat(people: pd.DataFrame) -> None:
    first = TabGAN(config=TINY, random_state=5).fit(people).sample(20)
    pd.testing.assert_frame_equal(first, TabGAN(config=TINY, random_state=5).fit(people).sample(20))
    state = np.random.RandomState(0)
    assert TabGAN(config=TINY, random_state=state).fit(people).model_.card.seed >= 0


def test_files_are_learned_as_their_rows_are(people: pd.DataFrame, tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    for start in (0, 150):
        people[start : start + 150].to_parquet(tmp_path / "parts" / f"{start}.parquet")
    model = TabGAN("income", config=TINY, random_state=5)
    of_files = model.fit(tmp_path / "parts").sample(20)
    assert model.n_features_in_ == people.shape[1]
    pd.testing.assert_frame_equal(of_files, model.fit(people).sample(20))
    with pytest.raises(SettingError, match="y cannot stand beside files"):
        model.fit(tmp_path / "parts", people["age"])
    with pytest.raises(TableError, match="nothing.csv"):
        model.fit("nothing.csv")


def test_threads_are_given_back(people: pd.DataFrame) -> None:
    model = TabGAN(config=TINY, threads=1).fit(people)
    assert model.model_.card.threads == 1
    assert len(model.sample(3)) == 3


def test_misuse_gets_a_sentence(people: pd.DataFrame) -> None:
    with pytest.raises(UnfittedError, match=r"call fit\(table\) first"):
        TabGAN().sample(3)
    with pytest.raises(SettingError, match="choose one of relativistic, wasserstein, minimax"):
        TabGAN(objective="hinge").fit(people)
    with pytest.raises(SchemaError, match="no column 'incom'.*'income'"):
        TabGAN("incom").fit(people)
    with pytest.raises(SettingError, match="'age', which X has already"):
        TabGAN().fit(people, people["age"])
    with pytest.raises(SettingError, match="y has 2 values, X has 300 rows"):
        TabGAN().fit(people, [1, 2])
    with pytest.raises(SettingError, match="no device 'tpu'|'tpu' is not there"):
        TabGAN(device="tpu").fit(people)
    with pytest.raises(SettingError, match="0 threads cannot work"):
        TabGAN(threads=0).fit(people)
    with pytest.raises(SettingError, match="time_limit=-1 is no time"):
        TabGAN(time_limit=-1).fit(people)
    with pytest.raises(ConditionError, match="where=3 is no mapping and no text"):
        TabGAN(config=TINY).fit(people).sample(3, where=3)  # type: ignore[arg-type]
    with pytest.raises(TableError, match="'age'"):
        TabGAN().fit(people[["age", "age"]])
    with pytest.raises(SettingError, match="the seed -1 is outside"):
        TabGAN(random_state=-1).fit(people)
    with pytest.raises(SettingError, match="steps=0 is outside what is allowed: 1 to"):
        TabGAN(steps=0).fit(people)


def test_a_target_may_come_as_a_frame_of_one_column() -> None:
    rng = np.random.default_rng(0)
    features, label = (
        pd.DataFrame({"x": rng.normal(size=200)}),
        pd.DataFrame({"label": [0, 1] * 100}),
    )
    gan = TabGAN(steps=5, random_state=0, device="cpu").fit(features, label)
    assert list(gan.sample(5).columns) == ["x", "label"]
    with pytest.raises(SettingError, match="y is more than one column; give the one"):
        TabGAN(steps=5).fit(features, label.assign(other=1))
