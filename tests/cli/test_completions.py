"""`sample --like` and `impute`: rows of a table completed and filled."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from tabgan_cli import impute_run

from tests.cli.people_table import Run, make_people


def test_like_completes_the_rows_of_a_table(run: Run, model: Path, tmp_path: Path) -> None:
    part = make_people(20)[["town", "age"]].mask(pd.Series(range(20)) == 3)
    part.to_csv(tmp_path / "part.csv", index=False)
    out = tmp_path / "out.csv"
    result = run("sample", "--like", tmp_path / "part.csv", "-m", model, "-o", out, "--seed", 1)
    assert result.exit_code == 0, result.output
    assert "20 rows completed with the seed 1 are in" in result.stderr
    made = pd.read_csv(out)
    assert list(made) == list(make_people())
    assert not made.isna().any().any()
    known = part["town"].notna()
    assert (made["town"] == part["town"])[known].all()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "give either -n ROWS"),
        (["-n", "3", "--like", "x.csv"], "give either -n ROWS"),
        (["-n", "3", "--keep-gaps"], "--redraw and --keep-gaps are of rows to complete"),
        (["--like", "x.csv", "--where", "age>5"], "--where and --share are of new rows"),
        (["--like", "x.csv", "--dask", "tcp://a:1"], "--dask draws new rows"),
    ],
)
def test_options_that_do_not_go_together(run: Run, words: list[str], sentence: str) -> None:
    result = run("sample", "-o", "-", *words)
    assert result.exit_code == 2
    assert sentence in result.stderr


def test_impute_fills_gaps_and_keeps_the_rest(run: Run, model: Path, tmp_path: Path) -> None:
    people = make_people(30)
    people["income"] = people["income"].mask(people.index % 3 == 0)
    people["town"] = people["town"].mask(people.index % 4 == 0)
    people.to_csv(tmp_path / "people.csv", index=False)
    out = tmp_path / "filled.csv"
    words = ["-m", model, "-o", out, "--seed", 1, "--columns", "income", "--draws", 2]
    result = run("impute", tmp_path / "people.csv", *words)
    assert result.exit_code == 0, result.output
    assert "30 rows are in" in result.stderr
    assert ", 10 gaps filled with the seed 1" in result.stderr
    made = pd.read_csv(out)
    assert made["__draw__"].tolist() == [0, 1] * 30
    assert made["income"].notna().all()
    assert made["town"].isna().sum() == 2 * people["town"].isna().sum()
    result = run("impute", tmp_path / "people.csv", "-m", model, "-o", out, "--columns", "x")
    assert result.exit_code == 1
    assert "there is no column 'x' to fill" in result.stderr


@pytest.mark.parametrize("options", [(), ("-m",), ("--columns", "town,age"), ("--draws", 2)])
def test_a_table_without_gaps_is_written_as_it_is_and_nothing_is_fitted(
    run: Run,
    model: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: tuple[Any, ...],
) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError("a model is fitted")

    monkeypatch.setattr(impute_run, "fit_model", refuse)
    people = make_people(30)
    if "--columns" in options:
        people["income"] = people["income"].mask(people.index % 3 == 0)
    people.to_csv(tmp_path / "people.csv", index=False)
    given = (*options, model) if options == ("-m",) else options
    result = run("impute", tmp_path / "people.csv", "-o", tmp_path / "out.csv", *given)
    assert result.exit_code == 0, result.output
    said = f"30 rows are in '{tmp_path / 'out.csv'}' as they were: there is nothing to fill"
    assert result.stderr.splitlines()[-1] == said
    made = pd.read_csv(tmp_path / "out.csv")
    if "--draws" in options:
        assert made.pop("__draw__").tolist() == [0, 1] * 30
        made = made[::2].reset_index(drop=True)
    pd.testing.assert_frame_equal(made, pd.read_csv(tmp_path / "people.csv"))


@pytest.mark.parametrize("columns", ["nowhere", "age,nowhere"])
def test_columns_to_fill_are_looked_for_before_anything_is_fitted(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setattr(impute_run, "fit_model", lambda *_: pytest.fail("a model is fitted"))
    make_people(30).to_csv(tmp_path / "people.csv", index=False)
    table, out = tmp_path / "people.csv", tmp_path / "out.csv"
    result = run("impute", table, "-o", out, "--columns", columns)
    assert result.exit_code == 1
    assert "there is no column 'nowhere' to fill; there are 'age'" in result.stderr
    assert not out.exists()


def test_gaps_that_no_value_can_fill_are_named(run: Run, tmp_path: Path) -> None:
    make_people(30).assign(empty=None).to_csv(tmp_path / "people.csv", index=False)
    result = run("impute", tmp_path / "people.csv", "-o", tmp_path / "out.csv")
    assert result.exit_code == 0, result.output
    assert "the column 'empty' holds no value: its gaps stay" in result.stderr
    assert (tmp_path / "out.csv").read_text() == (tmp_path / "people.csv").read_text()
