"""`tabgan evaluate --impute`: how well gaps of a table are filled."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.cli.people_table import Run
from tests.evaluation.report.html.reading import Page


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
    model, figures, page = (tmp_path / name for name in ("m.tabgan", "f.json", "page.html"))
    assert run("fit", table, "-m", model, "--steps", 60, "--seed", 0).exit_code == 0
    result = run("evaluate", table, "--impute", "-m", model, "--json", figures, "-o", page)
    assert result.exit_code == 0, result.output
    assert "The model learned these very rows" in " ".join(result.stdout.split())
    found = json.loads(figures.read_text())["imputation"]
    assert found["rows"] == 400
    assert 0 < found["coverage"] <= 1
    assert found["promised"] == 0.9
    told = Page(page.read_text(encoding="utf-8"))
    assert found["verdict"].startswith("Of 20 % of the cells of 400 rows")
    assert "0.20" not in told.texts["h1"][0]
    assert told.texts["h2"][:2] == ["Are gaps filled well?", "Do draws differ as they should?"]
    assert f"the report is in '{page}'" in result.stderr
    assert "--impute" in told.texts["code"][0]
    kind = next(column for column in found["columns"] if column["name"] == "kind")
    assert kind["error"] < kind["plain_error"]


def test_without_a_model_one_is_fitted_to_other_rows(run: Run, table: Path) -> None:
    result = run("evaluate", table, "--impute", "--quiet", "--time-limit", 5)
    assert result.exit_code == 0, result.output
    assert "of 80 rows, hidden and filled" in " ".join(result.stdout.split())
    assert "very rows" not in result.stdout


@pytest.mark.parametrize(
    "option", [("--target", "kind"), ("--synthetic", "x.csv"), ("--folds", "3")]
)
def test_options_of_synthetic_rows_are_refused(
    run: Run, table: Path, option: tuple[str, str]
) -> None:
    result = run("evaluate", table, "--impute", *option)
    assert result.exit_code == 2
    assert "leave one of the two out" in " ".join(result.stderr.split())
