from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from tabgan_cli.column_examples import made_example, real_example
from tabgan_cli.made_rows import draw_examples, format_cell, plain_rows

from tabgan.encoding.column_encoder import ColumnEncoder, EncoderConfig
from tabgan.encoding.registry import encoder_of
from tabgan.estimators.tabgan import TabGAN
from tabgan.schema import Column, ColumnKind
from tabgan.schema.inference import infer_column

GAPS = [None, np.nan, pd.NA, pd.NaT, np.datetime64("NaT")]


@pytest.mark.parametrize("gap", GAPS, ids=repr)
def test_a_gap_is_shown_as_nothing(gap: object) -> None:
    assert format_cell(gap) == ""
    assert plain_rows(pd.DataFrame({"a": pd.Series([gap], dtype=object)})) == [{"a": None}]


def test_a_value_is_shown_on_one_line() -> None:
    assert format_cell("a\tb\nc") == "a b c"
    assert format_cell("\x1b[31mred") == r"\x1b[31mred"
    assert format_cell("x" * 28) == "x" * 28
    assert format_cell("x" * 29) == "x" * 27 + "…"


def test_json_holds_what_it_has_forms_for_and_texts() -> None:
    frame = pd.DataFrame(
        {
            0: [np.int64(7)],
            "flag": [True],
            "exact": [Decimal("0.10")],
            "wait": [pd.Timedelta(90, "s")],
        }
    )
    (row,) = plain_rows(frame)
    assert row == {0: 7, "flag": True, "exact": "0.10", "wait": "0 days 00:01:30"}
    assert [type(value) for value in row.values()] == [int, bool, str, str]
    assert plain_rows(None) == []


def test_three_rows_are_those_that_sample_draws(fitted: TabGAN) -> None:
    examples = draw_examples(fitted.model_)
    assert examples is not None
    pd.testing.assert_frame_equal(examples, fitted.model_.sample(3, seed=0))


def test_every_column_of_a_table_has_an_example_of_its_own(people: pd.DataFrame) -> None:
    for name, series in people.items():
        column = infer_column(series)
        made, real = made_example(column, series), real_example(column, series.dropna())
        assert type(made) is type(real), name
        assert series.min() <= made <= series.max(), name
        assert made_example(column, series) == made


def test_the_median_and_the_most_frequent_value_stand_for_a_column() -> None:
    numbers = pd.Series([9.0, 1.0, 5.0, 1000.0, 3.0])
    assert real_example(Column("a", ColumnKind.CONTINUOUS, "float64"), numbers) == 5.0
    towns = pd.Series(["Ulm", "Pau", "Pau"])
    assert real_example(Column("a", ColumnKind.CATEGORICAL, "str"), towns) == "Pau"
    assert real_example(Column("a", ColumnKind.EMPTY, "object"), towns[:0]) is None


def test_a_column_that_cannot_be_read_has_no_made_example() -> None:
    column = Column("a", ColumnKind.CONTINUOUS, "str", text=True)
    assert made_example(column, pd.Series(["one", "two"] * 20)) is None


def test_a_mark_of_a_gap_is_no_example() -> None:
    column = Column("a", ColumnKind.INTEGER, "str", text=True, missing_marks=("?",))
    series = pd.Series(["?"] * 50 + [str(number % 9) for number in range(50)])
    assert made_example(column, series) in set("012345678")


def fit_keys(texts: list[str], kind: ColumnKind) -> ColumnEncoder:
    config = EncoderConfig(np.random.default_rng(0))
    column = Column("a", kind, "str")
    return encoder_of(column).fit(column, pd.Series(texts), config)


def test_an_encoder_says_what_it_makes_up(fitted: TabGAN) -> None:
    keys = fit_keys([f"K{number:03d}" for number in range(100)], ColumnKind.IDENTIFIER)
    assert (keys.room, keys.note) == (900, "key: made anew, 900 left")
    text = fit_keys([f"word {number}" for number in range(100)], ColumnKind.TEXT)
    assert text.room is None
    assert str(text.note).startswith("free text: made up, not learned")
    for encoder in fitted.model_.encoder.encoders:
        assert (encoder.room, encoder.note) == (None, None)
