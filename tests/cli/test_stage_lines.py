"""Progress in lines: held back while a command is young, and one a minute after that."""

from pathlib import Path

import pandas as pd
import pytest
from tabgan_cli import stage_lines
from tabgan_cli.display import Display
from tabgan_cli.stage_lines import StageLines

from tests.cli.people_table import Start, make_people


def test_lines_come_by_themselves_once_the_command_is_old_enough(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stage_lines, "SECONDS_BEFORE_LINES", 0.0)
    monkeypatch.setattr(stage_lines, "SECONDS_BETWEEN_LINES", 0.01)
    told: list[str] = []
    lines = StageLines(told.append)
    lines.begin("calibrating")
    while len(told) < 3:
        pass
    lines.close()
    assert told[:2] == ["calibrating", "calibrating: 0:00 so far"]
    n_told = len(told)
    lines.begin("writing the model")
    assert told[n_told:] == ["writing the model"]


def test_the_time_left_is_estimated_from_what_is_done() -> None:
    lines = StageLines(lambda _: None)
    assert lines.estimate_left(0, 10) is None
    assert lines.estimate_left(10, 10) == 0


def test_rows_that_are_drawn_are_counted(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with Display() as display:
        assert display._lines is not None
        for _ in display.track("drawing rows", [pd.DataFrame({"x": range(1_500)})] * 2, 6_000):
            pass
        display._lines.tell_position()
    assert capfd.readouterr().err.startswith("drawing rows: 3,000/6,000 rows  0:0")


def test_a_fit_in_the_background_tells_its_stages(start: Start, tmp_path: Path) -> None:
    make_people(400).to_csv(tmp_path / "people.csv", index=False)
    process = start("fit", "people.csv", "--steps", 20, "--threads", 1, folder=tmp_path)
    told, errors = process.communicate(timeout=120)
    assert (process.returncode, told) == (0, "")
    stages = ["reading people.csv", "encoding the columns", "training", "writing the model"]
    places = [errors.splitlines().index(stage) for stage in stages]
    assert places == sorted(places)
