"""What clauses leave of a column: cells that satisfy them, and all that the table has of those."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tabgan.encoding.column_encoder import ColumnEncoder, EncoderConfig
from tabgan.encoding.encoded_column import EncodedColumn
from tabgan.encoding.table_encoder import TableEncoder
from tabgan.errors import ConditionError
from tabgan.schema import TableSchema
from tabgan.schema.predicates import Clause, matches

RNG = np.random.default_rng(0)
COLUMNS: dict[str, "pd.Series[Any]"] = {
    "few integers": pd.Series([3, 1, 2, 3, 3, 1] * 5),
    "many integers": pd.Series(RNG.integers(0, 5_000, 800)),
    "integers with gaps": pd.Series([1, None, 7, 3, None] * 8, dtype="Int64"),
    "prices": pd.Series(RNG.gamma(2, 30, 900).round(2)),
    "zeros and a tail": pd.Series(np.r_[np.zeros(700), RNG.integers(1, 90_000, 300)]),
    "text numbers": pd.Series(["29.85", np.nan, "1889.50", "108.15", "53.85"] * 30),
    "levels": pd.Series(["a", "b", np.nan, "ü🙂", "a"] * 9),
    "many levels": pd.Series([f"part {n}" for n in RNG.integers(0, 900, 3_000)]),
    "number levels": pd.Series(pd.Categorical([1, 2, None, 5] * 9)),
    "booleans with gaps": pd.Series([True, None, False] * 9, dtype="boolean"),
    "dates": pd.Series(pd.Timestamp("2020-01-01") + pd.to_timedelta(RNG.integers(0, 99, 400), "D")),
}  # fmt: skip


def fit(series: "pd.Series[Any]") -> ColumnEncoder:
    frame = series.to_frame("x")
    config = EncoderConfig(np.random.default_rng(0))
    encoder = TableEncoder.fit(frame, TableSchema.infer(frame), config, lambda done, total: None)
    return encoder.encoders[0]


ENCODERS = {name: fit(series) for name, series in COLUMNS.items()}


def draw(encoder: ColumnEncoder, clauses: list[Clause], n_rows: int = 200) -> "pd.Series[Any]":
    """Cells that satisfy clauses; parts of which everything is left come at random."""
    rng = np.random.default_rng(0)
    selections = encoder.select_parts(clauses)
    assert 0 < selections.share < 1 + 1e-9
    cells = [
        selections.by_part[number].draw(n_rows, rng)
        if number in selections.by_part
        else EncodedColumn(
            rng.integers(part.n_classes, size=n_rows).astype(np.int32),
            rng.uniform(-1, 1, n_rows).astype(np.float32),
        )
        for number, part in enumerate(encoder.parts)
    ]
    series = encoder.decode_parts(cells, np.arange(n_rows), rng, selections)
    if selections.is_exact:
        return series
    return series[matches(series, encoder.column, clauses)]


@st.composite
def clauses_of(draw: st.DrawFn, name: str) -> list[Clause]:
    """Clauses on a column, with values that it holds."""
    values = COLUMNS[name].dropna().unique().tolist()
    has_order = ENCODERS[name].column.kind.value not in {"categorical", "boolean"}
    signs = ["=", "!=", "<", "<=", ">", ">="] if has_order or "number" in name else ["=", "!="]
    simple = st.builds(Clause, st.sampled_from(signs), st.sampled_from(values))
    gaps = st.builds(Clause, st.sampled_from(["=", "!="]), st.none())
    branch = st.lists(simple | gaps, min_size=1, max_size=2).map(tuple)
    several = st.lists(branch, min_size=2, max_size=4).map(tuple)
    either = several.map(lambda branches: Clause("or", branches))
    return draw(st.lists(simple | gaps | either, min_size=1, max_size=3))


@pytest.mark.parametrize("name", COLUMNS)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_drawn_cells_satisfy_what_is_asked(name: str, data: st.DataObject) -> None:
    series, encoder = COLUMNS[name], ENCODERS[name]
    clauses = data.draw(clauses_of(name))
    wanted = matches(series, encoder.column, clauses)
    try:
        cells = draw(encoder, clauses)
    except ConditionError:
        assert not wanted.any()
        return
    assert matches(cells, encoder.column, clauses).all()
    cells_of = encoder.encode_parts(series[wanted], np.random.default_rng(0))
    for number, selection in encoder.select_parts(clauses).by_part.items():
        assert set(cells_of[number].codes) <= set(selection.classes)


def test_parts_come_by_their_frequency() -> None:
    encoder = ENCODERS["zeros and a tail"]
    cells = draw(encoder, [Clause("or", ((Clause("=", 0),), (Clause(">=", 45_000),)))], 4_000)
    tail = (COLUMNS["zeros and a tail"] >= 45_000).sum()
    assert (cells == 0).mean() == pytest.approx(700 / (700 + tail), abs=0.03)
    cells = draw(ENCODERS["levels"], [Clause("!=", "a")], 300)
    assert set(cells) == {"b", "ü🙂"}
    assert encoder.select_parts([Clause("!=", 0)]).share == pytest.approx(0.3, abs=0.01)


@pytest.mark.parametrize(
    ("name", "clauses", "message"),
    [
        ("levels", [Clause("!=", "c")], "never holds 'c' in the table"),
        ("levels", [Clause("or", ((Clause("=", "a"),), (Clause("=", "c"),)))], "never holds 'c'"),
        ("levels", [Clause("=", "a"), Clause("!=", "a")], "cannot be 'a' and != 'a' at once"),
        ("levels", [Clause("=", None), Clause("!=", None)], "cannot be None and != None at once"),
        ("many levels", [Clause("=", None)], "no missing values"),
        ("prices", [Clause("=", None)], "no missing values"),
        ("prices", [Clause("or", ((Clause("<", 0),), (Clause(">", 1e6),)))],
         r"cannot be \(< 0 or > 1000000.0\): the table's values run from"),
        ("prices", [Clause("or", ((Clause("=", -1),), (Clause("=", -2),)))], r"be in \(-1, -2\)"),
        ("integers with gaps", [Clause("=", None), Clause("!=", None)], "missing and to have"),
        ("many integers", [Clause("!=", "x")], "'x' cannot be asked for; give a number such as"),
    ],
)  # fmt: skip
def test_what_leaves_nothing_gets_a_sentence(
    name: str, clauses: list[Clause], message: str
) -> None:
    with pytest.raises(ConditionError, match=message):
        ENCODERS[name].select_parts(clauses)
