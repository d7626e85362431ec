"""Which columns are datetimes, whatever they are written as, and that they come back so."""

import datetime as dt
from decimal import Decimal
from importlib import import_module
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tabgan import TabGAN
from tabgan.errors import ConditionError, SchemaError, TableError
from tabgan.evaluation.metrics.feature_matrix import Features
from tabgan.io.arrow import to_batches
from tabgan.query.parser import parse_relation
from tabgan.relations import RelationSet
from tabgan.relations.row_predicate import RowPredicate
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import Column, ColumnKind, TableSchema, check_frame, restore_dtype
from tabgan.schema.column import dtype_of
from tabgan.schema.float_conversion import value_to_float
from tabgan.schema.inference import infer_column
from tabgan.schema.text import (
    datetime_marks,
    find_other_reading,
    format_datetimes,
    parse_datetimes,
    parse_numbers,
    show_datetime,
    text_array,
)
from tabgan.schema.text.datetimes.inference import infer_datetime_format
from tabgan.schema.text.datetimes.reading import read_datetimes
from tabgan.schema.text.datetimes.writing import write_datetimes


def detect_datetime_format(values: Any) -> str | None:
    """The format that text is read in, as a column or as an Arrow array."""
    return infer_datetime_format(text_array(values) if isinstance(values, pd.Series) else values)


ROWS = 400
RNG = np.random.default_rng(0)
MOMENTS = pd.Timestamp("2019-01-01") + pd.to_timedelta(RNG.integers(0, 1500 * 86_400, ROWS), "s")
SECONDS = MOMENTS.to_numpy().astype("datetime64[s]").astype(np.int64)
DAYS = pd.Series(MOMENTS.strftime("%Y%m%d").astype(int))
CLOCKS = pd.Series(MOMENTS.strftime("%H%M").astype(int))
GAPS = pd.Series(RNG.random(ROWS) < 0.1)
DATEUTIL: Any = import_module("dateutil.tz")
BERLIN = ZoneInfo("Europe/Berlin")

FORMATS = """%Y%m%d|%d%m%Y|%Y%m%dT%H%M%S|%Y%m%dT%H%M%SZ|%Y%m%dT%H%M|%Y%m%d%H%M|%Y%m%d%H%M%S|
%Y%m%d%H%M%S%3f|%Y%m%d_%H%M%S|%Y%m%d %H:%M|%H:%M|%H:%M:%S|%H:%M:%S.%3f|%-H:%M|%-I:%M %p|%I:%M%p|
%I:%M:%S %P|%H%M|%H%M%S|%Y-%m|%Y/%m|%m/%Y|%-m/%Y|%Y%m|%b %Y|%B %Y|%b-%y|%b-%Y|%^b %Y|%#B %Y|
%YQ%q|%Y-Q%q|%Y Q%q|Q%q %Y|Q%q-%Y|%qQ%y|%qQ%Y|%G-W%V|%GW%V|%G-W%V-%u|%GW%V%u|
%a, %d %b %Y %H:%M|%a, %d %b %Y %H:%M:%S +0000|%a, %d %b %Y %H:%M:%S GMT|%A, %B %-d, %Y|
%A %d %B %Y|%^a %d-%^b-%Y|%-d%o %b %Y|%B %-d%o, %Y|%d-%^b-%Y|%d %#b %Y|%d%^b%Y|%d.%m.%Y %H:%M|
%d/%b/%Y:%H:%M:%S +0000|%Y-%b-%d|%Y_%m_%d|%Y-%m-%d_%H-%M-%S|%Y-%m-%d %H|%Y年%m月%d日|%Hh%M|
%a %b %d %H:%M:%S %Y|%a %b %d %H:%M:%S +0000 %Y|%y%m%d|
%-m/%-d/%y %-I:%M %p|%Y-%m-%dT%H:%M:%S+05:30""".replace("\n", "").split("|")


def column_of(values: Any, name: str = "x") -> Column:
    return infer_column(pd.Series(values, name=name))


