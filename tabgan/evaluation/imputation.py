"""How well gaps of a table are filled: known cells are hidden, filled, and compared.

>>> table = pd.DataFrame({"x": np.arange(100) % 10, "twice": np.arange(100) % 10 * 2})
>>> found = evaluate_imputation(table, lambda rows: rows.fillna(rows.median()), share=0.2)
>>> [(column.name, column.hidden, column.error == column.plain_error) for column in found.columns]
[('x', 20, True), ('twice', 20, True)]
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from tabgan.errors import SettingError
from tabgan.schema import Column, ColumnKind, TableSchema
from tabgan.schema.arrays import Mask
from tabgan.schema.float_conversion import to_float

HIDDEN_SHARE = 0.2  # of the known cells of a column
MIN_HIDDEN = 5  # of a column: fewer say nothing of it
UNJUDGED = (ColumnKind.CONSTANT, ColumnKind.EMPTY)


@dataclass(frozen=True)
class FilledColumn:
    """How well hidden cells of a column are filled.

    Attributes:
        name: Of the column.
        is_number: Whether errors are root mean squares, over the column's deviation; otherwise
            they are shares of cells that are filled wrong.
        hidden: How many cells.
        error: Of what was filled in.
        plain_error: Of the median, or of the commonest value.
    """

    name: str
    is_number: bool
    hidden: int
    error: float
    plain_error: float


@dataclass(frozen=True)
class ImputationReport:
    """What was found, column by column.

    Attributes:
        columns: In the order of the table; those of too few known cells are left out.
        rows: Of which cells were hidden.
        share: Of the known cells that was hidden.
        learned: Whether the rows are such as the model learned, so that it knows them.
    """

    columns: tuple[FilledColumn, ...]
    rows: int
    share: float
    learned: bool

    @property
    def verdict(self) -> str:
        """What was found, in a sentence or two."""
        told = []
        words = (
            ("numbers miss by {:.2f} deviations (their median by {:.2f})", True),
            ("{:.0%} of categories are wrong (of the commonest {:.0%})", False),
        )
        for text, is_number in words:
            own = [each for each in self.columns if each.is_number == is_number]
            if own:
                weights = [each.hidden for each in own]
                errors = ([e.error for e in own], [e.plain_error for e in own])
                means = (np.average(error, weights=weights) for error in errors)
                told.append(text.format(*means).replace("%", " %"))
        known = " The model learned these very rows: of others it knows less." * self.learned
        return f"Of {self.share:.0%} of the cells".replace("%", " %") + (
            f" of {self.rows:,} rows, hidden and filled: {'; '.join(told)}.{known}"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-able values."""
        return {"imputation": asdict(self) | {"verdict": self.verdict}}

    def __rich__(self) -> RenderableType:
        """Return it for a terminal."""
        table = Table("column", "hidden", "error", "plain", "error of", box=None, pad_edge=False)
        for each in self.columns:
            kind = "numbers, in deviations" if each.is_number else "categories, share wrong"
            cells = (f"{each.hidden:,}", f"{each.error:.3f}", f"{each.plain_error:.3f}", kind)
            table.add_row(Text(each.name), *cells)
        return Group(Text(self.verdict), Text(""), table)


def evaluate_imputation(
    table: pd.DataFrame,
    impute: Callable[[pd.DataFrame], pd.DataFrame],
    *,
    schema: TableSchema | None = None,
    share: float = HIDDEN_SHARE,
    learned: bool = False,
    seed: int = 0,
) -> ImputationReport:
    """Hide known cells, have them filled, and return how well that was done.

    Args:
        table: Rows; (n_rows, n_columns).
        impute: Returns rows without gaps.
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
    rng, given, hidden = np.random.default_rng(seed), table.copy(deep=False), {}
    for column in columns:
        known = np.flatnonzero(schema.read_missing_marks(table)[column.name].notna())
        mask = np.zeros(len(table), bool)
        mask[rng.permutation(known)[: round(share * len(known))]] = True
        if mask.sum() >= MIN_HIDDEN:
            hidden[column.name] = mask
            given[column.name] = table[column.name].mask(mask)
    if not hidden:
        raise SettingError(
            f"no column has {MIN_HIDDEN} cells to hide: give more rows, or hide a larger share."
        )
    filled = impute(given)
    found = [
        _compare(table[name], filled[name], hidden[name], column)
        for column in columns
        if (name := column.name) in hidden
    ]
    return ImputationReport(tuple(found), len(table), share, learned)


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
