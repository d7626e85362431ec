"""`tabgan score`: the same table, with how likely each row is."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tabgan_cli import score_run

from tabgan import TabularModel
from tabgan.config import PRESETS, TrainingConfig
from tabgan.io import read_table
from tests.cli.people_table import Run

TINY = TrainingConfig(
    steps=2, batch_size=16, hidden_dim=8, n_layers=1, latent_dim=2, n_validations=1, refine_rounds=0
)


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".jsonl"])
def test_scores_a_table(run: Run, table: Path, model: Path, tmp_path: Path, suffix: str) -> None:
    output = tmp_path / f"scored{suffix}"
    result = run("score", table, "-m", model, "-o", output)
    assert result.exit_code == 0, result.output
    scored, real = read_table(output), read_table(table)
    pd.testing.assert_frame_equal(scored.drop(columns="__score__"), real)
    expected = TabularModel.load(model).score_samples(real)
    assert scored["__score__"].to_numpy() == pytest.approx(expected, abs=1e-6)
    said = f"100 rows, scored by '{model}' with the seed 0, are in '{output}'"
    assert result.stderr.splitlines()[-1] == said


def test_batches_make_no_difference(
    run: Run, table: Path, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = ("score", table, "-m", model, "--cells", "--quiet")
    assert run(*given, "-o", tmp_path / "whole.csv").output == ""
    monkeypatch.setattr(score_run, "BATCH_ROWS", 17)
    run(*given, "-o", tmp_path / "parts.csv")
    assert (tmp_path / "parts.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
    other = run(*given, "-o", tmp_path / "other.csv", "--seed", 1)
    assert other.exit_code == 0
    assert (tmp_path / "other.csv").read_bytes() != (tmp_path / "whole.csv").read_bytes()


@pytest.mark.filterwarnings("default::tabgan.errors.UnseenCategoryWarning")
def test_the_most_surprising_cells_are_named(
    run: Run, table: Path, model: Path, tmp_path: Path
) -> None:
    towns = pd.Series(["Atlantis", "Ulm", None], dtype=object)
    odd = read_table(table)[:3].assign(town=towns, age=[30, 4_000, 30])
    odd.to_csv(tmp_path / "odd.csv", index=False)
    result = run("score", tmp_path / "odd.csv", "-m", model, "-o", "-", "--cells")
    told = [line for line in result.stderr.splitlines() if "does not know" in line]
    assert told == [
        (
            "tabgan: 1 row holds a value of 'town' that the model does not know, such as "
            "'Atlantis' (row 1): a new value counts as rare as one row among 101."
        )
    ]
    words = pd.read_csv(io.StringIO(result.stdout))["__surprises__"]
    assert words[0].startswith("town is Atlantis (")
    assert words[1].startswith("age is 4000 (")
    assert words[2].startswith("town is missing (")
    assert words.str.count("usually").between(1, 3).all()
    assert not words.str.contains(r"\bid is").any()  # keys are not judged


def test_without_a_model_by_folds(
    run: Run, table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PRESETS, "fast", TINY)
    output = tmp_path / "scored.csv"
    result = run("score", table, "-o", output, "--seed", 3)
    assert result.exit_code == 0, result.output
    assert "scored by 3 folds, each by a model of the others with the seed 3" in result.stderr
    assert "fold 2 of 3: fitting a model of the others" in result.stderr
    scored = read_table(output)
    pd.testing.assert_frame_equal(scored.drop(columns="__score__"), read_table(table))
    assert np.isfinite(scored["__score__"]).all()
    first = output.read_bytes()
    run("score", table, "-o", output, "--seed", 3)
    assert output.read_bytes() == first


@pytest.mark.parametrize(
    ("change", "options", "sentence"),
    [
        ({}, ("-o", "{table}"), "is what this command reads"),
        ({}, ("-m", "none.tabgan", "-o", "s.csv"), "none.tabgan"),
        ({}, ("-o", "s.csv", "--seed", -1), "seed"),
        ({"__score__": 1}, ("-m", "{model}", "-o", "s.csv"), "has a column '__score__' already"),
        ({"more": 1}, ("-m", "{model}", "-o", "s.csv"), "the table has the column 'more'"),
        ({"age": "old"}, ("-m", "{model}", "-o", "s.csv"), "'age'"),
    ],
)
def test_what_cannot_be_scored_is_said_and_nothing_is_written(
    run: Run,
    table: Path,
    model: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: dict[str, Any],
    options: tuple[object, ...],
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    given = tmp_path / "given.csv"
    read_table(table).assign(**change).to_csv(given, index=False)
    words = [str(option).format(table=given, model=model) for option in options]
    result = run("score", given, *words)
    assert result.exit_code == 1
    assert sentence in result.stderr
    assert not (tmp_path / "s.csv").exists()


def test_too_few_rows_for_folds(run: Run, table: Path, tmp_path: Path) -> None:
    read_table(table)[:5].to_csv(tmp_path / "few.csv", index=False)
    result = run("score", tmp_path / "few.csv", "-o", tmp_path / "s.csv")
    assert result.exit_code == 1
    assert "5 rows, too few to score each third" in result.stderr
