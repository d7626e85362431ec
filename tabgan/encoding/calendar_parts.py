"""Local datetimes <-> whole numbers on the grid of a table: a week, a weekday, a time of day.

>>> import pandas as pd
>>> from tabgan.schema.calendar_grid import to_ticks
>>> ticks = to_ticks(pd.date_range("2024-01-01 09:00", periods=60, freq="B"))
>>> calendar = CalendarParts.fit(ticks, CalendarGrid("weekday", "1D"))
>>> {name: part[:6].tolist() for name, part in calendar.split(ticks).items()}
{'week': [0, 0, 0, 0, 0, 1], 'weekday': [0, 1, 2, 3, 4, 0]}
>>> bool((calendar.join(calendar.split(ticks)) == ticks).all())
True
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

import numpy as np

from tabgan.encoding.decimal_steps import find_lattice
from tabgan.encoding.generalization import microaggregate, recode_rare
from tabgan.schema.arrays import Indices
from tabgan.schema.calendar_grid import (
    DAY,
    MOMENT,
    STEPS,
    CalendarGrid,
    find_anchor,
)
from tabgan.schema.day_readings import DAY_READINGS, EPOCH_WEEKDAY
from tabgan.state_reader import StateReader

MIN_EXPECTED_ROWS = 10  # of a weekday, if all were alike, to say that it never occurs
TIME = "time of day"
MAX_TICKS = 2**62  # of what is added up
UNITS = {"day": 1, "week": 7, "month": 31}  # days of a part that goes on counting, at the most
MAX_OF_MONTH = 32


@dataclass(frozen=True)
class CalendarParts:
    """The grid of one table's datetimes; ticks are microseconds since 1970 in local time.

    Attributes:
        grid: How they are read.
        anchor: Ticks past a multiple of the grid's step at which values lie.
        first, last: Ends of the table, on the grid.
        origin: From which the first part is counted ...
        stride: ... in steps of so many: 3 where months are quarters.
        constants: Parts, but for the first, that are the same in every row, by name.
        weekdays: That occur; Monday is 0.
    """

    grid: CalendarGrid
    anchor: int
    first: int
    last: int
    origin: int = 0
    stride: int = 1
    constants: Mapping[str, int] | None = None
    weekdays: Sequence[int] = tuple(range(7))

    @classmethod
    def fit(cls, ticks: Indices, grid: CalendarGrid, k: int = 1) -> Self:
        """Fit the grid to all datetimes of a column; shape (n,), n > 0.

        Args:
            ticks: The datetimes.
            grid: How they are read.
            k: Rows that hold what is kept.
        """
        anchor = find_anchor(ticks, STEPS[grid.step])
        calendar = cls(grid, anchor, int(ticks.min()), int(ticks.max()))
        snapped = calendar.snap(ticks)
        if k > 1:
            snapped = np.clip(snapped, *calendar._find_ends(snapped, k))
        first, *others = calendar._split_whole(snapped).items()
        origin = int(first[1].min())
        stride, phase = int(np.gcd.reduce(first[1] - origin)) or 1, 0
        if k > 1:
            stride, phase = find_lattice(first[1] - origin, k)
        return replace(
            calendar,
            first=int(snapped.min()),
            last=int(snapped.max()),
            origin=origin - (-phase) % stride,
            stride=stride,
            constants={name: value for name, part in others for value in _find_constant(part, k)},
            weekdays=_find_weekdays(snapped // DAY, k),
        )

    def _find_ends(self, snapped: Indices, k: int) -> tuple[int, int]:
        """Return the ends of datetimes, (n,), of which fewer than k say nothing, on the grid."""
        seconds = recode_rare((snapped - snapped.min()) / 1e6, k)
        kept = self.snap(np.rint(microaggregate(seconds, k) * 1e6).astype(np.int64) + snapped.min())
        return int(kept.min()), int(kept.max())

    def snap(self, ticks: Indices) -> Indices:
        """Return the grid's nearest datetimes; shape (n,) in and out."""
        step = STEPS[self.grid.step]
        return np.asarray((ticks - self.anchor + step // 2) // step * step + self.anchor)

    def split(self, ticks: Indices) -> dict[str, Indices]:
        """Return the parts that vary, by name, the one that goes on counting first; (n,) each."""
        whole = self._split_whole(self.snap(ticks))
        name = next(iter(whole))
        whole[name] = (whole[name] - self.origin) // self.stride
        return {name: part for name, part in whole.items() if name not in (self.constants or {})}

    def _split_whole(self, snapped: Indices) -> dict[str, Indices]:
        step, from_anchor = STEPS[self.grid.step], snapped - self.anchor
        if self.grid.reading == MOMENT:
            return {MOMENT: from_anchor // step}
        reading = DAY_READINGS[self.grid.reading]
        parts = dict(zip(reading.names, reading.split(from_anchor // DAY), strict=True))
        return parts | {TIME: from_anchor % DAY // step}

    def to_number(self, ticks: int) -> float:
        """Return the first part of any datetime, be it on the grid or not."""
        from_anchor = ticks - self.anchor
        if self.grid.reading == MOMENT:
            whole = from_anchor / STEPS[self.grid.step]
        else:
            day = np.array([from_anchor // DAY])
            whole = float(DAY_READINGS[self.grid.reading].split(day)[0][0])
        return (whole - self.origin) / self.stride

    def join(self, parts: Mapping[str, Indices]) -> Indices:
        """Return the datetimes that parts make, moved to the nearest that the table could hold."""
        step = STEPS[self.grid.step]
        first = next(iter(parts))
        whole: dict[str, Any] = {**(self.constants or {}), **parts}
        whole[first] = parts[first] * self.stride + self.origin
        if self.grid.reading == MOMENT:
            ticks = whole[MOMENT] * step + self.anchor
            return np.asarray(np.clip(ticks, self.first, self.last))
        reading = DAY_READINGS[self.grid.reading]
        day = reading.join(whole[reading.names[0]], np.asarray(whole[reading.names[1]]))
        time = whole[TIME] * step + self.anchor
        return np.asarray(np.clip(self._move(day) * DAY + time, self.first, self.last))

    def _move(self, day: Indices) -> Indices:
        """Return days moved by whole weeks between the ends, and to weekdays that occur."""
        low, high = self.first // DAY, self.last // DAY
        shifts = np.array([self._shift_of(weekday) for weekday in range(7)])
        day = day + shifts[(day + EPOCH_WEEKDAY) % 7]
        if high - low < 7:
            return day
        return np.asarray(np.where(day > high, high - (high - day) % 7, day) + _lift(day, low))

    def _shift_of(self, weekday: int) -> int:
        """Return by how many days a weekday that never occurs is moved to one that does."""
        sign = -1 if self.grid.reading.endswith("month-end") else 1
        shifts = [shift * s for shift in range(7) for s in (sign, -sign)]
        return next(shift for shift in shifts if (weekday + shift) % 7 in self.weekdays)

    def to_state(self) -> dict[str, Any]:
        """Return it as JSON-able values."""
        return asdict(self) | {"grid": str(self.grid), "weekdays": list(self.weekdays)}

    @classmethod
    def from_state(cls, state: StateReader) -> Self:
        """Rebuild it from what `to_state` returned.

        Raises:
            ModelFileError: It is no calendar.
        """
        text = state.text("grid")
        grid = state.build(lambda: CalendarGrid.from_text(text))
        first = state.whole("first", -MAX_TICKS, MAX_TICKS)
        constants = state.state("constants") if state.has("constants") else StateReader({})
        known = {name: constants.whole(name, -1, DAY) for name in constants.values}
        state.check(
            known.keys() <= set(_names_of(grid)[1:]),
            "constants",
            "has parts that are none of its grid",
        )
        weekdays = state.wholes("weekdays", 0, 6)
        state.check(len(weekdays) > 0, "weekdays", "has none")
        calendar = cls(
            grid,
            anchor=state.whole("anchor", 0, STEPS[grid.step] - 1),
            first=first,
            last=state.whole("last", first, MAX_TICKS),
            origin=state.whole("origin", -MAX_TICKS, MAX_TICKS),
            stride=state.whole("stride", 1, MAX_TICKS),
            constants=known,
            weekdays=weekdays,
        )
        for name, value in known.items():
            state.check(calendar.can_join(name, value, value), "constants", "is no time")
        return calendar

    @property
    def names(self) -> list[str]:
        """The parts that vary, the one that goes on counting first."""
        return [name for name in _names_of(self.grid) if name not in (self.constants or {})]

    def can_join(self, name: str, low: float, high: float) -> bool:
        """Return whether a part from `low` to `high` stays in the calendar."""
        if name == TIME:
            return 0 <= low <= high <= DAY // STEPS[self.grid.step]
        if name != self.names[0]:
            return -1 <= low <= high <= MAX_OF_MONTH
        unit = STEPS[self.grid.step] if name == MOMENT else UNITS[name] * DAY
        ends = (int(end) * self.stride + self.origin for end in (low, high))
        return all(abs(end) * unit <= MAX_TICKS for end in ends)


def _names_of(grid: CalendarGrid) -> list[str]:
    """Return all parts of a grid, the one that goes on counting first."""
    return [MOMENT] if grid.reading == MOMENT else [*DAY_READINGS[grid.reading].names, TIME]


def _lift(day: Indices, low: int) -> Indices:
    """Return the whole weeks, in days, that take days before the first one behind it."""
    return np.asarray(np.where(day < low, (low - day + 6) // 7 * 7, 0))


def _find_constant(part: Indices, k: int) -> Iterator[int]:
    """Yield what a part is in all rows but fewer than k, if there is such a value; (n,)."""
    values, counts = np.unique(part, return_counts=True)
    if len(part) - counts.max() < min(k, len(part) / 2):
        yield int(values[counts.argmax()])


def _find_weekdays(day: Indices, k: int) -> tuple[int, ...]:
    counts = np.bincount((day + EPOCH_WEEKDAY) % 7, minlength=7)
    if len(day) / 7 < MIN_EXPECTED_ROWS or counts.max() < k:
        return tuple(range(7))
    return tuple(np.flatnonzero(counts >= k).tolist())
