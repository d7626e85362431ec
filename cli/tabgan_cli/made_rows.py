"""A few made rows, a line a column: what `fit` and `inspect` show of a model."""

import math
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from rich.table import Table
from rich.text import Text

from tabgan.errors import ManyRejectedWarning, TabganError
from tabgan.evaluation.metrics.detection import score_ceiling, score_margin
from tabgan.evaluation.metrics.unjudged import UnjudgedColumn, find_unjudged
from tabgan.runtime.terminal_text import escape_controls
from tabgan.schema.reading import shorten

if TYPE_CHECKING:
    from tabgan.model.tabular_model import TabularModel

MADE_ROWS = 3
MAX_CELL = 28  # characters of a value that are shown


def draw_examples(model: "TabularModel") -> pd.DataFrame | None:
    """Return the first rows of seed 0, shape (3, n_columns); None where none can be had."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ManyRejectedWarning)  # a remark of the fit says so
        try:
            return model.sample(MADE_ROWS, seed=0)
        except TabganError:  # conditions of its own that no row meets: `sample` says so
            return None


def describe_made_up(model: "TabularModel") -> dict[Any, str]:
    """Return in words what is made up in each column of which not all is learned."""
    notes = {encoder.column.name: encoder.note for encoder in model.encoder.encoders}
    return {name: note for name, note in notes.items() if note is not None}


def find_unjudged_by_score(model: "TabularModel") -> tuple[UnjudgedColumn, ...]:
    """Return the columns made anew: they add nothing to a score of what is learned."""
    columns = model.schema.columns
    return find_unjudged(c for c in columns if c.kind.is_made_anew and not c.is_amount)


def describe_score(score: float, rows: int, digits: int) -> str:
    """Return a two-sample score of so many rows and its margin, or below what it is.

    >>> describe_score(0.83, 150, 2), describe_score(0.0, 150, 2), describe_score(0.5, 10**7, 2)
    ('0.83 ± 0.16', 'below 0.04', '0.5000 ± 0.0005')
    """
    if round(score, digits) == 0:
        unit = 10**digits
        return f"below {math.ceil(score_ceiling(score, rows) * unit) / unit:.{digits}f}"
    margin = score_margin(score, rows)
    digits = digits if round(margin, digits) else digits + 2
    return f"{score:.{digits}f} ± {margin:.{digits}f}"


def find_score_margin(model: "TabularModel") -> float | None:
    """Return half the width of the 95 % interval around a model's score; None without a score."""
    return None if model.score is None else score_margin(model.score, count_scored(model))


def count_scored(model: "TabularModel") -> int:
    """Return how many rows of each table a model's score compares."""
    return model.record.rows_scored or model.record.rows_held_out


def describe_passes(model: "TabularModel") -> str | None:
    """Return in words which generator draws rows, and how both score; None if nothing is known."""
    one = model.one_pass
    if one is None or one.score is None or model.score_in_many_passes is None:
        return None
    scores = {"many passes": model.score_in_many_passes, "one pass": one.score}
    first, second = sorted(scores, reverse=model.card.draws_in_one_pass)
    asked = "--no-fast or a condition" if model.card.draws_in_one_pass else "--fast"
    return (
        f"rows are drawn in {first} (two-sample score {scores[first]:.2f}), with {asked} in "
        f"{second} ({scores[second]:.2f})"
    )


def examples_table(model: "TabularModel", examples: pd.DataFrame, most: int) -> Table:
    """Return made rows with a line a column, and what of it is made up.

    Args:
        model: That they were drawn from.
        examples: The rows; shape (n_rows, n_columns).
        most: Columns that are shown; those with something made up come before the others go.
    """
    notes = describe_made_up(model)
    table = Table(title="made rows", title_justify="left")
    table.add_column("column", overflow="fold")
    for number in range(len(examples)):
        table.add_column(str(number + 1), overflow="fold")
    if notes:
        table.add_column("made up in them", overflow="fold")
    shown = _choose(list(examples.columns), notes, most)
    for name in shown:
        cells = [format_cell(value) for value in examples[name]]
        add_row(table, format_cell(name), *cells, *([notes.get(name, "")] if notes else []))
    if len(shown) < len(examples.columns):
        rest = len(examples.columns) - len(shown)
        table.caption = f"and {rest:,} more columns: tabgan inspect shows them all"
    return table


def _choose(names: list[Any], notes: dict[Any, str], most: int) -> list[Any]:
    """Return the names to show, in their order."""
    first = sorted(names, key=lambda name: name not in notes)[:most]
    return [name for name in names if name in set(first)]


def format_cell(value: object) -> str:
    """Return a value on one line, cut where it is long; a gap is empty.

    >>> format_cell("  a first   line that goes on and on")
    'a first line that goes on a…'
    """
    if _is_gap(value):
        return ""
    line = " ".join(str(value).split())
    return shorten(escape_controls(line), MAX_CELL)


def plain_rows(examples: pd.DataFrame | None) -> list[dict[Any, object]]:
    """Return rows as JSON has them; what it has no form for is text, a gap is None.

    >>> plain_rows(pd.DataFrame({"at": [pd.Timestamp("2024-01-02"), pd.NaT], "n": [1, 2]}))
    [{'at': '2024-01-02 00:00:00', 'n': 1}, {'at': None, 'n': 2}]
    """
    if examples is None:
        return []
    columns = [map(_plain_value, examples[name]) for name in examples.columns]
    return [dict(zip(examples.columns, row, strict=True)) for row in zip(*columns, strict=True)]


def _plain_value(value: object) -> object:
    if _is_gap(value):
        return None
    if isinstance(value, np.generic):
        value = value.item()
    return value if isinstance(value, bool | int | float) else str(value)


def _is_gap(value: object) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or value != value  # noqa: PLR0124


def add_row(table: Table, *cells: object) -> None:
    """Add cells as they are: a name like [b] is no markup, nor is one obeyed by the terminal."""
    table.add_row(*(Text(escape_controls(str(cell))) for cell in cells))
