import html
import json
import shlex
import time
from pathlib import Path

import click
import pandas as pd
import pytest
from click.testing import CliRunner
from sklearn.datasets import load_iris
from tabgan_cli.app import tabgan
from tabgan_cli.display import Display
from tabgan_cli.evaluate import evaluate
from tabgan_cli.refits import run_study

from tabgan import TabGAN, TrainingConfig
from tabgan.errors import TabganError
from tabgan.evaluation import LEARNERS
from tabgan.evaluation.utility.baselines import BASELINE_SETS, BASELINES
from tabgan.runtime.version import __version__
from tests.cli.test_display import watch

QUICK = ("--learners", "linear", "--repeats", "2")


@pytest.fixture
def files(tmp_path: Path, real: pd.DataFrame, unseen: pd.DataFrame) -> dict[str, str]:
    paths = {name: str(tmp_path / f"{name}.csv") for name in ("real", "synthetic", "test")}
    tables = (real.head(80), real.tail(60), unseen.head(60))
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
    assert result.stderr.splitlines()[-1] == f"the figures are in '{out}'"
    assert json.loads(out.read_text(encoding="utf-8"))["rows"]["synthetic"] == 60
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "real.csv",
        "report.json",
        "synthetic.csv",
        "test.csv",
    ]


@pytest.mark.usefixtures("quick_metrics")
def test_all_baselines_stand_in_one_table(files: dict[str, str]) -> None:
    pytest.importorskip("imblearn")
    given = arguments(files, "--target", "income", "--baselines", "all")
    result = CliRunner().invoke(evaluate, given, catch_exceptions=False)
    table = result.stdout.partition("best first")[2].partition("Gains over")[0]
    for arm in BASELINES:
        assert f"\n{arm}  " in table
    assert "Chosen inside the real rows alone, the best learner is" in " ".join(
        result.stdout.split()
    )


@pytest.mark.usefixtures("quick_metrics")
def test_writes_a_page(files: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    result = CliRunner().invoke(
        evaluate, arguments(files, "--target", "income", "-o", str(out)), catch_exceptions=False
    )
    assert result.stderr.splitlines()[-1] == f"the report is in '{out}'"
    page = out.read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "Column by column" in page
    assert "How the training went" not in page


@pytest.mark.usefixtures("quick_metrics")
def test_page_and_figures_say_what_was_typed_and_read(
    files: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    monkeypatch.chdir(tmp_path)
    typed = "evaluate real.csv --synthetic synthetic.csv --test test.csv --target income --seed 4"
    typed += " --learners linear --repeats 2 -o 'my report.html' --json report.json"
    result = CliRunner().invoke(tabgan, shlex.split(typed), catch_exceptions=False)
    assert result.exit_code == 0
    found = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert found["seed"] == 4
    assert found["provenance"] == {
        "files": {"real": "real.csv", "synthetic": "synthetic.csv", "test": "test.csv"},
        "command": f"tabgan {typed}",
        "settings": {"learners": ["linear"], "baselines": "quick", "repeats": 2},
        "version": __version__,
        "date": "1970-01-01 00:00 UTC",
    }
    page = (tmp_path / "my report.html").read_text(encoding="utf-8")
    assert html.escape(f"tabgan {typed}").replace("&#x27;", "&#39;") in page
    assert str(tmp_path) not in page
    again = CliRunner().invoke(tabgan, shlex.split(typed), catch_exceptions=False)
    assert again.exit_code == 0
    assert (tmp_path / "my report.html").read_text(encoding="utf-8") == page


@pytest.mark.usefixtures("quick_metrics")
def test_an_output_without_the_signs_of_a_report_gets_the_rest(files: dict[str, str]) -> None:
    given = arguments(files, "--target", "income")
    result = CliRunner(charset="ascii").invoke(evaluate, given, catch_exceptions=False)
    assert result.exit_code == 0
    assert result.stdout.startswith("Do they help? ")
    assert result.stdout.isascii()


@pytest.mark.usefixtures("quick_metrics")
def test_quiet_prints_the_verdicts_only(files: dict[str, str]) -> None:
    given = arguments(files, "--target", "income", "--quiet")
    result = CliRunner().invoke(evaluate, given, catch_exceptions=False)
    assert result.stdout.startswith("Adding the synthetic rows")
    assert "Privacy" not in result.stdout


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_stages_are_seen_at_a_terminal(files: dict[str, str]) -> None:
    seen = watch("evaluate", *arguments(files, "--target", "income"))
    for stage in ("starting", "reading", "training linear", "18/18", "measuring: Column shapes"):
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
    assert result.stdout.startswith("Copies bring nothing new")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ((), "give --target COLUMN"),
        (("--synthetic", "s.csv"), "give --target COLUMN"),
        (("--target", "y", "--synthetic", "s.csv", "-m", "m.tabgan"), "not both"),
        (("--target", "y", "--test", "t.csv"), "a study tests on rows of TABLE"),
        (("--target", "y", "--synthetic", "s.csv", "--folds", "3"), "--folds is for a study"),
        (("-m", "m.tabgan", "--time-limit", "9"), "--time-limit is for a study"),
        (("--target", "y", "--time-limit", "0"), "0 seconds are no time"),
        (("--target", "y", "--baselines", "some"), "'some' is not one of 'quick', 'all'"),
        (("--impute", "--baselines", "all"), "--baselines is of synthetic rows"),
    ],
)
def test_usage(given: tuple[str, ...], message: str) -> None:
    result = CliRunner().invoke(evaluate, ["table.csv", *given])
    assert result.exit_code == 2
    assert message in result.stderr


