"""The calendar that a column of datetimes stands on: how its days are read, and its times of day.

Of the readings that all values allow, the one is taken that says least: each part's distribution is
compared with what a constant rate of rows a day would give, by the Bayesian information criterion
(Schwarz 1978), divided by the overdispersion of days (McCullagh and Nelder 1989, section 4.5).

>>> days = pd.bdate_range("2023-01-02", "2023-12-29")
>>> print(CalendarGrid.infer(np.repeat(to_ticks(days), 3)))
weekday
>>> print(CalendarGrid.infer(to_ticks(pd.date_range("2023-01-01", periods=99, freq="15min"))))
15min
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from tabgan.errors import SchemaError
from tabgan.schema.arrays import Floats, Indices
from tabgan.schema.day_readings import DAY_READINGS, EPOCH_WEEKDAY, WEEKEND
from tabgan.state_reader import show_value

SECOND = 1_000_000  # microseconds, as all ticks here
DAY = 86_400 * SECOND
MOMENT = "moment"
MAX_LISTED = 32  # distinct moments: no more are learned one by one, whatever calendar they have
MIN_SPANS = {  # days that show such a pattern
    "weekday": 28,
    "month": 180,
    "month-end": 180,
    "business-month": 180,
    "business-month-end": 180,
}
MIN_GAIN = 3.0  # nats, of the criterion
MIN_GAIN_PER_ROW = 0.01  # nats: what is weaker is not worth another part
MIN_ON_GRID = 0.985  # of the values: a few odd ones do not set the step
MAX_ODD_SHARE = 0.25  # of the values, where fewer than k are dropped
STEPS: Mapping[str, int] = {  # of times of day, falling
    "1D": DAY,
    "12h": DAY // 2,
    "6h": DAY // 4,
    "3h": DAY // 8,
    "1h": 3_600 * SECOND,
    "30min": 1_800 * SECOND,
    "15min": 900 * SECOND,
    "10min": 600 * SECOND,
    "5min": 300 * SECOND,
    "1min": 60 * SECOND,
    "30s": 30 * SECOND,
    "15s": 15 * SECOND,
    "10s": 10 * SECOND,
    "5s": 5 * SECOND,
    "1s": SECOND,
    "100ms": SECOND // 10,
    "10ms": SECOND // 100,
    "1ms": SECOND // 1_000,
    "1us": 1,
}


def to_ticks(datetimes: "pd.DatetimeIndex | pd.Series[pd.Timestamp]") -> Indices:
    """Return datetimes without a zone as microseconds since 1970; shape (n,)."""
    return np.asarray(datetimes.to_numpy().astype("datetime64[us]").astype(np.int64))


@dataclass(frozen=True)
class CalendarGrid:
    """How datetimes are read.

    Attributes:
        reading: One of `DAY_READINGS`, learned beside the time of day; or `MOMENT`: one number.
        step: Name of the step, of `STEPS`, between times of day, or between moments.
    """

    reading: str
    step: str

    def __str__(self) -> str:
        if self.reading == MOMENT:
            return self.step
        return self.reading if self.step == "1D" else f"{self.reading} {self.step}"

    def describe(self) -> str:
        """Return it in words for a message."""
        steps = "" if self.step == "1us" else f" on a grid of {self.step}"
        return steps.strip() if self.reading == MOMENT else f"learned by {self.reading}{steps}"

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read what `str` writes: `15min`, `weekday`, `month-end 1h`.

        Raises:
            SchemaError: It names no reading of the day and no step.
        """
        words = text.split()
        reading = words.pop(0) if words and words[0] in DAY_READINGS else MOMENT
        step = words.pop(0) if words and words[0] in STEPS else None
        if words or (step is None and reading == MOMENT):
            raise SchemaError(
                f"the grid {show_value(text)} is none; give a step such as "
                f"{', '.join(list(STEPS)[4:10])}, or {', '.join(DAY_READINGS)} with or without a "
                "step behind it."
            )
        return cls(reading, step or "1D")

    @classmethod
    def infer(cls, ticks: Indices) -> Self:
        """Return the grid of local datetimes, microseconds since 1970 of shape (n,), n > 0."""
        step = find_step(ticks)
        day, time = ticks // DAY, ticks % DAY
        if (day == day[0]).all() or len(pd.unique(ticks)) <= MAX_LISTED:
            return cls(MOMENT, step)
        reading = _read_days(day)
        if step == "1D":
            return cls(MOMENT, step) if reading == "day" else cls(reading, step)
        if reading == "day" and not _shows_times(time):
            return cls(MOMENT, step)
        return cls(reading, find_step(time))


