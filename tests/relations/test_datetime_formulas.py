"""What is calculated from datetimes: spans, whole years, ages at a fixed day, ends of spans."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tabgan.errors import RelationError
from tabgan.relations import RelationConfig, RelationSet
from tabgan.relations.formula.formula import Formula
from tabgan.schema import TableSchema

N = 400
DAY = 86_400
RNG = np.random.default_rng(11)


def drawn(start: str, seconds: int, step: int = 1) -> "pd.Series[Any]":
    drawn_seconds = RNG.integers(0, seconds // step, N) * step
    return pd.Series(pd.Timestamp(start) + pd.to_timedelta(drawn_seconds, "s"))


BORN, HIRED = drawn("1948-03-01", 19_000 * DAY, DAY), drawn("2018-05-01", 2_000 * DAY, DAY)
SENT = drawn("2021-10-01", 80_000_000)
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
BASE = pd.DataFrame(
    {
        "born": BORN,
        "hired": HIRED,
        "sent": SENT,
        "got": SENT + pd.to_timedelta(RNG.integers(600, 4_000_000, N), "s"),
        "weeks": RNG.integers(1, 30, N),
        "hours": RNG.integers(0, 9, N),
        "mins": RNG.integers(0, 60, N),
        "quarters": RNG.integers(1, 13, N),
        "y": RNG.integers(2011, 2016, N),
        "m": RNG.choice(MONTHS, N),
        "d": RNG.integers(1, 29, N),
    }
)
Make = Callable[[pd.DataFrame], Any]


def whole_years(start: Any, end: Any) -> Any:
    before = (end.dt.month * 100 + end.dt.day) < (start.dt.month * 100 + start.dt.day)
    return end.dt.year - start.dt.year - before


def later(start: "pd.Series[Any]", months: Any) -> "pd.Series[Any]":
    return pd.Series(
        [at + pd.DateOffset(months=int(n)) for at, n in zip(start, months, strict=True)]
    )


def days_since(frame: pd.DataFrame, day: str) -> Any:
    return (pd.Timestamp(day) - frame["born"]).dt.days


# the relation as it is found, the columns that it is made of, and how it is made
FACTS: dict[str, tuple[str, Make]] = {
    "z = (date(got) - date(sent)) / 1 day": (
        "sent got", lambda t: (t.got.dt.normalize() - t.sent.dt.normalize()).dt.days),
    "z = (got - sent) / 1 minute": (
        "sent got", lambda t: ((t.got - t.sent).dt.total_seconds() / 60).round(1)),
    "z = floor((got - sent) / 7 days)": (
        "sent got", lambda t: (t.got - t.sent).dt.days // 7),
    "z = years(born, hired)": ("born hired", lambda t: whole_years(t.born, t.hired)),
    "z = months(born, sent)": (
        "born sent",
        lambda t: (t.sent.dt.year - t.born.dt.year) * 12 + t.sent.dt.month - t.born.dt.month
        - (t.sent.dt.day < t.born.dt.day)),
    "z = 12 * (year(hired) - year(born)) + month(hired) - month(born)": (
        "born hired",
        lambda t: (t.hired.dt.year - t.born.dt.year) * 12 + t.hired.dt.month - t.born.dt.month),
    "z = year(hired) - year(born)": ("born hired", lambda t: t.hired.dt.year - t.born.dt.year),
    "z = 2019 - year(born)": ("born", lambda t: 2019 - t.born.dt.year),
    "z = years(born, '2022-11-17')": (
        "born", lambda t: whole_years(t.born, pd.Series([pd.Timestamp("2022-11-17")] * len(t)))),
    "z = floor(('2020-02-29' - born) / 1 day)": ("born", lambda t: days_since(t, "2020-02-29")),
    "z = floor(('2020-02-29' - born) / 7 days)": (
        "born", lambda t: days_since(t, "2020-02-29") // 7),
    "z = ('2019-08-09' - born) / 8766 hours": (
        "born", lambda t: (days_since(t, "2019-08-09") / 365.25).round(1)),
    "z = (date(sent) - born) / 8766 hours": (
        "born sent", lambda t: ((t.sent - t.born).dt.days / 365.25).round(2)),
    "z = 1000 * (sent - '1970-01-01')": (
        "sent", lambda t: (t.sent - pd.Timestamp("1970-01-01")) // pd.Timedelta("1ms")),
    "z = 1000000 * (sent - '1970-01-01')": (
        "sent", lambda t: (t.sent - pd.Timestamp("1970-01-01")) // pd.Timedelta("1us")),
    "z = sent + weeks * 7 days": (
        "sent weeks", lambda t: t.sent + pd.to_timedelta(t.weeks * 7, "D")),
    "z = sent + weeks * 20 minutes": (
        "sent weeks", lambda t: t.sent + pd.to_timedelta(t.weeks * 20, "min")),
    "z = date(sent) + weeks * 1 day": (
        "sent weeks", lambda t: t.sent.dt.normalize() + pd.to_timedelta(t.weeks, "D")),
    "z = date(sent) + 30 days": ("sent", lambda t: t.sent.dt.normalize() + pd.Timedelta("30D")),
    "z = sent + hours * 1 hour + mins * 1 minute": (
        "sent hours mins",
        lambda t: t.sent + pd.to_timedelta(t.hours, "h") + pd.to_timedelta(t.mins, "min")),
    "z = add_months(born, 3 * quarters)": (
        "born quarters", lambda t: later(t.born, 3 * t.quarters)),
    "z = add_months(born, 780)": ("born", lambda t: later(t.born, 780 + 0 * t.index)),
    "z = add_months(hired, 12 * quarters) - 1 day": (
        "hired quarters", lambda t: later(t.hired, 12 * t.quarters) - pd.Timedelta("1D")),
    "z = date(y, m, d) + weeks * 1 day": (
        "y m d weeks",
        lambda t: pd.to_datetime(
            {"year": t.y, "month": t.m.map(lambda m: MONTHS.index(m) + 1), "day": t.d}
        ) + pd.to_timedelta(t.weeks, "D")),
}  # fmt: skip


def with_fact(text: str) -> pd.DataFrame:
    names, make = FACTS[text]
    frame = BASE[names.split()].copy()
    return frame.assign(z=make(frame), noise=RNG.normal(size=N).round(2))


def discover(frame: pd.DataFrame, **config: object) -> RelationSet:
    return RelationSet.discover(frame, TableSchema.infer(frame), RelationConfig(**config))  # type: ignore[arg-type]


def permuted(relations: RelationSet, frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows whose learned columns have nothing to do with each other."""
    free = relations.apply(frame)
    rng = np.random.default_rng(0)
    shuffled = {name: free[name].iloc[rng.permutation(len(free))].array for name in free}
    return relations.restore(pd.DataFrame(shuffled))


