"""A tiny table, a model of it, and the command as a user calls it."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tabgan_cli.app import tabgan

from tests.cli.people_table import Run, Start, make_people
from tests.cli.terminal import command, environment
from tests.evaluation.conftest import quick_metrics, real, unseen  # noqa: F401 - fixtures


@pytest.fixture(autouse=True)
def no_lines_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is: what is told at once is told, what depends on time is not."""
    monkeypatch.setattr("tabgan_cli.stage_lines.SECONDS_BEFORE_LINES", 1e6)


@pytest.fixture
def run() -> Run:
    """Run the command in this process; what is no exit is raised."""

    def call(*arguments: object) -> Result:
        words = [str(argument) for argument in arguments]
        result = CliRunner().invoke(tabgan, words, prog_name="tabgan")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return call


@pytest.fixture
def start() -> Iterator[Start]:
    """Start the command as a process of its own, which does not outlive the test."""
    started: list[subprocess.Popen[str]] = []

    def call(*arguments: object, folder: Path) -> "subprocess.Popen[str]":
        process = subprocess.Popen(  # noqa: S603
            command(*arguments),
            cwd=folder,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield call
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    make_people().to_csv(path, index=False)
    return path


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    make_people().to_csv(folder / "people.csv", index=False)
    path = folder / "people.tabgan"
    words = ["fit", str(folder / "people.csv"), "-m", str(path), "--steps", "10", "--seed", "1"]
    result = CliRunner().invoke(tabgan, [*words, "--target", "member"])
    assert result.exit_code == 0, result.output
    return path
