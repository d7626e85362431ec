"""Fit every kind of frame that holds a table, and print what came back for what was brought.

    python -m benchmarks.frames [--frames PART ...] [--markdown]

One made table of 300 rows is brought in each kind; a model of few steps is fitted, and 50 rows are
drawn. Polars and DuckDB have to be installed.
"""

import argparse
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa

from tabgan import TabGAN

N_REAL, N_MADE = 300, 50
HEAD = ("brought", "came back", "names and types")


def make_table() -> pd.DataFrame:
    """Return a table of numbers, categories, moments and gaps."""
    rng = np.random.default_rng(0)
    price = pd.Series(rng.gamma(2, 30, N_REAL).round(2)).where(rng.random(N_REAL) > 0.1)
    days = pd.to_timedelta(rng.integers(0, 400, N_REAL), "D")
    return pd.DataFrame(
        {
            "city": rng.choice(["Köln", "Ulm", "Bonn"], N_REAL),
            "price": price,
            "n": rng.integers(0, 9, N_REAL),
            "day": pd.Timestamp("2024-01-01") + days,
            "left": rng.random(N_REAL) < 0.3,
        }
    )


def _to_decimals(frame: pd.DataFrame) -> Any:
    table = pa.Table.from_pandas(frame, preserve_index=False)
    price = table["price"].cast(pa.decimal128(9, 2))
    return table.set_column(1, "price", price).set_column(
        0, "city", table["city"].dictionary_encode()
    )


def _to_sparse(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(n=frame["n"].astype(pd.SparseDtype("int64", 0)))


def _query(frame: pd.DataFrame) -> Any:
    return duckdb.from_arrow(pa.Table.from_pandas(frame, preserve_index=False))


FRAMES: Mapping[str, Callable[[pd.DataFrame], Any]] = {
    "pandas": lambda frame: frame,
    "pandas, nullable dtypes": lambda frame: frame.convert_dtypes(),
    "pandas, Arrow dtypes": lambda frame: frame.convert_dtypes(dtype_backend="pyarrow"),
    "pandas, sparse column": _to_sparse,
    "pandas, categories": lambda frame: frame.astype({"city": "category"}),
    "pandas, named index": lambda frame: frame.set_index("day"),
    "pandas, MultiIndex": lambda frame: frame.set_index(["city", "day"]),
    "pandas, names of text and numbers": lambda frame: frame.rename(columns={"n": 7}),
    "polars.DataFrame": pl.from_pandas,
    "polars.LazyFrame": lambda frame: pl.from_pandas(frame).lazy(),
    "pyarrow.Table": lambda frame: pa.Table.from_pandas(frame, preserve_index=False),
    "pyarrow.Table, decimals, dictionary": _to_decimals,
    "pyarrow.RecordBatchReader": lambda frame: pa.Table.from_pandas(
        frame, preserve_index=False
    ).to_reader(),
    "DuckDB relation": _query,
    "dict of columns": lambda frame: frame.to_dict("list"),
    "list of records": lambda frame: frame.to_dict("records"),
    "NumPy array": lambda frame: frame[["price", "n"]].to_numpy(),
}


def describe(value: Any) -> str:
    """Return the kind of a frame in words: its package and type."""
    kind = type(value)
    package = kind.__module__.split(".")[0].lstrip("_")
    return kind.__name__ if package == "builtins" else f"{package}.{kind.__name__}"


def types_of(value: Any) -> Any:
    """Return the names and types of a frame's columns, those of its index included."""
    if isinstance(value, pd.DataFrame):
        index = [] if value.index.names == [None] else list(value.index.names)
        return index, {name: str(kind) for name, kind in value.dtypes.items()}
    if isinstance(value, pl.DataFrame | pl.LazyFrame):
        return dict(value.collect_schema())
    if isinstance(value, duckdb.DuckDBPyRelation):
        value = value.to_arrow_table()
    if isinstance(value, pa.Table | pa.RecordBatchReader):
        return {field.name: field.type for field in value.schema}
    if isinstance(value, dict):
        return {name: {type(cell) for cell in cells} for name, cells in value.items()}
    if isinstance(value, list):
        return {name: {type(row[name]) for row in value} for name in value[0]}
    return value.dtype, value.shape[1]


def bring(make: Callable[[pd.DataFrame], Any]) -> tuple[str, str]:
    """Return what came back for what was brought, and whether its types are kept."""
    brought = make(make_table())
    before = types_of(brought)
    try:
        made = TabGAN(steps=20, random_state=0, threads=1).fit(brought).sample(N_MADE)
    except Exception as error:  # noqa: BLE001 - whatever goes wrong is what is shown
        return " ".join(f"{type(error).__name__}: {error}".split())[:100], "none"
    after = types_of(made)
    return describe(made), "the same" if before == after else f"{after} for {before}"


def print_table(
    option: str, head: tuple[str, ...], bring_by_name: Mapping[str, Callable[[], tuple[str, ...]]]
) -> None:
    """Bring what was asked for, and print a line each.

    Args:
        option: Takes parts of the names.
        head: Of the table.
        bring_by_name: Returns the cells behind each name.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument(f"--{option}", nargs="+", default=[""], metavar="PART", dest="parts")
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    arguments = parser.parse_args()
    start, between, end = ("| ", " | ", " |") if arguments.markdown else ("", "  ", "")
    print(start + between.join(head) + end)
    if arguments.markdown:
        print("|---" * len(head) + "|")
    for name, bring_one in bring_by_name.items():
        if any(part in name for part in arguments.parts):
            print(start + between.join((name, *bring_one())) + end, flush=True)


if __name__ == "__main__":
    print_table("frames", HEAD, {name: partial(bring, make) for name, make in FRAMES.items()})
