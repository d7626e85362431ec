"""Lessons of the refiner: candidates count as they are chosen, and as many are made as foretold."""

from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest

from tabgan import TabGAN, TrainingConfig, lessons
from tabgan.generation import generate
from tabgan.lessons import count_candidates

N_ROWS = 4_000


def fit(frame: pd.DataFrame, **settings: Any) -> None:
    config = TrainingConfig(steps=5, width=16, **settings)
    TabGAN(config=config, random_state=0, device="cpu", relations=False).fit(frame)


def test_generated_rows_count_as_much_as_they_are_likely_to_be_chosen() -> None:
    real = np.repeat([0.0, 1.0], [900, 100])[:, None]
    generated = np.repeat([0.0, 1.0], [500, 500])[:, None]
    chosen = np.repeat([0.45, 0.05], 500)

    def tell(weights: Any) -> Any:
        trees = lessons._fit_trees(real, generated, weights, {"seed": 0}, 100)
        return trees.predict(np.array([[0.0], [1.0]]), raw_score=True)

    assert tell(chosen) == pytest.approx(0, abs=0.1)  # as they are chosen, they are alike
    odds = np.log([900 / 500, 100 / 500])
    assert tell(np.ones(1_000)) == pytest.approx(odds, abs=0.1)


@pytest.mark.parametrize("settings", [{"candidates": 1}, {"candidates": 1, "refine_rounds": 1}])
def test_as_many_candidates_are_generated_as_foretold(settings: dict[str, Any]) -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.normal(size=N_ROWS), "b": rng.integers(0, 3, N_ROWS)})
    made = []

    def count(generator: Any, condition: Any, *others: Any) -> Any:
        made.append(len(condition.known))
        return generate(generator, condition, *others)

    with (
        patch("tabgan.lessons.generate", count),
        patch.object(lessons, "_choose_effort", lambda _score, _held: 2.0),
    ):
        fit(frame, **settings)
    foretold = count_candidates(N_ROWS, 2, TrainingConfig(**settings))
    assert foretold == pytest.approx(sum(made), rel=0.15)  # rows held out are in it