@pytest.mark.parametrize("text", FACTS)
def test_a_fact_is_found_and_holds_in_rows_that_are_made(text: str) -> None:
    frame = with_fact(text)
    relations = discover(frame)
    assert text in relations.texts
    back = relations.restore(relations.apply(frame))
    pd.testing.assert_frame_equal(back, frame, check_exact=False, rtol=1e-12)
    made = permuted(relations, frame)
    expected = pd.Series(FACTS[text][1](made))
    assert not made["z"].equals(frame["z"])
    assert (made["z"].to_numpy() == expected.to_numpy()).all()


@pytest.mark.parametrize("text", FACTS)
def test_what_is_found_is_declared_and_read_back(text: str) -> None:
    frame = with_fact(text)
    declared = discover(frame, discover=False, declare=[text])
    assert declared.texts == (text,)
    again = RelationSet.from_dict(declared.to_dict(), declared.schema)
    free = declared.apply(frame)
    pd.testing.assert_frame_equal(again.restore(free), declared.restore(free))


@pytest.mark.parametrize("form", ["%d.%m.%Y %H:%M:%S", "%Y-%m-%dT%H:%M:%S+02:00"])
def test_datetimes_in_text_are_calculated_with(form: str) -> None:
    end = BASE["sent"] + pd.to_timedelta(BASE["mins"], "min")
    frame = pd.DataFrame({"a": BASE["sent"].dt.strftime(form), "mins": BASE["mins"]})
    frame["b"] = end.dt.strftime(form)
    relations = discover(frame)
    assert "b = a + mins * 1 minute" in relations.texts
    pd.testing.assert_frame_equal(relations.restore(relations.apply(frame)), frame)


@pytest.mark.parametrize("zone", ["America/Chicago", "Australia/Sydney"])
def test_days_between_are_those_of_the_local_calendar(zone: str) -> None:
    local = {
        name: BASE[name].dt.tz_localize(zone, ambiguous="NaT", nonexistent="shift_forward")
        for name in ("sent", "got")
    }
    frame = pd.DataFrame(local).dropna().reset_index(drop=True)
    days = [frame[name].dt.tz_localize(None).dt.normalize() for name in ("got", "sent")]
    frame["nights"] = (days[0] - days[1]).dt.days
    relations = discover(frame)
    assert "nights = (date(got) - date(sent)) / 1 day" in relations.texts
    made = permuted(relations, frame)
    ends = [made[name].dt.tz_localize(None).dt.normalize() for name in ("got", "sent")]
    assert (made["nights"] == (ends[0] - ends[1]).dt.days).all()


def test_gaps_of_the_datetimes_are_gaps_of_the_age() -> None:
    frame = BASE[["born", "hired"]].copy()
    frame["born"] = frame["born"].mask(RNG.random(N) < 0.1)
    frame["age"] = whole_years(frame["born"], frame["hired"]).astype("Int64")
    frame["age"] = frame["age"].mask(frame["born"].isna())
    relations = discover(frame)
    assert "age = years(born, hired)" in relations.texts
    made = permuted(relations, frame)
    assert (made["age"].isna() == made["born"].isna()).all()
    given = made.dropna()
    assert (given["age"] == whole_years(given["born"], given["hired"])).all()


