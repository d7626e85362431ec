"""Floats of any scale and precision come back with their spread, and as they were written."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tabgan import TabGAN, evaluate
from tabgan.config import Protection
from tabgan.encoding.column_encoder import EncoderConfig, PartEncoder
from tabgan.encoding.decimal_steps import detect_step, round_to
from tabgan.encoding.numerical import NumericalEncoder
from tabgan.encoding.registry import ENCODERS
from tabgan.schema import Column, ColumnKind
from tabgan.schema.inference import infer_column
from tabgan.schema.predicates import Clause, matches
from tabgan.state_reader import StateReader

SCALES = [1e-300, 1e-30, 1e-12, 1.0, 1e24, 1e300]


def fit(series: "pd.Series[Any]", *, protect: bool = False) -> PartEncoder:
    column = infer_column(series.rename("x"))
    config = EncoderConfig(np.random.default_rng(0), protection=Protection(protect))
    encoder = ENCODERS[column.kind].fit(column, series.rename("x"), config)
    assert isinstance(encoder, PartEncoder)
    return encoder


def remake(series: "pd.Series[Any]", *, protect: bool = False) -> "pd.Series[Any]":
    """Return a column encoded and decoded again."""
    encoder, rng = fit(series, protect=protect), np.random.default_rng(1)
    return encoder.decode(encoder.encode(series, rng), np.arange(len(series)), rng)


def draw(encoder: PartEncoder, clause: Clause, n_rows: int = 300) -> "pd.Series[Any]":
    """Return rows of which a clause is asked."""
    rng = np.random.default_rng(2)
    selection = encoder.select([clause])
    rows = encoder.decode(selection.draw(n_rows, rng), np.arange(n_rows), rng)
    return encoder.enforce(rows, selection, rng)


def magnitude_spread(numbers: Any) -> float:
    values = np.asarray(numbers, np.float64)
    return float(np.std(np.log10(np.abs(values[values != 0]))))


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("shape", ["gamma", "normal", "negative", "uniform"])
def test_a_column_keeps_its_numbers_at_any_scale(scale: float, shape: str) -> None:
    rng = np.random.default_rng(3)
    drawn = {
        "gamma": rng.gamma(3, 1, 1_500),
        "normal": rng.normal(0, 1, 1_500),
        "negative": -rng.gamma(2, 1, 1_500),
        "uniform": rng.uniform(5, 6, 1_500),
    }
    numbers = pd.Series(drawn[shape] * scale)
    encoder = fit(numbers)
    assert encoder.column.kind is ColumnKind.CONTINUOUS
    error = np.abs(remake(numbers) / scale - numbers / scale)
    assert error.max() < 1e-5


@given(
    power=st.integers(-300, 300),
    sigma=st.floats(0.5, 100),
    sign=st.sampled_from(["rising", "falling", "both"]),
    seed=st.integers(0, 9),
)
@settings(max_examples=40, deadline=None)
def test_orders_of_magnitude_are_kept(power: int, sigma: float, sign: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    exponents = np.clip(power + rng.normal(0, sigma, 600), -307, 307)
    choices = {"rising": [1.0], "falling": [-1.0], "both": [-1.0, 1.0]}[sign]
    signs = rng.choice(choices, 600)
    numbers = pd.Series(10.0**exponents * signs)
    back = remake(numbers)
    assert back.between(numbers.min(), numbers.max()).all()
    assert 0.8 < magnitude_spread(back) / magnitude_spread(numbers) < 1.25
    assert np.median(np.abs(back.to_numpy(float) / numbers.to_numpy() - 1)) < 1e-3


@given(
    numbers=st.lists(
        st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=80, unique=True
    ),
    repeats=st.integers(1, 3),
    protect=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_any_floats_stay_within_their_ends(
    numbers: list[float], repeats: int, protect: bool
) -> None:
    series = pd.Series(numbers * repeats)
    assume(not protect or len(series) >= Protection.min_rows)
    back = remake(series, protect=protect)
    assert back.dtype == np.float64
    assert back.between(series.min(), series.max()).all()


@pytest.mark.parametrize("dtype", ["float16", "float32", "Float32", "float[pyarrow]", "float64"])
@pytest.mark.parametrize("decimals", [1, 2])
def test_decimals_come_back_in_the_precision_that_they_had(dtype: Any, decimals: int) -> None:
    rng = np.random.default_rng(4)
    written = rng.gamma(2, 20, 1_500).round(decimals).clip(0, 100)
    series = pd.Series(written).astype(dtype)
    encoder = fit(series)
    assert isinstance(encoder, NumericalEncoder)
    if dtype != "float16" or decimals == 1:
        assert encoder.step == pytest.approx(10.0**-decimals)
    pd.testing.assert_series_equal(remake(series), series.rename("x"), check_exact=True)
    sampled = draw(encoder, Clause(">", 1.0), 2_000)
    assert sampled.dtype == series.dtype
    texts = {str(number) for number in sampled.to_numpy(dtype=object)}
    if dtype in {"float32", "Float32"}:
        shortest = {str(np.float32(number)) for number in sampled}
        assert max(map(len, shortest)) <= 4 + decimals, texts


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("operator", ["=", "<", "<=", ">", ">=", "!="])
def test_conditions_hold_in_the_precision_of_the_column(dtype: Any, operator: str) -> None:
    rng = np.random.default_rng(5)
    series = pd.Series(rng.integers(0, 200, 2_000) / 10).astype(dtype).rename("x")
    encoder, clause = fit(series), Clause(operator, 0.7)
    drawn = draw(encoder, clause)
    assert matches(drawn, encoder.column, [clause]).all()
    assert (
        matches(series, encoder.column, [Clause("=", 0.7)]).sum()
        == ((series.astype(np.float64) * 10).round() == 7).sum()
    )


@pytest.mark.parametrize("scale", [1e-200, 1e-9, 1e9, 1e200])
def test_conditions_hold_at_any_scale(scale: float) -> None:
    rng = np.random.default_rng(6)
    series = pd.Series(rng.gamma(2, 1, 2_000) * scale).rename("x")
    encoder = fit(series)
    for clause in (Clause(">", 2 * scale), Clause("<=", scale / 2)):
        assert matches(draw(encoder, clause), encoder.column, [clause]).all()


def test_a_step_is_found_by_the_scale_of_the_numbers() -> None:
    rng = np.random.default_rng(7)
    cents = np.round(rng.gamma(2, 50, 1_000), 2)
    assert detect_step(cents) == pytest.approx(0.01)
    assert detect_step(np.array([float(f"{cent:.2f}e-30") for cent in cents])) == 1e-32
    assert detect_step(np.round(cents) * 1e15) == 1e15
    assert detect_step(cents * np.pi) is None
    assert detect_step(7e13 + rng.normal(size=1_000)) is None  # its noise is no rounding of 1e13


def test_multiples_of_a_tiny_step_are_the_numbers_that_are_written() -> None:
    written = np.array([1.5e-30, 2.7e-30, -3e-31, 0.0])
    assert round_to(written * (1 + 1e-15), 1e-31).tolist() == written.tolist()


def test_durations_of_any_length() -> None:
    rng = np.random.default_rng(8)
    for unit, amount in (("ns", 1_000), ("s", 10**9)):
        ticks = (rng.gamma(3, 1, 1_000) * amount).astype(np.int64)
        series: pd.Series[Any] = pd.Series(ticks.astype(f"timedelta64[{unit}]"))
        back: Any = remake(series)
        assert back.dtype == series.dtype
        ratio = back.dt.total_seconds().std() / series.dt.total_seconds().std()
        assert 0.95 < ratio < 1.05


def test_numbers_of_all_scales_are_learned_in_one_table() -> None:
    rng = np.random.default_rng(9)
    frame = pd.DataFrame(
        {
            "tiny": rng.gamma(3, 1e-300, 800),
            "huge": rng.normal(0, 1e306, 800),
            "all": 10.0 ** rng.uniform(-300, 300, 800),
            "half": rng.normal(0, 1, 800).astype(np.float16),
            "single": rng.gamma(2, 30, 800).round(1).astype(np.float32),
        }
    )
    sampled = TabGAN(steps=60, random_state=0, threads=1).fit(frame).sample(600, random_state=1)
    assert (sampled.dtypes == frame.dtypes).all()
    for name in ("tiny", "huge", "half", "single"):
        scale = float(np.abs(frame[name].astype(np.float64)).max())
        ratio = (sampled[name] / scale).std() / (frame[name] / scale).std()
        assert 0.5 < ratio < 2, name
    assert 0.6 < magnitude_spread(sampled["all"]) / magnitude_spread(frame["all"]) < 1.6
    assert max(len(str(number)) for number in sampled["single"].to_numpy()) <= 6


def test_a_column_of_older_model_files_has_no_tick() -> None:
    column = Column("x", ColumnKind.CONTINUOUS, "float64")
    encoder = NumericalEncoder.fit_numbers(
        column, np.random.default_rng(0).normal(size=100), EncoderConfig(np.random.default_rng(0))
    )
    state = {name: value for name, value in encoder.to_state().items() if name != "tick"}
    assert NumericalEncoder.from_state(column, StateReader(state)).tick is None


def test_a_report_is_the_same_at_any_scale() -> None:
    rng = np.random.default_rng(10)
    real, synthetic = (pd.DataFrame(rng.gamma(3, 1, (200, 2)), columns=["a", "y"]) for _ in "rs")
    shapes = []
    for power in (-900, 0, 900):
        tables = [table.assign(a=np.ldexp(table["a"], power)) for table in (real, synthetic)]
        report = evaluate(*tables, target="y", seed=0)
        shapes.append({reading["metric"]: reading for reading in report.to_dict()["readings"]})
    for name in ("column_shapes", "pair_trends"):
        assert shapes[0][name] == shapes[1][name] == shapes[2][name]
