"""Patterned text is learned by its parts; keys are new, unique, and of the pattern."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tabgan.config import Protection
from tabgan.encoding.column_encoder import ColumnEncoder, EncoderConfig
from tabgan.encoding.encoded_column import EncodedColumn
from tabgan.encoding.keys.pattern import PatternEncoder
from tabgan.encoding.keys.template_identifier import TemplateEncoder
from tabgan.encoding.registry import encoder_of, read_column
from tabgan.encoding.table_encoder import TableEncoder
from tabgan.errors import ConditionError, SchemaError, SettingError
from tabgan.schema import Column, ColumnKind, TableSchema, dtype_of
from tabgan.schema.inference import infer_column
from tabgan.schema.predicates import Clause
from tabgan.state_reader import StateReader

RNG = np.random.default_rng(5)
COUNTRIES = ["DE", "FR", "IT"]


def mails(n_rows: int) -> pd.Series:
    first = RNG.choice(["ann", "bo", "cy"], n_rows)
    domain = RNG.choice(["example.org", "mail.test"], n_rows, p=[0.8, 0.2])
    return pd.Series([f"{a}{i}@{b}" for i, (a, b) in enumerate(zip(first, domain, strict=True))])


def fit(series: pd.Series, column: Column | None = None, **options: object) -> PatternEncoder:
    column = column or infer_column(series.rename("key"))
    assert encoder_of(column) is PatternEncoder
    config = EncoderConfig(np.random.default_rng(0), **options)  # type: ignore[arg-type]
    return PatternEncoder.fit(column, series, config)


def make(encoder: ColumnEncoder, series: pd.Series, n_rows: int) -> pd.Series:
    """Return rows of parts that are drawn from those of the table, each on its own."""
    rng = np.random.default_rng(1)
    parts = encoder.encode_parts(series, rng)
    drawn = [rng.integers(len(series), size=n_rows) for _ in parts]
    cells = [
        EncodedColumn(part.codes[rows], part.scalars[rows])
        for part, rows in zip(parts, drawn, strict=True)
    ]
    return encoder.decode_parts(cells, np.arange(n_rows), rng)


def test_keys_are_new_and_of_the_pattern() -> None:
    series = mails(900)
    encoder = fit(series)
    made = make(encoder, series, 3_000)
    assert made.str.fullmatch(r"(ann|bo|cy)\d+@(example\.org|mail\.test)").all()
    assert made.is_unique
    assert not made.isin(series).any()
    assert 0.7 < made.str.endswith("example.org").mean() < 0.9


def test_choices_are_learned_and_come_back() -> None:
    series = mails(400)
    encoder = fit(series)
    assert [part.n_classes for part in encoder.parts] == [1, 3, 2]
    parts = encoder.encode_parts(series, RNG)
    made = encoder.decode_parts(parts, np.arange(len(series)), RNG)
    for expression in ("^[a-z]+", "@.*"):
        cut = [each.str.extract(f"({expression})")[0].tolist() for each in (made, series)]
        assert cut[0] == cut[1]


@given(
    st.integers(2, 4),
    st.sampled_from(["", "AB-", "2024"]),
    st.integers(0, 2**32),
    st.integers(30, 400),
    st.booleans(),
)
@settings(max_examples=40, deadline=None)
def test_any_keys_are_unique_within_their_room(
    n_digits: int, prefix: str, seed: int, n_rows: int, with_country: bool
) -> None:
    rng = np.random.default_rng(seed)
    numbers = rng.choice(10**n_digits, min(n_rows, 10**n_digits * 3 // 4), replace=False)
    texts = [
        f"{prefix}{rng.choice(COUNTRIES) + '/' if with_country else ''}x{n:0{n_digits}d}"
        for n in numbers
    ]
    series = pd.Series(texts)
    encoder = fit(series)
    assert encoder.room is not None
    made = make(encoder, series, min(encoder.room, 1_000))
    assert made.is_unique
    assert not made.isin(series).any()
    country = "(DE|FR|IT)/" if with_country else ""
    assert made.str.fullmatch(rf"{prefix}{country}x\d{{{n_digits}}}").all()


def test_a_counter_goes_on_counting() -> None:
    series = pd.Series([f"AB-{i:06d}" for i in range(900)])
    made = make(fit(series), series, 3)
    assert made.tolist() == ["AB-000900", "AB-000901", "AB-000902"]


def test_choices_are_part_of_the_key_where_it_is_too_small_without_them() -> None:
    names = [f"{a}.{b}" for a in ("ann", "bo", "cy", "dee", "eve") for b in "ghijklmnopqrstuv"]
    column = Column("key", ColumnKind.IDENTIFIER, "str", pattern="{ann|bo|cy|dee|eve}.{lower:1}")
    series = pd.Series(RNG.permutation(names)[:40])
    encoder = fit(series, column)
    assert len(encoder.parts) == 1
    assert encoder.room is not None
    made = make(encoder, series, encoder.room)
    assert len(made) >= 40
    assert made.is_unique
    assert not made.isin(series).any()


def test_asking_for_more_keys_than_are_left_is_refused() -> None:
    series = pd.Series([f"{i:02d}x" for i in range(60)])
    encoder = fit(series)
    assert encoder.room is not None
    assert 0 < encoder.room < 60
    table = TableEncoder(TableSchema((encoder.column,)), [encoder])
    table.check_room(encoder.room)
    with pytest.raises(SettingError, match=rf"'key', of which {encoder.room} are left; ask for"):
        table.check_room(encoder.room + 1)


def test_values_that_repeat_are_no_keys() -> None:
    series = pd.Series([f"10.0.{RNG.integers(20)}.{RNG.integers(256)}" for _ in range(2_000)])
    column = Column("key", ColumnKind.PATTERN, "str")
    encoder = fit(series, column)
    assert encoder.room is None
    made = make(encoder, series, 2_000)
    assert 0.1 < made.duplicated().mean() < 0.6
    assert encoder.renumber(made, np.arange(2_000), RNG) is made


def test_several_forms_are_learned() -> None:
    series = pd.Series([f"A{i:05d}" if i % 3 else f"B-{i}/{i % 7}" for i in range(900)])
    encoder = fit(series)
    made = make(encoder, series, 2_000)
    first = made.str.fullmatch(r"A\d{5}")
    assert (first | made.str.fullmatch(r"B-\d+/[0-6]")).all()
    assert 0.6 < first.mean() < 0.73
    assert made.is_unique


@pytest.mark.parametrize("dtype", ["str", "object", "string", "category"])
def test_gaps_and_dtypes_come_back(dtype: str) -> None:
    texts = pd.Series([f"K{i:04d}" if i % 5 else None for i in range(500)], name="key")
    series = texts.astype(dtype_of(dtype))
    column = replace(infer_column(series), kind=ColumnKind.IDENTIFIER)
    encoder = fit(series, column)
    made = make(encoder, series, 1_000)
    assert 0.15 < made.isna().mean() < 0.25
    assert (made.dtype == series.dtype) or dtype == "category"
    assert made.dropna().astype(str).str.fullmatch(r"K\d{4}").all()


def test_one_outlier_is_said_and_never_made() -> None:
    series = pd.Series([*(f"AB-{i:04d}" for i in range(1_499)), "see the note"])
    encoder = fit(series)
    assert encoder.n_outliers == 1
    assert encoder.note == "key: made anew, 8,501 left; values without its pattern: 1"
    assert make(encoder, series, 1_000).str.fullmatch(r"AB-\d{4}").all()


def test_the_pattern_of_the_schema_is_taken() -> None:
    series = pd.Series([f"AB-{i:04d}" for i in range(100)])
    column = replace(infer_column(series.rename("key")), pattern="{AB|CD}-{digit:4}")
    assert make(fit(series, column), series, 500).str.fullmatch(r"(AB|CD)-\d{4}").all()


def test_a_pattern_that_no_value_has_is_refused() -> None:
    series = pd.Series([f"AB-{i:04d}" for i in range(100)])
    column = replace(infer_column(series.rename("key")), pattern="CD-{digit:4}")
    with pytest.raises(SchemaError, match="none of the values of the column 'key', such as 'AB-0"):
        fit(series, column)


@pytest.mark.parametrize("pattern", ["{AB|CD}-{5000-9999}|AB-{digit:4}", "AB-{0-99}{0-99}"])
def test_a_pattern_that_makes_one_text_in_two_ways_is_refused(pattern: str) -> None:
    series = pd.Series([f"AB-{i:04d}" for i in range(1_000, 1_100)])
    column = replace(infer_column(series.rename("key")), pattern=pattern)
    with pytest.raises(SchemaError, match="in two ways, so keys would repeat"):
        fit(series, column)


def test_protected_keys_leave_no_trace() -> None:
    numbers = [RNG.choice(10**5, 300, replace=False) for _ in range(2)]
    tables = [
        pd.Series([f"AB-{number:05d}/{i % 3}" for i, number in enumerate(n)]) for n in numbers
    ]
    first, second = (fit(table, protection=Protection(True)) for table in tables)
    assert first.pattern == second.pattern
    assert str(first.pattern) == "AB-{00000-99999}/{0|1|2}"
    assert first.sequences == second.sequences


def test_protected_choices_of_few_rows_are_not_kept() -> None:
    texts = [f"{'XY' if i in {7, 70} else COUNTRIES[i % 3]}-{i:04d}" for i in range(400)]
    encoder = fit(pd.Series(texts), protection=Protection(True))
    assert "XY" not in str(encoder.pattern)
    assert "DE" in str(encoder.pattern)


def test_protected_keys_of_too_few_rows_are_gaps() -> None:
    numbers = RNG.integers(1_000, 9_999, 60) / 10  # of 46 rows
    series = pd.Series([f"{number:.1f}" for number in numbers]).mask(np.arange(60) >= 46)
    column = replace(infer_column(mails(60).rename("key")), pattern=None)
    encoder = fit(series, column, protection=Protection(True, 50))
    assert make(encoder, series, 30).isna().all()


def test_new_rows_get_new_keys_and_keep_their_choices() -> None:
    series = mails(300)
    encoder = fit(series)
    made = make(encoder, series, 50)
    again = encoder.renumber(made, np.arange(50, 100), RNG)
    assert not again.isin(made).any()
    assert (again.str.extract("(@.*)")[0] == made.str.extract("(@.*)")[0]).all()


def test_fewer_rows_are_the_first_of_more() -> None:
    series = mails(300)
    encoder = fit(series)
    parts = encoder.encode_parts(series, RNG)
    head = [EncodedColumn(part.codes[:40], part.scalars[:40]) for part in parts]
    more = encoder.decode_parts(parts, np.arange(300), np.random.default_rng(1))
    fewer = encoder.decode_parts(head, np.arange(40), np.random.default_rng(1))
    assert more.head(40).tolist() == fewer.tolist()


def test_only_gaps_can_be_asked_for() -> None:
    series = pd.Series([f"K{i:04d}" if i % 5 else None for i in range(500)])
    encoder = fit(series)
    selected = encoder.select_parts([Clause("=", None)])
    assert selected.share == pytest.approx(0.2)
    with pytest.raises(ConditionError, match="'key' is an identifier: its values are made anew"):
        encoder.select_parts([Clause("=", "K0001")])


def test_a_state_is_read_back() -> None:
    series = mails(300)
    encoder = fit(series)
    again = read_column(encoder.column, StateReader(encoder.to_state()))
    assert make(again, series, 100).equals(make(encoder, series, 100))


def test_keys_of_older_files_are_made_as_then() -> None:
    column = Column("key", ColumnKind.IDENTIFIER, "str")
    counts = {"n_present": 30, "n_missing": 0}
    state = {"templates": [["K", "digit", "digit", "digit"]], "first": 30, "key": 7} | counts
    old = read_column(column, StateReader(state))
    assert isinstance(old, TemplateEncoder)
    made = make(old, pd.Series(["K001"] * 30), 900)
    assert made.is_unique
    assert all(re.fullmatch(r"K\d{3}", text) and int(text[1:]) >= 30 for text in made)


def test_padded_numbers_take_all_their_digits_where_no_key_is_left() -> None:
    codes = pd.Series([f"X{number:08d}" for number in range(0, 1400, 2)], name="code")
    column = infer_column(codes)
    assert column.kind is ColumnKind.IDENTIFIER
    encoder = PatternEncoder.fit(column, codes, EncoderConfig(np.random.default_rng(0)))
    assert encoder.room is not None
    assert encoder.room >= len(codes)
    rows, rng = np.arange(len(codes)), np.random.default_rng(1)
    made = encoder.decode_parts(encoder.encode_parts(codes, rng), rows, rng)
    assert made.is_unique
    assert not made.isin(codes).any()
    assert made.str.fullmatch("X[0-9]{7}[02468]").all()


def test_texts_that_share_no_pattern_are_made_of_their_characters() -> None:
    texts = pd.Series(["".join("ab-."[n % 4] for n in range(k, k + 3 + k)) for k in range(30)])
    texts += [".-"[n % 2] * (n % 7) for n in range(30)]
    column = replace(infer_column(texts.rename("x")), kind=ColumnKind.IDENTIFIER, pattern=None)
    encoder = PatternEncoder.fit(column, texts, EncoderConfig(np.random.default_rng(0)))
    rng = np.random.default_rng(1)
    made = encoder.decode_parts(encoder.encode_parts(texts, rng), np.arange(30), rng)
    assert made.str.fullmatch("[ab.0-9a-f-]+").all()
