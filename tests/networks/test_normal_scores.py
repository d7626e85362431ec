"""Cells become normal scores and come back as they were; scores of a table's rows are normal."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tabgan.encoding.encoded_table import EncodedTable
from tabgan.encoding.layout import Layout
from tabgan.errors import ModelFileError
from tabgan.networks.normal_scores import MAX_SCORED, NormalScores
from tabgan.state_reader import StateReader
from tests.networks.small_generators import CATEGORIES, LAYOUT

WIDTHS = np.array([0.4, 0.3, 0.2, 0.1, 0, 0, 0, 1.0])  # two modes, a spike between them, gaps
SCORES = NormalScores(LAYOUT, WIDTHS)


def draw_table(n_rows: int, seed: int) -> EncodedTable:
    rng = np.random.default_rng(seed)
    codes = np.zeros((n_rows, 3), np.int32)
    codes[:, 0] = rng.choice(4, n_rows, p=WIDTHS[:4])
    codes[:, 1] = rng.integers(0, 3, n_rows)
    scalars = rng.uniform(-0.999, 0.999, codes.shape).astype(np.float32)
    return EncodedTable(codes, scalars * (codes < np.array(LAYOUT.n_modes)))


def draw_positions(table: EncodedTable, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random(table.codes.shape)


@settings(max_examples=30)
@given(st.integers(0, 2**20))
def test_cells_come_back_as_they_were(seed: int) -> None:
    table = draw_table(50, seed)
    scores = SCORES.to_scores(table, draw_positions(table, seed))
    other = EncodedTable(np.zeros_like(table.codes), np.zeros_like(table.scalars))
    made = SCORES.to_cells(scores, other)
    assert np.array_equal(made.codes[:, [0, 2]], table.codes[:, [0, 2]])
    assert made.scalars[:, [0, 2]] == pytest.approx(table.scalars[:, [0, 2]], abs=1e-4)
    assert not made.codes[:, 1].any()  # a column that is not scored is left as it is


def test_scores_of_a_table_are_normal() -> None:
    scores = SCORES.to_scores(draw_table(40_000, 0), np.random.default_rng(0).random((40_000, 3)))
    for column in scores.T:
        assert column.mean() == pytest.approx(0, abs=0.03)
        assert column.std() == pytest.approx(1, abs=0.03)
        assert np.mean(column < 1) == pytest.approx(0.841, abs=0.01)


def test_classes_stand_in_the_order_of_their_values() -> None:
    table = draw_table(2_000, 0)
    scores, codes = SCORES.to_scores(table, draw_positions(table))[:, 0], table.codes[:, 0]
    for low, high in ((3, 0), (0, 2), (2, 1)):  # gaps, the first mode, the spike, the second mode
        assert scores[codes == low].max() < scores[codes == high].min()


def test_columns_that_are_mostly_numbers_are_scored() -> None:
    table = draw_table(2_000, 0)
    found = NormalScores.of_table(table, LAYOUT)
    assert found.columns.tolist() == [0, 2]
    assert found.widths == pytest.approx(WIDTHS, abs=0.03)
    table.codes[:1_200, 0] = 2
    assert NormalScores.of_table(table, LAYOUT).columns.tolist() == [2]  # most are spikes
    categories = EncodedTable(np.zeros((5, 2), np.int32), np.zeros((5, 2), np.float32))
    assert NormalScores.of_table(categories, CATEGORIES).columns.tolist() == []


def test_no_class_is_drawn_that_no_row_was_of() -> None:
    scores = NormalScores(LAYOUT, np.array([0.6, 0.4, 0, 0, 0, 0, 0, 1.0]))
    drawn = np.random.default_rng(0).normal(0, 3, (2_000, 2))
    table = EncodedTable(np.zeros((2_000, 3), np.int32), np.zeros((2_000, 3), np.float32))
    assert set(scores.to_cells(drawn, table).codes[:, 0].tolist()) == {0, 1}
    table.codes[:, 0] = 2  # a condition may ask for it: it stands between the two
    given_scores = scores.to_scores(table, draw_positions(table))[:, 0]
    assert given_scores == pytest.approx(0.253, abs=0.01)


def test_a_last_class_of_no_rows_has_an_interval_though_shares_are_rounded() -> None:
    rng, steps = np.random.default_rng(0), np.arange(13) / 12
    layout = Layout((12,), (0,), (0,), np.column_stack([steps[:-1], steps[1:]]))
    for _ in range(200):
        counts = np.append(rng.integers(1, 50, 11), 0)
        low, high = NormalScores(layout, counts / counts.sum()).intervals(0).T
        assert (low <= high).all()


def test_a_file_scores_no_more_columns_than_are_fitted() -> None:
    n = MAX_SCORED + 1
    layout = Layout((1,) * n, (1,) * n, tuple(range(n)), np.tile([0.0, 1.0], (n, 1)))
    with pytest.raises(ModelFileError, match="too many columns"):
        NormalScores.from_state(layout, StateReader({"widths": np.ones(n)}))


@pytest.mark.parametrize(
    ("widths", "message"),
    [
        (WIDTHS * 0.9, "do not add up to 1"),
        (np.array([0, 0, 0, 0, 0.5, 0.5, 0, 1.0]), "of unordered columns"),
        (WIDTHS[:4], "shape"),
        (WIDTHS * 2, "not from 0"),
    ],
)
def test_scales_that_cannot_be(widths: np.ndarray, message: str) -> None:
    with pytest.raises(ModelFileError, match=message):
        NormalScores.from_state(LAYOUT, StateReader({"widths": widths}))
