"""Rows in a scratch file are drawn as rows in memory are, and leave nothing behind."""

import shutil
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch

from tabgan.config import TrainingConfig
from tabgan.encoding.encoded_table import EncodedTable
from tabgan.encoding.layout import Layout
from tabgan.encoding.row_store import MappedTable, count_row_bytes
from tabgan.errors import TableError
from tabgan.training.condition_sampler import ConditionSampler

CPU = torch.device("cpu")
LAYOUT = Layout(n_classes=(3, 700, 4), n_modes=(0, 0, 2), ordered=(2,), spans=np.zeros((707, 2)))


def make_table(rows: int = 3_000) -> EncodedTable:
    rng = np.random.default_rng(0)
    codes = np.stack([rng.integers(n, size=rows) for n in LAYOUT.n_classes], axis=1)
    scalars = np.zeros(codes.shape, np.float32)
    scalars[:, 2] = np.where(codes[:, 2] < 2, rng.uniform(-1, 1, rows), 0)
    return EncodedTable(codes.astype(np.int32), scalars)


def map_table(table: EncodedTable, folder: Path) -> MappedTable:
    mapped = MappedTable(LAYOUT, len(table), folder)
    for start in range(0, len(table), 999):
        mapped.append(table.take(np.arange(start, min(start + 999, len(table)))))
    return mapped


def same(one: EncodedTable, other: EncodedTable) -> bool:
    return np.array_equal(one.codes, other.codes) and np.array_equal(one.scalars, other.scalars)


def test_rows_come_back_as_they_were(tmp_path: Path) -> None:
    table = make_table()
    mapped = map_table(table, tmp_path)
    assert same(mapped.take(np.arange(len(table))), table)
    assert same(mapped.load(), table)
    for column, counts in enumerate(mapped.count_classes(LAYOUT)):
        assert np.array_equal(mapped.column(column), table.codes[:, column])
        assert np.array_equal(counts, table.count_classes(LAYOUT)[column])


def test_the_same_draws_give_the_same_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tabgan.encoding.row_store.SORTED_ROWS", 700)  # sorted in several turns
    table = make_table()
    mapped, _ = map_table(table, tmp_path).split(np.zeros(0, np.int64))
    drawn = []
    for rows in (table, mapped):
        sampler = ConditionSampler(
            rows, LAYOUT, TrainingConfig(p_unconditional=0.2, p_one_column=0.5), CPU
        )
        drawn.append(sampler.draw(500, torch.Generator().manual_seed(0)))
    for name in ("codes", "scalars", "known"):
        assert torch.equal(getattr(drawn[0], name), getattr(drawn[1], name))


def test_rows_held_out_are_never_drawn(tmp_path: Path) -> None:
    table = make_table(200)
    table.codes[:, 1] = np.arange(200)
    held_out = np.array([0, 5, 60, 197, 199])
    kept, aside = map_table(table, tmp_path).split(held_out)
    assert aside.codes[:, 1].tolist() == held_out.tolist()
    left = kept.take(np.arange(len(kept))).codes[:, 1]
    assert sorted(left.tolist()) == sorted(set(range(200)) - set(held_out.tolist()))
    assert sorted(kept.index[1, : len(kept)].tolist()) == list(range(195))
    for column, counts in enumerate(kept.counts):
        indices = kept.index[column, : len(kept)]
        codes = kept.column(column)[: len(kept)][indices]
        assert (np.diff(codes) >= 0).all()
        assert np.array_equal(np.bincount(codes, minlength=len(counts)), counts)


def test_nothing_is_left_in_the_folder(tmp_path: Path) -> None:
    mapped = map_table(make_table(), tmp_path)
    assert list(tmp_path.iterdir()) == []
    mapped.close()
    assert list(tmp_path.iterdir()) == []


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_a_full_disk_is_refused_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10, 5, 5))
    with pytest.raises(TableError, match=r"scratch file needs .* but 5 B are free there; make"):
        MappedTable(LAYOUT, 1_000, tmp_path)


def test_a_disk_that_fills_up_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tabgan.encoding.row_store._allocate", refuse)
    with pytest.raises(TableError, match="No space left on device; make room"):
        MappedTable(LAYOUT, 1_000, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_more_rows_than_were_counted_are_refused(tmp_path: Path) -> None:
    table = make_table(100)
    mapped = MappedTable(LAYOUT, 150, tmp_path)
    mapped.append(table)
    with pytest.raises(TableError, match="more than the 150 rows"):
        mapped.append(table)


def test_codes_are_as_narrow_as_they_can_be() -> None:
    assert count_row_bytes(LAYOUT) == (1 + 2 + 1) + 4 + 3 * 4
