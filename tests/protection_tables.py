"""Made tables of every kind of column, in which a few rows hold values that protection must hide.

Each planted value stands in 1 to k - 1 rows; `without` is the table without all of these rows.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tabgan.schema.column import Name

N_ROWS = 900
MIN_ROWS = 5


@dataclass(frozen=True)
class Planted:
    """A value that a few rows hold.

    Attributes:
        value: As it stands in the table.
        n_rows: That hold it; fewer than `MIN_ROWS`.
        is_apart: Whether it lies beyond all others, or between a few, so that it can never come.
    """

    value: Any
    n_rows: int
    is_apart: bool = True


@dataclass(frozen=True)
class ProtectedTable:
    """A table with planted values.

    Attributes:
        frame: The table.
        planted: Its planted values, by column.
        rows: That hold any of them; (n_rows,).
        declare: Relations to declare.
    """

    frame: pd.DataFrame
    planted: dict[Name, list[Planted]]
    rows: np.ndarray[Any, np.dtype[np.bool_]]
    declare: tuple[str, ...] = ()

    @property
    def without(self) -> pd.DataFrame:
        """The rows that hold none of the planted values."""
        return self.frame[~self.rows].reset_index(drop=True)


def plant(
    frame: pd.DataFrame,
    planted: dict[Name, list[Planted]],
    rng: np.random.Generator,
    declare: tuple[str, ...] = (),
) -> ProtectedTable:
    """Return a table with values planted in rows of their own; gaps are left as they are."""
    frame, is_taken = frame.copy(), np.zeros(len(frame), bool)
    for name, values in planted.items():
        for one in values:
            free = np.flatnonzero(~is_taken & frame[name].notna().to_numpy())
            rows = rng.choice(free, one.n_rows, replace=False)
            is_taken[rows] = True
            cells = frame[name].to_numpy(object).copy()
            for row in rows:
                cells[row] = one.value
            frame[name] = pd.Series(cells, frame.index, name=name).astype(frame[name].dtype)
    return ProtectedTable(frame, planted, is_taken, declare)


def make_numbers(seed: int = 0, n: int = N_ROWS) -> ProtectedTable:
    """Return numbers of few values and of many: whole, fractions, in text, with units, long."""
    rng = np.random.default_rng(seed)
    sizes, units = rng.gamma(3, 9, n), rng.choice(["EUR", "USD"], n)
    frame = pd.DataFrame(
        {
            "grade": rng.integers(1, 13, n),
            "tens": 10 * rng.integers(0, 10, n),
            "zip": rng.integers(10_000, 20_000, n),
            "price": np.exp(rng.normal(3, 0.5, n)).round(2),
            "share": rng.choice([0.125, 0.25, 0.5, 0.75], n),
            "height": rng.normal(170, 9, n),
            "spiked": np.where(rng.random(n) < 0.6, 0.0, rng.gamma(2, 40, n).round(3)),
            "dose": pd.Series(rng.choice(["0.50", "1.00", "2.50"], n)),
            "amount": [f"{size:.2f} {unit}" for size, unit in zip(sizes, units, strict=True)],
            "long": 2**60 + rng.integers(0, 10**9, n),
            "gappy": pd.Series(rng.integers(0, 500, n)).astype("Int64").mask(rng.random(n) < 0.2),
            "wait": pd.to_timedelta(rng.integers(1, 60, n) * 10, unit="s"),
            "member": rng.random(n) < 0.4,
        }
    )
    planted: dict[Name, list[Planted]] = {
        "grade": [Planted(13, 1)],
        "tens": [Planted(35, 2), Planted(-70, 4)],
        "zip": [Planted(49_999, 1), Planted(15_432, 1, is_apart=False)],
        "price": [Planted(98_765.43, 2)],
        "share": [Planted(0.61, 3), Planted(17.25, 1)],
        "height": [Planted(271.828, 1), Planted(-41.5, 4)],
        "spiked": [Planted(54_321.987, 4)],
        "dose": [Planted("2.61", 1), Planted("80.25", 4)],
        "amount": [Planted("77.25 JPY", 3), Planted("98765.25 EUR", 1)],
        "long": [Planted(2**61 + 12_345_678_901, 2)],
        "gappy": [Planted(7_531, 1)],
        "wait": [Planted(pd.Timedelta(173, "s"), 1), Planted(pd.Timedelta(90_061, "s"), 2)],
    }
    return plant(frame, planted, rng)


def make_moments(seed: int = 0, n: int = N_ROWS) -> ProtectedTable:
    """Return dates, zoned and odd moments, text of them, and parts of them."""
    rng = np.random.default_rng(seed)
    day = pd.Timestamp("2023-01-02") + pd.to_timedelta(rng.integers(0, 300, n), "D")
    seen = pd.Timestamp("2024-03-01", tz="Europe/Paris") + pd.to_timedelta(
        rng.integers(0, 10**6, n), "s"
    )
    frame = pd.DataFrame(
        {
            "day": day,
            "seen": seen,
            "written": (day + pd.Timedelta("7D")).strftime("%d.%m.%Y"),
            "clock": [f"{8 + i // 4:02d}:{i % 4 * 15:02d}" for i in rng.integers(0, 40, n)],
            "x": rng.normal(size=n),
        }
    )
    planted: dict[Name, list[Planted]] = {
        "day": [Planted(pd.Timestamp("2031-07-09"), 1), Planted(pd.Timestamp("1931-07-09"), 3)],
        "seen": [Planted(pd.Timestamp("1999-05-05 03:21:17", tz="Europe/Paris"), 2)],
        "written": [Planted("17.11.2038", 1)],
        "clock": [Planted("23:45", 2), Planted("02:15", 4)],
    }
    return plant(frame, planted, rng)


def make_texts(seed: int = 0, n: int = N_ROWS) -> ProtectedTable:
    """Return categories, keys, patterns, marks of gaps and free text."""
    rng = np.random.default_rng(seed)
    words = ["red", "green", "small", "large", "box", "cup", "with", "lid", "old", "new"]
    lengths, area = rng.integers(4, 9, n), rng.choice(["UL", "BN", "HH"], n)
    serial = rng.integers(10**5, size=n)
    hexes = rng.integers(0, 16, (n, 32))
    digits = ["".join("0123456789abcdef"[i] for i in row) for row in hexes]
    frame = pd.DataFrame(
        {
            "number": 1_237 + np.arange(n),
            "code": [f"K-{i:05d}" for i in rng.choice(90_000, n, replace=False)],
            "uuid": [f"{d[:8]}-{d[8:12]}-4{d[13:16]}-a{d[17:20]}-{d[20:]}" for d in digits],
            "plate": [f"{area[i]}-{number:05d}" for i, number in enumerate(serial)],
            "town": rng.choice(["Ulm", "Bonn", "Pau"], n),
            "size": pd.Categorical(
                rng.choice(["S", "M", "L"], n), ["S", "M", "L", "XXXL"], ordered=True
            ),
            "note": [" ".join(rng.choice(words, k)) for k in lengths],
            "level": rng.choice(["1", "2", "3", "?", "n/a"], n),
        }
    )
    planted: dict[Name, list[Planted]] = {
        "number": [Planted(2_187, 1)],
        "code": [Planted("ZQX/77/W", 1)],
        "plate": [Planted("WXYZ 47-11", 2)],
        "town": [Planted("Atlantis", 4)],
        "size": [Planted("XXXL", 2)],
        "note": [Planted("red xylograph with large quux cup", 1)],
        "level": [Planted("unknown", 2)],
    }
    return plant(frame, planted, rng)


def make_facts(seed: int = 0, n: int = N_ROWS) -> ProtectedTable:
    """Return columns that follow from others, or whose gaps do."""
    rng = np.random.default_rng(seed)
    town = rng.choice(["Ulm", "Bonn", "Pau", "Nice"], n)
    make = rng.choice(["vw", "seat", "fiat"], n)
    doors = np.where(make == "fiat", 3, rng.choice([3, 5], n))
    fare, tip = rng.gamma(4, 3, n).round(2), rng.gamma(2, 1, n).round(2)
    picked = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 90 * 1440, n), "min")
    paid = rng.random(n) < 0.2
    quoted = rng.choice(np.arange(20, 400), n)
    frame = pd.DataFrame(
        {
            "town": town,
            "land": pd.Series(town).map({"Ulm": "DE", "Bonn": "DE", "Pau": "FR", "Nice": "FR"}),
            "make": make,
            "doors": doors,
            "fare": fare,
            "tip": tip,
            "total": (fare + tip + rng.choice([0.5, 1.0], n)).round(2),
            "picked": picked,
            "dropped": picked + pd.to_timedelta(rng.integers(1, 90, n), "min"),
            "month": picked.strftime("%m"),
            "celsius": (c := rng.normal(12, 6, n).round(1)),
            "fahrenheit": (1.8 * c + 32).round(2),
            "paid": np.where(paid, "yes", "no"),
            "sum": pd.Series(rng.normal(90, 9, n).round(2)).where(paid),
            "quoted": quoted,
            "billed": np.where(rng.random(n) < 0.6, quoted, rng.choice(np.arange(20, 400), n)),
        }
    )
    table = plant(frame, {"town": [Planted("Atlantis", 4)], "sum": [Planted(98_765.43, 1)]}, rng)
    frame, rows = table.frame, table.rows.copy()
    frame.loc[frame["town"] == "Atlantis", "land"] = "Lemuria"
    rare = np.flatnonzero(~rows)[:3]
    frame.loc[rare, ["make", "doors"]] = "trabant", 77
    last = np.flatnonzero(~rows)[-2:]
    frame.loc[last, "fare"] = 54_321.75
    frame.loc[last, "total"] = (frame["fare"] + frame["tip"] + 0.5).round(2)[last]
    frame.loc[last, "dropped"] = pd.Timestamp("2041-03-03 07:07")
    rows[rare] = rows[last] = True
    planted = table.planted | {
        "land": [Planted("Lemuria", 4)],
        "make": [Planted("trabant", 3)],
        "doors": [Planted(77, 3)],
        "fare": [Planted(54_321.75, 2)],
        "dropped": [Planted(pd.Timestamp("2041-03-03 07:07"), 2)],
    }
    declare = ("combinations of make, doors", "total = fare + tip + rest")
    return ProtectedTable(frame, planted, rows, declare)


TABLES = {
    "numbers": make_numbers,
    "moments": make_moments,
    "texts": make_texts,
    "facts": make_facts,
}
