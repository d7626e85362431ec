"""Parts of datetimes: found by what they are, dropped, and computed again in every row."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tabgan import TabGAN
from tabgan.errors import ConditionError, RelationError
from tabgan.query.parser import parse_relation
from tabgan.relations.date_part.calendar import PARTS
from tabgan.relations.date_part.date_part import DatePart
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import ColumnKind, TableSchema
from tabgan.schema.predicates import Clause, matches
from tabgan.state_reader import StateReader

NUMBERS = [name for name in PARTS if name not in ("date", "weekday", "weekend")]


def visits(n: int = 400, zone: str | None = None) -> pd.DataFrame:
    """A datetime with gaps, and columns of all its parts, each with a dtype of its own."""
    rng = np.random.default_rng(0)
    start = pd.Timestamp("2019-11-03", tz=zone)
    at = pd.Series(start + pd.to_timedelta(rng.integers(0, 90_000_000, n), "s"))
    at = at.mask(rng.random(n) < 0.1)
    parts = {name: getattr(at.dt, name) for name in NUMBERS if name not in ("week", "dayofyear")}
    return pd.DataFrame(
        {
            "at": at,
            **{name: values.astype("Int64") for name, values in parts.items()},
            "dayofyear": at.dt.day_of_year,
            "week": at.dt.isocalendar().week.astype("float64"),
            "clock": [None if np.isnan(hour) else f"{hour:.0f}" for hour in parts["hour"]],
            "iso": at.dt.day_of_week + 1,
            "sunday": (at.dt.day_of_week + 1) % 7,
            "date": at.dt.strftime("%d/%m/%Y"),
            "midnight": at.dt.tz_localize(None).dt.normalize(),
            "Name": at.dt.day_name(),
            "mon": at.dt.month_name().str[:3].str.lower(),
            "Q": [None if np.isnan(quarter) else f"Q{quarter:.0f}" for quarter in parts["quarter"]],
            "noise": rng.integers(1, 13, n),
        }
    )


def profile_of(frame: pd.DataFrame) -> TableProfile:
    schema = TableSchema.infer(frame)
    return TableProfile(schema.check(frame), schema)


def found(frame: pd.DataFrame) -> dict[str, int]:
    return {f.relation.text: f.n_violations for f in DatePart.discover(profile_of(frame))}


def declare(text: str, frame: pd.DataFrame) -> list[DatePart]:
    profile = profile_of(frame)
    return DatePart.declare(parse_relation(text, profile.schema.names), profile)


def one(text: str, frame: pd.DataFrame) -> DatePart:
    (relation,) = declare(text, frame)
    return relation


def check_inverse(relation: DatePart, frame: pd.DataFrame) -> None:
    (column,) = relation.dependents
    left = relation.apply(frame)
    assert column.name not in left
    back = relation.restore(left)
    pd.testing.assert_series_equal(back[column.name], frame[column.name], check_exact=True)
    order = np.random.default_rng(0).permutation(len(left))
    mixed = left.iloc[order].reset_index(drop=True)
    assert not relation.find_violations(relation.restore(mixed)).any()
    assert relation.find_violations(frame[[column.name]].join(mixed)).any()


@pytest.mark.parametrize("zone", [None, "America/New_York", "Asia/Kolkata"])
def test_all_parts_are_found_and_come_back(zone: str | None) -> None:
    frame = visits(zone=zone)
    texts = [f"{name} = {name} of at" for name in NUMBERS]
    texts += ["clock = hour of at", "iso = weekday of at", "sunday = weekday of at"]
    texts += ["date = date of at", "midnight = date of at"]
    texts += ["Name = weekday of at", "mon = month of at", "Q = quarter of at"]
    assert found(frame) == dict.fromkeys(texts, 0)
    schema = TableSchema.infer(frame)
    for discovery in DatePart.discover(profile_of(frame)):
        relation = discovery.relation
        assert isinstance(relation, DatePart)
        check_inverse(relation, frame)
        assert one(relation.text, frame) == relation
        assert (
            DatePart.from_dict(StateReader(json.loads(json.dumps(relation.to_dict()))), schema)
            == relation
        )


def test_years_are_found_where_there_are_two() -> None:
    rng = np.random.default_rng(1)
    days = pd.Timestamp("2021-01-01") + pd.to_timedelta(rng.integers(0, 700, 200), "D")
    frame = pd.DataFrame({"day": days, "year": days.year, "coin": rng.integers(0, 2, 200)})
    assert found(frame) == {"year = year of day": 0}


WRITTEN: dict[str, Any] = {  # a part as a column of another kind than numbers
    "year as a category": lambda at: at.dt.year.astype("category"),
    "year as ordered text": lambda at: pd.Categorical(at.dt.strftime("%Y"), ordered=True),
    "month with zeros": lambda at: at.dt.strftime("%m"),
    "month as a category": lambda at: at.dt.month.astype("category"),
    "day as objects": lambda at: at.dt.day.astype(object),
    "hour of two digits": lambda at: at.dt.strftime("%H").astype("category"),
    "week as a category": lambda at: at.dt.isocalendar().week.astype("category"),
    "weekday as text": lambda at: (at.dt.day_of_week + 1).astype("Int64").astype(str),
    "weekend": lambda at: (at.dt.day_of_week >= 5).mask(at.isna()).astype("boolean"),
    "weekend as a number": lambda at: (at.dt.day_of_week >= 5).mask(at.isna()).astype("Int8"),
}


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize("gaps", [0.0, 0.1])
def test_parts_are_found_whatever_kind_they_were_inferred_as(name: str, gaps: float) -> None:
    at = visits(900)["at"].dropna().reset_index(drop=True)
    if gaps and "text" not in name and "digits" not in name:
        at = at.mask(np.random.default_rng(1).random(len(at)) < gaps)
    frame = pd.DataFrame({"at": at, "part": WRITTEN[name](at)})
    part = name.split(maxsplit=1)[0]
    assert found(frame) == {f"part = {part} of at": 0}
    relation = one(f"part = {part} of at", frame)
    check_inverse(relation, frame)
    schema = TableSchema.infer(frame)
    again = DatePart.from_dict(StateReader(json.loads(json.dumps(relation.to_dict()))), schema)
    assert again == relation
    moved = frame.assign(at=frame["at"] + pd.Timedelta("61D"))
    assert not again.find_violations(again.restore(moved[["at"]])).any()


def test_a_part_of_two_values_is_found_and_can_be_asked_for() -> None:
    rng = np.random.default_rng(1)
    day = pd.Series(pd.Timestamp("2022-07-01") + pd.to_timedelta(rng.integers(0, 365, 400), "D"))
    frame = pd.DataFrame({"day": day, "year": day.dt.year.astype(str).astype("category")})
    assert found(frame) == {"year = year of day": 0}
    asked = one("year = year of day", frame).push_down([Clause("=", "2023")])
    fits = matches(frame["day"], TableSchema.infer(frame).column("day"), asked["day"])
    assert fits.tolist() == (frame["year"] == "2023").tolist()


def test_facts_compose_from_the_date_over_its_day_to_the_weekend() -> None:
    rng = np.random.default_rng(0)
    day = pd.Series(pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 300, 600), "D"))
    rates = {"Saturday": "high", "Sunday": "high", "Friday": "middle"}
    frame = pd.DataFrame(
        {
            "day": day,
            "dayname": day.dt.day_name(),
            "tariff": day.dt.day_name().map(rates).fillna("low"),
            "month": day.dt.month,
            "season": np.where(day.dt.month.isin([12, 1, 2]), "winter", "other"),
            "price": rng.gamma(2, 9, 600).round(2),
        }
    )
    model = TabGAN(steps=10, random_state=0).fit(frame)
    assert set(model.model_.relations.texts) == {
        "dayname = weekday of day",
        "month = month of day",
        "dayname -> tariff",
        "month -> season",
    }
    rows = model.sample(1_000, random_state=0)
    assert (rows["dayname"] == rows["day"].dt.day_name()).all()
    assert (rows["tariff"] == rows["dayname"].map(rates).fillna("low")).all()
    assert (rows["season"].eq("winter") == rows["month"].isin([12, 1, 2])).all()
    some = model.sample(60, where={"tariff": "middle"})
    assert (some["dayname"] == "Friday").all()


def test_nothing_is_found_by_chance_or_where_gaps_differ() -> None:
    rng = np.random.default_rng(0)
    at = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 400, 200), "D")
    noise = {f"n{i}": rng.integers(0, 13, 200) for i in range(9)}
    days = {f"d{i}": rng.permutation(at) for i in range(3)}
    assert found(pd.DataFrame({"at": at, "same": at, **noise, **days})) == {}
    frame = pd.DataFrame({"at": at, "month": pd.Series(at.month).mask(rng.random(200) < 0.1)})
    assert found(frame) == {}
    few = pd.DataFrame({"at": at[:30], "half": np.where(at[:30].month < 7, 1, 2)})
    assert found(few) == {}


def test_few_broken_rows_are_told() -> None:
    rng = np.random.default_rng(0)
    at = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 90_000_000, 3_000), "s")
    frame = pd.DataFrame({"at": at, "hour": at.hour})
    frame.loc[5, "hour"] = (at.hour[5] + 1) % 24
    assert found(frame) == {"hour = hour of at": 1}
    assert one("hour = hour of at", frame).find_violations(frame).nonzero()[0].tolist() == [5]


@pytest.mark.parametrize(
    "style", ["%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M", "%Y-%m-%dT%H:%M:%S+02:00"]
)
@given(
    st.lists(st.none() | st.datetimes(pd.Timestamp(1970, 1, 2), pd.Timestamp(2100, 1, 1)),
             min_size=5, max_size=40)
)  # fmt: skip
@settings(max_examples=15, deadline=None)
def test_text_is_read_as_written(style: str, datetimes: list[Any]) -> None:
    at = pd.Series(pd.to_datetime(pd.Series(datetimes, dtype=object))).dt.floor("min")
    frame = pd.DataFrame({"at": at.dt.strftime(style), "day": at.dt.strftime("%Y-%m-%d")})
    frame["hour"] = at.dt.hour.astype("Int8")
    kinds = [column.kind for column in TableSchema.infer(frame).columns]
    if kinds[:2] == [ColumnKind.DATETIME] * 2 and kinds[2].is_number:
        for text in ("hour = hour of at", "day = date of at"):
            relation = one(text, frame)
            assert not relation.find_violations(frame).any()
            back = relation.restore(relation.apply(frame))
            pd.testing.assert_frame_equal(back[list(frame)], frame, check_exact=True)


def test_categories_come_back_only_with_all_their_words() -> None:
    frame = visits()[["at"]]
    names = frame["at"].dt.day_name()
    week = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    whole = frame.assign(day=pd.Categorical(names, week, ordered=True))
    assert found(whole) == {"day = weekday of at": 0}
    check_inverse(one("day = weekday of at", whole), whole)
    work = whole[~names.isin(week[5:])].assign(
        day=lambda t: t["day"].cat.remove_unused_categories()
    )
    assert found(work.reset_index(drop=True)) == {}


def test_forms_and_refusals() -> None:
    frame = visits()
    assert one("mon = month of at", frame).explain() == "mon is the month of at, in words"
    assert one("date = date of at", frame).explain() == "date is the date of at"
    assert list(one("iso = weekday of at", frame).reduced_columns().values()) == [None]
    for other in ("month = minute", "month -> at"):
        assert declare(other, frame) == []
    for wrong, message in {
        "month = month of noise": "'noise' holds integer values",
        "at = date of at": "another column",
        "mon = year of at": "'mon' holds categorical values",
        "Name = month of at": "English word",
        "month = rest of at": "no part 'rest' of a moment; parts are year, month",
        "month of at": "after 'month'.*not 'of'",
    }.items():
        with pytest.raises(RelationError, match=message):
            declare(wrong, frame)


@pytest.mark.parametrize("zone", [None, "America/New_York"])
def test_years_and_dates_ask_for_a_range_of_moments(zone: str | None) -> None:
    frame = visits(zone=zone)
    for name, value in (("year", 2020), ("date", "05/07/2021"), ("midnight", "2021-07-05")):
        relation = one(f"{name} = {'year' if name == 'year' else 'date'} of at", frame)
        (column,), (source,) = relation.dependents, relation.sources
        for sign in ("=", "<", "<=", ">", ">="):
            asked = relation.push_down([Clause(sign, value)])
            fits = matches(frame["at"], source, asked["at"])
            assert fits.tolist() == matches(frame[name], column, [Clause(sign, value)]).tolist()
            assert fits.any()
    relation = one("year = year of at", frame)
    assert relation.push_down([Clause("=", None)]) == {"at": [Clause("=", None)]}
    assert relation.push_down([Clause("<=", 1e300)]) == {}
    assert one("hour = hour of at", frame).push_down([Clause("=", 5)]) == {}
    with pytest.raises(ConditionError, match="cannot be asked for"):
        relation.push_down([Clause("=", "soon")])
