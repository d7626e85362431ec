"""What the benchmark of questions measures is what it says, on tables where that is known."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kstest

from benchmarks.density import TailProbabilities
from benchmarks.fillers import PEERS, Codes, Filler
from benchmarks.imputation import (
    INTERVAL_DRAWS,
    INTERVALS,
    fill,
    find_coverage,
    find_ranks,
    measure,
    take_out,
)
from tabgan import TabGAN


def test_rows_in_the_longer_tail_are_odder() -> None:
    learned = np.array([[0.0], [1.0], [2.0], [3.0], [100.0]])
    tails = TailProbabilities.of(learned)
    assert not tails.is_left[0]
    new = np.array([[-5.0], [2.0], [100.0], [200.0]])
    below, above = np.array([1, 4, 6, 6]), np.array([6, 4, 2, 1])  # of five learned rows and it
    expected = np.maximum(-np.log(below / 6), -np.log(above / 6))
    np.testing.assert_allclose(tails.score(new), -expected)


def test_what_is_filled_by_the_truth_has_no_error() -> None:
    rng = np.random.default_rng(0)
    rows = pd.DataFrame({"kind": rng.choice(["a", "b"], 80), "x": rng.normal(5, 2, 80)})
    hidden = rng.random(rows.shape) < 0.3
    made = fill(Filler(lambda given: given.fillna(rows)), take_out(rows, hidden))
    found = measure(made, rows, hidden, Codes.of(rows))
    assert (found.categories, found.numbers, found.absolute) == (1.0, 0.0, 0.0)
    assert found.energy == pytest.approx(0.0)


def test_what_stands_in_cells_that_were_never_known_does_not_count() -> None:
    rows = pd.DataFrame({"kind": ["a", "b", None, None], "x": [1.0, np.nan, 2.0, 4.0]})
    hidden = np.zeros(rows.shape, bool)
    for values in ({"kind": "a", "x": 1.0}, {"kind": "b", "x": 99.0}):
        made = fill(Filler(partial(pd.DataFrame.fillna, value=values)), rows)
        assert measure(made, rows, hidden, Codes.of(rows)).energy == pytest.approx(0.0)


@pytest.mark.parametrize("peer", ["5 neighbours", "extra trees, in turn"])
def test_peers_fill_what_follows_from_the_rest(peer: str) -> None:
    rng = np.random.default_rng(0)
    kind = rng.choice(["a", "b", "c"], 300)
    x = pd.Series(kind).map({"a": 0.0, "b": 10.0, "c": 20.0}) + rng.random(300)
    table = pd.DataFrame({"kind": kind, "x": x, "flag": kind == "a"})
    rows = table[200:].reset_index(drop=True)
    hidden = np.zeros(rows.shape, bool)
    hidden[:50, 0] = hidden[50:, 1] = True
    made = fill(PEERS[peer](table[:200], "kind", ""), take_out(rows, hidden))
    found = measure(made, rows, hidden, Codes.of(table))
    assert found.categories == 1.0
    assert found.numbers < (0.7 if peer == "5 neighbours" else 0.6)


def test_the_truth_is_anywhere_among_draws_that_are_as_it_is() -> None:
    rng = np.random.default_rng(0)
    for draw in (rng.normal, lambda size: rng.integers(0, 3, size).astype(float)):
        ranks = find_ranks(draw(size=(2_000, INTERVAL_DRAWS)), draw(size=2_000), rng)
        assert kstest(ranks, "uniform").pvalue > 0.01
        np.testing.assert_allclose(find_coverage(ranks), INTERVALS, atol=0.04)
    narrow = find_ranks(rng.normal(0, 0.3, (2_000, INTERVAL_DRAWS)), rng.normal(size=2_000), rng)
    assert find_coverage(narrow)[1] < 0.5


def test_intervals_of_draws_hold_what_they_say() -> None:
    rng = np.random.default_rng(0)
    x = rng.uniform(-2, 2, 3_000)
    table = pd.DataFrame({"x": x, "y": 2 * x + rng.normal(0, 1, 3_000)})
    model = TabGAN(steps=300, random_state=0, device="cpu").fit(table[:2_500]).model_
    rows = table[2_500:].reset_index(drop=True)
    drawn = model.impute(rows.assign(y=np.nan), INTERVAL_DRAWS, seed=1)["y"].to_numpy()
    draws = drawn.reshape(len(rows), INTERVAL_DRAWS)
    ranks = find_ranks(draws, rows["y"].to_numpy(), rng)
    np.testing.assert_allclose(find_coverage(ranks), INTERVALS, atol=0.08)
    assert 0.8 < draws.std(axis=1).mean() < 1.25  # the noise of the column, not its own spread
