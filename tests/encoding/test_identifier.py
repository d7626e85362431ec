"""New keys that are numbers: exact, unique, none of the table's, within the dtype."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tabgan.config import Protection
from tabgan.encoding.column_encoder import EncoderConfig
from tabgan.encoding.encoded_column import EncodedColumn
from tabgan.encoding.keys.identifier import IdentifierEncoder
from tabgan.encoding.registry import encoder_of, read_column
from tabgan.encoding.table_encoder import TableEncoder
from tabgan.errors import ConditionError, SettingError
from tabgan.schema import ColumnKind, TableSchema
from tabgan.schema.column import dtype_of
from tabgan.schema.inference import infer_column
from tabgan.schema.predicates import Clause
from tabgan.schema.text.patterns.check_digits import CHECK_RULES, find_number_rule
from tabgan.state_reader import StateReader

RNG = np.random.default_rng(5)


def fit(series: pd.Series, **settings: object) -> IdentifierEncoder:
    column = replace(infer_column(series.rename("key")), kind=ColumnKind.IDENTIFIER)
    assert encoder_of(column) is IdentifierEncoder
    config = EncoderConfig(np.random.default_rng(0), **settings)  # type: ignore[arg-type]
    return IdentifierEncoder.fit(column, series, config)


def make(encoder: IdentifierEncoder, n_rows: int) -> pd.Series:
    cells = EncodedColumn(np.zeros(n_rows, np.int32), np.zeros(n_rows, np.float32))
    return encoder.decode(cells, np.arange(n_rows), np.random.default_rng(1))


def assert_new(series: pd.Series, n_rows: int) -> pd.Series:
    encoder = fit(series)
    made = make(encoder, min(n_rows, encoder.room))
    assert len(made) > 0
    assert made.is_unique
    assert made.dtype == series.dtype
    assert not set(made.tolist()) & set(series.dropna().tolist())
    return made


@pytest.mark.parametrize(
    "dtype", [f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)]
)
@pytest.mark.parametrize("end", ["min", "max"])
def test_keys_near_the_ends_of_a_dtype_stay_in_it(dtype: str, end: str) -> None:
    limit = int(getattr(np.iinfo(dtype), end))
    values = [limit + (n if end == "min" else -n) for n in range(60)]
    made = assert_new(pd.Series(np.array(values, dtype)), 150)
    if end == "min":
        assert made.min() >= limit
    else:
        assert made.max() <= limit


@given(
    st.sampled_from(["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]),
    st.integers(0, 2**32),
    st.integers(20, 100),
)
@settings(max_examples=60, deadline=None)
def test_keys_anywhere_in_a_dtype_are_new(dtype: str, seed: int, n_rows: int) -> None:
    limits, rng = np.iinfo(dtype), np.random.default_rng(seed)
    drawn = rng.integers(limits.min, limits.max, 4 * n_rows, dtype=dtype, endpoint=True)
    assert_new(pd.Series(np.unique(drawn)[:n_rows]), 500)


def test_counting_goes_on_behind_the_largest() -> None:
    made = assert_new(pd.Series(np.arange(400)[::-1] + 1), 3)
    assert made.tolist() == [401, 402, 403]


def test_counting_in_steps_keeps_the_steps() -> None:
    made = assert_new(pd.Series(np.arange(100, 5_000, 10)), 1_000)
    assert made.tolist()[:2] == [5_000, 5_010]


def test_short_keys_at_the_end_of_their_dtype_keep_their_number_of_digits() -> None:
    made = assert_new(pd.Series(np.arange(31_000, 32_500, dtype="int16")), 1_000)
    assert made.between(10_000, 32_767).all()


def test_keys_beyond_2_to_53_are_exact() -> None:
    made = assert_new(pd.Series(2**61 + RNG.permutation(10**6)[:1500]), 1_000)
    assert made.between(2**61, 2**61 + 10**6).all()
    assert made.map(lambda value: value % 2).nunique() == 2


def test_sixteen_digits_stay_sixteen_digits() -> None:
    made = assert_new(pd.Series(RNG.integers(4 * 10**15, 5 * 10**15, 1500)), 1_000)
    assert made.between(4 * 10**15, 5 * 10**15).all()
    assert (made % 1000 == 0).mean() < 0.05


@pytest.mark.parametrize("rule", ["luhn", "ean13"])
def test_check_digits_are_right(rule: str) -> None:
    n_digits = 16 if rule == "luhn" else 13
    bodies = np.unique(RNG.integers(4 * 10 ** (n_digits - 2), 5 * 10 ** (n_digits - 2), 300))
    checks = CHECK_RULES[rule].digits(np.array([f"{body}0" for body in bodies]))
    series = pd.Series(bodies * 10 + checks.astype(np.int64))
    made = assert_new(series, 2_000)
    assert CHECK_RULES[rule].is_satisfied(made.astype(str).to_numpy()).all()
    assert (made.astype(str).str.len() == n_digits).all()


@pytest.mark.parametrize("dtype", ["Int64", "UInt16", "int64[pyarrow]", "object", "float64"])
def test_other_dtypes_of_whole_numbers(dtype: str) -> None:
    assert_new(pd.Series(range(100, 200), dtype=dtype), 500)


def test_gaps_come_back_as_gaps() -> None:
    encoder = fit(pd.Series([*range(50), None], dtype="Int64"))
    codes = np.array([0, 1, 0], np.int32)
    made = encoder.decode(EncodedColumn(codes, np.zeros(3, np.float32)), np.arange(3), RNG)
    assert made.isna().tolist() == [False, True, False]
    assert made.dtype == "Int64"


def test_objects_of_any_length() -> None:
    values = [10**29 + int(n) * 10**20 + 7 for n in RNG.permutation(300)]
    made = assert_new(pd.Series(values, dtype=object), 500)
    assert made.map(lambda value: len(str(value))).eq(30).all()


def test_used_up_numbers_are_said() -> None:
    series = pd.Series(np.arange(-128, 128).astype("int8"), name="key")
    encoder = fit(series)
    assert encoder.room == 0
    table = TableEncoder(TableSchema((encoder.column,)), [encoder])
    with pytest.raises(SettingError, match="'key', of which 0 are left; ask for fewer rows"):
        table.check_room(1)
    table.check_room(0)


def test_of_a_sample_counting_is_told_by_the_rows_of_the_table() -> None:
    sample = pd.Series(np.append(np.sort(RNG.choice(10**6, 500, replace=False)), 10**6))
    assert make(fit(sample, n_rows=10**6), 1).tolist() == [10**6 + 1]


def test_protected_keys_leave_no_trace() -> None:
    first, second = (
        fit(
            pd.Series(np.sort(RNG.choice(10**9, 200, replace=False)) + 10**9),
            protection=Protection(True),
        )
        for _ in range(2)
    )
    assert (first.low, first.sequence) == (second.low, second.sequence)


def test_keys_cannot_be_asked_for() -> None:
    with pytest.raises(ConditionError, match="'key' is an identifier"):
        fit(pd.Series(range(50))).select([Clause("=", 3)])


def test_a_state_is_read_back() -> None:
    encoder = fit(pd.Series(RNG.permutation(10**6)[:300]))
    again = read_column(encoder.column, StateReader(encoder.to_state()))
    assert isinstance(again, IdentifierEncoder)
    assert make(again, 50).equals(make(encoder, 50))


def test_states_of_older_releases_go_on_counting() -> None:
    column = fit(pd.Series(range(30))).column
    state = {"templates": [], "first": 30, "key": 7, "n_present": 30, "n_missing": 0}
    old = read_column(column, StateReader(state))
    assert isinstance(old, IdentifierEncoder)
    assert make(old, 3).tolist() == [30, 31, 32]


def card_numbers(n_rows: int) -> pd.Series:
    """Return distinct numbers of 12 digits that end on a check digit."""
    bodies = np.char.add((RNG.choice(10**10, n_rows, replace=False) + 4 * 10**10).astype(str), "0")
    checks = CHECK_RULES["luhn"].digits(bodies)
    return pd.Series([int(body[:-1] + check) for body, check in zip(bodies, checks, strict=True)])


@pytest.mark.parametrize("dtype", ["int64", "float64", "Int64", "int64[pyarrow]", "str"])
def test_numbers_with_a_check_digit_are_keys(dtype: str) -> None:
    numbers = card_numbers(200).rename("card")
    cards = numbers.astype(dtype_of(dtype))
    assert infer_column(cards).kind is ColumnKind.IDENTIFIER
    assert infer_column(cards, is_target=True).kind is not ColumnKind.IDENTIFIER
    if dtype != "str":
        assert find_number_rule((numbers + 1).tolist()) is None
        made = assert_new(cards.mask(cards.index < 20) if dtype != "int64" else cards, 100)
        texts = np.array([str(int(number)) for number in made])
        assert CHECK_RULES["luhn"].is_satisfied(texts).all()


def test_numbers_with_a_check_digit_that_repeat_are_categories() -> None:
    cards = pd.Series(RNG.choice(card_numbers(60).to_numpy(), 600))
    assert infer_column(cards).kind is ColumnKind.CATEGORICAL