def check_there_and_back(series: "pd.Series[Any]") -> Column:
    """Return the column of a series that is datetimes and comes back as it is."""
    column = infer_column(series)
    assert column.kind is ColumnKind.DATETIME
    seconds = parse_datetimes(series, column.format)
    back = restore_dtype(seconds, column, series.index)
    pd.testing.assert_series_equal(back, series)
    np.testing.assert_array_equal(parse_datetimes(back, column.format), seconds)
    return column


@settings(max_examples=5, deadline=None)
@given(
    moments=st.lists(
        st.datetimes(dt.datetime(1970, 1, 1), dt.datetime(2068, 12, 31)),  # noqa: DTZ001
        min_size=1,
        max_size=9,
    )
)
@example([dt.datetime(2020, 12, 31, 23, 59, 59, 999_999)])  # noqa: DTZ001
@example([dt.datetime(2021, 1, 1), dt.datetime(2024, 2, 29, 12), dt.datetime(2024, 5, 1, 0, 30)])  # noqa: DTZ001
@pytest.mark.parametrize("format_", FORMATS)
def test_every_format_is_read_as_it_is_written(format_: str, moments: list[dt.datetime]) -> None:
    written = write_datetimes(np.array(moments, "datetime64[us]"), format_)
    read = read_datetimes(written, format_)
    assert not np.isnat(read).any()
    assert write_datetimes(read, format_).equals(written)
    found = infer_datetime_format(written, is_known=True)
    assert found is not None
    assert write_datetimes(read_datetimes(written, found), found).equals(written)


@pytest.mark.parametrize("format_", FORMATS)
def test_every_format_is_found_in_a_column(format_: str) -> None:
    values = write_datetimes(MOMENTS.to_numpy().astype("datetime64[us]"), format_)
    series = pd.Series(values.to_pylist(), name="x")
    column = check_there_and_back(series)
    assert column.text
    assert column.format == format_
    if "%Y" in format_ or "%G" in format_:
        cut_off = SECONDS - parse_datetimes(series, format_)
        assert (cut_off >= 0).all()
        assert cut_off.max() < 92 * 86_400  # a quarter is the coarsest


@pytest.mark.parametrize(
    ("value", "format_", "expected"),
    [
        ("20240131", "%Y%m%d", "2024-01-31"),
        ("08:30", "%H:%M", "1970-01-01T08:30"),
        ("12:05 AM", "%I:%M %p", "1970-01-01T00:05"),
        ("083015", "%H%M%S", "1970-01-01T08:30:15"),
        ("2024Q3", "%YQ%q", "2024-07-01"),
        ("4Q23", "%qQ%y", "2023-10-01"),
        ("2024-W07", "%G-W%V", "2024-02-12"),
        ("2020-W53-7", "%G-W%V-%u", "2021-01-03"),
        ("2021-W53", "%G-W%V", "NaT"),
        ("Mar-24", "%b-%y", "2024-03-01"),
        ("22nd JAN 2024", "%-d%o %^b %Y", "2024-01-22"),
        ("31 february 2024", "%d %#B %Y", "NaT"),
    ],
)
def test_what_formats_mean(value: str, format_: str, expected: str) -> None:
    read = read_datetimes(text_array(pd.Series([value])), format_)
    np.testing.assert_array_equal(read, np.array([expected], "datetime64[us]"))


@pytest.mark.parametrize(
    "values",
    [
        [f"{n:05d}" for n in RNG.integers(0, 99_999, ROWS)],
        [f"{n:04d}" for n in RNG.integers(1, 1300, ROWS)],
        [f"{100 * n:04d}" for n in RNG.integers(0, 24, ROWS)],
        [f"1.{a}.{b}" for a, b in RNG.integers(0, 13, (ROWS, 2))],
        [f"{y}-{(y + 1) % 100:02d}" for y in RNG.integers(2000, 2012, ROWS)],
        [f"{n}" for n in 20231300 + RNG.integers(0, 100, ROWS)],
        [f"{n}" for n in RNG.integers(10**7, 10**8, ROWS)],
        [f"06{n}" for n in RNG.integers(10**7, 10**8, ROWS)],
        [f"{n}" for n in RNG.integers(1900, 2024, ROWS)],
        ["Mon, 30 Jan 2024", "Tue, 31 Jan 2024"],
        ["2021-W52", "2021-W53", "2022-W01"],
        ["1th Jan 2024", "2nd Jan 2024"],
        ["2024Q1", "2024Q5"],
        ["10:30", "24:30", "09:15", "11:45"],
        ["JAN 2024", "Feb 2024"],
        ["16:09", "16:10"],
    ],
    ids=lambda values: values[0],
)
def test_text_that_is_no_datetime(values: list[str]) -> None:
    assert detect_datetime_format(pd.Series(values)) is None
    assert column_of(values).kind is not ColumnKind.DATETIME


