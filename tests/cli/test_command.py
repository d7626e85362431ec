"""Help, usage and the environment: the same in every command."""

import shlex
from pathlib import Path

import click
import pytest
from tabgan_cli.app import COMMANDS, tabgan
from tabgan_cli.arguments import COMMAND_LINE
from tabgan_cli.command import SECTIONS, Command

from tabgan.io import read_table
from tests.cli.people_table import Run

MAX_WIDTH = 80


def load(name: str) -> Command:
    command = tabgan.get_command(click.Context(tabgan), name)
    assert isinstance(command, Command)
    return command


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_in_one_section(name: str) -> None:
    grouped = [option for names in SECTIONS.values() for option in names]
    assert len(grouped) == len(set(grouped))
    options = [one.name for one in load(name).params if isinstance(one, click.Option)]
    assert set(options) <= set(grouped)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_example_is_read_by_its_command(name: str) -> None:
    command = load(name)
    program, first, *words = shlex.split(command.example)
    assert (program, first) == ("tabgan", name)
    context = command.make_context(name, words)
    given = [one for one in command.params if context.params[str(one.name)] is not None]
    assert given


@pytest.mark.parametrize("name", ["", *COMMANDS])
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_is_no_wider_than_a_terminal(run: Run, name: str, flag: str) -> None:
    result = run(*([name] if name else []), flag)
    assert result.exit_code == 0
    assert [line for line in result.stdout.splitlines() if len(line) > MAX_WIDTH] == []
    assert "\nOthers:" not in result.stdout
    assert "-h, --help" in result.stdout
    assert ("\nExample:\n  tabgan " in result.stdout) == bool(name)


def test_the_help_tells_of_environment_and_completion(run: Run) -> None:
    shown = run("-h").stdout
    assert "TABGAN_FIT_PRESET" in shown
    for shell in ("bash", "zsh", "fish"):
        assert f"_TABGAN_COMPLETE={shell}_source tabgan" in shown


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["fti"], "tabgan: there is no command 'fti'; perhaps 'fit' is meant."),
        (["xyz"], "tabgan: there is no command 'xyz'; -h lists them."),
        (["fit", "t.csv", "--modle", "m"], "tabgan: no such option '--modle'"),
        (["--versoin"], "tabgan: no such option '--versoin'"),
        (["sample", "-o", "-"], "tabgan: give either -n ROWS"),
        (["sample", "-n", "1"], "tabgan: missing option '-o' / '--output'."),
        (["fit"], "tabgan: missing argument 'TABLE'."),
        (["fit", "t.csv", "--preset", "rapid"], "tabgan: invalid value for '--preset'"),
    ],
)
def test_wrong_usage_is_told_in_one_voice(run: Run, words: list[str], sentence: str) -> None:
    result = run(*words)
    assert result.exit_code == 2
    told, usage = result.stderr.splitlines()
    assert told.replace(": --", " '--").startswith(sentence) or told.startswith(sentence)
    assert usage.startswith("Usage: tabgan ")
    assert usage.endswith("; -h tells more.")


def test_a_mistyped_option_is_answered_with_a_close_one(run: Run) -> None:
    assert "--model" in run("fit", "t.csv", "--modle", "m").stderr.splitlines()[0]


def test_options_are_read_from_the_environment(
    run: Run, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TABGAN_SAMPLE_ROWS", "1e1")
    monkeypatch.setenv("TABGAN_SAMPLE_MODEL", str(model))
    monkeypatch.setenv("TABGAN_SAMPLE_WHERE", "town in (Ulm, 'Bad Sülze')\nage > 30")
    monkeypatch.setenv("TABGAN_SAMPLE_QUIET", "1")
    monkeypatch.setenv("TABGAN_VERSION", "0.2")  # of nobody's concern
    output = tmp_path / "rows.csv"
    result = run("sample", "-o", output)
    assert (result.exit_code, result.output) == (0, "")
    rows = read_table(output)
    assert len(rows) == 10
    assert set(rows["town"]) <= {"Ulm", "Bad Sülze"}
    assert (rows["age"] > 30).all()


def test_a_wrong_value_of_the_environment_names_its_variable(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TABGAN_FIT_PRESET", "rapid")
    assert "It was read from TABGAN_FIT_PRESET." in run("fit", "t.csv").stderr
    assert "TABGAN" not in run("fit", "t.csv", "--preset", "slow").stderr


@pytest.mark.parametrize(("value", "refine"), [("1", False), ("0", True), ("", True)])
def test_a_flag_is_read_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, value: str, refine: bool
) -> None:
    monkeypatch.setenv("TABGAN_FIT_NO_REFINE", value)
    assert load("fit").make_context("fit", ["t.csv"]).params["refine"] is refine


def test_flags_that_leave_out_are_off_unless_given() -> None:
    context = load("fit").make_context("fit", ["t.csv", "--no-relations"])
    assert (context.params["refine"], context.params["relations"]) == (True, False)


def test_the_environment_stands_before_what_was_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TABGAN_EVALUATE_LEARNERS", "linear, forest")
    monkeypatch.setenv("TABGAN_EVALUATE_SEED", "3")
    typed = ["evaluate", "a.csv", "--target", "y", "--seed", "4"]
    with click.Context(tabgan) as group:
        tabgan.parse_args(group, typed)
        load("evaluate").make_context("evaluate", typed[1:], parent=group)
    said = "TABGAN_EVALUATE_LEARNERS='linear, forest' tabgan evaluate a.csv --target y --seed 4"
    assert group.meta[COMMAND_LINE] == said
