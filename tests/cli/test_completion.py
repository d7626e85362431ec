"""What a shell completes, asked as click's own scripts ask."""

import subprocess
from pathlib import Path

import pandas as pd
import pytest
from click.shell_completion import ShellComplete
from tabgan_cli.app import tabgan
from tabgan_cli.completion import read_column_names

from tests.cli.people_table import make_people
from tests.cli.terminal import command, environment

NAMES = ["age", "income", "town", "member"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: Path) -> Path:
    make_people().to_csv(tmp_path / "people.csv", index=False)
    (tmp_path / "model.tabgan").write_bytes(model.read_bytes())
    (tmp_path / "notes.txt").write_text("")
    (tmp_path / "data").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def complete(*words: str) -> list[str]:
    """What the last word is completed to; where any file will do, "(files)"."""
    shell = ShellComplete(tabgan, {}, "tabgan", "_TABGAN_COMPLETE")
    items = shell.get_completions(list(words[:-1]), words[-1])
    return ["(files)" if item.type == "file" else item.value for item in items]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["s"], ["sample", "score"]),
        (["fit", "--pre"], ["--preset"]),
        (["fit", "--preset", ""], ["fast", "balanced", "best"]),
        (["fit", "--preset", "F"], ["fast"]),
        (["fit", "--objective", "w"], ["wasserstein"]),
        (["fit", "--device", "c"], ["cpu", "cuda"]),
        (["evaluate", "--learners", "f"], ["forest"]),
        (["fit", ""], ["people.csv", "data/"]),
        (["fit", "p"], ["people.csv"]),
        (["fit", "not"], ["(files)"]),
        (["fit", "none/x"], []),
        (["sample", "-m", ""], ["model.tabgan", "data/"]),
        (["inspect", ""], ["model.tabgan", "people.csv", "data/"]),
        (["fit", "people.csv", "--target", ""], NAMES),
        (["fit", "people.csv", "--target", "m"], ["member"]),
        (["fit", "none.csv", "--target", ""], []),
        (["fit", "data", "--target", ""], []),
        (["sample", "-n", "5", "--where", "t"], ["town"]),
        (["sample", "-m", "none.tabgan", "--where", ""], []),
        (["augment", "-m", "model.tabgan", "--target", "i"], ["income"]),
    ],
)
def test_completes(words: list[str], found: list[str]) -> None:
    assert complete(*words) == found


def test_columns_of_every_kind_of_file(tmp_path: Path, model: Path) -> None:
    people = make_people(5)
    people.to_parquet(tmp_path / "t.parquet")
    people.to_feather(tmp_path / "t.feather")
    people.to_csv(tmp_path / "t.csv", index=False, sep=";", encoding="utf-8-sig")
    for suffix in ("parquet", "feather", "csv"):
        assert read_column_names(tmp_path / f"t.{suffix}") == NAMES
    assert read_column_names(model) == NAMES


@pytest.mark.parametrize("name", ["t.csv", "t.parquet", "t.feather", "t.tabgan"])
@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"\x10" + bytes(7) + b"{"])
def test_what_cannot_be_read_is_silent(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert isinstance(read_column_names(tmp_path / name), list)


def test_names_that_need_quotes_are_left_out(tmp_path: Path) -> None:
    pd.DataFrame({"a b": [1], "a_b": [2], "größe": [3]}).to_csv(tmp_path / "q.csv", index=False)
    assert complete("fit", "q.csv", "--target", "") == ["a_b", "größe"]


def test_a_shell_gets_its_script_and_answers() -> None:
    def ask(**more: str) -> str:
        settings = environment(**more)
        done = subprocess.run(command(), env=settings, capture_output=True, text=True, check=True)  # noqa: S603
        assert done.stderr == ""
        return done.stdout

    for shell in ("zsh", "fish"):
        assert "_TABGAN_COMPLETE" in ask(_TABGAN_COMPLETE=f"{shell}_source")
    asked = {"COMP_WORDS": "tabgan fit people.csv --target ", "COMP_CWORD": "4"}
    told = ask(_TABGAN_COMPLETE="bash_complete", **asked)
    assert told.split() == [f"plain,{name}" for name in NAMES]
