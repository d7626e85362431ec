"""Tables written as text, one header for all batches, always in UTF-8.

>>> TextStyle(delimiter=";", decimal=",").delimiter
';'
"""

from collections.abc import Iterable
from dataclasses import dataclass
from io import TextIOWrapper
from typing import Any, BinaryIO

import pandas as pd


@dataclass(frozen=True)
class TextStyle:
    """What parts values, and what decimals, in a table that is written as text."""

    delimiter: str = ","
    decimal: str = "."


PLAIN_STYLE = TextStyle()


class DatetimeWriter:
    """Writes datetimes as text: once a column needs a time of day or fractions, it keeps them."""

    FORMATS = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f")

    def __init__(self) -> None:
        self._precisions: dict[Any, int] = {}  # by column, an index into FORMATS

    def write(self, batch: pd.DataFrame) -> pd.DataFrame:
        """Return a batch with its datetimes as text."""
        names = batch.select_dtypes("datetime").columns
        return batch.assign(**{name: self._format(name, batch[name]) for name in names})

    def _format(self, name: Any, series: "pd.Series[Any]") -> "pd.Series[str]":
        present = series.dropna()
        has_fraction = bool((present.dt.microsecond != 0).any())
        needed = 2 if has_fraction else int(bool((present != present.dt.normalize()).any()))
        self._precisions[name] = max(needed, self._precisions.get(name, 0))
        return pd.Series(series.dt.strftime(self.FORMATS[self._precisions[name]]))


def write_csv(file: BinaryIO, batches: Iterable[pd.DataFrame], style: TextStyle) -> None:
    """Write batches of one table to a stream of bytes."""
    text = TextIOWrapper(file, encoding="utf-8", newline="")
    datetimes = DatetimeWriter()
    for number, batch in enumerate(batches):
        datetimes.write(batch).to_csv(
            text,
            header=number == 0,
            index=False,
            lineterminator="\n",
            sep=style.delimiter,
            decimal=style.decimal,
        )
    text.flush()
    text.detach()
