"""The compiled parts of drawing cells: from the generator's outputs to the next step's inputs.

To be imported where there is a compiler alone. All numbers are float32.
"""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tabgan.networks.generator import MAX_LOGIT
from tabgan.networks.logistic_mixture import (
    MAX_LOG_SCALE,
    MAX_QUANTILE_LOGIT,
    MIN_LOG_SCALE,
    N_COMPONENTS,
)
from tabgan.networks.row_embedding import LOGIT_UNIT, N_BINS, N_KNOTS
from tabgan.runtime.compilation import compiled

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]

ZERO, ONE, HALF, TWO = np.float32(0), np.float32(1), np.float32(0.5), np.float32(2)
LIMIT = np.float32(MAX_LOGIT)
LOW_SCALE, HIGH_SCALE = np.float32(MIN_LOG_SCALE), np.float32(MAX_LOG_SCALE)
MIN_DIFFERENCE = np.float32(1e-6)
SMALL = np.float32(0.01)  # below, 1 - exp(-x) is x - x^2 / 2
MIN_EXPONENT, MAX_EXPONENT = np.float32(-87), np.float32(88)
PER_LOG_2 = np.float32(1.442_695)
LOG_2_HIGH, LOG_2_LOW = np.float32(0.693_359_375), np.float32(-2.121_944_4e-4)  # add up to log 2
ROUNDER = np.float32(12_582_912)  # 1.5 * 2^23: what is added to it is rounded to a whole number
ROUNDER_BITS, ONE_BITS, MANTISSA_BITS = np.int32(0x4B400000), np.int32(127), np.int32(23)


class CellTables(NamedTuple):
    """What the cells of each column mean to the generator.

    Shape:
        - offsets, n_classes, n_outputs, first_knot: (n_columns,)
        - is_mode, low, high, logit_low, logit_high: (width,), of each class; the ends of modes
        - inputs: (entries, hidden_dim), what a class adds to the first layer, then what knots do
    """

    offsets: Integers
    n_classes: Integers
    n_outputs: Integers
    first_knot: Integers
    is_mode: npt.NDArray[np.bool_]
    low: Floats
    high: Floats
    logit_low: Floats
    logit_high: Floats
    inputs: Floats


@compiled
def add_known_cells(tables, codes, scalars, known, inputs):  # type: ignore[no-untyped-def]
    """Add known cells to the output of the first layer, in place.

    Args:
        tables: `CellTables`.
        codes: Shape (n_rows, n_columns), as are scalars and known.
        scalars: Of the cells.
        known: True for those that are added.
        inputs: Outputs of the first layer; (n_rows, hidden_dim).
    """
    n_rows, n_columns = known.shape
    for row in range(n_rows):
        for column in range(n_columns):
            if known[row, column]:
                code, scalar = codes[row, column], scalars[row, column]
                _add_cell(tables, column, code, scalar, inputs[row])


@compiled
def _add_cell(tables, column, code, scalar, inputs):  # type: ignore[no-untyped-def]
    of_class = tables.offsets[column] + code
    added = tables.inputs[of_class]
    if not tables.is_mode[of_class]:
        for entry in range(len(inputs)):
            inputs[entry] += added[entry]
        return
    low, high = tables.low[of_class], tables.high[of_class]
    quantile = low + (high - low) * (scalar + ONE) / TWO
    quantile = min(max(quantile, ZERO), ONE) if quantile == quantile else ZERO  # noqa: PLR0124
    left = min(int(quantile * np.float32(N_BINS)), N_BINS - 1)
    share = quantile * np.float32(N_BINS) - np.float32(left)
    feature = _logit(quantile) / np.float32(LOGIT_UNIT) if quantile > ZERO else ZERO
    first = tables.first_knot[column]
    below, above = tables.inputs[first + left], tables.inputs[first + left + 1]
    along = tables.inputs[first + N_KNOTS]
    for entry in range(len(inputs)):
        inputs[entry] += (
            added[entry]
            + (ONE - share) * below[entry]
            + share * above[entry]
            + feature * along[entry]
        )


@compiled
def _logit(quantile):  # type: ignore[no-untyped-def]
    inside = min(max(float(quantile), 1e-9), 1 - 6e-8)
    logit = math.log(inside / (1 - inside))
    return np.float32(min(max(logit, -MAX_QUANTILE_LOGIT), MAX_QUANTILE_LOGIT))


@compiled
def draw_cells(  # type: ignore[no-untyped-def]
    tables, outputs, columns, shares, codes, scalars, known, inputs
):
    """Draw a cell of each row, unless it is known, and add it to the output of the first layer.

    Args:
        tables: `CellTables`.
        outputs: Of the last layer for the cells' columns, group after group, row after row.
        columns: Of each group's cells, -1 for none; (n_groups,). Groups are of equal size.
        shares: Uniform draws, three for each row; (n_rows, 3).
        codes: Of the rows; (n_rows, n_columns), as are scalars and known. They are drawn.
        scalars: Of the rows.
        known: True for cells that stay as they are.
        inputs: Outputs of the first layer; (n_rows, hidden_dim).
    """
    n_group = len(codes) // len(columns)
    start, work = 0, np.empty(outputs.shape[0], np.float32)
    for group in range(len(columns)):
        column = columns[group]
        if column < 0:
            continue
        n_classes, n_outputs = tables.n_classes[column], tables.n_outputs[column]
        for row in range(group * n_group, (group + 1) * n_group):
            cell = outputs[start : start + n_outputs]
            start += n_outputs
            if known[row, column]:
                continue
            code = _draw_class(cell[:n_classes], shares[row, 0], work)
            of_class, scalar = tables.offsets[column] + code, ZERO
            if tables.is_mode[of_class]:
                scalar = _draw_scalar(tables, of_class, cell[n_classes:], shares[row], work)
            codes[row, column], scalars[row, column] = code, scalar
            _add_cell(tables, column, code, scalar, inputs[row])


