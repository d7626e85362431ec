"""The relations of a table together: found, chosen without circles, restored, saved, forgotten."""

import json

import numpy as np
import pandas as pd
import pytest

from tabgan.errors import RelationError
from tabgan.relations import RELATIONS, RelationConfig, RelationSet
from tabgan.schema import TableSchema


@pytest.fixture(scope="module")
def rides() -> pd.DataFrame:
    """600 rides in which every kind of relation that can be found holds."""
    rng = np.random.default_rng(0)
    n = 600
    start = pd.Timestamp("2021-03-01") + pd.to_timedelta(rng.integers(0, 40 * 86_400, n), "s")
    end = start + pd.to_timedelta(rng.integers(60, 3_600, n), "s")
    zone = rng.choice(["A1", "A2", "B1", "B2", "C1"], n)
    fare, tip = rng.lognormal(2, 0.5, n).round(2), rng.lognormal(0, 0.9, n).round(2)
    fee = rng.choice([0.5, 1.0], n)
    miles = rng.lognormal(1, 0.6, n).round(2)
    note = pd.Series(rng.choice(["ok", "late"], n)).mask(rng.random(n) < 0.3)
    delay = pd.Series(rng.integers(1, 60, n)).mask((note == "ok") | (rng.random(n) < 0.2))
    load = np.random.default_rng(1).lognormal(1, 0.8, n).round(2)
    return pd.DataFrame(
        {
            "zone": zone,
            "area": pd.Series(zone).str[0],
            "start": start,
            "end": end,
            "weekday": start.day_of_week,
            "fare": fare,
            "tip": tip,
            "total": (fare + tip + fee).round(2),
            "miles": miles,
            "km": (miles * 1.6).round(3),
            "last": np.where(rng.random(n) < 0.3, fare, rng.lognormal(2, 0.5, n).round(2)),
            "note": note,
            "noted": pd.Series(rng.choice(["Ann", "Bob"], n)).mask(note.isna()),
            "delay": delay,
            "pay": (miles * fare).round(1),
            "bonus": np.where(zone == "B2", 3 * fare, rng.lognormal(3, 1, n)).round(2),
            "toll": np.where(zone == "C1", 0, rng.lognormal(1, 0.8, n).round(2)),
            "load": load,
            "fuel": (miles * load * rng.normal(1, 0.02, n)).round(2),
            "ticket": zone + pd.Series(rng.permutation(n) + 10_000).astype(str),
            "stop": pd.Series(rng.lognormal(1, 0.8, n).round(2)).mask(miles < 2),
        }
    )


@pytest.fixture(scope="module")
def found(rides: pd.DataFrame) -> RelationSet:
    return RelationSet.discover(rides, TableSchema.infer(rides))


def find(frame: pd.DataFrame, **setting: object) -> RelationSet:
    return RelationSet.discover(frame, TableSchema.infer(frame), RelationConfig(**setting))  # type: ignore[arg-type]


def test_all_kinds_are_found(found: RelationSet) -> None:
    kinds = {relation.KIND for relation in found.relations}
    assert kinds == set(RELATIONS) - {"combinations", "predicate"}
    for text in (
        "zone -> area",
        "start < end",
        "weekday = weekday of start",
        "km = 1.6 * miles",
        "pay = fare * miles",
    ):
        assert text in found.texts
    assert "noted missing with note" in found.texts
    assert "delay partly missing by note" in found.texts
    assert "stop missing exactly where miles < 2" in found.texts
    assert "total = fare + tip + rest" in found.texts
    assert "last often = fare" in found.texts
    assert "fuel nearly = miles * load" in found.texts
    assert "toll = 0 exactly where area = 'C'" in found.texts


def test_what_is_left_to_learn_can_be_restored(rides: pd.DataFrame, found: RelationSet) -> None:
    free = found.apply(rides)
    assert list(free) == list(found.free.names)
    assert not {"area", "weekday", "km"} & set(free)
    pd.testing.assert_frame_equal(found.restore(free), rides)


def test_rows_of_independent_columns_obey_every_relation(
    rides: pd.DataFrame, found: RelationSet
) -> None:
    free, rng = found.apply(rides), np.random.default_rng(0)
    mixed = free.apply(lambda column: column.iloc[rng.permutation(len(free))].to_numpy())
    restored = found.restore(mixed.astype(free.dtypes))
    assert not found.find_violations(restored).any()
    assert (restored.dtypes == rides.dtypes).all()


