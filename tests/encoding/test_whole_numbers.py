"""Whole numbers and decimals come back exactly, however long they are."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tabgan import TabGAN, evaluate
from tabgan.config import Protection
from tabgan.encoding.column_encoder import EncoderConfig, PartEncoder
from tabgan.encoding.registry import fit_column, read_column
from tabgan.encoding.whole_numbers import WholeNumberEncoder
from tabgan.errors import ConditionError
from tabgan.schema import Column, ColumnKind, TableSchema
from tabgan.schema.inference import infer_column
from tabgan.schema.predicates import Clause, matches
from tabgan.schema.whole_numbers import parse_whole_numbers
from tabgan.state_reader import StateReader

CODE = 990_000_000_000_000_000
NUMPY = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
NULLABLE = ["Int64", "UInt64", "int64[pyarrow]", "uint64[pyarrow]"]
OPERATORS = ["=", "!=", "<", "<=", ">", ">="]


def fit(series: "pd.Series[Any]", kind: ColumnKind | None = None, **settings: Any) -> PartEncoder:
    """Fit an encoder by a column's inferred kind, or another."""
    column = infer_column(series.rename("x"))
    if kind is not None:
        column = Column.from_dict(column.to_dict() | {"kind": kind.value})
    config = EncoderConfig(np.random.default_rng(0), **settings)
    encoder = fit_column(column, series.rename("x"), config)
    assert isinstance(encoder, PartEncoder)
    return encoder


def remake(series: "pd.Series[Any]", encoder: PartEncoder) -> "pd.Series[Any]":
    """Return a column encoded and decoded again."""
    rng = np.random.default_rng(1)
    return encoder.decode(encoder.encode(series, rng), np.arange(len(series)), rng)


def draw(encoder: PartEncoder, *clauses: Clause, n_rows: int = 200) -> "pd.Series[Any]":
    """Return rows of which clauses are asked."""
    rng = np.random.default_rng(2)
    selection = encoder.select(list(clauses))
    rows = encoder.decode(selection.draw(n_rows, rng), np.arange(n_rows), rng)
    return encoder.enforce(rows, selection, rng)


@st.composite
def integer_columns(draw: Any) -> "pd.Series[Any]":
    """Columns of any integer dtype with any values in it, some of which repeat."""
    dtype = draw(st.sampled_from([*NUMPY, *NULLABLE]))
    plain = np.iinfo(dtype.removesuffix("[pyarrow]").lower())
    near_ends = st.sampled_from([int(plain.min), int(plain.max), int(plain.max) - 1])
    values = st.one_of(st.integers(int(plain.min), int(plain.max)), near_ends)
    distinct = draw(st.lists(values, min_size=2, max_size=70, unique=True))
    repeated = draw(st.integers(0, 12)) * distinct[:1]
    present: list[Any] = [*distinct, *repeated]
    gaps = draw(st.integers(0, 3)) if dtype in NULLABLE else 0
    cells: pd.Series[Any] = pd.Series([*present, *[None] * gaps], dtype=dtype, name="x")
    return cells


@given(series=integer_columns(), protect=st.booleans())
@settings(max_examples=120, deadline=None)
def test_any_integers_stay_in_their_dtype_and_range(
    series: "pd.Series[Any]", protect: bool
) -> None:
    assume(not protect or series.notna().sum() >= Protection.min_rows)
    encoder = fit(series, ColumnKind.INTEGER, protection=Protection(protect))
    back = remake(series, encoder)
    assert back.dtype == series.dtype
    assert (back.isna() == series.isna()).all()
    least, most = int(series.min()), int(series.max())
    assert all(least <= int(value) <= most for value in back.dropna())
    if isinstance(encoder, WholeNumberEncoder) and not protect:
        spikes = {encoder.origin + spike for spike in encoder.exact_spikes}
        pairs = zip(series.dropna(), back.dropna(), strict=True)
        assert all(int(new) == int(old) for old, new in pairs if int(old) in spikes)
        assert spikes <= set(map(int, series.dropna()))


