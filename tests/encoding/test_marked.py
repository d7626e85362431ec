"""Columns with several marks of a gap come back with each of them as often as it was."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from tabgan.encoding.column_encoder import EncoderConfig
from tabgan.encoding.marked import MarkedEncoder
from tabgan.encoding.registry import fit_column, read_column
from tabgan.schema import ColumnKind
from tabgan.schema.inference import infer_column
from tabgan.schema.predicates import Clause
from tabgan.state_reader import StateReader

RNG = np.random.default_rng(0)
VALUES = {
    "numbers": [f"{value:.2f}" for value in RNG.gamma(2, 30, 800)],
    "integers": RNG.integers(0, 900, 800).astype(str).tolist(),
    "money": [f"${value:,.2f}" for value in RNG.gamma(2, 900, 800)],
    "amounts": [f"{value:.1f} {RNG.choice(['kg', 'g'])}" for value in RNG.gamma(2, 9, 800)],
    "dates": pd.Series(RNG.choice(pd.bdate_range("2020-01-01", "2023-12-31"), 800))
    .dt.strftime("%d.%m.%Y")
    .tolist(),
}


def make(values: list[str], marks: list[str | None]) -> "pd.Series[Any]":
    rng = np.random.default_rng(1)
    drawn = rng.choice(len(marks) + 1, len(values), p=[0.7, *[0.3 / len(marks)] * len(marks)])
    cells = [v if d == 0 else marks[d - 1] for v, d in zip(values, drawn, strict=True)]
    return pd.Series(cells, dtype=object, name="x")


def same_gaps(ours: "pd.Series[Any]", theirs: "pd.Series[Any]") -> bool:
    return ours.fillna("a gap").tolist() == theirs.fillna("a gap").tolist()


@pytest.mark.parametrize("marks", [["?", "N/A"], ["-", None], ["n/a", "", "unknown", None]])
@pytest.mark.parametrize("name", VALUES)
def test_marks_come_back(name: str, marks: list[str | None]) -> None:
    series = make(VALUES[name], marks)
    column = infer_column(series)
    assert len(column.missing_marks) == len(marks)
    encoder, rng = (
        fit_column(column, series, EncoderConfig(np.random.default_rng(0))),
        np.random.default_rng(0),
    )
    assert isinstance(encoder, MarkedEncoder)
    back = encoder.decode_parts(encoder.encode_parts(series, rng), np.arange(800), rng)
    is_mark = series.isna() | series.isin([mark for mark in marks if mark is not None])
    assert same_gaps(back[is_mark], series[is_mark])
    assert (back == series)[~is_mark].mean() > 0.97
    again = read_column(column, StateReader(encoder.to_state()))
    cells = encoder.encode_parts(series, np.random.default_rng(3))
    for each in (encoder, again):
        remade = each.decode_parts(cells, np.arange(800), np.random.default_rng(4))
        assert same_gaps(remade[is_mark], series[is_mark])


def test_a_mark_can_be_asked_for_and_a_gap_means_any() -> None:
    series = make(VALUES["numbers"], ["?", "N/A"])
    encoder = fit_column(infer_column(series), series, EncoderConfig(np.random.default_rng(0)))
    one = encoder.select_parts([Clause("=", "?")])
    rng = np.random.default_rng(0)
    cells = [one.by_part[number].draw(60, rng) for number in range(len(encoder.parts))]
    assert set(encoder.decode_parts(cells, np.arange(60), rng, one)) == {"?"}
    assert set(encoder.select_parts([Clause("=", None)]).by_part) == {0}
    either = encoder.select_parts([Clause("or", ((Clause("=", "?"),), (Clause("=", "N/A"),)))])
    cells = [either.by_part[number].draw(60, rng) for number in range(len(encoder.parts))]
    assert set(encoder.decode_parts(cells, np.arange(60), rng, either)) == {"?", "N/A"}
    beside = encoder.select_parts([Clause("!=", "?")])
    assert set(beside.by_part) == {0}
    cells = [beside.by_part[0].draw(60, rng), encoder.encode_parts(series[:60], rng)[1]]
    assert encoder.decode_parts(cells, np.arange(60), rng, beside).astype(float).notna().all()


def test_keys_beside_marks_are_made_anew() -> None:
    keys = [f"user{number}@mail.com" for number in RNG.permutation(9_000)[:800]]
    series = make(keys, ["-", "N/A", None])
    column = infer_column(series)
    assert column.kind is ColumnKind.IDENTIFIER
    encoder = fit_column(column, series, EncoderConfig(np.random.default_rng(0)))
    assert isinstance(encoder, MarkedEncoder)
    assert encoder.room is not None
    assert encoder.note == f"key: made anew, {encoder.room:,} left"
    rng, rows = np.random.default_rng(0), np.arange(800)
    encoder = encoder.keep_out(series)
    made = encoder.decode_parts(encoder.encode_parts(series, rng), rows, rng)
    is_mark = series.isna() | series.isin(["-", "N/A"])
    assert same_gaps(made[is_mark], series[is_mark])
    assert made[~is_mark].is_unique
    assert not made[~is_mark].isin(series).any()
    again = encoder.renumber(made, rows + 800, rng)
    assert same_gaps(again[is_mark], series[is_mark])
    assert not again[~is_mark].isin([*series, *made]).any()
