"""`impute`, `score` and `sample --like` hold a batch of a file at a time, and say the same."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from tabgan_cli import complete_run, impute_run, score_run

from tabgan.io import read_table, write_table
from tabgan.io.table_source import TableSource
from tabgan.model import complete
from tests.cli.people_table import Run, make_people

ROWS, BATCH, BLOCK = 1_200, 100, 80
COMMANDS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "impute": (impute_run, ("impute", "{table}", "--seed", "1")),
    "draws": (impute_run, ("impute", "{table}", "--seed", "1", "--draws", "2")),
    "score": (score_run, ("score", "{table}")),
    "cells": (score_run, ("score", "{table}", "--cells")),
    "like": (complete_run, ("sample", "--like", "{table}", "--seed", "1")),
}


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".feather"])
@pytest.mark.parametrize("name", COMMANDS)
def test_rows_are_written_as_they_are_read(
    run: Run, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, suffix: str
) -> None:
    module, words = COMMANDS[name]
    people = make_people(ROWS)
    people["income"] = people["income"].mask(people.index % 300 > 250)  # some batches have no gap
    people["age"] = people["age"].mask(people.index % 500 > 450).astype("Int64")
    table = tmp_path / f"people{suffix}"
    write_table([people], table)
    monkeypatch.setattr(complete, "BLOCK_ROWS", BLOCK)
    given = [*(word.format(table=table) for word in words), "-m", model, "--quiet"]
    whole = run(*given, "-o", tmp_path / f"whole{suffix}")
    assert whole.exit_code == 0, whole.output
    events: list[str] = []
    iter_batches, write = TableSource.iter_batches, module.write_table

    def read_on(self: TableSource, rows: int | None) -> Iterator[pd.DataFrame]:
        for batch in iter_batches(self, rows):
            assert len(batch) <= BATCH
            events.append("read")
            yield batch

    def write_on(batches: Iterator[pd.DataFrame], *more: Any, **named: Any) -> None:
        def counted() -> Iterator[pd.DataFrame]:
            for batch in batches:
                events.append("write")
                yield batch

        write(counted(), *more, **named)

    monkeypatch.setattr(module, "BATCH_ROWS", BATCH)
    monkeypatch.setattr(TableSource, "iter_batches", read_on)
    monkeypatch.setattr(module, "write_table", write_on)
    assert run(*given, "-o", tmp_path / f"parts{suffix}").exit_code == 0
    assert events.count("read") >= ROWS // BATCH
    ahead = 0
    for event in events:
        ahead += 1 if event == "read" else -1
        assert ahead <= 3  # batches in memory
    parts, expected = (read_table(tmp_path / f"{each}{suffix}") for each in ("parts", "whole"))
    pd.testing.assert_frame_equal(parts, expected)
