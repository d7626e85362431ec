import json
from dataclasses import replace

import pytest

from tabgan.augmentation.plan import AugmentationPlan
from tabgan.augmentation.plan_choice import PlanChoice, PlanResult, Trial

RESULTS = (
    PlanResult("1 for each row given", 0.75, 0.05, 0.02, 0.01, 0.03),
    PlanResult("with soft labels", note="it has no classes"),
)
TRIAL = Trial(
    "average precision", "gbdt", 10, RESULTS, RESULTS[0], {"forest": 0.78, "gbdt": 0.7}, 0.08
)
PLAN = AugmentationPlan(ratio=1.0, n_draws=3)


def test_what_is_added_why_and_what_another_learner_does() -> None:
    assert PlanChoice(PLAN, TRIAL).describe(1200) == (
        "1,200 rows are added, 1 for each row given, in each of 3 draws: that takes average "
        "precision of gbdt from 0.7000 to 0.7500 (gain +0.050, standard error 0.020, p 0.03 "
        "corrected for 2 ways tried in 10 folds). On the rows given alone the best is forest, "
        "0.7800 (gbdt 0.7000): to choose it gains more than any rows."
    )


def test_nothing_is_added_and_why() -> None:
    assert (
        PlanChoice(AugmentationPlan(), TRIAL)
        .describe(0)
        .startswith(
            "Nothing is added, since nothing is shown to help: the best of 2 ways tried in 10 "
            "folds, 1 for each row given, takes average precision of gbdt from 0.7000 to 0.7500"
        )
    )


@pytest.mark.parametrize("gain", [0.0, 0.04])
def test_a_learner_that_gains_less_than_rows_is_no_advice(gain: float) -> None:
    trial = replace(TRIAL, learner_gain=gain)
    assert "gains more" not in PlanChoice(PLAN, trial).describe(5)


def test_a_line_of_each_way() -> None:
    assert [result.line for result in RESULTS] == [
        "+0.050 (standard error 0.020, p 0.03): 1 for each row given",
        "with soft labels: it has no classes",
    ]


def test_plain_values() -> None:
    found = json.loads(json.dumps(PlanChoice(PLAN, TRIAL).to_dict()))
    assert found["plan"]["n_draws"] == 3
    assert found["trial"]["results"][0]["corrected"] == 0.03
    assert found["trial"]["real"] == {"forest": 0.78, "gbdt": 0.7}
    assert PlanChoice(PLAN).to_dict()["trial"] is None
