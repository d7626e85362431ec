"""Training by sampling: which rows are drawn, and under which masks."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from tabgan.config import TrainingConfig
from tabgan.encoding.encoded_column import EncodedColumn
from tabgan.encoding.encoded_table import EncodedTable
from tabgan.encoding.layout import Layout
from tabgan.networks.condition import Condition
from tabgan.training.condition_sampler import TARGET_SHARE, ConditionSampler

LAYOUT = Layout(
    n_classes=(2, 3, 1), n_modes=(0, 0, 0), ordered=(), spans=np.zeros((6, 2)), target=0
)


def make_sampler(**shares: Any) -> ConditionSampler:
    rng = np.random.default_rng(0)
    codes = np.stack(
        [rng.random(1_000) < 0.02, rng.choice(3, 1_000, p=[0.9, 0.09, 0.01]), np.zeros(1_000)],
        axis=1,
    ).astype(np.int32)
    table = EncodedTable(codes, np.zeros(codes.shape, np.float32))
    none = TrainingConfig(p_unconditional=0.0, p_one_column=0.0, p_all_but_target=0.0)
    return ConditionSampler(table, LAYOUT, replace(none, **shares), torch.device("cpu"))


def draw(sampler: ConditionSampler, n_rows: int = 20_000) -> tuple[np.ndarray, np.ndarray]:
    condition = sampler.draw(n_rows, torch.Generator().manual_seed(0))
    return condition.codes.numpy(), condition.known.numpy()


def test_rows_drawn_are_rows_of_the_table() -> None:
    sampler = make_sampler(p_one_column=0.5)
    codes, _ = draw(sampler)
    table = sampler.store.get_rows(torch.arange(1_000))[0].numpy()
    assert set(map(tuple, codes)) <= set(map(tuple, table))


def test_empty_masks_have_their_share_and_true_frequencies() -> None:
    codes, known = draw(make_sampler(p_unconditional=0.3, p_one_column=0.7))
    empty = ~known.any(axis=1)
    assert empty.mean() == pytest.approx(0.3, abs=0.02)
    assert codes[empty, 0].mean() == pytest.approx(0.02, abs=0.01)


def test_one_column_conditions_follow_log_frequency() -> None:
    sampler = make_sampler(p_one_column=1.0)
    codes, known = draw(sampler)
    assert (known.sum(axis=1) == 1).all()
    on_first = known[:, 0]
    counts = np.bincount(sampler.store.get_rows(torch.arange(1_000))[0][:, 0])
    expected = np.log1p(counts[1]) / np.log1p(counts).sum()
    assert codes[on_first, 0].mean() == pytest.approx(expected, abs=0.02)


def test_target_is_known_most_and_constants_never() -> None:
    _, known = draw(make_sampler(p_one_column=1.0))
    shares = known.mean(axis=0)
    assert shares[0] >= TARGET_SHARE
    assert shares[2] == 0


def test_all_but_the_target_is_given_by_its_share() -> None:
    _, known = draw(make_sampler(p_unconditional=0.1, p_all_but_target=0.9))
    is_empty = ~known.any(axis=1)
    assert is_empty.mean() == pytest.approx(0.1, abs=0.02)
    assert (known[~is_empty] == [False, True, True]).all()


def test_random_subsets_come_in_every_size() -> None:
    _, known = draw(make_sampler())
    sizes = np.bincount(known.sum(axis=1), minlength=4) / len(known)
    assert (sizes > 0.15).all()


def test_a_column_that_is_set_is_known_in_every_part() -> None:
    condition = Condition.empty(5, 2, torch.device("cpu"))
    condition.set_column(1, EncodedColumn(np.arange(5, dtype=np.int32), np.zeros(5, np.float32)))
    parts = condition.split(2)
    assert [part.codes[:, 1].tolist() for part in parts] == [[0, 1, 2], [3, 4]]
    assert all(part.known[:, 1].all() and not part.known[:, 0].any() for part in parts)
