"""Every example runs, at a tiny budget."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
BUDGETS = {  # what makes each of them quick
    "balance_rare_class": ["--steps", "20", "--rows", "100"],
    "multiple_imputation": ["--steps", "20", "--rows", "100", "--draws", "3"],
    "orders": ["--rows", "60"],
    "quickstart": ["--steps", "20", "--rows", "60"],
}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example_runs(path: Path, tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-W", "error", str(path), *BUDGETS[path.stem]],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout


def test_every_example_has_a_budget() -> None:
    assert {path.stem for path in EXAMPLES} == set(BUDGETS)


def test_the_orders_are_written_where_they_are_asked_for(tmp_path: Path) -> None:
    script = str(ROOT / "examples" / "orders.py")
    subprocess.run(  # noqa: S603
        [sys.executable, script, "-n", "7", "-o", "seven.csv"], cwd=tmp_path, check=True
    )
    assert [path.name for path in tmp_path.iterdir()] == ["seven.csv"]
    assert len((tmp_path / "seven.csv").read_text(encoding="utf-8").splitlines()) == 8
