"""The compiled parts of drawing cells: from the generator's outputs to the next step's inputs.

To be imported where there is a compiler alone. All numbers are float32.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tabgan.networks.elementary_kernels import exp, log, sigmoid
from tabgan.networks.generator import MAX_LOGIT
from tabgan.networks.logistic_mixture import (
    MAX_LOG_SCALE,
    MAX_QUANTILE_LOGIT,
    MIN_LOG_SCALE,
    N_COMPONENTS,
)
from tabgan.networks.row_embedding import LOGIT_UNIT, N_BINS, N_KNOTS
from tabgan.runtime.compilation import compiled, compiled_part

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]

NONE = np.int32(0)
COUNTED = np.int64(N_COMPONENTS)  # as a number of classes is: compiled once for both
ZERO, ONE, HALF, TWO = np.float32(0), np.float32(1), np.float32(0.5), np.float32(2)
LIMIT = np.float32(MAX_LOGIT)
LOW_SCALE, HIGH_SCALE = np.float32(MIN_LOG_SCALE), np.float32(MAX_LOG_SCALE)
LOWEST = np.float32(-np.inf)
MIN_DIFFERENCE = np.float32(1e-6)
SMALL = np.float32(0.01)  # below, 1 - exp(-x) is x - x^2 / 2
MIN_SHARE, MIN_QUANTILE, MAX_SHARE = np.float32(1e-30), np.float32(1e-9), np.float32(1 - 6e-8)
MAX_LOGIT_SEEN, UNIT = np.float32(MAX_QUANTILE_LOGIT), np.float32(LOGIT_UNIT)


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
                _add_cell(tables, column, codes[row, column], scalars[row, column], inputs[row])


@compiled
def draw_cells(  # type: ignore[no-untyped-def]
    tables, outputs, columns, shares, codes, scalars, known, inputs
):
    """Draw a cell of each row, unless it is known, and add it to the output of the first layer.

    A group is drawn at once, so that loops over its rows are taken side by side.

    Args:
        tables: `CellTables`.
        outputs: Of the last layer for the cells' columns, group after group, each of them
            (n_outputs, n_group); they are overwritten.
        columns: Of each group's cells, -1 for none; (n_groups,). Groups are of equal size.
        shares: Uniform draws, three for each row; (3, n_rows).
        codes: Of the rows; (n_rows, n_columns), as are scalars and known. They are drawn.
        scalars: Of the rows.
        known: True for cells that stay as they are.
        inputs: Outputs of the first layer; (n_rows, hidden_dim).
    """
    size = len(codes) // len(columns)
    drawn, numbers, start = np.empty(size, np.int32), np.empty(size, np.float32), 0
    for group in range(len(columns)):
        column = columns[group]
        if column < 0:
            continue
        first, n_classes = group * size, tables.n_classes[column]
        of_group = shares[:, first : first + size]
        _draw_classes(outputs[start:], n_classes, of_group[0], drawn)
        for row in range(size):
            numbers[row] = ZERO
        if tables.n_outputs[column] > n_classes:
            raw = outputs[start + n_classes * size :]
            _draw_scalars(tables, tables.offsets[column], raw, of_group, drawn, numbers)
        start += tables.n_outputs[column] * size
        for row in range(first, first + size):
            if not known[row, column]:
                code, scalar = drawn[row - first], numbers[row - first]
                codes[row, column], scalars[row, column] = code, scalar
                _add_cell(tables, column, code, scalar, inputs[row])


@compiled_part
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
    inside = min(max(quantile, MIN_QUANTILE), MAX_SHARE)
    logit = log(inside / (ONE - inside))
    feature = min(max(logit, -MAX_LOGIT_SEEN), MAX_LOGIT_SEEN) / UNIT if quantile > ZERO else ZERO
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


@compiled_part
def _draw_classes(logits, n_classes, share, drawn):  # type: ignore[no-untyped-def]
    """Set classes by uniform draws; logits are set to sums of weights, line after line."""
    size = len(drawn)
    sums = np.empty(size, np.float32)
    for row in range(size):
        sums[row] = ZERO
    for code in range(n_classes):
        line = logits[code * size : (code + 1) * size]
        for row in range(size):
            sums[row] += exp(min(max(line[row], -LIMIT), LIMIT))
            line[row] = sums[row]
    _count_below(logits, n_classes, share, sums, drawn)


@compiled_part
def _count_below(lines, n_lines, share, sums, drawn):  # type: ignore[no-untyped-def]
    """Set how many lines of sums, without the last, are no more than a share of all."""
    size = len(drawn)
    for row in range(size):
        drawn[row] = NONE
    for code in range(n_lines - 1):
        line = lines[code * size : (code + 1) * size]
        for row in range(size):
            drawn[row] += np.int32(line[row] <= share[row] * sums[row])


@compiled_part
def _draw_scalars(tables, offset, raw, shares, codes, scalars):  # type: ignore[no-untyped-def]
    """Set scalars as `Generator.scalars_at` does; raw (N_PARAMETERS, n_rows), flat."""
    size = len(codes)
    low, high = np.empty(size, np.float32), np.empty(size, np.float32)
    centres, scales = np.empty(size, np.float32), np.empty(size, np.float32)
    chosen, place = np.empty(size, np.int32), shares[2]
    for row in range(size):
        low[row], high[row] = (
            tables.logit_low[offset + codes[row]],
            tables.logit_high[offset + codes[row]],
        )
    _choose_components(raw, low, high, shares[1], chosen)
    for row in range(size):
        index = chosen[row]
        centres[row] = raw[(N_COMPONENTS + index) * size + row] + _start(index)
        scales[row] = raw[(2 * N_COMPONENTS + index) * size + row]
    for row in range(size):
        centre, scale = centres[row], _scale(scales[row])
        first, last = (low[row] - centre) / scale, (high[row] - centre) / scale
        is_high = first + last > ZERO  # mirrored to the side where the quantile function is exact
        flip = -ONE if is_high else ONE
        begin, end = sigmoid(-last if is_high else first), sigmoid(-first if is_high else last)
        share = min(max(begin + (end - begin) * place[row], MIN_SHARE), MAX_SHARE)
        value = centre + scale * flip * log(share / (ONE - share))
        scalars[row] = sigmoid(min(max(value, low[row]), high[row]))
    for row in range(size):
        of_class = offset + codes[row]
        below, above = tables.low[of_class], tables.high[of_class]
        scalar = TWO * (scalars[row] - below) / (above - below) - ONE
        is_number = tables.is_mode[of_class] and scalar == scalar  # noqa: PLR0124
        scalars[row] = min(max(scalar, -ONE), ONE) if is_number else ZERO


@compiled_part
def _choose_components(raw, low, high, share, chosen):  # type: ignore[no-untyped-def]
    """Set components by uniform draws: by their weights times their masses between two ends.

    s(b) - s(a) = s(b) s(-a) (1 - exp(a - b)), with s(x) = exp(min(x, 0)) / (1 + exp(-|x|)): what
    is in an exponent is kept there until its largest is known.
    """
    size = len(low)
    n_entries = N_COMPONENTS * size
    masses, exponents = np.empty(n_entries, np.float32), np.empty(n_entries, np.float32)
    largest, sums = np.empty(size, np.float32), np.empty(size, np.float32)
    for row in range(size):
        largest[row], sums[row] = LOWEST, ZERO
    for index in range(N_COMPONENTS):
        weights, centres = raw[index * size :], raw[(N_COMPONENTS + index) * size :]
        scales, start = raw[(2 * N_COMPONENTS + index) * size :], _start(index)
        mass, exponent = masses[index * size :], exponents[index * size :]
        for row in range(size):
            centre, scale = centres[row] + start, _scale(scales[row])
            first, last = (low[row] - centre) / scale, (high[row] - centre) / scale
            exponent[row] = weights[row] + min(last, ZERO) + min(-first, ZERO)
            largest[row] = max(largest[row], exponent[row])
            apart = max(last - first, MIN_DIFFERENCE)
            inner = apart - HALF * apart * apart if apart < SMALL else ONE - exp(-apart)
            mass[row] = inner / ((ONE + exp(-abs(last))) * (ONE + exp(-abs(first))))
    for index in range(N_COMPONENTS):
        mass, exponent = masses[index * size :], exponents[index * size :]
        for row in range(size):
            sums[row] += exp(exponent[row] - largest[row]) * mass[row]
            mass[row] = sums[row]
    _count_below(masses, COUNTED, share, sums, chosen)


@compiled_part
def _start(index):  # type: ignore[no-untyped-def]
    """Return what a component's centre is counted from."""
    return np.float32(4 * index) / np.float32(N_COMPONENTS - 1) - TWO


@compiled_part
def _scale(raw):  # type: ignore[no-untyped-def]
    return exp(min(max(raw, LOW_SCALE), HIGH_SCALE))
