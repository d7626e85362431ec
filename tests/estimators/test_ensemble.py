"""`TabGANEnsemble`: learners on many draws, as scikit-learn sees them."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn import config_context
from sklearn.base import BaseEstimator
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression, Perceptron
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.estimator_checks import parametrize_with_checks

from tabgan import TabGAN, TabGANEnsemble, TrainingConfig
from tabgan.errors import SettingError

TINY = TabGAN(
    config=TrainingConfig(
        steps=2, batch_size=16, hidden_dim=8, n_layers=1, latent_dim=2, n_validations=1
    )
)
NUMBERS = ["age", "gain", "height"]


def _ensemble(estimator: Any, n_draws: int = 2, **settings: Any) -> TabGANEnsemble:
    return TabGANEnsemble(estimator, n_draws, gan=TINY, random_state=0, **settings)


@parametrize_with_checks(  # type: ignore[untyped-decorator]
    [_ensemble(LogisticRegression()), _ensemble(LinearRegression())],
    expected_failed_checks=lambda _: {
        "check_dtype_object": "a dict in a cell is refused as tables are, not as a TypeError"
    },
)
def test_scikit_learn_checks(estimator: BaseEstimator, check: Any) -> None:
    check(estimator)


def test_every_learner_has_the_rows_given_and_its_own_draw(people: pd.DataFrame) -> None:
    learner = KNeighborsClassifier(1)
    X = people[NUMBERS].fillna(0.0)  # noqa: N806
    fitted = _ensemble(learner, 3, ratio=0.5).fit(X, people["income"])
    taught = [each._fit_X for each in fitted.estimators_]
    assert [len(rows) for rows in taught] == [450] * 3
    for rows in taught:
        np.testing.assert_array_equal(rows[:300], X)
    assert not np.array_equal(taught[0][300:], taught[1][300:])


def test_probabilities_are_the_mean_and_the_class_is_the_likeliest(people: pd.DataFrame) -> None:
    X = people[NUMBERS]  # noqa: N806
    fitted = _ensemble(HistGradientBoostingClassifier(max_iter=3)).fit(X, people["income"])
    shares = fitted.predict_proba(X)
    expected = np.mean([each.predict_proba(X) for each in fitted.estimators_], axis=0)
    np.testing.assert_array_equal(shares, expected)
    np.testing.assert_array_equal(fitted.predict(X), fitted.classes_[shares.argmax(axis=1)])
    assert fitted.score(X, people["income"]) == np.mean(fitted.predict(X) == people["income"])


def test_the_same_seed_gives_the_same_predictions_however_many_work(people: pd.DataFrame) -> None:
    X, y = people[NUMBERS], people["income"]  # noqa: N806
    learner = HistGradientBoostingClassifier(max_iter=3)
    alone = _ensemble(learner).fit(X, y).predict_proba(X)
    both = _ensemble(learner, n_jobs=2).fit(X, y).predict_proba(X)
    np.testing.assert_array_equal(alone, both)
    other = _ensemble(learner).set_params(random_state=1).fit(X, y).predict_proba(X)
    assert not np.array_equal(alone, other)


def test_learners_without_probabilities_vote(people: pd.DataFrame) -> None:
    X, y = people[["age"]], people["income"]  # noqa: N806
    fitted = _ensemble(Perceptron(), 3).fit(X, y)
    votes = np.array([each.predict(X) for each in fitted.estimators_])
    majority = [pd.Series(column).mode()[0] for column in votes.T]
    assert fitted.predict(X).tolist() == majority
    with pytest.raises(AttributeError) as raised:
        fitted.predict_proba(X)
    assert str(raised.value.__cause__).startswith("Perceptron has no predict_proba")


def test_regressors_are_averaged(people: pd.DataFrame) -> None:
    X, y = people[["age", "city"]], people["gain"]  # noqa: N806
    learner = make_pipeline(
        make_column_transformer((OneHotEncoder(handle_unknown="ignore"), ["city"])),
        LinearRegression(),
    )
    fitted = _ensemble(learner).fit(X, y)
    expected = np.mean([each.predict(X) for each in fitted.estimators_], axis=0)
    np.testing.assert_allclose(fitted.predict(X), expected)


def test_generators_take_turns(people: pd.DataFrame) -> None:
    X, y = people[NUMBERS], people["income"]  # noqa: N806
    learner = HistGradientBoostingClassifier(max_iter=2)
    fitted = _ensemble(learner, 3, n_generators=2).fit(X, y)
    assert len(fitted.gans_) == 2
    seeds = {gan.random_state for gan in fitted.gans_}
    assert len(seeds) == 2


class Weights(DummyClassifier):  # type: ignore[misc]
    """A learner that keeps the weights it was given."""

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> "Weights":  # noqa: N803
        """Keep them."""
        self.weights_ = sample_weight
        return super().fit(X, y, sample_weight)  # type: ignore[no-any-return]


@pytest.mark.parametrize("is_pipeline", [False, True])
def test_rows_made_have_their_weight(people: pd.DataFrame, is_pipeline: bool) -> None:
    learner = make_pipeline(StandardScaler(), Weights()) if is_pipeline else Weights()
    X = people[["age"]]  # noqa: N806
    fitted = _ensemble(learner, 1, ratio=2, weight=0.25).fit(X, people["income"])
    (taught,) = fitted.estimators_
    weights = (taught[-1] if is_pipeline else taught).weights_
    assert weights.tolist() == [1.0] * 300 + [0.25] * 600


def test_it_stands_in_searches_and_pipelines(people: pd.DataFrame) -> None:
    X, y = people[NUMBERS], people["income"]  # noqa: N806
    ensemble = _ensemble(HistGradientBoostingClassifier(max_iter=2), 1)
    grid = {"ensemble__ratio": [0.5, 1.0], "ensemble__gan__objective": ["minimax"]}
    pipeline = Pipeline([("whole", "passthrough"), ("ensemble", ensemble)])
    search = GridSearchCV(pipeline, grid, cv=2, scoring="roc_auc").fit(X, y)
    assert search.best_params_["ensemble__ratio"] in {0.5, 1.0}
    assert (
        len(
            cross_val_score(
                _ensemble(HistGradientBoostingRegressor(max_iter=2)), X, X["gain"], cv=2
            )
        )
        == 2
    )
    assert pipeline.fit(X, y).predict(X).shape == (300,)


def _one_hot() -> Any:
    texts = make_column_selector(dtype_include=["object", "string"])
    return make_column_transformer((OneHotEncoder(), texts), remainder="passthrough")


@pytest.mark.parametrize("kind", ["polars", "records", "list"])
def test_tables_of_other_kinds(people: pd.DataFrame, kind: str) -> None:
    X: Any = people[["age", "city"]].fillna("nowhere")  # noqa: N806
    learner = make_pipeline(_one_hot(), HistGradientBoostingClassifier(max_iter=3))
    expected = _ensemble(learner).fit(X, people["income"]).predict(X)
    if kind == "polars":
        X = pytest.importorskip("polars").from_pandas(X)  # noqa: N806
        learner = make_pipeline(FunctionTransformer(_from_polars), learner)
    else:
        X = X.to_dict(kind)  # noqa: N806
    found = _ensemble(learner).fit(X, people["income"]).predict(X)
    np.testing.assert_array_equal(found, expected)


def _from_polars(rows: Any) -> pd.DataFrame:
    assert type(rows).__module__.startswith("polars")
    return rows.to_pandas()  # type: ignore[no-any-return]


def test_gaps_of_rows_made_are_those_of_the_table(people: pd.DataFrame) -> None:
    X = people[["age", "city"]].astype({"city": object})  # noqa: N806
    X["city"] = X["city"].where(np.arange(300) % 3 > 0, None)
    seen: list[set[type]] = []

    def keep(rows: pd.DataFrame) -> pd.DataFrame:
        seen.append(set(map(type, rows["city"])))
        return rows[["age"]]

    keeper = FunctionTransformer(keep)
    _ensemble(make_pipeline(keeper, DecisionTreeClassifier())).fit(X, people["income"])
    assert seen == [{str, type(None)}] * 2


def test_learners_that_ask_for_weights_by_routing(people: pd.DataFrame) -> None:
    with config_context(enable_metadata_routing=True):
        scaler = StandardScaler().set_fit_request(sample_weight=False)
        learner = make_pipeline(scaler, Weights().set_fit_request(sample_weight=True))
        fitted = _ensemble(learner, 1, weight=0.25).fit(people[["age"]], people["income"])
    assert fitted.estimators_[0][-1].weights_.tolist() == [1.0] * 300 + [0.25] * 300


def test_scores_of_learners_without_probabilities_are_averaged(people: pd.DataFrame) -> None:
    X = people[["age"]]  # noqa: N806
    fitted = _ensemble(Perceptron()).fit(X, people["income"])
    expected = np.mean([each.decision_function(X) for each in fitted.estimators_], axis=0)
    np.testing.assert_array_equal(fitted.decision_function(X), expected)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"n_draws": 0}, "n_draws=0 is no amount"),
        ({"n_generators": 1.5}, "n_generators=1.5 is no amount"),
        ({"ratio": 0}, "ratio=0 is not allowed"),
        ({"ratio": 31}, "30 at most"),
        ({"weight": 1.1}, "above 0, and 1 at most"),
        ({"estimator": KNeighborsClassifier(), "weight": 0.5}, "sample_weight, which KNeighbors"),
        ({"estimator": StandardScaler()}, "StandardScaler; give a classifier or a regressor"),
        ({"estimator": None}, "estimator is a NoneType; give a classifier"),
        ({"estimator": "gbdt"}, "estimator is a str; give a classifier"),
        ({"ratio": None}, "ratio=None is not allowed"),
        ({"weight": "a"}, "weight='a' is not allowed"),
        ({"gan": "fast"}, "gan is a str; give a TabGAN"),
        ({"gan": TabGAN(schema={})}, "give a gan without one"),
    ],
)
def test_what_cannot_be_done_is_said(
    people: pd.DataFrame, settings: dict[str, Any], said: str
) -> None:
    ensemble = _ensemble(DecisionTreeClassifier()).set_params(**settings)
    with pytest.raises(SettingError, match=said):
        ensemble.fit(people[["age"]], people["income"])


def test_a_class_alone_and_gaps_are_refused(people: pd.DataFrame) -> None:
    with pytest.raises(SettingError, match="X has no columns"):
        _ensemble(DecisionTreeClassifier()).fit(people[[]], people["income"])
    X, y = people[["age"]], people["income"].astype(object)  # noqa: N806
    with pytest.raises(SettingError, match="y holds one class, 'a'"):
        _ensemble(DecisionTreeClassifier()).fit(X, ["a"] * 300)
    with pytest.raises(SettingError, match="y has 1 missing values"):
        _ensemble(DecisionTreeClassifier()).fit(X, y.where(np.arange(300) != 3, None))
