"""Numbers of a class are jointly Gaussian, and conditions follow by the laws of Gaussians."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal

from tabgan.encoding.encoded_table import EncodedTable
from tabgan.encoding.layout import Layout
from tabgan.errors import ModelFileError
from tabgan.networks.condition import Condition
from tabgan.networks.discretization import Discretization
from tabgan.networks.generation import complete_rows, generate, generate_rows
from tabgan.networks.latent_class_generator import LatentClassGenerator
from tabgan.networks.latent_gaussians import MIN_VARIANCE, LatentGaussians
from tabgan.networks.noise import RowNoise
from tabgan.networks.normal_scores import NormalScores
from tabgan.runtime.devices import use_threads
from tabgan.state_reader import StateReader

N_ROWS = 30_000
# two numbers, a category, a number
LAYOUT = Layout(
    (1, 1, 2, 1), (1, 1, 0, 1), (0, 1, 3), np.array([[0, 1], [0, 1], [0, 0], [0, 0], [0, 1.0]])
)
SCORES = NormalScores(LAYOUT, np.array([1, 1, 0, 0, 1.0]))
MEANS = np.array([[-0.5, 0.0, 0.5], [1.0, -1.0, 0.0]])
FACTORS = np.array(
    [[[0.8, 0, 0], [0.5, 0.6, 0], [-0.2, 0.1, 0.5]], [[0.4, 0, 0], [-0.3, 0.3, 0], [0, 0, 0.7]]]
)
GAUSSIANS = LatentGaussians(SCORES, MEANS, FACTORS)
COVARIANCES = FACTORS @ FACTORS.transpose(0, 2, 1)
WEIGHTS, SHARES = np.array([0.7, 0.3]), np.array([[1, 1, 0.9, 0.1, 1], [1, 1, 0.2, 0.8, 1]])
MIXTURE = LatentClassGenerator(
    Discretization(LAYOUT, np.ones(5, np.int64)), WEIGHTS, SHARES.astype(np.float32), GAUSSIANS
)


def empty(n_rows: int) -> Condition:
    return Condition.empty(n_rows, 4, torch.device("cpu"))


def draw(condition: Condition, seed: int = 0) -> EncodedTable:
    return MIXTURE.decode(condition, torch.Generator().manual_seed(seed))


def scores_of(table: EncodedTable) -> np.ndarray:
    return SCORES.to_scores(table, np.full(table.codes.shape, 0.5))


def to_scalar(score: float) -> float:
    return float(2 * torch.special.ndtr(torch.tensor(score).double()) - 1)


def test_rows_have_the_moments_of_the_mixture() -> None:
    rows = draw(empty(N_ROWS))
    mean = WEIGHTS @ MEANS
    second = np.einsum("c,cij->ij", WEIGHTS, COVARIANCES + MEANS[:, :, None] * MEANS[:, None, :])
    assert scores_of(rows).mean(axis=0) == pytest.approx(mean, abs=0.02)
    assert np.cov(scores_of(rows).T) == pytest.approx(second - np.outer(mean, mean), abs=0.03)
    assert rows.codes[:, 2].mean() == pytest.approx(WEIGHTS @ SHARES[:, 3], abs=0.01)


@pytest.mark.parametrize("columns", [[0], [1, 2], [0, 1, 2], []])
def test_known_scores_are_as_likely_as_their_marginals_say(columns: list[int]) -> None:
    rows = np.random.default_rng(0).normal(size=(20, 3))
    known = np.zeros((20, 3), bool)
    known[:, columns] = True
    found = GAUSSIANS.log_ratios(rows, known)
    for one in range(2):
        expected = np.zeros(20)
        if columns:
            own = COVARIANCES[one][np.ix_(columns, columns)]
            density = multivariate_normal(MEANS[one, columns], own)
            standard = multivariate_normal(np.zeros(len(columns)))
            values = rows[:, columns]
            expected = density.logpdf(values) - standard.logpdf(values)
        assert found[:, one] == pytest.approx(expected, rel=1e-4, abs=1e-4)


def test_what_is_known_says_what_is_not_by_bayes() -> None:
    condition, value = empty(N_ROWS), 0.3
    condition.scalars[:, 0], condition.known[:, 0] = to_scalar(value), True
    rows = draw(condition)
    assert rows.scalars[:, 0] == pytest.approx(to_scalar(value))
    deviations = np.sqrt(COVARIANCES[:, 0, 0])
    odds = WEIGHTS * np.exp(-(((value - MEANS[:, 0]) / deviations) ** 2) / 2) / deviations
    odds /= odds.sum()
    gains = COVARIANCES[:, 1, 0] / COVARIANCES[:, 0, 0]
    centres = MEANS[:, 1] + gains * (value - MEANS[:, 0])
    left = COVARIANCES[:, 1, 1] - gains * COVARIANCES[:, 1, 0]
    mean = odds @ centres
    assert rows.codes[:, 2].mean() == pytest.approx(odds @ SHARES[:, 3], abs=0.01)
    assert scores_of(rows)[:, 1].mean() == pytest.approx(mean, abs=0.02)
    assert scores_of(rows)[:, 1].var() == pytest.approx(
        odds @ (left + centres**2) - mean**2, abs=0.02
    )


def test_a_known_category_says_which_numbers_are_likely() -> None:
    condition = empty(N_ROWS)
    condition.codes[:, 2], condition.known[:, 2] = 1, True
    odds = WEIGHTS * SHARES[:, 3] / (WEIGHTS @ SHARES[:, 3])
    assert scores_of(draw(condition)).mean(axis=0) == pytest.approx(odds @ MEANS, abs=0.02)


def test_every_row_has_a_condition_of_its_own() -> None:
    rng, condition = np.random.default_rng(0), empty(500)
    condition.scalars[:] = torch.from_numpy(rng.uniform(-0.9, 0.9, (500, 4)))
    condition.scalars[:, 2] = 0
    condition.known[:] = torch.from_numpy(rng.random((500, 4)) < 0.5)
    rows, known = draw(condition), condition.known.numpy()
    assert (rows.scalars[known] == condition.scalars.numpy()[known]).all()
    assert len(np.unique(rows.scalars[~known[:, 0], 0])) > 100


# of the first number two modes and a spike between them, and gaps; a category
PARTS = Layout(
    (4, 1, 2),
    (2, 1, 0),
    (0, 1),
    np.array([[0, 1], [2, 3], [1.5, 1.5], [0, 0], [0, 1], [0, 0], [0, 0]]),
)
OF_PARTS = LatentClassGenerator(
    Discretization(PARTS, np.ones(7, np.int64)),
    WEIGHTS,
    np.array([[0.25] * 4 + [1, 0.9, 0.1], [0.25] * 4 + [1, 0.2, 0.8]], np.float32),
    LatentGaussians(
        NormalScores(PARTS, np.array([0.4, 0.3, 0.2, 0.1, 1, 0, 0])),
        MEANS[:, :2],
        FACTORS[:, :2, :2],
    ),
)


def make_noise(n_rows: int) -> RowNoise:
    return RowNoise.draw([np.random.default_rng(i) for i in range(n_rows)], 1, 0, 3)


def complete(known: dict[int, float], among: list[float] | None) -> EncodedTable:
    condition = Condition.empty(N_ROWS, 3, torch.device("cpu"))
    for column, value in known.items():
        condition.scalars[:, column], condition.known[:, column] = to_scalar(value), True
    allowed = {} if among is None else {0: torch.tensor([among]).repeat(N_ROWS, 1)}
    return OF_PARTS.complete(condition, make_noise(N_ROWS), allowed)


@pytest.mark.parametrize("known", [{}, {1: 0.4}])
@pytest.mark.parametrize("among", [None, [1.0, 1, 1, 0], [0.0, 1, 1, 1], [0.0, 0, 1, 0]])
def test_completed_rows_are_those_of_a_sample_that_may_be(
    known: dict[int, float], among: list[float] | None
) -> None:
    condition = Condition.empty(4 * N_ROWS, 3, torch.device("cpu"))
    for column, value in known.items():
        condition.scalars[:, column], condition.known[:, column] = to_scalar(value), True
    drawn = OF_PARTS.decode(condition, torch.Generator().manual_seed(0))
    may_be = np.array(among or [1.0] * 4)[drawn.codes[:, 0]] > 0
    expected, found = drawn.take(np.flatnonzero(may_be)), complete(known, among)
    assert may_be.mean() > 0.05
    shares = [np.bincount(each.codes[:, 0], minlength=4) / len(each) for each in (found, expected)]
    assert shares[0] == pytest.approx(shares[1], abs=0.015)
    assert found.codes[:, 2].mean() == pytest.approx(expected.codes[:, 2].mean(), abs=0.015)
    for column in (0, 1):
        ours, theirs = found.scalars[:, column], expected.scalars[:, column]
        assert ours.mean() == pytest.approx(theirs.mean(), abs=0.02)
        assert ours.std() == pytest.approx(theirs.std(), abs=0.02)
    if not known and among != [0, 0, 1, 0]:  # else one of the two is a constant
        pairs = (each.scalars[:, :2].T for each in (found, expected))
        ours, theirs = (np.atleast_2d(np.corrcoef(pair))[0, 1] for pair in pairs)
        assert ours == pytest.approx(theirs, abs=0.03)


def test_a_class_that_no_row_was_of_can_be_asked_for() -> None:
    scores = NormalScores(PARTS, np.array([0.5, 0.5, 0, 0, 1, 0, 0]))
    gaussians = LatentGaussians(scores, MEANS[:, :2], FACTORS[:, :2, :2])
    generator = replace(OF_PARTS, gaussians=gaussians)
    allowed = {0: torch.tensor([[0.0, 0, 1, 0]]).repeat(50, 1)}
    condition = Condition.empty(50, 3, torch.device("cpu"))
    rows = generator.complete(condition, make_noise(50), allowed)
    assert (rows.codes[:, 0] == 2).all()
    assert not rows.scalars[:, 0].any()


def test_a_row_is_completed_as_it_would_be_alone() -> None:
    rng, noise = np.random.default_rng(0), make_noise(400)
    condition = Condition.empty(400, 3, torch.device("cpu"))
    condition.known[:] = torch.from_numpy(rng.random((400, 3)) < 0.4)
    condition.scalars[:, 1] = torch.from_numpy(rng.uniform(-1, 1, 400))
    allowed = {0: torch.from_numpy((rng.random((400, 4)) < 0.7) * 1.0)}
    allowed[0][:, 0] = 1
    allowed[0][::2] = 1  # of some rows all may be: they alone are asked for without it
    whole = OF_PARTS.complete(condition, noise, allowed)
    for row in range(0, 400, 17):
        own = torch.tensor([row])
        among = {0: allowed[0][own]} if row % 2 else {}
        alone = OF_PARTS.complete(condition.take(own), noise.take(own), among)
        assert np.array_equal(alone.codes, whole.codes[[row]])
        assert np.array_equal(alone.scalars, whole.scalars[[row]])


def test_batches_are_completed_in_one_thread_each(monkeypatch: pytest.MonkeyPatch) -> None:
    condition, threads = Condition.empty(300, 3, torch.device("cpu")), []
    whole, complete = OF_PARTS.complete(condition, make_noise(300), {}), OF_PARTS.complete
    monkeypatch.setattr("tabgan.networks.generation.count_batch_rows", lambda _: 128)

    def spy(*given: Any) -> EncodedTable:
        threads.append(torch.get_num_threads())
        return complete(*given)

    monkeypatch.setattr(LatentClassGenerator, "complete", lambda _, *given: spy(*given))
    with use_threads(2):
        made = complete_rows(OF_PARTS, condition, 1, make_noise(300), {})
    assert threads == [1, 1, 1]
    assert np.array_equal(made.codes, whole.codes)
    assert np.array_equal(made.scalars, whole.scalars)


def test_the_likelihood_is_a_density() -> None:
    grid = (np.arange(24) + 0.5) / 12 - 1
    cells = np.array([(a, b, c) for a in grid for b in grid for c in grid], np.float32)
    total = 0.0
    for category in range(2):
        codes, scalars = np.zeros((len(cells), 4), np.int32), np.zeros((len(cells), 4), np.float32)
        codes[:, 2], scalars[:, [0, 1, 3]] = category, cells
        table = EncodedTable(codes, scalars)
        logs = [MIXTURE.log_likelihood(table.take(np.array([n]))) for n in range(0, len(cells), 7)]
        total += float(np.exp(logs).sum()) * 7 * (2 / 24) ** 3
    assert total == pytest.approx(1, abs=0.1)


def test_the_same_seed_draws_the_same_rows_in_any_number_of_threads() -> None:
    made = []
    for threads in (1, 2):
        with use_threads(threads):
            random = torch.Generator().manual_seed(5)
            made.append(generate(MIXTURE, empty(20_000), 1, random).scalars)
    assert np.array_equal(made[0], made[1])


def test_they_are_saved_and_read() -> None:
    rounded = [each.astype(np.float32).astype(np.float64) for each in (MEANS, FACTORS)]
    mixture = LatentClassGenerator(
        MIXTURE.discretization, WEIGHTS, MIXTURE.shares, LatentGaussians(SCORES, *rounded)
    )
    read = LatentClassGenerator.from_state(LAYOUT, StateReader(mixture.to_state()))
    made = [generate_rows(each, 200, 1, 0).scalars for each in (mixture, read)]
    assert np.array_equal(made[0], made[1])


def test_what_a_file_may_hold_can_be_drawn_from() -> None:
    size = 12
    narrow = np.linalg.cholesky(np.full((1, size, size), 90.0) + MIN_VARIANCE * np.eye(size))
    layout = Layout((1,) * size, (1,) * size, tuple(range(size)), np.tile([0.0, 1.0], (size, 1)))
    state = {"widths": np.ones(size), "means": np.zeros((1, size)), "factors": narrow}
    read = LatentGaussians.from_state(layout, 1, StateReader(state))
    rng = np.random.default_rng(0)
    known, scores = rng.random((200, size)) < 0.5, rng.normal(size=(200, size))
    drawn = read.draw(np.zeros(200, np.int64), scores, known, rng.normal(size=(200, size)))
    assert np.isfinite(drawn).all()
    assert np.isfinite(read.log_ratios(scores, known)).all()


def test_a_file_of_older_releases_has_none() -> None:
    state = {name: each for name, each in MIXTURE.to_state().items() if name != "gaussians"}
    assert LatentClassGenerator.from_state(LAYOUT, StateReader(state)).gaussians is None


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        ({"means": MEANS[:1]}, "gaussians/means"),
        ({"means": MEANS * np.nan}, "gaussians/means"),
        ({"factors": -FACTORS}, "gaussians/factors are of no covariances"),
        ({"factors": FACTORS.transpose(0, 2, 1)}, "gaussians/factors are of no covariances"),
        ({"factors": FACTORS * [[1], [1], [1e-4]]}, "gaussians/factors are of no covariances"),
        ({"factors": FACTORS * 100}, "gaussians/factors"),
        ({"widths": np.ones(5) / 2}, "gaussians/widths"),
    ],
)
def test_gaussians_that_cannot_be(damage: dict[str, np.ndarray], message: str) -> None:
    state = MIXTURE.to_state()
    with pytest.raises(ModelFileError, match=message):
        LatentClassGenerator.from_state(
            LAYOUT, StateReader(state | {"gaussians": state["gaussians"] | damage})
        )
