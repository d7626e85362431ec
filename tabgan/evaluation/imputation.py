"""How well gaps of a table are filled: known cells are hidden, filled, and compared.

>>> table = pd.DataFrame({"x": np.arange(100) % 10, "twice": np.arange(100) % 10 * 2})
>>> found = evaluate_imputation(table, lambda rows: rows.fillna(rows.median()), share=0.2)
>>> [(column.name, column.hidden, column.error == column.plain_error) for column in found.columns]
[('x', 20, True), ('twice', 20, True)]
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from tabgan.errors import SettingError
from tabgan.evaluation.report.imputation_report import ImputationReport
from tabgan.evaluation.report.imputation_results import FilledColumn
from tabgan.schema import Column, ColumnKind, Name, TableSchema
from tabgan.schema.arrays import Mask
from tabgan.schema.float_conversion import to_float

HIDDEN_SHARE = 0.2  # of the known cells of a column
MIN_HIDDEN = 5  # of a column: fewer say nothing of it
UNJUDGED = (ColumnKind.CONSTANT, ColumnKind.EMPTY)


def evaluate_imputation(
    table: pd.DataFrame,
    impute: Callable[[pd.DataFrame], pd.DataFrame],
    *,
    draw: Callable[[pd.DataFrame], Sequence[pd.DataFrame]] | None = None,
    schema: TableSchema | None = None,
    share: float = HIDDEN_SHARE,
    learned: bool = False,
    seed: int = 0,
) -> ImputationReport:
    """Hide known cells, have them filled, and return how well that was done.

    Args:
        table: Rows; (n_rows, n_columns).
        impute: Returns rows without gaps.
        draw: Returns several draws of such rows, of which it is told how often true numbers lie
            between the lowest and the highest; no draws are judged when None.
        schema: Of the rows; inferred when None.
        share: Of the known cells that are hidden.
        learned: Whether what fills learned these rows.
        seed: Decides which cells are hidden.

    Raises:
        SettingError: No column has enough known cells.
    """
    schema = schema or TableSchema.infer(table)
    columns = [
        column
        for column in schema.columns
        if column.name in table and not column.kind.is_made_anew and column.kind not in UNJUDGED
    ]
    hidden = _hide(schema.read_missing_marks(table), columns, share, np.random.default_rng(seed))
    if not hidden:
        raise SettingError(
            f"no column has {MIN_HIDDEN} cells to hide: give more rows, or hide a larger share."
        )
    given = table.copy(deep=False)
    for name, mask in hidden.items():
        given[name] = table[name].mask(mask)
    filled, draws = impute(given), [] if draw is None else list(draw(given))
    found = []
    for column in columns:
        if (name := column.name) in hidden:
            judged = _compare(table[name], filled[name], hidden[name], column)
            if draws and judged.is_number:
                made = [each[name] for each in draws]
                judged = replace(judged, coverage=_cover(table[name], made, hidden[name], column))
            found.append(judged)
    return ImputationReport(tuple(found), len(table), share, learned, len(draws), seed)


def _hide(
    table: pd.DataFrame, columns: Sequence[Column], share: float, rng: np.random.Generator
) -> dict[Name, Mask]:
    """Return which known cells of each column are hidden, (n_rows,), where they are enough."""
    hidden = {}
    for column in columns:
        known = np.flatnonzero(table[column.name].notna())
        mask = np.zeros(len(table), bool)
        mask[rng.permutation(known)[: round(share * len(known))]] = True
        if mask.sum() >= MIN_HIDDEN:
            hidden[column.name] = mask
    return hidden


def _cover(
    real: "pd.Series[Any]", draws: "Sequence[pd.Series[Any]]", hidden: Mask, column: Column
) -> float:
    """Return the share of hidden numbers between the lowest and the highest of their draws."""
    truth = to_float(real, column)[hidden]
    made = np.stack([to_float(each, column)[hidden] for each in draws])
    return float(np.mean((made.min(axis=0) <= truth) & (truth <= made.max(axis=0))))


def _compare(
    real: "pd.Series[Any]", filled: "pd.Series[Any]", hidden: Mask, column: Column
) -> FilledColumn:
    """Return how near hidden cells are filled; (n_rows,) each."""
    shown, count = str(column.name), int(hidden.sum())
    if not column.kind.is_quantitative:
        cells, guessed = (series.astype(object).to_numpy() for series in (real, filled))
        known = pd.Series(cells[~hidden], dtype=object).dropna()
        commonest = known.mode().iloc[0] if len(known) else None
        errors = (cells[hidden] != guessed[hidden], cells[hidden] != commonest)
        return FilledColumn(shown, False, count, *(float(np.mean(each)) for each in errors))
    numbers, made = to_float(real, column), to_float(filled, column)
    kept = numbers[~hidden & ~np.isnan(numbers)]
    deviation = float(np.nanstd(numbers)) or 1.0
    median = float(np.median(kept)) if len(kept) else 0.0
    away = (made[hidden] - numbers[hidden], median - numbers[hidden])
    return FilledColumn(
        shown, True, count, *(float(np.sqrt(np.mean(each**2))) / deviation for each in away)
    )
