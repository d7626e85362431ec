import os
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest
from tabgan_cli import app
from tabgan_cli.process_start import process_start

import tabgan
from tests.cli.people_table import ROOT, Run, Start

HEAVY = ("torch", "pandas", "sklearn", "numpy", "tabgan")


FOR_FITS = ("sklearn", "scipy.special", "scipy.optimize", "lightgbm", "matplotlib", "jinja2")


def list_loaded(code: str, names: tuple[str, ...]) -> str:
    """Return which of some modules are loaded after some code has run."""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "cli")])}
    code = f"import sys\n{code}\nprint([name for name in {names!r} if name in sys.modules])"
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()[-1]


def test_help_loads_nothing_heavy() -> None:
    code = (
        "from tabgan_cli.app import tabgan\n"
        "for command in ([], ['fit'], ['sample'], ['inspect']):\n"
        "    try: tabgan([*command, '--help'])\n"
        "    except SystemExit as end: assert end.code == 0\n"
    )
    assert list_loaded(code, HEAVY) == "[]"


def test_a_sample_loads_nothing_that_only_a_fit_needs() -> None:
    assert list_loaded("import tabgan_cli.sample_run", FOR_FITS) == "[]"


def test_every_command_is_listed_as_it_describes_itself() -> None:
    context = click.Context(app.tabgan)
    for name, line in app.COMMANDS.items():
        command = app.tabgan.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert (command.help or "").splitlines()[0] == line


def test_version(run: Run) -> None:
    result = run("--version")
    assert (result.exit_code, result.stdout.split()[0]) == (0, "tabgan")
    assert tabgan.__version__.split(".")[0].isdigit()


@pytest.mark.parametrize("words", [["nonsense"], ["fit"], ["sample"], ["fit", "--nonsense"], []])
def test_wrong_usage_is_2(run: Run, words: list[str]) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert "Usage: tabgan" in result.stderr
    assert "Traceback" not in result.output


def test_an_error_is_one_line_and_1(run: Run) -> None:
    result = run("inspect", "missing.csv")
    assert result.exit_code == 1
    assert result.stderr == "tabgan: there is no file 'missing.csv'; check the path.\n"
    assert not result.stdout


def test_a_bug_is_raised(monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    monkeypatch.setattr("tabgan_cli.inspect_run.find_source", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run("inspect", "table.csv")


def test_an_interrupt_is_one_line_and_1(monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    def interrupt(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tabgan_cli.inspect_run.find_source", interrupt)
    result = run("inspect", "table.csv")
    assert (result.exit_code, result.stderr) == (1, "tabgan: stopped; nothing was written.\n")


def test_a_reader_that_goes_away_is_no_traceback(start: Start, model: Path, tmp_path: Path) -> None:
    process = start("sample", "-n", 20_000, "-o", "-", "-m", model, "--quiet", folder=tmp_path)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()
    assert process.wait() != 0


def test_the_process_began_before_now() -> None:
    assert process_start() <= time.monotonic()
