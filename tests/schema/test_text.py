"""Text that means numbers or datetimes: read, and written back as it came."""

import datetime as dt
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tabgan.errors import TableError
from tabgan.schema import Column, ColumnKind, restore_dtype
from tabgan.schema.inference import infer_column
from tabgan.schema.text import (
    are_numbers,
    format_numbers,
    parse_datetimes,
    parse_numbers,
    text_array,
    write_numbers,
)
from tabgan.schema.text.datetimes.inference import infer_datetime_format
from tabgan.schema.text.datetimes.reading import read_datetimes


def detect_datetime_format(values: Any) -> str | None:
    """The format that text is read in, as a column or as an Arrow array."""
    return infer_datetime_format(text_array(values) if isinstance(values, pd.Series) else values)


NOW = dt.datetime(2019, 3, 23, 20, 21, 9)  # noqa: DTZ001


def text(*values: str | None) -> "pd.Series[Any]":
    return pd.Series(list(values), name="x", dtype=object)


def there_and_back(series: "pd.Series[Any]") -> None:
    column = infer_column(series)
    assert column.kind is ColumnKind.DATETIME
    seconds = parse_datetimes(series, column.format)
    assert seconds.dtype == np.float64
    back = restore_dtype(seconds, column, series.index)
    pd.testing.assert_series_equal(back, series)


@pytest.mark.parametrize(
    ("values", "format_"),
    [
        (["2019-03-23 20:21:09", "2019-03-24 00:00:00"], "%Y-%m-%d %H:%M:%S"),
        (["2019-03-23T20:21:09Z", "2019-03-24T00:00:00Z"], "%Y-%m-%dT%H:%M:%SZ"),
        (["2019-03-23T20:21:09.125+02:00", None], "%Y-%m-%dT%H:%M:%S.%3f+02:00"),
        (["2019-03-23T20:21:09+0200", "2019-03-24T20:21:09+0200"], "%Y-%m-%dT%H:%M:%S+0200"),
        (["2019-03-23 20:21:09 UTC", "2019-03-24 20:21:09 UTC"], "%Y-%m-%d %H:%M:%S UTC"),
        (["2019-03-23 20:21", "2019-03-24 9:21"], "%Y-%m-%d %-H:%M"),
        (["2019-03-23 20:21:09", "2019-03-23 20:21:09.500000"], "%Y-%m-%d %H:%M:%S%?f"),
        (["2019-03-23", "9999-12-31"], "%Y-%m-%d"),
        (["2019/3/23", "2019/12/1"], "%Y/%-m/%-d"),
        (["3/12/2016", "13/2/2016"], "%-d/%-m/%Y"),
        (["3/09/2016", "13/12/2016"], "%-d/%m/%Y"),
        (["03/12/2016", "04/12/2016"], "%d/%m/%Y"),
        (["03/12/2016", "04/13/2016"], "%m/%d/%Y"),
        (["3/12/2016", "4/13/2016"], "%-m/%-d/%Y"),
        (["23.03.2019", "01.04.2019"], "%d.%m.%Y"),
        (["23.03.19", "01.04.19"], "%d.%m.%y"),
        (["3/23/19 8:05 PM", "12/1/68 12:00 AM"], "%-m/%-d/%y %-I:%M %p"),
        (["03/23/2019 08:05:01 pm", "03/23/2019 12:05:01 am"], "%m/%d/%Y %I:%M:%S %P"),
        (["23 Mar 2019", "01 Apr 2019"], "%d %b %Y"),
        (["23-Mar-2019", "1-Apr-2019"], "%-d-%b-%Y"),
        (["March 3, 2019", "April 23, 2019"], "%B %-d, %Y"),
    ],
)
def test_usual_formats_of_datetimes(values: list[str | None], format_: str) -> None:
    series = text(*values)
    assert detect_datetime_format(series) == format_
    seconds = parse_datetimes(series, format_)
    column = Column("x", ColumnKind.DATETIME, "object", text=True, format=format_, element="str")
    back = restore_dtype(seconds, column)
    assert back.dropna().tolist() == series.dropna().tolist()


@pytest.mark.parametrize(
    "values",
    [
        ["2016", "2017"],
        ["20160103", "20160104"],
        ["1-2", "2-3"],
        ["1.2.10", "1.2.11"],
        ["12-03-16", "12-03-17"],
        ["2019-02-29", "2019-03-01"],
        ["2019-03-01", "soon"],
        ["2019-03-01", "2019-03-01 10:00"],
        ["13/13/2016", "1/1/2016"],
        ["7590-VHVEG", "5575-GNVDE"],
        ["May", "June"],
        ["10:30", "11:30"],
        [" ", None],
        ["100%d", "%Y-%m"],
    ],
)
def test_what_is_no_datetime(values: list[str | None]) -> None:
    assert detect_datetime_format(text(*values)) is None


