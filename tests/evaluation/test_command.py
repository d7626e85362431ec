import json
from pathlib import Path

import click
import pandas as pd
import pytest
from click.testing import CliRunner
from sklearn.datasets import load_iris
from tabgan_cli.evaluate import evaluate

from tabgan import TabGAN
from tabgan.errors import TabganError
from tabgan.evaluation import LEARNERS
from tests.cli.test_display import watch

QUICK = ("--learners", "linear", "--repeats", "2")


@pytest.fixture
def files(tmp_path: Path, real: pd.DataFrame, unseen: pd.DataFrame) -> dict[str, str]:
    paths = {name: str(tmp_path / f"{name}.csv") for name in ("real", "synthetic", "test")}
    tables = (real.head(80), real.head(60), unseen.head(60))
    for path, table in zip(paths.values(), tables, strict=True):
        table.to_csv(path, index=False)
    return paths


def arguments(files: dict[str, str], *more: str) -> list[str]:
    given = [files["real"], "--synthetic", files["synthetic"], "--test", files["test"]]
    return [*given, *QUICK, *more]


@pytest.mark.usefixtures("quick_metrics")
def test_prints_the_report_and_writes_json(files: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "report.json"
    more = ("--target", "income", "--json", str(out))
    result = CliRunner().invoke(evaluate, arguments(files, *more), catch_exceptions=False)
    assert result.exit_code == 0
    assert "Adding the synthetic rows" in result.stdout
    assert "Privacy" in result.stdout
    assert result.stderr == ""
    assert json.loads(out.read_text(encoding="utf-8"))["rows"]["synthetic"] == 60
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "real.csv",
        "report.json",
        "synthetic.csv",
        "test.csv",
    ]


@pytest.mark.usefixtures("quick_metrics")
def test_writes_a_page(files: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    result = CliRunner().invoke(
        evaluate, arguments(files, "--target", "income", "-o", str(out)), catch_exceptions=False
    )
    assert result.stderr == f"the report is in '{out}'\n"
    page = out.read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "Column by column" in page
    assert "How the training went" not in page


@pytest.mark.usefixtures("quick_metrics")
def test_quiet_prints_the_verdict_only(files: dict[str, str]) -> None:
    given = arguments(files, "--target", "income", "--quiet")
    result = CliRunner().invoke(evaluate, given, catch_exceptions=False)
    assert result.stdout.startswith("Adding the synthetic rows")
    assert "Privacy" not in result.stdout


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_stages_are_seen_at_a_terminal(files: dict[str, str]) -> None:
    seen = watch("evaluate", *arguments(files, "--target", "income"))
    for stage in ("starting", "reading", "training linear", "6/6", "measuring: Column shapes"):
        assert stage in seen
    assert "Adding the synthetic rows" in seen


@pytest.mark.usefixtures("quick_metrics")
def test_rows_of_a_model_are_judged_by_its_target(tmp_path: Path) -> None:
    table = load_iris(as_frame=True).frame.iloc[::3]
    table.to_csv(tmp_path / "iris.csv", index=False)
    model = str(tmp_path / "model.tabgan")
    TabGAN(target="target", steps=1, random_state=0).fit(table).save(model)
    out = tmp_path / "report.json"
    given = [str(tmp_path / "iris.csv"), "-m", model, *QUICK, "--json", str(out)]
    result = CliRunner().invoke(evaluate, given, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    report = json.loads(out.read_text(encoding="utf-8"))
    assert report["utility"]["target"] == "target"
    assert report["rows"]["synthetic"] == len(table)
    other = [*given, "--target", "petal width (cm)"]
    assert CliRunner().invoke(evaluate, other, catch_exceptions=False).exit_code == 0
    report = json.loads(out.read_text(encoding="utf-8"))
    assert report["utility"]["task"] == "regression"


@pytest.mark.usefixtures("quick_metrics")
def test_columns_named_by_numbers(tmp_path: Path, real: pd.DataFrame) -> None:
    table = real[["age", "income"]].set_axis([0, 1], axis=1)
    table.to_parquet(tmp_path / "table.parquet")
    path = str(tmp_path / "table.parquet")
    given = [path, "--synthetic", path, "--target", "1", *QUICK, "--quiet"]
    result = CliRunner().invoke(evaluate, given, catch_exceptions=False)
    assert result.stdout.startswith("Adding the synthetic rows")


def test_usage(files: dict[str, str]) -> None:
    neither = CliRunner().invoke(evaluate, [files["real"], "--target", "income"])
    assert neither.exit_code == 2
    assert "either --synthetic FILE or -m FILE" in neither.stderr
    both = CliRunner().invoke(evaluate, [*arguments(files, "--target", "income"), "-m", "m.tabgan"])
    assert both.exit_code == 2
    assert "not both" in both.stderr
    no_target = CliRunner().invoke(evaluate, [files["real"], "--synthetic", files["synthetic"]])
    assert no_target.exit_code == 2
    assert "--target COLUMN" in no_target.stderr


def test_json_that_cannot_be_written_is_refused_before_the_work(
    files: dict[str, str], tmp_path: Path
) -> None:
    Path(files["real"]).unlink()  # it would be missed if it were read
    more = ("--target", "income", "--json", str(tmp_path / "none" / "report.json"))
    with pytest.raises(TabganError, match="there is no folder"):
        CliRunner().invoke(evaluate, arguments(files, *more), catch_exceptions=False)


def test_a_failure_leaves_the_figures_of_before(files: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "report.json"
    out.write_text("old")
    more = ("--target", "wages", "--json", str(out))
    with pytest.raises(TabganError, match="no column 'wages'"):
        CliRunner().invoke(evaluate, arguments(files, *more), catch_exceptions=False)
    assert out.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 4


def test_the_help_names_every_learner() -> None:
    (option,) = [p for p in evaluate.params if p.name == "learners"]
    assert isinstance(option, click.Option)
    assert ", ".join(LEARNERS) in (option.help or "")
