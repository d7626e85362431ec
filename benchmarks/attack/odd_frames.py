"""Odd tables: columns of every kind, odd names and indexes, and columns that follow from others."""

import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.attack.columns import COLUMNS
from benchmarks.attack.maker import Maker, pick
from benchmarks.attack.objects import OBJECTS

PLAIN: tuple[Maker, ...] = tuple(COLUMNS.values())
ODD: tuple[Maker, ...] = tuple(OBJECTS.values())
ROWS = (2, 3, 4, 5, 12, 20, 30, 40, 50, 60, 60, 70, 90, 100, 120, 150, 150, 200, 250, 300)
ODD_NAMES: tuple[Any, ...] = (
    *(
        "",
        " ",
        "a b",
        "a\nb",
        "a\x1b[2J",
        "[/x]",
        "=1+1",
        "größe 🙂",
        "x" * 3_000,
        "\ud800",
        "\x00",
    ),
    *(
        "a <= b",
        "a'b\"c",
        "`a`",
        "target",
        "index",
        "None",
        "__synthetic__",
        "a/b",
        "a@b",
        "{0}",
        "%s",
    ),
    *(
        7,
        0,
        -1,
        2**70,
        3.5,
        True,
        None,
        np.nan,
        ("a", "b"),
        ("a",),
        b"a",
        pd.Timestamp(0),
        np.int64(3),
    ),
)
Derive = Callable[[np.random.Generator, "list[pd.Series[Any]]"], "pd.Series[Any]"]


def make_frame(rng: np.random.Generator) -> pd.DataFrame:
    """Return a table of at most 300 rows."""
    n = int(pick(rng, (0, 1)) if rng.random() < 0.02 else pick(rng, ROWS))
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # of what makes the table, not of what is attacked
        if rng.random() < 0.03:  # wide
            makers = [pick(rng, PLAIN) for _ in range(int(rng.integers(1, 4)))]
            columns = [makers[i % len(makers)](rng, min(n, 60)) for i in range(300)]
        else:
            columns = _make_columns(rng, n)
        frame = pd.concat(
            [one.reset_index(drop=True).rename(str(i)) for i, one in enumerate(columns)], axis=1
        )
        frame.columns = pd.Index([f"c{i}" for i in range(frame.shape[1])])
        return _label(rng, frame)


def _make_columns(rng: np.random.Generator, n: int) -> "list[pd.Series[Any]]":
    """Return columns of some kinds, with gaps, and others that follow from them."""
    count = int(pick(rng, (1, 2, 3, 3, 4, 5, 6, 8, 12)))
    columns = [pick(rng, PLAIN)(rng, n) for _ in range(count)]
    if rng.random() < 0.25:
        columns[int(rng.integers(count))] = pick(rng, ODD)(rng, n)
    columns = [_poke_gaps(rng, column) for column in columns]
    return columns + (_derive(rng, columns) if rng.random() < 0.7 else [])


def _poke_gaps(rng: np.random.Generator, column: "pd.Series[Any]") -> "pd.Series[Any]":
    share = pick(rng, (0.0, 0.0, 0.0, 0.02, 0.2, 0.9, 1.0))
    if share == 0:
        return column
    try:
        return column.mask(rng.random(len(column)) < share)
    except (TypeError, ValueError):  # some of Arrow's types take no gaps this way
        return column


def add_up(rng: np.random.Generator, columns: "list[pd.Series[Any]]") -> "pd.Series[Any]":
    """Return a sum of columns with weights."""
    weights = rng.choice([-2.0, -1.0, 0.5, 1.0, 1.0, 1.19, 100.0], len(columns))
    total: pd.Series[Any] = columns[0] * 0.0
    for weight, column in zip(weights, columns, strict=True):
        total = total + weight * column
    return total


def take_ratio(rng: np.random.Generator, columns: "list[pd.Series[Any]]") -> "pd.Series[Any]":
    """Return a ratio or a product, perhaps rounded."""
    first, last = columns[0], columns[-1]
    made = first / last if rng.random() < 0.5 else first * last
    return pd.Series(made.round(int(rng.integers(0, 3))) if rng.random() < 0.5 else made)


def raise_by(rng: np.random.Generator, columns: "list[pd.Series[Any]]") -> "pd.Series[Any]":
    """Return what is never below a column."""
    return columns[0] + rng.integers(0, 3, len(columns[0]))


