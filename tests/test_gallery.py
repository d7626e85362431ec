"""The gallery of everyday columns: what its columns are, what its checks see, what it prints."""

import doctest
import importlib
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from benchmarks.columns import COLUMNS, GROUPS, judge, learn, make_table
from benchmarks.gallery.column import GalleryColumn, ks_distance, total_variation
from benchmarks.gallery.figures import HEAD, Failure, percent, show, to_lines

NAMES = [column.name for column in COLUMNS]
KINDS = {column.kind for column in COLUMNS}
ROWS = 400
WITH_DISTANCE = [column for column in COLUMNS if column.number or column.parts]


def make(column: GalleryColumn, seed: int = 0, n_rows: int = ROWS) -> "pd.Series[Any]":
    return column.make(np.random.default_rng(seed), n_rows)


def test_forty_columns_and_more_of_all_kinds() -> None:
    assert len(set(NAMES)) == len(NAMES) >= 40
    assert len(KINDS) >= 18
    assert not {"score", "band"} & set(NAMES)
    page = (Path(__file__).parents[1] / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert f"{len(NAMES)} made columns of {len(KINDS)} kinds" in page


@pytest.mark.parametrize("column", COLUMNS, ids=NAMES)
def test_real_values_pass_and_broken_ones_do_not(column: GalleryColumn) -> None:
    values = make(column).tolist()
    assert len(values) == ROWS
    assert [value for value in values if not column.is_well_formed(value)] == []
    assert [value for value in values if not column.is_on_grid(value)] == []
    assert not column.is_well_formed(column.broken)
    assert not column.is_well_formed(np.nan)
    assert not column.is_well_formed(None)
    assert column.is_well_formed(column.off_grid)
    assert not column.is_on_grid(column.off_grid)


@pytest.mark.parametrize("column", COLUMNS, ids=NAMES)
def test_a_column_is_the_same_again_and_keys_are_not_repeated(column: GalleryColumn) -> None:
    values = make(column)
    pd.testing.assert_series_equal(values, make(column))
    assert not values.equals(make(column, seed=1))
    if column.is_key:
        assert values.is_unique
        assert column.repeated(values, values) == 1


@pytest.mark.parametrize("column", WITH_DISTANCE, ids=lambda column: column.name)
def test_a_distance_is_small_between_draws_and_large_to_one_value(column: GalleryColumn) -> None:
    real = make(column, n_rows=2_000)
    assert column.distance(real, real) == 0
    assert column.distance(real, make(column, seed=1, n_rows=2_000)) < 0.1
    assert column.distance(real, pd.Series([real[0]] * 50)) > 0.2
    assert column.distance(real, pd.Series([column.broken] * 5, dtype=object)) == 1


@pytest.mark.parametrize("column", [c for c in COLUMNS if c.number], ids=lambda c: c.name)
def test_a_number_is_read_from_each_value_but_marks(column: GalleryColumn) -> None:
    numbers = column.numbers(make(column))
    share = float(np.isnan(numbers).mean())
    assert 0.05 < share < 0.3 if column.kind == "gaps among numbers" else share == 0
    assert len(set(numbers)) > 20


def test_amounts_are_read_as_what_they_are() -> None:
    texts = {
        "dollars": ("$1,234.50", 1234.5),
        "euros": ("1.234,50 €", 1234.5),
        "rupees": ("₹1,39,900", 139_900),
        "lakh and crore": ("1.20 Crore", 120),
        "Swiss francs": ("1'234.50", 1234.5),
        "below zero in parentheses": ("(1,200.50)", -1200.5),
        "decimal comma": ("-5,123", -5.123),
        "km per litre": ("19.67 kmpl", 19.67),
    }
    for name, (text, number) in texts.items():
        (column,) = (column for column in COLUMNS if column.name == name)
        assert column.is_well_formed(text)
        assert column.is_on_grid(text)
        assert column.numbers(pd.Series([text], dtype=object)).tolist() == [number]


def test_distances_of_what_is_known() -> None:
    assert ks_distance([1, 2, np.nan], [1, 2]) == 0
    assert ks_distance([1, 2], [3, 4]) == 1
    assert ks_distance([1, 2], [np.nan]) == 1
    assert total_variation(Counter("ab"), Counter("ab" * 7)) == 0
    assert total_variation(Counter("ab"), Counter("cd")) == 1
    assert total_variation(Counter("ab"), Counter()) == 1


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_judges_its_own_rows_faultless(group: str) -> None:
    real = make_table(GROUPS[group], ROWS)
    assert list(real) == [*(column.name for column in GROUPS[group]), "score", "band"]
    for column in GROUPS[group]:
        figures = judge(column, real, real)
        assert figures.well_formed == figures.on_grid == 1
        assert not figures.distance > 0
        assert figures.misses() == (["100.0% repeated or copied"] if column.is_key else [])
        if column.number is not None:
            assert figures.correlations[0] > 0.6


def test_misses_are_named() -> None:
    (dollars,) = (column for column in COLUMNS if column.name == "dollars")
    real = make_table((dollars,), ROWS)
    made = real.assign(dollars=["$7.5", "1"] * (ROWS // 2))
    figures = judge(dollars, real, made)
    assert figures.misses()[-4:] == ["form", "grid", "distance", "correlation"]
    assert (figures.well_formed, figures.on_grid, figures.made) == (0.5, 0, "$7.5")
    made = real.copy()
    made.loc[7, "dollars"] = "1"
    figures = judge(dollars, real, made)
    assert (figures.made, figures.misses()) == ("1", ["form"])
    assert judge(dollars, real, real.assign(dollars=1.0)).misses()[0] == "dtype float64"


def test_what_fails_is_a_line_of_its_own() -> None:
    nested = GalleryColumn("nested", "lists", lambda rng, n: pd.Series([[1]] * n), bool, bool, None)
    (mass,) = (column for column in COLUMNS if column.name == "mass, kg")
    failed, learned = learn((nested, mass), steps=5)
    assert isinstance(failed, Failure)
    assert "nested" in failed.misses()[0]
    assert not isinstance(learned, Failure)
    assert learned.well_formed == 1
    for markdown in (False, True):
        lines = to_lines([failed, learned], markdown)
        assert len(lines) == 4
        assert "nested" in lines[2]
        assert "mass, kg" in lines[3]
    assert to_lines([failed], markdown=True)[0].count("|") == len(HEAD) + 1


def test_cells_are_short_and_never_flatter() -> None:
    assert show("") == "''"
    assert show(" a") == "' a'"
    assert len(show("a" * 99)) < 50
    assert [percent(share) for share in (0.9999, 1.0, 0.29, 0.0)] == [
        "99.9 %",
        "100 %",
        "29.0 %",
        "0.0 %",
    ]


@pytest.mark.parametrize("name", ["checksums", "column", "figures", "texts"])
def test_examples_in_docstrings_hold(name: str) -> None:
    module = importlib.import_module(f"benchmarks.gallery.{name}")
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0
