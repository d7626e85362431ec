"""Datetimes: seconds since 1970 in UTC, encoded as numbers are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

import pandas as pd

from tabgan.encoding.numerical import NumericalEncoder
from tabgan.schema.arrays import Floats
from tabgan.schema.text import format_datetimes


@dataclass(frozen=True)
class DatetimeEncoder(NumericalEncoder):
    """A column of datetimes, of any resolution, with or without a time zone, as text or not."""

    STEPS: ClassVar[Sequence[float] | None] = (86_400.0, 3_600.0, 60.0, 1.0, 1e-3, 1e-6)

    def restore(self, numbers: Floats) -> pd.Series:
        return format_datetimes(numbers, self.column)

    @property
    def expected(self) -> str:
        return f"give one such as {self.show_value(self.minimum)}"

    def show_value(self, number: float) -> str:
        utc = datetime.fromtimestamp(number, UTC).replace(tzinfo=None)
        return utc.isoformat(sep=" ").removesuffix(" 00:00:00")
