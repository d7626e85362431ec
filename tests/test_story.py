"""One story: a shop's orders go through every command, and a user looks at what comes out."""

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from tabgan_cli.app import COMMANDS, tabgan

from examples.orders import make_orders

ROWS, MADE = 400, 300


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the orders of a shop, which every command of the story is run in."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("shop")
        patch.chdir(folder)
        make_orders(ROWS).to_csv("orders.csv", index=False)
        yield folder


def tell(*words: object) -> str:
    """Run a command that has to end well, and return its standard output."""
    result = CliRunner().invoke(tabgan, [str(word) for word in words], prog_name="tabgan")
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def model(shop: Path) -> Path:
    tell("fit", "orders.csv", "--target", "returned", "--steps", 60, "--seed", 0)
    return shop / "model.tabgan"


@pytest.fixture(scope="module")
def made(model: Path) -> pd.DataFrame:
    tell("sample", "-n", MADE, "-o", "made.csv", "--seed", 0)
    return pd.read_csv("made.csv")


def check_facts(rows: pd.DataFrame) -> None:
    """Check what holds in every order: the sum, the dates, the country of a city."""
    assert rows["total"].tolist() == (rows["items"] + rows["shipping"]).round(2).tolist()
    assert (rows["ordered"] <= rows["shipped"]).all()
    countries = make_orders(ROWS).groupby("city")["country"].first()
    assert rows["country"].tolist() == rows["city"].map(countries).tolist()


def test_the_orders_are_what_their_story_needs() -> None:
    orders = make_orders()
    check_facts(orders)
    assert orders["order"].is_unique
    assert (orders["returned"] == "yes").mean() == pytest.approx(0.06, abs=0.002)
    assert 0.3 < orders["stars"].isna().mean() < 0.5
    shares = (orders["returned"] == "yes").groupby(orders["category"]).mean()
    assert shares["shoes"] > 10 * shares["books"]
    pd.testing.assert_frame_equal(orders, make_orders())
    assert not orders.equals(make_orders(seed=1))


def test_inspect_finds_the_facts_of_the_table(shop: Path) -> None:
    schema = json.loads(tell("inspect", "orders.csv", "--json"))
    kinds = {column["name"]: column["kind"] for column in schema["columns"]}
    assert kinds["order"] == "identifier"
    assert kinds["ordered"] == kinds["shipped"] == "datetime"
    facts = {"city -> country", "total = items + shipping", "ordered <= shipped"}
    assert facts <= set(schema["relations"])


def test_fit_writes_a_model_that_names_them(model: Path) -> None:
    assert "total = items + shipping" in tell("inspect", model)


def test_made_orders_look_like_orders(made: pd.DataFrame) -> None:
    real = pd.read_csv("orders.csv")
    assert len(made) == MADE
    assert made.dtypes.equals(real.dtypes)
    check_facts(made)
    assert made["order"].is_unique
    assert not set(made["order"]) & set(real["order"])
    assert made["order"].str.fullmatch(r"A-\d{6}").all()
    for column in ("city", "category", "returned", "pieces", "shipping"):
        assert set(made[column]) <= set(real[column])
    assert 0 < made["stars"].isna().sum() < MADE


def test_conditions_hold_in_every_row(model: Path) -> None:
    conditions = ("returned=yes", "country=AT", "50<=items<200", "ordered>=2025-01-01", "stars=")
    words = [word for condition in conditions for word in ("--where", condition)]
    text = tell("sample", "-n", 20, "-o", "-", "--seed", 1, *words)
    rows = pd.read_csv(io.StringIO(text))
    assert len(rows) == 20
    assert set(rows["returned"]) == {"yes"}
    assert set(rows["city"]) <= {"Wien", "Graz"}
    assert rows["items"].between(50, 200, inclusive="left").all()
    assert (rows["ordered"] >= "2025-01-01").all()
    assert rows["stars"].isna().all()
    check_facts(rows)


def test_fewer_rows_are_the_first_of_more(made: pd.DataFrame) -> None:
    text = tell("sample", "-n", 10, "-o", "-", "--seed", 0)
    pd.testing.assert_frame_equal(pd.read_csv(io.StringIO(text)), made[:10], check_dtype=False)


@pytest.mark.filterwarnings("default::tabgan.errors.UnseenCategoryWarning")
def test_score_finds_an_odd_order(shop: Path, model: Path) -> None:
    odd = pd.read_csv("orders.csv")[:40]
    odd["items"] = odd["items"].where(odd.index != 7, 9_000)
    odd["city"] = odd["city"].where(odd.index != 7, "Atlantis")
    odd.to_csv("odd.csv", index=False)
    tell("score", "odd.csv", "-m", model, "--cells", "-o", "scored.csv")
    scored = pd.read_csv(shop / "scored.csv")
    assert scored["__score__"].idxmin() == 7
    words = str(scored.at[7, "__surprises__"])
    assert "items is 9000" in words
    assert "breaks" in words


def test_partial_orders_are_completed(model: Path) -> None:
    partial = pd.DataFrame({"country": ["AT", "FR", None], "total": [100.0, None, 45.9]})
    partial.to_csv("partial.csv", index=False)
    text = tell("sample", "--like", "partial.csv", "-o", "-", "--seed", 1)
    rows = pd.read_csv(io.StringIO(text))
    assert rows["country"].tolist()[:2] == ["AT", "FR"]
    assert rows["total"].tolist()[::2] == [100.0, 45.9]
    check_facts(rows)


def test_impute_fills_the_stars_that_nobody_gave(model: Path) -> None:
    tell("impute", "orders.csv", "-m", model, "-o", "filled.csv", "--columns", "stars")
    real, filled = pd.read_csv("orders.csv"), pd.read_csv("filled.csv")
    assert filled["stars"].isin([1, 2, 3, 4, 5]).all()
    given = real["stars"].notna()
    pd.testing.assert_frame_equal(filled[given], real[given])


def test_evaluate_says_whether_made_orders_help(shop: Path, made: pd.DataFrame) -> None:
    words = ("--target", "returned", "--synthetic", "made.csv", "--repeats", 2)
    tell("evaluate", "orders.csv", *words, "--json", "report.json", "-o", "report.html")
    report = json.loads((shop / "report.json").read_text(encoding="utf-8"))
    assert "ROC AUC" in report["verdict"]
    assert report["verdict"].split(":")[0] in (shop / "report.html").read_text(encoding="utf-8")
    assert report["rows"]["synthetic"] == len(made)
    assert report["utility"]["positive"] == "yes"
    found = {reading["metric"]: reading["value"] for reading in report["readings"]}
    assert found["copies"] == 0


def test_augment_balances_and_marks_what_it_adds(model: Path) -> None:
    words = ("--target", "returned", "-m", model, "--balance", "--seed", 0)
    tell("augment", "orders.csv", *words, "-o", "more.csv")
    real, more = pd.read_csv("orders.csv"), pd.read_csv("more.csv")
    pd.testing.assert_frame_equal(more[: len(real)].drop(columns="__synthetic__"), real)
    added = more[more["__synthetic__"]]
    assert len(added) == len(more) - len(real)
    assert set(added["returned"]) == {"yes"}
    assert more["returned"].value_counts().nunique() == 1
    check_facts(added)


def test_the_story_goes_through_every_command() -> None:
    told = re.findall(r'tell\("(\w+)"', Path(__file__).read_text(encoding="utf-8"))
    assert set(told) == set(COMMANDS)
