"""Frames of polars: read as pandas', and given back with their very dtypes."""

import datetime as dt
import pickle
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tabgan.errors import TableError
from tabgan.io import read_frame, read_target
from tabgan.io.frames.polars_frames import PolarsContainer
from tabgan.schema import check_frame

pl = pytest.importorskip("polars")

ROWS = 12
TOWNS = ["Ulm", "Rom", "Bern"]
NUMBERS, NAMES = st.integers(0, 100), st.sampled_from(TOWNS)
MOMENTS = st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2100, 1, 1))  # noqa: DTZ001
DTYPES: tuple[tuple[Any, st.SearchStrategy[Any]], ...] = (
    *((dtype, NUMBERS) for dtype in (pl.Int8, pl.Int16, pl.Int32, pl.Int64)),
    *((dtype, NUMBERS) for dtype in (pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64)),
    (pl.Float32, st.floats(-8, 8, width=32)),
    (pl.Float64, st.floats(-1e9, 1e9)),
    (pl.Boolean, st.booleans()),
    (pl.String, NAMES),
    (pl.Categorical, NAMES),
    (pl.Enum([*TOWNS, "Oslo"]), NAMES),
    (pl.Decimal(12, 2), st.decimals(0, 999, places=2)),
    (pl.Date, st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1))),
    (pl.Time, st.times()),
    *((pl.Datetime(unit), MOMENTS) for unit in ("ms", "us", "ns")),
    (pl.Datetime("us", "UTC"), MOMENTS),
    *(
        (pl.Duration(unit), st.timedeltas(dt.timedelta(0), dt.timedelta(9)))
        for unit in ("ms", "us")
    ),
    (pl.Null, st.none()),
)


@pytest.mark.parametrize(("dtype", "values"), DTYPES, ids=lambda value: str(value)[:40])
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_frames_come_back_cell_by_cell(
    dtype: Any, values: st.SearchStrategy[Any], data: st.DataObject
) -> None:
    cells = data.draw(st.lists(st.none() | values, min_size=ROWS, max_size=ROWS))
    frame = pl.DataFrame({"x": pl.Series(cells, dtype=dtype), "n": range(ROWS)})
    read = read_frame(frame)
    check_frame(read.frame)
    again = read.container.create(read.frame)
    assert again.schema == frame.schema
    assert again.equals(frame)
    assert read.container.create(read.frame.iloc[:0]).schema == frame.schema


def test_the_order_of_an_enum_is_learned() -> None:
    size = pl.Series(["S", None], dtype=pl.Enum(["S", "M", "L"]))
    dtype: Any = read_frame(pl.DataFrame({"size": size})).frame["size"].dtype
    assert (dtype.ordered, list(dtype.categories)) == (True, ["S", "M", "L"])


def test_lazy_frames_are_collected() -> None:
    frame = pl.DataFrame({"x": [1, 2], "town": TOWNS[:2]})
    read = read_frame(frame.lazy().with_columns(y=pl.col("x") * 2))
    made = read.container.create(read.frame)
    assert made.to_dict(as_series=False) == {"x": [1, 2], "town": ["Ulm", "Rom"], "y": [2, 4]}


def test_lazy_frames_that_cannot_be_collected_are_refused_in_one_sentence() -> None:
    lazy = pl.LazyFrame({"x": [1, 2]}).select("y")
    with pytest.raises(TableError, match=r"^the LazyFrame cannot be collected: .*y.*\.$"):
        read_frame(lazy)
    with pytest.raises(TableError, match="LazyFrame cannot be collected: .*none.csv"):
        read_frame(pl.scan_csv("none.csv"))


def test_what_only_pandas_has_becomes_moments_and_text() -> None:
    months = pd.period_range("2024-01", periods=2, freq="M")
    spans = pd.interval_range(0, 2)
    frame = pd.DataFrame(
        {
            "month": months,
            "object": pd.Series(months, dtype=object),
            "span": spans,
            "cut": pd.Categorical(spans),
            "mixed": pd.Categorical(["a", 1]),
            "long": pd.Series([10**25, 10**25 + 1], dtype=object),
            "sparse": pd.arrays.SparseArray([0, 1]),
        }
    )
    made = PolarsContainer().create(frame)
    assert [str(dtype).split("(")[0] for dtype in made.dtypes] == [
        "Datetime",
        "String",
        "String",
        *["Categorical"] * 2,
        "Decimal",
        "Int64",
    ]
    assert made.row(1) == (dt.datetime(2024, 2, 1), "2024-02", *["(1, 2]"] * 2, "1", 10**25 + 1, 1)  # noqa: DTZ001
    assert PolarsContainer().create(frame.reindex([0, 5])).null_count().row(0) == (1,) * 7


def test_series_come_back_as_such() -> None:
    series = pl.Series("town", TOWNS, dtype=pl.Categorical)
    unnamed = read_target(pl.Series(TOWNS, dtype=pl.Enum(TOWNS)))
    assert unnamed.container.create(unnamed.frame).dtype == pl.Enum(TOWNS)
    for read in (read_frame(series), read_target(series)):
        made = read.container.create(read.frame)
        assert made.equals(series)
        assert made.dtype == series.dtype


def test_new_columns_get_what_their_values_have() -> None:
    read = read_frame(pl.DataFrame({"x": [1, 2]}))
    towns = read_frame(pl.DataFrame({"town": pl.Series(TOWNS[:2], dtype=pl.Enum(TOWNS))}))
    both = read.frame.assign(town=towns.frame["town"], made=True)
    assert read.container.create(both).schema["made"] == pl.Boolean
    assert read.container.extend(towns.container).create(both).schema["town"] == pl.Enum(TOWNS)


@pytest.mark.parametrize("dtype", [pl.Int128, pl.Object], ids=str)
def test_what_arrow_cannot_hold_is_refused(dtype: Any) -> None:
    with pytest.raises(TableError, match="the column 'x' is of the dtype .*; cast it"):
        read_frame(pl.DataFrame({"x": pl.Series([1, 2], dtype=dtype)}))


def test_containers_can_be_pickled() -> None:
    container = read_frame(pl.DataFrame({"x": pl.Series(TOWNS, dtype=pl.Enum(TOWNS))})).container
    assert pickle.loads(pickle.dumps(container)) == container  # noqa: S301
