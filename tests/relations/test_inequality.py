"""Orders: found where they hold, kept in every restored row, given back bit for bit."""

import json
from itertools import pairwise
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
from tabgan.relations import RelationConfig, RelationSet
from tabgan.relations.inequality.inequality import Inequality
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import ColumnKind, TableSchema
from tabgan.schema.float_conversion import to_float
from tabgan.schema.predicates import Clause, matches
from tabgan.schema.text.datetimes.local_time import to_datetimes
from tabgan.state_reader import StateReader


def trips(n: int = 900) -> pd.DataFrame:
    """Rides with gaps, whose sums grow: number <= paid <= total, and pickup <= dropoff <= filed."""
    rng = np.random.default_rng(0)
    fare = rng.gamma(2, 8, n).round(2)
    paid = (fare + 0.1 + rng.gamma(1, 2, n)).round(1)
    pickup = pd.Timestamp("2024-03-01") + pd.to_timedelta(rng.integers(0, 9_000_000, n), "s")
    dropoff = pickup + pd.to_timedelta(rng.integers(60, 9_000_000, n), "s")
    frame = pd.DataFrame(
        {
            "fare": fare,
            "paid": pd.Series(paid).mask(rng.random(n) < 0.1),
            "total": [f"{v:.2f}" for v in paid + rng.integers(0, 900, n) / 100],
            "pickup": pickup,
            "dropoff": dropoff.strftime("%d/%m/%Y %H:%M:%S"),
            "filed": dropoff.normalize() + pd.to_timedelta(rng.integers(1, 30, n), "D"),
            "noise": rng.normal(10, 9, n).round(2),
            "late": rng.integers(1_000, 2_000, n),
        }
    )
    return frame.astype({"filed": "datetime64[s]"})


def profile_of(frame: pd.DataFrame, **options: Any) -> TableProfile:
    schema = TableSchema.infer(frame)
    return TableProfile(schema.check(frame), schema, **options)


def found(frame: pd.DataFrame, **options: Any) -> dict[str, int]:
    return {
        f.relation.text: f.n_violations for f in Inequality.discover(profile_of(frame, **options))
    }


def declare(text: str, frame: pd.DataFrame, **options: Any) -> list[Inequality]:
    profile = profile_of(frame, **options)
    return Inequality.declare(parse_relation(text, profile.schema.names), profile)


def check_inverse(relation: Inequality, frame: pd.DataFrame) -> None:
    """Restored rows are the table's; restored mixtures of its cells obey the relation."""
    left = relation.apply(frame)
    (column,) = relation.dependents
    pd.testing.assert_frame_equal(relation.restore(left), frame, check_exact=True)
    if relation.keeps_values:
        pd.testing.assert_series_equal(left[column.name], frame[column.name])
    else:
        assert left[column.name].dtype == "float64"
        assert not (left[column.name] < 0).any()
    rng = np.random.default_rng(0)
    parts = [left[name].iloc[rng.permutation(len(left))] for name in left]
    mixed = pd.concat([part.reset_index(drop=True) for part in parts], axis=1)
    if not relation.keeps_values:
        mixed[column.name] += rng.normal(0, 0.3, len(mixed))
    back = relation.restore(mixed)
    assert not relation.find_violations(back).any()
    assert back[column.name].dtype == frame[column.name].dtype
    assert back[column.name].isna().sum() == frame[column.name].isna().sum()


def test_the_nearest_sources_are_found_and_nothing_else() -> None:
    assert found(trips()) == {
        "fare < paid": 0,
        "fare, paid <= total": 0,  # where `paid` is missing, `fare` still matters
        "pickup < dropoff": 0,
        "dropoff < filed": 0,
    }


def test_nothing_is_found_by_chance_by_range_or_in_copies() -> None:
    for seed in range(12):
        rng = np.random.default_rng(seed)
        n = 40 * 3 ** (seed % 4)
        skewed = {f"x{i}": rng.lognormal(0, i / 2, n).round(2) for i in range(8)}
        counts = {f"n{i}": pd.Series(rng.poisson(2 * i, n)).mask(rng.random(n) < 0.3)
                  for i in range(4)}  # fmt: skip
        assert found(pd.DataFrame(skewed | counts)) == {}
    number = np.random.default_rng(0).normal(size=500)
    assert found(pd.DataFrame({"x": number, "same": number, "far": number.round(2) + 90})) == {}


