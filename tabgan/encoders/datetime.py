"""Moments: seconds since 1970, encoded as numbers are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

import pandas as pd

from tabgan.encoders.column import Floats
from tabgan.encoders.continuous import ContinuousEncoder
from tabgan.errors import ConditionError
from tabgan.parsing import format_moments, parse_moments
from tabgan.schema import Column


@dataclass(frozen=True)
class DatetimeEncoder(ContinuousEncoder):
    """A column of moments, of any resolution, with or without a time zone, as text or not."""

    STEPS: ClassVar[Sequence[float]] = (86_400.0, 3_600.0, 60.0, 1.0, 1e-3, 1e-6)

    @staticmethod
    def to_numbers(column: Column, series: pd.Series) -> Floats:
        return parse_moments(series, column.format)

    def restore(self, numbers: Floats) -> pd.Series:
        return format_moments(numbers, self.column)

    def parse_value(self, value: object) -> float:
        if value is None or value is pd.NaT or (isinstance(value, str) and not value.strip()):
            return float("nan")
        series = pd.Series([value])
        for style in (self.column.format, None):
            try:
                return float(parse_moments(series, style)[0])
            except (TypeError, ValueError):
                continue
        raise ConditionError(
            f"column {self.column.name!r} holds moments, so {value!r} cannot be asked for; "
            f"{self.expected}."
        )

    @property
    def expected(self) -> str:
        return f"give one such as {self.show_value(self.minimum)}"

    def show_value(self, number: float) -> str:
        moment = datetime.fromtimestamp(number, UTC).replace(tzinfo=None)
        return moment.isoformat(sep=" ").removesuffix(" 00:00:00")
