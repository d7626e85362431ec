from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from tabgan.evaluation import Report, evaluate
from tabgan.evaluation.metrics.metric import Direction, MetricCategory, MetricResult
from tabgan.evaluation.report.headlines import CLAIMS, FIGURES, STEPS, find_headlines
from tabgan.evaluation.report.report import Rows
from tabgan.evaluation.report.verdicts import ALIKE, COPIES, HELP
from tabgan.evaluation.utility.utility import Margin, Utility, UtilityScore


def reading(
    name: str, value: float | None, reference: float | None = 0.0, **more: Any
) -> MetricResult:
    aim = MetricCategory.PRIVACY if "cop" in name or "near" in name else MetricCategory.FIDELITY
    blank = MetricResult(name, name, aim, Direction.DOWN, "%", value, reference)
    return replace(blank, **more)


def report(
    *readings: MetricResult, direction: Direction = Direction.UP, gain: float | None = 0.1
) -> Report:
    facts = ("gbdt", "real", "s", "S", direction)
    real = UtilityScore(*facts, 0.5)
    both = replace(real, arm="real + synthetic", value=None, note="one class")
    if gain is not None:
        low, high = gain - 0.01, gain + 0.01
        both = replace(both, value=0.5 + direction.sign * gain, gain=gain, low=low, high=high)
    return Report(Rows(9, 9, 9), Utility("binary", "y", "a", (real, both)), readings, (), 0)


def words(found: Report) -> list[tuple[str, str, str]]:
    return [(one.claim, one.figure, one.step) for one in find_headlines(found)]


def test_every_question_has_its_words() -> None:
    assert set(CLAIMS) == set(STEPS) == set(FIGURES) == {HELP, ALIKE, COPIES}
    for claims in CLAIMS.values():
        assert set(claims) == {"good", "unsure", "bad"}


def test_the_gain_is_one_of_a_score_or_of_an_error() -> None:
    score, error = report(), report(direction=Direction.DOWN)
    assert words(score)[0] == ("Yes", "score 0.5000 → 0.6000", "Train on real and synthetic rows.")
    assert words(error)[0][1] == "error 0.5000 → 0.4000"
    assert words(report(gain=-0.1))[0][0] == "No"
    assert words(report(gain=0.0))[0][0] == "No clear difference"
    claim, reason, step = words(report(gain=None))[0]
    assert (claim, reason) == ("Not known", "one class")
    assert step.startswith("Mend what is named here")


@pytest.mark.parametrize(
    ("margin", "step", "advice"),
    [
        (0.05, "Train on real and synthetic rows.", "Train on real and synthetic rows together."),
        (
            0.0,
            "As well, without a generator: SMOTE.",
            "Train on real and synthetic rows together, or, which is simpler, with SMOTE.",
        ),
        (
            -0.05,
            "Better, without a generator: SMOTE.",
            "Train with SMOTE instead, which gains more and needs no generator.",
        ),
    ],
)
def test_what_does_as_well_without_a_generator_is_said(
    margin: float, step: str, advice: str
) -> None:
    known = Margin("real + SMOTE", 0.1, margin, margin - 0.01, margin + 0.01)
    found = report()
    found = replace(found, utility=replace(found.utility, margin=known))
    assert words(found)[0] == ("Yes", "score 0.5000 → 0.6000", step)
    assert found.verdicts[0].advice == advice
    hurt = report(gain=-0.1)
    hurt = replace(hurt, utility=replace(hurt.utility, margin=known))
    assert words(hurt)[0][2] == "Train on real rows alone."
    assert found.to_dict()["utility"]["margin"]["baseline"] == "real + SMOTE"


def test_likeness_is_that_of_rows_or_else_of_columns() -> None:
    shapes = reading("column_shapes", 40.0, worst=("wage", "age"))
    detection = reading("detection_boosted", 0.1, 1.0)
    assert words(report(shapes))[1] == ("No", "columns 40 % apart", "Look first at 'wage'.")
    assert words(report(detection, shapes))[1] == (
        "No",
        "95 of 100 told apart, 50 by luck",
        "Look first at 'wage'.",
    )
    alike = replace(detection, value=0.99)
    assert words(report(alike, shapes))[1] == (
        "Yes",
        "50 of 100 told apart, 50 by luck",
        "Nothing to do.",
    )
    assert words(report())[1][:2] == ("Not known", "no metric looks")


def test_rows_where_no_real_ones_lie_are_not_alike_though_no_classifier_tells_them() -> None:
    detection = reading("detection_boosted", 1.0, 1.0)
    shapes = reading("column_shapes", 12.0, 7.0, worst=("wage",))
    pairs = reading("pair_trends", 50.0, 9.0)
    precision = replace(reading("precision", 0.4, 1.0), unit="")
    found = report(detection, shapes, pairs, precision)
    words_of = ("No", "40 of 100 among real rows, real ones 100", "Look first at pairs of columns.")
    assert words(found)[1] == words_of
    assert found.verdicts[1].advice.startswith("Look first at pairs of columns")
    fair = replace(precision, value=0.9)
    assert words(report(detection, shapes, pairs, fair))[1][0] == "Yes"


def test_few_copied_rows_of_few_are_not_called_none() -> None:
    assert words(report(reading("copies", 9.0)))[2][:2] == ("In part", "9 % copied")
    natural = report(reading("copies", 9.0, 8.0))
    assert words(natural)[2][0] == "No"
    assert natural.verdicts[2].answer.startswith("No more rows are copies than chance makes: 9 %")


def test_of_a_perfect_score_no_gain_is_promised() -> None:
    found = report(gain=0.0)
    real, both = (replace(one, value=1.0) for one in found.utility.scores)
    best = replace(found, utility=replace(found.utility, scores=(real, both)))
    assert "no score can be better" in best.verdicts[0].advice
    assert "a smaller gain can be seen" in found.verdicts[0].advice


def test_a_copy_is_praised_for_nothing() -> None:
    copies = reading("copies", 100.0, warning="Rows are copies.")
    helps, alike, copied = words(report(copies))
    assert helps == ("No", "100 % copied", "Train on real rows alone.")
    step = "Evaluate rows that are no copies."
    assert alike == ("Not known", "copies always look alike", step)
    assert copied == ("Yes", "100 % copied", "Do not share them.")


def test_some_copies_are_told_from_rows_that_are_merely_near() -> None:
    none = reading("copies", 0.0)
    some = reading("copies", 5.0, warning="More rows are copies than chance makes.")
    near = reading("nearness", 60.0, warning="Rows stand nearer than unseen rows do.")
    moved = reading("near_copies", 8.0, warning="Rows are moved a little.")
    assert words(report(none))[2][:2] == ("No", "0 % copied")
    assert words(report(some))[2] == ("In part", "5 % copied", "Do not share them yet.")
    assert words(report(none, moved))[2][:2] == ("In part", "8 % copied")
    assert words(report(none, near))[2] == ("No, but near", "0 % copied", "Do not share them yet.")


@pytest.mark.usefixtures("quick_metrics")
def test_a_verbatim_copy_of_a_real_table(real: pd.DataFrame, unseen: pd.DataFrame) -> None:
    found = evaluate(real, real, target="income", test=unseen, learners=["linear"], repeats=2)
    assert [one.claim for one in find_headlines(found)] == ["No", "Not known", "Yes"]
