"""Amounts of several units: a number never stands beside a unit that it does not go with."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tabgan.encoding.amount import AmountEncoder
from tabgan.encoding.column_encoder import EncoderConfig
from tabgan.encoding.encoded_column import EncodedColumn
from tabgan.errors import ConditionError
from tabgan.schema import ColumnKind
from tabgan.schema.inference import infer_column
from tabgan.schema.predicates import Clause
from tabgan.state_reader import StateReader

UNITS = st.lists(
    st.sampled_from(["{} MB", "{} GB", "{} kg", "{} g", "EUR {}", "USD {}", "{} Lakh", "{} Crore"]),
    min_size=2,
    max_size=4,
    unique=True,
)


def make(units: list[str], *, seed: int = 0, gaps: float = 0.0) -> "pd.Series[Any]":
    """300 amounts, those of each unit ten times as large as those of the one before."""
    rng = np.random.default_rng(seed)
    unit = rng.integers(len(units), size=300)
    numbers = 10.0**unit * rng.uniform(1, 5, 300)
    texts = pd.Series([units[u].format(f"{n:.1f}") for u, n in zip(unit, numbers, strict=True)])
    return texts.mask(rng.random(300) < gaps).rename("x")


def fit(series: "pd.Series[Any]") -> AmountEncoder:
    column = infer_column(series)
    assert column.kind is ColumnKind.PATTERN
    return AmountEncoder.fit(column, series, EncoderConfig(np.random.default_rng(0)))


def draw(encoder: AmountEncoder, n_rows: int = 400) -> "pd.Series[Any]":
    rng = np.random.default_rng(1)
    codes = rng.choice(encoder.n_classes, n_rows, p=encoder.frequencies).astype(np.int32)
    scalars = rng.uniform(-1, 1, n_rows).astype(np.float32)
    return encoder.decode(EncodedColumn(codes, scalars), np.arange(n_rows), rng)


@settings(max_examples=25, deadline=None)
@given(units=UNITS, seed=st.integers(0, 99), gaps=st.sampled_from([0.0, 0.2]))
def test_amounts_come_back_and_keep_their_units(units: list[str], seed: int, gaps: float) -> None:
    series = make(units, seed=seed, gaps=gaps)
    encoder, rng = fit(series), np.random.default_rng(0)
    back = encoder.decode(encoder.encode(series, rng), np.arange(len(series)), rng)
    pd.testing.assert_series_equal(back.isna(), series.isna())
    assert (back == series)[series.notna()].mean() > 0.97
    made = draw(encoder)
    assert made.isna().any() == (gaps > 0)
    for order, unit in enumerate(units):
        before, behind = unit.split("{}")
        own = made.dropna()[lambda s: s.str.startswith(before) & s.str.endswith(behind)]  # noqa: B023
        numbers = own.str.removeprefix(before).str.removesuffix(behind).astype(float)
        assert numbers.between(10.0**order * 0.99, 10.0**order * 5.01).all()
        assert len(own) > 20
    again = AmountEncoder.from_state(encoder.column, StateReader(encoder.to_state()))
    pd.testing.assert_series_equal(draw(again), made)


def test_nothing_of_amounts_is_made_up() -> None:
    assert fit(make(["{} MB", "{} GB"])).note is None


def test_one_amount_gaps_or_their_absence_can_be_asked_for() -> None:
    series = make(["{} MB", "{} GB"], gaps=0.2)
    encoder, rng = fit(series), np.random.default_rng(0)

    def ask(*clauses: Clause) -> "pd.Series[Any]":
        selections = encoder.select_parts(list(clauses))
        cells = selections.by_part[0].draw(50, rng)
        return encoder.decode_parts([cells], np.arange(50), rng, selections)

    amount = series.dropna().iloc[0]
    assert set(ask(Clause("=", amount))) == {amount}
    assert ask(Clause("=", None)).isna().all()
    assert ask(Clause("!=", None)).notna().all()
    with pytest.raises(ConditionError, match=r"written 0.0 .*; '7 TB' is none of these\."):
        ask(Clause("=", "7 TB"))
    with pytest.raises(ConditionError, match=r"'7.0 MB' is none of the table's, .* to [45]\.\d MB"):
        ask(Clause("=", "7.0 MB"))
    with pytest.raises(ConditionError, match=r"'5' is none of these\."):
        ask(Clause(">=", 5))