NUMBERS = {
    "days": (DAYS, "x", "%Y%m%d"),
    "clocks": (CLOCKS, "x", "%H%M"),
    "clocks up to midnight": (CLOCKS.replace(0, 2400), "x", "%H%M"),
    "clocks in seconds": (MOMENTS.strftime("%H%M%S").astype(int), "x", "%H%M%S"),
    "months": (MOMENTS.strftime("%Y%m").astype(int), "x", "%Y%m"),
    "minutes": (MOMENTS.strftime("%Y%m%d%H%M").astype("int64"), "x", "%Y%m%d%H%M"),
    "epoch s": (SECONDS, "created_at", "epoch s"),
    "epoch of minutes": (SECONDS // 60 * 60, "x", "epoch s"),
    "epoch ms": (SECONDS * 10**3 + 5, "eventTime", "epoch ms"),
    "epoch us": (SECONDS * 10**6 + 7, "ts", "epoch us"),
    "epoch ns": (SECONDS * 10**9 + 7_000, "timestamp", "epoch ns"),
}


@pytest.mark.parametrize(("values", "name", "format_"), NUMBERS.values(), ids=NUMBERS)
def test_whole_numbers_that_are_datetimes(values: Any, name: str, format_: str) -> None:
    assert check_there_and_back(pd.Series(values, name=name)).format == format_


@pytest.mark.parametrize(
    "dtype",
    ["int32", "uint32", "Int64", "int64[pyarrow]", "float64", "Float64", "object", "Sparse[int64]"],
)
def test_whole_numbers_of_every_dtype_come_back(dtype: str) -> None:
    series = DAYS.astype(dtype_of(dtype)).rename("day")
    assert check_there_and_back(series).format == "%Y%m%d"
    if dtype in {"Int64", "int64[pyarrow]", "float64", "Float64"}:
        check_there_and_back(series.mask(GAPS))


def test_an_integer_dtype_without_gaps_becomes_the_nullable_one() -> None:
    column = Column("x", ColumnKind.DATETIME, "int32", format="%Y%m%d")
    back = restore_dtype(np.array([86_400.0, np.nan]), column)
    assert back.dtype == "Int32"
    assert back.tolist() == [19_700_102, pd.NA]
    objects = Column("x", ColumnKind.DATETIME, "object", format="%H%M", element="Decimal")
    assert restore_dtype(np.array([30_600.0, np.nan]), objects).tolist() == [Decimal(830), None]


@pytest.mark.parametrize(
    ("values", "name"),
    [
        (RNG.integers(2000, 2024, ROWS), "year"),
        (RNG.integers(1900, 2024, ROWS), "year"),
        (RNG.integers(1, 46, ROWS) * 50, "price"),
        (RNG.integers(0, 100, ROWS), "age"),
        (np.append(RNG.integers(0, 50, ROWS), [120, 230, 300, 410, 540]), "count"),
        (RNG.integers(2 * 10**9, 4 * 10**9, ROWS), "phone"),
        (RNG.integers(14 * 10**17, 15 * 10**17, ROWS), "id"),
        (20_240_001 + RNG.permutation(900)[:ROWS], "order"),
        (20_231_300 + RNG.integers(0, 100, ROWS), "product"),
        (SECONDS, "amount"),
        (np.arange(1_700_000_000, 1_700_000_000 + ROWS), "timestamp"),
        (DAYS + 0.5, "day"),
        (-DAYS, "day"),
        (DAYS[:9], "day"),
    ],
    ids=lambda value: value if isinstance(value, str) else str(value[0]),
)
def test_numbers_that_are_no_datetimes(values: Any, name: str) -> None:
    assert column_of(values, name).kind is not ColumnKind.DATETIME


def clock_times(with_gaps: bool = False) -> list[dt.time | None]:
    return [None if gap and with_gaps else m.time() for m, gap in zip(MOMENTS, GAPS, strict=True)]


@pytest.mark.parametrize("dtype", ["object", "time64[us][pyarrow]", "time32[s][pyarrow]"])
def test_times_of_day_come_back(dtype: str) -> None:
    series = pd.Series(clock_times(with_gaps=True), dtype=dtype, name="clock")
    column = check_there_and_back(series)
    assert column.element == ("time" if dtype == "object" else None)
    noon = value_to_float(column, dt.time(12))
    assert noon == value_to_float(column, "12:00") == 43_200.0


@pytest.mark.parametrize("freq", ["M", "Q", "Q-MAR", "W", "W-WED", "D", "h", "min", "Y", "Y-JUN"])
def test_periods_come_back(freq: str) -> None:
    periods = pd.Series(MOMENTS.to_period(freq), name="period")
    check_there_and_back(periods)
    check_there_and_back(periods.mask(GAPS))


def test_dates_that_nanoseconds_cannot_hold_come_back() -> None:
    far = [dt.datetime(1600, 1, 1), dt.datetime(2500, 5, 5), dt.datetime(9999, 12, 31)]  # noqa: DTZ001
    for dtype in ("datetime64[s]", "datetime64[us]", "object", "timestamp[us][pyarrow]"):
        check_there_and_back(pd.Series(far, dtype=dtype, name="x"))
    check_there_and_back(pd.Series(pd.PeriodIndex(["9999-12", "1600-01"], freq="M"), name="x"))
    check_there_and_back(pd.Series(["1600-01-01", "2500-12-31"], name="x"))


@pytest.mark.parametrize(
    ("zones", "expected"),
    [
        ([BERLIN], "Europe/Berlin"),
        ([DATEUTIL.gettz("Europe/Berlin")], "Europe/Berlin"),
        ([DATEUTIL.tzoffset(None, -5_400)], "UTC-01:30"),
        ([DATEUTIL.tzutc()], "UTC"),
        ([dt.timezone(dt.timedelta(hours=2), "summer")], "UTC+02:00"),
        ([dt.UTC, dt.timezone(dt.timedelta(hours=2))], "UTC"),
        ([BERLIN, ZoneInfo("Asia/Tokyo")], "UTC"),
    ],
)
def test_objects_of_every_zone_come_back(zones: list[dt.tzinfo], expected: str) -> None:
    values = [
        m.to_pydatetime().replace(tzinfo=zones[n % len(zones)]) for n, m in enumerate(MOMENTS)
    ]
    series = pd.Series(values, dtype=object, name="x")
    column = infer_column(series)
    assert column.zone == expected
    back = restore_dtype(parse_datetimes(series), column)
    assert [value.timestamp() for value in back] == [value.timestamp() for value in values]
    assert {value.utcoffset() for value in back} == (
        {dt.timedelta(0)} if len(zones) > 1 else {value.utcoffset() for value in values}
    )


def test_what_mixes_zones_or_types_is_refused() -> None:
    aware = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    mixed = pd.DataFrame({"x": pd.Series([aware, aware.replace(tzinfo=None)], dtype=object)})
    with pytest.raises(TableError, match=r"'x' mixes datetimes with a time zone and without one"):
        check_frame(mixed)
    zoned = pd.DataFrame({"x": pd.Series([dt.time(8, tzinfo=dt.UTC)] * 2, dtype=object)})
    with pytest.raises(TableError, match=r"'x' holds times of day with a time zone"):
        check_frame(zoned)
    types = pd.DataFrame({"x": pd.Series([dt.time(8), dt.date(2024, 1, 1)], dtype=object)})
    with pytest.raises(TableError, match=r"'x' mixes types \(date, time\), such as"):
        check_frame(types)


def test_numbers_that_a_schema_calls_datetimes_need_a_format() -> None:
    frame = pd.DataFrame({"x": [20_240_131, 20_240_230]})
    column = Column("x", ColumnKind.DATETIME, "int64")
    with pytest.raises(SchemaError, match=r"'x' holds int64, not moments; give .* '%Y%m%d'"):
        TableSchema((column,)).check(frame)
    column = Column("x", ColumnKind.DATETIME, "int64", format="%Y%m%d")
    with pytest.raises(SchemaError, match=r"'x' has 20240230, .* written as '%Y%m%d'"):
        TableSchema((column,)).check(frame)
    assert np.isnan(parse_datetimes(frame["x"], "%Y%m%d", errors="coerce")).tolist() == [
        False,
        True,
    ]


def test_day_and_month_that_could_be_swapped() -> None:
    either = text_array(pd.Series(["01/02/2024", "11/12/2024", None]))
    assert detect_datetime_format(either) == "%d/%m/%Y"
    assert find_other_reading(either, "%d/%m/%Y") == "%m/%d/%Y"
    clear = text_array(pd.Series(["01/02/2024", "12/31/2024"]))
    assert detect_datetime_format(clear) == "%m/%d/%Y"
    assert find_other_reading(clear, "%m/%d/%Y") is None
    assert find_other_reading(text_array(pd.Series(["2024-01-02"])), "%Y-%m-%d") is None
    assert (
        find_other_reading(text_array(pd.Series(["01/01/2024", "02/02/2024"])), "%d/%m/%Y") is None
    )
    with_time = text_array(pd.Series(["1/2/2024 10:30"]))
    assert find_other_reading(with_time, "%-d/%-m/%Y %H:%M") == "%-m/%-d/%Y %H:%M"


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        (["00000000"] * 3, ("00000000",)),
        (["99991231"] * 2 + ["00000000"], ("99991231", "00000000")),
        (["00000000"] * 300, ("00000000",)),
        (["00000000"] * 500, ()),
        (["99991231"] * 100, ()),
        (["0"] * 300, ()),
        (["20241301"], ()),
        ([], ()),
    ],
)
def test_marks_of_gaps_among_dates(marks: list[str], expected: tuple[str, ...]) -> None:
    values = [*DAYS.astype(str), *marks, None]
    assert datetime_marks(text_array(pd.Series(values))) == expected


