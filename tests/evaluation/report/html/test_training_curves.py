import math
from dataclasses import replace

from tabgan.evaluation import Report
from tabgan.evaluation.report.html import training_curves
from tabgan.evaluation.report.html.picture import Picture
from tabgan.runtime.progress import TrainingRecord, ValidationPoint
from tests.evaluation.report.html.conftest import HISTORY


def pictures(report: Report, *history: ValidationPoint) -> dict[str, Picture]:
    """The pictures of a training with this history, by their titles."""
    known = TrainingRecord(history=list(history), noise_floor=0.9)
    section = training_curves.section(report.with_training(known))
    return {} if section is None else {picture.title: picture for picture in section.pictures}


def test_score_likelihood_and_losses_have_a_picture_each(report: Report) -> None:
    shown = pictures(report, *HISTORY)
    assert list(shown) == [
        "Two-sample score",
        "Negative log-likelihood of held-out rows",
        "Loss of the critic",
        "Loss of the generator",
    ]
    assert (
        "Best score 0.600 at step 200 of 300; real rows get 0.900." in shown["Two-sample score"].svg
    )
    nll = shown["Negative log-likelihood of held-out rows"]
    assert "2.5 at step 100, -0.5 at step 300; between -0.5 and 2.5." in nll.svg
    assert nll.caption.endswith("between \N{MINUS SIGN}0.5 and 2.5.")
    assert "real rows" not in nll.svg  # only the score has a noise floor


def test_every_curve_follows_the_colours_of_the_page(report: Report) -> None:
    colours = ("synthetic", "blue", "purple", "olive")
    for picture, colour in zip(pictures(report, *HISTORY).values(), colours, strict=True):
        assert f"var(--{colour})" in picture.svg


def test_what_is_not_known_is_not_drawn(report: Report) -> None:
    scores = [ValidationPoint(point.step, point.score) for point in HISTORY]
    assert list(pictures(report, *scores)) == ["Two-sample score"]
    losses = [replace(point, score=None, nll=math.nan) for point in HISTORY]
    assert list(pictures(report, *losses)) == ["Loss of the critic", "Loss of the generator"]
    assert pictures(report) == {}
    assert pictures(report, ValidationPoint(100)) == {}


def test_a_gap_in_a_curve_is_left_out(report: Report) -> None:
    first, _, last = HISTORY
    shown = pictures(report, first, ValidationPoint(200), last)
    assert shown["Loss of the critic"].caption == (
        "0.69 at step 100, 0.65 at step 300; between 0.65 and 0.69."
    )
