"""What stands where an output shall go, told from its content."""

import gzip
import json
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from tabgan.errors import SettingError
from tabgan.io import write_table
from tabgan.io.file_kinds import FileKind, find_kind
from tabgan.io.model_file import write_model
from tabgan.model.tabular_model import TabularModel
from tabgan.training.checkpoint import Checkpoints

ZIP = "a zip archive with 'x' in it, which has to be unpacked first"
OLD_MODEL = Path(__file__).parents[1] / "data" / "release-0.1" / "model.tabgan"
BINARY = (".parquet", ".feather", ".arrow", ".xlsx")


@pytest.mark.parametrize(
    "suffix", [".csv", ".tsv", ".txt", ".csv.gz", ".jsonl", ".jsonl.zst", *BINARY]
)
def test_every_table_that_is_written_is_a_table(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"t{suffix}"
    write_table([pd.DataFrame({"name": ["Ulm", "Köln"], "x": [1.5, None]})], path)
    assert find_kind(path) == FileKind.TABLE
    renamed = path.rename(tmp_path / "t.data")
    assert (find_kind(renamed) == FileKind.TABLE) == (suffix in BINARY)


@pytest.mark.parametrize(
    "content",
    [
        "größe;ß\n1;2\n".encode("latin-1"),
        "größe\t2\n".encode("utf-16"),
        "größe\n2\n".encode("utf-8-sig"),
        b"[id],{x}\n1,2\n",
        b'"{""a"": 1}",2\n',
    ],
)
def test_text_under_the_suffix_of_a_table_is_a_table(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    assert find_kind(path) == FileKind.TABLE


def test_models_and_checkpoints_are_told_apart_under_any_name(tmp_path: Path) -> None:
    for content, kind in (
        ({}, FileKind.MODEL),
        ({"kind": "checkpoint"}, "the checkpoint of a fit"),
    ):
        path = tmp_path / "m.csv"
        write_model(path, content)
        assert find_kind(path) == kind
    path.write_bytes(path.read_bytes()[:-1])
    assert find_kind(path) == FileKind.MODEL  # a damaged one


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.html", b"\n<!DOCTYPE html><p>Made by tabgan 0.2</p>", FileKind.REPORT),
        ("a.csv", b"<html><p>tabgan</p>", FileKind.REPORT),
        ("a.html", b"<!doctype html><p>my page</p>", "a web page or XML"),
        ("a.json", json.dumps({"verdict": "helps"}).encode(), FileKind.REPORT),
        ("a.json", json.dumps({"columns": []}).encode(), "a schema"),
        ("a.json", b"[1, 2]", "text"),
        ("a.json", b'{"half', "text"),
        ("a.json", b'{"tool": "tabgan",} // not JSON', "text"),
        ("a.md", b"# Notes", "text"),
        ("a.txt", b"Remember:\nmilk, bread\n", "text"),
        ("a.csv", b"SQLite format 3\0...", "an SQLite database"),
        ("a.csv", b"\x89PNG\r\n\x1a\n", "a picture"),
        ("a.csv", bytes(range(256)), "a binary file of a kind that is not known"),
    ],
)
def test_other_kinds_are_told_in_words(
    tmp_path: Path, name: str, content: bytes, kind: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert find_kind(path) == kind


def test_an_archive_is_no_table(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.html", "w") as archive:
        archive.writestr("x", "y")
    (tmp_path / "a.gz").write_bytes(gzip.compress(b"x"))
    found = [find_kind(path) for path in sorted(tmp_path.iterdir())]
    assert found == ["a file compressed as .gz", ZIP]


def test_in_python_too_only_its_own_kind_is_replaced(tmp_path: Path) -> None:
    table, notes = tmp_path / "t.csv", tmp_path / "notes.csv.gz"
    frame = pd.DataFrame({"x": [1, 2]})
    write_table([frame], table)
    write_table([frame[:1]], table)
    notes.write_text("<html>mine</html>")
    with pytest.raises(SettingError, match="is a web page or XML.*overwrite=True"):
        write_table([frame], notes)
    model = TabularModel.load(OLD_MODEL, "cpu")
    for path in (table, notes):
        before = path.read_bytes()
        with pytest.raises(SettingError, match="and a model would replace it"):
            model.save(path)
        assert path.read_bytes() == before
    model.save(notes, overwrite=True)
    model.save(notes)
    assert find_kind(notes) == FileKind.MODEL


def test_a_checkpoint_replaces_and_removes_only_checkpoints(tmp_path: Path) -> None:
    told: list[str] = []
    path = tmp_path / "m.tabgan.checkpoint"
    path.write_text("mine")
    checkpoints = Checkpoints(tmp_path / "m.tabgan", 1e-9, on_message=told.append)
    checkpoints.begin("hash", {})
    checkpoints.write_if_due(dict)
    checkpoints.remove()
    assert path.read_text() == "mine"
    assert "goes on without a new checkpoint: " in told[0]
    path.unlink()
    checkpoints.write_if_due(dict)
    assert find_kind(path) == FileKind.CHECKPOINT
    checkpoints.remove()
    assert not path.exists()
