from dataclasses import replace

from tabgan.evaluation import Report
from tabgan.evaluation.report.html import gains
from tabgan.evaluation.utility.utility import UtilityScore


def picture(report: Report, *changed: UtilityScore) -> str:
    """The picture of the first score, with some of its marks in the place of others."""
    base = [score for score in report.utility.scores if score.score == "roc_auc"]
    scores = tuple(score for score in base if score.arm == "real") + changed
    section = gains.first_section(replace(report, utility=replace(report.utility, scores=scores)))
    assert section is not None
    (shown,) = section.pictures
    return str(shown.svg)


def test_an_arm_far_off_becomes_an_arrow_and_leaves_room_for_the_others(report: Report) -> None:
    near = next(score for score in report.utility.scores if score.arm == "real + synthetic")
    arms = [replace(near, arm=f"real + {name}") for name in "abc"]
    drawn = picture(report, *arms, replace(near, arm="far", gain=-0.8, low=-0.9, high=-0.7))
    assert "← \N{MINUS SIGN}0.80" in drawn
    assert ">\N{MINUS SIGN}0.5<" not in drawn
    assert drawn.count("var(--helps)") >= 6
    assert "var(--hurts)" in drawn


def test_a_gain_without_interval_has_neither_bar_nor_colour(report: Report) -> None:
    near = next(score for score in report.utility.scores if score.arm == "real + synthetic")
    drawn = picture(report, replace(near, low=None, high=None, note="too few rows"))
    assert "var(--helps)" not in drawn
    assert "gbdt, real + synthetic: +0.020." in drawn


def test_no_gain_at_all_can_be_drawn(report: Report) -> None:
    near = next(score for score in report.utility.scores if score.arm == "real + synthetic")
    none = replace(near, gain=0.0, low=0.0, high=0.0)
    unknown = replace(near, value=None, gain=None, low=None, high=None, note="one class")
    assert "cannot be computed" in picture(report, near, replace(unknown, learner="linear"))
    assert "gbdt, real + synthetic: 0 (0 to 0)" in picture(report, none)


def test_what_no_learner_could_be_trained_on_has_no_line(report: Report) -> None:
    near = next(score for score in report.utility.scores if score.arm == "real + synthetic")
    unknown = replace(near, arm="real + SMOTE", value=None, gain=None, low=None, high=None)
    assert "SMOTE" not in picture(report, near, unknown)
    nothing = replace(report.utility, scores=(replace(unknown, note="one class"),))
    assert gains.first_section(replace(report, utility=nothing)) is None
    assert gains.section(replace(report, utility=nothing)) is None


def test_a_gain_beyond_all_numbers_is_drawn_at_the_edge(report: Report) -> None:
    near = next(score for score in report.utility.scores if score.arm == "real + synthetic")
    endless = replace(near, arm="far", gain=-float("inf"), low=-float("inf"), high=0.1)
    assert "←" in picture(report, near, endless)
    assert "gbdt" in picture(report, replace(near, gain=1e308, low=-1e308, high=1.7e308))
