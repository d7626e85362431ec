"""What fewer than k rows hold is in no protected model file, and in none of its rows."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tabgan import TabGAN
from tabgan.io.model_file import read_model
from tabgan.schema.text.missing_marks import is_mark
from tests.held_values import find_exposed
from tests.protection_tables import MIN_ROWS, TABLES, Planted

N_MADE = 20_000
QUICK: dict[str, Any] = {
    "steps": 2, "preset": "fast", "refine": False, "random_state": 0, "threads": 1
}  # fmt: skip


@cache
def fit(kind: str, *, protect: bool = True, without: bool = False) -> TabGAN:
    table = TABLES[kind]()
    frame = table.without if without else table.frame
    return TabGAN(protect=protect, declare=table.declare, **QUICK).fit(frame)


@cache
def sample(kind: str, *, without: bool = False, fast: bool = False) -> pd.DataFrame:
    made: pd.DataFrame = fit(kind, without=without).sample(N_MADE, fast=fast)
    return made


def count(frame: pd.DataFrame, name: Any, planted: Planted) -> int:
    return int((frame[name].astype(object) == planted.value).sum())


def test_the_tables_hold_what_is_planted() -> None:
    for make in TABLES.values():
        table = make()
        for name, values in table.planted.items():
            for planted in values:
                assert 0 < planted.n_rows < MIN_ROWS
                assert count(table.frame, name, planted) >= planted.n_rows
                assert not planted.is_apart or count(table.without, name, planted) == 0


@pytest.mark.parametrize("kind", TABLES)
def test_a_file_holds_nothing_of_few_rows(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "m.tabgan"
    fit(kind).save(path)
    table = TABLES[kind]()
    assert find_exposed(path, table.frame, MIN_ROWS) == []
    texts = "\n".join(_texts(path))
    planted = [one.value for values in table.planted.values() for one in values]
    words = [value for value in planted if isinstance(value, str) and not is_mark(value)]
    assert [word for word in words if word in texts] == []


def _texts(path: Path) -> Iterator[str]:
    """Yield all texts of a file but those that say how it was fitted."""

    def walk(value: Any) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict | list):
            parts = [*value, *value.values()] if isinstance(value, dict) else value
            for part in parts:
                yield from walk(part)

    content = read_model(path)
    yield from walk([content[name] for name in ("schema", "relations", "encoders", "record")])


@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize("kind", TABLES)
def test_rows_hold_nothing_of_few_rows(kind: str, fast: bool) -> None:
    table, made = TABLES[kind](), sample(kind, fast=fast)
    came = {
        (name, planted.value): n
        for name, values in table.planted.items()
        for planted in values
        if planted.is_apart and (n := count(made, name, planted))
    }
    assert came == {}


@pytest.mark.parametrize("fast", [False, True])
def test_what_lies_among_others_comes_no_more_often_than_by_chance(fast: bool) -> None:
    table = TABLES["numbers"]()
    with_it, without = (sample("numbers", without=one, fast=fast) for one in (False, True))
    tried = 0
    for name, values in table.planted.items():
        for planted in values:
            if not planted.is_apart:
                expected = count(without, name, planted) + 1
                assert count(with_it, name, planted) <= expected + 5 * np.sqrt(2 * expected)
                tried += 1
    assert tried


def test_unprotected_files_hold_what_is_planted(tmp_path: Path) -> None:
    path = tmp_path / "m.tabgan"
    fit("facts", protect=False).save(path)
    table = TABLES["facts"]()
    texts = set(_texts(path))
    assert "Atlantis" in texts
    assert "Lemuria" in texts
    assert len(find_exposed(path, table.frame, MIN_ROWS)) > 10
