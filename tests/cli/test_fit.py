import json
import re
import time
import warnings
from pathlib import Path

import pandas as pd
import pytest

from tabgan.errors import TrainingError
from tabgan.model.tabular_model import TabularModel
from tests.cli.people_table import Run, Start, make_people, write_old_model

QUICK = ("--steps", 5, "--seed", 3)


def test_the_model_is_written_to_the_working_directory(
    run: Run, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(table.parent)
    result = run("fit", table.name, *QUICK)
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in table.parent.iterdir()) == ["model.tabgan", "people.csv"]
    assert not result.stdout
    model = TabularModel.load("model.tabgan")
    assert (model.card.seed, model.record.steps, model.schema.target) == (3, 5, None)


def test_the_closing_lines_say_how_it_went(run: Run, tmp_path: Path) -> None:
    make_people(200).to_csv(tmp_path / "t.csv", index=False)
    model = tmp_path / "m.tabgan"
    result = run("fit", tmp_path / "t.csv", "-m", model, "--steps", 2, "--target", "member")
    assert result.exit_code == 0, result.output
    fitted = TabularModel.load(model)
    assert f"200 rows, 4 columns: {fitted.record.steps_done} steps in" in result.stderr
    assert fitted.record.ended in result.stderr
    assert f"two-sample score {fitted.record.score:.2f} ± " in result.stderr
    assert f"(real rows: {fitted.record.noise_floor:.2f})" in result.stderr
    assert f"seed {fitted.card.seed}; the model is in '{model}'" in result.stderr
    stages = result.stderr.splitlines()[-2]
    assert all(f"{stage} {each:.1f} s, " in stages for stage, each in fitted.card.stages.items())
    assert re.search(r", writing the model \d+\.\d s$", stages)
    assert "stages" in run("inspect", model).stdout