def test_marks_of_gaps_among_dates_with_separators() -> None:
    days = [f"2024-01-{day:02d}" for day in range(1, 32)] * 4
    assert datetime_marks(text_array(pd.Series([*days, "0000-00-00"]))) == ("0000-00-00",)
    assert datetime_marks(text_array(pd.Series([*days, "9999-12-31"]))) == ("9999-12-31",)
    assert datetime_marks(text_array(pd.Series(["soon"] * 99 + ["0000-00-00"]))) == ()


@pytest.mark.parametrize(
    ("column", "values", "expected"),
    [
        (
            Column("d", ColumnKind.DATETIME, "int64", format="%Y%m%d"),
            [20240131, 20240131.0, "20240131", "2024-01-31", dt.date(2024, 1, 31)],
            1_706_659_200.0,
        ),
        (
            Column("d", ColumnKind.DATETIME, "float64", format="%H%M"),
            [830, "830", "0830", "8:30", "08:30:00", dt.time(8, 30)],
            30_600.0,
        ),
        (
            Column("d", ColumnKind.DATETIME, "int64", format="epoch ms"),
            [1_706_659_200_000, "1706659200000", "2024-01-31", pd.Timestamp("2024-01-31")],
            1_706_659_200.0,
        ),
        (
            Column("d", ColumnKind.DATETIME, "str", text=True, format="%YQ%q"),
            ["2024Q1", "2024-01-01", pd.Period("2024Q1")],
            1_704_067_200.0,
        ),
    ],
    ids=["compact", "clock", "epoch", "quarter"],
)
def test_values_that_can_be_asked_for(column: Column, values: list[Any], expected: float) -> None:
    assert [value_to_float(column, value) for value in values] == [expected] * len(values)
    with pytest.raises(ConditionError, match=r"'d' holds moments, so 'soon' cannot be asked for"):
        value_to_float(column, "soon")


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        (DAYS, "1970-01-02"),
        (clock_times(), "00:00:00"),
        (MOMENTS.strftime("%H:%M"), "00:00"),
        (MOMENTS.strftime("%b %Y"), "Jan 1970"),
        (MOMENTS.to_period("Q"), "1970Q1"),
        (MOMENTS.strftime("%d/%m/%Y"), "1970-01-02"),
    ],
    ids=str,
)
def test_how_datetimes_are_shown(values: Any, shown: str) -> None:
    assert show_datetime(86_400.0, column_of(values)) == shown