def change_unit(rng: np.random.Generator, columns: "list[pd.Series[Any]]") -> "pd.Series[Any]":
    """Return a column in another unit, as numbers or as text."""
    made = columns[0] * pick(rng, (1000, 0.01, -1, 1 / 3)) + pick(rng, (0, 32))
    return pd.Series(made.astype(str) if rng.random() < 0.3 else made)


def look_up(rng: np.random.Generator, columns: "list[pd.Series[Any]]") -> "pd.Series[Any]":
    """Return what each value of a column stands for."""
    codes, _ = pd.factorize(columns[0])
    groups = codes % int(rng.integers(2, 5))
    return pd.Series([f"group {group}" for group in groups], dtype=object)


def take_part(rng: np.random.Generator, columns: "list[pd.Series[Any]]") -> "pd.Series[Any]":
    """Return a part of dates."""
    return getattr(columns[0].dt, pick(rng, ("year", "month", "dayofweek", "quarter", "hour")))  # type: ignore[no-any-return]


def end_later(rng: np.random.Generator, columns: "list[pd.Series[Any]]") -> "pd.Series[Any]":
    """Return moments some hours after others."""
    hours = rng.integers(0, 900, len(columns[0])) if rng.random() < 0.5 else 345
    return columns[0] + pd.to_timedelta(hours, "h")


def copy_most(rng: np.random.Generator, columns: "list[pd.Series[Any]]") -> "pd.Series[Any]":
    """Return a column again, or most of it."""
    share = pick(rng, (0.0, 0.1, 0.5))
    return columns[0].where(rng.random(len(columns[0])) >= share, columns[-1])


def gap_with(rng: np.random.Generator, columns: "list[pd.Series[Any]]") -> "pd.Series[Any]":
    """Return numbers that are missing where a column is, or only there."""
    gaps = columns[0].isna()
    return pd.Series(rng.normal(size=len(gaps))).where(gaps if rng.random() < 0.3 else ~gaps)


DERIVED: tuple[Derive, ...] = (
    *(add_up, add_up, take_ratio, raise_by, change_unit, look_up, look_up, take_part, end_later),
    *(copy_most, gap_with),
)


def _derive(rng: np.random.Generator, columns: "list[pd.Series[Any]]") -> "list[pd.Series[Any]]":
    """Return columns that follow from others, as far as these can be reckoned with."""
    made: list[pd.Series[Any]] = []
    for _ in range(int(rng.integers(1, 5))):
        n_sources = int(rng.integers(1, 4))
        sources = [pick(rng, (*columns, *made)) for _ in range(n_sources)]
        try:
            column = pick(rng, DERIVED)(rng, sources)
        except Exception:  # noqa: BLE001, S112 - texts cannot be added up, and so on
            continue
        made.append(pd.Series(column))
    return made


def _label(rng: np.random.Generator, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with odd names or an odd index, now and then."""
    names: list[Any] = list(frame.columns)
    if rng.random() < 0.12:
        at = int(rng.integers(len(names)))
        names[at] = pick(rng, ODD_NAMES)
        frame.columns = frame.columns.astype(object)  # of `str` they would all have to be UTF-8
    if rng.random() < 0.01:
        names[0] = names[-1]
    frame.columns = pd.Index(names, dtype=frame.columns.dtype, tupleize_cols=False)
    return _index(rng, frame)


def _index(rng: np.random.Generator, frame: pd.DataFrame) -> pd.DataFrame:
    names, kind = list(frame.columns), int(rng.integers(80))
    if kind == 0:
        frame.columns = pd.MultiIndex.from_product([["a"], range(len(names))])
    elif kind == 1:
        frame.columns = pd.RangeIndex(len(names))
    elif kind == 2 and len(names) > 1:
        with suppress(
            TypeError, ValueError, NotImplementedError
        ):  # of some columns pandas makes no index
            frame = frame.set_index(names[: int(rng.integers(1, len(names)))])
    elif kind == 3:
        frame.index = pd.Index(rng.integers(0, 3, len(frame)))
    elif kind == 4 and len(frame):
        frame.index = pd.date_range("2024", periods=len(frame), name="when")
    elif kind == 5:
        frame = frame.iloc[:, :0]
    return frame
