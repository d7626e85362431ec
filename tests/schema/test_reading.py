import pandas as pd
import pytest

from tabgan.schema import Column, ColumnKind
from tabgan.schema.inference import infer_column
from tabgan.schema.reading import describe_ambiguity, describe_reading, is_gap

NUMBER, DATE, TEXT = ColumnKind.CONTINUOUS, ColumnKind.DATETIME, ColumnKind.TEXT


@pytest.mark.parametrize(
    ("column", "words"),
    [
        (Column("a", NUMBER, "float64"), "numbers"),
        (Column("a", ColumnKind.INTEGER, "int64"), "whole numbers"),
        (Column("a", NUMBER, "timedelta64[us]"), "durations"),
        (Column("a", NUMBER, "object", element="timedelta"), "durations"),
        (Column("a", NUMBER, "str", text=True), "numbers in text"),
        (Column("a", NUMBER, "str", text=True, format=".1f"), "numbers in text, 1 decimal"),
        (
            Column("a", NUMBER, "str", text=True, format=",.0f"),
            "numbers in text, no decimals, commas between thousands",
        ),
        (
            Column("a", NUMBER, "str", text=True, format="$#,##0.00", unit="$"),
            "numbers in text, written $#,##0.00",
        ),
        (
            Column("a", NUMBER, "str", text=True, format=".2f", unit="kmpl"),
            "numbers in text, 2 decimals, unit kmpl",
        ),
        (
            Column("a", NUMBER, "str", text=True, missing_marks=("?",)),
            "numbers in text; a gap is written ?",
        ),
        (
            Column("a", NUMBER, "str", text=True, missing_marks=("?", "n/a")),
            "numbers in text; marks of a gap: ? n/a",
        ),
        (Column("a", DATE, "datetime64[us]", grid="15min"), "datetimes, on the grid 15min"),
        (Column("a", DATE, "int64", format="%Y%m%d"), "datetimes, written %Y%m%d"),
        (
            Column("a", ColumnKind.IDENTIFIER, "str", pattern="A-{0000-9999}"),
            "keys: made anew, pattern A-{0000-9999}",
        ),
        (
            Column("a", ColumnKind.PATTERN, "str", format="0.0 GB | 0 MB"),
            "amounts of several units, written 0.0 GB | 0 MB",
        ),
        (Column("a", TEXT, "str"), "free text: made up, not learned"),
        (Column("a", TEXT, "str", faker="name", locale="de_DE"), "made up by Faker: name, de_DE"),
    ],
)
def test_a_reading_is_told_in_words(column: Column, words: str) -> None:
    assert describe_reading(column) == words


def test_every_kind_has_words_of_its_own() -> None:
    words = [describe_reading(Column("a", kind, "str")) for kind in ColumnKind]
    assert len(set(words)) == len(ColumnKind)


def test_a_long_pattern_is_cut() -> None:
    column = Column("a", ColumnKind.PATTERN, "str", pattern="|".join(map(str, range(500))))
    assert len(describe_reading(column)) < 100
    assert describe_reading(column).endswith("…")


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (["01/02/2024", "03/12/2024"], "day first; month first fits as well"),
        (["1.2.2024", "3.12.2024"], "day first; month first fits as well"),
        (["01/02/2024 10:00", "03/12/2024 11:30"], "day first; month first fits as well"),
        (["13/02/2024", "03/12/2024"], None),
        (["02/13/2024", "03/12/2024"], None),
        (["2024-01-02", "2024-03-12"], None),  # nobody writes year, day, month
        (["1 Mar 2024", "2 Apr 2024"], None),
        (["2024", "2023"], None),
    ],
)
def test_dates_that_fit_two_ways(days: list[str], words: str | None) -> None:
    series = pd.Series(days * 3, name="day")
    assert describe_ambiguity(infer_column(series), series) == words


def test_a_schema_may_have_decided_for_the_month() -> None:
    column = Column("day", DATE, "str", text=True, format="%m/%d/%Y")
    series = pd.Series(["01/02/2024", "03/12/2024"])
    assert describe_ambiguity(column, series) == "month first; day first fits as well"


def test_a_mark_of_a_gap_is_no_date() -> None:
    column = Column("day", DATE, "str", text=True, format="%d/%m/%Y", missing_marks=("?",))
    series = pd.Series(["01/02/2024", "?", None, "03/12/2024"])
    assert is_gap(series, column).tolist() == [False, True, True, False]
    assert describe_ambiguity(column, series) is not None


def test_datetimes_that_are_no_text_fit_one_way() -> None:
    series = pd.Series(pd.date_range("2024-01-01", periods=4, name="day"))
    assert describe_ambiguity(Column("day", DATE, "datetime64[us]"), series) is None


def test_blank_text_is_a_gap_only_where_it_is_no_category() -> None:
    series = pd.Series(["1", " ", "2"])
    number = Column("a", ColumnKind.INTEGER, "str", text=True)
    assert is_gap(series, number).tolist() == [False, True, False]
    assert not is_gap(series, Column("a", ColumnKind.CATEGORICAL, "str")).any()