def made_table() -> pd.DataFrame:
    due = MOMENTS + pd.to_timedelta(RNG.integers(0, 40, ROWS), "D")
    return pd.DataFrame(
        {
            "day": DAYS.to_numpy(),
            "due": due.strftime("%Y%m%d").astype(int),
            "month": MOMENTS.month,
            "at": MOMENTS.strftime("%H:%M:%S"),
            "clock": pd.Series(clock_times(), dtype=object),
            "departs": np.resize(CLOCKS.to_numpy()[::-1], ROWS),
            "created_at": SECONDS * 1000,
            "quarter": pd.Series(MOMENTS.to_period("Q")).sample(frac=1, random_state=0).to_numpy(),
            "week": np.resize(MOMENTS.strftime("%G-W%V").to_numpy()[::-1], ROWS),
        }
    )


def test_relations_among_datetimes_of_several_formats() -> None:
    frame = made_table()
    found = RelationSet.discover(frame, TableSchema.infer(frame)).texts
    assert "month = month of day" in found or "month = month of created_at" in found
    assert "clock = at" in found
    assert "day <= due" in found


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("day >= 20200101", "day >= '20200101'"),
        ("day >= '2020-01-01'", "day >= '2020-01-01'"),
        ("830 <= departs", "'830' <= departs"),
        ("at < '12:00'", "at < '12:00'"),
        ("created_at > 1577836800000", "created_at > '1577836800000'"),
    ],
)
def test_numbers_are_compared_with_datetimes_kept_as_numbers(text: str, written: str) -> None:
    frame = made_table()
    schema = TableSchema.infer(frame)
    profile = TableProfile(frame, schema)
    (relation,) = RowPredicate.declare(parse_relation(text, schema.names), profile)
    assert relation.text == written
    later = frame["day"] >= 20_200_101
    expected = {
        "day": ~later,
        "830": frame["departs"] < 830,
        "at": frame["at"] >= "12:00:00",
        "created_at": ~later,
    }[text.split(maxsplit=1)[0]]
    assert relation.find_violations(frame).tolist() == expected.tolist()


