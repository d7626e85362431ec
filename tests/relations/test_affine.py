"""Lines and copies: found where they hold, never by chance, worked out in every restored row."""

import json
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tabgan import TabGAN
from tabgan.config import Protection
from tabgan.errors import ConditionError, RelationError
from tabgan.query.parser import parse_relation
from tabgan.relations import RelationSet
from tabgan.relations.affine.affine import Affine
from tabgan.relations.affine.line_fit import fit_line
from tabgan.relations.affine.transform import AffineTransform
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import TableSchema
from tabgan.schema.inference import infer_column
from tabgan.schema.predicates import Clause
from tabgan.state_reader import StateReader


def orders(n: int = 400) -> pd.DataFrame:
    """Amounts, spans and categories that say the same in other ways."""
    rng = np.random.default_rng(0)
    price = rng.gamma(3, 40, n).round(2)
    ordered = pd.Timestamp("2023-01-05") + pd.to_timedelta(rng.integers(0, 400, n), unit="D")
    town = pd.Series(rng.choice(["Ulm", "Pau", "Bari"], n)).mask(rng.random(n) < 0.1)
    weight = pd.Series(rng.integers(1, 400, n)).mask(rng.random(n) < 0.2).astype("Int64")
    return pd.DataFrame(
        {
            "price": price,
            "euro": [f"{value:.2f}" for value in (price * 0.92).round(2)],
            "cents": (price * 100).round().astype(int),
            "weight": weight,
            "load": 7 - 3 * weight,
            "ordered": ordered,
            "due": (ordered + pd.Timedelta(days=30)).strftime("%d/%m/%Y"),
            "town": town,
            "place": pd.Categorical(town, categories=["Pau", "Oslo", "Bari", "Ulm"]),
            "gift": rng.random(n) < 0.4,
            "noise": rng.normal(size=n),
        }
    ).assign(boxed=lambda t: t["gift"])


TEXTS = [
    "place = town",
    "boxed = gift",
    "euro = 0.92 * price",
    "cents = 100 * price",
    "load = 7 - 3 * weight",
    "due = ordered + 30 days",
]


def profile_of(frame: pd.DataFrame, target: str | None = None, **options: Any) -> TableProfile:
    schema = TableSchema.infer(frame, target)
    return TableProfile(schema.check(frame), schema, **options)


def found(frame: pd.DataFrame, target: str | None = None) -> dict[str, int]:
    return {f.relation.text: f.n_violations for f in Affine.discover(profile_of(frame, target))}


def one(text: str, frame: pd.DataFrame, **options: Any) -> Affine:
    profile = profile_of(frame, **options)
    (relation,) = Affine.declare(parse_relation(text, profile.schema.names), profile)
    return relation


def test_lines_and_copies_of_all_kinds_are_found() -> None:
    assert found(orders()) == dict.fromkeys(TEXTS, 0)


def test_lines_through_floats_are_found_where_they_are_exact() -> None:
    x = np.random.default_rng(0).normal(20, 5, 300)
    frame = pd.DataFrame({"x": x, "y": x * 1.8 + 32, "z": x / 1000, "w": np.float32(2 * x)})
    assert list(found(frame)) == ["y = 1.8 * x + 32", "z = x / 1000", "w = 2 * x"]
    frame["y"] = x * 0.1 + x * 0.2 + x * 0.3  # 0.6 * x, but for the last bit
    assert "y" not in " ".join(found(frame))


def test_the_target_stays() -> None:
    assert "cents = 100 * price" in found(orders(), "price")
    assert "price = cents / 100" in found(orders(), "cents")
    frame = orders()
    assert "price = 1.0869565217391304 * euro" not in found(frame, "euro")
    assert "euro = 0.92 * price" in found(frame, "euro"), "the way back is not exact"


