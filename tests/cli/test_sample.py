import io
import resource
import signal
from pathlib import Path

import pandas as pd
import pytest

from tabgan.io import read_table
from tests.cli.people_table import Run, make_people


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".parquet", ".feather"])
@pytest.mark.parametrize("rows", [1, 4_097])
def test_exactly_as_many_rows_as_asked_for(
    run: Run, model: Path, tmp_path: Path, suffix: str, rows: int
) -> None:
    output = tmp_path / f"rows{suffix}"
    result = run("sample", "-n", rows, "-o", output, "-m", model)
    assert result.exit_code == 0, result.output
    frame = read_table(output)
    assert len(frame) == rows
    assert list(frame.columns) == list(make_people().columns)


def test_dtypes_are_those_of_the_table(run: Run, model: Path, tmp_path: Path) -> None:
    run("sample", "-n", 20, "-o", tmp_path / "rows.csv", "-m", model)
    make_people().to_csv(tmp_path / "people.csv", index=False)
    learned = read_table(tmp_path / "people.csv")
    pd.testing.assert_series_equal(read_table(tmp_path / "rows.csv").dtypes, learned.dtypes)


def test_the_model_is_looked_for_in_the_working_directory(
    run: Run, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("sample", "-n", 3, "-o", "rows.csv")
    assert result.exit_code == 1
    assert "there is no model file model.tabgan" in result.stderr
    Path("model.tabgan").write_bytes(model.read_bytes())
    assert run("sample", "-n", 3, "-o", "rows.csv").exit_code == 0


def test_standard_output_is_csv_and_nothing_else(run: Run, model: Path) -> None:
    result = run("sample", "-n", 7, "-o", "-", "-m", model, "--seed", 5)
    assert len(pd.read_csv(io.StringIO(result.stdout))) == 7
    assert result.stderr == "7 rows drawn with the seed 5 are on standard output\n"


@pytest.mark.filterwarnings("default::tabgan.errors.ManyRejectedWarning")
def test_few_rows_that_obey_what_was_declared_are_told(run: Run, tmp_path: Path) -> None:
    table, fitted = tmp_path / "sums.csv", tmp_path / "m.tabgan"
    numbers = pd.DataFrame({"a": [1, 2, 3, 4] * 50, "b": [i * 37 % 997 for i in range(200)]})
    numbers.assign(c=numbers["a"] * numbers["b"]).to_csv(table, index=False)
    told_of = ("--relation", "c - a * b = 0", "--no-relations")
    run("fit", table, "-m", fitted, "--steps", 5, *told_of, "--seed", 0)
    result = run("sample", "-n", 7, "-o", "-", "-m", fitted, "--seed", 5)
    told, closing = result.stderr.splitlines()
    assert told.startswith("tabgan: of ")
    assert "were kept, since the others break c - a * b = 0" in told
    assert closing.startswith("7 rows drawn")
    result = run("sample", "-n", 7, "-o", tmp_path / "r.csv", "-m", fitted, "--quiet")
    assert (result.exit_code, result.output) == (0, "")


def test_quiet_says_nothing(run: Run, model: Path, tmp_path: Path) -> None:
    result = run("sample", "-n", 7, "-o", tmp_path / "r.csv", "-m", model, "--quiet")
    assert (result.exit_code, result.output) == (0, "")


def test_a_seed_repeats_and_fewer_rows_are_the_first_of_more(
    run: Run, model: Path, tmp_path: Path
) -> None:
    for name, rows in (("a.csv", 100), ("b.csv", 100), ("c.csv", 5_000)):
        run("sample", "-n", rows, "-o", tmp_path / name, "-m", model, "--seed", 9)
    first = (tmp_path / "a.csv").read_bytes()
    assert first == (tmp_path / "b.csv").read_bytes()
    assert (tmp_path / "c.csv").read_bytes().startswith(first)


def test_the_seed_that_was_drawn_is_told(run: Run, model: Path, tmp_path: Path) -> None:
    result = run("sample", "-n", 5, "-o", tmp_path / "a.csv", "-m", model)
    seed = result.stderr.split("seed ")[1].split()[0]
    run("sample", "-n", 5, "-o", tmp_path / "b.csv", "-m", model, "--seed", seed)
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_every_row_satisfies_every_condition(run: Run, model: Path, tmp_path: Path) -> None:
    conditions = ("--where", "30<=age<40", "--where", "town=Bad Sülze", "--where", "member=True")
    result = run("sample", "-n", 500, "-o", tmp_path / "r.csv", "-m", model, *conditions)
    assert result.exit_code == 0, result.output
    frame = read_table(tmp_path / "r.csv")
    assert len(frame) == 500
    assert frame["age"].between(30, 39).all()
    assert set(frame["town"]) == {"Bad Sülze"}
    assert frame["member"].all()


@pytest.mark.parametrize(
    ("conditions", "query"),
    [
        (["town in (Ulm, 'Bad Sülze')"], "town in ['Ulm', 'Bad Sülze']"),
        (["age<20 or age>=65"], "age < 20 or age >= 65"),
        (["(town=Köln or age>60) and member=true"], "(town == 'Köln' or age > 60) and member"),
        (["town!=Bad Sülze", "not (30<=age<40)"], "town != 'Bad Sülze' and not 30 <= age < 40"),
        (["age not in (18, 19)"], "age not in [18, 19]"),
    ],
)
def test_conditions_can_be_joined(
    run: Run, model: Path, tmp_path: Path, conditions: list[str], query: str
) -> None:
    arguments = [part for condition in conditions for part in ("--where", condition)]
    result = run("sample", "-n", 300, "-o", tmp_path / "r.csv", "-m", model, *arguments)
    assert result.exit_code == 0, result.output
    frame = read_table(tmp_path / "r.csv")
    assert len(frame) == len(frame.query(query)) == 300


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        ("twn=Ulm", "perhaps 'town'"),
        ("town=Rom", "Rom"),
        ("age>200", "age"),
        ("age", "no operator"),
        ("member=", "member"),
        ("town=Bad Sülze or age>60", "not 'Sülze'; put values with spaces, words or signs in quot"),
        ("age<20 or agee>60", "no column 'agee'"),
        ("town in (Ulm, Rom)", "'town' never holds 'Rom'"),
        ("(age<20 or town=Ulm", "should be ')'"),
    ],
)
def test_a_condition_that_cannot_be_met_gets_a_sentence(
    run: Run, model: Path, tmp_path: Path, condition: str, sentence: str
) -> None:
    result = run("sample", "-n", 5, "-o", tmp_path / "r.csv", "-m", model, "--where", condition)
    assert result.exit_code == 1
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_conditions_that_contradict_each_other_are_refused(
    run: Run, model: Path, tmp_path: Path
) -> None:
    conditions = ("--where", "town=Ulm", "--where", "town=Köln")
    result = run("sample", "-n", 5, "-o", tmp_path / "r.csv", "-m", model, *conditions)
    assert result.exit_code == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("rows", [0, -5])
