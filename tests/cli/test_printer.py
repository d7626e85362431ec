"""Whatever stands in a file, a name or a path: no terminal obeys it, and it is no markup."""

import ast
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tabgan_cli
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tabgan.evaluation import evaluate
from tabgan.runtime.terminal_text import CONTROLS, Escaped, escape_controls, escape_json
from tests.cli.people_table import Run
from tests.cli.terminal import Terminal

HOSTILE = ("\x1b]0;mine\x07", "\x1b[2J", "[red]x[/red]", "\u202etxt.exe", "two\nlines", "\x9b31m")
PLAIN = ("a plain town", "another plain town")
FORBIDDEN = {"\x1b", "\x07", "\x9b", "\u202e"}
MAY_PRINT = {"printer": {"echo", "Console"}, "display": {"Console"}}  # that of the moving bars


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A table whose names and values, and whose own name, are not to be obeyed."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "\x1b[31mred": rng.integers(0, 9, 120),
            "a[/x]": rng.choice([*HOSTILE, *PLAIN * 6], 120),
            "y\u202e": rng.choice(["yes", "yes indeed", "not at all", "no\u202e"], 120),
        }
    )
    path = tmp_path / "t [x]\x1b[31m.csv"
    frame.to_csv(path, index=False)
    return path


def test_no_command_prints_a_control_character(run: Run, hostile: Path) -> None:
    model = hostile.with_name("m [b]\x1b[31m.tabgan")
    page = hostile.with_name("r\x1b[1m.html")
    for words in (
        ("inspect", hostile),
        ("inspect", hostile, "--json"),
        ("fit", hostile, "-m", model, "--steps", 3, "--target", "y\u202e"),
        ("inspect", model),
        ("inspect", model, "--json"),
        ("evaluate", hostile, "-m", model, "--repeats", 2, "-o", page),
        ("sample", "-m", model, "-n", 3, "-o", hostile.with_name("out\x1b[5m.csv")),
        (
            "sample",
            "-m",
            model,
            "-n",
            3,
            "-o",
            hostile.with_name("out.csv"),
            "--where",
            "\x1b[1m=2",
        ),
        ("sample", "-m", hostile, "-n", 3, "-o", hostile.with_name("out.csv")),
        ("fit", hostile, "-m", model, "--target", "\x1b[31m"),
        ("fit", hostile.with_name("[x]\x1b.csv"), "-m", model),
        ("inspect", "--\x1b[31m"),
        ("\x1b[31m",),
    ):
        result = run(*words)
        assert result.output
        assert not FORBIDDEN & set(result.output), words
        assert "Traceback" not in result.output
    assert r"t [x]\x1b[31m.csv" in run("inspect", hostile).stdout


def test_json_of_hostile_names_is_what_it_was(run: Run, hostile: Path) -> None:
    columns = json.loads(run("inspect", hostile, "--json").stdout)["columns"]
    assert [column["name"] for column in columns] == ["\x1b[31mred", "a[/x]", "y\u202e"]


def test_rows_on_standard_output_are_left_as_they_are(run: Run, hostile: Path) -> None:
    model = hostile.with_name("m.tabgan")
    run("fit", hostile, "-m", model, "--steps", 3, "--quiet")
    made = run("sample", "-m", model, "-n", 50, "-o", "-", "--quiet").stdout
    assert made.startswith("\x1b[31mred,a[/x],")
    assert "plain town" in made


def test_stages_at_a_terminal_are_no_markup(hostile: Path) -> None:
    with Terminal("inspect", hostile.name, folder=hostile.parent) as terminal:
        assert terminal.wait() == 0
    assert r"t [x]\x1b[31m.csv" in terminal.seen
    assert "\x1b]0;mine" not in terminal.seen


def test_a_report_in_a_terminal_of_ones_own_is_escaped_too(hostile: Path) -> None:
    frame = pd.read_csv(hostile)
    report = evaluate(frame, frame, target="y\u202e", repeats=2)
    console = Console(width=100)
    with console.capture() as captured:
        console.print(report)
    assert not FORBIDDEN & set(captured.get())
    page = report.to_html()
    assert not FORBIDDEN - {"\u202e"} & set(page)


def test_colours_and_widths_are_rich_s_own() -> None:
    table = Table("\x1b[31m[b]name[/b]")
    table.add_row(Text("one\x1b[0m", style="red"))
    console = Console(width=40, force_terminal=True, record=True)
    with console.capture() as captured:
        console.print(Escaped(table))
    assert r"\x1b[0m" in captured.get()
    assert "\x1b[31mone" in captured.get()  # the colour that was asked for


@given(st.text())
def test_what_is_escaped_holds_no_control_and_json_stays_the_same(text: str) -> None:
    assert not CONTROLS.search(escape_controls(text))
    assert set(CONTROLS.findall(escape_controls(text, keep="\n"))) <= {"\n"}
    written = escape_json(json.dumps([text], ensure_ascii=False))
    assert json.loads(written) == [text]
    assert not CONTROLS.search(written)


def test_only_the_printer_prints() -> None:
    for path in sorted(Path(tabgan_cli.__file__).parent.glob("*.py")):
        calls = {
            node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name)
        }
        printing = calls & {"echo", "secho", "print_exception", "Console"}
        assert printing <= MAY_PRINT.get(path.stem, set()), path.stem
