"""Fitting the refiner: as many candidates are generated as estimated."""

from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest

from tabgan import TabGAN, TrainingConfig
from tabgan.encoding.encoded_table import EncodedTable
from tabgan.networks.generation import generate_rows
from tabgan.networks.generator import Generator
from tabgan.refinement import fit_refiner
from tabgan.refinement.candidate_pool import CandidatePool
from tabgan.refinement.fit_refiner import RefinerTraining, count_candidates
from tabgan.refinement.refiner import Refiner

N_ROWS = 4_000


def fit(frame: pd.DataFrame, **settings: Any) -> None:
    config = TrainingConfig(steps=5, hidden_dim=16, **settings)
    TabGAN(config=config, random_state=0, device="cpu", relations=False).fit(frame)


@pytest.mark.parametrize("settings", [{"candidates": 1}, {"candidates": 1, "refine_rounds": 1}])
def test_as_many_candidates_are_generated_as_estimated(settings: dict[str, Any]) -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.normal(size=N_ROWS), "b": rng.integers(0, 3, N_ROWS)})
    made = []

    def count(generator: Any, n_rows: int, *others: Any) -> Any:
        made.append(n_rows * isinstance(generator, Generator))  # another one follows, of one pass
        return generate_rows(generator, n_rows, *others)

    with (
        patch("tabgan.refinement.candidate_pool.generate_rows", count),
        patch.object(fit_refiner, "_choose_effort", lambda _score, _held: 2.0),
    ):
        fit(frame, **settings)
    foretold = count_candidates(N_ROWS, 2, TrainingConfig(**settings))
    assert foretold == pytest.approx(sum(made), rel=0.15)  # rows held out are in it


@pytest.mark.parametrize(("log_weight", "expected"), [(0.0, 2), (2.0, 3), (20.0, 8)])
def test_the_less_weights_differ_the_fewer_candidates_are_enough(
    log_weight: float, expected: int
) -> None:
    """Half of the candidates have another weight, or all but one in fifty."""
    rng = np.random.default_rng(0)
    n_rows = 800
    share = 0.5 if log_weight < 10 else 0.02
    log_weights = np.where(rng.random(n_rows) < share, np.float64(log_weight), 0.0)
    table = EncodedTable(np.zeros((n_rows, 1), np.int32), np.zeros((n_rows, 1), np.float32))
    pool = CandidatePool(table, np.zeros((n_rows, 1)), log_weights)
    refiner = Refiner((), 8, 0.0, 0.0, None, None)
    training: Any = object()
    whole = RefinerTraining(table, training, training, training, (pool,), pool, refiner)
    fewest = whole.with_fewest_candidates()
    assert fewest.refiner.candidates == expected
    assert len(fewest.scored.table) == len(fewest.scored.features) == n_rows // 8 * expected
