import json
import sys
from functools import partial
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator

from tabgan import augmentation_study
from tabgan.errors import SettingError, TableError, TimeLimitError
from tabgan.evaluation import METRICS, Report
from tabgan.evaluation.report.headlines import find_headlines
from tabgan.evaluation.study.time_budget import TimeBudget
from tabgan.evaluation.utility.utility import UtilityScore
from tabgan.runtime.progress import Progress
from tests.evaluation.conftest import people

pytestmark = pytest.mark.usefixtures("quick_metrics")


class Oracle(BaseEstimator):  # type: ignore[misc]
    """A synthesizer that knows more than it is shown: rows of the same world."""

    seen: ClassVar[list[dict[str, Any]]] = []

    def __init__(
        self, flip: bool = False, random_state: int | None = None, time_limit: float | None = None
    ) -> None:
        self.flip = flip
        self.random_state = random_state
        self.time_limit = time_limit

    def fit(self, X: pd.DataFrame) -> Self:  # noqa: N803
        self.columns_ = X.columns
        Oracle.seen.append({**self.get_params(), "rows": X})
        return self

    def sample(self, n: int) -> pd.DataFrame:
        rows = people(n * 4, seed=self.random_state or 0)
        if self.flip:
            rows["income"] = rows["income"].map({"low": "high", "high": "low"})
        return rows.reindex(columns=self.columns_)


class Broken:
    def fit(self, table: pd.DataFrame) -> None:
        raise RuntimeError(f"out of luck with {len(table)} rows.")

    def sample(self, rows: int) -> pd.DataFrame:
        raise NotImplementedError


class Silent:
    """A resampler that finds nothing worth adding."""

    def fit_resample(self, X: Any, y: Any) -> Any:  # noqa: N803
        return X, y


def study(table: pd.DataFrame, **settings: Any) -> Report:
    given = {"target": "income", "learners": ("linear",), "folds": 3, "repeats": 2, **settings}
    return augmentation_study(table, **given)


def scores_of(report: Report, score: str = "roc_auc") -> dict[str, UtilityScore]:
    return {s.arm: s for s in report.utility.scores if s.score == score}


def test_every_arm_in_its_place(real: pd.DataFrame) -> None:
    pytest.importorskip("imblearn")
    report = study(real, augmenters={"oracle": Oracle(), "bad": Oracle(flip=True)})
    arms = scores_of(report)
    assert list(arms) == [
        "real",
        "real + oracle",
        "real + bad",
        "real twice",
        "real + random oversampling",
        "real + SMOTE",
        "class weights",
        "tuned threshold",
        "best learner",
        "oracle only",
    ]
    assert all(s.value is not None for s in report.utility.scores)
    assert arms["real"].gain is None
    for arm in list(arms.values())[1:]:
        assert arm.low is not None
        assert arm.gain is not None
        assert arm.high is not None
        assert arm.low <= arm.gain <= arm.high
    assert (arms["real + bad"].high or 0) < 0
    assert {r.metric for r in report.readings} == set(METRICS)
    assert all(r.value is not None for r in report.readings)
    assert (report.rows.real, report.rows.synthetic, report.rows.test) == (160, 640, 80)
    assert any("SMOTE refuses gaps" in note for note in report.notes)
    json.dumps(report.to_dict(), allow_nan=False)


def test_no_augmenter_sees_a_test_row_and_each_works_on_a_copy(real: pd.DataFrame) -> None:
    Oracle.seen.clear()
    table = real.assign(number=np.arange(len(real)) * 1.5)
    mine = Oracle()
    report = study(table, augmenters={"oracle": mine}, repeats=1)
    assert not hasattr(mine, "columns_")
    assert mine.random_state is None
    seen = [set(entry["rows"]["number"]) for entry in Oracle.seen]
    everything = set(table["number"])
    assert [len(everything - rows) for rows in seen] == [80, 80, 80]
    assert set.union(*(everything - rows for rows in seen)) == everything
    assert len({entry["random_state"] for entry in Oracle.seen}) == 3
    assert all(entry["time_limit"] is None for entry in Oracle.seen)
    plot_data = report.plot_data
    assert plot_data is not None
    assert set(plot_data.comparison.real["number"]) == seen[0]
    assert set(plot_data.comparison.test["number"]) == everything - seen[0]
    assert {len(arm.targets) for arm in plot_data.predictions} == {len(table)}
    assert {arm.arm for arm in plot_data.predictions} >= {"real", "real + oracle", "oracle only"}


