"""Whole numbers and decimals that float64 cannot tell apart: learned as distances from the least.

Classes and scalars are those of `numerical`. What decides which number a row holds is exact: spikes
and ends are whole numbers, and where distances have more digits than float64, the last ones are
drawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any, Self, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from tabgan.encoding.column_encoder import EncoderConfig
from tabgan.encoding.decimal_steps import find_lattice, find_whole_step
from tabgan.encoding.encoded_column import EncodedColumn, Selection
from tabgan.encoding.generalization import check_rows, microaggregate, recode_rare
from tabgan.encoding.mode_specific_normalization import fit_modes, from_scalars, split_spikes
from tabgan.encoding.numerical import NumericalEncoder
from tabgan.encoding.numerical_ranges import select_ranges
from tabgan.encoding.numerical_state import read_numerical_fields
from tabgan.encoding.whole_ranges import clip_to_whole_ranges, to_whole_ranges
from tabgan.schema import Column
from tabgan.schema.arrays import Floats, Mask
from tabgan.schema.ranges import Range
from tabgan.schema.whole_dtypes import can_hold, restore_whole_numbers
from tabgan.schema.whole_numbers import (
    MAX_DECIMALS,
    MAX_EXACT,
    Units,
    WholeNumbers,
    narrow,
    parse_whole_numbers,
    read_exactly,
)
from tabgan.state_reader import StateReader

MAX_REACH = 2**62  # distances up to it are int64, others Python's integers
MAX_WHOLE = 10**308  # a distance, as float64
MAX_ORIGIN = 10**400


@dataclass(frozen=True)
class WholeNumberEncoder(NumericalEncoder):
    """A column of long numbers, all of them multiples of 10**-decimals.

    What it inherits is in distances from the least number, as float64.

    Attributes:
        origin: The least number.
        reach: The greatest one's distance from it.
        decimals: That all numbers have.
        exact_spikes: Distances of the spikes, rising.
    """

    origin: int = 0
    reach: int = 0
    decimals: int = 0
    exact_spikes: list[int] = field(default_factory=list)

    @classmethod
    def fit(cls, column: Column, series: pd.Series, config: EncoderConfig) -> Self:
        """Fit spikes exactly, and modes to what is left."""
        numbers = cast("WholeNumbers", parse_whole_numbers(series))
        k, missing = config.protection.k, int(numbers.missing.sum())
        present = numbers.present
        if len(present) < k:  # they become gaps, as other rows are
            check_rows(column, len(present), k, has_others=missing > 0)
            present, missing = present[:0], len(series)
        present = recode_rare(present, k)
        exact, others = split_spikes(present, k)
        counts = [int((present == spike).sum()) for spike in exact]
        others = _microaggregate(others, k)
        present = present if k == 1 else np.append(exact, others)
        origin = int(present.min()) if len(present) else 0
        reach = int(present.max()) - origin if len(present) else 0
        spikes, rest = (_distances(each, origin, reach) for each in (exact, others))
        floats = rest.astype(np.float64)
        step = cls.find_step(column, floats if len(rest) else spikes.astype(np.float64), 1)
        modes = fit_modes(floats, step, config.max_modes, config.mixture_rows, config.rng)
        counts = [*modes.counts, *counts, *([missing] if missing else [])]
        return cls(
            column=column,
            knots=modes.knots,
            spikes=spikes.astype(np.float64),
            frequencies=np.array(counts, np.float64) / len(series),
            minimum=0.0,
            maximum=float(reach),
            has_same=False,
            has_missing=missing > 0,
            step=find_whole_step(rest, modes.step),
            tick=modes.tick,
            origin=origin,
            reach=reach,
            decimals=numbers.decimals,
            exact_spikes=[int(spike) for spike in spikes],
        )

    @classmethod
    def from_state(cls, column: Column, state: StateReader) -> Self:
        fields = read_numerical_fields(state)
        origin = state.whole("origin", -MAX_ORIGIN, MAX_ORIGIN)
        reach, decimals = (
            state.whole("reach", 0, MAX_WHOLE),
            state.whole("decimals", 0, MAX_DECIMALS),
        )
        spikes, step = state.wholes("exact_spikes", 0, reach), fields["step"] or 1.0
        rises = all(low < high for low, high in pairwise(spikes))
        state.check(
            len(spikes) == len(fields["spikes"]) and rises, "exact_spikes", "is no row of spikes"
        )
        is_whole = step >= 1 and step.is_integer() and step <= max(reach, 1)
        state.check(is_whole, "step", f"is {step}, none between whole numbers")
        ends = np.abs(fields["knots"]).max(initial=0.0)
        state.check(ends <= 2 * (reach + step), "knots", "holds numbers far beyond the reach")
        fits = column.kind.is_number and can_hold(column, origin, origin + reach, decimals)
        state.check(fits, "origin", f"and reach are beyond the dtype {column.dtype}")
        exact: dict[str, Any] = {
            "origin": origin,
            "reach": reach,
            "decimals": decimals,
            "exact_spikes": spikes,
        }
        return cls(column, **fields, **exact)

    def encode(self, series: pd.Series, rng: np.random.Generator) -> EncodedColumn:
        codes = np.full(len(series), self.n_classes - 1, np.int32)
        scalars = np.zeros(len(series), np.float32)
        numbers = self._parse(series)
        distances = _distances(numbers.present, self.origin, self.reach)
        spikes = np.array(self.exact_spikes, distances.dtype)
        index = np.zeros(len(distances), np.int64)
        is_spike = np.zeros(len(distances), bool)
        if len(spikes):
            index = np.minimum(np.searchsorted(spikes, distances), len(spikes) - 1)
            is_spike = np.asarray(spikes[index] == distances, bool)
        cells = self._encode_present(distances.astype(np.float64), index, is_spike, rng)
        codes[~numbers.missing], scalars[~numbers.missing] = cells.codes, cells.scalars
        return EncodedColumn(codes, scalars)

    def measure(self, series: pd.Series) -> tuple[Units, Mask]:
        """Return exact distances from the least number, beyond both ends too, and gaps; (n,)."""
        numbers = self._parse(series)
        return numbers.units.astype(object) - self.origin, numbers.missing

    def _parse(self, series: pd.Series) -> WholeNumbers:
        """Return a column's cells exactly, also where they come as floats; (n_rows,)."""
        numbers = parse_whole_numbers(series, self.decimals)
        if numbers is not None:
            return numbers
        floats = self.read(series)
        missing = np.isnan(floats)
        units = [round(Fraction(v) * 10**self.decimals) for v in np.where(missing, 0, floats)]
        return WholeNumbers(narrow(np.array(units, object)), missing, self.decimals)

    def decode(
        self,
        cells: EncodedColumn,
        rows: npt.NDArray[np.int64],  # noqa: ARG002
        rng: np.random.Generator,
    ) -> pd.Series:
        smooth = from_scalars(cells.scalars, cells.codes, self.knots, self.tick)
        distances = self._draw_digits(np.nan_to_num(smooth), rng)
        last = self.n_modes + len(self.exact_spikes)
        is_spike = (cells.codes >= self.n_modes) & (cells.codes < last)
        spikes = np.array(self.exact_spikes, distances.dtype)
        distances[is_spike] = spikes[cells.codes[is_spike] - self.n_modes]
        return self._write(distances, cells.codes >= last)

    def _draw_digits(self, smooth: Floats, rng: np.random.Generator) -> Units:
        """Return whole distances, with those digits drawn that float64 does not have; (n_rows,)."""
        step = int(self.step or 1)
        multiples = np.rint(np.clip(smooth, 0, None) / step)
        whole = self._to_whole(multiples)
        if self.reach // step >= MAX_EXACT:
            gaps = np.spacing(multiples)
            below = np.floor(rng.random(len(gaps)) * gaps)
            whole = whole + self._to_whole(np.where(gaps > 1, below, 0))
        return np.asarray(np.clip(whole * step, 0, self.reach))

    def _to_whole(self, floats: Floats) -> Units:
        """Return whole floats as int64, or as Python's numbers where those do not reach; (n,)."""
        if self.reach < MAX_REACH:
            return floats.astype(np.int64)
        return np.array([int(number) for number in floats], object)

    def _write(self, distances: Units, missing: Mask) -> pd.Series:
        units = narrow(distances.astype(object) + self.origin)
        return restore_whole_numbers(WholeNumbers(units, missing, self.decimals), self.column)

    def select_ranges(self, ranges: Sequence[Range]) -> Selection:
        whole = to_whole_ranges(ranges, self.reach, int(self.step or 1), self.exact_spikes)
        floats = [(float(low), float(high)) for low, high in whole] or [(np.inf, -np.inf)]
        selection = select_ranges(self, floats)
        codes = [
            self.n_modes + index
            for index, spike in enumerate(self.exact_spikes)
            if not any(low <= spike <= high for low, high in whole)
        ]
        kept = ~np.isin(selection.classes, codes)  # float64 takes some spikes for others
        arrays = {
            name: getattr(selection, name)[kept] for name in ("classes", "weights", "low", "high")
        }
        return replace(selection, **arrays, ranges=whole or None)

    def _read(self, value: object) -> float:
        number = super()._read(value)
        if not np.isfinite(number):
            return number
        exact = read_exactly(value, self.decimals) - self.origin
        return cast("float", int(exact) if exact.denominator == 1 else exact)  # and exact it stays

    def show_value(self, number: float) -> str:
        distance = self.reach if number == self.maximum else round(number)
        return f"{Decimal(f'{self.origin + distance}e-{self.decimals}'):f}"

    def enforce(
        self,
        series: pd.Series,
        selection: Selection,
        rng: np.random.Generator,  # noqa: ARG002
    ) -> pd.Series:
        if selection.ranges is None:
            return series
        numbers = self._parse(series)
        distances = _distances(numbers.units, self.origin, self.reach)
        clipped = clip_to_whole_ranges(distances, selection.ranges)
        return self._write(clipped, numbers.missing).set_axis(series.index)


def _distances(numbers: Units, origin: int, reach: int) -> Units:
    """Return distances of whole numbers from the least one, at most `reach`; (n,) both."""
    if numbers.dtype != object and reach < MAX_REACH:
        limits = np.iinfo(numbers.dtype)
        if limits.min <= origin and origin + reach <= limits.max:
            kept = np.clip(numbers, origin, origin + reach)
            return np.asarray(kept - numbers.dtype.type(origin)).astype(np.int64)
    exact: Units = np.clip(numbers.astype(object) - origin, 0, reach)
    return exact.astype(np.int64) if reach < MAX_REACH else exact


def _microaggregate(numbers: Units, k: int) -> Units:
    """Return whole numbers as `microaggregate` returns floats, on their own steps; (n,)."""
    if k == 1 or not len(numbers):
        return numbers
    least = int(numbers.min())
    distances = _distances(numbers, least, int(numbers.max()) - least)
    step, phase = find_lattice(distances, k)
    steps = np.rint((microaggregate(distances.astype(np.float64), k) - phase) / step)
    limit = (int(distances.max()) - phase) // step
    whole = [least + phase + step * min(max(int(each), 0), limit) for each in steps]
    return np.array(whole, numbers.dtype)