def test_a_leap_day_is_a_birthday_on_the_first_of_march() -> None:
    born = ["2000-02-29", "2000-02-29", "2000-02-29", "1999-12-31"]
    at = ["2023-02-28", "2023-03-01", "2024-02-29", "2024-12-30"]
    frame = pd.DataFrame({"born": pd.to_datetime(born * 20), "at": pd.to_datetime(at * 20)})
    frame["age"] = [22, 23, 24, 24] * 20
    declared = discover(frame, discover=False, declare=["age = years(born, at)"])
    assert not declared.has_violations


def test_an_age_is_no_half_of_a_year_that_goes_both_ways() -> None:
    frame = with_fact("z = years(born, '2022-11-17')")
    frame["z"] = whole_years(frame["born"], pd.Series(pd.Timestamp("2023-07-01"), frame.index))
    relations = discover(frame)
    assert "z = years(born, '2023-07-01')" in relations.texts


def test_a_few_wrong_ages_make_an_offer_that_can_be_declared() -> None:
    frame = with_fact("z = years(born, '2022-11-17')")
    frame.loc[[7, 90], "z"] += 3
    relations = discover(frame)
    assert not any(text.startswith("z =") for text in relations.texts)
    offered = [d for d in relations.offered if d.relation.text.startswith("z = years(born, '2022")]
    assert [d.n_violations for d in offered] == [2]
    again = discover(frame, declare=[offered[0].relation.text])
    made = permuted(again, frame)
    day = pd.Series([pd.Timestamp("2022-11-17")] * len(made))
    assert (made["z"] == whole_years(made["born"], day)).all()


@pytest.mark.parametrize("seed", range(8))
def test_chance_makes_no_formula_of_datetimes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n_rows = int(10 ** rng.uniform(1.6, 3.3))
    at = pd.Timestamp("2016-02-01") + pd.to_timedelta(rng.integers(0, 10**8, n_rows), "s")
    share = (at - at.min()) / (at.max() - at.min())
    columns: dict[str, Any] = {"at": at, "day": pd.DatetimeIndex(rng.permutation(at.normalize()))}
    columns["due"] = at + pd.to_timedelta(rng.gamma(2, 90_000, n_rows).round(), "s")
    for index in range(6):
        noise = rng.normal(size=(2, n_rows))
        columns[f"n{index}"] = np.round(5 * noise[0] + 20 * index * share).astype(int)
        columns[f"x{index}"] = np.round(noise[1] + index * share, 2)
    columns |= {"y": rng.integers(2014, 2018, n_rows), "d": rng.integers(1, 29, n_rows)}
    columns["m"] = rng.integers(1, 13, n_rows)
    found = discover(pd.DataFrame(columns))
    kinds = {"formula", "date_part"}
    assert [r.text for r in found.relations if r.KIND in kinds] == []
    assert [d.relation.text for d in found.offered if d.relation.KIND in kinds] == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("z = years(born)", r"'years' does not take such values; write it as in 'years\(birth"),
        ("z = hour(weeks)", "'hour' does not take such values"),
        ("z = hour(sent, 'Atlantis/City')", "there is no time zone 'Atlantis/City' here"),
        ("z = hour(sent, m)", "the zone of 'hour' is a text"),
        ("z = years(born, 'soon')", "cannot be compared with 'soon'"),
        ("z = add_months(sent, m)", r"write it as in 'add_months\(start, 3\)'"),
    ],
)
def test_wrong_values_are_refused_in_one_sentence(text: str, message: str) -> None:
    frame = BASE.assign(z=RNG.integers(0, 24, N))
    with pytest.raises(RelationError, match=message) as caught:
        discover(frame, discover=False, declare=[text])
    assert str(caught.value).endswith(".")


def test_parts_are_functions_in_conditions() -> None:
    frame = BASE[["sent"]].assign(shift=np.where(BASE["sent"].dt.hour < 12, "early", "late"))
    text = "hour(sent) < 12 or shift = 'late'"
    assert not discover(frame, discover=False, declare=[text]).has_violations
    zoned = "hour(sent, 'Asia/Tokyo') = (hour(sent) + 9) % 24"
    assert not discover(frame, discover=False, declare=[zoned]).has_violations


def test_columns_may_be_called_like_functions() -> None:
    year = BASE["sent"].dt.year
    frame = pd.DataFrame({"date": BASE["sent"], "year": year, "month": BASE["sent"].dt.month})
    assert set(discover(frame).texts) == {"year = year of date", "month = month of date"}
    text = "year = year(date)"
    assert discover(frame, discover=False, declare=[text]).texts == (text,)


def test_datetimes_that_are_never_both_known_have_no_formula() -> None:
    frame = BASE[["born", "sent", "hours"]].copy()
    half = frame.index % 2 == 0
    frame["born"], frame["sent"] = frame["born"].where(half), frame["sent"].mask(half)
    found = RelationSet.discover(frame, TableSchema.infer(frame))
    assert not [one for one in found.kept if isinstance(one.relation, Formula)]