@compiled
def _draw_class(logits, share, work):  # type: ignore[no-untyped-def]
    for code in range(len(logits)):
        work[code] = _exp(min(max(logits[code], -LIMIT), LIMIT))
    return _draw_index(work, len(logits), share)


@compiled
def _draw_index(weights, size, share):  # type: ignore[no-untyped-def]
    total = 0.0
    for index in range(size):
        total += weights[index]
    left = share * total
    for index in range(size - 1):
        left -= weights[index]
        if left < 0:
            return index
    return size - 1


@compiled
def _draw_scalar(tables, of_class, raw, shares, work):  # type: ignore[no-untyped-def]
    """Return a scalar drawn as `Generator.draw_scalars` does; raw (N_PARAMETERS,)."""
    low, high = tables.logit_low[of_class], tables.logit_high[of_class]
    _weigh_components(raw, low, high, work)
    chosen = _draw_index(work, N_COMPONENTS, shares[1])
    centre, scale = _component(raw, chosen)
    first, last = (low - centre) / scale, (high - centre) / scale
    flip = ONE
    if first + last > ZERO:  # mirrored to the side on which the quantile function is exact
        flip, first, last = -ONE, -last, -first
    start, end = _sigmoid(first), _sigmoid(last)
    share = float(start + (end - start) * shares[2])
    share = min(max(share, 1e-30), 1 - 6e-8)
    value = centre + scale * flip * np.float32(math.log(share / (1 - share)))
    value = min(max(value, low), high)
    below, above = tables.low[of_class], tables.high[of_class]
    scalar = TWO * (_sigmoid(value) - below) / (above - below) - ONE
    return min(max(scalar, -ONE), ONE) if scalar == scalar else ZERO  # noqa: PLR0124


@compiled
def _component(raw, index):  # type: ignore[no-untyped-def]
    """Return the centre and the scale of a component."""
    centre = raw[N_COMPONENTS + index] + (
        np.float32(4 * index) / np.float32(N_COMPONENTS - 1) - TWO
    )
    return centre, _exp(min(max(raw[2 * N_COMPONENTS + index], LOW_SCALE), HIGH_SCALE))


@compiled
def _weigh_components(raw, low, high, work):  # type: ignore[no-untyped-def]
    """Set work[:N_COMPONENTS] to the components' weights times their masses between the ends.

    s(b) - s(a) = s(b) s(-a) (1 - exp(a - b)), with s(x) = exp(min(x, 0)) / (1 + exp(-|x|)): what
    is in an exponent is kept there until its largest is known.
    """
    largest = np.float32(-np.inf)
    for index in range(N_COMPONENTS):
        centre, scale = _component(raw, index)
        first, last = (low - centre) / scale, (high - centre) / scale
        exponent = raw[index] + min(last, ZERO) + min(-first, ZERO)
        largest = max(largest, exponent)
        work[index] = exponent
        apart = max(last - first, MIN_DIFFERENCE)
        inner = apart - HALF * apart * apart if apart < SMALL else ONE - _exp(-apart)
        tails = (ONE + _exp(-abs(last))) * (ONE + _exp(-abs(first)))
        work[N_COMPONENTS + index] = inner / tails
    for index in range(N_COMPONENTS):
        work[index] = _exp(work[index] - largest) * work[N_COMPONENTS + index]


@compiled
def _sigmoid(value):  # type: ignore[no-untyped-def]
    return ONE / (ONE + _exp(-value))


@compiled
def _exp(value):  # type: ignore[no-untyped-def]
    """Return exp(value) within 2e-7 of it, by a polynomial (Cephes) that loops do side by side."""
    inside = min(max(value, MIN_EXPONENT), MAX_EXPONENT)
    rounded = np.float32(inside * PER_LOG_2 + ROUNDER)
    power = rounded.view(np.int32) - ROUNDER_BITS
    count = np.float32(power)
    rest = inside - count * LOG_2_HIGH - count * LOG_2_LOW
    result = np.float32(1.987_569_15e-4)
    result = result * rest + np.float32(1.398_199_95e-3)
    result = result * rest + np.float32(8.333_451_9e-3)
    result = result * rest + np.float32(4.166_579_6e-2)
    result = result * rest + np.float32(1.666_666_55e-1)
    result = result * rest + HALF
    result = result * rest * rest + rest + ONE
    return result * np.int32((power + ONE_BITS) << MANTISSA_BITS).view(np.float32)