def test_chance_flags_and_other_gaps_are_no_lines() -> None:
    rng = np.random.default_rng(1)
    flags = rng.integers(0, 2, (300, 6))
    frame = pd.DataFrame(flags, columns=list("abcdef")).assign(g=lambda t: 1 - t["a"])
    assert found(frame) == {}
    assert found(pd.DataFrame(rng.integers(0, 3, (12, 9)), columns=list("abcdefghi"))) == {}
    rare = pd.DataFrame({"x": np.arange(500) == 3, "y": np.arange(500) == 3, "z": flags[0, 0]})
    assert found(rare) == {}, "flags set once are alike by chance"
    x = pd.Series(rng.normal(size=200).round(2))
    gaps = {"x": x.mask(rng.random(200) < 0.1), "y": (2 * x).mask(rng.random(200) < 0.1)}
    assert found(pd.DataFrame(gaps)) == {}, "neither is there wherever the other is"
    few = pd.Series(rng.integers(0, 9, 300)).mask(np.arange(300) > 15)
    assert found(pd.DataFrame({"x": few.fillna(4), "y": few})) == {}, "15 values prove nothing"
    coarse = pd.DataFrame({"x": rng.integers(0, 90, 300)})
    assert found(coarse.assign(y=(coarse["x"] / 10).round())) == {}, "a recoding is no line"


def gappy(n: int = 600) -> pd.DataFrame:
    """Lines and copies of which one side has gaps of its own."""
    rng = np.random.default_rng(2)

    def some(series: Any) -> Any:
        return pd.Series(series).mask(rng.random(n) < 0.2)

    price = pd.Series(rng.gamma(3, 40, n).round(2))
    town, hurry = pd.Series(rng.choice(["Ulm", "Pau", "Bari"], n)), rng.random(n) < 0.4
    day = pd.Series(pd.Timestamp("2023-01-05") + pd.to_timedelta(rng.integers(0, 400, n), "D"))
    count = pd.Series(rng.integers(1, 400, n))
    grade = pd.Series(pd.Categorical(rng.choice(list("ABC"), n), ordered=True))
    return pd.DataFrame(
        {
            "price": price,
            "euro": some(price * 0.92).round(2).map("{:.2f}".format, na_action="ignore"),
            "count": some(count),
            "pair": 2 * count,
            "day": day,
            "due": some(day + pd.Timedelta("30D")),
            "town": town,
            "place": some(town),
            "hurry": hurry,
            "fast": some(hurry).astype("boolean"),
            "grade": grade,
            "mark": some(grade),
        }
    )


GAPPY = [
    "euro = 0.92 * price",
    "count = pair / 2",
    "due = day + 30 days",
    "place = town",
    "fast = hurry",
    "mark = grade",
]


def test_lines_and_copies_are_found_where_one_side_has_gaps() -> None:
    frame = gappy()
    assert found(frame) == dict.fromkeys(GAPPY, 0)
    relations = RelationSet.discover(frame, TableSchema.infer(frame))
    assert set(relations.texts) == set(GAPPY)
    free = relations.apply(frame)
    pd.testing.assert_frame_equal(relations.restore(free), frame)
    rng = np.random.default_rng(0)
    mixed = free.apply(lambda column: column.iloc[rng.permutation(len(free))].to_numpy())
    restored = relations.restore(mixed.astype(free.dtypes))
    assert not relations.find_violations(restored).any()
    assert restored.isna().mean().equals(frame.isna().mean())


@pytest.mark.parametrize("text", GAPPY)
def test_gaps_are_part_of_what_is_saved_and_said(text: str) -> None:
    frame = gappy()
    relation = one(text, frame)
    entry = json.loads(json.dumps(relation.to_dict()))
    assert Affine.from_dict(StateReader(entry), TableSchema.infer(frame)) == relation
    assert relation.explain().endswith(", or missing")
    assert relation.equivalents() == []


def test_gaps_on_one_side_that_another_column_decides_hold_as_well() -> None:
    frame = gappy()
    open_, rng = frame["town"] != "Ulm", np.random.default_rng(3)
    frame["net"] = (frame["price"] * 2).where(open_)
    frame["tax"] = (frame["price"] * 3).where(open_ & (rng.random(600) < 0.7))
    frame["note"] = pd.Series(rng.normal(size=600).round(1)).where(frame["tax"].notna())
    relations = RelationSet.discover(frame, TableSchema.infer(frame))
    assert set(relations.texts) - set(GAPPY) == {
        "net = 2 * price",
        "net missing by town",
        "tax = 3 * price",
        "tax partly missing with net",
        "note missing with tax",
    }
    pd.testing.assert_frame_equal(relations.restore(relations.apply(frame)), frame)


