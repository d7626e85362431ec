"""Moments of parts add up, and Gaussians are the weighted means and covariances, smoothed."""

import numpy as np
import pytest

from tabgan.encoding.layout import Layout
from tabgan.fitting.gaussian_moments import PRIOR_ROWS, Moments, begin_gaussians
from tabgan.networks.normal_scores import NormalScores

LAYOUT = Layout((1, 1), (1, 1), (0, 1), np.array([[0, 1], [0, 1.0]]))
SCORES = NormalScores(LAYOUT, np.ones(2))


def draw(n_rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Two groups of rows, and which of three classes each is of: the third has no row."""
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(n_rows, 2)) @ np.array([[1, 0.8], [0, 0.3]])
    posterior = np.zeros((n_rows, 3))
    posterior[:, 0] = rng.random(n_rows)
    posterior[:, 1] = 1 - posterior[:, 0]
    return rows, posterior


def test_moments_of_parts_are_those_of_the_whole() -> None:
    rows, posterior = draw(100)
    parts = Moments.zeros(3, SCORES.n_moments)
    for part in (slice(0, 30), slice(30, 100)):
        parts = parts.add(Moments.of_rows(rows[part], posterior[part]))
    whole = Moments.of_rows(rows, posterior)
    assert parts.sums == pytest.approx(whole.sums)
    assert parts.mass == pytest.approx(whole.mass)
    assert parts.take(np.array([True, False, True])).mass == pytest.approx(whole.mass[[0, 2]])


def test_gaussians_are_the_weighted_means_and_covariances() -> None:
    rows, posterior = draw(20_000)
    found = Moments.of_rows(rows, posterior).estimate(SCORES)
    for one in range(2):
        weights = posterior[:, one]
        assert found.means[one] == pytest.approx(np.average(rows, axis=0, weights=weights))
        expected = np.cov(rows.T, aweights=weights, ddof=0)
        assert found.factors[one] @ found.factors[one].T == pytest.approx(expected, abs=1e-3)


def test_a_class_of_few_rows_is_as_wide_as_the_others() -> None:
    rows, posterior = draw(1_000)
    found = Moments.of_rows(rows, posterior).estimate(SCORES)
    covariances = found.factors @ found.factors.transpose(0, 2, 1)
    assert covariances[2] == pytest.approx(np.cov(rows.T), abs=0.05)
    one = Moments.of_rows(np.tile(rows[:1], (2, 1)), np.array([[1.0], [1.0]])).estimate(SCORES)
    assert np.isfinite(one.factors).all()  # no spread at all
    both = Moments.of_rows(
        np.vstack([rows, np.tile(rows[:1], (5, 1))]),
        np.vstack([np.tile([1.0, 0.0], (1_000, 1)), np.tile([0.0, 1.0], (5, 1))]),
    ).estimate(SCORES)
    share = PRIOR_ROWS / (PRIOR_ROWS + 5)  # five rows alike, and the others' covariance
    assert both.factors[1] @ both.factors[1].T == pytest.approx(
        share * np.cov(rows.T), rel=0.05, abs=0.02
    )


def test_they_begin_around_chosen_rows() -> None:
    rows, _ = draw(500)
    found = begin_gaussians(SCORES, rows, np.array([3, 7, 11, 200]))
    assert found.means == pytest.approx(rows[[3, 7, 11, 200]], abs=1e-6)
    volumes = np.linalg.det(found.factors)
    assert volumes.sum() == pytest.approx(np.linalg.det(np.cov(rows.T)) ** 0.5, rel=0.05)
