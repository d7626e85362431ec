"""Under protection nothing is kept that fewer than k rows hold, of no kind of column."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tabgan.config import Protection
from tabgan.encoding.column_encoder import ColumnEncoder, EncoderConfig
from tabgan.encoding.encoded_column import EncodedColumn
from tabgan.encoding.generalization import microaggregate, recode_rare
from tabgan.encoding.mode_specific_normalization import split_spikes
from tabgan.encoding.registry import fit_column
from tabgan.errors import SettingError, TableError
from tabgan.schema import ColumnKind, TableSchema
from tabgan.schema.protection import hide_marks, protect_schema

N, K = 1_200, 5
RNG = np.random.default_rng(7)
DAYS = pd.date_range("2020-01-01", periods=600)


def fit(cells: Any, k: int = K) -> tuple[ColumnEncoder, pd.Series]:
    """Fit a protected encoder; also return the column, marks of gaps read."""
    frame = pd.Series(cells, name="x").to_frame()
    found = TableSchema.infer(frame).without_patterns()
    schema = protect_schema(found, frame, k)
    series = hide_marks(found.check(frame), found, schema)["x"]
    config = EncoderConfig(np.random.default_rng(0), protection=Protection(True, k))
    return fit_column(schema.columns[0], series, config), series


def draw(encoder: ColumnEncoder, series: pd.Series, n_rows: int = 20_000) -> pd.Series:
    """Decode rows as a perfect generator would draw them: scalars are uniform in their class."""
    rng = np.random.default_rng(1)
    rows = rng.integers(len(series), size=n_rows)
    cells = [
        EncodedColumn(part.codes[rows], rng.uniform(-1, 1, n_rows).astype(np.float32))
        for part in encoder.encode_parts(series, rng)
    ]
    return encoder.decode_parts(cells, np.arange(n_rows), rng)


def walk(state: Any) -> Any:
    """Yield every number and text of a state, those in arrays and in texts of JSON as well."""
    if isinstance(state, dict):
        for key, value in state.items():
            yield from (key, *walk(value))
    elif isinstance(state, list | tuple):
        for value in state:
            yield from walk(value)
    elif isinstance(state, np.ndarray):
        yield from state.ravel().tolist()
    else:
        yield state


def plant(cells: Any, value: Any) -> pd.Series:
    planted = pd.Series(cells).astype(object)
    planted.iloc[17] = value
    return planted.infer_objects()


NUMBERS = {
    "a grade above all others": (plant(RNG.integers(1, 7, N), 13), 13),
    "a grade between others": (plant(RNG.choice([1, 2, 5, 6], N), 4), 4),
    "a zip code": (plant(RNG.integers(10_000, 20_000, N), 49_999), 49_999),
    "the largest float": (plant(RNG.normal(0, 9, N), 1.7e308), 1.7e308),
    "beside many zeros": (plant(RNG.choice([0.0, 2.5], N, p=[0.9, 0.1]), 77.25), 77.25),
    "in a nullable column": (plant(RNG.integers(1, 9, N), 99).astype("Int64"), 99),
    "in an Arrow column": (plant(RNG.integers(1, 9, N), 99).astype("int64[pyarrow]"), 99),
    "a duration": (plant(RNG.choice([60, 120, 180], N), 173), 173),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_of_one_row_is_neither_kept_nor_made(name: str) -> None:
    cells, planted = NUMBERS[name]
    encoder, series = fit(cells)
    state = np.array([v for v in walk(encoder.to_state()) if isinstance(v, int | float)], float)
    assert not np.isclose(state, planted, rtol=1e-12).any()
    assert not (draw(encoder, series) == planted).any()


OTHERS = {
    "number in text": (plant(RNG.integers(1, 9, N).astype(str), "2.61"), "2.61"),
    "digits in text": (plant(RNG.integers(1, 900, N).astype(str), "2.61"), "2.61"),
    "timedelta": (
        pd.Series(pd.to_timedelta(plant(RNG.choice([60, 120], N), 173), unit="s")),
        pd.Timedelta(seconds=173),
    ),
    "day": (plant(RNG.choice(DAYS, N), pd.Timestamp("1931-05-05")), pd.Timestamp("1931-05-05")),
    "time of day": (
        plant(RNG.choice(DAYS, N), pd.Timestamp("2020-05-05 13:37:11")),
        pd.Timestamp("2020-05-05 13:37:11"),
    ),
    "weekend": (
        plant(RNG.choice(pd.bdate_range("2020-01-01", periods=400), N), pd.Timestamp("2020-03-07")),
        pd.Timestamp("2020-03-07"),
    ),
    "zoned": (
        plant(
            RNG.choice(DAYS[:9], N),
            pd.Timestamp("2020-03-07 01:23"),
        ).dt.tz_localize("Europe/Berlin"),
        pd.Timestamp("2020-03-07 01:23", tz="Europe/Berlin"),
    ),
    "long number": (plant(2**60 + RNG.integers(0, 30, N), 2**61 + 7), 2**61 + 7),
    "unit": (
        plant(
            [f"{a} {u}" for a, u in zip(RNG.integers(1, 99, N), ["GB", "MB"] * 600, strict=True)],
            "7 TB",
        ),
        "7 TB",
    ),
    "shape of a key": (plant([f"AB-{i:05d}" for i in RNG.permutation(N)], "ZZ/77"), "ZZ/77"),
    "length of a key": (plant([f"AB-{i:05d}" for i in RNG.permutation(N)], "AB-1234567"), ""),
    "mark of a gap": (
        plant([*RNG.normal(5, 1, N - 40).round(2).astype(str), *["?"] * 40], "ask Bob"),
        "ask Bob",
    ),
    "lonely mark": (plant(RNG.normal(5, 1, N).round(2).astype(str), "ask Bob"), "ask Bob"),
    "category": (plant(RNG.choice(["a", "b"], N), "c"), "c"),
    "truth": (plant(np.zeros(N, bool), True), True),
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_one_row_holds_is_neither_kept_nor_made(name: str) -> None:
    cells, planted = OTHERS[name]
    planted = planted or cells.iloc[17]
    encoder, series = fit(cells)
    drawn = draw(encoder, series)
    assert not (drawn == planted).any()
    assert not drawn.astype(str).str.len().gt(cells.drop(17).astype(str).str.len().max()).any()
    texts = [str(value) for value in walk(encoder.to_state() | encoder.column.to_dict())]
    assert not any(str(planted) == text or f"'{planted}'" in text for text in texts)


@pytest.mark.parametrize("step", [1, 5, 10])
def test_one_row_does_not_set_the_step(step: int) -> None:
    encoder, series = fit(plant(RNG.integers(0, 4_000, N) * step * 1.0, 617.37))
    drawn = draw(encoder, series)
    assert (drawn % step == 0).all()
    assert drawn.nunique() > 1_000


def test_what_enough_rows_hold_stays_exact() -> None:
    cells = pd.Series(np.repeat(RNG.normal(0, 9, 150), 8))
    encoder, series = fit(cells)

    assert (encoder.minimum, encoder.maximum) == (cells.min(), cells.max())  # type: ignore[attr-defined]
    few, series = fit(pd.Series(np.repeat([0.25, 7.5, 1e9], [5, 50, 500])))
    assert set(draw(few, series)) == {0.25, 7.5, 1e9}


@pytest.mark.parametrize("spread", [0.3, 2.0])
def test_protected_numbers_keep_their_quantiles(spread: float) -> None:
    cells = pd.Series(RNG.lognormal(3, spread, 3_000))
    drawn = draw(*fit(cells))
    shares = np.arange(0.05, 0.96, 0.05)
    assert np.allclose(drawn.quantile(shares), cells.quantile(shares), rtol=0.12)


@pytest.mark.parametrize("n_rows", [2, 4])
def test_fewer_rows_than_are_protected_are_refused(n_rows: int) -> None:
    with pytest.raises(TableError, match=r"'x' has values in \d rows, fewer than the 5"):
        fit(pd.Series(np.arange(n_rows) + np.arange(n_rows) % 2 / 4).astype(float))


@pytest.mark.parametrize("n_rows", range(K + 2, 3 * K))
def test_tables_of_few_rows_have_one_value_in_the_middle(n_rows: int) -> None:
    encoder, series = fit(pd.Series(np.append(np.linspace(1.5, 2.25, n_rows - 1), 1e9)))
    drawn = draw(encoder, series, 500)
    assert drawn.between(1.5, 2.25).all()


@pytest.mark.parametrize(
    "value", [0.25, "Bob", pd.Timestamp("1931-05-05 13:37"), 2**61 + 1, "AB-0017", True]
)
def test_a_column_of_gaps_but_for_few_rows_is_all_gaps(value: Any) -> None:
    cells = pd.Series([None] * 300, dtype=object)
    cells.iloc[:2] = value
    encoder, series = fit(cells)
    assert draw(encoder, series, 500).isna().all()


def test_categories_that_are_all_rare_are_refused() -> None:
    frame = pd.DataFrame({"x": [f"{chr(97 + i // 3)}" for i in range(60)]})
    column = TableSchema.infer(frame, "x").columns[0]
    assert column.kind is ColumnKind.CATEGORICAL
    with pytest.raises(SettingError, match="each level of the column 'x' is seen in fewer than 5"):
        fit_column(
            column, frame["x"], EncoderConfig(np.random.default_rng(0), protection=Protection(True))
        )


@given(
    values=st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=60),
    repeats=st.integers(1, 3),
    k=st.integers(2, 7),
)
@settings(max_examples=150, deadline=None)
def test_averages_stay_within_the_values(values: list[float], repeats: int, k: int) -> None:
    numbers = np.array(values * repeats)
    recoded = recode_rare(numbers, k)
    distinct, counts = np.unique(numbers, return_counts=True)
    moved = recoded != numbers
    assert set(recoded[moved]) <= set(distinct[counts >= k])
    if len(recoded) >= k:
        averaged = microaggregate(recoded, k)
        assert np.isfinite(averaged).all()
        assert len(averaged) == len(numbers)
        halves = np.append(averaged, [recoded.min(), recoded.max()]) / 2  # differences overflow
        slack = 1e-9 * np.abs(halves).max()
        assert (np.diff(halves[:-2]) >= -slack).all()
        assert halves[:-2].min() >= halves[-2] - slack
        assert halves[:-2].max() <= halves[-1] + slack


def test_between_the_tails_a_row_moves_quantiles_by_a_fifteenth() -> None:
    values = np.arange(240.0)
    moved = values.copy()
    moved[120] += 0.5
    change = microaggregate(moved, K) - microaggregate(values, K)
    assert np.abs(change).max() == pytest.approx(0.5 / (3 * K))
    assert (np.diff(microaggregate(moved, K)) >= 0).all()


@pytest.mark.parametrize(("n_rows", "k", "is_spike"), [(6, 1, True), (6, K, False), (15, K, True)])
def test_what_few_rows_hold_by_chance_is_no_spike(n_rows: int, k: int, is_spike: bool) -> None:
    values = np.concatenate([np.full(n_rows, 0.5), np.arange(1.0, 131.0)])
    spikes, rest = split_spikes(values, k)
    assert spikes.tolist() == ([0.5] if is_spike else [])
    assert len(rest) == 130 + n_rows * (not is_spike)


def test_what_most_rows_repeat_stays_as_it_is() -> None:
    values = np.concatenate([np.repeat(np.arange(0, 1_000, 23.0), 6), np.arange(0.5, 40)])
    spikes, _ = split_spikes(values, K)
    assert spikes.tolist() == np.arange(0, 1_000, 23.0).tolist()
