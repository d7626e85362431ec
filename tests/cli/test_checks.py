"""The one rule of overwriting: its own kind, never what is read, anything else if asked to."""

import os
from pathlib import Path

import pytest
from tabgan_cli.checks import check_output

from tabgan.errors import SettingError, TableError
from tabgan.io.file_kinds import FileKind
from tabgan.io.model_file import CHECKPOINT_KIND, write_model
from tests.cli.people_table import Run

NAMES = {FileKind.TABLE: "t.csv", FileKind.MODEL: "m.tabgan", FileKind.REPORT: "r.html"}
NAMES |= {FileKind.CHECKPOINT: "m.tabgan.checkpoint"}
QUICK = ("--steps", 5, "--seed", 3)


@pytest.fixture
def outputs(tmp_path: Path) -> dict[FileKind, Path]:
    """A file of each kind."""
    paths = {kind: tmp_path / name for kind, name in NAMES.items()}
    paths[FileKind.TABLE].write_text("x\n1\n")
    write_model(paths[FileKind.MODEL], {})
    write_model(paths[FileKind.CHECKPOINT], {"kind": CHECKPOINT_KIND})
    paths[FileKind.REPORT].write_text("<!doctype html><p>Made by tabgan</p>")
    return paths


@pytest.mark.parametrize("kind", FileKind)
def test_its_own_kind_is_replaced_and_that_is_told(
    outputs: dict[FileKind, Path], kind: FileKind
) -> None:
    path = outputs[kind]
    assert check_output(path, kind, []) == f"in '{path}' (replaced)"
    assert check_output(path.with_stem("new"), kind, []) == f"in '{path.with_stem('new')}'"
    path.write_text("")  # such as mktemp leaves
    assert check_output(path, kind, []) == f"in '{path}' (replaced)"


@pytest.mark.parametrize("kind", FileKind)
@pytest.mark.parametrize("other", FileKind)
def test_another_kind_needs_overwrite(
    outputs: dict[FileKind, Path], kind: FileKind, other: FileKind
) -> None:
    if kind is other:
        return
    path = outputs[kind]
    path.write_bytes(outputs[other].read_bytes())
    found = "text" if other is FileKind.TABLE else other  # under no suffix of a table
    before = path.read_bytes()
    with pytest.raises(SettingError, match=f"is {found}, and {kind} would.*--overwrite"):
        check_output(path, kind, [])
    assert check_output(path, kind, [], overwrite=True) == f"in '{path}' (replaced)"
    assert path.read_bytes() == before  # only checked


@pytest.mark.parametrize("overwrite", [False, True])
def test_what_is_read_is_never_replaced_under_any_name(tmp_path: Path, overwrite: bool) -> None:
    table, soft, hard = (tmp_path / f"{name}.csv" for name in ("table", "soft", "hard"))
    table.write_text("x\n1\n")
    soft.symlink_to(table)
    os.link(table, hard)
    for path, source in (
        (table, table),
        (soft, table),
        (hard, table),
        (table, soft),
        (tmp_path / "." / ".." / tmp_path.name / "table.csv", table),
        (table, f"{tmp_path}/*.csv"),
    ):
        with pytest.raises(SettingError, match="is what this command reads"):
            check_output(path, FileKind.TABLE, [None, source], overwrite)
    other = tmp_path / "other.csv"
    assert check_output(other, FileKind.TABLE, [table, f"{tmp_path}/*.csv"]) == f"in '{other}'"


def test_a_file_of_a_folder_that_is_read_is_read(tmp_path: Path) -> None:
    (tmp_path / "year=2024").mkdir()
    part = tmp_path / "year=2024" / "a.parquet"
    part.write_bytes(b"PAR1")
    with pytest.raises(SettingError, match="is what this command reads as"):
        check_output(part, FileKind.TABLE, [tmp_path])


def test_names_that_cannot_be_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="no suffix of a table"):
        check_output(tmp_path / "rows.doc", FileKind.TABLE, [])
    with pytest.raises(SettingError, match="give -m a name such as"):
        check_output(tmp_path / "rows.csv", FileKind.MODEL, [], overwrite=True)
    with pytest.raises(TableError, match="is a folder"):
        check_output(tmp_path, FileKind.REPORT, [])
    assert check_output("-", FileKind.TABLE, ["-"]) == "on standard output"


def test_every_command_keeps_the_rule(run: Run, table: Path, model: Path) -> None:
    folder = table.parent
    mine = folder / "mine.html"
    rows = folder / "rows.csv"
    for path in (mine, folder / "notes", rows):
        path.write_text("<html>my page</html>")
    judge = ("evaluate", table, "--target", "member", "-m", model)
    add = ("augment", table, "--target", "member", "-m", model, "--ratio", 0.1)
    for command, path in (
        (("sample", "-n", 5, "-m", model, "-o", rows), rows),
        ((*add, "-o", rows), rows),
        (("fit", table, *QUICK, "-m", folder / "notes"), folder / "notes"),
        ((*judge, "-o", mine), mine),
        ((*judge, "--json", mine), mine),
    ):
        result = run(*command)
        assert result.exit_code == 1
        assert f"tabgan: '{path}' is a web page or XML, and a" in result.stderr
        assert result.stderr.count("\n") == 1
        assert path.read_text() == "<html>my page</html>"
    for command in ((*add, "-o", table), (*judge, "--json", table)):
        result = run(*command, "--overwrite")
        assert (result.exit_code, result.stdout) == (1, "")
        assert f"'{table}' is what this command reads" in result.stderr
    result = run("sample", "-n", 5, "-m", model, "-o", rows, "--overwrite")
    assert result.exit_code == 0
    assert result.stderr.endswith(f"are in '{rows}' (replaced)\n")
