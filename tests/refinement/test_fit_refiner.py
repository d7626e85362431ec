"""Fitting the refiner: as many candidates are generated as estimated."""

from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest

from tabgan import TabGAN, TrainingConfig
from tabgan.networks.generation import generate
from tabgan.refinement import fit_refiner
from tabgan.refinement.fit_refiner import count_candidates

N_ROWS = 4_000


def fit(frame: pd.DataFrame, **settings: Any) -> None:
    config = TrainingConfig(steps=5, hidden_dim=16, **settings)
    TabGAN(config=config, random_state=0, device="cpu", relations=False).fit(frame)


@pytest.mark.parametrize("settings", [{"candidates": 1}, {"candidates": 1, "refine_rounds": 1}])
def test_as_many_candidates_are_generated_as_estimated(settings: dict[str, Any]) -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.normal(size=N_ROWS), "b": rng.integers(0, 3, N_ROWS)})
    made = []

    def count(generator: Any, condition: Any, *others: Any) -> Any:
        made.append(len(condition.known))
        return generate(generator, condition, *others)

    with (
        patch("tabgan.refinement.fit_refiner.generate", count),
        patch.object(fit_refiner, "_choose_effort", lambda _score, _held: 2.0),
    ):
        fit(frame, **settings)
    foretold = count_candidates(N_ROWS, 2, TrainingConfig(**settings))
    assert foretold == pytest.approx(sum(made), rel=0.15)  # rows held out are in it
