"""What makes it likely that a table in text is not read as it is meant: units, totals, no header.

>>> describe_odd_rows([["t", "flow"], ["s", "m3/h"], ["0", "4.5"], ["1", "4.7"], ["2", "4.6"]])
"its first row has 's' where others have figures: a row of units, perhaps, to be taken out"
"""

import csv
from collections.abc import Sequence

from tabgan.io.text.layout import FIGURES, Fields, columns_of, is_column_of, is_gap

MIN_FIGURES = 3  # rows of figures beside which text is odd
MARKS = {" ": 3, "^": 2, "~": 2}  # and into how many values they part rows by no chance


def describe_odd_rows(rows: Sequence[Fields]) -> str:
    """Return whether the first or the last row has text where all others have figures.

    Args:
        rows: The header, the first rows, and the last one.
    """
    body = rows[1:]
    first, last = _find_odd_text(body[0], body[1:]), _find_odd_text(body[-1], body[:-1])
    if first:
        return (
            f"its first row has {first!r} where others have figures: a row of units, perhaps, to "
            "be taken out"
        )
    if last:
        return (
            f"its last row has {last!r} where others have figures: a footer, perhaps, to be taken "
            "out"
        )
    return ""


def _find_odd_text(row: Fields, others: Sequence[Fields]) -> str:
    """Return the first text of a row in a column that is figures everywhere else; "" without."""
    if len(others) < MIN_FIGURES:
        return ""
    return next(
        (
            text.strip()[:40]
            for text, column in zip(row, columns_of(others), strict=False)
            if not is_gap(text) and not FIGURES.fullmatch(text) and is_column_of(column, FIGURES)
        ),
        "",
    )


def describe_uncut(rows: Sequence[Fields]) -> str:
    """Return whether what is read as one column is cut alike by a mark that is not tried."""
    lines = [row[0] for row in rows if len(row) == 1]
    if len(lines) < max(len(rows), MIN_FIGURES):
        return ""
    for mark, least in MARKS.items():
        cut = [len(fields) for fields in csv.reader(lines, delimiter=mark)]
        widths = set(cut[1:])
        if len(widths) == 1 and cut[-1] >= least and cut[0] in {cut[-1], cut[-1] - 1}:
            return (
                f"one column, though {mark!r} parts every row into {cut[-1]} values: --delimiter "
                f"{mark!r} has it so"
            )
    return ""