def test_few_broken_rows_are_told() -> None:
    frame = trips(3_000)
    row = np.flatnonzero(frame["paid"].notna())[5]
    frame.loc[row, "fare"] = 500.0
    assert found(frame) == {
        "fare <= paid": 1,
        "paid <= total": 0,
        "pickup < dropoff": 0,
        "dropoff < filed": 0,
    }
    (relation,) = declare("fare <= total", frame)
    assert relation.find_violations(frame).nonzero()[0].tolist() == [row]


@pytest.mark.parametrize("protect", [False, True])
def test_every_relation_found_is_an_exact_inverse(protect: bool) -> None:
    frame = trips()
    discoveries = Inequality.discover(profile_of(frame, protection=Protection(protect)))
    relations = [f.relation for f in discoveries]
    relations += [other for f in discoveries for other in f.relation.equivalents()]
    assert len(relations) == 11
    for relation in relations:
        assert isinstance(relation, Inequality)
        check_inverse(relation, frame)
        (again,) = declare(relation.text, frame, protection=Protection(protect))
        assert again == relation
        entry = json.loads(json.dumps(relation.to_dict()))
        assert Inequality.from_dict(StateReader(entry), TableSchema.infer(frame)) == relation


cells = st.lists(
    st.tuples(
        st.none() | st.integers(-9_999, 9_999),
        st.none() | st.integers(-500, 500),
        st.none() | st.integers(0, 5_000),
    ),
    min_size=8,
    max_size=40,
)


def datetimes(seconds: "pd.Series[float]") -> "pd.Series[pd.Timestamp]":
    return pd.Series(to_datetimes(np.asarray(seconds, np.float64)))


FORMS: dict[str, tuple[float, Any]] = {
    "integers": (1, lambda v: v.astype("Int64")),
    "cents": (100, lambda v: v),
    "text": (1_000, lambda v: v.map(lambda number: f"{number:.3f}", na_action="ignore")),
    "float32": (4, lambda v: v.astype("float32")),
    "seconds": (1, lambda v: datetimes(v).astype("datetime64[s]")),
    "days": (1 / 86_400, datetimes),
    "dates": (1 / 86_400, lambda v: datetimes(v).dt.strftime("%d %b %Y")),
}


@pytest.mark.parametrize("form", FORMS)
@given(rows=cells)
@settings(max_examples=12, deadline=None)
def test_any_order_is_an_exact_inverse(form: str, rows: list[tuple[int | None, ...]]) -> None:
    scale, write = FORMS[form]
    one, two, gap = (pd.Series(part, dtype="Float64") for part in zip(*rows, strict=True))
    base = pd.concat([one, two], axis=1).max(axis=1).fillna(7)
    columns = {"one": one, "two": two, "top": base + gap}
    frame = pd.DataFrame({name: write(v.astype("float64") / scale) for name, v in columns.items()})
    kinds = {column.kind for column in TableSchema.infer(frame).columns}
    if not all(kind.is_number or kind is ColumnKind.DATETIME for kind in kinds):
        return
    for text in ("one, two <= top", "top >= one"):
        (relation,) = declare(text, frame)
        assert not relation.find_violations(frame).any()
        check_inverse(relation, frame)


@pytest.mark.parametrize("form", FORMS)
@given(rows=cells)
@settings(max_examples=12, deadline=None)
def test_any_strict_order_stays_strict(form: str, rows: list[tuple[int | None, ...]]) -> None:
    scale, write = FORMS[form]
    low, _, gap = (pd.Series(part, dtype="Float64") for part in zip(*rows, strict=True))
    columns = {"low": low, "mid": low.fillna(7) + 1 + gap, "high": low.fillna(7) + 2 + gap * 2}
    frame = pd.DataFrame({name: write(v.astype("float64") / scale) for name, v in columns.items()})
    kinds = {column.kind for column in TableSchema.infer(frame).columns}
    if not all(kind.is_number or kind is ColumnKind.DATETIME for kind in kinds):
        return
    for text in ("low < mid", "low, mid < high", "high > mid"):
        (relation,) = declare(text, frame)
        assert relation.margin.strict
        check_inverse(relation, frame)
        equal = frame.assign(mid=frame["low"], high=frame["low"])
        both = equal["low"].notna()
        assert relation.find_violations(equal)[both].all()
        left = relation.apply(equal)
        if not relation.keeps_values:
            left[relation.dependent.name] = 0.0  # as a generator may have it
        assert not relation.find_violations(relation.restore(left)).any()


