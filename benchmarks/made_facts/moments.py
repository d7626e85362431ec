"""Spans, ages, parts of moments in other zones, compact forms."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from benchmarks.made_facts.made_fact import Columns, MadeFact, Rng, equal, near, noise

KIND = "time"
Frame = pd.DataFrame
DAY = pd.Timestamp("2024-06-30")


def make_columns(rng: Rng, n: int) -> Columns:
    """Return what the facts of this room follow from."""
    start = pd.Timestamp("2021-01-04") + pd.to_timedelta(rng.integers(0, 9 * 10**7, n), unit="s")
    days = pd.Timestamp("2022-01-01") + pd.to_timedelta(rng.integers(0, 700, n), unit="D")
    return {
        "start": start,
        "end": start + pd.to_timedelta(rng.integers(30, 300_000, n), unit="s"),
        "ordered": days,
        "delivered": days + pd.to_timedelta(rng.integers(0, 30, n), unit="D"),
        "minutes": rng.integers(5, 600, n),
        "born": pd.Timestamp("1940-01-01") + pd.to_timedelta(rng.integers(0, 24_000, n), unit="D"),
        "hour": rng.integers(0, 24, n),
        "minute": rng.integers(0, 60, n),
    } | noise(rng, n)


def timed(
    name: str, sources: str, compute: Callable[[Frame], Any], *, is_near: bool = False
) -> MadeFact:
    """Return a fact of moments."""
    names = tuple(sources.split())

    def make(rng: Rng, n: int) -> Columns:
        every = make_columns(rng, n)
        return {key: every[key] for key in (*names, "region", "noise", "visits")}

    holds = near("z", compute) if is_near else equal("z", compute)
    return MadeFact(KIND, name, make, "z", compute, holds, names)


def _years(later: Any, born: Any) -> Any:
    """Return full years from a birthday to a day."""
    before = (born.dt.month * 100 + born.dt.day) > (later.month * 100 + later.day)
    return later.year - born.dt.year - before.astype("int64")


def _local(frame: Frame) -> Any:
    return frame.start.dt.tz_localize("UTC").dt.tz_convert("America/New_York").dt


FACTS: tuple[MadeFact, ...] = (
    timed("seconds between", "start end", lambda d: (d.end - d.start).dt.total_seconds()),
    timed("whole days between", "ordered delivered", lambda d: (d.delivered - d.ordered).dt.days),
    timed(
        "hours between",
        "start end",
        lambda d: ((d.end - d.start).dt.total_seconds() / 3_600).round(2),
    ),
    timed(
        "weeks between, cut", "ordered delivered", lambda d: (d.delivered - d.ordered).dt.days // 7
    ),
    timed("age on a day", "born", lambda d: _years(DAY, d.born)),
    timed(
        "moment and minutes", "start minutes", lambda d: d.start + pd.to_timedelta(d.minutes, "min")
    ),
    timed("hour in New York", "start", lambda d: _local(d).hour),
    timed("day in New York", "start", lambda d: _local(d).day),
    timed("epoch seconds", "start", lambda d: d.start.astype("datetime64[s]").astype("int64")),
    timed(
        "epoch milliseconds", "start", lambda d: d.start.astype("datetime64[ms]").astype("int64")
    ),
    timed("year and month", "start", lambda d: d.start.dt.year * 100 + d.start.dt.month),
    timed("compact date", "ordered", lambda d: d.ordered.dt.strftime("%Y%m%d").astype("int64")),
    timed("clock as a number", "hour minute", lambda d: d.hour * 100 + d.minute),
    timed("minutes of the day", "hour minute", lambda d: d.hour * 60 + d.minute),
    timed("fiscal quarter", "start", lambda d: (d.start.dt.month + 5) % 12 // 3 + 1),
    timed("week of the year", "start", lambda d: d.start.dt.isocalendar().week.astype("int64")),
)
