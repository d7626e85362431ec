"""Columns that follow from others under odd dtypes: what is kept holds in any row, and in files."""

import pytest

from benchmarks.derived_tables import examine, iter_tables
from tabgan.config import Protection

FOUND = {  # by name, whose relation is to be found and not only to hold if it is
    "zoned midnights Asia/Kathmandu s +345 min in Asia/Kathmandu": "day = t + 345 minutes",
    "zoned midnights Asia/Kathmandu ns +345 min in None": "day = t + 345 minutes",
    "zoned midnights America/Sao_Paulo s +345 min in UTC": "day = t + 345 minutes",
    "zoned Australia/Lord_Howe half hours, due 2 days later": "due = t + 2 days",
    "date32[pyarrow] and 30 days later": "due = day + 30 days",
    "datetime64[ms] and 1001 steps later": "late = t + 1.001 seconds",
    "timedelta64[ms] doubled": "twice = 2 * took",
    "timedelta64[us] added up": "both = took + more",
    "Arrow durations tripled": "triple = 3 * took",
    "Arrow decimals added up": "total = net + tip",
    "Decimal strictly below another": "low < high",
    "int8 + 5 up to its end": "y = x + 5",
    "uint8[pyarrow] strictly below another up to its end": "x < top",
    "UInt8 added up near its end": "c = a + b",
    "float32 times 1 plus 0.1": "y = x + 0.1",
    "float16 times 2 plus 0": "y = 2 * x",
    "Int64 tripled plus 7, more gaps": "y = 3 * x + 7",
    "text {:,} kg doubled": "b = 2 * a",
    "text ${:,}.00 strictly below": "a < c",
    "text dates %d.%m.%Y in order": "t < late",
    "share as text in percent": "percent = 100 * share",
    "names of codes as Int64, rare ones too": "code -> name",
    "five moments in strict order": "t3 < t4",
    "missing exactly at a level": "year missing by smoker",
    "moments before the end of 64 bits": "t < last",
    "valid until 9999-12-31, text": "t < last",
}
TABLES = {table.name: table for table in iter_tables(300, seed=1) if table.name in FOUND}


@pytest.mark.parametrize("name", FOUND)
def test_what_is_found_holds_in_every_row(name: str) -> None:
    outcome = examine(TABLES[name], 300)
    assert FOUND[name] in outcome.texts
    assert not outcome.lost
    assert not outcome.broken
    assert not outcome.broken_in_file


@pytest.mark.parametrize("name", list(FOUND)[::3])
def test_what_is_found_under_protection_holds_in_every_row(name: str) -> None:
    outcome = examine(TABLES[name], 300, Protection(True))
    assert not outcome.broken
    assert not outcome.broken_in_file


def test_facts_that_floats_cannot_tell_are_not_kept() -> None:
    names = "datetime64[ns] and 1 steps later", "whole numbers beyond 2**53, one more"
    for table in iter_tables(300):
        if table.name in names:
            assert examine(table, 100).texts == ()
