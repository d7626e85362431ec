"""Sizes as people write them, and what a fit may take."""

import pytest

from tabgan.errors import SettingError
from tabgan.runtime.memory import default_memory_limit, format_size, parse_size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("2GB", 2 * 10**9),
        ("500 mb", 5 * 10**8),
        ("1.5GiB", 3 * 2**29),
        ("2G", 2 * 10**9),
        ("4096", 4096),
        ("7 B", 7),
    ],
)
def test_sizes_are_read(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "much", "-1GB", "2 XB", "0", "0MB", "1 GB 2"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(SettingError, match="memory"):
        parse_size(text)


def test_sizes_are_written() -> None:
    assert [format_size(n) for n in (0, 999, 1_000, 2_340_000_000)] == [
        "0 B",
        "999 B",
        "1 KB",
        "2.34 GB",
    ]


def test_there_is_memory() -> None:
    assert 10**6 < default_memory_limit() < 10**15
