"""Columns that formulas nearly give: found where trees tell less, restored from what is left."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tabgan.errors import RelationError
from tabgan.query.parser import parse_relation
from tabgan.relations import near_selection
from tabgan.relations.near_formula import NearFormula
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import ColumnKind, TableSchema
from tabgan.schema.predicates import Clause
from tabgan.state_reader import StateReader
from tests.found_facts import discover, permuted

N = 2_000


def measures(rng: np.random.Generator) -> pd.DataFrame:
    height, weight = rng.normal(1.72, 0.1, N), np.exp(rng.normal(4.3, 0.18, N))
    bmi = (weight / height**2).round(1)
    age = rng.integers(18, 80, N)
    return pd.DataFrame({"age": age, "height": height.round(2), "weight": weight.round()}).assign(
        bmi=bmi
    )


def flats(rng: np.random.Generator) -> pd.DataFrame:
    area = rng.lognormal(4.3, 0.4, N)
    price = area * rng.lognormal(8, 0.3, N)
    thousands = (price / 1_000).round() * 1_000
    return pd.DataFrame({"area": area.round(), "price": thousands, "metre": (price / area).round()})


def orders(rng: np.random.Generator) -> pd.DataFrame:
    quantity, unit = rng.integers(1, 20, N), rng.lognormal(2, 0.8, N).round(2)
    total = (quantity * unit + rng.gamma(1, 1, N)).round(2)
    frame = pd.DataFrame({"city": rng.choice(["a", "b"], N), "quantity": quantity, "unit": unit})
    return frame.assign(total=total)


def invoices(rng: np.random.Generator) -> pd.DataFrame:
    net = rng.lognormal(5, 1, N)
    gross = (net * 1.19 + rng.gamma(1, 0.4, N)).round(2)
    return pd.DataFrame({"net": net.round(), "gross": gross})


def stones(rng: np.random.Generator) -> pd.DataFrame:
    x, y, z = rng.lognormal(1.7, 0.15, (3, N)).round(2)
    volume = (x * y * z * rng.normal(1, 0.01, N)).round(1)
    return pd.DataFrame({"x": x, "y": y, "z": z, "volume": volume})


def rides(rng: np.random.Generator) -> pd.DataFrame:
    start = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 31_536_000, N), "s")
    minutes = rng.gamma(3, 8, N)
    end = start + pd.to_timedelta((minutes * 60).round(), "s")
    billed = (minutes + rng.exponential(0.8, N)).round(1)
    return pd.DataFrame({"start": start, "end": end, "billed": billed})


def departures(rng: np.random.Generator) -> pd.DataFrame:
    planned = rng.integers(300, 1_380, N)
    delay = (rng.gamma(1, 25, N) - 10).round().astype("int64")
    return pd.DataFrame({"planned": planned, "left": (planned + delay) % 1_440, "delay": delay})


FOUND = {
    measures: "bmi nearly = weight / height ** 2",
    flats: "metre nearly = price / area",
    orders: "total nearly = quantity * unit",
    invoices: "gross nearly = 1.19 * net",
    stones: "volume nearly = x * y * z",
    rides: "billed nearly = (end - start) / 1 minute",
    departures: "left nearly = planned + delay",
}


def profile_of(frame: pd.DataFrame) -> TableProfile:
    schema = TableSchema.infer(frame)
    return TableProfile(schema.check(frame), schema)


def declare(text: str, frame: pd.DataFrame) -> NearFormula:
    profile = profile_of(frame)
    (relation,) = NearFormula.declare(parse_relation(text, profile.schema.names), profile)
    return relation


@pytest.mark.parametrize("make", FOUND)
def test_it_is_found_declared_and_restored(make: Any) -> None:
    frame = make(np.random.default_rng(0))
    found = discover(frame)
    assert FOUND[make] in found.texts
    (relation,) = [each for each in found.relations if isinstance(each, NearFormula)]
    assert declare(relation.text, frame) == relation
    pd.testing.assert_frame_equal(found.restore(found.apply(frame)), frame, check_exact=True)
    entry = json.loads(json.dumps(relation.to_dict()))
    assert NearFormula.from_dict(StateReader(entry), TableSchema.infer(frame)) == relation


def test_rows_of_independent_columns_are_as_near_as_those_of_the_table() -> None:
    frame = orders(np.random.default_rng(0))
    relations = discover(frame)
    rows = permuted(relations, frame)
    left = {
        name: (table["total"] - table["quantity"] * table["unit"]).quantile([0.1, 0.5, 0.9])
        for name, table in (("own", frame), ("made", rows))
    }
    np.testing.assert_allclose(left["own"], left["made"], atol=0.05)
    assert not relations.find_violations(rows).any()


def test_a_bound_that_gives_way_is_checked() -> None:
    frame = orders(np.random.default_rng(0))
    relations = discover(frame)
    assert relations.texts == (FOUND[orders], "unit <= total")
    assert relations.relations[1].KIND == "predicate"
    again = discover(frame, discover=False, declare=relations.texts)
    assert set(again.texts) == set(relations.texts)
    left = discover(frame, forget=[FOUND[orders]])
    assert [relation.KIND for relation in left.relations] == ["order"]


def test_a_bound_that_more_rows_would_pass_is_kept_instead(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(near_selection, "MAX_BROKEN", 0.001)
    rng = np.random.default_rng(0)
    low, factor = rng.lognormal(3, 1, N).round(2), rng.uniform(1, 1.04, N).round(3)
    high = np.maximum((low * factor * rng.normal(1, 0.01, N)).round(2), low)
    frame = pd.DataFrame({"low": low, "factor": factor, "high": high})
    assert len(NearFormula.discover(profile_of(frame))) == 1
    relations = discover(frame)
    assert relations.texts == ("low <= high",)
    assert not relations.find_violations(permuted(relations, frame)).any()


def test_exact_facts_come_first() -> None:
    frame = stones(np.random.default_rng(0))
    frame["volume"] = (frame["x"] * frame["y"] * frame["z"]).round(1)
    assert [relation.KIND for relation in discover(frame).relations] == ["formula"]


@pytest.mark.parametrize("seed", range(8))
def test_correlated_columns_are_no_near_formulas(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n_rows, noise = int(rng.choice([320, 800, 3_000])), float(rng.choice([0.1, 0.3, 1.0]))
    shared = rng.normal(size=(n_rows, 1 + seed % 3))
    values = shared @ rng.normal(size=(1 + seed % 3, 6)) + noise * rng.normal(size=(n_rows, 6))
    values = np.exp(values) if seed % 2 else values
    frame = pd.DataFrame(values.round(2)).add_prefix("c")
    assert NearFormula.discover(profile_of(frame)) == []


def test_a_line_that_trees_tell_as_well_is_left_alone() -> None:
    rng = np.random.default_rng(0)
    true = rng.normal(12, 8, N)
    celsius = (true + rng.normal(0, 0.2, N)).round(1)
    fahrenheit = (true * 1.8 + 32 + rng.normal(0, 0.4, N)).round(1)
    frame = pd.DataFrame({"celsius": celsius, "fahrenheit": fahrenheit})
    assert NearFormula.discover(profile_of(frame)) == []
    relation = declare("fahrenheit nearly = 1.8 * celsius + 32", frame)
    pd.testing.assert_frame_equal(relation.restore(relation.apply(frame)), frame, check_exact=True)


def test_where_there_is_no_result_the_median_stands_for_it() -> None:
    frame = pd.DataFrame({"x": [2.0, np.nan, 0.0, 4.0, 5.0], "y": [6.5, 3.0, 9.0, np.nan, 2.5]})
    relation = declare("y nearly = 12 / x", frame)
    assert relation.leftover.middle == 4.8  # amid 3.0 and 6.5, with one decimal to the even
    np.testing.assert_equal(relation.apply(frame)["y"].to_numpy(), [0.5, -1.8, 4.2, np.nan, 0.0])
    pd.testing.assert_frame_equal(relation.restore(relation.apply(frame)), frame)
    assert relation.push_down([Clause(">=", 5.0)]) == {}


def test_results_stay_between_the_ends_of_the_column() -> None:
    frame = pd.DataFrame({"x": [1, 2, 3, 4], "y": [11, 19, 31, 40]})
    relation = declare("y nearly = 10 * x", frame)
    made = pd.DataFrame({"x": [900, -5, 2], "y": [1.0, -1.0, 0.6]})
    assert relation.restore(made)["y"].tolist() == [40, 11, 21]


def test_what_is_asked_of_the_column_is_asked_of_its_sources() -> None:
    frame = orders(np.random.default_rng(0))
    relation = declare(FOUND[orders], frame)
    asked = relation.push_down([Clause(">=", 400.0)])
    fits = frame["total"] >= 400
    (clause,) = asked["unit"]
    assert clause.operator == ">="
    assert frame["unit"].min() < clause.value <= frame["unit"][fits].min()


def test_protection_hides_rare_ends() -> None:
    frame = stones(np.random.default_rng(0))
    frame.loc[0, ["x", "y", "z", "volume"]] = [40.0, 40.0, 40.0, 64_000.0]
    found = discover(frame, protect=5)
    (relation,) = [each for each in found.relations if isinstance(each, NearFormula)]
    assert relation.leftover.high < 2_000
    assert not np.isin(
        [relation.leftover.low, relation.leftover.high, relation.leftover.middle],
        frame["volume"].value_counts().loc[lambda counts: counts < 5].index,
    ).any()


@pytest.mark.parametrize("form", ["Int64", "float32", "text"])
@given(
    st.lists(
        st.tuples(st.none() | st.integers(-200, 200), st.none() | st.integers(-200, 200)),
        min_size=5,
        max_size=40,
    )
)
@settings(max_examples=25, deadline=None)
def test_any_table_is_an_exact_inverse(
    form: Any, rows: list[tuple[int | None, int | None]]
) -> None:
    first, second = (pd.Series(part, dtype="Float64") for part in zip(*rows, strict=True))
    frame = pd.DataFrame({"x": first, "y": second})
    if form == "text":
        scaled = frame.astype("float64") / 8
        frame = scaled.map(lambda v: None if np.isnan(v) else f"{v:.3f}")
    else:
        frame = (frame.astype("float64") / (4 if form == "float32" else 1)).astype(form)
    numbers = {ColumnKind.INTEGER, ColumnKind.CONTINUOUS, ColumnKind.MIXED}
    if {column.kind for column in TableSchema.infer(frame).columns} <= numbers:
        for text in ("y nearly = 3 * x", "x nearly = 1000 / y"):
            relation = declare(text, frame)
            back = relation.restore(relation.apply(frame))
            pd.testing.assert_frame_equal(back, frame, check_exact=True)


def test_forms_and_refusals() -> None:
    frame = orders(np.random.default_rng(0))
    relation = declare("quantity nearly = total / unit", frame)
    (left,) = relation.reduced_columns().values()
    assert left is not None
    assert (left.kind, left.dtype) == (ColumnKind.INTEGER, "float64")
    assert relation.explain() == "quantity is total / unit, but for a little that is left"
    for wrong, message in {
        "total nearly = city": "only numbers can nearly be numbers",
        "city nearly = 2 * unit": "only numbers can nearly be numbers",
        "total nearly = 2 * total": "a formula of other columns",
        "total nearly = 3": "a formula of other columns",
        "total nearly < unit": "written 'y nearly = 2 . x'",
        "total nearly": "written 'y nearly = 2 . x'",
    }.items():
        with pytest.raises(RelationError, match=message):
            declare(wrong, frame)
