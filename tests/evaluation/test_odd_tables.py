"""Any two tables: a report that is JSON, or one sentence; never a traceback."""

import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tabgan.errors import TabganError
from tabgan.evaluation import METRICS, evaluate

Change = Callable[[pd.DataFrame], pd.DataFrame]


def table(rows: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    size = rng.normal(size=rows)
    return pd.DataFrame(
        {
            "size": size,
            "count": rng.integers(0, 50, rows),
            "sort": rng.choice(["u", "v", "w"], rows),
            "flag": rng.integers(0, 2, rows),
            "day": pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, rows), "D"),
            "y": (size + rng.normal(size=rows) > 0).astype(int),
        }
    )


def columns(**changed: Callable[[pd.DataFrame], Any]) -> Change:
    """Return a change of some columns; each is told as a function of the whole table."""
    return lambda frame: frame.assign(**{name: make(frame) for name, make in changed.items()})


def mixed(frame: pd.DataFrame) -> list[object]:
    return [(1, "u", None, 2.5, True)[row % 5] for row in range(len(frame))]


SAME: dict[str, Change] = {  # the same values, stored in another way
    "flag as truth values": columns(flag=lambda t: t["flag"].astype(bool)),
    "target as truth values": columns(y=lambda t: t["y"].astype(bool)),
    "target as text of truth values": columns(y=lambda t: t["y"].astype(bool).astype(str)),
    "target as floats": columns(y=lambda t: t["y"].astype(float)),
    "target as text of floats": columns(y=lambda t: t["y"].astype(float).astype(str)),
    "target as nullable truth values": columns(y=lambda t: t["y"].astype("boolean")),
    "target as decimals": columns(y=lambda t: [Decimal(f"{n}.00") for n in t["y"]]),
    "Arrow": lambda t: t.convert_dtypes(dtype_backend="pyarrow"),
    "nullable": lambda t: t.convert_dtypes(),
    "categories": lambda t: t.astype("category"),
    "text": lambda t: t.astype(str),
    "objects": lambda t: t.astype(object),
    "days as text": columns(day=lambda t: t["day"].dt.strftime("%Y-%m-%d")),
    "days as dates": columns(day=lambda t: t["day"].dt.date),
    "days as nanoseconds": columns(day=lambda t: t["day"].astype("datetime64[ns]")),
    "days in UTC": columns(day=lambda t: t["day"].dt.tz_localize("UTC")),
    "days as periods": columns(day=lambda t: t["day"].dt.to_period("D")),
    "sparse": columns(count=lambda t: pd.arrays.SparseArray(t["count"])),
    "another order": lambda t: t[t.columns[::-1]],
    "another index": lambda t: t.set_index(np.zeros(len(t), int)),
    "two indices": lambda t: t.set_index([np.zeros(len(t), int), np.arange(len(t))]),
}
ODD: dict[str, Change] = {
    "no number": lambda t: t.drop(columns="size"),
    "no category": lambda t: t.drop(columns="sort"),
    "no day": lambda t: t.drop(columns="day"),
    "no target": lambda t: t.drop(columns="y"),
    "empty number": columns(size=lambda _: np.nan),
    "empty category": columns(sort=lambda _: None),
    "empty day": columns(day=lambda _: pd.NaT),
    "empty target": columns(y=lambda _: np.nan),
    "constant": columns(size=lambda _: 1.0, sort=lambda _: "u"),
    "text for numbers": columns(size=lambda _: "x", count=lambda t: t["sort"]),
    "some text for numbers": columns(size=mixed),
    "numbers for text": columns(sort=lambda t: t["size"]),
    "numbers for days": columns(day=lambda t: t["size"]),
    "days for numbers": columns(size=lambda t: t["day"], count=lambda t: t["day"].dt.date),
    "days for text": columns(sort=lambda t: t["day"]),
    "durations": columns(size=lambda t: pd.to_timedelta(t["count"], "h")),
    "times of day": columns(day=lambda _: dt.time(7, 30)),
    "mixed days": columns(day=mixed),
    "unseen categories": columns(sort=lambda _: "z" * 100),
    "infinite": columns(size=lambda _: np.inf, count=lambda _: -np.inf),
    "huge": columns(size=lambda t: t["size"] * 1e307, count=lambda _: 10**30),
    "other classes": columns(y=lambda _: "maybe"),
    "one class": lambda t: t[t["y"] == 1],
    "lists": columns(size=lambda t: [[1]] * len(t), sort=lambda t: [{"a": 1}] * len(t)),
    "lists as target": columns(y=lambda t: [[1]] * len(t)),
    "objects of no kind": columns(size=lambda t: [object()] * len(t)),
    "complex": columns(size=lambda t: t["size"] + 1j),
    "bytes": columns(sort=lambda _: b"x"),
    "blanks": columns(size=lambda _: "", day=lambda _: " "),
    "one more": lambda t: t.assign(more=1, **{"3": 2}).rename(columns={"3": 3}),
    "one row": lambda t: t.head(1),
    "two rows": lambda t: t.head(2),
    "no row": lambda t: t.head(0),
    "a column twice": lambda t: pd.concat([t, t[["size"]]], axis=1),
}
REAL: dict[str, Change] = {  # oddities that all tables share
    "as it is": lambda t: t,
    "empty columns": columns(none=lambda _: np.nan, no=lambda _: None),
    "constants": columns(one=lambda _: 1, z=lambda _: "z"),
    "unique text": columns(key=lambda t: [f"id-{n:05}" for n in range(len(t))]),
    "long integers": columns(key=lambda t: [2**53 + 7 * n + 1 for n in range(len(t))]),
    "long codes": columns(key=lambda t: [f"{10**19 + n * 7919**3:020}" for n in range(len(t))]),
    "few long codes": columns(key=lambda t: 2**60 + t["count"] % 9),
    "long target": columns(y=lambda t: 2**60 + t["count"] * 12345),
    "a number as target": columns(y=lambda t: t["size"] * 2 + t["count"]),
    "three classes": columns(y=lambda t: t["sort"]),
    "unique target": columns(y=lambda t: [f"n{n}x{n * 7}" for n in range(len(t))]),
    "constant target": columns(y=lambda _: 1),
    "empty target": columns(y=lambda _: np.nan),
    "day as target": columns(y=lambda t: t["day"]),
    "gaps in the target": columns(y=lambda t: t["y"].where(t["count"] > 20)),
    "gaps in all but three": columns(size=lambda t: t["size"].where(np.arange(len(t)) < 3)),
    "target alone": lambda t: t[["y"]],
    "categories alone": lambda t: t[["sort", "y"]],
    "Arrow": SAME["Arrow"],
    "categories": SAME["categories"],
    "huge": columns(size=lambda t: t["size"] * 1e305),
    "infinite": columns(size=lambda _: np.inf),
    "lists": columns(size=lambda t: [[1]] * len(t)),
    "mixed names": lambda t: t.rename(columns={"size": 3}),
    "two a name": lambda t: pd.concat([t, t[["y"]]], axis=1),
    "few rows": lambda t: t.head(25),
}


