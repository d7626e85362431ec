import io
import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from tabgan.errors import SettingError, TableError
from tabgan.evaluation import LEARNERS, METRICS, Report, evaluate
from tabgan.evaluation.utility.baselines import BASELINES
from tabgan.evaluation.utility.folds import hold_out
from tabgan.runtime.progress import Progress
from tests.evaluation.conftest import people


def value(report: Report, arm: str, score: str, learner: str = "gbdt") -> float:
    found = {(s.learner, s.arm, s.score): s.value for s in report.utility.scores}
    number = found[learner, arm, score]
    assert number is not None
    return number


def shuffled(table: pd.DataFrame) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return table.apply(lambda column: rng.permutation(column.to_numpy()))


@pytest.mark.usefixtures("quick_metrics")
def test_real_rows_teach_and_shuffled_rows_do_not(cancer: pd.DataFrame) -> None:
    train, test = hold_out(cancer, "target", seed=0)
    report = evaluate(
        train, shuffled(train), target="target", test=test, learners=tuple(LEARNERS), repeats=2
    )
    for learner in LEARNERS:
        assert value(report, "real", "roc_auc", learner) > 0.95
        assert value(report, "synthetic", "roc_auc", learner) < 0.85
    assert report.utility.positive == "0"  # the rarer class
    quick = [arm for arm, baseline in BASELINES.items() if baseline.is_quick]
    for arm in quick:
        assert value(report, arm, "roc_auc") > 0.95
    assert "ROC AUC" in report.verdict


@pytest.mark.usefixtures("quick_metrics")
def test_verdict_helps_where_real_rows_are_few(cancer: pd.DataFrame) -> None:
    train, test = hold_out(cancer, "target", seed=0)
    few = train.iloc[:24]
    helped = evaluate(few, train.iloc[24:], target="target", test=test)
    assert helped.verdict.startswith("Adding the synthetic rows helps: ROC AUC of gbdt")
    flipped = few.assign(target=1 - few["target"])
    hurt = evaluate(few, pd.concat([flipped, flipped]), target="target", test=test)
    assert hurt.verdict.startswith("Adding the synthetic rows hurts")
    same = evaluate(few, train.iloc[24:28], target="target", test=test)
    assert same.verdict.startswith("Adding the synthetic rows makes no measurable difference")


@pytest.mark.usefixtures("quick_metrics")
def test_regression_gains_have_plus_for_better(real: pd.DataFrame, unseen: pd.DataFrame) -> None:
    wages = real.dropna(subset="wage")
    report = evaluate(wages, shuffled(wages), target="wage", test=unseen, repeats=2)
    assert report.utility.task == "regression"
    gains = [s.gain for s in report.utility.scores if s.arm == "synthetic"]
    assert all(gain is not None and gain < 0 for gain in gains)
    assert any("test rows are left out" in note for note in report.notes)


@pytest.mark.usefixtures("quick_metrics")
def test_several_classes(real: pd.DataFrame, unseen: pd.DataFrame) -> None:
    smiths = real[real["job"] == "smith"]
    report = evaluate(real, smiths, target="job", test=unseen, repeats=2)
    assert report.utility.task == "multiclass"
    alone = [s for s in report.utility.scores if s.arm == "synthetic"]
    assert all(s.value is None and "one class, 'smith'" in s.note for s in alone)
    assert value(report, "real + synthetic", "f1") > 0.4


@pytest.mark.usefixtures("quick_metrics")
def test_without_test_rows_a_quarter_is_held_out(real: pd.DataFrame) -> None:
    report = evaluate(real, real, target="income", repeats=2)
    assert (report.rows.real, report.rows.test) == (180, 60)
    assert "No test table was given" in report.notes[0]


def test_columns_in_another_order_and_unknown_categories(
    real: pd.DataFrame, unseen: pd.DataFrame
) -> None:
    odd = unseen.assign(job="astronaut")[list(unseen.columns[::-1])]
    odd.loc[0, "income"] = "vast"
    report = evaluate(real, odd, target="income", test=unseen, repeats=2)
    assert "levels that the real one lacks, in 'job' (100 rows, such as 'astro" in report.notes[0]
    assert "1 synthetic rows are left out of utility" in report.notes[1]
    assert all(result.value is not None for result in report.readings)


@pytest.mark.usefixtures("quick_metrics")
def test_tells_of_every_fit_and_every_metric(real: pd.DataFrame, unseen: pd.DataFrame) -> None:
    told: list[Progress] = []
    evaluate(
        real.head(60),
        unseen.head(60),
        target="income",
        test=unseen,
        learners=("linear",),
        repeats=2,
        on_progress=told.append,
    )
    stages = list(dict.fromkeys(progress.stage for progress in told))
    learning = ["training linear", "tuning linear", "marking linear"]
    assert stages[:4] == ["telling the kinds of the columns", *learning]
    assert stages[4:] == [f"measuring: {metric.title}" for metric in METRICS.values()]
    fits = [(p.done, p.total) for p in told if p.stage == "training linear"]
    assert fits == [(done, 18) for done in range(19)]  # nine arms, two seeds
    assert told[-1].done == told[-1].total == len(METRICS)


@pytest.mark.usefixtures("quick_metrics")
def test_report_is_json_and_prints_and_repeats(real: pd.DataFrame, unseen: pd.DataFrame) -> None:
    real, unseen = real.head(120), unseen.head(60)
    before = np.random.get_state(legacy=False)["state"]["key"].copy()  # noqa: NPY002
    report = evaluate(real, unseen, target="income", test=unseen, repeats=2)
    assert np.array_equal(before, np.random.get_state(legacy=False)["state"]["key"])  # noqa: NPY002
    assert evaluate(real, unseen, target="income", test=unseen, repeats=2) == report
    read = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    assert read["verdict"] == report.verdict
    assert {entry["metric"] for entry in read["readings"]} >= {"column_shapes", "copies"}
    console = Console(width=100, file=io.StringIO(), record=True)
    console.print(report)
    text = console.export_text()
    assert "Utility of gbdt: income" in text
    assert "Rows copied verbatim" in text