def test_helps_where_rows_are_few_and_says_what_else_would_do() -> None:
    few = people(40, seed=3)[["age", "wage", "income"]].fillna(100)
    helped = study(few, augmenters={"oracle": Oracle()}, learners=("gbdt",), repeats=3)
    assert helped.verdict.startswith("Adding rows by oracle helps: ROC AUC of gbdt")
    hurt = study(few, augmenters={"bad": Oracle(flip=True), "oracle": Oracle()}, learners=("gbdt",))
    assert hurt.verdict.startswith("Adding rows by bad hurts")
    assert "What helps: best learner (+0.48), oracle (+0.47), real twice (+0.45)." in hurt.verdict
    twice = study(few, augmenters={"a": Oracle(), "b": Oracle()}, learners=("gbdt",), repeats=3)
    assert "As much, to within what can be measured: b (+" in twice.verdict


def test_an_augmenter_that_fails_says_why_in_its_place(real: pd.DataFrame) -> None:
    report = study(real, augmenters={"broken": Broken(), "oracle": Oracle()})
    arms = scores_of(report)
    assert arms["real + broken"].value is None
    assert arms["real + broken"].note == "broken failed in fold 1: out of luck with 160 rows"
    assert arms["broken only"].note == arms["real + broken"].note
    assert arms["real + oracle"].gain is not None
    assert "cannot be said: broken failed in fold 1" in report.verdict
    assert all("out of luck" in result.note for result in report.readings)
    assert report.plot_data is None


def test_nothing_added_changes_nothing(real: pd.DataFrame) -> None:
    report = study(real, augmenters={"silent": Silent()})
    arm = scores_of(report)["real + silent"]
    assert (arm.gain, arm.low, arm.high) == (0, 0, 0)
    assert "makes no measurable difference" in report.verdict
    assert "no usable 'income'" in scores_of(report)["silent only"].note
    assert all("silent made no rows" in result.note for result in report.readings)


def test_all_baselines_and_what_a_threshold_alone_gains(real: pd.DataFrame) -> None:
    pytest.importorskip("imblearn")
    oracle = {"oracle": Oracle()}
    report = study(real, augmenters=oracle, folds=2, repeats=1, baselines="all")
    arms = scores_of(report)
    assert {"real + oracle, relabelled", "SMOTE, 10 draws", "bagging of 10"} < set(arms)
    assert all(score.value is not None for score in report.utility.scores)
    tuned = scores_of(report, "f1_tuned")
    assert list(tuned) == list(arms)
    decided = scores_of(report, "f1")["tuned threshold"].value
    assert decided == tuned["real"].value == tuned["tuned threshold"].value
    assert study(real, augmenters=oracle, folds=2, repeats=1, baselines="all") == report
    assert report.provenance.settings["baselines"] == "all"


def test_without_augmenters_the_best_simple_way_is_judged(real: pd.DataFrame) -> None:
    report = study(real)
    assert list(scores_of(report))[1] == "real twice"
    assert "best of 5 ways" in report.verdict
    assert report.utility.margin is None
    few = people(40, seed=3)[["age", "wage", "income"]].fillna(100)
    helped = study(few, learners=("gbdt",))
    assert helped.verdict.startswith("Training by “best learner” helps: ROC AUC of gbdt")
    assert "without a generator" not in helped.verdict
    assert "As much, to within what can be measured: real twice (+0.45)." in helped.verdict
    assert helped.verdicts[0].advice.startswith("Train with best learner. That is the best of 5")
    assert find_headlines(helped)[0].step == "Train with best learner."


def test_regression_has_no_arms_that_balance_classes(real: pd.DataFrame) -> None:
    report = study(real, target="wage", augmenters={"oracle": Oracle()})
    arms = scores_of(report, "rmse")
    assert list(arms) == ["real", "real + oracle", "real twice", "best learner", "oracle only"]
    assert sum("A number has no classes" in note for note in report.notes) == 1
    assert arms["real + oracle"].gain is not None
    assert "RMSE" in report.verdict
    assert any("rows are left out: their 'wage' is missing" in note for note in report.notes)


def test_regression_without_augmenters_has_nothing_to_study(real: pd.DataFrame) -> None:
    with pytest.raises(SettingError, match="'wage' is a number.*give augmenters"):
        study(real, target="wage")


def test_smote_without_its_package_says_what_to_install(
    real: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "imblearn.over_sampling", None)
    report = study(real, repeats=1)
    arms = scores_of(report)
    assert "extra [imbalance]" in arms["real + SMOTE"].note
    assert not any("SMOTE" in note for note in report.notes)
    assert arms["real + random oversampling"].gain is not None


