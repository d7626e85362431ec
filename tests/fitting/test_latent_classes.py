"""Latent classes learn what depends on what, as many of them as held-out rows confirm."""

import numpy as np
import pytest
from scipy.stats import norm

from tabgan.encoding.encoded_table import EncodedTable
from tabgan.encoding.layout import Layout
from tabgan.fitting.latent_classes import N_LATENT, ExpectationMaximization, fit_latent_classes
from tabgan.networks.generation import generate_rows
from tabgan.networks.latent_class_generator import LatentClassGenerator

LAYOUT = Layout((2, 1), (0, 1), (1,), np.array([[0, 0], [0, 0], [0, 1.0]]))


def make_groups(n_rows: int, seed: int) -> EncodedTable:
    """Two groups, and a number that is above the middle in the second one alone."""
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 2, n_rows)
    codes = np.stack([group, np.zeros_like(group)], axis=1).astype(np.int32)
    scalars = np.stack([np.zeros(n_rows), group - rng.uniform(0, 1, n_rows)], axis=1)
    return EncodedTable(codes, scalars.astype(np.float32))


def make_categories(codes: np.ndarray) -> EncodedTable:
    return EncodedTable(codes.astype(np.int32), np.zeros(codes.shape, np.float32))


def fit(rows: EncodedTable, held_out: EncodedTable, k: int = 1) -> LatentClassGenerator:
    return fit_latent_classes(rows, held_out, LAYOUT, k, np.random.default_rng(0)).generator


def test_they_learn_what_depends_on_what() -> None:
    table = make_groups(2_000, 0)
    made = generate_rows(fit(table, make_groups(500, 1)), 4_000, 1, 0)
    is_high = made.scalars[:, 1] > 0
    assert np.mean(is_high == made.codes[:, 0]) > 0.95
    assert made.codes[:, 0].mean() == pytest.approx(table.codes[:, 0].mean(), abs=0.03)
    quartiles = np.quantile(table.scalars[:, 1], [0.25, 0.75])
    assert np.quantile(made.scalars[:, 1], [0.25, 0.75]) == pytest.approx(quartiles, abs=0.1)


def test_held_out_rows_are_likelier_than_under_independence() -> None:
    table, held_out = make_groups(2_000, 0), make_groups(500, 1)
    found = fit_latent_classes(table, held_out, LAYOUT, 1, np.random.default_rng(0))
    assert found.log_likelihood == pytest.approx(found.generator.log_likelihood(held_out))
    expected = np.log(0.5)  # of a group; the number is uniform within 1 then
    assert found.log_likelihood == pytest.approx(expected, abs=0.05)
    assert found.log_likelihood > 2 * np.log(0.5) + 0.5


