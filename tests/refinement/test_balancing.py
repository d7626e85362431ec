"""Bins stand for variables: distances and products are those of the variables written out."""

from typing import Any

import numpy as np
import pytest

from tabgan.encoding.layout import Layout
from tabgan.refinement import pivotal_walk
from tabgan.refinement.balancing import MAX_CATEGORIES, MAX_VARIABLES, BalancingVariables
from tabgan.refinement.pivotal_walk import Walk

TAKE_STEPS: Any = pivotal_walk.take_steps  # a dispatcher of Numba, and in it the Python


def lay_out(target: int | None) -> Layout:
    """A number with gaps, a column of many categories, and a number of few values."""
    spans = np.zeros((42, 2))
    spans[[0, 41]] = [0.0, 1.0]
    return Layout((1, 40, 1), (1, 0, 1), (0, 2), spans, target)


def make_features(n_rows: int = 400) -> Any:
    rng = np.random.default_rng(0)
    number = np.where(rng.random(n_rows) < 0.1, np.nan, rng.random(n_rows))
    return np.column_stack([number, rng.integers(0, 40, n_rows), rng.integers(0, 3, n_rows) / 4])


def write_out(variables: BalancingVariables) -> Any:
    """The variables, in all and within each group but the first; (n_candidates, n_variables)."""
    columns = []
    for column, is_ordered in enumerate(variables.is_ordered):
        start, end = variables.starts[column : column + 2]
        own, bins = variables.bins[:, column], np.arange(start + 1, end)
        columns.append(own[:, None] >= bins if is_ordered else own[:, None] == bins)
    plain = np.hstack(columns).astype(float)
    plain -= plain.mean(axis=0)
    groups = [plain * (variables.groups == g)[:, None] for g in range(1, variables.n_groups)]
    return np.hstack([plain, *groups])


@pytest.fixture
def in_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of compiled code cannot be called from Python."""
    for name in ("_project", "_add_up", "_compare", "_add"):
        monkeypatch.setattr(pivotal_walk, name, getattr(pivotal_walk, name).py_func)


@pytest.mark.usefixtures("in_python")
@pytest.mark.parametrize("target", [None, 0, 1, 2])
def test_what_a_step_is_told_is_what_variables_say(target: int | None) -> None:
    rng, features = np.random.default_rng(1), make_features()
    variables = BalancingVariables.of_features(features, lay_out(target), rng)
    dense, walk = write_out(variables), Walk.begin(variables)
    assert variables.n_groups == (1 if target is None else 3 if target == 2 else 4)
    inclusion = np.full(len(features), 0.3)
    before = inclusion.copy()
    TAKE_STEPS.py_func(
        walk, inclusion, rng.permutation(len(features)).reshape(-1, 2), rng.random(200)
    )
    excess = (inclusion - before) @ dense
    pull, offsets = np.empty(walk.excess.shape), np.zeros(variables.n_groups)
    pivotal_walk._project(walk, pull, offsets)
    for one, other in rng.integers(0, len(features), (50, 2)):
        along, square = pivotal_walk._compare(walk, pull, offsets, one, other)
        difference = dense[one] - dense[other]
        assert along == pytest.approx(difference @ excess, abs=1e-9)
        assert square == pytest.approx(difference @ difference, abs=1e-9)


def test_python_takes_the_steps_that_compiled_code_takes(request: pytest.FixtureRequest) -> None:
    rng, features = np.random.default_rng(2), make_features()
    variables = BalancingVariables.of_features(features, lay_out(1), rng)
    pairs, shares = rng.permutation(len(features)).reshape(-1, 2), rng.random(200)
    drawn = [np.full(len(features), 0.4) for _ in range(2)]
    TAKE_STEPS(Walk.begin(variables), drawn[0], pairs, shares)
    request.getfixturevalue("in_python")
    TAKE_STEPS.py_func(Walk.begin(variables), drawn[1], pairs, shares)
    assert np.array_equal(drawn[0], drawn[1])


def test_gaps_constants_rare_categories_and_many_columns() -> None:
    rng = np.random.default_rng(0)
    constant = np.column_stack([np.full(50, np.nan), np.zeros(50), np.ones(50)])
    for target in (None, 0, 1, 2):
        variables = BalancingVariables.of_features(constant, lay_out(target), rng)
        assert not write_out(variables).any()
    rare = BalancingVariables.of_features(make_features(), lay_out(None), rng)
    widths = np.diff(rare.starts)
    assert widths[~rare.is_ordered].tolist() == [MAX_CATEGORIES + 1]
    wide = Layout((3,) * 500, (0,) * 500, (), np.zeros((1_500, 2)), 0)
    many = BalancingVariables.of_features(rng.integers(0, 3, (50, 500)).astype(float), wide, rng)
    assert write_out(many).shape[1] == 3 * (MAX_VARIABLES // 3) * 3