def test_a_score_near_zero_is_said_in_a_line(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "t.csv"
    make_people(400).to_csv(table, index=False)
    for module in ("tabgan.fitting.low_score", "tabgan_cli.summary"):
        monkeypatch.setattr(f"{module}.LOW_SHARE", 2.0)  # any score is near zero
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        told = run("fit", table, "-m", tmp_path / "m.tabgan", *QUICK).stderr.splitlines()
    (line,) = [line for line in told if line.startswith("tabgan: a classifier tells nearly all")]
    assert line.endswith("train for more steps, or take a slower preset.")
    (score,) = [line for line in told if line.startswith("two-sample score")]
    assert score.endswith(": a classifier tells nearly all generated rows from real ones")


def test_made_rows_and_what_is_made_up_in_them_close_a_fit(run: Run, tmp_path: Path) -> None:
    people = make_people(400)
    people["code"] = [f"A-{number:04d}" for number in range(400)]
    people["comment"] = [f"remark no {number * 7919 % 400} on it" for number in range(400)]
    people.to_csv(tmp_path / "t.csv", index=False)
    schema = json.loads(run("inspect", tmp_path / "t.csv", "--json").stdout)
    (comment,) = [entry for entry in schema["columns"] if entry["name"] == "comment"]
    comment["kind"] = "text"
    (tmp_path / "s.json").write_text(json.dumps(schema))
    model = tmp_path / "m.tabgan"
    words = ("fit", tmp_path / "t.csv", "-m", model, "--schema", tmp_path / "s.json", *QUICK)
    told = run(*words).stderr
    rows = {line.split("│")[1].strip(): line for line in told.splitlines() if "│" in line}
    made = TabularModel.load(model).sample(3, seed=0)
    for name in ("age", "income", "town", "member", "code"):
        cells = [cell.strip() for cell in rows[name].split("│")[2:5]]
        assert cells == list(map(str, made[name]))
    assert "key: made anew, 9,600 left" in rows["code"]
    assert "free text: made up, not learned" in rows["comment"]
    assert rows["age"].split("│")[5].strip() == ""
    sentence = "the column 'comment' is free text: made up, not learned"
    assert told.splitlines().count(sentence) == 1
    assert "not judged by the score: 'code' (keys); 'comment' (free text)" in told
    assert sentence in run("inspect", model).stdout.replace("\n", " ")
    assert run(*words, "--quiet").output == ""


def test_no_rows_are_drawn_to_show_where_a_time_limit_leaves_no_time(
    run: Run, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tabgan_cli.fit_run.SECONDS_TO_DRAW", 1e6)
    model = table.parent / "m.tabgan"
    result = run("fit", table, "-m", model, "--time-limit", 600, *QUICK)
    assert result.exit_code == 0, result.output
    assert "made rows" not in result.stderr
    assert "the model is in" in result.stderr


def test_an_interrupt_while_rows_are_drawn_to_show_keeps_the_model(
    run: Run, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tabgan_cli.fit_run.draw_examples", interrupt)
    result = run("fit", table, "-m", table.parent / "m.tabgan", *QUICK)
    assert result.exit_code == 0, result.output
    assert "made rows" not in result.stderr
    assert TabularModel.load(table.parent / "m.tabgan").schema.names[0] == "age"


def test_wide_tables_show_a_part_of_their_columns(run: Run, tmp_path: Path) -> None:
    wide = pd.DataFrame({f"x{number}": range(number, 60 + number) for number in range(40)}) % 7
    wide["key"] = [f"K{number:05d}" for number in range(60)]
    wide.to_csv(tmp_path / "t.csv", index=False)
    told = run("fit", tmp_path / "t.csv", "-m", tmp_path / "m.tabgan", "--no-relations", *QUICK)
    rows = [line for line in told.stderr.splitlines() if line.startswith("│")]
    assert len(rows) == 30
    assert "key: made anew" in rows[-1]
    assert "and 11 more columns" in told.stderr


def test_quiet_says_nothing(run: Run, table: Path) -> None:
    result = run("fit", table, "-m", table.parent / "m.tabgan", "--quiet", *QUICK)
    assert (result.exit_code, result.output) == (0, "")


def test_no_progress_where_stderr_is_no_terminal(run: Run, table: Path) -> None:
    result = run("fit", table, "-m", table.parent / "m.tabgan", *QUICK)
    *_, remark, size, score, stages, seed = result.stderr.splitlines()
    assert remark == "rows are not refined: fewer than 1,000 to learn from"
    assert size.startswith("100 rows, 4 columns")
    assert "too few for a two-sample score" in score
    assert stages.startswith("reading the table ")
    assert seed.startswith("seed 3; the model is in")
    assert "\x1b" not in result.stderr


def test_the_same_seed_gives_the_same_file(run: Run, table: Path) -> None:
    tables = []
    for name in ("a", "b"):
        model, rows = table.parent / f"{name}.tabgan", table.parent / f"{name}.parquet"
        run("fit", table, "-m", model, *QUICK)
        run("sample", "-n", 50, "-o", rows, "-m", model, "--seed", 1)
        tables.append(rows.read_bytes())
    assert tables[0] == tables[1]


def test_a_schema_that_inspect_printed_is_taken_back(run: Run, table: Path) -> None:
    schema = json.loads(run("inspect", table, "--json").stdout)
    schema["columns"][0]["kind"] = "categorical"
    edited = table.parent / "schema.json"
    edited.write_text(json.dumps(schema))
    model = table.parent / "m.tabgan"
    result = run("fit", table, "-m", model, "--schema", edited, *QUICK)
    assert result.exit_code == 0, result.output
    assert TabularModel.load(model).schema.columns[0].kind == "categorical"


@pytest.mark.parametrize("objective", ["relativistic", "wasserstein", "minimax"])
def test_objective_and_protect(run: Run, table: Path, objective: str) -> None:
    model = table.parent / "m.tabgan"
    result = run("fit", table, "-m", model, "--objective", objective, "--protect", *QUICK)
    assert result.exit_code == 0, result.output
    fitted = TabularModel.load(model)
    assert fitted.config.objective == objective
    assert fitted.card.protection.is_on


BAD_TABLES = {
    "empty": ("", "is empty"),
    "header": ("a,b\n", "header but no rows"),
    "one_row": ("a,b\n1,2\n", "1 row"),
    "twice": ("a,b,a\n1,2,3\n4,5,6\n", "'a' is there more than once"),
    "blank": ("a,,b\n1,2,3\n4,5,6\n", "blank name"),
    "infinite": ("a,b\n1,inf\n2,3\n3,4\n", "'b' has 1 infinite value"),
}


@pytest.mark.parametrize("name", BAD_TABLES)
def test_a_bad_table_gets_a_sentence(run: Run, tmp_path: Path, name: str) -> None:
    content, sentence = BAD_TABLES[name]
    (tmp_path / "bad.csv").write_text(content)
    old = tmp_path / "m.tabgan"
    before = write_old_model(old)
    result = run("fit", tmp_path / "bad.csv", "-m", old, *QUICK)
    assert result.exit_code == 1
    assert sentence in result.stderr
    assert result.stderr.startswith("tabgan: ")
    assert result.stderr.count("\n") == 1
    assert old.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 2


def test_a_table_larger_than_its_limit_is_learned_in_passes(run: Run, tmp_path: Path) -> None:
    make_people(400).to_parquet(tmp_path / "people.parquet")
    model = tmp_path / "m.tabgan"
    result = run("fit", tmp_path / "*.parquet", "-m", model, "--memory-limit", "1MB", *QUICK)
    assert result.exit_code == 1
    assert "raise --memory-limit" in result.stderr
    result = run("fit", tmp_path / "*.parquet", "-m", model, "--memory-limit", "20GB", *QUICK)
    assert result.exit_code == 0, result.output
    assert "about 400 rows" in result.stderr
    assert "within the limit of 20 GB" in result.stderr


def test_a_limit_that_is_none_gets_a_sentence(run: Run, table: Path) -> None:
    result = run("fit", table, "-m", table.parent / "m.tabgan", "--memory-limit", "lots")
    assert result.exit_code == 1
    assert "'lots' is no size of memory; give one such as 2GB" in result.stderr


def test_a_folder_without_tables_gets_a_sentence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    result = run("fit", tmp_path / "none", "-m", tmp_path / "m.tabgan")
    assert result.exit_code == 1
    assert "has no .parquet files" in result.stderr


def test_a_missing_file_gets_a_sentence(run: Run, tmp_path: Path) -> None:
    result = run("fit", tmp_path / "none.csv", "-m", tmp_path / "m.tabgan")
    assert result.exit_code == 1
    assert "there is no file" in result.stderr


def test_an_unknown_target_is_answered_with_a_close_one(run: Run, table: Path) -> None:
    result = run("fit", table, "-m", table.parent / "m.tabgan", "--target", "incme")
    assert result.exit_code == 1
    assert "'incme'" in result.stderr
    assert "perhaps 'income'" in result.stderr


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "is no JSON"),
        ("[]", "a schema is an object"),
        ('{"columns": [{"name": "age", "kind": "odd", "dtype": "int64"}]}', "the kind 'odd'"),
        ('{"columns": [{"name": "agee", "kind": "integer", "dtype": "int64"}]}', "'agee'"),
    ],
)
def test_a_bad_schema_gets_a_sentence(run: Run, table: Path, content: str, sentence: str) -> None:
    schema = table.parent / "schema.json"
    schema.write_text(content)
    result = run("fit", table, "-m", table.parent / "m.tabgan", "--schema", schema)
    assert result.exit_code == 1
    assert sentence in result.stderr