@given(series=integer_columns(), operator=st.sampled_from(OPERATORS), position=st.integers(0, 200))
@settings(max_examples=80, deadline=None)
def test_conditions_on_integers_are_exact(
    series: "pd.Series[Any]", operator: str, position: int
) -> None:
    present = [int(value) for value in series.dropna()]
    value = present[position % len(present)]
    encoder, clause = fit(series, ColumnKind.INTEGER), Clause(operator, value)
    expected = pd.Series(present, dtype=object).map(
        lambda cell: eval(f"{cell} {operator if operator != '=' else '=='} {value}")  # noqa: S307
    )
    found = matches(series.dropna(), encoder.column, [clause])
    assert found.tolist() == expected.tolist()
    if not expected.any():
        return
    assert matches(draw(encoder, clause), encoder.column, [clause]).all()


@pytest.mark.parametrize("dtype", ["int64", "uint64", "Int64", "int64[pyarrow]", "object"])
def test_codes_beyond_float64_are_categories(dtype: Any) -> None:
    rng = np.random.default_rng(3)
    codes = pd.Series([CODE + int(code) for code in rng.integers(0, 40, 1_500)], dtype=dtype)
    encoder = fit(codes)
    assert encoder.column.kind is ColumnKind.CATEGORICAL
    pd.testing.assert_series_equal(remake(codes, encoder), codes.rename("x"))
    for asked in (CODE + 17, str(CODE + 17), np.int64(CODE + 17)):
        assert set(draw(encoder, Clause("=", asked))) == {CODE + 17}
    assert set(draw(encoder, Clause("<", CODE + 3))) == {CODE, CODE + 1, CODE + 2}
    again = read_column(encoder.column, StateReader(encoder.to_state()))
    assert isinstance(again, PartEncoder)
    assert set(draw(again, Clause("=", CODE + 17))) == {CODE + 17}


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (2**61 + np.arange(0, 3_000, 2), ColumnKind.IDENTIFIER),
        (2**61 + np.arange(1_500) % 700, ColumnKind.CATEGORICAL),
        (np.r_[2**61 + np.arange(1_400) ** 2, 2**61 + np.arange(100) ** 2], ColumnKind.INTEGER),
        (np.r_[np.zeros(500, int), 2**61 + np.arange(1_000) ** 2], ColumnKind.MIXED),
    ],
)
def test_long_numbers_are_keys_codes_or_measures(values: Any, kind: ColumnKind) -> None:
    assert infer_column(pd.Series(values, name="x")).kind is kind


def test_a_target_of_long_numbers_is_no_key() -> None:
    series = pd.Series(2**61 + np.arange(0, 3_000, 2), name="x")
    assert infer_column(series, is_target=True).kind is ColumnKind.INTEGER


def test_the_last_digits_of_a_measure_are_drawn() -> None:
    rng = np.random.default_rng(4)
    stamps = pd.Series(1_700_000_000_000_000_000 + rng.integers(0, 10**17, 2_000))
    amounts = pd.Series([int(a) * 10**9 + int(b) for a, b in rng.integers(0, 10**12, (2_000, 2))])
    for series in (stamps, amounts):
        encoder = fit(series, ColumnKind.INTEGER)
        back = remake(series, encoder)
        spread = float(series.max() - series.min())
        assert max(abs(int(a) - int(b)) / spread for a, b in zip(back, series, strict=True)) < 1e-6
        parities = pd.Series([int(value) % 1_000 for value in back])
        assert parities.nunique() > 800
        assert 0.4 < (parities % 2).mean() < 0.6


def test_digits_beyond_int64_are_drawn_too() -> None:
    draws = np.random.default_rng(6).integers(1, 10**6, (300, 2))
    numbers = [Decimal(int(high)) * 10**38 + int(low) for high, low in draws]
    series = pd.Series(numbers, dtype=pd.ArrowDtype(pa.decimal256(60, 3)), name="x")
    back = remake(series, fit(series))
    assert pd.Series([int(value) % 10**20 for value in back]).nunique() == 300
    errors = [abs(float(a / b) - 1) for a, b in zip(back, series, strict=True)]
    assert max(errors) < 1e-5