def test_datetimes_are_seconds_in_utc() -> None:
    assert parse_datetimes(text("1970-01-02T00:00:00+01:00")).tolist() == [82800.0]
    assert parse_datetimes(text("1969-12-31 23:59:59.5")).tolist() == [-0.5]
    seconds = parse_datetimes(text("2020-07-01 00:00:00+02:00", "2020-12-01 00:00:00+01:00"))
    assert (seconds % 86400).tolist() == [79200.0, 82800.0]


def test_one_misfit_late_in_a_long_column_is_found() -> None:
    values = pd.Series(["2019-03-23"] * 100_000 + ["never"], name="x")
    assert detect_datetime_format(values) is None


@pytest.mark.parametrize(
    "series",
    [
        pd.Series([NOW, pd.NaT, NOW + dt.timedelta(microseconds=3)], dtype="datetime64[ns]"),
        pd.Series([NOW, NOW, dt.datetime(2900, 1, 1)], dtype="datetime64[s]"),  # noqa: DTZ001
        pd.Series(pd.date_range("2019-10-26", periods=3, tz="Europe/Berlin")),
        pd.Series(pd.date_range("2019-10-26", periods=3, tz="UTC").as_unit("ms")),
        pd.Series(pd.date_range("2019-10-26", periods=3, tz=dt.timezone(dt.timedelta(hours=2)))),
        pd.Series(pd.period_range("2019-01", periods=3, freq="M")),
        pd.Series([dt.date(9999, 12, 31), None, dt.date(1066, 10, 14)], dtype=object),
        pd.Series([NOW, None, NOW.replace(year=1)], dtype=object),
        pd.Series([NOW.replace(tzinfo=ZoneInfo("Asia/Tokyo")), None] * 2, dtype=object),
        pd.Series([NOW, None, NOW], dtype="timestamp[us][pyarrow]"),
        pd.Series([NOW, None], dtype="timestamp[us][pyarrow]").dt.tz_localize("Asia/Tokyo"),
        pd.Series([dt.date(2019, 1, 2), None], dtype="date32[day][pyarrow]"),
        pd.Series(["3/12/2016", None, "4/12/2016"], dtype="string", index=[5, 6, 9]),
        pd.Series(["3/12/2016", None, "4/12/2016"]),
    ],
    ids=str,
)
def test_datetimes_of_every_dtype_come_back(series: "pd.Series[Any]") -> None:
    if series.dtype == object and series.isna().any() and isinstance(series.iloc[0], str):
        series = series.fillna(np.nan)
    series.name = "x"
    there_and_back(series)


STYLES = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S.%fZ", "%d/%m/%Y", "%m/%d/%Y %I:%M %p"]
STYLES += ["%d %b %Y", "%B %d, %Y", "%Y.%m.%d", "%Y-%m-%d %H:%M:%S+05:30"]


@settings(max_examples=60, deadline=None)
@given(
    datetimes=st.lists(
        st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2100, 1, 1)),  # noqa: DTZ001
        min_size=2,
        max_size=6,
        unique=True,
    ),
    style=st.sampled_from(STYLES),
)
@example([NOW, NOW.replace(year=2018)], "%Y-%m-%d %H:%M:%S+05:30")
def test_written_datetimes_come_back_as_written(datetimes: list[dt.datetime], style: str) -> None:
    series = text(*[moment.strftime(style) for moment in datetimes])
    found = detect_datetime_format(series)
    assert found is not None
    column = Column("x", ColumnKind.DATETIME, "object", text=True, format=found)
    back = restore_dtype(parse_datetimes(series, found), column)
    assert back.tolist() == series.tolist()


def test_numbers_of_every_dtype_are_read() -> None:
    expected = [1.0, np.nan, 2.5]
    for values in (
        pd.Series([1, np.nan, 2.5]),
        pd.Series([1, None, 2.5], dtype="Float64"),
        pd.Series([1, None, 2.5], dtype="double[pyarrow]"),
        pd.Series([Decimal(1), None, Decimal("2.5")]),
        pd.Series([1, None, 2.5], dtype="category"),
        pd.Series(["1", " ", "+2.50"]),
        pd.Series(["1", None, "25e-1"], dtype="string"),
        pd.Series(pd.arrays.SparseArray([1, np.nan, 2.5])),
        pd.Series(pd.to_timedelta([1, None, 2.5], unit="s")),
        pd.Series([1, None, 2.5], dtype=object),
    ):
        np.testing.assert_array_equal(parse_numbers(values), expected, err_msg=str(values.dtype))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["29.85", " "], True),
        (["-1", "+2.", ".5", "1e-3"], True),
        (["00501", "12345"], False),
        (["1234567890123456"], False),
        (["1,00"], False),
        (["inf"], False),
        (["nan"], False),
        (["1_000"], False),
        (["0x10"], False),
        (["", None], False),
        (["0", "0.5"], True),
    ],
)
def test_which_text_means_numbers(values: list[str], expected: bool) -> None:
    assert are_numbers(text_array(text(*values))) is expected