def drop_odd(ticks: Indices, k: int) -> Indices:
    """Return datetimes without those off the grid of the others, if they are fewer than k; (n,)."""
    for step in STEPS.values():
        is_odd = ticks % step != find_anchor(ticks, step)
        if np.count_nonzero(is_odd) < min(k, MAX_ODD_SHARE * len(ticks)):
            return np.asarray(ticks[~is_odd])
    return ticks


def find_step(ticks: Indices) -> str:
    """Return the widest step that nearly all values lie apart, whatever the first one is."""
    for name, step in STEPS.items():
        residue = find_anchor(ticks, step)
        share = float((ticks % step == residue).mean())
        if share == 1 or (share >= MIN_ON_GRID and len(ticks) >= 1_000):
            return name
    return "1us"


def find_anchor(ticks: Indices, step: int) -> int:
    """Return what most values leave when divided by a step."""
    sample = ticks[:: max(1, len(ticks) // 200)] % step
    values, counts = np.unique(sample, return_counts=True)
    return int(values[counts.argmax()])


def _read_days(day: Indices) -> str:
    """Return the reading of days whose second part departs most from a constant rate of rows."""
    first, span = int(day.min()), int(day.max() - day.min()) + 1
    if span > len(day) * 1_000 or len(day) < MAX_LISTED:
        return "day"
    counts = np.bincount(day - first, minlength=span).astype(np.float64)
    days = np.arange(first, first + span)
    weekend = (days + EPOCH_WEEKDAY) % 7 >= WEEKEND
    gains = {}
    for name, min_span in MIN_SPANS.items():
        if span >= min_span and not (name.startswith("business") and counts[weekend].any()):
            labels = DAY_READINGS[name].split(days)[1]
            if name.startswith("business"):
                labels = np.where(weekend, labels.max() + 1, labels)
            gains[name] = _gain(labels, counts)
    best = max(gains, key=gains.__getitem__, default="day")
    return best if gains.get(best, 0.0) > MIN_GAIN else "day"


def _shows_times(time: Indices) -> bool:
    """Return whether times of day depart from being as frequent all around the clock."""
    lag = int(np.gcd.reduce(time - time.min()))
    n_slots = DAY // lag if DAY % lag == 0 and DAY // lag < 1_440 else 24
    slots = (time - time.min() % lag) * n_slots // DAY
    counts = np.bincount(slots, minlength=n_slots).astype(np.float64)
    labels = np.arange(n_slots) * min(24, n_slots) // n_slots
    return _gain(labels, counts, dispersion=1.0) > MIN_GAIN


def _gain(labels: Indices, counts: Floats, dispersion: float | None = None) -> float:
    """Return what telling labels apart gains over one rate for all, in nats; 0 for a trifle.

    Args:
        labels: Of each day, or time of day; shape (n,).
        counts: Rows of each; shape (n,).
        dispersion: Variance over mean of counts of one label; estimated when None.
    """
    rows, sizes = np.bincount(labels, counts), np.bincount(labels)
    expected = counts.sum() * sizes / len(labels)
    likely = rows > 0
    gain = float((rows[likely] * np.log(rows[likely] / expected[likely])).sum())
    if gain < MIN_GAIN_PER_ROW * counts.sum():
        return 0.0
    if dispersion is None:
        mean = (rows / np.maximum(sizes, 1))[labels]
        known = mean > 0
        dispersion = float(((counts[known] - mean[known]) ** 2 / mean[known]).mean())
    n_labels = int((sizes > 0).sum())
    return gain / max(1.0, dispersion) - (n_labels - 1) / 2 * float(np.log(counts.sum()))