def test_stamps_of_whole_seconds_stay_so() -> None:
    rng = np.random.default_rng(5)
    stamps = pd.Series((1_700_000_000 + rng.integers(0, 10**7, 2_000)) * 10**9)
    encoder = fit(stamps, ColumnKind.INTEGER)
    back = remake(stamps, encoder)
    pd.testing.assert_series_equal(back % 10**9, 0 * stamps.rename("x"))
    with pytest.raises(ConditionError, match=f"with none between.*{stamps.min()}|cannot be"):
        encoder.select([Clause("=", int(stamps.min()) + 5)])


@pytest.mark.parametrize("element", ["object", "arrow"])
@pytest.mark.parametrize("whole_digits", [2, 17, 28])
def test_decimals_keep_their_scale(element: str, whole_digits: int) -> None:
    rng = np.random.default_rng(6)
    texts = [
        f"{rng.integers(1, 10)}{''.join(map(str, rng.integers(0, 10, whole_digits - 1)))}."
        f"{rng.integers(0, 10)}0"
        for _ in range(300)
    ]
    values = [Decimal(text) for text in texts]
    dtype = object if element == "object" else pd.ArrowDtype(pa.decimal128(38, 2))
    series: pd.Series[Any] = pd.Series(values, dtype=dtype, name="x")
    encoder = fit(series)
    assert encoder.column.kind is ColumnKind.CONTINUOUS
    back = remake(series, encoder)
    assert back.dtype == series.dtype
    assert {value.as_tuple().exponent for value in back} == {-2}
    assert back.between(series.min(), series.max()).all()
    least = min(values)
    assert set(draw(encoder, Clause("<=", least))) == {least}
    assert matches(series, encoder.column, [Clause("=", str(least))]).sum() == values.count(least)


def test_text_of_long_numbers_may_be_declared_a_measure() -> None:
    rng = np.random.default_rng(7)
    series = pd.Series([str(CODE + int(n)) for n in rng.integers(0, 10**9, 500)], dtype=object)
    column = Column("x", ColumnKind.INTEGER, "object", text=True, element="str")
    encoder = fit_column(column, series, EncoderConfig(np.random.default_rng(0)))
    assert isinstance(encoder, PartEncoder)
    back = remake(series, encoder)
    assert back.str.fullmatch(r"99000000\d{10}").all()
    assert set(draw(encoder, Clause("=", series[0]))) == {series[0]}


def test_numbers_are_read_in_the_narrowest_type_that_holds_them() -> None:
    for values, dtype in (
        ([-1, 2**63 - 1], np.int64),
        ([1, 2**64 - 1], np.uint64),
        ([2**64], object),
    ):
        numbers = parse_whole_numbers(pd.Series(values, dtype=object))
        assert numbers is not None
        assert numbers.units.dtype == dtype
        assert numbers.units.tolist() == values
    assert parse_whole_numbers(pd.Series([0.5, 1.0])) is None
    assert parse_whole_numbers(pd.Series([True, 2], dtype=object)) is None


@pytest.fixture(scope="module")
def ledger() -> pd.DataFrame:
    rng = np.random.default_rng(8)
    account = CODE + rng.integers(0, 40, 800)
    return pd.DataFrame(
        {
            "account": account,
            "holder": np.array([f"holder {code % 1000}" for code in account], object),
            "stamp": 1_700_000_000_000_000_000 + rng.integers(0, 10**15, 800),
            "wide": rng.integers(0, 2**64 - 1, 800, dtype=np.uint64)[rng.integers(0, 700, 800)],
            "amount": [Decimal(int(v)) / 100 + 10**16 for v in rng.integers(0, 10**6, 800)],
            "size": rng.gamma(2, 40, 800).round(2),
        }
    )


@pytest.fixture(scope="module")
def model(ledger: pd.DataFrame) -> TabGAN:
    schema = TableSchema.infer(ledger).to_dict()
    for entry in schema["columns"]:
        if entry["name"] in {"stamp", "wide"}:
            entry["kind"] = "integer"
    return TabGAN(steps=60, random_state=0, threads=1, schema=schema).fit(ledger)


