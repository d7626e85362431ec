"""How many candidates a row is chosen among: as many as the fit found enough, or as asked for."""

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from tabgan import TabGAN, TabularModel
from tabgan.errors import SettingError
from tabgan.refinement.refiner import MAX_CANDIDATES, Refiner
from tabgan.refinement.tree_ensemble import Leaf, Split, TreeEnsemble
from tabgan.runtime.devices import use_threads


@pytest.fixture(scope="module")
def model(fitted: TabGAN) -> TabularModel:
    """A model that prefers the upper half of the first column, the age."""
    splits = Split(0, 0.5, missing_right=False, left=Leaf(-2.0), right=Leaf(2.0))
    trees = TreeEnsemble.from_trees([splits])
    refiner = Refiner((trees,), 3, effective=1.5, distinct=1.0, raw_score=None, score=0.25)
    return replace(fitted.model_, refiner=refiner)


def test_those_of_the_fit_are_drawn_unless_others_are_asked_for(model: TabularModel) -> None:
    rows = model.sample(300, seed=0)
    pd.testing.assert_frame_equal(rows, model.sample(300, seed=0, candidates=3))
    assert not rows.equals(model.sample(300, seed=0, candidates=4))


def test_the_more_the_likelier_are_those_that_trees_prefer(model: TabularModel) -> None:
    means = [
        model.sample(2_000, seed=0, candidates=candidates)["age"].mean() for candidates in (1, 2, 8)
    ]
    assert means[0] < means[1] < means[2]


@pytest.mark.parametrize("candidates", [None, 7])
def test_threads_and_numbers_of_rows_change_no_byte(
    model: TabularModel, candidates: int | None
) -> None:
    few, many = 1_500, 6_000
    drawn = []
    for threads in (1, 2):
        with use_threads(threads):
            drawn.append(model.sample(many, seed=5, candidates=candidates))
    pd.testing.assert_frame_equal(drawn[0], drawn[1])
    pd.testing.assert_frame_equal(
        model.sample(few, seed=5, candidates=candidates), drawn[0].head(few)
    )


@pytest.mark.parametrize("candidates", [0, -1, True, MAX_CANDIDATES + 1])
def test_numbers_that_cannot_be_are_refused(model: TabularModel, candidates: int) -> None:
    with pytest.raises(SettingError, match=f"ask for 1 to {MAX_CANDIDATES:,}"):
        model.sample(5, candidates=candidates)


@pytest.mark.parametrize(
    ("refined", "settings", "words"),
    [(True, {"refine": False}, "rows are not refined"), (False, {}, "its fit learned no way")],
)
def test_candidates_that_nothing_chooses_are_refused(
    model: TabularModel, refined: bool, settings: dict[str, Any], words: str
) -> None:
    asked = model if refined else replace(model, refiner=None)
    with pytest.raises(SettingError, match=words):
        asked.sample(5, candidates=2, **settings)