def test_a_model_file_holds_them(rides: pd.DataFrame, found: RelationSet) -> None:
    entry = json.loads(json.dumps(found.to_dict()))
    again = RelationSet.from_dict(entry, found.schema)
    assert again.texts == found.texts
    pd.testing.assert_frame_equal(again.restore(again.apply(rides)), rides)


def test_every_text_can_be_declared_and_a_schema_can_list_them(
    rides: pd.DataFrame, found: RelationSet
) -> None:
    declared = find(rides, discover=False, declare=found.texts)
    assert set(declared.texts) == set(found.texts)
    entry = TableSchema.infer(rides).to_dict() | {"relations": ["zone -> area"]}
    listed = RelationSet.discover(rides, TableSchema.from_dict(entry))
    assert listed.texts == ("zone -> area",)


def test_forgetting(rides: pd.DataFrame, found: RelationSet) -> None:
    fewer = find(rides, forget=("zone->area", "start <= end"))
    assert set(found.texts) - set(fewer.texts) == {"zone -> area", "start < end"}
    assert find(rides, discover=False).texts == ()
    with pytest.raises(
        RelationError, match="no relation 'tip <= fare' to forget; there are 'weekday = "
    ):
        find(rides, forget=("tip <= fare",))


def test_chance_finds_nothing() -> None:
    rng = np.random.default_rng(3)
    for n in (30, 300):
        frame = pd.DataFrame({f"n{i}": rng.normal(size=n).round(1) for i in range(6)})
        frame = frame.assign(**{f"c{i}": rng.choice(list("abc"), n) for i in range(4)})
        frame = frame.assign(flag=rng.random(n) < 0.1, few=rng.integers(0, 12, n))
        frame["day"] = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 90, n), "D")
        assert find(frame).texts == ()


def test_a_declared_relation_that_does_not_hold_is_refused_with_a_row(rides: pd.DataFrame) -> None:
    with pytest.raises(RelationError, match=r"'tip <= fare' does not hold in .* of 600 rows.*row "):
        find(rides, declare=("tip <= fare",))


def test_a_few_dirty_rows_are_left_out_when_declared_and_offered_when_not() -> None:
    rng = np.random.default_rng(0)
    low = rng.normal(size=3_000).round(2)
    more = rng.exponential(size=3_000)
    more[7] = -3
    frame = pd.DataFrame({"low": low, "high": (low + more).round(2)})
    relations = find(frame)
    assert relations.texts == ()
    assert [(f.relation.text, f.n_violations) for f in relations.offered] == [("low <= high", 1)]
    assert find(frame, declare=("low <= high",)).has_violations


@pytest.mark.parametrize(
    ("declared", "words"),
    [
        (("zone -> area", "fare = area"), "fare"),
        (("km = 1.6 * miles", "miles = 0.625 * km"), "cannot both be kept"),
        (("zone - area",), "no form"),
        (("aera <= fare",), "perhaps 'area'"),
        (("zone ??",), "cannot be read"),
        (("",), "empty"),
    ],
)
def test_what_cannot_be_declared(
    rides: pd.DataFrame, declared: tuple[str, ...], words: str
) -> None:
    with pytest.raises(RelationError, match=words):
        find(rides, declare=declared)


def test_switching_off_leaves_out_what_a_schema_lists(rides: pd.DataFrame) -> None:
    entry = TableSchema.infer(rides).to_dict() | {"relations": ["zone -> area"]}
    setting = RelationConfig(discover=False, declare=("start <= end",))
    assert RelationSet.discover(rides, TableSchema.from_dict(entry), setting).texts == (
        "start <= end",
    )


def test_what_is_found_and_not_kept_is_told() -> None:
    rng = np.random.default_rng(0)
    low = rng.lognormal(3, 0.5, 800).round(2)
    high, other = (low * rng.uniform(1, 3, 800)).round(2), rng.lognormal(2, 0.5, 800).round(2)
    frame = pd.DataFrame({"low": low, "high": high, "other": other})
    frame["sum"] = (frame["high"] + frame["other"]).round(2)
    relations = find(frame, declare=("high = sum - other",))
    told = {discovery.relation.text for discovery in (*relations.implied, *relations.offered)}
    assert "low < high" not in relations.texts
    assert "low < high" in told


def test_wide_tables_bring_no_warning() -> None:
    rng = np.random.default_rng(0)
    codes = {f"code {i}": rng.integers(0, 9, 300) for i in range(120)}
    names = {
        f"name {i}": np.char.add("n", code.astype(str)) for i, code in enumerate(codes.values())
    }
    frame = pd.DataFrame(codes | names)
    relations = find(frame)
    assert len(relations.texts) == 120
    pd.testing.assert_frame_equal(relations.restore(relations.apply(frame)), frame)
