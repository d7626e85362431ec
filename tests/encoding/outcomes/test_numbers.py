"""Every number is the events that decode to it, whatever its column."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tabgan.encoding.column_encoder import EncoderConfig
from tabgan.encoding.encoded_column import EncodedColumn
from tabgan.encoding.numerical import NumericalEncoder
from tabgan.encoding.outcomes.numbers import find_number_outcomes
from tabgan.encoding.outcomes.outcome import NO_EVENT
from tabgan.schema.table_schema import TableSchema


def fit(values: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> NumericalEncoder:
    frame = pd.DataFrame({"x": values})
    (column,) = TableSchema.infer(frame, "x").columns
    rng = np.random.default_rng(0)
    return NumericalEncoder.fit(column, frame["x"], EncoderConfig(rng))


def draw(kind: str, rows: int, seed: int) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    rng = np.random.default_rng(seed)
    return {
        "whole": rng.poisson(40, rows).astype(float),
        "cents": rng.lognormal(2, 1, rows).round(2),
        "real": rng.normal(0, 1, rows),
        "spiked": np.where(rng.random(rows) < 0.5, 0.0, rng.normal(5, 1, rows)),
        "two hills": np.where(
            rng.random(rows) < 0.5, rng.normal(0, 1, rows), rng.normal(90, 1, rows)
        ),
        "magnitudes": 10.0 ** rng.uniform(-12, 12, rows),
    }[kind]


@settings(max_examples=25, deadline=None)
@given(
    kind=st.sampled_from(["whole", "cents", "real", "spiked", "two hills", "magnitudes"]),
    rows=st.integers(2, 400),
    seed=st.integers(0, 9),
)
def test_events_decode_to_their_number(kind: str, rows: int, seed: int) -> None:
    values = draw(kind, rows, seed)
    encoder = fit(values)
    outcomes = find_number_outcomes(encoder, values)
    assert (outcomes.codes != NO_EVENT).any(axis=1).all()
    inner = outcomes.low + (outcomes.high - outcomes.low) * np.linspace(0.1, 0.9, rows)[:, None]
    for event in range(outcomes.codes.shape[1]):
        is_event = outcomes.codes[:, event] != NO_EVENT
        codes = outcomes.codes[is_event, event].astype(np.int32)
        cells = EncodedColumn(codes, inner[is_event, event].astype(np.float32))
        close = pytest.approx(values[is_event], rel=1e-4, abs=1e-5 * np.ptp(values))
        assert encoder.decode_numbers(cells) == close
    told = encoder.encode_numbers(values, np.random.default_rng(0))
    is_spike = told.codes >= encoder.n_modes
    assert (outcomes.told.codes[is_spike] == told.codes[is_spike]).all()


@pytest.mark.parametrize("kind", ["whole", "cents"])
def test_ranges_of_all_multiples_fill_the_modes(kind: str) -> None:
    encoder = fit(draw(kind, 400, 0))
    assert encoder.step is not None
    every = np.arange(-10, 200_000) * encoder.step
    every = every[(every >= encoder.minimum) & (every <= encoder.maximum)]
    outcomes = find_number_outcomes(encoder, np.unique(np.append(every.round(2), encoder.maximum)))
    for mode in range(encoder.n_modes):
        widths = (outcomes.high - outcomes.low)[outcomes.codes == mode]
        assert widths.sum() == pytest.approx(2, abs=1e-6)


def test_even_distributions_sum_to_one() -> None:
    encoder = fit(draw("whole", 400, 0))
    every = np.append(np.arange(-500_000.0, 500_000.0), np.nan)
    assert np.exp(find_number_outcomes(encoder, every).log_prior).sum() == pytest.approx(
        1, abs=1e-4
    )


@pytest.mark.parametrize("odd", [1e300, -1e300, 0.5, 1e9, np.inf, np.nan])
def test_what_no_row_decodes_to_has_no_events(odd: float) -> None:
    encoder = fit(draw("whole", 400, 0))
    outcomes = find_number_outcomes(encoder, np.array([odd]))
    assert (outcomes.codes == NO_EVENT).all()
    assert np.isfinite(outcomes.log_prior).all()
    assert outcomes.is_told[0] == np.isfinite(odd)


def test_an_atom_is_a_range_and_the_rest_a_density() -> None:
    values = np.append(np.random.default_rng(0).normal(size=300), [7.0] * 4)
    encoder = fit(values)
    assert encoder.step is None
    outcomes = find_number_outcomes(encoder, np.array([encoder.maximum, 0.123456]))
    assert (outcomes.high > outcomes.low)[0].any()
    assert (outcomes.high == outcomes.low)[1].all()
    assert outcomes.log_factors[1].any()