@pytest.mark.parametrize(
    "values",
    [
        ["1.50", "2.00", "3.25"],
        ["1.5", "2.0", "3.25"],
        ["1.5", "2", "3.25"],
        ["1", "20", "300"],
        ["-1.0", "20.0", "300.0"],
    ],
)
@pytest.mark.parametrize("dtype", ["object", "string", "utf8[pyarrow]"])
def test_numbers_kept_as_text_are_written_as_they_came(values: list[str], dtype: str) -> None:
    series = pd.Series([*values, "2", None][: 3 if "." in values[1] else 5], name="x", dtype=dtype)
    if dtype == "object":
        series = series.fillna(np.nan)
    column = infer_column(series)
    assert column.kind.is_number
    assert column.text
    pd.testing.assert_series_equal(restore_dtype(parse_numbers(series), column), series)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_shortest_text_of_numbers_is_exact(numbers: list[float]) -> None:
    column = Column("x", ColumnKind.CONTINUOUS, "object", text=True)
    written = format_numbers(np.array(numbers), column)
    assert parse_numbers(written).tolist() == numbers


def test_each_distinct_number_is_written_once() -> None:
    asked: list[float] = []

    def write(number: float) -> str:
        asked.append(number)
        return str(number)

    numbers = np.array([2.5, np.nan, 1.0, 2.5, -0.0, 0.0])
    written = write_numbers(numbers, write)
    assert written.tolist() == ["2.5", None, "1.0", "2.5", "0.0", "0.0"]
    assert sorted(asked) == [0.0, 1.0, 2.5]


def test_what_does_not_parse_is_named() -> None:
    with pytest.raises(TableError, match=r"the column 'x' has 'abc', which is not a number\."):
        parse_numbers(text("1", "abc"))
    with pytest.raises(TableError, match=r"'x' has '2019-13-01', .* written as '%Y-%m-%d'\."):
        parse_datetimes(text("2019-12-01", "2019-13-01"), "%Y-%m-%d")
    with pytest.raises(TableError, match=r"'x' has 'soon' and others that are not all moments"):
        parse_datetimes(text("soon", "2019-12-01"))
    with pytest.raises(TableError, match=r"'x'.* has '%J', which is not known"):
        parse_datetimes(text("soon"), "%J")
    with pytest.raises(TableError, match=r"'x' holds int64, not moments"):
        parse_datetimes(pd.Series([1], name="x"))
    with pytest.raises(TableError, match=r"'x' has values that are no numbers"):
        parse_numbers(pd.Series([dt.date(2019, 1, 1)], name="x"))
    with pytest.raises(TableError, match=r"'x' holds datetime64"):
        parse_numbers(pd.Series([NOW], name="x"))
    assert np.isnat(read_datetimes(text_array(text("31/02/2019")), "%d/%m/%Y")).all()


@pytest.mark.parametrize(
    ("texts", "numbers", "style"),
    [
        (["1,234", "56", None, "-7,654,321"], [1234, 56, np.nan, -7654321], ",.0f"),
        (["1,234.50", "0.25"], [1234.5, 0.25], ",.2f"),
    ],
)
def test_commas_between_thousands_are_read_and_written_back(
    texts: list[str | None], numbers: list[float], style: str
) -> None:
    series = text(*texts)
    column = infer_column(series)
    assert column.kind.is_number
    assert column.format == style
    np.testing.assert_array_equal(parse_numbers(series), numbers)
    back = restore_dtype(parse_numbers(series), column)
    assert back.dropna().tolist() == series.dropna().tolist()


@pytest.mark.parametrize(
    "texts", [["1,23", "4"], ["1234", "1,234"], ["1,234.5", "2,345.25"], ["a,b"]]
)
def test_commas_that_group_no_thousands_are_text(texts: list[str]) -> None:
    assert not are_numbers(text_array(pd.Series(texts)))


def test_phone_numbers_with_a_plus_are_no_numbers() -> None:
    rng = np.random.default_rng(0)
    phones = pd.Series([f"+49{number}" for number in rng.choice(10**9, 200, replace=False) + 10**9])
    assert infer_column(phones).kind is ColumnKind.IDENTIFIER
    changes = pd.Series([f"{number:+d}" for number in rng.integers(-(10**8), 10**8, 200)])
    assert infer_column(changes).kind is ColumnKind.INTEGER


def test_categories_that_are_whole_numbers_may_have_gaps() -> None:
    numbers = parse_numbers(pd.Series(pd.Categorical([3, None, 1])))
    np.testing.assert_array_equal(numbers, [3.0, np.nan, 1.0])
