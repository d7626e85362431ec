"""Tables whose models hold every encoder and every kind of relation; they are mutated.

>>> sorted(TABLES)[:3]
['amounts', 'categories', 'combinations']
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

N = 240


@dataclass(frozen=True)
class BaseTable:
    """A table, and how it is fitted.

    Attributes:
        make: Returns it.
        options: Of `TabGAN`.
        kinds: Changes the kinds that columns are taken for, by name: entries of a schema's columns.
    """

    make: Callable[[np.random.Generator], pd.DataFrame]
    options: Mapping[str, Any] = field(default_factory=dict)
    kinds: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def _gaps(rng: np.random.Generator, values: Any, mark: Any = None, share: float = 0.1) -> list[Any]:
    return [mark if rng.random() < share else value for value in values]


def _numbers(rng: np.random.Generator) -> pd.DataFrame:
    price = rng.gamma(2, 30, N).round(2)
    return pd.DataFrame(
        {
            "price": _gaps(rng, price, np.nan),
            "spikes": np.where(rng.random(N) < 0.5, 0.0, rng.normal(size=N)),
            "steps": rng.integers(0, 400, N) * 0.25,
            "count": pd.Series(rng.poisson(3, N), dtype="Int64").mask(rng.random(N) < 0.1),
            "long": pd.Series(2**61 + rng.integers(0, 10**15, N)).where(rng.random(N) < 0.5, 2**61),
            "single": rng.normal(size=N).astype("float32"),
            "exact": pd.Series([Decimal(f"{v:.2f}") for v in price], dtype=object),
            "took": pd.to_timedelta(rng.integers(0, 90, N) * 15, "min"),
        }
    )


def _texts(rng: np.random.Generator) -> pd.DataFrame:
    words = ["the", "red", "train", "was", "late", "again", "and", "nobody", "knew", "why"]
    first, letters = ["Ann", "Bob", "Cleo", "Dora", "Eve"], list("abcdefgh")
    return pd.DataFrame(
        {
            "id": [f"C-{v:06d}" for v in range(N)],
            "number": rng.permutation(N),
            "mixed_id": [f"{v}" if v % 2 else f"X{v:08d}" for v in range(N)],
            "mail": [
                f"{rng.choice(first).lower()}.{v}@{rng.choice(['x.org', 'y.net'])}"
                for v in range(N)
            ],
            "plate": [f"{rng.choice(['B', 'HH'])}-{rng.integers(1, 9999)}" for _ in range(N)],
            "uuid": ["".join(rng.choice(letters, 12)) for _ in range(N)],
            "remark": [" ".join(rng.choice(words, 7)) for _ in range(N)],
        }
    )


def _names(rng: np.random.Generator) -> pd.DataFrame:
    names = [f"{first} {last}" for first in ("Ann", "Bob", "Eve") for last in ("Ash", "Oak", "Fox")]
    return pd.DataFrame({"name": rng.choice(names, N), "age": rng.integers(0, 90, N)})


def _times(rng: np.random.Generator) -> pd.DataFrame:
    day = pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 700, N), "D")
    moment = pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 10**6, N), "min")
    return pd.DataFrame(
        {
            "day": day,
            "zoned": pd.Series(moment).dt.tz_localize("UTC").dt.tz_convert("Europe/Berlin"),
            "written": _gaps(rng, moment.strftime("%d/%m/%Y %H:%M")),
            "clock": moment.strftime("%H:%M"),
            "monthly": day.to_period("M").to_timestamp(),
            "date": pd.Series(list(day.date), dtype=object),
            "arrow": pd.Series(day).astype("timestamp[us][pyarrow]"),
        }
    )


def _categories(rng: np.random.Generator) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "city": _gaps(rng, rng.choice(["Ulm", "Köln", "Rome"], N, p=[0.6, 0.3, 0.1])),
            "grade": pd.Categorical(rng.choice([1, 2, 3], N), [1, 2, 3, 4], ordered=True),
            "left": rng.random(N) < 0.3,
            "maybe": pd.Series(rng.random(N) < 0.3).astype("boolean").mask(rng.random(N) < 0.2),
            "same": ["x"] * N,
            "none": [None] * N,
            "sparse": pd.arrays.SparseArray(np.where(rng.random(N) < 0.8, 0, 5)),
            "rare": [f"r{int(v)}" for v in rng.geometric(0.2, N)],
        }
    )


def _amounts(rng: np.random.Generator) -> pd.DataFrame:
    size = rng.gamma(2, 30, N)
    return pd.DataFrame(
        {
            "size": [f"{v:.1f} {'MB' if v > 30 else 'GB'}" for v in size],
            "paid": [f"$ {v:,.2f}" for v in size],
            "share": _gaps(rng, [f"{v:.1f}%" for v in size], "?"),
            "marked": _gaps(rng, _gaps(rng, [f"{v:.2f}" for v in size], "?"), "N/A"),
            "marked_day": _gaps(
                rng,
                _gaps(rng, [f"2024-0{m}-1{d}" for m, d in rng.integers(1, 9, (N, 2))], "-"),
                "n.a.",
            ),
        }
    )


def _sums(rng: np.random.Generator) -> pd.DataFrame:
    net, tax = rng.gamma(2, 30, N).round(2), rng.gamma(2, 3, N).round(2)
    celsius = rng.normal(10, 9, N).round(1)
    return pd.DataFrame(
        {
            "net": net,
            "tax": tax,
            "total": (net + tax).round(2),
            "celsius": celsius,
            "fahrenheit": (celsius * 1.8 + 32).round(2),
            "cents": (net * 100).round(),
            "items": rng.integers(1, 9, N),
            "fee": (net / 50 + rng.gamma(1, 0.1, N)).round(2),
        }
    )


def _orders(rng: np.random.Generator) -> pd.DataFrame:
    start = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 400, N), "D")
    quoted = rng.integers(1, 90, N)
    low = rng.normal(size=N)
    return pd.DataFrame(
        {
            "start": start,
            "end": start + pd.to_timedelta(rng.integers(0, 40, N), "D"),
            "low": low,
            "high": low + rng.gamma(2, 1, N),
            "quoted": quoted,
            "billed": np.where(rng.random(N) < 0.7, quoted, rng.integers(1, 90, N)),
        }
    )


def _lookups(rng: np.random.Generator) -> pd.DataFrame:
    city = rng.choice(["Ulm", "Köln", "Rome", "Bari"], N)
    day = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 1500, N), "D")
    return pd.DataFrame(
        {
            "city": city,
            "country": np.where(np.isin(city, ["Ulm", "Köln"]), "DE", "IT"),
            "day": day,
            "year": day.year,
            "month": day.month,
            "weekday": day.day_name(),
            "amount": rng.normal(size=N),
        }
    )


def _combinations(rng: np.random.Generator) -> pd.DataFrame:
    pairs = np.array([("vw", 3), ("vw", 5), ("seat", 5), ("fiat", 2)], dtype=object)
    rows = pairs[rng.integers(0, 4, N)]
    return pd.DataFrame(
        {
            "make": list(rows[:, 0]),
            "doors": pd.Series(list(rows[:, 1])).astype("int64"),
            "age": rng.integers(1, 30, N),
            "job": rng.choice(["no", "yes"], N),
        }
    )


def _gaps_together(rng: np.random.Generator) -> pd.DataFrame:
    gone, kind = rng.random(N) < 0.3, rng.choice(["a", "b", "c"], N)
    fare = rng.integers(5, 90, N)
    return pd.DataFrame(
        {
            "tip": np.where(kind == "c", 0.0, rng.gamma(2, 3, N).round(2)),
            "kind": kind,
            "fare": fare,
            "paid": np.where(kind == "a", fare + 3, rng.integers(5, 90, N)),
            "x": pd.Series(rng.normal(size=N)).mask(gone),
            "y": pd.Series(rng.integers(0, 9, N).astype(float)).mask(gone),
            "z": pd.Series(rng.normal(size=N)).mask(kind == "a"),
            "w": pd.Series(rng.normal(size=N)).mask((kind == "b") & (rng.random(N) < 0.7)),
        }
    )


def _gates(rng: np.random.Generator) -> pd.DataFrame:
    age, plan = rng.integers(1, 80, N), rng.choice(["free", "full"], N)
    return pd.DataFrame(
        {
            "age": age,
            "plan": plan,
            "wage": pd.Series(rng.gamma(2, 900, N).round()).mask(age < 16),
            "fee": np.where(plan == "free", 0.0, rng.gamma(2, 3, N).round(2)),
        }
    )


def _many_rows(rng: np.random.Generator) -> pd.DataFrame:
    n = 2_000
    x = rng.normal(size=n)
    return pd.DataFrame(
        {
            "x": x,
            "y": x + rng.normal(size=n),
            "kind": rng.choice(["a", "b", "c"], n),
            "count": rng.poisson(4, n),
        }
    )


REFINED = {"refine_rounds": 1, "refine_rows": 1_000, "candidates": 4}
TABLES: Mapping[str, BaseTable] = {
    "numbers": BaseTable(_numbers),
    "texts": BaseTable(_texts),
    "times": BaseTable(_times),
    "categories": BaseTable(_categories, {"target": "left"}),
    "amounts": BaseTable(_amounts),
    "sums": BaseTable(_sums, {"declare": ["fee nearly = net / 50"]}),
    "orders": BaseTable(_orders, {"declare": ["billed often = quoted"]}),
    "lookups": BaseTable(_lookups, {"target": "amount"}),
    "combinations": BaseTable(
        _combinations, {"declare": ["combinations of make, doors", "age >= 1 or job = 'none'"]}
    ),
    "gaps": BaseTable(_gaps_together),
    "gates": BaseTable(
        _gates,
        {
            "declare": [
                "fee = 0 exactly where plan = 'free'",
                "wage missing exactly where age < 16",
            ]
        },
    ),
    "refined": BaseTable(_many_rows, {"config": REFINED}),
    "names": BaseTable(_names, kinds={"name": {"kind": "text", "faker": "name"}}),
    "protected": BaseTable(_many_rows, {"config": REFINED, "protect": True, "target": "kind"}),
}
