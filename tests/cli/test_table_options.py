"""Tables as people bring them, through the command: every way in, the same way out."""

import io
import sqlite3
from contextlib import closing
from dataclasses import fields
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from tabgan_cli.app import tabgan
from tabgan_cli.table_options import FORMATS, TABLE_OPTIONS, WRITTEN_FORMATS

from tabgan.io import FORMATS as ALL_FORMATS
from tabgan.io import WRITERS, ReadOptions, read_table
from tabgan.model.tabular_model import TabularModel
from tests.cli.people_table import Run, make_people


def run_with_input(data: bytes, *arguments: object) -> Result:
    return CliRunner().invoke(tabgan, [str(word) for word in arguments], input=data)


@pytest.fixture
def german(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    make_people().to_csv(path, sep=";", decimal=",", index=False, encoding="cp1252")
    return path


def test_options_are_what_the_library_reads_by() -> None:
    assert FORMATS == ALL_FORMATS
    assert set(WRITTEN_FORMATS) == set(WRITERS)
    assert list(TABLE_OPTIONS) == [field.name for field in fields(ReadOptions)]


def test_inspect_says_how_a_table_is_read(run: Run, german: Path) -> None:
    result = run("inspect", german)
    assert "read as: csv, delimiter ';', decimal comma, cp1252" in result.stdout
    result = run("inspect", german, "--encoding", "latin-1", "--decimal", ".")
    assert "read as: csv, delimiter ';', decimal point, latin-1" in result.stdout
    assert "people.csv --decimal . --encoding latin-1 --schema" in " ".join(result.stdout.split())
    assert run("inspect", german, "--encoding", "none").exit_code == 1
    assert run("inspect", german, "--decimal", "x").exit_code == 2


def test_rows_are_written_as_the_table_was(run: Run, german: Path, tmp_path: Path) -> None:
    model = tmp_path / "m.tabgan"
    result = run("fit", german, "-m", model, "--steps", "2", "--seed", "1")
    assert result.exit_code == 0, result.output
    said = "people.csv' was read as csv, delimiter ';', decimal comma, cp1252"
    assert result.stderr.count(said) == 1
    assert any(said in message for message in TabularModel.load(model).record.messages)
    sample = ("sample", "-n", 5, "-m", model, "--seed", 1, "--quiet")
    for name, start in [("o.csv", "age;income;town;member"), ("o.tsv", "age\tincome\t")]:
        assert run(*sample, "-o", tmp_path / name).exit_code == 0
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert text.startswith(start)
        assert "," in text.splitlines()[1]
    frame = read_table(tmp_path / "o.csv")
    pd.testing.assert_frame_equal(read_table(tmp_path / "o.tsv"), frame)
    for name in ("jsonl", "parquet"):
        result = run(*sample, "-o", "-", "--format", name)
        (tmp_path / "piped").write_bytes(result.stdout_bytes)
        pd.testing.assert_frame_equal(read_table(tmp_path / "piped"), frame)


def test_standard_input_goes_into_every_command(german: Path, model: Path, tmp_path: Path) -> None:
    data, fitted = german.read_bytes(), tmp_path / "m.tabgan"
    result = run_with_input(data, "inspect", "-")
    assert "100 rows, 4 columns" in result.stdout
    result = run_with_input(data, "fit", "-", "-m", fitted, "--steps", 2, "--quiet")
    assert result.exit_code == 0, result.output
    assert TabularModel.load(fitted).card.rows == 100
    result = run_with_input(
        data, "augment", "-", "--target", "member", "-m", model, "-o", "-", "--ratio", 0.1
    )
    assert result.exit_code == 0, result.output
    assert "'standard input' is read as csv, delimiter ';'" in result.stderr
    back = pd.read_csv(io.BytesIO(result.stdout_bytes), sep=";", decimal=",")
    assert len(back) == 110
    result = run_with_input(
        data, "evaluate", "-", "--synthetic", german, "--target", "member", "--repeats", 2
    )
    assert result.exit_code == 0, result.output


def test_a_query_is_a_table(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "people.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        make_people().to_sql("people", connection, index=False)
    result = run("inspect", path)
    assert "read as: sqlite, its only table, 'people'" in result.stdout
    result = run("inspect", path, "--query", "select age, town from people where age > 50")
    assert "2 columns" in result.stdout


def test_an_address_keeps_its_slashes(run: Run) -> None:
    result = run("inspect", "ftp://host//t.csv")
    assert result.exit_code == 1
    assert "'ftp://host//t.csv' begins with ftp://, which is not read" in result.stderr
