import json
from dataclasses import replace
from pathlib import Path

import pandas as pd

from tabgan.schema import TableSchema
from tests.cli.people_table import Run, make_people


def test_a_table_shows_the_schema_that_fit_would_infer(run: Run, table: Path) -> None:
    result = run("inspect", table)
    assert result.exit_code == 0, result.output
    assert "100 rows, 4 columns" in result.stdout
    rows = {line.split("│")[1].strip(): line for line in result.stdout.splitlines() if "│" in line}
    assert "integer" in rows["age"]
    assert "18 to 89" in rows["age"]
    assert "continuous" in rows["income"]
    assert "Ulm, Köln, Bad Sülze" in rows["town"]
    assert "boolean" in rows["member"]
    assert not result.stderr


def test_a_folder_is_one_table(run: Run, tmp_path: Path) -> None:
    people = make_people()
    (tmp_path / "parts").mkdir()
    people[:40].to_parquet(tmp_path / "parts" / "1.parquet")
    people[40:].to_parquet(tmp_path / "parts" / "2.parquet")
    for name in ("parts", "parts/*.parquet"):
        result = run("inspect", tmp_path / name)
        assert result.exit_code == 0, result.output
        assert "100 rows, 4 columns" in result.stdout


def test_json_of_a_table_is_its_schema(run: Run, table: Path) -> None:
    entry = json.loads(run("inspect", table, "--json").stdout)
    inferred = replace(TableSchema.infer(pd.read_csv(table)), relations=())
    assert entry == inferred.to_dict()
    assert TableSchema.from_dict(entry) == inferred


def test_relations_are_told_in_words_and_listed_in_json(run: Run, tmp_path: Path) -> None:
    towns = ["Ulm", "Bonn", "Pau"] * 40
    frame = make_people(120).assign(town=towns, land=["DE", "DE", "FR"] * 40)
    frame.to_csv(tmp_path / "t.csv", index=False)
    shown = run("inspect", tmp_path / "t.csv").stdout
    assert "town -> land" in shown
    assert "town decides land" in shown
    entry = json.loads(run("inspect", tmp_path / "t.csv", "--json").stdout)
    assert entry["relations"] == ["town -> land"]
    (tmp_path / "s.json").write_text(json.dumps(entry | {"relations": ["town->age"]}))
    model = ("-m", tmp_path / "m.tabgan", "--steps", 3, "--schema", tmp_path / "s.json")
    refused = run("fit", tmp_path / "t.csv", *model)
    assert refused.exit_code == 1
    assert "'town->age' does not hold in" in refused.stderr


def test_every_kind_of_column_is_shown(run: Run, tmp_path: Path) -> None:
    frame = make_people(60).assign(
        joined=pd.date_range("2020-02-03", periods=60).strftime("%d/%m/%Y"),
        seen=pd.date_range("2021-01-01 12:30", periods=60, freq="h"),
        text_number=["" if i % 7 == 0 else f"{i / 10:.1f}" for i in range(60)],
        empty=None,
        same="x",
        code=[f"A-{i:05d}" for i in range(60)],
        spiked=[0 if i % 2 else i**2 + 0.5 for i in range(60)],
    )
    frame = frame.rename(columns={"same": "[bold]odd 🎈[/bold]"})
    frame.to_parquet(tmp_path / "t.parquet")
    result = run("inspect", tmp_path / "t.parquet")
    assert result.exit_code == 0, result.output
    assert "2020-02-03 to 2020-04-02" in result.stdout
    assert "2021-01-01 12:30:00 to" in result.stdout
    assert "[bold]odd 🎈[/bold]" in result.stdout


def test_a_model_shows_what_is_in_it(run: Run, model: Path) -> None:
    result = run("inspect", model)
    assert result.exit_code == 0, result.output
    for text in (
        "member",
        "100",
        "--seed 1 --preset balanced --steps 10",
        "all steps were done",
        "categorical",
    ):
        assert text in result.stdout


def test_a_model_tells_how_to_learn_it_again(run: Run, table: Path, tmp_path: Path) -> None:
    paths = [tmp_path / "one.tabgan", tmp_path / "two.tabgan"]
    options = ["--preset", "fast", "--steps", "10", "--no-refine", "--seed", "3", "--threads", "1"]
    rows = []
    for path in paths:
        fitted = run("fit", table, "-m", path, "--target", "member", *options, "--quiet")
        assert fitted.exit_code == 0, fitted.output
        rows.append(run("sample", "-n", 50, "-m", path, "-o", "-", "--seed", 5).stdout)
        told = run("inspect", path).stdout
        line = next(line for line in told.splitlines() if "to repeat" in line)
        options = line.split("│")[2].split()
    assert "fast" in options
    assert "--no-refine" in options
    assert rows[0] == rows[1]


def test_how_moments_are_read_is_said(run: Run, tmp_path: Path) -> None:
    days = pd.date_range("2024-01-01", periods=60)
    frame = pd.DataFrame(
        {
            "compact": days.strftime("%Y%m%d").astype(int),
            "either": [f"{1 + i % 12:02d}/{1 + i % 7:02d}/2024" for i in range(60)],
            "at": [f"{8 + i // 6:02d}:{i % 6}0" for i in range(60)],
        }
    )
    frame.to_csv(tmp_path / "t.csv", index=False)
    told = " ".join(run("inspect", tmp_path / "t.csv").stdout.replace("│", " ").split())
    assert "2024-01-01 to 2024-02-29, read as %Y%m%d" in told
    assert "08:00 to 17:50, read as %H:%M" in told
    assert "read as %d/%m/%Y (%m/%d/%Y would fit as well: edit the schema if that is it)" in told


def test_json_of_a_model(run: Run, model: Path) -> None:
    values = json.loads(run("inspect", model, "--json").stdout)
    assert values["target"] == "member"
    assert values["card"]["rows"] == 100
    assert values["card"]["seed"] == 1
    assert values["record"]["steps"] == 10
    assert [column["name"] for column in values["columns"]] == list(make_people().columns)
    assert all(column["classes"] > 0 for column in values["columns"])


def test_something_else_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear reader")
    (tmp_path / "letter.tabgan").write_text("Dear reader")
    for name, sentence in (("letter.txt", "no suffix of a table"), ("letter.tabgan", "no tabgan")):
        result = run("inspect", tmp_path / name)
        assert result.exit_code == 1
        assert sentence in result.stderr