def test_the_target_is_learned_as_it_is() -> None:
    frame = gappy()[["town", "place", "count"]]
    assert found(frame, target="place") == {}


def test_generated_rows_keep_the_line_and_the_gaps_and_can_be_asked_for() -> None:
    frame = gappy()[["price", "euro", "town", "place", "count"]]
    model = TabGAN(steps=20, random_state=0).fit(frame)
    rows = model.sample(1_000, random_state=0)
    given = rows["euro"].notna()
    assert 0.05 < 1 - given.mean() < 0.4
    euro = rows["euro"][given].astype(float)
    assert np.allclose(euro, (rows["price"][given] * 0.92).round(2))
    both = rows[rows["place"].notna()]
    assert (both["place"].astype(str) == both["town"].astype(str)).all()
    some = model.sample(30, where={"place": "Pau"})
    assert (some["town"] == "Pau").all()
    assert model.sample(30, where={"place": None})["place"].isna().all()
    some = model.sample(30, where=["euro >= 100", "count missing"])
    assert (some["euro"].astype(float) >= 100).all()
    either = model.sample(200, where=["place = Pau or place missing"])
    assert set(either["place"].dropna()) <= {"Pau"}
    assert either["place"].isna().any()


def test_a_few_dirty_rows_are_counted() -> None:
    frame = orders(6_000)
    frame.loc[[5, 70], "load"] = 9_999
    assert found(frame)["load = 7 - 3 * weight"] == 2


@pytest.mark.parametrize("text", TEXTS)
def test_text_and_dict_lead_back_also_for_the_way_back(text: str) -> None:
    frame = orders()
    relation = one(text, frame)
    ways = [relation, *relation.equivalents()]
    assert len(ways) == (1 if text.startswith("euro") else 2)
    for way in ways:
        assert isinstance(way, Affine)
        assert one(way.text, frame) == way
        entry = json.loads(json.dumps(way.to_dict()))
        assert Affine.from_dict(StateReader(entry), TableSchema.infer(frame)) == way
        assert way.reduced_columns() == {way.dependents[0].name: None}
        back = way.restore(way.apply(frame))
        name = way.dependents[0].name
        pd.testing.assert_series_equal(back[name], frame[name])


@settings(max_examples=60, deadline=None)
@given(
    numbers=st.lists(st.integers(-9_999, 9_999) | st.none(), min_size=4, max_size=40),
    factor=st.sampled_from(["1", "-1", "2", "0.5", "-2.5", "0.125", "1.07"]),
    offset=st.sampled_from(["0", "3", "-0.75", "1000"]),
    kind=st.sampled_from(["float64", "text", "Float64", "object"]),
)
def test_restore_is_the_inverse_of_apply(
    numbers: list[int | None], factor: str, offset: str, kind: Any
) -> None:
    exact = [
        None if n is None else Decimal(n) / 100 * Decimal(factor) + Decimal(offset) for n in numbers
    ]
    if len({value for value in exact if value is not None}) < 2:
        return
    x = pd.Series([None if n is None else n / 100 for n in numbers], dtype="float64")
    texts = [np.nan if value is None else f"{value:.6f}" for value in exact]
    y = pd.Series(texts, dtype=object)
    if kind != "text":
        y = y.astype("float64").astype(kind)
    frame = pd.DataFrame({"x": x, "y": y, "z": range(len(x))})
    relation = one(f"y = {factor} * x + {offset}".replace("+ -", "- "), frame)
    assert not relation.find_violations(frame).any()
    back = relation.restore(relation.apply(frame))
    pd.testing.assert_series_equal(back["y"], frame["y"])


@pytest.mark.parametrize("text", TEXTS)
def test_restored_rows_obey_whatever_meets(text: str) -> None:
    frame = orders()
    rng = np.random.default_rng(0)
    mixed = frame.apply(lambda column: column.iloc[rng.permutation(len(frame))].array)
    relation = one(text, frame)
    assert relation.find_violations(mixed).any()
    restored = relation.restore(relation.apply(mixed))
    assert not relation.find_violations(restored).any()
    assert restored.dtypes[relation.dependents[0].name] == frame.dtypes[relation.dependents[0].name]


