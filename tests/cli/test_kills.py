"""Fits that are killed: the command goes on, and nothing is lost."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.crash_recovery import Trial, make_table
from tabgan.io.model_file import read_model
from tabgan.model.tabular_model import TabularModel
from tests.cli.people_table import Run, Start

QUICK = ("--steps", 5, "--seed", 3)


def test_fits_killed_at_random_moments_lose_nothing(tmp_path: Path) -> None:
    table, whole = tmp_path / "table.csv", tmp_path / "whole.tabgan"
    make_table().to_csv(table, index=False)
    trial = Trial(table, steps=120, every="0.02s", options=("--no-refine",))
    trial.fit(whole)
    for moment in (0.0, *np.random.default_rng().uniform(0, 1.5, 2).tolist()):
        kill = trial.kill(moment, whole, from_checkpoint=True)
        assert kill.is_harmless, kill
        if not kill.ended:
            assert "going on from step" in kill.message


def test_without_a_checkpoint_the_fit_starts_afresh_and_says_so(run: Run, table: Path) -> None:
    model = table.with_name("m.tabgan")
    result = run("fit", table, "-m", model, "--resume", *QUICK)
    assert result.exit_code == 0, result.output
    assert f"there is no checkpoint '{model}.checkpoint'; the fit starts afresh" in result.stderr
    assert TabularModel.load(model).record.steps_done == 5


@pytest.fixture
def cut(start: Start, table: Path) -> Path:
    """A checkpoint of a fit that was killed."""
    path = table.with_name("m.tabgan.checkpoint")
    options = ("-m", "m.tabgan", "--checkpoint-every", "0.01", "--seed", 3, "--steps", 10_000)
    process = start("fit", table, *options, folder=table.parent)
    while not path.exists() and process.poll() is None:
        pass
    process.kill()
    process.communicate()
    assert read_model(path)["kind"] == "checkpoint"
    return path


def test_what_does_not_fit_a_checkpoint_gets_a_sentence(run: Run, table: Path, cut: Path) -> None:
    command = ("fit", table, "-m", table.with_name("m.tabgan"), "--resume")
    result = run(*command, "--steps", 9_999)
    assert (result.exit_code, result.stderr.count("\n")) == (1, 2)
    assert "with steps 10000, not 9999; give the same settings" in result.stderr
    table.write_text(table.read_text().replace("Ulm", "Bern"))
    result = run(*command, "--steps", 10_000)
    assert result.exit_code == 1
    assert "is of another table" in result.stderr
    cut.write_bytes(cut.read_bytes()[:-100])
    result = run(*command, "--steps", 10_000)
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert "is damaged" in result.stderr
    assert not table.with_name("m.tabgan").exists()


def test_without_resume_a_checkpoint_is_told_of_and_gone_in_the_end(
    run: Run, table: Path, cut: Path
) -> None:
    result = run("fit", table, "-m", table.with_name("m.tabgan"), *QUICK)
    assert result.exit_code == 0, result.output
    assert f"'{cut}' is of a fit that did not end; --resume goes on with it" in result.stderr
    assert not cut.exists()


def test_a_model_that_cannot_be_written_leaves_the_checkpoint(
    run: Run, table: Path, cut: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = cut.read_bytes()

    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tabgan.model.tabular_model.TabularModel.save", refuse)
    result = run("fit", table, "-m", table.with_name("m.tabgan"), *QUICK)
    assert result.exit_code == 1
    assert "No space left on device" in result.stderr
    assert cut.read_bytes() == before


@pytest.mark.parametrize("text", ["soon", "-1", "1 day", ""])
def test_no_span_of_time_is_2(run: Run, table: Path, text: str) -> None:
    result = run("fit", table, "-m", table.with_name("m.tabgan"), f"--checkpoint-every={text}")
    assert result.exit_code == 2
    assert "no span of time" in result.stderr


def test_a_table_of_lists_is_still_refused_in_a_sentence(run: Run, tmp_path: Path) -> None:
    pd.DataFrame({"x": [[1], [2]]}).to_parquet(tmp_path / "t.parquet")
    result = run("fit", tmp_path / "t.parquet", "-m", tmp_path / "m.tabgan", *QUICK)
    assert result.exit_code == 1
    assert "nested values" in result.stderr
