"""Ctrl-C at a terminal, and signals elsewhere: always told, and never a dead end."""

import signal
import time
from pathlib import Path

import pytest

from tabgan.model.tabular_model import TabularModel
from tests.cli.people_table import Run, Start, make_people, write_old_model
from tests.cli.terminal import CTRL_C, Terminal

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """A table that takes a minute to learn, and half a minute to finish."""
    path = tmp_path / "many.csv"
    make_people(20_000).to_csv(path, index=False)
    return path


def test_the_first_tells_how_long_and_the_second_writes_what_there_is(many: Path) -> None:
    words = ("fit", many, "-m", many.with_name("m.tabgan"), "--seed", 1, "--threads", 1)
    with Terminal(*words) as terminal:
        terminal.read_until("score ")
        assert "finishing" not in terminal.seen
        terminal.press(CTRL_C)
        terminal.read_until("finishing the model, ")
        terminal.read_until("; again to stop at once")
        terminal.read_until("learning to refine")
        terminal.press(CTRL_C)
        assert terminal.wait() == 0
        assert "it was interrupted, the best so far is kept" in terminal.seen
        assert "rows are not refined: finishing the model was interrupted" in terminal.seen
        assert "the model is in" in terminal.seen
        assert "Traceback" not in terminal.seen
    model = TabularModel.load(many.with_name("m.tabgan"))
    assert model.record.was_interrupted
    assert model.refiner is None
    assert len(model.sample(10)) == 10


def test_before_there_is_a_model_it_says_so(many: Path) -> None:
    with Terminal("fit", many, "-m", many.with_name("m.tabgan"), "--steps", 10**6) as terminal:
        terminal.read_until("training")
        terminal.press(CTRL_C)
        assert terminal.wait() == 1
        assert "tabgan: stopped before there was a model to keep; nothing was written." in (
            terminal.seen
        )
    assert [path.name for path in many.parent.iterdir()] == ["many.csv"]


def test_while_the_model_is_written_nothing_half_written_is_left(
    run: Run, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> bytes:
        raise KeyboardInterrupt

    old = table.with_name("m.tabgan")
    before = write_old_model(old)
    monkeypatch.setattr("tabgan.io.model_file.save", interrupt)
    result = run("fit", table, "-m", old, "--steps", 5)
    assert result.exit_code == 1
    assert f"'{old}' is as it was" in result.stderr
    assert old.read_bytes() == before
    assert {path.name for path in table.parent.iterdir()} == {"people.csv", "m.tabgan"}


def test_an_interrupted_fit_with_a_checkpoint_can_be_ended_later(
    run: Run, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    model = table.with_name("m.tabgan")
    words = ("fit", table, "-m", model, "--steps", 30, "--seed", 1, "--checkpoint-every", 0.001)
    with monkeypatch.context() as patch:
        patch.setattr("tabgan.fitting.finish.calibrate", interrupt)
        result = run(*words)
    assert result.exit_code == 0
    assert f"--resume goes on from '{model}.checkpoint'" in result.stderr
    assert "rows are neither calibrated nor refined" in result.stderr
    assert TabularModel.load(model).record.was_interrupted
    assert run(*words, "--resume").exit_code == 0
    assert not TabularModel.load(model).record.was_interrupted
    assert not model.with_name("m.tabgan.checkpoint").exists()


@pytest.mark.parametrize("seconds", [1, 2, 3, 4, 6])  # while modules are loaded, and after
def test_a_signal_ends_a_process_with_one_line(start: Start, many: Path, seconds: float) -> None:
    process = start("fit", many, "--steps", 100_000, folder=many.parent)
    time.sleep(seconds)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=120)
    assert "Traceback" not in errors
    by_signal = -signal.SIGINT  # Python's own end where Ctrl-C met the making of a class
    assert process.returncode in {0, 1, by_signal}, errors
    assert ("nothing was written" in errors) == (process.returncode != 0)
    assert (many.parent / "model.tabgan").exists() == (process.returncode == 0)
    assert not list(many.parent.glob(".*"))
