"""Streams that the caller closed or that are full, and outputs that are no files."""

import os
import subprocess
import threading
from pathlib import Path

import pytest

from tests.cli.people_table import Run
from tests.cli.terminal import ROOT, command, environment

MODEL = ROOT / "tests" / "data" / "release-0.1" / "model.tabgan"


def shell(ending: str, *words: object) -> "subprocess.CompletedProcess[str]":
    line = ["sh", "-c", f'exec "$@" {ending}', "sh", *command(*words)]
    return subprocess.run(  # noqa: S603
        line, env=environment(), capture_output=True, text=True, check=False, timeout=120
    )


@pytest.mark.parametrize("ending", [">&-", ">/dev/full"])
def test_what_cannot_be_printed_is_one_line(tmp_path: Path, ending: str) -> None:
    lines = (("-h",), ("sample", "-m", MODEL, "-n", 3, "-o", "-"))
    for words in lines:
        done = shell(ending, *words)
        assert done.returncode == 1
        assert "tabgan: standard output cannot be written: " in done.stderr
        assert "Traceback" not in done.stderr
        assert "Exception ignored" not in done.stderr


def test_a_file_is_written_whatever_is_closed(tmp_path: Path) -> None:
    output = tmp_path / "made.csv"
    done = shell(">&- 2>&- <&-", "sample", "-m", MODEL, "-n", 3, "-o", output)
    assert done.returncode == 0
    assert len(output.read_text().splitlines()) == 4


@pytest.mark.parametrize("device", ["/dev/null", "/dev/full"])
def test_rows_go_to_devices(run: Run, tmp_path: Path, device: str) -> None:
    result = run("sample", "-m", MODEL, "-n", 3, "-o", device)
    assert result.exit_code == (device == "/dev/full")
    assert ("'/dev/full' cannot be written: No space left" in result.stderr) == result.exit_code


def test_a_checkpoint_and_an_address_are_outputs_like_others(run: Run, table: Path) -> None:
    before = table.read_bytes()
    checkpoint = table.with_name("m.tabgan.checkpoint")
    checkpoint.write_text("mine")
    result = run("fit", table, "-m", table.with_name("m.tabgan"))
    assert "and the checkpoint of a fit would replace it" in result.stderr
    assert checkpoint.read_text() == "mine"
    address = f"file://{table}"
    result = run("augment", table, "--target", "bought", "--balance", "-o", address)
    assert result.exit_code == 1
    assert "is what this command reads" in result.stderr
    assert table.read_bytes() == before


def test_files_without_an_end_are_a_sentence(run: Run, table: Path) -> None:
    model = table.with_name("m.tabgan")
    fit = ("fit", table, "-m", model)
    for words, sentence in (
        ((*fit, "--schema", "/dev/zero"), "the schema '/dev/zero' is longer than"),
        ((*fit, "--config", "/dev/zero"), "the config '/dev/zero' is longer than"),
        (("inspect", "/dev/zero"), "'/dev/zero' is a device or a socket, and no table"),
        (("sample", "-m", "/dev/zero", "-n", 3, "-o", "-"), "/dev/zero is no tabgan model"),
        (("fit", table, "-m", "/dev/full"), "a model is written to a file"),
    ):
        result = run(*words)
        assert (result.exit_code, result.stderr.count("\n")) in {(1, 1), (1, 2)}
        assert sentence in result.stderr


def test_a_pipe_is_a_table_and_no_model(run: Run, table: Path) -> None:
    pipe = table.with_name("pipe")
    os.mkfifo(pipe)
    result = run("sample", "-m", pipe, "-n", 3, "-o", "-")
    assert "is no tabgan model" in result.stderr
    writer = threading.Thread(target=lambda: pipe.write_bytes(table.read_bytes()))
    writer.start()
    assert "100 rows, 4 columns" in run("inspect", pipe).stdout
    writer.join()
