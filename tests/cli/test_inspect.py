import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tabgan.model.tabular_model import TabularModel
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
    cells = read_cells(result.stdout)
    assert cells["joined"][1] == "datetimes, written %d/%m/%Y, on the grid 1D"
    assert cells["seen"][1] == "datetimes, on the grid 1h"
    assert cells["joined"][2] == "04/03/2020"
    assert cells["joined"][6] == "2020-02-03 to 2020-04-02"
    assert cells["seen"][6].startswith("2021-01-01 12:30:00 to")
    assert cells["text_number"][0] == "continuous"
    assert cells["text_number"][1] == "numbers in text, 1 decimal; a gap is written ''"
    assert cells["text_number"][4] == "15.0%"  # blank text is a gap
    assert cells["empty"][1:4] == ["no value", "", ""]
    assert cells["[bold]odd 🎈[/bold]"][1:4] == ["one value", "x", "x"]
    assert cells["code"][:2] == ["identifier", "keys: made anew, pattern A-{00000-99999}"]
    assert cells["spiked"][1] == "numbers, of which some are frequent"


def read_cells(shown: str) -> dict[str, list[str]]:
    """The cells behind each column's name in the first table, folded lines joined."""
    cells: dict[str, list[str]] = {}
    last: list[str] = []
    for line in shown.partition("└")[0].splitlines():
        if line.startswith("│"):
            name, *rest = [cell.strip() for cell in line.strip("│").split("│")]
            if name:
                last = cells[name] = rest
            else:
                last[:] = [f"{cell} {more}".strip() for cell, more in zip(last, rest, strict=True)]
    return cells


def test_a_real_value_stands_beside_a_made_one(run: Run, tmp_path: Path) -> None:
    numbers = range(101)
    days = pd.date_range("2024-01-13", periods=101).strftime("%d.%m.%Y")
    keys = [f"K{number:05d}" for number in numbers]
    columns = {
        "amount": [f"{number:.2f}" for number in numbers],
        "key": keys,
        "size": ["small"] * 60 + ["large"] * 41,
        "day": days,
    }
    pd.DataFrame(columns).to_parquet(tmp_path / "t.parquet")
    shown = run("inspect", tmp_path / "t.parquet").stdout
    cells = read_cells(shown)
    assert [cells[name][2] for name in columns] == ["50.00", "K00050", "small", "03.03.2024"]
    made = {name: cells[name][3] for name in columns}
    assert 0 <= float(made["amount"]) <= 100
    assert re.fullmatch(r"\d+\.\d\d", made["amount"])
    assert re.fullmatch(r"K\d{5}", made["key"])
    assert made["key"] not in keys
    assert made["size"] in {"small", "large"}
    assert pd.to_datetime(made["day"], format="%d.%m.%Y").year == 2024
    assert run("inspect", tmp_path / "t.parquet").stdout == shown


def test_dates_that_fit_two_ways_are_said(run: Run, tmp_path: Path) -> None:
    days = [f"{1 + number % 9:02d}/{1 + number % 7:02d}/2024" for number in range(60)]
    frame = pd.DataFrame({"day": days, "clear": [*days[:-1], "31/01/2024"], "x": range(60)})
    frame.to_csv(tmp_path / "t.csv", index=False)
    cells = read_cells(run("inspect", tmp_path / "t.csv").stdout)
    assert cells["day"][1].startswith("datetimes, written %d/%m/%Y")
    assert cells["day"][1].endswith("; day first; month first fits as well")
    assert cells["clear"][1].startswith("datetimes, written %d/%m/%Y")
    assert "first" not in cells["clear"][1]


def test_a_table_tells_how_to_read_it_otherwise(run: Run, table: Path) -> None:
    odd = table.with_name("my people.csv")
    table.rename(odd)
    shown = " ".join(run("inspect", odd).stdout.split())
    assert f"tabgan inspect '{odd}' --json > schema.json" in shown
    assert f"tabgan fit '{odd}' --schema schema.json" in shown


def test_a_model_shows_what_is_in_it(run: Run, model: Path) -> None:
    result = run("inspect", model)
    assert result.exit_code == 0, result.output
    for text in (
        "member",
        "100",
        "--seed 1 --target member --preset balanced --steps 10",
        "all steps were done",
        "categorical",
    ):
        assert text in result.stdout


@pytest.mark.parametrize("protection", [[], ["--protect", "--protect-below", "3"]])
def test_a_model_tells_how_to_learn_it_again(
    run: Run, table: Path, tmp_path: Path, protection: list[str]
) -> None:
    paths = [tmp_path / "one.tabgan", tmp_path / "two.tabgan"]
    options = ["--preset", "fast", "--steps", "10", "--no-refine", "--seed", "3", "--threads", "1"]
    options += protection
    rows = []
    for path in paths:
        fitted = run("fit", table, "-m", path, "--target", "member", *options, "--quiet")
        assert fitted.exit_code == 0, fitted.output
        rows.append(run("sample", "-n", 50, "-m", path, "-o", "-", "--seed", 5).stdout)
        told = run("inspect", path).stdout
        line = next(line for line in told.splitlines() if "to repeat" in line)
        options = line.split("│")[2].split()
    assert "fast" in options
    assert {"--no-refine", *protection} <= set(options)
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
    assert "2024-01-01 to 2024-02-29" in told
    assert "08:00 to 17:50" in told
    cells = read_cells(run("inspect", tmp_path / "t.csv").stdout)
    assert cells["compact"][1] == "datetimes, written %Y%m%d, on the grid 1D"
    assert cells["at"][1] == "datetimes, written %H:%M, on the grid 10min"
    assert cells["either"][1].endswith("; day first; month first fits as well")