def test_a_table_of_long_numbers_end_to_end(
    ledger: pd.DataFrame, model: TabGAN, tmp_path: Path
) -> None:
    model.save(tmp_path / "m.tabgan")
    again = TabGAN.load(tmp_path / "m.tabgan")
    sampled = model.sample(500, random_state=1)
    pd.testing.assert_frame_equal(again.sample(500, random_state=1), sampled)
    pd.testing.assert_frame_equal(again.sample(100, random_state=1), sampled[:100])
    assert (sampled.dtypes == ledger.dtypes).all()
    for name in ("stamp", "wide", "amount"):
        assert sampled[name].between(ledger[name].min(), ledger[name].max()).all()
    assert sampled["wide"].nunique() > 100
    holders = ledger.set_index("account")["holder"].to_dict()
    assert sampled["holder"].tolist() == [holders[code] for code in sampled["account"]]
    assert evaluate(ledger[:200], sampled[:200], target="size", seed=0).verdict


def test_a_code_that_is_asked_for_is_given(ledger: pd.DataFrame, model: TabGAN) -> None:
    asked = int(ledger["account"].iloc[0])
    texts = [f"account={asked}", f"(account={asked} or account={asked}) and size>0"]
    wheres: list[Any] = [{"account": asked}, *texts]
    for where in wheres:
        assert set(model.sample(20, where=where, random_state=1)["account"]) == {asked}
    stamp = int(ledger["stamp"].iloc[5])
    assert set(model.sample(20, where={"stamp": stamp}, random_state=1)["stamp"]) == {stamp}
    bound = int(ledger["stamp"].median())
    assert (model.sample(50, where=f"stamp>{bound}", random_state=1)["stamp"] > bound).all()


def test_codes_of_a_report_are_compared_exactly(ledger: pd.DataFrame) -> None:
    codes = ledger[["account", "size"]][:200]
    moved = codes.assign(account=codes["account"] + 64)  # all beside those of the table
    same, other = (evaluate(codes, table, target="size", seed=0) for table in (codes, moved))
    assert not any("'account' (200 rows" in note for note in same.notes)
    assert any("'account' (200 rows" in note for note in other.notes)


def test_the_last_digits_of_codes_with_a_date_are_not_all_alike() -> None:
    rng = np.random.default_rng(5)
    dates = 20_230_000 + rng.integers(101, 1_231, 1_200)
    codes = pd.Series(dates * 10**11 + rng.integers(0, 50_000, 1_200)).astype("Int64")
    series = codes.where(codes % 7 > 0)
    made = draw(fit(series, ColumnKind.INTEGER), Clause("!=", None))
    assert (made % 1_000).nunique() > 100


@pytest.mark.parametrize("dtype", [pa.decimal256(40, 2), pa.decimal128(30, 0)])
def test_arrow_decimals_of_any_width_come_back(dtype: pa.DataType) -> None:
    numbers = [Decimal(int(n)) * 10**17 for n in np.random.default_rng(6).integers(0, 900, 300)]
    series = pd.Series([*numbers, None], dtype=pd.ArrowDtype(dtype), name="x")
    column = Column.from_dict(infer_column(series).to_dict())
    pd.testing.assert_series_equal(remake(series, fit(series)), series)
    assert column == infer_column(series)


@pytest.mark.parametrize(
    ("texts", "format_"),
    [
        (["3", "2.5", "7.25"], None),
        (["3.0", "2.5", "7.25"], "repr"),
        (["3.00", "2.50", "7.25"], ".2f"),
        (["3E+2", "2E+1", "7E+2"], ".0f"),
    ],
)
def test_decimals_are_written_as_they_were(texts: list[str], format_: str | None) -> None:
    series = pd.Series([Decimal(text) for text in texts * 30], dtype=object)
    encoder = fit(series)
    assert encoder.column.format == format_
    made = [f"{value:f}" for value in remake(series, encoder)]
    assert made == [f"{value:f}" for value in series]