def test_repeats_by_seed_and_leaves_the_global_state(real: pd.DataFrame) -> None:
    before = np.random.get_state(legacy=False)["state"]["key"].copy()  # noqa: NPY002
    first = study(real, augmenters={"oracle": Oracle()}, seed=3)
    assert np.array_equal(before, np.random.get_state(legacy=False)["state"]["key"])  # noqa: NPY002
    assert study(real, augmenters={"oracle": Oracle()}, seed=3) == first
    assert study(real, augmenters={"oracle": Oracle()}, seed=4) != first


def test_a_time_limit_means_fewer_folds(
    real: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr(
        "tabgan.evaluation.study.study.TimeBudget", partial(TimeBudget, clock=lambda: now[0])
    )

    class Slow(Oracle):
        def fit(self, X: pd.DataFrame) -> Self:  # noqa: N803
            now[0] += self.time_limit or 0
            return super().fit(X)

        def sample(self, n: int) -> pd.DataFrame:
            now[0] += 10
            return super().sample(n)

    Oracle.seen.clear()
    told: list[Progress] = []
    report = study(real, augmenters={"slow": Slow()}, time_limit=100.0, on_progress=told.append)
    assert len(Oracle.seen) == 2
    assert now[0] <= 100
    assert "The time limit left room for 2 of 6 folds" in report.notes[0]
    study_ticks = [p for p in told if p.stage.startswith("training with")]
    assert study_ticks[0].seconds_left == 100
    assert study_ticks[-1].done == study_ticks[-1].total == 2
    assert (study_ticks[1].seconds_left or 0) > 0


def needs(seconds: list[float]) -> Oracle:
    """A generator that needs so many seconds for its fits, one after the other."""

    class Needy(Oracle):
        def fit(self, X: pd.DataFrame) -> Self:  # noqa: N803
            if (self.time_limit or 0) < seconds.pop(0):
                raise TimeLimitError("the time limit is too short for this table.")
            return super().fit(X)

    return Needy()


def test_too_little_time_for_one_more_fold_ends_the_study(real: pd.DataFrame) -> None:
    slower = needs([0, 0, 0, 2000])
    report = study(real, augmenters={"slower": slower}, time_limit=1000.0)
    assert "left room for 3 of 6 folds" in report.notes[0]
    assert scores_of(report)["real + slower"].gain is not None


def test_a_first_fold_that_needs_more_time_gets_it(real: pd.DataFrame) -> None:
    Oracle.seen.clear()
    report = study(real, augmenters={"slow": needs([190] * 9)}, time_limit=1000.0)
    assert scores_of(report)["real + slow"].gain is not None
    assert Oracle.seen[0]["time_limit"] > 190
    report = study(real, augmenters={"slow": needs([800] * 9)}, time_limit=1000.0)
    assert "slow learns nothing in 300 s, its share of the time limit" in report.verdict


def test_classes_of_few_rows(real: pd.DataFrame) -> None:
    few = pd.concat(
        [real[real["income"] == "low"].head(60), real[real["income"] == "high"].head(2)],
        ignore_index=True,
    )
    report = study(few, repeats=1)
    assert "'high' has 2 of the rows: there are 2 folds, not 3" in report.notes[0]
    assert not any("so that each" in note for note in study(few.head(61), repeats=1).notes)
    assert scores_of(report)["real"].value is not None
    single = study(few.head(61), repeats=1)
    assert all(score.value is None and score.note for score in scores_of(single).values())
    assert "cannot be said" in single.verdict
    kings = real.assign(job=real["job"].where(real.index > 0, "king").fillna("clerk"))
    report = study(kings, target="job", repeats=1)
    assert any("no test row of 'king'" in note for note in report.notes)
    assert scores_of(report)["real"].value is not None


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"target": "wages"}, SettingError, "no column 'wages'"),
        ({"target": "one"}, SettingError, "holds only '1'"),
        ({"learners": ("svm",)}, SettingError, "got 'svm'"),
        ({"folds": 1}, SettingError, "2 or more folds, got 1"),
        ({"repeats": 0}, SettingError, "repeats=0"),
        ({"time_limit": 0.0}, SettingError, "time_limit=0.0 is no time"),
        ({"augmenters": {"x": 3}}, SettingError, "the augmenter 'x' is a int: it needs"),
        ({"augmenters": {"SMOTE": Oracle()}}, SettingError, "cannot be called 'SMOTE'"),
        ({"augmenters": {"best learner": Oracle()}}, SettingError, "called 'best learner'"),
        ({"baselines": "none"}, SettingError, "can be 'quick', 'all', got 'none'"),
        ({"rows": 10}, TableError, "rows of the real table: 10"),
    ],
)
def test_bad_input_gets_a_sentence(
    real: pd.DataFrame, change: dict[str, Any], error: type[Exception], message: str
) -> None:
    table = real.assign(one=1).head(change.pop("rows", len(real)))
    with pytest.raises(error, match=message):
        study(table, **change)