def test_a_missing_schema_gets_a_sentence(run: Run, table: Path) -> None:
    result = run("fit", table, "-m", table.parent / "m.tabgan", "--schema", "none.json")
    assert result.exit_code == 1
    assert "there is no schema 'none.json'" in result.stderr


def test_an_output_that_cannot_be_written_is_refused_before_training(
    run: Run, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "tabgan.fitting.out_of_core.plan_fit", lambda *_: pytest.fail("read the table")
    )
    result = run("fit", table, "-m", table.parent / "none" / "m.tabgan")
    assert result.exit_code == 1
    assert "there is no folder" in result.stderr
    result = run("fit", table, "-m", table.parent)
    assert result.exit_code == 1
    assert "is a folder" in result.stderr


def test_a_model_is_no_table(run: Run, model: Path, tmp_path: Path) -> None:
    result = run("fit", model, "-m", tmp_path / "m.tabgan")
    assert result.exit_code == 1
    assert "is a tabgan model, not a table" in result.stderr


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        (("--steps", 0), "steps=0"),
        (("--seed", -1), "seed -1"),
        (("--threads", 0), "0 threads"),
        (("--device", "abacus"), "abacus"),
    ],
)
def test_a_setting_out_of_bounds_is_1(
    run: Run, table: Path, option: tuple[str, object], sentence: str
) -> None:
    result = run("fit", table, "-m", table.parent / "m.tabgan", *option)
    assert result.exit_code == 1
    assert sentence in result.stderr