@pytest.mark.usefixtures("quick_metrics")
@pytest.mark.parametrize(
    ("target", "reason"), [("since", "'since' is of kind datetime"), ("one", "holds only '1'")]
)
def test_a_target_that_cannot_be_learned_leaves_the_other_figures(
    real: pd.DataFrame, unseen: pd.DataFrame, target: str, reason: str
) -> None:
    table, synthetic = real.assign(one=1), people(240, seed=9).assign(one=1)
    report = evaluate(table, synthetic, target=target, test=unseen.assign(one=1))
    assert "cannot be said" in report.verdict
    assert reason in report.verdict
    assert {s.note for s in report.utility.scores} == {report.utility.headline.note}
    assert all(result.value is not None for result in report.readings)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"target": "wages"}, SettingError, "no column 'wages' to predict; it has 'age'"),
        ({"learners": ("svm",)}, SettingError, "learners can be 'gbdt'.*got 'svm'"),
        ({"learners": ()}, SettingError, "got none"),
        ({"baselines": "some"}, SettingError, "can be 'quick', 'all', got 'some'"),
        ({"repeats": 1}, SettingError, "2 or more repeats, got 1"),
        ({"seed": -1}, SettingError, "seed -1 is outside"),
        ({"twice": True}, TableError, "holds columns twice: 'age'"),
        ({"only": ["zip"]}, TableError, "no column of the real one, which are 'age', 'job'"),
        ({"rows": 0}, TableError, "synthetic table has no rows"),
        ({"real_rows": 19}, TableError, "19; 20 or more"),
    ],
)
def test_bad_input_gets_a_sentence(
    real: pd.DataFrame, change: dict[str, Any], error: type[Exception], message: str
) -> None:
    table = real.assign(one=1)
    synthetic = table.head(change.get("rows", len(table)))
    if "twice" in change:
        synthetic = pd.concat([synthetic, synthetic[["age"]]], axis=1)
    if "only" in change:
        synthetic = synthetic.assign(zip=1)[change["only"]]
    settings = {
        key: change[key] for key in ("learners", "baselines", "repeats", "seed") if key in change
    }
    with pytest.raises(error, match=message):
        evaluate(
            table.head(change.get("real_rows", len(table))),
            synthetic,
            target=change.get("target", "income"),
            test=table,
            **settings,
        )


@pytest.mark.usefixtures("quick_metrics")
@pytest.mark.parametrize(
    ("change", "note"),
    [
        (lambda table: table.drop(columns="age"), "lacks 'age': these count as empty"),
        (lambda table: table.assign(zip=1), "has 'zip' that the real one has not"),
        (
            lambda table: table.assign(wage="much"),
            "'wage' holds no finite numbers, as the real one's does, but text, such as 'much'",
        ),
        (lambda table: table.assign(since="soon"), "no dates, as the real one's does, but text"),
        (
            lambda table: table.assign(wage=table["wage"].where(table.index > 2, np.inf)),
            "'wage' holds 3 values that are no finite numbers, such as 'inf'",
        ),
        (lambda table: table.assign(age=table["age"].astype(str)), ""),
        (lambda table: table.drop(columns="income"), "lacks 'income'"),
        (lambda table: table[table["income"] == "low"], "hold no row of 'high'"),
        (lambda table: table.head(1), "hold no row of"),
    ],
)
def test_a_table_that_does_not_fit_gets_a_sentence_and_figures(
    real: pd.DataFrame, unseen: pd.DataFrame, change: Any, note: str
) -> None:
    learners = ("linear",)
    table = change(real)
    report = evaluate(real, table, target="income", test=unseen, learners=learners, repeats=2)
    assert note in " ".join(report.notes)
    assert value(report, "real", "roc_auc", "linear") > 0.8
    assert all(score.value is not None or score.note for score in report.utility.scores)
    assert all(result.value is not None or result.note for result in report.readings)
    shapes = report.readings[0]
    assert shapes.value is not None


@pytest.mark.usefixtures("quick_metrics")
def test_no_test_rows_are_as_none_given(real: pd.DataFrame) -> None:
    learners = ("linear",)
    report = evaluate(real, real, target="income", test=real.head(0), learners=learners, repeats=2)
    assert report.rows.test == 60
    assert "The test table has no rows" in report.notes[0]


def test_a_class_of_one_row_and_gaps_in_the_target(real: pd.DataFrame) -> None:
    odd = real.assign(job=real["job"].where(real.index > 0, "king"))
    report = evaluate(odd, real, target="job", test=real, learners=("linear",), repeats=2)
    assert "hold no row of 'king'" in " ".join(report.notes)
    assert "real rows are left out of utility: their 'job' is missing" in " ".join(report.notes)
    blank = {score.arm: score.note for score in report.utility.scores if score.value is None}
    assert blank == {"real + SMOTE": "SMOTE needs two rows of a class, and 'king' has one to learn"}


@pytest.mark.usefixtures("quick_metrics")
def test_test_rows_that_are_real_rows_are_told(real: pd.DataFrame, unseen: pd.DataFrame) -> None:
    made = people(120, seed=9)
    for test, told in ((real, 1), (unseen, 0)):
        found = evaluate(real, made, target="income", test=test, learners=["linear"], repeats=2)
        assert sum("stand in the real table, too" in note for note in found.notes) == told
