"""Datetimes as the calendar parts that they show: day or week and weekday or month, time of day.

Each part is a whole number on a grid of its own (see `calendar_parts`), in the local time of the
column's zone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from tabgan.encoding.calendar_parts import CalendarParts
from tabgan.encoding.column_encoder import EncoderConfig
from tabgan.encoding.composite import CompositeEncoder, PartClauses, fit_parts, read_parts
from tabgan.encoding.encoded_column import PartSelections, Rows
from tabgan.encoding.generalization import check_rows
from tabgan.encoding.numerical import NumericalEncoder
from tabgan.encoding.numerical_state import read_numerical_fields
from tabgan.errors import ConditionError
from tabgan.schema import Column, ColumnKind
from tabgan.schema.arrays import Floats, Indices, Mask
from tabgan.schema.calendar_grid import MOMENT, CalendarGrid, drop_odd, find_step, to_ticks
from tabgan.schema.float_conversion import to_float, value_to_float
from tabgan.schema.holding import Holding
from tabgan.schema.predicates import Clause
from tabgan.schema.text import format_datetimes, show_datetime
from tabgan.schema.text.datetimes.local_time import from_local, to_local
from tabgan.state_reader import StateReader


@dataclass(frozen=True)
class DatetimeEncoder(CompositeEncoder):
    """A column of datetimes, of any resolution, with or without a time zone, as text or not.

    Attributes:
        calendar: Its grid.
        is_local: Whether that is of local time; it is of UTC where that shows the same grid, since
            each moment has a UTC of its own, and the hour that a clock shows twice has not.
    """

    calendar: CalendarParts
    is_local: bool

    @classmethod
    def fit(cls, column: Column, series: pd.Series, config: EncoderConfig) -> Self:
        """Fit the grid, then an encoder to each part that varies."""
        seconds = to_float(series, column)
        seconds, k = seconds[~np.isnan(seconds)], config.protection.k
        if len(seconds) < k:  # they become gaps, as other rows are
            check_rows(column, len(seconds), k, has_others=len(seconds) < len(series))
            seconds = np.zeros(1)
        present = to_ticks(to_local(seconds, column))
        in_utc = np.rint(seconds * 1e6).astype(np.int64)
        if k > 1:
            present, in_utc = drop_odd(present, k), drop_odd(in_utc, k)
        grid = CalendarGrid.from_text(column.grid) if column.grid else CalendarGrid.infer(present)
        is_local = grid.reading != MOMENT or find_step(in_utc) != grid.step
        calendar = CalendarParts.fit(present if is_local else in_utc, grid, k)
        cells = cls(column, (), calendar, is_local).split(series)
        return cls(
            column,
            fit_parts(_part_columns(column, calendar.names), cells, config),
            calendar,
            is_local,
        )

    def _to_ticks(self, seconds: Floats) -> tuple[Indices, Mask]:
        """Return seconds since 1970 in UTC as microseconds in local time, and which are missing."""
        missing = np.isnan(seconds)
        known = np.where(missing, 0.0, seconds)
        if not self.is_local:
            return np.rint(known * 1e6).astype(np.int64), missing
        return to_ticks(to_local(known, self.column)), missing

    def _to_seconds(self, ticks: Indices) -> Floats:
        if not self.is_local:
            return np.asarray(ticks / 1e6)
        return from_local(pd.DatetimeIndex(ticks.astype("datetime64[us]")), self.column)

    def split(self, series: pd.Series) -> list[pd.Series]:
        ticks, missing = self._to_ticks(to_float(series, self.column))
        return [
            pd.Series(np.where(missing, np.nan, part), index=series.index, name=name)
            for name, part in self.calendar.split(ticks).items()
        ]

    def join(
        self,
        parts: list[pd.Series],
        rows: Rows,  # noqa: ARG002
        rng: np.random.Generator,  # noqa: ARG002
    ) -> pd.Series:
        missing = parts[0].isna().to_numpy()
        whole = {
            name: np.rint(part.fillna(self._minimum(number)).to_numpy(np.float64)).astype(np.int64)
            for number, (name, part) in enumerate(zip(self.calendar.names, parts, strict=True))
        }
        seconds = self._to_seconds(self.calendar.join(whole))
        return format_datetimes(np.where(missing, np.nan, seconds), self.column)

    def _minimum(self, number: int) -> float:
        """Return what stands for a gap of a part where others have none."""
        part = self.part_encoders[number]
        return part.minimum if isinstance(part, NumericalEncoder) else 0.0

    def to_cells(self, values: Sequence[object]) -> pd.Series:
        seconds = np.array([self._read(value) for value in values], np.float64)
        ticks, _ = self._to_ticks(seconds)
        known = self.calendar.join(self.calendar.split(ticks)) == ticks
        if not known.all():
            raise self.unknown_error([Clause("=", values[int(known.argmin())])])
        return format_datetimes(seconds, self.column)

    def select_parts(self, clauses: list[Clause]) -> PartSelections:
        if self.calendar.grid.reading != MOMENT:
            return super().select_parts(clauses)
        part = self.part_encoders[0]
        numbers = [_map_values(clause, self._to_number) for clause in clauses]
        try:
            return PartSelections({0: part.select(numbers)})
        except ConditionError:
            raise self.unknown_error(clauses) from None

    def push_down(self, clause: Clause) -> tuple[PartClauses, bool]:
        if clause.operator not in ("<", "<=", ">", ">="):
            return {}, False
        number = self._to_number(clause.value)
        return {0: Clause(clause.operator[0] + "=", number)}, False  # of the week, the month

    def _to_number(self, value: object) -> float | None:
        """Return a value that a condition asks for as the number of the first part."""
        ticks, missing = self._to_ticks(np.array([self._read(value)]))
        return None if missing[0] else self.calendar.to_number(int(ticks[0]))

    def _read(self, value: object) -> float:
        expected = f"give one such as {self._show(self.calendar.first)}"
        return value_to_float(self.column, value, expected)

    def _show(self, ticks: int) -> str:
        return show_datetime(float(self._to_seconds(np.array([ticks]))[0]), self.column)

    def describe_values(self) -> str:
        return f"the table's values run from {self._ends}, {self.calendar.grid.describe()}"

    @property
    def _ends(self) -> str:
        return f"{self._show(self.calendar.first)} to {self._show(self.calendar.last)}"

    @property
    def holdings(self) -> tuple[Holding, ...]:
        return (Holding("ends", shown=self._ends), *super().holdings)

    def to_state(self) -> dict[str, Any]:
        return super().to_state() | {"calendar": self.calendar.to_state()}

    @classmethod
    def from_state(cls, column: Column, state: StateReader) -> Self:
        if "calendar" not in state.values:
            return cls._from_seconds(column, state)
        calendar = CalendarParts.from_state(state.state("calendar"))
        parts = read_parts(_part_columns(column, calendar.names), state)
        for name, part in zip(calendar.names, parts, strict=True):
            is_sound = (
                isinstance(part, NumericalEncoder)
                and not part.has_same
                and calendar.can_join(name, part.minimum, part.maximum)
            )
            state.check(is_sound, "part_encoders", f"has no such {name} in its calendar")
        return cls(column, parts, calendar, state.flag("is_local"))

    @classmethod
    def _from_seconds(cls, column: Column, state: StateReader) -> Self:
        """Rebuild an encoder of release 0.1, whose one part is seconds since 1970 in UTC."""
        fields = read_numerical_fields(state)
        names = ("knots", "spikes", "minimum", "maximum", "step")
        ticks = {name: np.rint(fields[name] * 1e6) for name in names if fields[name] is not None}
        state = StateReader({**state.values, **ticks}, state.path)
        (part,) = _part_columns(column, [MOMENT])
        encoder = NumericalEncoder.from_state(part, state)
        first, last = int(encoder.minimum), int(encoder.maximum)
        calendar = CalendarParts(CalendarGrid(MOMENT, "1us"), 0, first, last)
        is_sound = not encoder.has_same and calendar.can_join(MOMENT, first, last)
        state.check(is_sound, "maximum", "and minimum are no moments")
        return cls(column, (encoder,), calendar, is_local=False)


def _part_columns(column: Column, names: Sequence[str]) -> list[Column]:
    return [Column(f"{column.name}: {name}", ColumnKind.INTEGER, "float64") for name in names]


def _map_values(clause: Clause, change: Callable[[object], float | None]) -> Clause:
    """Return a clause with every value changed."""
    if clause.operator == "or":
        branches = tuple(tuple(_map_values(c, change) for c in each) for each in clause.value)
        return Clause("or", branches)
    if clause.operator == "in":
        return Clause("in", tuple(map(change, clause.value)))
    return Clause(clause.operator, change(clause.value))
