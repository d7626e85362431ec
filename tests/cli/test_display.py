import os
import pty
import sys
from pathlib import Path

import pytest
from rich.progress import Progress as Bars
from tabgan_cli.display import Display, TimeLeft, say

from tabgan.runtime.progress import Progress
from tests.cli.people_table import ROOT


def watch(*words: str) -> str:
    """What a user sees who runs the command at a terminal."""
    paths = os.pathsep.join([str(ROOT), str(ROOT / "cli")])
    environment = {**os.environ, "PYTHONPATH": paths, "TERM": "xterm", "COLUMNS": "120"}
    command = [sys.executable, "-m", "tabgan_cli.app", *words]
    process, terminal = pty.fork()
    if process == 0:
        os.execve(sys.executable, command, environment)  # noqa: S606
    seen = b""
    try:
        while chunk := os.read(terminal, 65_536):
            seen += chunk
    except OSError:  # how Linux says that the other end is closed
        pass
    os.close(terminal)
    _, status = os.waitpid(process, 0)
    assert os.waitstatus_to_exitcode(status) == 0, seen.decode()
    return seen.decode()


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_stages_are_seen_at_a_terminal(table: Path) -> None:
    seen = watch("fit", str(table), "-m", str(table.parent / "m.tabgan"), "--steps", "10")
    for stage in ("starting", "reading", "encoding the columns", "training", "10/10"):
        assert stage in seen
    assert "100 rows, 4 columns" in seen


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_quiet_is_quiet_at_a_terminal(model: Path, table: Path) -> None:
    rows = str(table.parent / "r.csv")
    assert watch("sample", "-n", "5", "-o", rows, "-m", str(model), "--quiet") == ""


def test_nothing_is_shown_without_a_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    with Display() as display:
        display.follow(Progress("training", 5, 10, 0.5, "the critic wins outright"))
        assert list(display.track("drawing rows", [], 0)) == []
    assert capfd.readouterr() == ("", "")


def test_say_is_quiet_if_asked(capsys: pytest.CaptureFixture[str]) -> None:
    say("done", quiet=True)
    say("done", quiet=False)
    assert capsys.readouterr() == ("", "done\n")


def test_time_left_is_reported_or_else_estimated() -> None:
    now = [0.0]
    bars = Bars(TimeLeft(), get_time=lambda: now[0], disable=True)
    told = bars.add_task("study", total=3, ends=95.0)
    assert TimeLeft().render(bars.tasks[told]).plain == "1:35 left"
    now[0] = 30.0
    assert TimeLeft().render(bars.tasks[told]).plain == "1:05 left"
    now[0] = 200.0
    assert TimeLeft().render(bars.tasks[told]).plain == "0:00 left"
    reckoned = bars.add_task("rows", total=3, ends=None)
    assert TimeLeft().render(bars.tasks[reckoned]).plain == ""
