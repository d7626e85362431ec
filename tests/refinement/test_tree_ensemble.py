"""Trees as arrays: they say what LightGBM says, to the last bit; damaged ones are refused."""

from collections.abc import Callable
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt
import pytest

from tabgan.errors import ModelFileError
from tabgan.refinement import threshold_ranks, tree_scorer
from tabgan.refinement.density_ratio import STUMPS, TREES
from tabgan.refinement.lightgbm_trees import read_trees
from tabgan.refinement.tree_ensemble import KINDS, Leaf, Split, TreeEnsemble
from tabgan.state_reader import StateReader

ODD_TEXTS = ["-1", "0", "2000000000", "nan", "1e999", "", " ", "=", "\n", "-", "é"]
Rows = npt.NDArray[np.float64]


def make_rows(n_rows: int, seed: int) -> Rows:
    """Numbers with gaps, whole numbers without, and a column in which nearly all is missing."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(n_rows, 5)).round(1)
    rows[:, 1] = rng.integers(0, 4, n_rows)
    rows[rng.random(n_rows) < 0.2, 0] = np.nan
    rows[rng.random(n_rows) < 0.97, 4] = np.nan
    return rows


def fit(**settings: Any) -> lgb.Booster:
    rows = make_rows(2_000, 0)
    labels = (np.nan_to_num(rows[:, 0]) * rows[:, 2] + np.isnan(rows[:, 4]) > 0.5).astype(int)
    data = lgb.Dataset(rows, labels, params={"verbose": -1})
    return lgb.train(TREES | settings | {"num_threads": 1, "seed": 0}, data, 30)


@pytest.fixture(scope="module")
def booster() -> lgb.Booster:
    return fit()


@pytest.mark.parametrize("settings", [{}, STUMPS, {"use_missing": False}, {"num_leaves": 3}])
def test_it_says_what_lightgbm_says(settings: dict[str, Any]) -> None:
    booster = fit(**settings)
    rows = make_rows(1_000, 1)  # gaps also where there were none
    rows[::7, 1:4] = np.nan
    rows[:3] = np.array([[np.inf], [-np.inf], [0.0]])
    found = read_trees(booster.model_to_string()).log_odds(rows)
    assert np.array_equal(found, booster.predict(rows, raw_score=True, num_threads=1))


def make_many_thresholds() -> TreeEnsemble:
    """More of them than eight bits can count."""
    right = [Split(1, t, t > 0, Leaf(t), Leaf(-t)) for t in np.linspace(-2, 2, 300)]
    return TreeEnsemble.from_trees([Split(0, s.threshold, True, Leaf(0.1), s) for s in right])


@pytest.mark.parametrize("bits", [8, 16])
def test_both_engines_add_the_same_numbers(
    bits: int, booster: lgb.Booster, monkeypatch: pytest.MonkeyPatch
) -> None:
    trees = read_trees(booster.model_to_string()) if bits == 8 else make_many_thresholds()
    rows = make_rows(1_000, 2)
    assert tree_scorer.engine() == "numba"
    compiled = trees.log_odds(rows)
    monkeypatch.setattr(tree_scorer, "compiled_score", lambda: None)
    monkeypatch.setattr(threshold_ranks, "compiled_rank", lambda: None)
    assert tree_scorer.engine() == "numpy"
    assert np.array_equal(trees.log_odds(rows), compiled)


@pytest.mark.parametrize("n_rows", [0, 1, 1_023, 1_024, 1_025, 2_049])
def test_blocks_of_any_length(booster: lgb.Booster, n_rows: int) -> None:
    trees, rows = read_trees(booster.model_to_string()), make_rows(2_100, 3)
    assert np.array_equal(trees.log_odds(rows[:n_rows]), trees.log_odds(rows)[:n_rows])


def test_a_state_is_the_ensemble(booster: lgb.Booster) -> None:
    trees, rows = read_trees(booster.model_to_string()), make_rows(100, 4)
    again = TreeEnsemble.from_state(StateReader(trees.to_state()))
    assert np.array_equal(again.log_odds(rows), trees.log_odds(rows))


def test_without_trees_or_nodes() -> None:
    rows = make_rows(3, 5)
    assert TreeEnsemble.from_trees([]).log_odds(rows).tolist() == [0, 0, 0]
    assert TreeEnsemble.from_trees([Leaf(0.5), Leaf(1)]).log_odds(rows).tolist() == [1.5] * 3


def test_rows_with_too_few_features_are_refused() -> None:
    trees = TreeEnsemble.from_trees([Split(3, 0.0, False, Leaf(0), Leaf(1))])
    with pytest.raises(ModelFileError, match="compare 4 features, and rows have 2"):
        trees.log_odds(np.zeros((1, 2)))


FAULTS: dict[str, Callable[[dict[str, Any]], None]] = {
    "thresholds is no row": lambda s: s.update(thresholds=s["thresholds"].astype("f4")),
    "first is no row": lambda s: s.pop("first"),
    "nodes lack": lambda s: s.update(end=s["end"][1:]),
    "nodes are not dealt": lambda s: s["node_starts"].__setitem__(1, -1),
    "leaves are not dealt": lambda s: s["leaf_starts"].__setitem__(-1, 10**12),
    "trees lack nodes": lambda s: s.update(leaf_starts=s["leaf_starts"][[0, -1]]),
    "no such leaves": lambda s: s["leaf_starts"].__setitem__(1, 0),
    "leaves that are not there": lambda s: s["end"].__setitem__(0, 64),
    "features that are not there": lambda s: s["features"].__setitem__(0, -1),
    "no numbers": lambda s: s["values"].__setitem__(0, np.inf),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_damaged_arrays_are_refused(fault: str, booster: lgb.Booster) -> None:
    trees = read_trees(booster.model_to_string()).to_state()
    state = {name: array.copy() for name, array in trees.items()}
    FAULTS[fault](state)
    with pytest.raises(ModelFileError, match=fault):
        TreeEnsemble.from_state(StateReader(state))


def test_whatever_the_arrays_hold_is_refused_or_evaluated(booster: lgb.Booster) -> None:
    rng, rows = np.random.default_rng(0), make_rows(70, 6)
    trees = read_trees(booster.model_to_string()).to_state()
    evaluated = 0
    for _ in range(400):
        state = {name: array.copy() for name, array in trees.items()}
        array = state[str(rng.choice(list(KINDS)))]
        raw = array.view(np.uint8)
        raw[rng.integers(0, len(raw), 3)] = rng.integers(0, 256, 3)
        try:
            found = TreeEnsemble.from_state(StateReader(state)).log_odds(rows)
        except ModelFileError:
            continue
        evaluated += bool(np.isfinite(found).all())
    assert 50 < evaluated < 400


def test_whatever_an_old_text_holds_is_refused_or_evaluated(booster: lgb.Booster) -> None:
    """LightGBM's parser ends the process on most of these."""
    rng, rows, text = np.random.default_rng(0), make_rows(70, 6), booster.model_to_string()
    evaluated = 0
    for _ in range(200):
        start = int(rng.integers(text.index("Tree=0"), text.index("end of trees")))
        odd = str(rng.choice(ODD_TEXTS))
        try:
            trees = read_trees(text[:start] + odd + text[start + int(rng.integers(4)) :])
            found = trees.log_odds(rows)
        except ModelFileError:
            continue
        evaluated += bool(np.isfinite(found).all())
    assert 20 < evaluated < 200


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("left_child", "0"),
        ("right_child", "0"),
        ("num_leaves", "-1"),
        ("num_leaves", "65"),
        ("split_feature", "2000000000"),
        ("decision_type", "1"),
    ],
)
def test_circles_and_far_features_in_an_old_text(
    field: str, values: str, booster: lgb.Booster
) -> None:
    lines = booster.model_to_string().splitlines()
    place = next(i for i, line in enumerate(lines) if line.startswith(f"{field}="))
    old = lines[place].removeprefix(f"{field}=").split()
    lines[place] = f"{field}={' '.join([values, *old[1:]])}"
    with pytest.raises(ModelFileError, match="damaged"):
        read_trees("\n".join(lines))
