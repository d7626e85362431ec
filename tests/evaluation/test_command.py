import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from tabgan_cli.evaluate import evaluate

from tabgan.errors import TabganError


@pytest.fixture
def files(tmp_path: Path, real: pd.DataFrame, unseen: pd.DataFrame) -> dict[str, str]:
    paths = {name: str(tmp_path / f"{name}.csv") for name in ("real", "synthetic", "test")}
    for path, table in zip(paths.values(), (real, real.head(200), unseen), strict=True):
        table.to_csv(path, index=False)
    return paths


def arguments(files: dict[str, str], *more: str) -> list[str]:
    given = [files["real"], "--synthetic", files["synthetic"], "--test", files["test"]]
    return [*given, "--repeats", "2", *more]


def test_prints_the_report_and_writes_json(files: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "report.json"
    more = ("--target", "income", "--json", str(out))
    result = CliRunner().invoke(evaluate, arguments(files, *more), catch_exceptions=False)
    assert result.exit_code == 0
    assert "Adding the synthetic rows" in result.stdout
    assert "Privacy" in result.stdout
    assert json.loads(out.read_text(encoding="utf-8"))["rows"]["synthetic"] == 200
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "real.csv",
        "report.json",
        "synthetic.csv",
        "test.csv",
    ]


def test_quiet_prints_the_verdict_only(files: dict[str, str]) -> None:
    given = arguments(files, "--target", "income", "--quiet")
    result = CliRunner().invoke(evaluate, given, catch_exceptions=False)
    assert result.stdout.startswith("Adding the synthetic rows")
    assert "Privacy" not in result.stdout


def test_usage(files: dict[str, str]) -> None:
    neither = CliRunner().invoke(evaluate, [files["real"], "--target", "income"])
    assert neither.exit_code == 2
    assert "either --synthetic FILE or -m FILE" in neither.stderr
    no_target = CliRunner().invoke(evaluate, [files["real"], "--synthetic", files["synthetic"]])
    assert no_target.exit_code == 2
    assert "--target COLUMN" in no_target.stderr


def test_json_that_cannot_be_written(files: dict[str, str], tmp_path: Path) -> None:
    more = ("--target", "income", "--json", str(tmp_path / "none" / "report.json"))
    with pytest.raises(TabganError, match="there is no folder"):
        CliRunner().invoke(evaluate, arguments(files, *more), catch_exceptions=False)