def test_a_number_of_rows_that_cannot_be_drawn(
    run: Run, model: Path, tmp_path: Path, rows: int
) -> None:
    result = run("sample", "-n", rows, "-o", tmp_path / "r.csv", "-m", model)
    assert result.exit_code == 1
    assert f"{rows} rows cannot be drawn" in result.stderr
    assert not list(tmp_path.iterdir())


def test_an_output_that_cannot_be_written(run: Run, model: Path, tmp_path: Path) -> None:
    for output, sentence in (
        (tmp_path / "none" / "r.csv", "there is no folder"),
        (tmp_path / "r.doc", "allowed are .csv"),
        (tmp_path, "suffix"),
    ):
        result = run("sample", "-n", 5, "-o", output, "-m", model)
        assert result.exit_code == 1
        assert sentence in result.stderr
    assert not list(tmp_path.iterdir())


def test_a_table_is_no_model(run: Run, table: Path, tmp_path: Path) -> None:
    result = run("sample", "-n", 5, "-o", tmp_path / "r.csv", "-m", table)
    assert result.exit_code == 1
    assert "is no tabgan model" in result.stderr


def test_a_model_that_was_cut_short(run: Run, model: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.tabgan"
    cut.write_bytes(model.read_bytes()[:-1_000])
    result = run("sample", "-n", 5, "-o", tmp_path / "r.csv", "-m", cut)
    assert result.exit_code == 1
    assert "cut short or damaged" in result.stderr


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".parquet", ".feather"])
def test_a_disk_that_is_full_gets_a_sentence(
    run: Run, model: Path, tmp_path: Path, suffix: str
) -> None:
    output = tmp_path / f"rows{suffix}"
    output.write_text("old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        result = run("sample", "-n", 5_000, "-o", output, "-m", model, "--no-refine")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert result.exit_code == 1
    assert result.stderr == f"tabgan: '{output}' cannot be written: File too large.\n"
    assert output.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == [output.name]


def test_safe_csv_keeps_texts_from_being_formulas(run: Run, tmp_path: Path) -> None:
    frame = make_people(100).assign(note=["=1+1", "@x", "plain words", "other words"] * 25)
    frame.to_csv(tmp_path / "t.csv", index=False)
    model = tmp_path / "m.tabgan"
    assert run("fit", tmp_path / "t.csv", "-m", model, "--steps", 3).exit_code == 0
    draw = ("sample", "-m", model, "-n", 60, "--seed", 1, "-o")
    safe, plain = (run(*draw, "-", *option).stdout for option in (["--safe-csv"], []))
    assert safe == plain.replace("=1+1", "'=1+1").replace("@x", "'@x")
    assert safe != plain
    result = run(*draw, tmp_path / "made.xlsx", "--safe-csv")
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert "--safe-csv is for .csv and .tsv" in result.stderr
    more = tmp_path / "more.csv"
    added = ("--target", "member", "-m", model, "--ratio", 0.1, "--seed", 1, "--safe-csv")
    assert run("augment", tmp_path / "t.csv", "-o", more, *added).exit_code == 0
    assert set(pd.read_csv(more)["note"]) == {"'=1+1", "'@x", "plain words", "other words"}


def test_candidates_are_refused_where_nothing_chooses(run: Run, model: Path) -> None:
    result = run("sample", "-n", 7, "-o", "-", "-m", model, "--candidates", 3, "--no-refine")
    assert result.exit_code == 1
    assert "no row is chosen among 3 candidates where rows are not refined" in result.stderr


def test_without_a_compiler_rows_are_drawn_and_that_is_told(
    run: Run, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("sample", "-n", 7, "-o", "-", "-m", model, "--seed", 5)
    compiled = run(*words)
    monkeypatch.setattr("tabgan.networks.generation.has_compiler", lambda: False)
    slow = run(*words)
    assert len(pd.read_csv(io.StringIO(slow.stdout))) == 7
    assert slow.stderr.startswith(compiled.stderr)
    assert "They were drawn by torch alone" in slow.stderr
    assert "Numba does not work here" in slow.stderr


def test_shares_are_exact(run: Run, model: Path, tmp_path: Path) -> None:
    shares = ("--share", "town=Bad Sülze:0.25", "--share", "age<40:50%")
    result = run("sample", "-n", 400, "-o", tmp_path / "r.csv", "-m", model, *shares, "--seed", 1)
    assert result.exit_code == 0, result.output
    frame = read_table(tmp_path / "r.csv")
    assert frame["town"].eq("Bad Sülze").sum() == 100
    assert (frame["age"] < 40).sum() == 200
    result = run("sample", "-n", 4, "-o", "-", "-m", model, "--share", "town:0.25")
    assert result.exit_code == 1
    assert "town" in result.stderr
    assert "Traceback" not in result.stderr


def test_fast_rows_are_drawn_in_one_pass(run: Run, model: Path) -> None:
    def draw(*options: str) -> str:
        words = ("sample", "-n", 30, "-o", "-", "-m", model, "--seed", 5, *options)
        result = run(*words)
        assert result.exit_code == 0, result.output
        return str(result.stdout)

    fast, many = draw("--fast"), draw("--no-fast")
    assert fast != many
    assert draw("--fast") == fast
    assert draw() in {fast, many}
    conditional = pd.read_csv(io.StringIO(draw("--fast", "--where", "income>=20000")))
    assert conditional["income"].min() >= 20_000


def test_rows_are_completed_in_one_pass_or_in_many(run: Run, model: Path, tmp_path: Path) -> None:
    people = make_people()
    people[["age"]].to_csv(tmp_path / "people.csv", index=False)

    def complete(*options: str) -> str:
        like = ("--like", tmp_path / "people.csv", "-o", "-", "-m", model, "--seed", 3)
        result = run("sample", *like, *options)
        assert result.exit_code == 0, result.output
        return str(result.stdout)

    fast, many = complete("--fast"), complete("--no-fast")
    assert fast != many
    assert complete("--fast") == fast
    assert complete() == many
    made = pd.read_csv(io.StringIO(fast))
    pd.testing.assert_series_equal(made["age"], people["age"], check_dtype=False)


def test_a_model_of_an_older_release_has_no_fast_rows(run: Run) -> None:
    older = Path(__file__).parents[1] / "data" / "release-0.1" / "model.tabgan"
    assert run("sample", "-n", 3, "-o", "-", "-m", older).exit_code == 0
    result = run("sample", "-n", 3, "-o", "-", "-m", older, "--fast")
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert "draws no rows in one pass" in result.stderr
    assert "--fast" in result.stderr
