"""Numbers: mode-specific normalisation, with spikes and missing values as classes of their own.

A cell is a mode and a scalar, or a spike (a value that repeats), or missing. Modes are intervals in
which one component of a Gaussian mixture is the likeliest; the scalar is the share of the mode's
values that lie below, mapped to [-1, 1]: so it is uniform whatever the tails, and the ends are
exact.

NOTE[DIFF] Xu et al. 2019 (CTGAN, section 4.2) draw the mode from the mixture's responsibilities and
scale by four standard deviations. Intervals decode without overlap, and quantiles keep tails and
ends; values that repeat would otherwise be smeared.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from tabgan.encoding.column_encoder import EncoderConfig, PartEncoder, no_missing_error
from tabgan.encoding.encoded_column import EncodedColumn, Rows, Selection
from tabgan.encoding.mode_specific_normalization import (
    GRID,
    compute_quantiles,
    dequantize,
    detect_step,
    fit_mode_edges,
    protect_extremes,
    round_to,
    share_below,
    split_spikes,
    widen_modes,
)
from tabgan.encoding.numerical_ranges import clip_to_ranges, find_gap, select_ranges
from tabgan.errors import ConditionError
from tabgan.schema import Column, restore_dtype
from tabgan.schema.arrays import Floats
from tabgan.schema.predicates import Clause, to_float, value_to_float
from tabgan.schema.ranges import allow

MAX_SPIKE_WIDTH = 1 / 64  # of the column's scale: many zeros do not squeeze the rest together


@dataclass(frozen=True)
class NumericalEncoder(PartEncoder):
    """A column of numbers.

    Shape:
        - knots: (n_modes, len(GRID)), rising within each row: the modes' quantiles
        - spikes: (n_spikes,), rising
        - frequencies: (n_classes,), shares of the table's rows, summing to 1

    Classes are the modes, then the spikes, then one for +inf, by which a relation says "the same as
    another column", if it does, then missing if the table has gaps.
    """

    knots: Floats
    spikes: Floats
    frequencies: Floats
    minimum: float
    maximum: float
    step: float | None  # between neighbours that are no spikes; None: what a float64 can tell apart
    has_same: bool
    has_missing: bool

    STEPS: ClassVar[Sequence[float]] = tuple(10.0**power for power in range(6, -10, -1))

    @classmethod
    def fit(cls, column: Column, series: pd.Series, config: EncoderConfig) -> Self:
        """Fit spikes, modes and their quantiles."""
        return cls.fit_numbers(column, to_float(series, column), config)

    @classmethod
    def fit_numbers(cls, column: Column, numbers: Floats, config: EncoderConfig) -> Self:
        """Fit on parsed numbers, NaN where missing, inf where the same; shape (n_rows,)."""
        present = numbers[np.isfinite(numbers)]
        if config.protection.is_on and len(present):
            present = protect_extremes(present, config.protection.min_rows)
        spikes, rest = split_spikes(present)
        step = detect_step(rest if len(rest) else present, cls.STEPS) if len(present) else None
        smooth = dequantize(rest, step, config.rng)
        edges = fit_mode_edges(smooth, config.max_modes, config.mixture_rows, config.rng)
        modes = [part for part in np.split(np.sort(smooth), edges) if len(part)]
        knots = compute_quantiles(modes)
        widen_modes(knots, step)
        counts = [len(part) for part in modes] + [int((present == spike).sum()) for spike in spikes]
        others = [int(np.isposinf(numbers).sum()), int(np.isnan(numbers).sum())]
        counts += [count for count in others if count]
        return cls(
            column=column,
            knots=knots,
            spikes=spikes,
            frequencies=np.array(counts, np.float64) / len(numbers),
            minimum=float(present.min()) if len(present) else 0.0,
            maximum=float(present.max()) if len(present) else 0.0,
            step=step,
            has_same=others[0] > 0,
            has_missing=others[1] > 0,
        )

    @property
    def n_modes(self) -> int:
        return len(self.knots)

    @property
    def n_classes(self) -> int:
        return len(self.knots) + len(self.spikes) + self.has_same + self.has_missing

    @property
    def spans(self) -> Floats:
        """Ends of each class on a scale from 0 to 1 on which no spike is wide; (n_classes, 2).

        "The same" lies below the scale, where it adds nothing to a row's features; missing is 0, 0.
        """
        low = np.concatenate([self.knots[:, 0], self.spikes])
        present = self.frequencies[: len(low)]
        width = present / present.sum()
        width[self.n_modes :] = np.minimum(width[self.n_modes :], MAX_SPIKE_WIDTH)
        order = np.argsort(low, kind="stable")
        ends = np.cumsum(width[order]) / width.sum()
        spans = np.empty((len(low), 2))
        spans[order, 0], spans[order, 1] = np.concatenate([[0.0], ends[:-1]]), ends
        spans[self.n_modes :] = spans[self.n_modes :].mean(axis=1, keepdims=True)
        others = [[-1.0, -1.0]] * self.has_same + [[0.0, 0.0]] * self.has_missing
        return np.vstack([spans, *others])

    def with_counts(self, counts: Sequence[npt.NDArray[np.int64]], n_rows: int) -> Self:
        return replace(self, frequencies=counts[0] / n_rows)

    def encode(self, series: pd.Series, rng: np.random.Generator) -> EncodedColumn:
        return self.encode_numbers(to_float(series, self.column), rng)

    def encode_numbers(self, numbers: Floats, rng: np.random.Generator) -> EncodedColumn:
        """Encode parsed numbers; values outside the range that was fitted are moved to its ends."""
        codes = np.full(len(numbers), self.n_classes - 1, np.int32)
        scalars = np.zeros(len(numbers), np.float32)
        is_same = np.isposinf(numbers) & self.has_same
        codes[is_same] = self.n_modes + len(self.spikes)
        present = ~np.isnan(numbers) & ~is_same
        values = np.clip(numbers[present], self.minimum, self.maximum)
        spikes, is_spike = self._nearest_spike(values)
        if self.n_modes:
            smooth = dequantize(values, self.step, rng)
            modes = self._nearest_mode(smooth)
            codes[present] = np.where(is_spike, self.n_modes + spikes, modes)
            scalars[present] = np.where(is_spike, 0, self._to_scalars(smooth, modes))
        else:
            codes[present] = spikes
        return EncodedColumn(codes, scalars)

    def _nearest_spike(self, values: Floats) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
        """Return the index of each value's nearest spike, and whether the value equals it."""
        if not len(self.spikes):
            return np.zeros(len(values), np.int64), np.zeros(len(values), bool)
        middles = self.spikes[1:] / 2 + self.spikes[:-1] / 2  # their sum may overflow
        index = np.searchsorted(middles, values)
        return index, self.spikes[index] == values

    def _nearest_mode(self, values: Floats) -> npt.NDArray[np.int64]:
        """Return the index of the mode that holds each value, or of the nearest one."""
        middles = self.knots[1:, 0] / 2 + self.knots[:-1, -1] / 2
        return np.searchsorted(middles, values, side="right")

    def _to_scalars(self, values: Floats, modes: npt.NDArray[np.int64]) -> Floats:
        """Return each value's scalar in its mode, from -1 to 1."""
        scalars = np.zeros(len(values))
        for mode, knots in enumerate(self.knots):
            inside = modes == mode
            scalars[inside] = 2 * share_below(values[inside], knots) - 1
        return scalars

    def decode(
        self,
        cells: EncodedColumn,
        rows: Rows,  # noqa: ARG002
        rng: np.random.Generator,  # noqa: ARG002
    ) -> pd.Series:
        return self.restore(self.decode_numbers(cells))

    def restore(self, numbers: Floats) -> pd.Series:
        """Return numbers as a column with the dtype and the format of the training table."""
        return restore_dtype(numbers, self.column)

    def decode_numbers(self, cells: EncodedColumn) -> Floats:
        """Return cells as numbers, NaN where missing, inf where the same; shape (n_rows,)."""
        numbers = np.full(len(cells.codes), np.nan)
        for mode, knots in enumerate(self.knots):
            inside = cells.codes == mode
            smooth = np.interp((cells.scalars[inside].astype(np.float64) + 1) / 2, GRID, knots)
            numbers[inside] = np.clip(round_to(smooth, self.step), self.minimum, self.maximum)
        last = self.n_modes + len(self.spikes)
        is_spike = (cells.codes >= self.n_modes) & (cells.codes < last)
        numbers[is_spike] = self.spikes[cells.codes[is_spike] - self.n_modes]
        if self.has_same:
            numbers[cells.codes == last] = np.inf
        return numbers

    def select(self, clauses: list[Clause]) -> Selection:
        allowed = allow(clauses, self._read, self.step)
        if not allowed.ranges:
            return self._select_missing(is_asked=allowed.missing)
        selection = select_ranges(self, allowed.ranges)
        if allowed.missing and self.has_missing:
            selection = selection.join(self._select_missing(is_asked=True))
        if not len(selection.classes):
            asked = " and ".join(clause.write() for clause in clauses)
            around = find_gap(self, *allowed.ranges[0]) if len(allowed.ranges) == 1 else ()
            gap = f", with none between {' and '.join(map(self.show_value, around))}"
            raise ConditionError(
                f"column {self.column.name!r} cannot be {asked}: the table's values run from "
                f"{self.show_value(self.minimum)} to {self.show_value(self.maximum)}"
                f"{gap if around else ''}."
            )
        return selection

    def _read(self, value: object) -> float:
        return value_to_float(self.column, value, self.expected)

    def _select_missing(self, *, is_asked: bool) -> Selection:
        if not is_asked:
            raise ConditionError(
                f"column {self.column.name!r} is asked to be missing and to have a value at once; "
                "drop one of the two conditions."
            )
        if not self.has_missing:
            raise no_missing_error(self.column)
        zero, share = np.zeros(1), self.frequencies[-1:]
        return Selection(
            np.array([self.n_classes - 1], np.int32), share, zero, zero, share=float(share[0])
        )

    @property
    def expected(self) -> str:
        """Hint for messages: an example of a condition's value."""
        return f"give a number such as {self.show_value(self.minimum)}"

    def show_value(self, number: float) -> str:
        """Write one number as people read it."""
        return f"{number:.0f}" if number.is_integer() else f"{number:.10g}"

    def enforce(
        self,
        series: pd.Series,
        selection: Selection,
        rng: np.random.Generator,  # noqa: ARG002
    ) -> pd.Series:
        if selection.ranges is None:
            return series
        numbers = clip_to_ranges(to_float(series, self.column), selection.ranges)
        return self.restore(numbers).set_axis(series.index)
