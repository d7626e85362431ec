"""`tabgan evaluate --impute`: how well gaps of a table are filled."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.cli.people_table import Run


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = np.random.default_rng(0)
    kind = rng.choice(["a", "b"], 400)
    frame = pd.DataFrame(
        {"kind": kind, "x": np.where(kind == "a", 0, 50) + rng.integers(0, 9, 400)}
    )
    path = tmp_path_factory.mktemp("hidden") / "table.csv"
    frame.to_csv(path, index=False)
    return path


def test_a_model_is_judged_on_the_users_own_table(run: Run, table: Path, tmp_path: Path) -> None:
    model, figures = tmp_path / "m.tabgan", tmp_path / "f.json"
    assert run("fit", table, "-m", model, "--steps", 60, "--seed", 0).exit_code == 0
    result = run("evaluate", table, "--impute", "-m", model, "--json", figures)
    assert result.exit_code == 0, result.output
    assert "The model learned these very rows" in " ".join(result.stdout.split())
    found = json.loads(figures.read_text())["imputation"]
    assert found["rows"] == 400
    kind = next(column for column in found["columns"] if column["name"] == "kind")
    assert kind["error"] < kind["plain_error"]


def test_without_a_model_one_is_fitted_to_other_rows(run: Run, table: Path) -> None:
    result = run("evaluate", table, "--impute", "--quiet", "--time-limit", 5)
    assert result.exit_code == 0, result.output
    assert "of 80 rows, hidden and filled" in " ".join(result.stdout.split())
    assert "very rows" not in result.stdout


@pytest.mark.parametrize(
    "option", [("--target", "kind"), ("--synthetic", "x.csv"), ("-o", "page.html")]
)
def test_options_of_synthetic_rows_are_refused(
    run: Run, table: Path, option: tuple[str, str]
) -> None:
    result = run("evaluate", table, "--impute", *option)
    assert result.exit_code == 2
    assert "leave one of the two out" in " ".join(result.stderr.split())