@pytest.mark.parametrize(
    "option", [("--objective", "chess"), ("--time-limit", 0), ("--steps", "x")]
)
def test_an_option_without_sense_is_2(run: Run, table: Path, option: tuple[str, object]) -> None:
    result = run("fit", table, "-m", table.parent / "m.tabgan", *option)
    assert result.exit_code == 2
    assert str(option[0]) in result.stderr


def test_a_failed_training_leaves_the_old_model(
    run: Run, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object) -> None:
        raise TrainingError("the game broke down.")

    monkeypatch.setattr("tabgan.fitting.out_of_core.fit_model", fail)
    old = table.parent / "m.tabgan"
    before = write_old_model(old)
    result = run("fit", table, "-m", old)
    assert (result.exit_code, result.stderr) == (1, "tabgan: the game broke down.\n")
    assert old.read_bytes() == before


def test_an_interrupt_before_a_first_score_leaves_the_old_model(
    run: Run, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tabgan.fitting.out_of_core.fit_model", interrupt)
    old = table.parent / "m.tabgan"
    result = run("fit", table, "-m", old)
    assert result.exit_code == 1
    assert "nothing was written" in result.stderr
    before = write_old_model(old)
    result = run("fit", table, "-m", old)
    assert result.exit_code == 1
    assert f"'{old}' is as it was" in result.stderr
    assert old.read_bytes() == before


def test_a_time_limit_that_starting_uses_up_is_refused(start: Start, table: Path) -> None:
    process = start("fit", table, "--time-limit", 0.5, folder=table.parent)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "raise it by at least" in errors
    assert errors.splitlines()[-1].startswith("tabgan: the time limit is too short")
    assert not (table.parent / "model.tabgan").exists()


def test_a_time_limit_that_is_long_enough_leaves_a_model(run: Run, table: Path) -> None:
    model = table.parent / "m.tabgan"
    result = run("fit", table, "-m", model, "--time-limit", 600, *QUICK)
    assert result.exit_code == 0, result.output
    assert TabularModel.load(model).sample(3).shape == (3, 4)


def test_numbered_columns_can_be_targets(run: Run, tmp_path: Path) -> None:
    frame = pd.DataFrame({0: range(60), 1: [i % 2 == 0 for i in range(60)]})
    frame.to_parquet(tmp_path / "t.parquet")
    result = run("fit", tmp_path / "t.parquet", "-m", tmp_path / "m.tabgan", "--target", 1, *QUICK)
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("name", ["people.csv", "other.parquet", "schema.json"])
def test_a_model_is_never_written_over_a_table(run: Run, table: Path, name: str) -> None:
    before = table.read_bytes()
    result = run("fit", table, "-m", table.parent / name, *QUICK)
    assert result.exit_code == 1
    assert "give -m a name such as model.tabgan" in result.stderr
    assert table.read_bytes() == before


def test_a_process_that_is_ended_leaves_nothing_half_written(
    start: Start, model: Path, tmp_path: Path
) -> None:
    process = start("sample", "-n", 10**9, "-m", model, "-o", "rows.csv", folder=tmp_path)
    deadline = time.monotonic() + 60
    while not list(tmp_path.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.terminate()
    _, told = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "stopped from outside" in told
    assert list(tmp_path.iterdir()) == []
