import inspect
import sys
import warnings
from collections import Counter
from typing import Any

import imblearn.utils.estimator_checks as checks
import numpy as np
import pandas as pd
import pytest
from imblearn.pipeline import make_pipeline
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score

import tabgan
from tabgan import TabGAN, TabGANSampler, TrainingConfig
from tabgan.errors import MissingExtraError, SettingError

TINY = TrainingConfig(
    batch_size=16, hidden_dim=8, n_layers=1, latent_dim=2, n_validations=1, max_modes=2
)
QUICK = TabGANSampler(random_state=0, config=TINY, steps=1, refine=False)


def make_small() -> Any:
    """imbalanced-learn checks samplers on 1,000 rows; that many are not needed to check ours."""
    return make_classification(
        60, n_features=4, n_informative=3, n_redundant=0, n_classes=3, random_state=0
    )


@pytest.fixture
def people() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "age": pd.Series(rng.integers(18, 80, 60), dtype="Int64").mask(rng.random(60) < 0.1),
            "town": pd.Categorical(rng.choice(["Ulm", "Rom"], 60), ["Ulm", "Rom", "Bern"]),
            "job": pd.Series(rng.choice(["clerk", "smith"], 60)).mask(rng.random(60) < 0.2),
            "member": rng.random(60) < 0.3,
            "since": pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, 60), "D"),
        },
        index=range(100, 160),
    )


@pytest.fixture
def left() -> pd.Series:
    return pd.Series(["no"] * 40 + ["yes"] * 14 + ["maybe"] * 6, index=range(100, 160), name="left")


@pytest.mark.parametrize(
    ("estimator", "check"),
    list(checks.estimator_checks_generator(QUICK)),
    ids=lambda value: getattr(getattr(value, "func", None), "__name__", "sampler"),
)
def test_scikit_learn_checks_of_imbalanced_learn(
    estimator: Any, check: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "sample_dataset_generator", make_small)
    check(estimator)


def test_tables_with_categories_gaps_and_dates_keep_their_dtypes(
    people: pd.DataFrame, left: pd.Series
) -> None:
    rows, labels = QUICK.fit_resample(people, left)
    assert Counter(labels) == {"no": 40, "yes": 40, "maybe": 40}
    assert labels.name == "left"
    pd.testing.assert_series_equal(rows.dtypes, people.dtypes)
    pd.testing.assert_frame_equal(rows.head(60), people.reset_index(drop=True))
    assert list(labels.head(60)) == list(left)
    assert rows["job"].tail(60).isna().any()


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        ("minority", {"no": 40, "yes": 14, "maybe": 40}),
        ("not minority", {"no": 40, "yes": 40, "maybe": 6}),
        ("all", {"no": 40, "yes": 40, "maybe": 40}),
        ({"maybe": 10, "no": 41}, {"no": 41, "yes": 14, "maybe": 10}),
        (lambda y: {"yes": 2 * int((y == "yes").sum())}, {"no": 40, "yes": 28, "maybe": 6}),
    ],
)
def test_every_strategy(
    people: pd.DataFrame, left: pd.Series, strategy: Any, expected: dict[str, int]
) -> None:
    sampler = clone(QUICK).set_params(sampling_strategy=strategy)
    assert Counter(sampler.fit_resample(people[["age", "town"]], left)[1]) == expected


@pytest.mark.parametrize("dtype", ["int64", "float32", "bool", "Int64", "boolean"])
def test_labels_of_every_dtype(people: pd.DataFrame, left: pd.Series, dtype: Any) -> None:
    y = (left == "no").astype(dtype)
    _, labels = clone(QUICK).set_params(sampling_strategy=0.75).fit_resample(people[["age"]], y)
    assert labels.dtype == y.dtype
    assert Counter(labels) == {1: 40, 0: 30}


def test_labels_that_are_categories(people: pd.DataFrame, left: pd.Series) -> None:
    y = left.astype(pd.CategoricalDtype(["no", "yes", "maybe", "never"]))
    _, labels = QUICK.fit_resample(people[["age"]], y)
    assert labels.dtype == y.dtype


def test_a_seed_repeats_and_the_callers_table_is_left_alone(
    people: pd.DataFrame, left: pd.Series
) -> None:
    before = people.copy()
    first, second = (QUICK.fit_resample(people, left)[0] for _ in range(2))
    pd.testing.assert_frame_equal(first, second)
    pd.testing.assert_frame_equal(people, before)


def test_a_column_named_target_is_no_hindrance(left: pd.Series) -> None:
    rows, _ = QUICK.fit_resample(pd.DataFrame({"target": np.arange(60) / 7}), left)
    assert list(rows.columns) == ["target"]
    assert len(rows) == 120


def test_nothing_is_fitted_where_nothing_lacks() -> None:
    sampler = TabGANSampler()
    rows, labels = sampler.fit_resample(np.ones((4, 1)), [0, 1, 0, 1])
    assert sampler.gan_ is None
    assert (rows.shape, labels) == ((4, 1), [0, 1, 0, 1])


def test_a_class_of_one_row_is_refused(people: pd.DataFrame) -> None:
    y = pd.Series(["no"] * 59 + ["yes"])
    with pytest.raises(SettingError, match="the class 'yes' has one row"):
        QUICK.fit_resample(people, y)


def test_resampling_happens_inside_each_fold(people: pd.DataFrame, left: pd.Series) -> None:
    pipeline = make_pipeline(QUICK, LogisticRegression())
    features, y = people[["age", "member"]].astype(float).fillna(0), left == "no"
    assert len(cross_val_score(pipeline, features, y, cv=2, error_score="raise")) == 2
    grid = {"tabgansampler__steps": [1, 2], "tabgansampler__sampling_strategy": ["auto", 0.9]}
    search = GridSearchCV(pipeline, grid, cv=2, error_score="raise").fit(features, y)
    assert len(search.cv_results_["params"]) == 4


def test_settings_are_those_of_the_gan() -> None:
    ours, theirs = (inspect.signature(door).parameters for door in (TabGANSampler, TabGAN))
    for name in set(ours) - {"sampling_strategy"}:
        assert ours[name].default == theirs[name].default, name
    assert set(theirs) - set(ours) == {"target", "schema", "declare", "forget"}


def test_without_imbalanced_learn_a_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "imblearn"]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delitem(sys.modules, "tabgan.estimators.sampler")
    with warnings.catch_warnings(), pytest.raises(MissingExtraError, match="TabGANSampler needs"):
        tabgan.__getattr__("TabGANSampler")
