"""Whatever a column holds, decoding its encoding gives it back."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tabgan.config import Protection
from tabgan.encoding.column_encoder import ColumnEncoder, EncoderConfig
from tabgan.encoding.decimal_steps import detect_step
from tabgan.encoding.numerical import NumericalEncoder
from tabgan.encoding.registry import ENCODERS
from tabgan.encoding.table_encoder import TableEncoder
from tabgan.errors import ConditionError, SettingError
from tabgan.networks.row_embedding import PiecewiseLinearEncoding, Rows
from tabgan.schema import Column, ColumnKind, TableSchema
from tabgan.schema.predicates import Clause
from tabgan.state_reader import StateReader


def fit(series: pd.Series, *, protect: bool = False) -> tuple[ColumnEncoder, pd.Series]:
    """Fit an encoder, and give it with what it makes of its own column."""
    frame = series.to_frame("x")
    schema = TableSchema.infer(frame)
    rng = np.random.default_rng(0)
    encoder = TableEncoder.fit(
        frame, schema, EncoderConfig(rng, protection=Protection(protect)), lambda done, total: None
    )
    rows = np.arange(len(frame))
    back = encoder.decode(encoder.encode(frame, rng), rows, rng)["x"]
    return encoder.encoders[0], back


def test_every_kind_has_an_encoder() -> None:
    assert set(ENCODERS) == set(ColumnKind)


EXACT = {
    "few integers": pd.Series([3, 1, 2, 3, 3, 1] * 5),
    "many integers": pd.Series(np.random.default_rng(0).integers(0, 5_000, 800)),
    "integers with gaps": pd.Series([1, None, 7, 3, None] * 8, dtype="Int64"),
    "small integers": pd.Series(np.arange(60, dtype="int8") % 50),
    "prices": pd.Series(np.random.default_rng(1).gamma(2, 30, 900).round(2)),
    "hundreds": pd.Series(np.random.default_rng(1).integers(1, 900, 900) * 100),
    "zeros and a tail": pd.Series(
        np.r_[np.zeros(700), np.random.default_rng(2).integers(1, 90_000, 300)]
    ),
    "float32": pd.Series(np.random.default_rng(3).normal(size=300).round(1).astype("float32")),
    "text numbers": pd.Series(["29.85", np.nan, "1889.50", "108.15", "53.85"] * 30),
    "levels": pd.Series(["a", "b", np.nan, "ü🙂", "a"] * 9),
    "categories": pd.Series(
        pd.Categorical(["lo", "hi", None] * 9, ["lo", "mid", "hi"], ordered=True)
    ),
    "intervals": pd.cut(pd.Series(range(40)), 4),
    "huge steps": pd.Series([float(f"{n}e28") for n in range(-30, 90)]),
    "Arrow's dictionaries": pd.Series(
        pa.array(["a", None, "b"] * 9).dictionary_encode(),
        dtype=pd.ArrowDtype(pa.dictionary(pa.int32(), pa.string())),
    ),
    "booleans": pd.Series([True, False, True] * 9),
    "booleans with gaps": pd.Series([True, None, False] * 9, dtype="boolean"),
    "constant text": pd.Series(["same"] * 9),
    "constant number": pd.Series([2.5] * 9),
    "constant date": pd.Series(pd.to_datetime(["2020-02-29"] * 9)),
    "nothing": pd.Series([None] * 9),
    "nothing but NaN": pd.Series([np.nan] * 9),
    "days": pd.Series(pd.date_range("2019-12-01", periods=300, freq="D")),
    "moments in a zone": pd.Series(
        pd.date_range("2020-10-20", periods=200, freq="h", tz="Europe/Berlin")
    ),
    "days as text": pd.Series([f"{d}/{m}/2016" for d in (1, 5, 13, 28) for m in range(1, 13)]),
    "durations": pd.Series(pd.to_timedelta(np.arange(200) * 37, unit="s")),
}


@pytest.mark.parametrize("name", EXACT)
def test_decoding_gives_the_column_back(name: str) -> None:
    series = EXACT[name].rename("x")
    _, back = fit(series)
    pd.testing.assert_series_equal(back, series)


def test_a_hundred_thousand_categories_stay_compact() -> None:
    categories = pd.Series(np.char.add("level ", np.arange(100_000).repeat(2).astype(str)))
    encoder, back = fit(categories)
    assert encoder.n_classes <= 513
    assert set(back) <= set(categories)


@given(
    st.lists(
        st.floats(-1e9, 1e9, allow_nan=False) | st.integers(-5, 5).map(float),
        min_size=2,
        max_size=300,
    )
)
@settings(max_examples=60, deadline=None)
def test_numbers_stay_in_range_and_near(values: list[float]) -> None:
    series = pd.Series(values, dtype=float)
    if series.nunique() < 2:
        return
    _, back = fit(series)
    assert back.between(series.min(), series.max()).all()
    assert np.allclose(back, series, rtol=0, atol=1e-6 * max(1.0, series.abs().max()))


@given(st.lists(st.text(max_size=6) | st.none(), min_size=2, max_size=80))
@settings(max_examples=60, deadline=None)
def test_any_text_comes_back(values: list[str | None]) -> None:
    series = pd.Series(values, dtype=object).rename("x")
    encoder, back = fit(series)
    if encoder.column.kind is ColumnKind.CATEGORICAL:
        assert back.astype(object).where(back.notna(), None).tolist() == values


def test_spikes_are_classes_of_their_own() -> None:
    rng = np.random.default_rng(0)
    gain = np.where(rng.random(2_000) < 0.9, 0.0, rng.lognormal(8, 1, 2_000).round(1))
    encoder, _ = fit(pd.Series(gain))
    assert isinstance(encoder, NumericalEncoder)
    assert encoder.spikes.tolist() == [0.0]
    assert encoder.frequencies.sum() == pytest.approx(1)
    assert encoder.frequencies[encoder.n_modes] == pytest.approx((gain == 0).mean())


def test_uniform_scalars_reach_both_ends_and_keep_the_tail() -> None:
    values = pd.Series(np.random.default_rng(0).lognormal(0, 2, 5_000))
    encoder, _ = fit(values)
    rng = np.random.default_rng(1)
    assert isinstance(encoder, NumericalEncoder)
    everything = encoder.select([Clause(">=", values.min())])
    back = encoder.decode_numbers(everything.draw(50_000, rng))
    assert back.max() == values.max()
    assert back.min() == values.min()
    for share in (0.5, 0.9, 0.99, 0.999):
        assert np.quantile(back, share) == pytest.approx(values.quantile(share), rel=0.12)


def test_protect_keeps_extremes_and_rare_categories_out() -> None:
    rng = np.random.default_rng(0)
    salary = pd.Series(np.r_[rng.normal(4e4, 5e3, 500).round(2), 9_999_999.99])
    _, back = fit(salary, protect=True)
    assert back.max() < 100_000
    city = pd.Series(["Rome"] * 40 + ["Oslo"] * 40 + ["Hamlet of one"])
    _, back = fit(city, protect=True)
    assert set(back) == {"Rome", "Oslo"}


def test_protect_forgets_what_fewer_rows_hold_than_asked() -> None:
    city = pd.Series(["Rome"] * 40 + ["Oslo"] * 12 + ["Bree"] * 7)
    frame = city.to_frame("x")
    rng = np.random.default_rng(0)
    schema = TableSchema.infer(frame)
    for min_rows, left in ((7, {"Rome", "Oslo", "Bree"}), (8, {"Rome", "Oslo"}), (40, {"Rome"})):
        config = EncoderConfig(rng, protection=Protection(True, min_rows))
        encoder = TableEncoder.fit(frame, schema, config, lambda done, total: None)
        back = encoder.decode(encoder.encode(frame, rng), np.arange(len(frame)), rng)["x"]
        assert set(back) == left
    with pytest.raises(SettingError, match="'x' is seen in fewer than 41 rows, which are protec"):
        TableEncoder.fit(
            frame,
            schema,
            EncoderConfig(rng, protection=Protection(True, 41)),
            lambda done, total: None,
        )


def test_rare_categories_are_drawn_back_with_what_they_go_with() -> None:
    rng = np.random.default_rng(0)
    category = np.r_[np.arange(2_000), np.repeat(np.arange(600), 20), rng.integers(0, 2_000, 6_000)]
    frame = pd.DataFrame(
        {
            "part": [f"part {n}" for n in category],
            "shelf": [f"shelf {n % 4}" for n in category],
            "weight": category % 4 + rng.normal(0, 0.1, len(category)),
        }
    )
    encoder = TableEncoder.fit(
        frame, TableSchema.infer(frame), EncoderConfig(rng), lambda done, total: None
    )
    back = encoder.decode(encoder.encode(frame, rng), np.arange(len(frame)), rng)
    rare = frame["part"].map(frame["part"].value_counts()) < 15
    shelf = back["part"][rare].str.split().str[1].astype(int) % 4
    assert (shelf == frame["shelf"][rare].str.split().str[1].astype(int)).mean() > 0.9
    assert back["part"][rare].nunique() > 1_000
    parts: Any = encoder.encoders[0]
    assert parts.n_classes < 600
    assert np.isclose(parts.frequencies.sum(), 1)
    selections = parts.select_parts([Clause("in", ("part 1501", "part 1502", "part 3"))])
    cells = selections.by_part[0].draw(300, rng)
    drawn = parts.decode_parts([cells], np.arange(300), rng, selections)
    assert set(drawn) == {"part 1501", "part 1502", "part 3"}
    again = type(parts).from_state(parts.column, StateReader(parts.to_state()))
    assert np.array_equal(again.groups, parts.groups)


def test_a_few_odd_decimals_do_not_set_the_step() -> None:
    values = np.r_[np.arange(200) / 100, 0.123456, 1.987654]
    assert detect_step(values, NumericalEncoder.STEPS) == pytest.approx(0.01)


@pytest.mark.parametrize(
    ("values", "step"),
    [([100, 300, 2_500], 100), ([1, 2, 7], 1), ([0.25, 1.5], 0.01), ([1 / 3, 2 / 7], None)],
)
def test_detect_step(values: list[float], step: float | None) -> None:
    found = detect_step(np.array(values, float), NumericalEncoder.STEPS)
    assert found == (None if step is None else pytest.approx(step))


def test_what_is_the_same_as_another_column_is_a_class_of_its_own() -> None:
    rng = np.random.default_rng(0)
    numbers = np.r_[rng.gamma(2, 30, 600).round(2), np.full(300, np.inf), np.full(100, np.nan)]
    column = Column("x", ColumnKind.CONTINUOUS, "float64")
    encoder = NumericalEncoder.fit_numbers(column, numbers, EncoderConfig(rng))
    cells = encoder.encode_numbers(numbers, rng)
    np.testing.assert_allclose(encoder.decode_numbers(cells), numbers, atol=1e-6)
    pd.testing.assert_series_equal(encoder.restore(numbers), pd.Series(numbers, name="x"))
    assert encoder.maximum == numbers[:600].max()
    assert encoder.frequencies[-2:].tolist() == [0.3, 0.1]
    assert encoder.spans[-2:].tolist() == [[-1, -1], [0, 0]]
    asked = encoder.select([Clause(">", 0)])
    assert encoder.n_classes - 2 not in asked.classes
    assert np.isnan(encoder.decode_numbers(encoder.select([Clause("=", None)]).draw(9, rng))).all()


def test_only_the_class_tells_the_same_from_missing() -> None:
    numbers = np.array([1.0, 2.0, np.inf, np.nan])
    column = Column("x", ColumnKind.CONTINUOUS, "float64")
    rng = np.random.default_rng(0)
    encoder = NumericalEncoder.fit_numbers(column, numbers, EncoderConfig(rng))
    table = TableEncoder(TableSchema((column,)), [encoder])
    cells = encoder.encode_numbers(numbers, rng)
    features = PiecewiseLinearEncoding(table.layout)
    codes = torch.from_numpy(cells.codes[:, None]).long()
    rows = Rows(features.indicate(codes), torch.from_numpy(cells.scalars[:, None]))
    pieces = features(rows)[:, encoder.n_classes :]
    assert not pieces[2:].any()
    assert pieces[1].any()


@pytest.mark.parametrize("protect", [False, True])
def test_a_column_may_be_the_same_everywhere(protect: bool) -> None:
    numbers = np.array([np.inf, np.nan, np.inf])
    column = Column("x", ColumnKind.CONTINUOUS, "float64")
    rng = np.random.default_rng(0)
    encoder = NumericalEncoder.fit_numbers(
        column, numbers, EncoderConfig(rng, protection=Protection(protect))
    )
    assert (encoder.n_classes, encoder.minimum, encoder.maximum) == (2, 0, 0)
    cells = encoder.encode_numbers(numbers, rng)
    np.testing.assert_array_equal(encoder.decode_numbers(cells), numbers)
    assert encoder.spans.tolist() == [[-1, -1], [0, 0]]
    with pytest.raises(ConditionError, match="cannot be"):
        encoder.select([Clause(">=", 0)])


def test_infinities_that_were_not_learned_are_the_maximum() -> None:
    encoder, _ = fit(pd.Series([1.0, 2.0, 3.5] * 20))
    assert isinstance(encoder, NumericalEncoder)
    cells = encoder.encode_numbers(np.array([np.inf, -np.inf]), np.random.default_rng(0))
    assert encoder.decode_numbers(cells).tolist() == [3.5, 1.0]


@pytest.mark.parametrize("asked", ["2 days", "2 days 00:00:00", "172800", 172_800, "48:00:00"])
def test_durations_are_asked_for_in_seconds_or_as_such(asked: object) -> None:
    series = pd.Series(pd.to_timedelta(np.arange(400) * 6, unit="h"))
    encoder, _ = fit(series)
    assert isinstance(encoder, NumericalEncoder)
    drawn = encoder.select([Clause("=", asked)]).draw(30, np.random.default_rng(0))
    back = encoder.decode(drawn, np.arange(30), np.random.default_rng(0))
    assert set(back) == {pd.Timedelta(days=2)}
    with pytest.raises(ConditionError, match="or a duration such as 0 days 00:00:00"):
        encoder.select([Clause("=", "soon")])
    with pytest.raises(ConditionError, match="run from 0 days 00:00:00 to 99 days 18:00:00"):
        encoder.select([Clause(">", "200 days")])
