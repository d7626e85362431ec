import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tabgan.evaluation import Report, augmentation_study, evaluate
from tabgan.evaluation.report.verdicts import find_verdicts
from tests.evaluation.conftest import people


def levels(report: Report) -> list[str]:
    return [verdict.level for verdict in report.verdicts]


def judge(real: pd.DataFrame, synthetic: pd.DataFrame, test: pd.DataFrame | None = None) -> Report:
    return evaluate(real, synthetic, target="income", test=test, learners=["linear"], repeats=2)


@pytest.mark.usefixtures("quick_metrics")
@pytest.mark.parametrize("kind", ["copy", "shuffled", "jittered", "half", "one more", "one less"])
def test_copies_are_praised_for_nothing(real: pd.DataFrame, kind: str) -> None:
    rng = np.random.default_rng(0)
    tax = real["tax"] + 0.001 * real["tax"].std() * rng.normal(size=len(real))
    wage = real["wage"] + 0.001 * real["wage"].std() * rng.normal(size=len(real))
    synthetic = {
        "copy": real,
        "shuffled": real.sample(frac=1, random_state=0),
        "jittered": real.assign(tax=tax, wage=wage),
        "half": pd.concat([real.head(120), people(120, seed=9)]),
        "one more": real.assign(more=tax),
        "one less": real.drop(columns="job"),
    }[kind]
    report = judge(real, synthetic)
    assert levels(report) == ["bad", "unknown", "bad"]
    helps, _, copies = report.verdicts
    assert helps.answer.startswith("Copies bring nothing new")
    assert "helps" not in report.verdict
    assert report.utility.remark not in report.verdict
    assert copies.answer.startswith("The rows are copies: ")


def test_new_rows_of_the_same_world_are_alike_and_no_copies(
    real: pd.DataFrame, unseen: pd.DataFrame
) -> None:
    report = judge(real, people(240, seed=9), unseen)
    assert levels(report)[1:] == ["good", "good"]
    assert report.verdicts[2].answer.startswith("The rows are no copies: 0 % stand in the real")
    assert "finds the real one in 5" in report.verdicts[1].answer
    helps, alike, copies = report.verdicts
    remark = report.utility.remark
    assert remark == "None of 5 other ways gains more than noise."
    assert report.verdict == f"{helps.answer} {remark} {alike.answer} {copies.answer}"
    assert helps.advice.endswith(remark)
    read = json.loads(json.dumps(report.to_dict()))
    assert [entry["level"] for entry in read["verdicts"]] == levels(report)


def test_what_differs_most_is_named(real: pd.DataFrame, unseen: pd.DataFrame) -> None:
    report = judge(real, people(240, seed=9).assign(tax=1.0), unseen)
    alike = report.verdicts[1]
    assert alike.level == "bad"
    assert alike.advice.startswith("Look first at 'tax'")


@pytest.mark.usefixtures("quick_metrics")
def test_without_detection_the_columns_are_judged(real: pd.DataFrame, unseen: pd.DataFrame) -> None:
    report = judge(real, people(240, seed=9), unseen)
    assert report.verdicts[1].answer.startswith("The rows are alike: their columns differ")
    blank = [replace(reading, value=None, note="no rows") for reading in report.readings]
    _, alike, copies = find_verdicts(report.utility, blank)
    assert (alike.level, copies.level) == ("unknown", "unknown")
    assert alike.answer.endswith("cannot be said: no rows.")
    assert copies.answer.endswith("cannot be said: no rows.")


@pytest.mark.usefixtures("quick_metrics")
def test_a_small_part_of_copies_leaves_the_gain(real: pd.DataFrame, unseen: pd.DataFrame) -> None:
    synthetic = pd.concat([real.head(40), people(200, seed=9)])
    helps, _, copies = judge(real, synthetic, unseen).verdicts
    assert helps.answer.startswith("Adding the synthetic rows")
    assert copies.level == "unsure"
    assert copies.answer.startswith("Part of the rows are copies: 16.7 % are copies of real rows")


def test_a_study_without_rows_says_why_two_questions_have_no_answer(real: pd.DataFrame) -> None:
    report = augmentation_study(real, target="income", learners=["linear"], folds=2, repeats=1)
    assert levels(report)[1:] == ["unknown", "unknown"]
    for verdict in report.verdicts[1:]:
        assert "no augmenter is given to judge" in verdict.answer


@pytest.mark.usefixtures("quick_metrics")
def test_five_rows_are_never_just_alike(real: pd.DataFrame) -> None:
    report = judge(real, people(5, seed=9), people(120, seed=10))
    alike = report.verdicts[1]
    assert alike.level in {"unsure", "bad"}
    assert "those of as few real rows by" in alike.answer