STRICT: dict[str, Any] = {
    "int8": lambda v: (v // 8).astype("int8"),
    "Int64": lambda v: v.astype("Int64"),
    "float": lambda v: (v / 100).round(2),
    "float without decimals": lambda v: v * (1 + 2.0**-20),
    "float32": lambda v: (v / np.pi).astype("float32"),
    "numbers in text": lambda v: v.map("{:,.0f} km".format),
    "dates": lambda v: pd.Series(pd.Timestamp("2024-01-01") + pd.to_timedelta(v, "D")).dt.date,
    "moments": lambda v: pd.Timestamp("2024-01-01 08:00") + pd.to_timedelta(v, "min"),
    "durations": lambda v: pd.to_timedelta(v, "min"),
}


@pytest.mark.parametrize("form", STRICT)
def test_chains_are_strict_in_every_generated_row(form: str) -> None:
    rng = np.random.default_rng(0)
    low = pd.Series(rng.integers(-400, 400, 500)) + 8
    mid = low + 8 * rng.geometric(0.5, 500).clip(max=25)
    high = mid + 8 * rng.geometric(0.6, 500).clip(max=20)
    parts = {"low": low, "mid": mid, "high": high, "x": pd.Series(rng.normal(size=500))}
    write = STRICT[form]
    frame = pd.DataFrame({name: v if name == "x" else write(v) for name, v in parts.items()})
    schema = TableSchema.infer(frame)
    relations = RelationSet.discover(frame, schema)
    assert any("<" in text and "=" not in text for text in relations.texts), relations.texts
    rows = TabGAN(steps=10, random_state=0).fit(frame).sample(2_000, random_state=0)
    order = [name for name in ("low", "mid", "high") if name in rows]
    numbers = [to_float(rows[name], schema.column(name)) for name in order]
    for lower, upper in pairwise(numbers):
        assert (lower < upper).all()


def test_forgetting_an_order_forgets_the_strict_one() -> None:
    frame = trips()
    config = RelationConfig(forget=["fare <= paid", "dropoff >= pickup", "dropoff < filed"])
    with pytest.raises(RelationError, match="no relation 'dropoff >= pickup' to forget"):
        RelationSet.discover(frame, TableSchema.infer(frame), config)
    config = RelationConfig(forget=["fare <= paid", "pickup <= dropoff", "dropoff < filed"])
    assert RelationSet.discover(frame, TableSchema.infer(frame), config).texts == (
        "fare, paid <= total",
    )


def test_what_does_not_come_back_is_turned_round_or_left() -> None:
    rng = np.random.default_rng(0)
    low, other = rng.normal(size=(2, 500))
    coarse = np.ceil(4 * (low + rng.random(500))) / 4
    assert found(pd.DataFrame({"low": low, "high": np.maximum(low, other)})) == {}
    frame = pd.DataFrame({"low": low.round(1), "high": np.maximum(low.round(1), other)})
    assert found(frame) == {"high >= low": 0}
    with pytest.raises(RelationError, match="turn the relation round"):
        declare("low <= high", frame)
    assert found(pd.DataFrame({"low": low, "high": coarse})) == {"low < high": 0}


def test_months_and_years_are_written_above_their_base() -> None:
    rng = np.random.default_rng(0)
    day = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, 400), "D")
    later = pd.DatetimeIndex(day + pd.to_timedelta(rng.integers(40, 900, 400), "D"))
    frame = pd.DataFrame({"day": day, "month": later.to_period("M"), "year": later.to_period("Y")})
    frame = frame[frame["year"].dt.start_time >= frame["day"]].reset_index(drop=True)
    for text in ("day <= month", "day <= year"):
        (relation,) = declare(text, frame)
        check_inverse(relation, frame)


