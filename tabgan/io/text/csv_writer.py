"""Tables written as text, one header for all batches, always in UTF-8.

>>> TextStyle(delimiter=";", decimal=",").delimiter
';'
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import pairwise
from typing import Any, BinaryIO, TextIO

import numpy as np
import pandas as pd

from tabgan.io.text.formulas import guard_formulas


@dataclass(frozen=True)
class TextStyle:
    """How a table is written as text.

    Attributes:
        delimiter: What parts values.
        decimal: What parts decimals.
        safe: Whether texts that a spreadsheet would run as formulas are kept from that.
    """

    delimiter: str = ","
    decimal: str = "."
    safe: bool = False


PLAIN_STYLE = TextStyle()
BREAK = "\r"  # of a line, for whoever reads it outside of quotes


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
        written = datetimes.write(guard_formulas(batch) if style.safe else batch)
        if number == 0:
            is_broken = any(BREAK in str(name) for name in written.columns)
            _write(text, written.iloc[:0], style, is_broken, header=True)
        for is_broken, rows in _split(written):
            _write(text, rows, style, is_broken)
    text.flush()
    text.detach()


def _split(batch: pd.DataFrame) -> Iterator[tuple[bool, pd.DataFrame]]:
    """Yield a batch in parts: rows in which a text holds a BREAK, and rows in which none does."""
    broken = np.zeros(len(batch), bool)
    for number, dtype in enumerate(batch.dtypes):
        if not (pd.api.types.is_numeric_dtype(dtype) or dtype.kind in "mM"):
            cells = batch.iloc[:, number].tolist()
            if BREAK in "".join(map(str, cells)):  # rare, and quicker than to look into each
                broken |= np.array([BREAK in str(cell) for cell in cells], bool)
    ends = [*(np.flatnonzero(broken[1:] != broken[:-1]) + 1), len(batch)]
    for start, end in pairwise([0, *ends]):
        if end > start:
            yield bool(broken[start]), batch.iloc[start:end]


def _write(
    text: TextIO, rows: pd.DataFrame, style: TextStyle, is_broken: bool, header: bool = False
) -> None:
    """Write rows; with all texts in quotes where a BREAK would else stand in none."""
    rows.to_csv(
        text,
        header=header,
        index=False,
        lineterminator="\n",
        sep=style.delimiter,
        decimal=style.decimal,
        quoting=csv.QUOTE_NONNUMERIC if is_broken else csv.QUOTE_MINIMAL,
    )