def test_rare_categories_are_forgotten_under_protect() -> None:
    frame = orders()
    state = json.dumps(one("place = town", frame, protection=Protection(True)).to_dict())
    assert "Ulm" in state
    assert "Oslo" not in state


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("boxed = gift", "boxed is always the same as gift"),
        ("euro = 0.92 * price", "euro is 0.92 times price, rounded to 2 decimals"),
        ("price = cents / 100", "price is cents divided by 100"),
        ("load = 7 - 3 * weight", "load is -3 times weight plus 7"),
        ("due = ordered + 30 days", "due is always 30 days after ordered"),
    ],
)
def test_explained_in_plain_words(text: str, sentence: str) -> None:
    assert one(text, orders()).explain() == sentence


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("load = 7 + weight * -3", None),
        ("cents = price * 100", "cents = 100 * price"),
        ("price = cents / 100", "price = cents / 100"),
        ("due = ordered + 720 hours", "due = ordered + 30 days"),
        ("load = 10 - 3 * weight - 3", "load = 7 - 3 * weight"),
        ("price <= cents", None),
        ("cents = price + weight", None),
        ("cents = price + rest", None),
        ("gift = 3", None),
        ("(cents) = price", None),
        ("cents = (100 * price)", None),
    ],
)
def test_forms(text: str, plain: str | None) -> None:
    profile = profile_of(orders())
    relations = Affine.declare(parse_relation(text, profile.schema.names), profile)
    assert [relation.text for relation in relations] == ([] if plain is None else [plain])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("price = 2 * price", "cannot follow from itself"),
        ("cents = 0 * price", "a factor other than 0"),
        ("town = price", "'town' holds levels and 'price' numbers"),
        ("due = 2 * ordered", "'due' holds moments"),
        ("place = town + 3", "'place' holds levels"),
        ("noise = same", "'same' never changes"),
        ("rough = price", "'rough'.*not all written in one way"),
    ],
)
def test_what_cannot_be_is_refused(text: str, problem: str) -> None:
    frame = orders().assign(same=1)
    frame["rough"] = [f"{value:.{index % 3 + 2}f}" for index, value in enumerate(frame["price"])]
    with pytest.raises(RelationError, match=problem):
        one(text, frame)


def test_what_is_asked_of_the_dependent_is_asked_of_the_source() -> None:
    frame = orders()
    assert one("cents = 100 * price", frame).push_down([Clause(">", 1_000)]) == {
        "price": [Clause(">=", 10.01)]
    }
    assert one("load = 7 - 3 * weight", frame).push_down([Clause("<=", "-4"), Clause(">", -9)]) == {
        "weight": [Clause(">=", 4.0), Clause("<=", 5.0)]
    }
    assert one("load = 7 - 3 * weight", frame).push_down([Clause("=", None)]) == {
        "weight": [Clause("=", None)]
    }
    assert one("place = town", frame).push_down([Clause("in", ("Pau",))]) == {
        "town": [Clause("in", ("Pau",))]
    }
    (clause,) = one("due = ordered + 30 days", frame).push_down([Clause("<", "01/03/2023")])[
        "ordered"
    ]
    assert pd.Timestamp(clause.value) == pd.Timestamp("2023-01-29 23:59:59.999999")
    with pytest.raises(ConditionError, match="'load' cannot have such a value, since load = 7"):
        one("load = 7 - 3 * weight", frame).push_down([Clause("=", 6)])


def test_a_line_between_the_largest_numbers_is_left_alone() -> None:
    x = np.append(np.random.default_rng(3).normal(size=18), [-8.5e307, 8.9e307])
    assert fit_line(x, 2 * x, None, 1e-16) is None
    number = infer_column(pd.Series(x, name="x"))
    beyond = AffineTransform(100.0, 0.0, None, None).apply(pd.Series(x), number, number)
    assert np.isinf(beyond).sum() == 2
