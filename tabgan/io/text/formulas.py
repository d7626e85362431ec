r"""Text that a spreadsheet would run as a formula, and how it is kept from that.

OWASP's rule against CSV injection: a cell of text that begins with = + - @, a tab or a line break
gets an apostrophe before it. Numbers are left as they are, in text too, and so is a dash: no
formula is one.

>>> frame = pd.DataFrame({"=x": ["=1+1", "-5", "Ulm"], "n": [-1, 0, 1]})
>>> guard_formulas(frame).to_csv(index=False)
"'=x,n\n'=1+1,-1\n-5,0\nUlm,1\n"
"""

import re
from typing import Any

import pandas as pd

from tabgan.errors import SettingError

GUARDED_FORMATS = ("csv", "tsv")
FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")  # noqa: RUF001 - wide signs are read as well
NUMBER = re.compile(r"[+-]?[€$£¥]?(\d[\d.,' ]*|[.,]\d+)([eE][+-]?\d+)?\s*[%€$£¥]?|-{1,3}")


def check_guarded(name: str, written: str) -> None:
    """Refuse to keep formulas from a format in which text is never one.

    Raises:
        SettingError: A file of this name is written in such a format.
    """
    if written not in GUARDED_FORMATS:
        raise SettingError(
            f"--safe-csv is for .csv and .tsv, and '{name}' is written as {written}, where text is "
            "text and no formula; leave it out."
        )


def guard_formulas(batch: pd.DataFrame) -> pd.DataFrame:
    """Return a batch whose texts, names of columns among them, are no formulas."""
    guarded = batch.copy(deep=False)
    for number, dtype in enumerate(batch.dtypes):
        if pd.api.types.is_numeric_dtype(dtype) or dtype.kind in "mM":
            continue
        cells = batch.iloc[:, number].astype(object)
        written = [_guard(cell) for cell in cells]
        if any(new is not old for new, old in zip(written, cells, strict=True)):
            guarded.isetitem(number, pd.array(written, dtype=object))
    return guarded.set_axis(pd.Index([_guard(name) for name in batch.columns]), axis="columns")


def _guard(value: Any) -> Any:
    is_run = isinstance(value, str) and FORMULA.match(value) and not NUMBER.fullmatch(value)
    return f"'{value}" if is_run else value
