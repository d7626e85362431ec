"""Counts as people write them."""

from contextlib import suppress

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tabgan_cli.arguments import COUNT, OBJECTIVES, PRESETS, SHARE
from tabgan_cli.evaluate import LEARNERS

from tabgan import config
from tabgan.evaluation.utility import learners
from tests.cli.people_table import Run


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("10000", 10_000),
        ("1e6", 1_000_000),
        ("1E+3", 1_000),
        ("10k", 10_000),
        ("2.5M", 2_500_000),
        ("2.5 m", 2_500_000),
        ("1.5e3", 1_500),
        ("1_000", 1_000),
        ("10,000", 10_000),
        ("1,000,000", 1_000_000),
        ("1,000k", 1_000_000),
        (".5k", 500),
        ("-5", -5),
        ("0", 0),
    ],
)
def test_counts(text: str, count: int) -> None:
    assert COUNT.convert(text, None, None) == count


@pytest.mark.parametrize(
    "text",
    ["many", "", "1.5", "10,00", "1,0000", "1e-3", "1e99", "10kk", "k", "0x10", "nan", "1e19"],
)
def test_what_is_no_count_gets_examples(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is no whole number; write it as 10000, 10,000"):
        COUNT.convert(text, None, None)


@given(st.integers(-(10**18), 10**18))
def test_any_whole_number_is_read_however_it_is_written(number: int) -> None:
    for text in (str(number), f"{number:,}", f"{number:_}"):
        assert COUNT.convert(text, None, None) == number


@given(st.text(max_size=12))
def test_any_text_is_a_number_or_refused(text: str) -> None:
    with suppress(click.BadParameter):
        assert abs(COUNT.convert(text, None, None)) <= 10**18


def test_a_wrong_number_of_rows_is_wrong_usage(run: Run) -> None:
    result = run("sample", "-n", "lots", "-o", "rows.csv")
    assert result.exit_code == 2
    assert "'lots' is no whole number; write it as 10000, 10,000, 10k" in result.stderr


def test_choices_are_those_of_the_library() -> None:
    assert config.OBJECTIVES == OBJECTIVES
    assert tuple(config.PRESETS) == PRESETS
    assert set(learners.LEARNERS) == set(LEARNERS)


@pytest.mark.parametrize(
    ("text", "share"), [("0.5", 0.5), ("50%", 0.5), (" 150 % ", 1.5), ("1e-2", 0.01), (0.25, 0.25)]
)
def test_shares(text: object, share: float) -> None:
    assert SHARE.convert(text, None, None) == share


@pytest.mark.parametrize("text", ["half", "%", "", "nan", "inf%", "50%%", "1/2"])
def test_no_shares(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is no share; write it as 0.5 or 50%"):
        SHARE.convert(text, None, None)
