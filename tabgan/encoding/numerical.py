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

from tabgan.encoding.column_encoder import EncoderConfig, PartEncoder
from tabgan.encoding.decimal_steps import dequantize, detect_step, round_to
from tabgan.encoding.encoded_column import EncodedColumn, Rows, Selection
from tabgan.encoding.generalization import check_rows, find_ends, microaggregate, recode_rare
from tabgan.encoding.mode_specific_normalization import (
    find_modes,
    find_spikes,
    fit_modes,
    from_scalars,
    split_spikes,
    to_scalars,
)
from tabgan.encoding.numerical_ranges import (
    clip_to_ranges,
    describe_gap,
    select_missing,
    select_ranges,
)
from tabgan.encoding.numerical_state import read_numerical_fields
from tabgan.errors import ConditionError
from tabgan.schema import Column, ColumnKind, restore_dtype
from tabgan.schema.arrays import Floats
from tabgan.schema.float_conversion import show_duration, to_float, value_to_float
from tabgan.schema.holding import Holding, hold_numbers
from tabgan.schema.precision import shortest_floats
from tabgan.schema.predicates import Clause
from tabgan.schema.ranges import Range, allow
from tabgan.state_reader import StateReader

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
    tick: float | None = None  # of the axis that scalars are even on, where that is logarithmic

    STEPS: ClassVar[Sequence[float] | None] = None  # powers of ten

    @classmethod
    def fit(cls, column: Column, series: pd.Series, config: EncoderConfig) -> Self:
        """Fit spikes, modes and their quantiles."""
        return cls.fit_numbers(column, shortest_floats(to_float(series, column), column), config)

    @classmethod
    def fit_numbers(cls, column: Column, numbers: Floats, config: EncoderConfig) -> Self:
        """Fit on parsed numbers, NaN where missing, inf where the same; shape (n_rows,)."""
        k, present = config.protection.k, numbers[np.isfinite(numbers)]
        others = [int(np.isposinf(numbers).sum()), int(np.isnan(numbers).sum())]
        if 0 < len(present) < k:  # they become what other rows are
            check_rows(column, len(present), k, has_others=any(others))
            others[0 if others[0] else 1] += len(present)
            present = present[:0]
        present = recode_rare(present, k)
        spikes, rest = split_spikes(present, k)
        step = cls.find_step(column, rest if len(rest) else spikes, k)
        kept = microaggregate(rest, k)
        modes = fit_modes(kept, step, config.max_modes, config.mixture_rows, config.rng)
        low, high = find_ends(spikes, kept, step) if k > 1 else find_ends(present, kept[:0], None)
        counts = [int((present == spike).sum()) for spike in spikes]
        counts = [*modes.counts, *counts, *(count for count in others if count)]
        return cls(
            column=column,
            knots=modes.knots,
            spikes=spikes,
            frequencies=np.array(counts, np.float64) / len(numbers),
            minimum=low,
            maximum=high,
            step=modes.step,
            has_same=others[0] > 0,
            has_missing=others[1] > 0,
            tick=modes.tick,
        )

    @classmethod
    def find_step(cls, column: Column, values: Floats, k: int) -> float | None:
        """Return the step of numbers of which fewer than k may have none; (n_values,)."""
        least = 1.0 if column.kind is ColumnKind.INTEGER else None  # also beyond 2**50
        return (detect_step(values, cls.STEPS, k) if len(values) else None) or least

    @classmethod
    def from_state(cls, column: Column, state: StateReader) -> Self:
        return cls(column, **read_numerical_fields(state))

    @property
    def holdings(self) -> tuple[Holding, ...]:
        return hold_numbers(self._ends, len(self.spikes), self.knots.size)

    @property
    def _ends(self) -> str:
        return f"{self.show_value(self.minimum)} to {self.show_value(self.maximum)}"

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
        return self.encode_numbers(self.read(series), rng)

    def read(self, series: pd.Series) -> Floats:
        """Return a column's cells as numbers, NaN where missing; shape (n_rows,)."""
        return shortest_floats(to_float(series, self.column), self.column)

    def encode_numbers(self, numbers: Floats, rng: np.random.Generator) -> EncodedColumn:
        """Encode parsed numbers; values outside the range that was fitted are moved to its ends."""
        codes = np.full(len(numbers), self.n_classes - 1, np.int32)
        scalars = np.zeros(len(numbers), np.float32)
        is_same = np.isposinf(numbers) & self.has_same
        codes[is_same] = self.n_modes + len(self.spikes)
        present = ~np.isnan(numbers) & ~is_same
        values = np.clip(numbers[present], self.minimum, self.maximum)
        cells = self._encode_present(values, *find_spikes(values, self.spikes), rng)
        codes[present], scalars[present] = cells.codes, cells.scalars
        return EncodedColumn(codes, scalars)

    def _encode_present(
        self,
        values: Floats,
        spikes: npt.NDArray[np.int64],
        is_spike: npt.NDArray[np.bool_],
        rng: np.random.Generator,
    ) -> EncodedColumn:
        """Encode values within the range that was fitted, given their spikes; (n_values,)."""
        if not self.n_modes:
            return EncodedColumn(spikes.astype(np.int32), np.zeros(len(spikes), np.float32))
        smooth = dequantize(values, self.step, rng)
        modes = find_modes(smooth, self.knots)
        codes = np.where(is_spike, self.n_modes + spikes, modes)
        scalars = np.where(is_spike, 0, to_scalars(smooth, modes, self.knots, self.tick))
        return EncodedColumn(codes.astype(np.int32), scalars.astype(np.float32))

    def decode(self, cells: EncodedColumn, rows: Rows, rng: np.random.Generator) -> pd.Series:  # noqa: ARG002
        return self.restore(self.decode_numbers(cells))

    def restore(self, numbers: Floats) -> pd.Series:
        """Return numbers as a column with the dtype and the format of the training table."""
        return restore_dtype(numbers, self.column)

    def decode_numbers(self, cells: EncodedColumn) -> Floats:
        """Return cells as numbers, NaN where missing, inf where the same; shape (n_rows,)."""
        numbers = from_scalars(cells.scalars, cells.codes, self.knots, self.tick)
        numbers = np.clip(round_to(numbers, self.step), self.minimum, self.maximum)
        last = self.n_modes + len(self.spikes)
        is_spike = (cells.codes >= self.n_modes) & (cells.codes < last)
        numbers[is_spike] = self.spikes[cells.codes[is_spike] - self.n_modes]
        if self.has_same:
            numbers[cells.codes == last] = np.inf
        return numbers

    def select(self, clauses: list[Clause]) -> Selection:
        allowed = allow(clauses, self._read, self.step)
        if not allowed.ranges:
            return select_missing(self, is_asked=allowed.missing)
        selection = self.select_ranges(allowed.ranges)
        if allowed.missing and self.has_missing:
            selection = selection.join(select_missing(self, is_asked=True))
        if not len(selection.classes):
            asked, ends = " and ".join(clause.write() for clause in clauses), self._ends
            gap = describe_gap(self, allowed.ranges, self.show_value)
            words = f"cannot be {asked}: the table's values run from {ends}{gap}."
            raise ConditionError(f"column {self.column.name!r} {words}")
        return selection

    def select_ranges(self, ranges: Sequence[Range]) -> Selection:
        """Return what lies in ranges apart from each other: nothing has no classes."""
        return select_ranges(self, ranges)

    def _read(self, value: object) -> float:
        number = value_to_float(self.column, value, self.expected)
        return float(shortest_floats(np.array([number]), self.column)[0])

    @property
    def expected(self) -> str:
        """Hint for messages: an example of a condition's value."""
        words = "seconds, or a duration" if self.column.is_duration else "a number"
        return f"give {words} such as {self.show_value(self.minimum)}"

    def show_value(self, number: float) -> str:
        """Write one number as people read it."""
        if self.column.is_duration:
            return show_duration(number)
        return f"{number:.0f}" if number.is_integer() else f"{number:.10g}"

    def enforce(
        self,
        series: pd.Series,
        selection: Selection,
        rng: np.random.Generator,  # noqa: ARG002
    ) -> pd.Series:
        if selection.ranges is None:
            return series
        numbers = clip_to_ranges(self.read(series), selection.ranges)
        return self.restore(numbers).set_axis(series.index)
