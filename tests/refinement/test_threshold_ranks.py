"""Ranks of any numbers among any thresholds are those that NumPy finds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tabgan.refinement import threshold_ranks
from tabgan.refinement.threshold_ranks import Thresholds

NUMBERS = st.floats(allow_nan=False) | st.sampled_from([0.0, -0.0, 1e-320, -1e-320, 0.5])


@given(st.lists(NUMBERS, max_size=20, unique=True), st.lists(NUMBERS, max_size=20))
@settings(max_examples=300, deadline=None)
def test_ranks_are_how_many_thresholds_lie_below(
    thresholds: list[float], others: list[float]
) -> None:
    known = np.unique(np.array(thresholds, float))
    values = np.array([*thresholds, *others, np.inf, -np.inf, np.nan])
    ranks = Thresholds([known]).rank(values[:, None])
    wanted = [*np.searchsorted(known, values[:-1]), 0]
    assert ranks[0, 0].tolist() == wanted
    assert ranks[1, 0].tolist() == [*wanted[:-1], 255]


@pytest.mark.parametrize("n_thresholds", [0, 1, 254, 255, 5_000])
def test_both_engines_find_the_same_ranks(
    n_thresholds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(n_thresholds)
    known = np.unique(rng.normal(size=n_thresholds) ** 9)  # most of them in a few cells
    values = rng.normal(size=(4_000, 2)) ** 9
    values[::7] = np.nan
    thresholds = Thresholds([known, np.array([0.0])])
    compiled = thresholds.rank(values)
    assert compiled.dtype == (np.uint8 if n_thresholds < 255 else np.uint16)
    monkeypatch.setattr(threshold_ranks, "compiled_rank", lambda: None)
    assert np.array_equal(thresholds.rank(values), compiled)