@pytest.fixture
def quick_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TrainingConfig, "steps", 3)


@pytest.mark.usefixtures("quick_metrics", "quick_fits")
def test_a_table_alone_is_studied_with_refits(tmp_path: Path, files: dict[str, str]) -> None:
    out = tmp_path / "report.json"
    given = ("--target", "income", "--folds", "2", "--repeats", "1", "--time-limit", "3600")
    more = ("--learners", "linear", "--json", str(out))
    result = CliRunner().invoke(evaluate, [files["real"], *given, *more], catch_exceptions=False)
    assert result.exit_code == 0
    assert "Adding rows by tabgan" in result.stdout
    report = json.loads(out.read_text(encoding="utf-8"))
    arms = dict.fromkeys(score["arm"] for score in report["utility"]["scores"])
    assert list(arms)[:2] == ["real", "real + tabgan"]
    assert list(arms)[-1] == "tabgan only"


@pytest.mark.usefixtures("quick_metrics", "quick_fits")
def test_a_study_keeps_the_training_of_its_first_fold(real: pd.DataFrame) -> None:
    settings = {"learners": ["linear"], "folds": 2, "repeats": 1}
    report = run_study(real, "income", time.monotonic() + 3600, settings, Display(quiet=True))
    assert report.plot_data is not None
    assert report.plot_data.training is not None
    assert report.plot_data.training.history


@pytest.mark.usefixtures("quick_fits")
def test_ctrl_c_ends_the_study_not_one_fit(
    real: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tabgan.fitting.finish.calibrate", interrupt)
    settings = {"learners": ["linear"], "folds": 2, "repeats": 1}
    with pytest.raises(KeyboardInterrupt):
        run_study(real, "income", time.monotonic() + 3600, settings, Display(quiet=True))


def test_json_that_cannot_be_written_is_refused_before_the_work(
    files: dict[str, str], tmp_path: Path
) -> None:
    Path(files["real"]).unlink()  # it would be missed if it were read
    more = ("--target", "income", "--json", str(tmp_path / "none" / "report.json"))
    with pytest.raises(TabganError, match="there is no folder"):
        CliRunner().invoke(evaluate, arguments(files, *more), catch_exceptions=False)


def test_a_failure_leaves_the_figures_of_before(files: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "report.json"
    out.write_text('{"verdict": "old"}')
    more = ("--target", "wages", "--json", str(out))
    with pytest.raises(TabganError, match="no column 'wages'"):
        CliRunner().invoke(evaluate, arguments(files, *more), catch_exceptions=False)
    assert out.read_text() == '{"verdict": "old"}'
    assert len(list(tmp_path.iterdir())) == 4


def test_the_help_names_every_learner() -> None:
    (option,) = [p for p in evaluate.params if p.name == "learners"]
    assert isinstance(option, click.Option)
    assert ", ".join(LEARNERS) in (option.help or "")


def test_the_sets_of_baselines_are_those_of_the_library() -> None:
    option = next(one for one in evaluate.params if one.name == "baselines")
    assert isinstance(option.type, click.Choice)
    assert tuple(option.type.choices) == BASELINE_SETS