def test_numbers_that_are_no_datetimes_are_gaps_of_an_evaluated_table() -> None:
    frame = pd.DataFrame({"day": DAYS})
    features = Features.fit(frame, TableSchema.infer(frame))
    other = features.matrix(pd.DataFrame({"day": [20_240_131, 20_240_230, 7]}))
    np.testing.assert_array_equal(other, [[1_706_659_200.0], [np.nan], [np.nan]])


def test_times_stay_times_in_batches_that_begin_with_gaps() -> None:
    frame = pd.DataFrame({"clock": pd.Series([None] * 9 + clock_times()[:9], dtype=object)})
    columns = TableSchema.infer(frame).columns
    _, second = to_batches([frame[:9], frame[9:]], columns)
    assert second.column(0).to_pylist() == clock_times()[:9]


def test_datetimes_of_several_formats_are_learned_and_made() -> None:
    frame = made_table()
    model = TabGAN(steps=30, random_state=0).fit(frame)
    rows = model.sample(300, random_state=1)
    assert rows.dtypes.tolist() == frame.dtypes.tolist()
    assert pd.to_datetime(rows["day"].astype(str), format="%Y%m%d").between("2019", "2023-03").all()
    assert (rows["day"] <= rows["due"]).all()
    assert rows["at"].str.fullmatch(r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d").all()
    assert [value.isoformat() for value in rows["clock"]] == rows["at"].tolist()
    assert ((rows["departs"] % 100 < 60) & rows["departs"].between(0, 2359)).all()
    assert pd.to_datetime(rows["created_at"], unit="ms").between("2019", "2023-03").all()
    assert rows["quarter"].between(frame["quarter"].min(), frame["quarter"].max()).all()
    assert rows["week"].str.fullmatch(r"20(19|2[0-3])-W(0[1-9]|[1-4]\d|5[0-3])").all()
    asked = model.sample(5, where={"day": int(frame["day"].iloc[0]), "at": dt.time(12)})
    assert asked["day"].tolist() == [frame["day"].iloc[0]] * 5
    assert asked["at"].tolist() == ["12:00:00"] * 5


@pytest.mark.parametrize("style", ["%H:%M", "%H:%M:%S", "%H%M", "%H%M%S"])
def test_midnight_is_no_gap(style: str) -> None:
    clocks = [*MOMENTS.strftime(style), dt.time().strftime(style)]
    column = infer_column(pd.Series(clocks, name="clock"))
    assert (column.format, column.missing_marks) == (style, ())


@pytest.mark.parametrize("style", ["%y%m%d", "%d%m%y", "%d%m%Y", "%m%d%Y", "%Y%m%d%H"])
def test_compact_dates_of_every_order(style: str) -> None:
    texts = pd.Series(MOMENTS.strftime(style), name="day")
    for series in (texts, texts.astype("int64"), texts.astype("float64").mask(GAPS)):
        column = infer_column(series)
        assert (column.kind, column.format) == (ColumnKind.DATETIME, style)


def test_birthdays_of_six_digits_have_more_years_than_days() -> None:
    days = pd.Series(pd.date_range("1935-01-03", "1999-12-31", freq="37D").strftime("%y%m%d"))
    assert infer_column(days.rename("born")).format == "%y%m%d"
    counted = pd.Series(np.arange(110_101, 110_131), name="number")
    assert infer_column(counted).kind is not ColumnKind.DATETIME


def test_the_last_day_is_a_frequent_value_of_numbers() -> None:
    series = pd.Series([99_991_231] * 100 + DAYS.tolist(), name="until")
    column = infer_column(series)
    assert (column.kind, column.format) == (ColumnKind.DATETIME, "%Y%m%d")
    assert restore_dtype(parse_datetimes(series, column.format), column).equals(series)


@pytest.mark.parametrize("day", ["0850-01-02", "3000-02-28", "9998-12-31"])
def test_any_year_is_read_once_the_format_is_known(day: str) -> None:
    column = Column("day", ColumnKind.DATETIME, "str", text=True, format="%Y-%m-%d")
    back = format_datetimes(parse_datetimes(pd.Series([day]), "%Y-%m-%d"), column)
    assert back.tolist() == [day]


@pytest.mark.parametrize(
    "dtype", ["datetime64[ns]", "datetime64[ns, UTC]", "timestamp[ns][pyarrow]"]
)
def test_moments_beyond_64_bits_are_the_last_that_fit(dtype: str) -> None:
    column = Column("at", ColumnKind.DATETIME, dtype)
    back = pd.Series(format_datetimes(np.array([9.3e9, -9.3e9, np.nan]), column))
    assert back.dt.year.tolist()[:2] == [2262, 1677]
    assert back.isna().tolist() == [False, False, True]


def test_text_has_no_year_of_five_digits() -> None:
    column = Column("day", ColumnKind.DATETIME, "str", text=True, format="%Y-%m-%d")
    assert format_datetimes(np.array([3e11]), column).tolist() == ["9999-12-31"]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_durations_are_the_nearest_number_of_seconds(unit: str) -> None:
    ticks = np.arange(1, 20_000) * 7
    series: Any = pd.Series(ticks.astype(f"timedelta64[{unit}]")).mask(ticks % 700 == 0)
    per_second = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit]
    expected = np.where(ticks % 700 == 0, np.nan, ticks / per_second)
    for cells in (series, series.astype(f"duration[{unit}][pyarrow]")):
        np.testing.assert_array_equal(parse_numbers(cells), expected)
