import io
import json
from pathlib import Path

import pandas as pd
import pytest

from tabgan import TrainingConfig
from tabgan.augmentation import augment as augmentation
from tabgan.augmentation.plan import AugmentationPlan
from tabgan.augmentation.plan_choice import PlanChoice, Trial
from tabgan.augmentation.plan_scores import PLANS
from tabgan.io import read_table
from tests.cli.people_table import Run, make_people

TINY = TrainingConfig(
    steps=2, batch_size=16, hidden_dim=8, n_layers=1, latent_dim=2, n_validations=1, refine_rounds=0
)

NOTHING_TRIED = Trial("F1", "gbdt", 5, (), None, {})


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trainings of two steps, whichever the preset, and two ways to try."""
    monkeypatch.setattr(augmentation, "PRESETS", {"fast": TINY, "balanced": TINY})
    monkeypatch.setattr(augmentation, "find_plans", lambda *_, **__: PLANS[:2])


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".parquet", ".feather"])
def test_balances_a_table(run: Run, table: Path, model: Path, tmp_path: Path, suffix: str) -> None:
    output = tmp_path / f"more{suffix}"
    result = run(
        "augment", table, "-o", output, "-m", model, "--target", "member", "--balance", "--seed", 3
    )
    assert result.exit_code == 0, result.output
    more, real = read_table(output), read_table(table)
    assert more["member"].value_counts().nunique() == 1
    assert list(more.columns) == [*real.columns, "__synthetic__"]
    pd.testing.assert_frame_equal(more[~more["__synthetic__"]].drop(columns="__synthetic__"), real)
    assert result.stderr.splitlines() == [
        f"{len(more) - 100} rows are added, 100% of what rarer classes lack.",
        f"seed 3; the table is in '{output}'",
    ]


@pytest.mark.usefixtures("tiny")
def test_auto_is_the_default_and_fits_a_model(run: Run, table: Path, tmp_path: Path) -> None:
    output = tmp_path / "more.csv"
    given = ("augment", table, "-o", output, "--target", "member", "--seed", 1)
    result = run(*given, "--time-limit", 600, "--json", tmp_path / "figures.json")
    assert result.exit_code == 0, result.output
    assert "ways tried in" in result.stderr
    assert "On the rows given alone the best is" in result.stderr
    trial = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))["trial"]
    assert [way["plan"] for way in trial["results"]] == [plan.text for plan in PLANS[:2]]
    assert set(trial["real"]) == {"gbdt", "forest", "linear"}
    assert result.stderr.count("standard error") == 3  # a line of each way, and the verdict
    first = output.read_bytes()
    assert run(*given, "--auto").exit_code == 0
    assert output.read_bytes() == first


@pytest.mark.usefixtures("tiny")
def test_the_added_rows_alone_unmarked_on_standard_output(run: Run, table: Path) -> None:
    options = ("--target", "town", "--ratio", 0.2, "--synthetic-only", "--no-mark")
    result = run("augment", table, "-o", "-", *options)
    made = pd.read_csv(io.StringIO(result.stdout))
    assert made.shape == (20, 4)
    assert "the table is on standard output" in result.stderr


def test_draws_and_weights_are_columns(run: Run, table: Path, model: Path, tmp_path: Path) -> None:
    output = tmp_path / "more.csv"
    options = ("--target", "member", "--ratio", "50%", "--draws", 3, "--weight", "10%", "--seed", 3)
    result = run("augment", table, "-o", output, "-m", model, *options)
    assert result.exit_code == 0, result.output
    more = read_table(output)
    assert more["__draw__"].value_counts().to_dict() == {0: 50, 1: 50, 2: 50}
    assert more.groupby("__synthetic__")["__weight__"].unique().to_dict() == {False: 1, True: 0.1}
    assert "average what they predict" in result.stderr
    refused = run("augment", table, "-o", output, "-m", model, "--draws", 0)
    assert refused.exit_code == 1
    assert "n_draws=0 is no amount" in refused.stderr


def test_soft_labels_of_rows_drawn_anew_in_part(
    run: Run, table: Path, model: Path, tmp_path: Path
) -> None:
    output, figures = tmp_path / "more.csv", tmp_path / "figures.json"
    options = ("--target", "member", "--ratio", 0.5, "--soft-labels", "--inpaint", "30%")
    result = run("augment", table, "-o", output, "-m", model, *options, "--json", figures)
    assert result.exit_code == 0, result.output
    more = read_table(output)
    assert more["__weight__"][more["__synthetic__"]].sum() == pytest.approx(50)
    found = json.loads(figures.read_text(encoding="utf-8"))
    assert found["verdict"] in result.stderr
    assert (found["plan"]["inpaint"], found["trial"]) == (0.3, None)
    assert f"the figures are in '{figures}'" in result.stderr
    again = run("augment", table, "-o", output, "-m", model, *options, "--json", figures)
    assert "(replaced)" in again.stderr
    same = run("augment", table, "-o", output, "-m", model, *options, "--json", output)
    assert "-o and --json both name" in same.stderr


def test_the_model_tells_the_target_and_quiet_says_nothing(
    run: Run, table: Path, model: Path, tmp_path: Path
) -> None:
    output = tmp_path / "more.csv"
    options = ("--ratio", 0.1, "--mark", "made", "--quiet")
    result = run("augment", table, "-o", output, "-m", model, *options)
    assert (result.exit_code, result.output) == (0, "")
    assert read_table(output)["made"].sum() == 10


def test_nothing_to_write(
    run: Run, table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        augmentation, "choose_plan", lambda *_: PlanChoice(AugmentationPlan(), NOTHING_TRIED)
    )
    given = ("augment", table, "-o", tmp_path / "more.csv", "--target", "member")
    assert run(*given).exit_code == 0
    assert len(read_table(tmp_path / "more.csv")) == 100
    result = run(*given, "--synthetic-only")
    assert result.exit_code == 1
    assert "nothing to write: Nothing is added, since nothing is shown to help" in result.stderr


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ((), "give --target COLUMN"),
        (("--target", "member", "--balance", "--ratio", 1), "one of --balance, --ratio and --auto"),
        (("--target", "member", "--auto", "--balance"), "one of --balance, --ratio and --auto"),
        (("--target", "member", "--mark", "x", "--no-mark"), "either --mark NAME or --no-mark"),
        (("--target", "member", "--time-limit", 0), "0 seconds are no time"),
    ],
)
def test_usage(
    run: Run, table: Path, tmp_path: Path, options: tuple[object, ...], sentence: str
) -> None:
    result = run("augment", table, "-o", tmp_path / "more.csv", *options)
    assert result.exit_code == 2
    assert sentence in result.stderr


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--target", "membr"), "no column 'membr' to predict; perhaps 'member'"),
        (("--target", "income", "--balance"), "no classes to balance"),
        (("--target", "member", "--mark", "age"), "has a column 'age' already"),
        (("--target", "member", "--ratio", -1), "ratio=-1.0 is not allowed"),
        (("--target", "member", "-o", "people.csv"), "is what this command reads"),
        (("--target", "member", "-o", "more.doc"), "allowed are .csv"),
        (("--target", "member", "-o", "none/more.csv"), "there is no folder"),
        (("--target", "member", "-m", "none.tabgan"), "no model file none.tabgan"),
    ],
)
def test_what_cannot_be_done_is_said_before_any_work(
    run: Run,
    table: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: tuple[object, ...],
    sentence: str,
) -> None:
    monkeypatch.chdir(table.parent)
    before = table.read_bytes()
    result = run("augment", table, "-o", "more.csv", *options)
    assert result.exit_code == 1
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1
    assert [path.name for path in Path().iterdir()] == ["people.csv"]
    assert table.read_bytes() == before


def test_a_table_that_is_augmented_already(run: Run, model: Path, tmp_path: Path) -> None:
    path = tmp_path / "people.parquet"
    make_people().assign(__synthetic__=False).to_parquet(path)
    result = run("augment", path, "-o", tmp_path / "more.csv", "--target", "member", "--ratio", 1)
    assert result.exit_code == 1
    assert "has a column '__synthetic__' already" in result.stderr
