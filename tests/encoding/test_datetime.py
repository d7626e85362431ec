"""Datetimes keep the calendar of their table, whatever is drawn for each part by itself."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tabgan.encoding.column_encoder import EncoderConfig
from tabgan.encoding.datetime import DatetimeEncoder
from tabgan.encoding.encoded_column import EncodedColumn
from tabgan.errors import ConditionError, SchemaError
from tabgan.schema import TableSchema
from tabgan.schema.calendar_grid import DAY, STEPS, CalendarGrid, to_ticks
from tabgan.schema.predicates import Clause, matches

Check = Callable[[pd.DatetimeIndex], Any]
FIRST, LAST = "2015-01-01", "2023-12-31"


def days(freq: str) -> pd.DatetimeIndex:
    return pd.date_range(FIRST, LAST, freq=freq)


CALENDARS: dict[str, tuple[pd.DatetimeIndex, str, Check]] = {
    "any day": (days("D"), "1D", lambda t: t == t.normalize()),
    "working days": (days("B"), "weekday", lambda t: t.day_of_week < 5),
    "weekends": (days("D")[days("D").day_of_week >= 5], "weekday", lambda t: t.day_of_week >= 5),
    "Fridays": (days("W-FRI"), "weekday", lambda t: t.day_of_week == 4),
    "month starts": (days("MS"), "month", lambda t: t.is_month_start),
    "month ends": (days("ME"), "month-end", lambda t: t.is_month_end),
    "the 1st and the 15th": (days("SMS"), "month", lambda t: t.day.isin([1, 15])),
    "last working days of a month": (
        days("BME"), "business-month-end", lambda t: t.isin(days("BME"))),
    "first working days of a month": (days("BMS"), "business-month", lambda t: t.isin(days("BMS"))),
    "quarter ends": (pd.date_range("1985-01-01", LAST, freq="QE"), "month-end",
                     lambda t: t.is_quarter_end),
    "every quarter of an hour": (days("15min")[:9_000], "15min", lambda t: t.minute % 15 == 0),
    "half past": (days("h")[:9_000] + pd.Timedelta("30min"), "1h", lambda t: t.minute == 30),
    "office hours": (
        days("h")[(days("h").hour >= 9) & (days("h").hour < 17) & (days("h").day_of_week < 5)],
        "weekday 1h", lambda t: (t.hour >= 9) & (t.hour < 17) & (t.day_of_week < 5)),
    "night shifts": (
        days("min")[:400_000][(days("min")[:400_000].hour + 2) % 24 < 8], "day 1min",
        lambda t: (t.hour + 2) % 24 < 8),
    "noon": (days("D") + pd.Timedelta("12h"), "1D", lambda t: t.hour == 12),
}  # fmt: skip


def fit(series: "pd.Series[Any]", **changes: Any) -> DatetimeEncoder:
    frame = series.to_frame("t")
    column = TableSchema.infer(frame).columns[0]
    entry = column.to_dict() | changes
    return DatetimeEncoder.fit(
        type(column).from_dict(entry), series, EncoderConfig(np.random.default_rng(0))
    )


def draw(encoder: DatetimeEncoder, n_rows: int = 600) -> "pd.Series[Any]":
    """Cells of which each part is drawn by itself."""
    rng = np.random.default_rng(1)
    cells = [
        EncodedColumn(
            rng.integers(part.n_classes, size=n_rows).astype(np.int32),
            rng.uniform(-1, 1, n_rows).astype(np.float32),
        )
        for part in encoder.parts
    ]
    return encoder.decode_parts(cells, np.arange(n_rows), rng)


def encode_and_decode(encoder: DatetimeEncoder, series: "pd.Series[Any]") -> "pd.Series[Any]":
    rng = np.random.default_rng(0)
    return encoder.decode_parts(encoder.encode_parts(series, rng), np.arange(len(series)), rng)


def assert_restored(encoder: DatetimeEncoder, series: "pd.Series[Any]") -> None:
    """All but a few values, which lie between two modes, come back as they were."""
    back = encode_and_decode(encoder, series)
    pd.testing.assert_index_equal(back.index, series.index)
    assert back.dtype == series.dtype
    assert (back == series).mean() > 0.97


@pytest.mark.parametrize("name", CALENDARS)
def test_a_calendar_is_seen_and_kept(name: str) -> None:
    values, grid, holds = CALENDARS[name]
    series = pd.Series(np.random.default_rng(0).choice(values, 1_500), name="t")
    encoder = fit(series)
    assert str(encoder.calendar.grid) == grid
    assert_restored(encoder, series)
    made = pd.DatetimeIndex(draw(encoder))
    assert holds(made).all()
    assert series.min() <= made.min()
    assert made.max() <= series.max()
    assert made.nunique() > min(100, values.nunique() // 2)


def test_frequent_weekdays_stay_frequent() -> None:
    rng = np.random.default_rng(0)
    weekends = CALENDARS["weekends"][0]
    mixed = np.r_[rng.choice(days("B"), 1_800), rng.choice(weekends, 200)]
    encoder = fit(pd.Series(mixed, name="t"))
    weekday = encoder.parts[1]
    assert weekday.column.name == "t: weekday"
    assert encoder.calendar.weekdays == (0, 1, 2, 3, 4, 5, 6)
    cells = encoder.encode_parts(pd.Series(mixed, name="t"), rng)[1]
    assert (cells.codes >= 5).mean() == pytest.approx(0.1, abs=0.001)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC"])
def test_local_midnights_stay_midnights_when_clocks_change(zone: str) -> None:
    rng = np.random.default_rng(0)
    series = pd.Series(rng.choice(days("D"), 800), name="t").dt.tz_localize(zone)
    encoder = fit(series)
    made = draw(encoder)
    assert made.dtype == series.dtype
    assert (made.dt.hour == 0).all()
    pd.testing.assert_series_equal(encode_and_decode(encoder, series), series)


def test_both_passes_of_the_hour_that_a_clock_shows_twice_are_told_apart() -> None:
    hours = pd.date_range("2023-10-28", "2023-10-31", freq="15min", tz="Europe/Berlin")
    series = pd.Series(hours, name="t")
    pd.testing.assert_series_equal(encode_and_decode(fit(series), series), series)


def test_gaps_stay_and_text_stays_text() -> None:
    rng = np.random.default_rng(0)
    written = pd.Series(rng.choice(days("MS"), 600), name="t").dt.strftime("%d.%m.%Y")
    series = written.mask(rng.random(600) < 0.2)
    encoder = fit(series)
    pd.testing.assert_series_equal(encode_and_decode(encoder, series), series)
    made = draw(encoder)
    assert made.isna().any()
    assert made.dropna().str.startswith("01.").all()


steps = st.sampled_from(list(STEPS)[4:])
readings = st.sampled_from(["day", "weekday", "month", "month-end"])


@settings(max_examples=60, deadline=None)
@given(step=steps, reading=readings, anchor=st.integers(0, DAY - 1), seed=st.integers(0, 99))
def test_any_grid_survives_its_parts(step: str, reading: str, anchor: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    slots = rng.integers(-3_000, 9_000, 300) * max(1, DAY // 50 // STEPS[step])
    ticks = slots * STEPS[step] + anchor % STEPS[step]
    series = pd.Series(ticks.astype("datetime64[us]"), name="t")
    encoder = fit(series, grid=f"{reading} {step}")
    assert_restored(encoder, series)
    made = to_ticks(draw(encoder, 200))
    assert ((made - anchor % STEPS[step]) % STEPS[step] == 0).all()
    assert ticks.min() <= made.min()
    assert made.max() <= ticks.max()


@settings(max_examples=40, deadline=None)
@given(step=steps, anchor=st.integers(0, DAY - 1), n_rows=st.sampled_from([60, 400, 3_000]))
def test_the_step_is_found_whatever_the_first_value_is(step: str, anchor: int, n_rows: int) -> None:
    rng = np.random.default_rng(n_rows)
    ticks = rng.integers(0, 50_000, n_rows) * STEPS[step] + anchor
    found = CalendarGrid.infer(ticks)
    assert STEPS[found.step] % STEPS[step] == 0
    assert ((ticks - anchor) % STEPS[step] == 0).all()
    assert CalendarGrid.from_text(str(found)) == found


CONDITIONS = [
    [Clause(">=", "2020-03-04")],
    [Clause("<", "2016-02-01")],
    [Clause(">", "2019-12-31 10:30"), Clause("<=", "2020-01-31")],
    [Clause("!=", "2020-01-06 09:00")],
    [Clause("=", "2020-01-06 09:00")],
    [Clause("or", ((Clause("=", "2020-01-06 09:00"),), (Clause("=", "2021-07-05 16:00"),)))],
]


@pytest.mark.parametrize("clauses", CONDITIONS)
def test_what_is_selected_holds_every_row_that_satisfies_it(clauses: list[Clause]) -> None:
    series = pd.Series(CALENDARS["office hours"][0], name="t")
    encoder = fit(series)
    wanted = series[matches(series, encoder.column, clauses)]
    assert len(wanted)
    selections = encoder.select_parts(clauses)
    cells = encoder.encode_parts(wanted, np.random.default_rng(0))
    for number, selection in selections.by_part.items():
        assert set(cells[number].codes) <= set(selection.classes)
    assert selections.is_exact == (clauses[0].operator == "=")


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("2031-01-01", "cannot be = 2031-01-01: the table's values run from 2015-01-01 09:00:00"),
        ("2020-01-05 10:00", "learned by weekday on a grid of 1h"),
        ("2020-01-06 10:07", "learned by weekday on a grid of 1h"),
        (None, "no missing values"),
        ("tomorrow", "'tomorrow' cannot be asked for; give one such as 2015-01-01 09:00:00"),
    ],
)
def test_what_the_table_never_has_gets_a_sentence(asked: str | None, message: str) -> None:
    encoder = fit(pd.Series(CALENDARS["office hours"][0], name="t"))
    with pytest.raises(ConditionError, match=message):
        encoder.select_parts([Clause("=", asked)])


def test_a_grid_that_is_none_gets_a_sentence() -> None:
    with pytest.raises(SchemaError, match="the grid 'fortnight' is none; give a step such as 1h"):
        CalendarGrid.from_text("fortnight")