def test_json_of_a_model(run: Run, model: Path) -> None:
    values = json.loads(run("inspect", model, "--json").stdout)
    assert values["target"] == "member"
    assert values["card"]["rows"] == 100
    assert values["card"]["seed"] == 1
    assert values["record"]["steps"] == 10
    assert [column["name"] for column in values["columns"]] == list(make_people().columns)
    assert all(column["classes"] > 0 for column in values["columns"])
    assert all(column["note"] is None for column in values["columns"])
    assert values["not_judged"] == []
    made = TabularModel.load(model).sample(3, seed=0)
    assert pd.DataFrame(values["examples"]).equals(made)


def test_a_model_shows_rows_that_it_makes(run: Run, model: Path) -> None:
    made = TabularModel.load(model).sample(3, seed=0)
    rows = [line.split("│") for line in run("inspect", model).stdout.splitlines() if "│" in line]
    shown = {row[1].strip(): [cell.strip() for cell in row[4:7]] for row in rows if len(row) == 9}
    assert shown == {name: list(map(str, made[name])) for name in made}


def test_json_of_a_model_says_what_is_made_up(run: Run, tmp_path: Path) -> None:
    people = make_people(100).assign(code=[f"A-{number:03d}" for number in range(100)])
    people.to_csv(tmp_path / "t.csv", index=False)
    model = tmp_path / "m.tabgan"
    run("fit", tmp_path / "t.csv", "-m", model, "--steps", 3, "--quiet")
    values = json.loads(run("inspect", model, "--json").stdout)
    (code,) = [column for column in values["columns"] if column["name"] == "code"]
    assert code["note"] == "key: made anew, 900 left"
    assert code["room"] == 900
    assert values["not_judged"] == [{"column": "code", "reason": "keys"}]


def test_a_model_says_what_it_holds_of_the_table(run: Run, tmp_path: Path) -> None:
    towns = ["Ulm"] * 60 + ["Bonn"] * 30 + ["Pau"] * 27 + ["Rio"] * 3
    lands = ["DE"] * 90 + ["FR"] * 27 + ["BR"] * 3
    people = make_people(120).assign(town=towns, land=lands)
    people["code"] = [f"A-{number:03d}" for number in range(120)]
    people.to_csv(tmp_path / "t.csv", index=False)
    held = {}
    for options in ((), ("--protect",)):
        model = tmp_path / f"m{len(options)}.tabgan"
        fitted = run("fit", tmp_path / "t.csv", "-m", model, "--steps", 3, "--quiet", *options)
        assert fitted.exit_code == 0, fitted.output
        values = json.loads(run("inspect", model, "--json").stdout)
        held[options] = {column["name"]: column["holds"] for column in values["columns"]}
        assert held[options]["land"] == []
        n_levels = 3 if options else 4
        assert values["relations_hold"]["town -> land"][0] == {"what": "entries", "count": n_levels}
        shown = " ".join(run("inspect", model).stdout.split())
        assert "what this file holds of the table" in shown
        assert ("no value that fewer than 5 rows hold" in shown) == bool(options)
        assert f"{n_levels} entries" in shown
    plain, protected = held.values()
    assert plain["town"] == [{"what": "levels", "count": 4, "least_rows": 3}]
    assert protected["town"] == [{"what": "levels", "count": 3, "least_rows": 27}]
    assert plain["age"][0] == {"what": "ends", "shown": "18 to 89"}
    assert plain["code"][0]["what"] == "forms"
    assert "A-" in plain["code"][0]["shown"]
    assert protected["age"][0] != plain["age"][0]


def test_something_else_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear reader")
    (tmp_path / "letter.tabgan").write_text("Dear reader")
    for name, sentence in (("letter.txt", "a header but no rows"), ("letter.tabgan", "no tabgan")):
        result = run("inspect", tmp_path / name)
        assert result.exit_code == 1
        assert sentence in result.stderr


def test_a_table_and_its_model_tell_the_same_facts_or_why_not(run: Run, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    net = rng.integers(1, 900, 300)
    frame = pd.DataFrame({"net": net, "gross": net * 2, "size": rng.normal(size=300).round(2)})
    frame = frame.astype(object)
    frame.loc[::9, ["net", "gross"]] = "?"  # read as gaps, before facts are looked for
    frame.to_csv(tmp_path / "t.csv", index=False)
    run("fit", tmp_path / "t.csv", "-m", tmp_path / "m.tabgan", "--steps", 2, "--seed", 0)
    of_table, of_model = (
        run("inspect", tmp_path / name, "--json").stdout for name in ("t.csv", "m.tabgan")
    )
    assert json.loads(of_table)["relations"] == json.loads(of_model)["relations"] != []
    told = " ".join(run("inspect", tmp_path / "t.csv").stdout.replace("│", " ").split())
    assert "net < gross" in told
    assert "gross is always above net; this follows from others, so a model does not" in told
    told = " ".join(run("inspect", tmp_path / "m.tabgan").stdout.split())
    assert "net < gross" not in told
    assert "`tabgan inspect TABLE` also lists those that follow" in told
