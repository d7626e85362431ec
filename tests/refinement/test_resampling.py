"""Draws: by their weights, none twice; balanced ones nearer to their totals than by chance."""

from typing import Any

import numpy as np
import pytest

from tabgan.encoding.layout import Layout
from tabgan.refinement.balancing import BalancingVariables
from tabgan.refinement.resampling import (
    draw_balanced,
    draw_by_weight,
    effective_sample_size,
    inclusion_probabilities,
)


def lay_out(target: int | None = None) -> Layout:
    """A number, then a column of three categories."""
    spans = np.array([[0.0, 1.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]])
    return Layout(n_classes=(1, 3), n_modes=(1, 0), spans=spans, ordered=(0,), target=target)


def make_features(n_rows: int, seed: int = 0) -> Any:
    rng = np.random.default_rng(seed)
    number = np.where(rng.random(n_rows) < 0.1, np.nan, rng.random(n_rows))
    return np.column_stack([number, rng.integers(0, 3, n_rows)])


def test_draws_follow_the_weights_and_none_comes_twice() -> None:
    rng = np.random.default_rng(0)
    weights = np.log(np.repeat([1.0, 9.0], 5_000))
    chosen = draw_by_weight(weights, 500, rng)
    assert len(set(chosen)) == 500
    assert (chosen >= 5_000).mean() == pytest.approx(0.9, abs=0.05)
    assert sorted(draw_by_weight(weights[:7], 7, rng)) == list(range(7))


def test_effective_sample_size() -> None:
    assert effective_sample_size(np.zeros(40)) == pytest.approx(40)
    assert effective_sample_size(np.array([0.0, -100.0])) == pytest.approx(1)


def test_inclusion_is_that_of_a_draw_by_weight_and_adds_up() -> None:
    rng = np.random.default_rng(0)
    weights = rng.normal(scale=2, size=60)
    inclusion = inclusion_probabilities(weights, 20)
    assert inclusion.sum() == pytest.approx(20)
    counts = np.zeros(60)
    for _ in range(2_000):
        counts[draw_by_weight(weights, 20, rng)] += 1
    assert counts / 2_000 == pytest.approx(inclusion, abs=0.05)


def test_inclusion_at_its_ends() -> None:
    assert inclusion_probabilities(np.array([0.0, -800.0, -800.0]), 1) == pytest.approx(
        [1, 0, 0], abs=1e-6
    )
    assert (inclusion_probabilities(np.array([5.0, -3.0]), 2) == 1).all()
    assert inclusion_probabilities(np.zeros(4), 1) == pytest.approx(0.25)


@pytest.mark.parametrize("n_rows", [1, 7, 499, 999, 1_000])
def test_as_many_as_asked_for_are_drawn_and_none_twice(n_rows: int) -> None:
    rng = np.random.default_rng(0)
    inclusion = inclusion_probabilities(rng.normal(size=1_000), n_rows)
    variables = BalancingVariables.of_features(make_features(1_000), lay_out(), rng)
    drawn = draw_balanced(inclusion, variables, rng)
    assert len(drawn) == len(set(drawn.tolist())) == n_rows


def test_candidates_of_any_weight_are_drawn_as_often_as_their_inclusion_says() -> None:
    rng = np.random.default_rng(0)
    inclusion = inclusion_probabilities(rng.normal(scale=2, size=400), 100)
    variables = BalancingVariables.of_features(make_features(400), lay_out(), rng)
    counts = np.zeros(400)
    for _ in range(200):
        counts[draw_balanced(inclusion, variables, rng)] += 1
    by_weight = np.argsort(inclusion).reshape(8, 50)
    assert counts[by_weight].mean(1) / 200 == pytest.approx(inclusion[by_weight].mean(1), abs=0.015)


def test_marginals_are_those_of_the_candidates() -> None:
    rng = np.random.default_rng(0)
    features = make_features(4_000)
    inclusion = inclusion_probabilities(features[:, 1] * 0.5 + rng.normal(size=4_000), 1_000)
    wanted = [inclusion[features[:, 1] == category].sum() for category in range(3)]
    variables = BalancingVariables.of_features(features, lay_out(), rng)

    def miss(like_traits: Any) -> float:
        """The mean error of the categories' counts, over several draws."""
        draws = [draw_balanced(inclusion, like_traits, rng) for _ in range(20)]
        counts = [np.bincount(features[drawn, 1].astype(int), minlength=3) for drawn in draws]
        return float(np.abs(np.array(counts) - wanted).mean())

    without = BalancingVariables.of_features(np.zeros_like(features), lay_out(), rng)
    assert miss(variables) < 0.4 * miss(without)


def test_columns_are_balanced_within_the_targets_groups() -> None:
    rng = np.random.default_rng(0)
    features = make_features(4_000)
    inclusion = np.full(4_000, 0.25)

    cells = 3 * (features[:, 0] < 0.5) + features[:, 1].astype(int)

    def miss(target: int | None) -> float:
        """How far the rows of low or high numbers within a category are off, over several draws."""
        variables = BalancingVariables.of_features(features, lay_out(target), rng)
        draws = [draw_balanced(inclusion, variables, rng) for _ in range(20)]
        counts = np.array([np.bincount(cells[drawn], minlength=6) for drawn in draws])
        return float(np.abs(counts - np.bincount(cells) / 4).mean())

    assert miss(1) < 0.7 * miss(None)
