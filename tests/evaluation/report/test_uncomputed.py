from dataclasses import replace
from typing import Any

from tabgan.evaluation.metrics.metric import Direction, MetricCategory, MetricResult
from tabgan.evaluation.metrics.unjudged import UnjudgedColumn
from tabgan.evaluation.report.results import Results, Rows
from tabgan.evaluation.report.uncomputed import find_uncomputed, known_scores
from tabgan.evaluation.utility.utility import Utility, UtilityScore

REAL = UtilityScore("gbdt", "real", "auc", "AUC", Direction.UP, 0.5)
SMOTE = replace(REAL, arm="real + SMOTE", value=None, note="a regression has no classes")
WEIGHTS = replace(SMOTE, arm="class weights")
METRIC = MetricResult("m", "M", MetricCategory.FIDELITY, Direction.UP, "", 1.0)


def said(*scores: UtilityScore, **more: Any) -> list[str]:
    results = Results(Rows(1, 1, 1), Utility("binary", "y", None, scores), (), (), 0)
    found = find_uncomputed(replace(results, **more))
    return [f"{one.subject}: {one.reason}" for one in found]


def test_one_reason_is_said_once() -> None:
    assert said(REAL) == []
    assert said(REAL, SMOTE, WEIGHTS, replace(SMOTE, learner="linear")) == [
        "Training on real + SMOTE; Training on class weights: a regression has no classes"
    ]
    assert said(SMOTE, WEIGHTS) == ["What learners gain: a regression has no classes"]


def test_an_arm_with_one_figure_keeps_its_line() -> None:
    known = replace(SMOTE, score="f1", title="F1", value=0.1, note="")
    assert said(REAL, SMOTE, known) == ["AUC of gbdt, real + SMOTE: a regression has no classes"]
    utility = Utility("binary", "y", None, (REAL, SMOTE, WEIGHTS, known))
    assert known_scores(utility) == (REAL, SMOTE, known)


def test_columns_and_metrics() -> None:
    keys = (
        UnjudgedColumn("a", "keys"),
        UnjudgedColumn("b", "keys"),
        UnjudgedColumn(3, "one value"),
    )
    readings = (
        METRIC,
        replace(METRIC, title="N", value=None, note="too few rows."),
        replace(METRIC, title="O", note="left out: 'a'"),
    )
    assert said(REAL, not_judged=keys, readings=readings) == [
        "'a', 'b': keys, which no figure looks at",
        "3: one value, which no figure looks at",
        "N: too few rows",
        "O: left out: 'a'; the rest is computed",
    ]