def test_more_are_taken_where_held_out_rows_become_likelier() -> None:
    rng = np.random.default_rng(0)
    groups = rng.integers(0, 64, 8_000)
    codes = np.stack([groups // 4**power % 4 for power in range(3)] * 2, axis=1)
    layout = Layout((4,) * 6, (0,) * 6, (), np.zeros((24, 2)))
    table = make_categories(codes)
    rows, held_out = table.take(np.arange(7_000)), table.take(np.arange(7_000, 8_000))
    found = fit_latent_classes(rows, held_out, layout, 1, np.random.default_rng(0))
    assert found.generator.n_latent >= N_LATENT[1]
    shuffled = make_categories(rng.permuted(codes, axis=0))
    rows, held_out = shuffled.take(np.arange(7_000)), shuffled.take(np.arange(7_000, 8_000))
    found = fit_latent_classes(rows, held_out, layout, 1, np.random.default_rng(0))
    assert found.generator.n_latent == N_LATENT[0]


def test_without_held_out_rows_few_are_taken() -> None:
    table = make_groups(90, 0)
    found = fit_latent_classes(table, table.take(np.arange(0)), LAYOUT, 1, np.random.default_rng(0))
    assert found.log_likelihood is None
    assert found.generator.n_latent == 9
    assert fit(table.take(np.arange(1)), table.take(np.arange(0))).n_latent == 1


def test_the_same_rows_and_seed_give_the_same_classes() -> None:
    table, held_out = make_groups(1_000, 0), make_groups(200, 1)
    one, other = fit(table, held_out), fit(table, held_out)
    assert np.array_equal(one.shares, other.shares)
    assert np.array_equal(one.weights, other.weights)


def test_each_iteration_makes_the_rows_likelier() -> None:
    table = make_groups(1_500, 0)
    fitting = ExpectationMaximization.begin(table, LAYOUT, 1)
    classes = fitting._start(16, np.random.default_rng(0))
    likelihoods = []
    for _ in range(12):
        classes = fitting._maximize(fitting._expect(classes))
        likelihoods.append(classes.log_likelihood(table))
    assert (np.diff(likelihoods) > -0.002).all()  # but for the prior
    assert likelihoods[-1] > likelihoods[0]


def test_no_protected_class_is_of_fewer_than_k_rows() -> None:
    table = make_groups(400, 0)
    fitting = ExpectationMaximization.begin(table, LAYOUT, 20)
    found = fitting.run(16, make_groups(100, 1), np.random.default_rng(0)).generator
    mass = fitting._expect(found).scored.mass
    assert found.n_latent < 16
    assert mass.min() > 10  # a step later they may have moved
    assert found.weights.sum() == pytest.approx(1)


def make_correlated(n_rows: int, seed: int) -> tuple[EncodedTable, Layout]:
    """Two numbers along a line, the second nearly the first."""
    rng = np.random.default_rng(seed)
    first = rng.normal(size=n_rows)
    scores = np.stack([first, 0.95 * first + 0.3 * rng.normal(size=n_rows)], axis=1)
    scalars = 2 * norm.cdf(scores) - 1
    layout = Layout((1, 1), (1, 1), (0, 1), np.array([[0, 1], [0, 1.0]]))
    return EncodedTable(np.zeros((n_rows, 2), np.int32), scalars.astype(np.float32)), layout


def test_numbers_are_gaussian_within_a_class_where_held_out_rows_become_likelier() -> None:
    (table, layout), (held_out, _) = make_correlated(3_000, 0), make_correlated(1_000, 1)
    found = fit_latent_classes(table, held_out, layout, 1, np.random.default_rng(0))
    assert found.generator.gaussians is not None
    exact = -np.log(4) - np.log(0.3)  # about: a quarter, and how narrow the line is
    assert found.log_likelihood == pytest.approx(exact, abs=0.1)
    made = generate_rows(found.generator, 4_000, 1, 0)
    correlations = [np.corrcoef(*each.scalars.T).min() for each in (table, made)]
    assert correlations[1] == pytest.approx(correlations[0], abs=0.01)
    groups = fit_latent_classes(
        make_groups(2_000, 0), make_groups(500, 1), LAYOUT, 1, np.random.default_rng(0)
    )
    assert groups.generator.gaussians is None  # one number alone has nothing to depend on


def test_gaussians_of_some_rows_are_of_rows_all_over_the_table(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tabgan.fitting.latent_classes.MAX_MOMENTS", 2_500)  # of 500 rows
    (table, layout), (held_out, _) = make_correlated(3_000, 0), make_correlated(1_000, 1)
    table = table.take(np.argsort(table.scalars[:, 0]))
    found = fit_latent_classes(table, held_out, layout, 1, np.random.default_rng(0)).generator
    assert found.gaussians is not None
    assert found.weights @ found.gaussians.means == pytest.approx([0, 0], abs=0.1)


def test_no_protected_gaussian_is_of_fewer_than_k_rows() -> None:
    (table, layout), (held_out, _) = make_correlated(600, 0), make_correlated(600, 1)
    found = fit_latent_classes(table, held_out, layout, 30, np.random.default_rng(0)).generator
    assert found.gaussians is not None
    assert found.n_latent * 30 <= 600
    assert np.diagonal(found.gaussians.factors, axis1=1, axis2=2).min() > 0.05
    found = fit_latent_classes(table, held_out, layout, 601, np.random.default_rng(0)).generator
    assert found.gaussians is None  # all rows together are too few


def test_numbers_are_independent_within_a_class_where_that_is_as_good() -> None:
    rng = np.random.default_rng(0)
    layout = make_correlated(10, 0)[1]
    scalars = rng.uniform(-1, 1, (4_000, 2)).astype(np.float32)
    table = EncodedTable(np.zeros((4_000, 2), np.int32), scalars)
    rows, held_out = table.take(np.arange(3_000)), table.take(np.arange(3_000, 4_000))
    found = fit_latent_classes(rows, held_out, layout, 1, np.random.default_rng(0))
    assert found.generator.gaussians is None
    assert (
        fit_latent_classes(
            rows, rows.take(np.arange(0)), layout, 1, np.random.default_rng(0)
        ).generator.gaussians
        is None
    )  # no held-out row says so
