"""What stands where an output shall go, told from its content."""

import gzip
import json
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from tabgan.io import write_table
from tabgan.io.file_kinds import FileKind, find_kind
from tabgan.io.model_file import write_model

ZIP = "a zip archive with 'x' in it, which has to be unpacked first"
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
