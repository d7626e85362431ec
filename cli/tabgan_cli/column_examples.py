"""A real value of a column beside one that its encoder alone makes, for `tabgan inspect TABLE`."""

from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from tabgan.encoding.column_encoder import EncoderConfig
from tabgan.encoding.encoded_table import EncodedTable
from tabgan.encoding.table_encoder import TableEncoder
from tabgan.errors import TabganError
from tabgan.schema import Column, TableSchema
from tabgan.schema.predicates import comparable_cells
from tabgan.schema.reading import is_gap

MAX_ROWS = 5_000  # that an encoder is fitted to for one example
DRAWS = 8  # among which the one shown is no gap


def present_values(column: Column, series: "pd.Series[Any]") -> "pd.Series[Any]":
    """Return the values that are no gaps, nor marks of one."""
    return series[~is_gap(series, column)]


def order_values(column: Column, series: "pd.Series[Any]") -> "pd.Series[Any] | None":
    """Return numbers or seconds by which values are ordered, shape (n_rows,); None: no order."""
    return comparable_cells(series, column) if column.kind.is_quantitative else None


def real_example(column: Column, present: "pd.Series[Any]") -> object:
    """Return a value as there are many: the median, the most frequent, or, of keys, any."""
    if present.empty:
        return None
    order = order_values(column, present)
    if order is not None:
        return present.iloc[order.argsort(kind="stable").iloc[len(order) // 2]]
    if column.kind.is_made_anew:
        return present.iloc[len(present) // 2]
    return present.value_counts().index[0]


def made_example(column: Column, series: "pd.Series[Any]") -> object:
    """Return a value that the column's encoder makes by itself; None where it makes none."""
    rng = np.random.default_rng(0)
    step = max(1, -(-len(series) // MAX_ROWS))
    rows = series.iloc[::step].reset_index(drop=True)
    if len(column.missing_marks) == 1:  # as a fit sees it: the mark is a gap
        rows = rows.mask(is_gap(rows, column))
    try:
        with threadpool_limits(1):  # small fits only wait for more threads
            values = _make_values(column, rows, rng)
    except (TabganError, ValueError):  # a column that cannot be learned: `fit` says why
        return None
    made = present_values(column, values)
    return None if made.empty else made.iloc[0]


def _make_values(
    column: Column, rows: "pd.Series[Any]", rng: np.random.Generator
) -> "pd.Series[Any]":
    """Return values made of classes as frequent as in these rows, with places of their own."""
    frame, schema = rows.to_frame(column.name), TableSchema((column,))
    encoder = TableEncoder.fit(frame, schema, EncoderConfig(rng, max_modes=1), _ignore_columns)
    codes = rng.choice(encoder.encode(frame, rng).codes, DRAWS)
    n_modes = [part.n_modes for part in encoder.parts]
    scalars = np.where(codes < n_modes, rng.uniform(-1, 1, codes.shape), 0).astype(np.float32)
    made = encoder.decode(EncodedTable(codes, scalars), np.arange(DRAWS), rng)
    return made[column.name]


def _ignore_columns(done: int, total: int) -> None:
    """Take no notice of how far the encoding is."""
