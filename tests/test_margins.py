"""Raking: draws get the table's shares, gaps and all, and a file holds the offsets."""

import numpy as np
import pytest

from tabgan.margins import Margins, draw_by_weight


def test_draws_get_the_shares_of_real_rows_in_every_column() -> None:
    rng = np.random.default_rng(0)
    real = np.stack([rng.choice(3, 4_000, p=[0.2, 0.3, 0.5]), rng.normal(0, 1, 4_000)], 1)
    real[rng.random(4_000) < 0.1, 1] = np.nan
    pool = np.stack([rng.choice(3, 32_000), rng.normal(0.4, 1.2, 32_000)], 1).astype(float)
    pool[rng.random(32_000) < 0.2, 1] = np.nan
    real, pool = real[:, [0, 0, 0, 1]], pool[:, [0, 0, 0, 1]]  # columns that say the same
    margins = Margins.fit(real, pool, np.zeros(32_000), 4_000, rng)
    drawn = pool[draw_by_weight(margins.weigh(pool), 4_000, rng)]
    assert np.bincount(drawn[:, 0].astype(int)) / 4_000 == pytest.approx([0.2, 0.3, 0.5], abs=0.03)
    assert np.isnan(drawn[:, 3]).mean() == pytest.approx(0.1, abs=0.03)
    levels = [0.1, 0.5, 0.9]
    expected = np.nanquantile(real[:, 3], levels)
    assert np.nanquantile(drawn[:, 3], levels) == pytest.approx(expected, abs=0.12)


def test_a_file_holds_them() -> None:
    rng = np.random.default_rng(0)
    pool = rng.normal(size=(2_000, 2))
    margins = Margins.fit(pool[:300] + 0.5, pool, np.zeros(2_000), 300, rng)
    state = {name: [part.copy() for part in parts] for name, parts in margins.to_state().items()}
    again = Margins.from_state(state)
    assert np.array_equal(again.weigh(pool), margins.weigh(pool))


def test_values_never_seen_are_no_error() -> None:
    rng = np.random.default_rng(0)
    margins = Margins.fit(np.zeros((50, 1)), np.zeros((200, 1)), np.zeros(200), 50, rng)
    assert np.isfinite(margins.weigh(np.array([[-3.0], [9.0], [np.nan]]))).all()


def test_draws_follow_the_weights_and_no_place_comes_twice() -> None:
    rng = np.random.default_rng(0)
    weights = np.log(np.repeat([1.0, 9.0], 5_000))
    chosen = draw_by_weight(weights, 500, rng)
    assert len(set(chosen)) == 500
    assert (chosen >= 5_000).mean() == pytest.approx(0.9, abs=0.05)
    assert sorted(draw_by_weight(weights[:7], 7, rng)) == list(range(7))
