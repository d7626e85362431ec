from pathlib import Path

import pytest
from rich.progress import Progress as Bars
from tabgan_cli.display import Display, TimeLeft, say

from tabgan.runtime.progress import Progress
from tests.cli.terminal import Terminal


def watch(*words: str) -> str:
    """What a user sees who runs the command at a terminal."""
    with Terminal(*words) as terminal:
        assert terminal.wait() == 0, terminal.seen
        return terminal.seen


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


def test_quick_work_shows_nothing_without_a_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    with Display() as display:
        display.begin("reading t.csv")
        display.follow(Progress("finding relations", 0, 1))
        assert list(display.track("drawing rows", [], 0)) == []
    assert capfd.readouterr() == ("", "")


def test_a_fit_tells_its_stages_and_messages_without_a_terminal(
    capfd: pytest.CaptureFixture[str],
) -> None:
    for quiet, told in (
        (False, ["reading t.csv", "training", "the critic wins outright"]),
        (True, []),
    ):
        with Display(quiet) as display:
            display.begin("reading t.csv")
            display.follow(Progress("training", 5, 10, 0.5))
            display.follow(Progress("training", 5, 10, 0.5, "the critic wins outright"))
        assert capfd.readouterr().err.splitlines() == told


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