def test_forms_and_refusals() -> None:
    frame = trips().assign(city=["Ulm", "Bonn", "Ulm"] * 300)
    texts = [relation.text for relation in declare("fare <= paid <= total, late", frame)]
    assert texts == ["fare <= paid", "paid <= total", "paid <= late"]
    assert [r.text for r in declare("total >= paid >= fare", frame)] == [
        "total >= paid",
        "paid >= fare",
    ]
    others = (
        "fare < paid < pickup",
        "fare <= 3",
        "fare + paid <= total",
        "fare -> paid",
        "(fare <= paid)",
    )
    for other in others:
        assert declare(other, frame) == []
    assert declare("fare < paid > noise", frame) == []
    signs = [relation.text for relation in declare("fare < paid <= total, late", frame)]
    assert signs == ["fare < paid", "paid <= total", "paid <= late"]
    for wrong, message in {
        "fare <= city": "'city' holds categorical values",
        "fare <= pickup": "only alike ones",
        "fare <= paid <= fare": "'fare' is there twice",
        "fare <= paid >= noise": "both <= and >=",
        "fare <=": "and the relation ends",
        "fare, 3 <= paid": "after 'fare,': there should be a column, not '3'",
    }.items():
        with pytest.raises(RelationError, match=message):
            declare(wrong, frame)


def test_it_is_said_in_words_and_leaves_a_gap() -> None:
    frame = trips()
    (both,) = declare("fare, paid <= total", frame)
    assert both.explain() == "total is never below fare or paid"
    (lower,) = declare("dropoff >= pickup", frame)
    assert lower.explain() == "pickup is never after dropoff"
    (strict,) = declare("dropoff > pickup", frame)
    assert strict.explain() == "pickup is always before dropoff"
    (strict,) = declare("fare < paid", frame)
    assert strict.explain() == "paid is always above fare"
    (gap,) = both.reduced_columns().values()
    assert gap is not None
    assert (gap.name, gap.kind, gap.dtype) == ("total", ColumnKind.CONTINUOUS, "float64")
    whole = pd.DataFrame({"a": [3, 9, 4, 3], "b": [5, 30, 4, 8]})
    (gap,) = declare("a <= b", whole)[0].reduced_columns().values()
    assert gap is not None
    assert gap.kind is ColumnKind.INTEGER


def test_protect_keeps_the_extremes_to_itself() -> None:
    frame = trips()
    (relation,) = declare("total >= paid", frame, protection=Protection(True))
    kept = relation.to_dict()
    assert kept["limit"] is None
    assert kept["fill"] == 100.0  # not the 61.9 that was paid once


def test_bounds_go_to_the_sources_that_need_them() -> None:
    frame = trips()
    (upper,) = declare("fare, paid <= total", frame)
    assert upper.push_down([Clause("<=", 20)]) == {
        name: [Clause("<=", 20.0)] for name in ("fare", "paid")
    }
    assert upper.push_down([Clause("<", "20")])["fare"][0].value == pytest.approx(19.99)
    assert upper.push_down([Clause("in", (3, 7.5, 4))])["paid"] == [Clause("<=", 7.5)]
    assert upper.push_down([Clause(">", 20)]) == {}
    assert upper.push_down([Clause("=", None)]) == {}
    with pytest.raises(ConditionError, match="run from"):
        upper.push_down([Clause(">", 1e6)])
    (moment,) = declare("pickup <= dropoff", frame)
    ((clause,),) = moment.push_down([Clause("=", "03/04/2024 00:00:00")]).values()
    rows = matches(frame["pickup"], moment.sources[0], [clause])
    assert rows.tolist() == (frame["pickup"] <= pd.Timestamp("2024-04-03")).tolist()


def test_rows_are_moved_into_bounds_but_not_past_their_base() -> None:
    frame = trips()
    (relation,) = declare("fare <= total", frame)
    asked = [Clause("<=", 12.5), Clause(">", 12.4)]  # where hardly any row lies
    moved = relation.steer(frame, asked)
    assert not relation.find_violations(moved).any()
    fits = matches(moved["total"], relation.dependents[0], asked)
    assert fits.tolist() == (frame["fare"] <= 12.5).tolist()
    kept = relation.steer(frame, [Clause("<=", 60)])
    pd.testing.assert_frame_equal(kept, frame)  # enough rows are there by themselves


def test_protected_ends_of_the_largest_floats_are_floats() -> None:
    low = -1.7e308 + 1e306 * np.random.default_rng(0).random(60)
    frame = pd.DataFrame({"low": low, "high": np.random.default_rng(1).permutation(low) * 0.95})
    (relation,) = declare("low <= high", frame, protection=Protection(is_on=True))
    assert relation.to_dict()["fill"] == -np.finfo(np.float64).max
