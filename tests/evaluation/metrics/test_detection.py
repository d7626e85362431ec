"""How sure a two-sample score is: its margin against scores of many tables made alike."""

import numpy as np
import pytest

from tabgan.evaluation.metrics.detection import TwoSampleTest, score_margin

TABLES = 30


@pytest.mark.parametrize("shift", [0.0, 0.8, 1.5])
def test_a_margin_covers_what_other_rows_would_give(shift: float) -> None:
    scores = []
    for seed in range(TABLES):
        rng = np.random.default_rng(seed)
        test = TwoSampleTest(rng.normal(size=(90, 3)), seed=0)
        scores.append(test.score(rng.normal(size=(90, 3)) + shift))
    found = np.array(scores, float)
    margins = np.array([score_margin(score, 90) for score in found])
    covered = np.abs(found - found.mean()) <= margins
    assert covered.mean() >= 0.85
    assert margins.mean() < 4 * found.std()  # and is not merely wide


def test_a_margin_shrinks_with_the_root_of_the_rows() -> None:
    assert score_margin(0.5, 400) == pytest.approx(score_margin(0.5, 100) / 2, rel=0.02)
