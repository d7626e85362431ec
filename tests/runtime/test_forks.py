"""Forked processes draw, fit and judge, to the same rows, and none waits for ever."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.runtime.fork_worker import SAMPLED

ROOT = Path(__file__).parents[2]
PATIENCE = 240.0  # seconds; one that waits for ever is ended by then
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks on this system")


@pytest.fixture(scope="module")
def lines() -> list[str]:
    """What `fork_worker` printed; it and all its processes are ended if they do not end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.runtime.fork_worker"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "2"},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        printed, said = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        printed, said = process.communicate()
    assert process.returncode == 0, f"{printed.splitlines()[-1:]} waits for ever, or: {said}"
    return printed.splitlines()


@pytest.mark.parametrize("case", SAMPLED)
def test_other_processes_draw_the_same_rows(case: str, lines: list[str]) -> None:
    assert json.loads(lines[lines.index(case) + 1]) == ["as expected", 2]


def test_a_forked_process_evaluates(lines: list[str]) -> None:
    assert json.loads(lines[lines.index("judge") + 1])[0] == "Do they help?"


def test_rows_that_another_process_began_are_refused_at_once(lines: list[str]) -> None:
    said, _ = json.loads(lines[lines.index("go_on") + 1])
    assert "cannot go on with rows that the other one began to draw" in said


def test_the_process_that_forked_draws_as_before(lines: list[str]) -> None:
    assert json.loads(lines[-1])