REFUSED = {  # synthetic tables that a sentence refuses; all others have a report
    "no row": "synthetic table has no rows",
    "a column twice": "holds columns twice: 'size'",
}
REAL_REFUSED = {
    "infinite": "has 48 infinite values",
    "lists": "holds lists, dicts or other nested values",
    "two a name": "holds columns twice: 'y'",
}


@pytest.fixture
def few_metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the metrics that look at tables each in a way of its own."""
    for name in ("detection_boosted", "detection_linear", "coverage", "neighbour_ratio"):
        monkeypatch.delitem(METRICS, name)


def check_report(
    real: pd.DataFrame, synthetic: pd.DataFrame, test: pd.DataFrame | None, learner: str = "linear"
) -> None:
    """Check that a report is JSON, and that no figure is missing without a word."""
    report = evaluate(real, synthetic, target="y", test=test, learners=[learner], repeats=2)
    json.dumps(report.to_dict(), allow_nan=False)
    assert all(score.value is not None or score.note for score in report.utility.scores)
    assert all(result.value is not None or result.note for result in report.readings)
    assert all(verdict.answer and verdict.advice for verdict in report.verdicts)


@pytest.mark.parametrize("seed", range(6))
def test_pairs_of_odd_tables_have_a_report_or_a_sentence(seed: int) -> None:
    rng = np.random.default_rng(seed)
    names = [str(name) for name in rng.permutation(list(ODD))]
    synthetic, test = table(48, 1), table(40, 2)
    for name in names[:2]:
        try:
            synthetic = ODD[name](synthetic)
        except KeyError:  # of a column that a change before took away
            continue
    learner = "gbdt" if seed % 2 else "forest"
    if any(name in REFUSED for name in names[:2]) or names[-1] == "a column twice":
        with pytest.raises(TabganError):
            check_report(table(48, 0), synthetic, ODD[names[-1]](test), learner)
    else:
        check_report(table(48, 0), synthetic, ODD[names[-1]](test), learner)


@pytest.mark.usefixtures("few_metrics")
@pytest.mark.parametrize("name", ODD)
def test_every_odd_synthetic_table_has_a_report(name: str) -> None:
    synthetic, test = ODD[name](table(48, 1)), table(40, 2)
    if name in REFUSED:
        with pytest.raises(TabganError, match=REFUSED[name]):
            check_report(table(48, 0), synthetic, test)
    else:
        check_report(table(48, 0), synthetic, test)


@pytest.mark.usefixtures("few_metrics")
@pytest.mark.parametrize("name", REAL)
def test_every_odd_real_table_has_a_report(name: str) -> None:
    real, synthetic = REAL[name](table(64, 0)), REAL[name](table(48, 1))
    if name in REAL_REFUSED:
        with pytest.raises(TabganError, match=REAL_REFUSED[name]):
            check_report(real, synthetic, None)
    else:
        check_report(real, synthetic, None)


@pytest.mark.parametrize("column", ["size", "sort", "day"])
def test_trees_learn_where_a_column_is_empty(column: str) -> None:
    synthetic = table(48, 1)
    synthetic[column] = None
    report = evaluate(table(48, 0), synthetic, target="y", test=table(40, 2), repeats=2)
    values = {score.arm: score.value for score in report.utility.scores}
    assert values["real + synthetic"] is not None
    assert values["synthetic"] is not None


@pytest.mark.usefixtures("few_metrics")
@pytest.mark.parametrize("name", SAME)
def test_how_values_are_stored_changes_no_figure(name: str) -> None:
    real, synthetic, test = table(64, 0), table(64, 1), table(40, 2)
    expected, found = (
        evaluate(real, made, target="y", test=test, learners=["linear"], repeats=2)
        for made in (synthetic, SAME[name](synthetic))
    )
    assert (found.readings, found.utility) == (expected.readings, expected.utility)
    assert found.notes == expected.notes
