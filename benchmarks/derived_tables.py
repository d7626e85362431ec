"""Made tables of derived columns under odd dtypes, each with a fact that its rows must keep.

    python -m benchmarks.derived_tables [--only zoned,int8] [--rows 4000] [--seed 0] [--protect]

The facts are checked on rows as users get them, and on the file that those are written to, by
arithmetic of pandas that knows nothing of how rows are restored.
"""

import argparse
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from tabgan.config import NO_PROTECTION, Protection, TrainingConfig
from tabgan.encoding.column_encoder import EncoderConfig
from tabgan.encoding.encoded_table import EncodedTable
from tabgan.encoding.table_encoder import TableEncoder
from tabgan.relations import RelationSet
from tabgan.schema import TableSchema
from tabgan.schema.precision import float_dtype

Series = "pd.Series[Any]"
Fact = Callable[[pd.DataFrame], Any]
ZONES = ("Asia/Kathmandu", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe")
UNITS = ("s", "ms", "us", "ns")


@dataclass(frozen=True)
class DerivedTable:
    """A table, and what holds in every row of it.

    Attributes:
        name: Says what is odd about it.
        frame: The table; (n_rows, n_columns).
        fact: Returns which rows of a frame keep the fact, (n_rows,).
    """

    name: str
    frame: pd.DataFrame
    fact: Fact


def iter_tables(n_rows: int = 1_000, seed: int = 0) -> Iterator[DerivedTable]:
    """Yield every made table."""
    for make in (
        _zoned, _dates, _units, _durations, _decimals, _small_ints, _small_floats, _nullable,
        _texts, _pairs, _sums, _look_ups, _percentages, _chains, _parts, _gaps, _ends, _long, _odd,
    ):  # fmt: skip
        yield from make(np.random.default_rng(seed), n_rows)


def _table(name: str, fact: Fact, columns: Mapping[str, Any], rng: np.random.Generator):
    frame = pd.DataFrame(columns)
    frame["noise"] = rng.normal(size=len(frame))
    assert np.asarray(fact(frame), bool).all(), name
    return DerivedTable(name, frame, fact)


def _moments(rng, n, unit="us", start="2021-01-01", days=900, step=60):
    first = np.datetime64(start, "s").astype(np.int64)
    seconds = first + rng.integers(0, days * 86_400 // step, n) * step
    return pd.Series(pd.DatetimeIndex(seconds.astype("datetime64[s]")).as_unit(unit))


def _zoned(rng, n):
    for zone in ZONES:
        for unit in ("s", "ns"):
            local = _moments(rng, n, unit, step=86_400)
            t = local.dt.tz_localize(zone, nonexistent="shift_forward", ambiguous=True)
            for other in (zone, "UTC", None):
                day = (t + pd.Timedelta(minutes=345)).dt.tz_convert(other)
                yield _table(
                    f"zoned midnights {zone} {unit} +345 min in {other}",
                    lambda f: (
                        f["day"].dt.tz_localize("UTC") if f["day"].dt.tz is None else f["day"]
                    ).eq(f["t"] + pd.Timedelta(minutes=345)),
                    {"t": t, "day": day},
                    rng,
                )
        t = _moments(rng, n, "us", step=1_800).dt.tz_localize("UTC").dt.tz_convert(zone)
        yield _table(
            f"zoned {zone} half hours, due 2 days later",
            lambda f: (f["due"] - f["t"]).eq(pd.Timedelta(days=2)),
            {"t": t, "due": t + pd.Timedelta(days=2)},
            rng,
        )
        walls = t.dt.tz_localize(None)
        yield _table(
            f"zoned {zone} and its wall time",
            lambda f: f["t"].dt.tz_localize(None).eq(f["wall"]),
            {"t": t, "wall": walls},
            rng,
        )
        yield _table(
            f"zoned {zone} order",
            lambda f: f["t"] < f["end"],
            {"t": t, "end": t + pd.to_timedelta(rng.integers(1, 200, n), "h")},
            rng,
        )


def _dates(rng, n):
    t = _moments(rng, n, "us", step=1)
    for dtype in ("date32[pyarrow]", "date64[pyarrow]"):
        day = t.dt.normalize().astype(dtype)
        due = (t.dt.normalize() + pd.Timedelta(days=30)).astype(dtype)
        yield _table(
            f"{dtype} of a moment",
            lambda f: f["t"].dt.normalize().eq(pd.to_datetime(f["day"])),
            {"t": t, "day": day},
            rng,
        )
        yield _table(
            f"{dtype} and 30 days later",
            lambda f: (pd.to_datetime(f["due"]) - pd.to_datetime(f["day"])).eq(
                pd.Timedelta(days=30)
            ),
            {"day": day, "due": due},
            rng,
        )
        late = (t.dt.normalize() + pd.to_timedelta(rng.integers(1, 9, n), "D")).astype(dtype)
        yield _table(
            f"{dtype} before another",
            lambda f: pd.to_datetime(f["late"]) > pd.to_datetime(f["day"]),
            {"day": day, "late": late},
            rng,
        )
        moment = t.dt.normalize() + pd.to_timedelta(rng.integers(86_400, 700_000, n), "s")
        yield _table(
            f"{dtype} before a moment",
            lambda f: f["moment"] > pd.to_datetime(f["day"]),
            {"day": day, "moment": moment},
            rng,
        )
    objects = t.dt.date
    yield _table(
        "dates as objects, a week later",
        lambda f: (pd.to_datetime(f["due"]) - pd.to_datetime(f["day"])).eq(pd.Timedelta(days=7)),
        {"day": objects, "due": (t + pd.Timedelta(days=7)).dt.date},
        rng,
    )
    period = t.dt.to_period("M")
    yield _table(
        "months as periods, before a moment",
        lambda f: f["t"] >= f["month"].dt.to_timestamp(),
        {"month": period, "t": t},
        rng,
    )


def _units(rng, n):
    for unit in UNITS:
        t = _moments(rng, n, unit)
        step = pd.Timedelta(1, unit)
        t = t + (rng.integers(0, 10**6, n) * step if unit != "s" else 0 * step)
        for steps in (1, 1_001):
            yield _table(
                f"datetime64[{unit}] and {steps} steps later",
                lambda f, d=steps * step: (f["late"] - f["t"]).eq(d),
                {"t": t, "late": t + steps * step},
                rng,
            )
        yield _table(
            f"datetime64[{unit}] strictly before another",
            lambda f: f["late"] > f["t"],
            {"t": t, "late": t + rng.integers(1, 1_000, n) * step},
            rng,
        )
        for other in UNITS:
            yield _table(
                f"datetime64[{unit}] and its {other}",
                lambda f, u=unit, o=other: f["t"].astype(f"M8[{o}]").eq(f["other"]),
                {"t": t, "other": t.astype(f"M8[{other}]")},
                rng,
            )


def _durations(rng, n):
    for unit in UNITS:
        start = _moments(rng, n, unit)
        took = pd.Series(rng.integers(1, 9_000, n)).astype(f"m8[{unit}]")
        yield _table(
            f"timedelta64[{unit}] doubled",
            lambda f: f["twice"].eq(f["took"] * 2),
            {"took": took, "twice": took * 2},
            rng,
        )
        more = pd.Series(rng.integers(1, 9_000, n)).astype(f"m8[{unit}]")
        yield _table(
            f"timedelta64[{unit}] added up",
            lambda f: f["both"].eq(f["took"] + f["more"]),
            {"took": took, "more": more, "both": took + more},
            rng,
        )
        yield _table(
            f"timedelta64[{unit}] before another",
            lambda f: f["both"] > f["took"],
            {"took": took, "both": took + more, "start": start},
            rng,
        )
    arrow = pd.Series(rng.integers(1, 9_000, n)).astype("m8[ms]").astype("duration[ms][pyarrow]")
    yield _table(
        "Arrow durations tripled",
        lambda f: f["triple"].eq(f["took"] * 3),
        {"took": arrow, "triple": arrow * 3},
        rng,
    )


def _decimals(rng, n):
    cents = rng.integers(1, 10**6, (2, n))
    one, two = ([Decimal(int(c)).scaleb(-2) for c in part] for part in cents)
    objects = {"net": one, "tip": two, "total": [a + b for a, b in zip(one, two, strict=True)]}
    fact: Fact = lambda f: [
        a + b == c for a, b, c in zip(f["net"], f["tip"], f["total"], strict=True)
    ]
    yield _table("Decimal objects added up", fact, objects, rng)
    arrow = {
        name: pd.Series(v).astype(pd.ArrowDtype(pa.decimal128(12, 2)))
        for name, v in objects.items()
    }
    yield _table("Arrow decimals added up", fact, arrow, rng)
    tax = [(a * 19 / 100).quantize(Decimal("0.01"), ROUND_HALF_UP) for a in one]
    yield _table(
        "Decimal tax rounded half up",
        lambda f: [
            abs(t - a * 19 / 100) <= Decimal("0.005")
            for a, t in zip(f["net"], f["tax"], strict=True)
        ],
        {"net": one, "tax": tax},
        rng,
    )
    yield _table(
        "Decimal strictly below another",
        lambda f: [a < b for a, b in zip(f["low"], f["high"], strict=True)],
        {"low": one, "high": [a + b for a, b in zip(one, two, strict=True)]},
        rng,
    )


def _small_ints(rng, n):
    for dtype in ("int8", "uint8", "int16", "Int8", "UInt8", "int8[pyarrow]", "uint8[pyarrow]"):
        plain = dtype.lower().removesuffix("[pyarrow]")
        low, high = np.iinfo(plain).min, np.iinfo(plain).max
        x = rng.integers(low, high - 4, n)
        x[:5] = low, high - 5, high - 5, low, high - 6
        series = pd.Series(x).astype(dtype)
        yield _table(
            f"{dtype} + 5 up to its end",
            lambda f: (f["y"].astype(float) - f["x"].astype(float)).eq(5),
            {"x": series, "y": pd.Series(x + 5).astype(dtype)},
            rng,
        )
        a, b = rng.integers(0, high // 2, (2, n))
        yield _table(
            f"{dtype} added up near its end",
            lambda f: f["c"].astype(float).eq(f["a"].astype(float) + f["b"].astype(float)),
            {k: pd.Series(v).astype(dtype) for k, v in {"a": a, "b": b, "c": a + b}.items()},
            rng,
        )
        top = np.minimum(x + rng.integers(1, 40, n), high)
        yield _table(
            f"{dtype} strictly below another up to its end",
            lambda f: f["x"].astype(float) < f["top"].astype(float),
            {"x": pd.Series(np.minimum(x, high - 1)).astype(dtype),
             "top": pd.Series(np.maximum(top, np.minimum(x, high - 1) + 1)).astype(dtype)},
            rng,
        )  # fmt: skip


def _small_floats(rng, n):
    for dtype in ("float16", "float32", "Float32", "float[pyarrow]"):
        plain = np.float16 if dtype == "float16" else np.float32
        x = rng.uniform(-90, 90, n).round(1).astype(plain)
        for factor, offset in ((2, 0), (1, 0.1), (1.1, 0), (1.8, 32), (0.001, 0)):
            y = (x.astype(plain) * plain(factor) + plain(offset)).astype(plain)
            yield _table(
                f"{dtype} times {factor} plus {offset}",
                lambda f, a=factor, b=offset, p=plain: np.isclose(
                    f["y"].astype(float),
                    f["x"].astype(float) * a + b,
                    rtol=8 * float(np.finfo(p).eps),
                    atol=8 * float(np.finfo(p).eps) * (abs(b) + 1),
                ),
                {"x": pd.Series(x).astype(dtype), "y": pd.Series(y).astype(dtype)},
                rng,
            )
        more = rng.uniform(0, 90, n).round(1).astype(plain) + plain(0.1)
        yield _table(
            f"{dtype} strictly below another",
            lambda f: f["x"].astype(float) < f["top"].astype(float),
            {"x": pd.Series(x).astype(dtype), "top": pd.Series(x + more).astype(dtype)},
            rng,
        )
        a, b = rng.integers(0, 900, (2, n)) / 4
        parts = {"a": a, "b": b, "c": a + b}
        yield _table(
            f"{dtype} quarters added up",
            lambda f: f["c"].astype(float).eq(f["a"].astype(float) + f["b"].astype(float)),
            {k: pd.Series(v.astype(plain)).astype(dtype) for k, v in parts.items()},
            rng,
        )
    x, y = rng.uniform(0, 90, (2, n)).round(2)
    yield _table(
        "float64 cents added up",
        lambda f: f["z"].eq((f["x"] + f["y"]).round(2)),
        {"x": x, "y": y, "z": (x + y).round(2)},
        rng,
    )
    yield _table(
        "float64 mean of two, not rounded",
        lambda f: np.isclose(f["z"], f["x"] * 0.37 + 1.3, rtol=1e-14),
        {"x": x, "z": x * 0.37 + 1.3},
        rng,
    )


def _nullable(rng, n):
    for dtype in ("Int64", "int64[pyarrow]", "Float64", "double[pyarrow]", "Int32"):
        x = pd.Series(rng.integers(0, 10**6, n)).astype(dtype).mask(pd.Series(rng.random(n) < 0.2))
        same: Fact = lambda f: (
            (f["y"] - f["x"] * 3).fillna(7).eq(7) & f["x"].isna().eq(f["y"].isna())
        )
        yield _table(f"{dtype} tripled plus 7, gaps together", same, {"x": x, "y": x * 3 + 7}, rng)
        y = (x * 3 + 7).mask(pd.Series(rng.random(n) < 0.3))
        yield _table(
            f"{dtype} tripled plus 7, more gaps",
            lambda f: (f["y"] - f["x"] * 3).fillna(7).eq(7) & (f["x"].notna() | f["y"].isna()),
            {"x": x, "y": y},
            rng,
        )


def _texts(rng, n):
    kilos = rng.integers(1_000, 9_999_999, n)
    for write in ("{:,} kg", "${:,}.00", "{:,}", "{} EUR", "{:07d}x"):
        read = lambda s: s.str.replace(r"\.00$|[^0-9]", "", regex=True).astype(float)
        yield _table(
            f"text {write} doubled",
            lambda f, r=read: r(f["b"]).eq(2 * r(f["a"])),
            {"a": [write.format(k) for k in kilos], "b": [write.format(2 * k) for k in kilos]},
            rng,
        )
        more = rng.integers(1, 9_999, n)
        yield _table(
            f"text {write} added up",
            lambda f, r=read: r(f["c"]).eq(r(f["a"]) + r(f["b"])),
            {"a": [write.format(k) for k in kilos], "b": [write.format(m) for m in more],
             "c": [write.format(k + m) for k, m in zip(kilos, more, strict=True)]},
            rng,
        )  # fmt: skip
        yield _table(
            f"text {write} strictly below",
            lambda f, r=read: r(f["a"]) < r(f["c"]),
            {"a": [write.format(k) for k in kilos],
             "c": [write.format(k + m) for k, m in zip(kilos, more, strict=True)]},
            rng,
        )  # fmt: skip


def _pairs(rng, n):
    t = _moments(rng, n, step=86_400)
    late = t + pd.to_timedelta(rng.integers(1, 50, n), "D")
    for form in ("%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d %b %Y", "%Y%m%d"):
        read = lambda s, form=form: pd.to_datetime(s.astype(str), format=form)
        yield _table(
            f"text dates {form} in order",
            lambda f, r=read: r(f["late"]) > r(f["t"]),
            {"t": t.dt.strftime(form), "late": late.dt.strftime(form)},
            rng,
        )
        yield _table(
            f"text dates {form} a week later",
            lambda f, r=read: (r(f["late"]) - r(f["t"])).eq(pd.Timedelta(days=7)),
            {"t": t.dt.strftime(form), "late": (t + pd.Timedelta(days=7)).dt.strftime(form)},
            rng,
        )
    months = t.dt.strftime("%Y-%m")
    yield _table(
        "text months and a later day",
        lambda f: pd.to_datetime(f["late"]) > pd.to_datetime(f["month"]),
        {"month": months, "late": late},
        rng,
    )


def _sums(rng, n):
    a, b, c = rng.integers(0, 5_000, (3, n)) / 100
    gap = pd.Series(rng.random(n) < 0.2)
    total = pd.Series((a + b + c).round(2)).mask(gap)
    yield _table(
        "sum of three with gaps in the total",
        lambda f: (f["total"] - f[["a", "b", "c"]].sum(axis=1)).abs().fillna(0) < 1e-9,
        {"a": a, "b": b, "c": c, "total": total},
        rng,
    )
    part = pd.Series(a).mask(gap)
    yield _table(
        "sum that counts gaps as nothing",
        lambda f: (f["total"] - f[["a", "b", "c"]].sum(axis=1)).abs() < 1e-9,
        {"a": part, "b": b, "c": c, "total": (part.fillna(0) + b + c).round(2)},
        rng,
    )
    yield _table(
        "sum with a fee of three kinds",
        lambda f: (f["total"] - f["a"] - f["b"]).round(2).isin([0, 0.5, 2.75]),
        {"a": a, "b": b, "total": (a + b + rng.choice([0, 0.5, 2.75], n)).round(2)},
        rng,
    )
    i, j = rng.integers(-300, 300, (2, n))
    yield _table(
        "difference of whole numbers",
        lambda f: f["d"].eq(f["i"] - f["j"]),
        {"i": i, "j": j, "d": i - j},
        rng,
    )


def _look_ups(rng, n):
    code = np.minimum(rng.zipf(1.5, n), 120)
    name = np.char.add("n", (code % 37).astype(str))
    pairs = dict(zip(code.tolist(), name.tolist(), strict=True))
    for dtype in ("int64", "Int64", "str", "category", "float64"):
        key = pd.Series(code).astype(dtype)
        yield _table(
            f"names of codes as {dtype}, rare ones too",
            lambda f, p=pairs: [
                p.get(int(k)) == v for k, v in zip(f["code"], f["name"], strict=True)
            ],
            {"code": key, "name": name},
            rng,
        )
    make, doors = rng.integers(0, 9, n), rng.integers(2, 6, n)
    size = np.char.add("s", ((make * 7 + doors * 3) % 11).astype(str))
    yield _table(
        "names of pairs",
        lambda f: [
            f"s{(int(m[1:]) * 7 + d * 3) % 11}" == s
            for m, d, s in zip(f["make"], f["doors"], f["size"], strict=True)
        ],
        {"make": np.char.add("m", make.astype(str)), "doors": doors, "size": size},
        rng,
    )


def _percentages(rng, n):
    share = rng.integers(0, 1_000, n) / 1_000
    yield _table(
        "share in percent",
        lambda f: (f["percent"] - f["share"] * 100).abs() < 1e-9,
        {"share": share, "percent": (share * 100).round(1)},
        rng,
    )
    yield _table(
        "share as text in percent",
        lambda f: (f["percent"].str.rstrip("%").astype(float) - f["share"] * 100).abs() < 1e-9,
        {"share": share, "percent": [f"{s * 100:.1f}%" for s in share]},
        rng,
    )
    yield _table(
        "the rest to 100",
        lambda f: (f["yes"] + f["no"]).round(6).eq(100),
        {"yes": (share * 100).round(1), "no": (100 - share * 100).round(1)},
        rng,
    )
    whole = rng.integers(1, 40, n)
    part = (whole * rng.random(n)).astype(int)
    yield _table(
        "a part is no more than the whole",
        lambda f: f["part"] <= f["whole"],
        {"part": part, "whole": whole},
        rng,
    )


def _chains(rng, n):
    steps = rng.integers(0, 900, (5, n))
    total = steps.cumsum(axis=0)
    columns = {f"s{i}": steps[i] for i in range(5)} | {f"c{i}": total[i] for i in range(5)}
    yield _table(
        "cumulative sums of five steps",
        lambda f: np.logical_and.reduce(
            [f[f"c{i}"].eq(f[f"c{i - 1}"] + f[f"s{i}"]) for i in range(1, 5)]
        ),
        columns,
        rng,
    )
    t = _moments(rng, n)
    times = [t + pd.to_timedelta(s, "min") for s in (total + np.arange(5)[:, None])]
    yield _table(
        "five moments in strict order",
        lambda f: np.logical_and.reduce([f[f"t{i}"] < f[f"t{i + 1}"] for i in range(4)]),
        {f"t{i}": moment for i, moment in enumerate(times)},
        rng,
    )
    x = rng.integers(0, 900, n)
    yield _table(
        "a line of a line of a line",
        lambda f: f["b"].eq(2 * f["a"] + 1) & f["c"].eq(f["b"] - 9) & f["d"].eq(f["c"] * 5),
        {"a": x, "b": 2 * x + 1, "c": 2 * x - 8, "d": 10 * x - 40},
        rng,
    )


def _parts(rng, n):
    parts = {
        "year": lambda t: t.dt.year,
        "month": lambda t: t.dt.month,
        "weekday": lambda t: t.dt.day_of_week,
        "hour": lambda t: t.dt.hour,
        "dayname": lambda t: t.dt.day_name(),
        "weekend": lambda t: t.dt.day_of_week >= 5,
        "week": lambda t: t.dt.isocalendar().week,
        "quarter": lambda t: t.dt.quarter,
        "dayofyear": lambda t: t.dt.day_of_year,
    }
    for zone in (*ZONES, None):
        t = _moments(rng, n, step=900).dt.tz_localize("UTC").dt.tz_convert(zone)
        columns = {name: part(t) for name, part in parts.items()}
        yield _table(
            f"parts of a moment in {zone}",
            lambda f: np.logical_and.reduce(
                [np.asarray(part(f["t"])) == np.asarray(f[name]) for name, part in parts.items()]
            ),
            {"t": t, **columns},
            rng,
        )
        day = t.dt.tz_localize(None).dt.normalize()
        yield _table(
            f"date of a moment in {zone}",
            lambda f: f["t"].dt.tz_localize(None).dt.normalize().eq(pd.to_datetime(f["day"])),
            {"t": t, "day": day.dt.date},
            rng,
        )


def _gaps(rng, n):
    smoker = pd.Series(rng.choice(["never", "former", "now"], n))
    year = pd.Series(rng.integers(1980, 2020, n)).astype(float)
    yield _table(
        "missing exactly at a level",
        lambda f: f["year"].isna().eq(f["smoker"].eq("never")),
        {"smoker": smoker, "year": year.mask(smoker.eq("never"))},
        rng,
    )
    yield _table(
        "missing at a level, elsewhere free",
        lambda f: f["year"].isna() | f["smoker"].ne("never"),
        {"smoker": smoker, "year": year.mask(smoker.eq("never") | (rng.random(n) < 0.3))},
        rng,
    )
    gap = pd.Series(rng.random(n) < 0.4)
    for dtype in ("Int64", "int64[pyarrow]", "float32", "M8[ns]", "category", "str", "m8[s]"):
        other = pd.Series(rng.integers(0, 50, n)).astype(dtype).mask(gap)
        yield _table(
            f"missing together, {dtype}",
            lambda f: f["x"].isna().eq(f["other"].isna()),
            {"x": pd.Series(rng.normal(size=n)).mask(gap), "other": other},
            rng,
        )


def _ends(rng, n):
    for dtype in ("int32", "int64", "uint16", "uint32"):
        low, high = np.iinfo(dtype).min, min(np.iinfo(dtype).max, 2**52)
        x = rng.integers(max(low, -(2**52)), high - 100, n)
        top = np.where(rng.random(n) < 0.3, high, x + rng.integers(1, 90, n))
        yield _table(
            f"{dtype} strictly below its greatest",
            lambda f: f["x"] < f["top"],
            {"x": x.astype(dtype), "top": top.astype(dtype)},
            rng,
        )
    t = _moments(rng, n, "ns")
    last = pd.Series(
        np.where(
            rng.random(n) < 0.3,
            pd.Timestamp.max.floor("us").to_datetime64(),
            t + pd.Timedelta(days=9),
        )
    )
    yield _table(
        "moments before the end of 64 bits",
        lambda f: f["t"] < f["last"],
        {"t": t, "last": last.astype("M8[ns]")},
        rng,
    )
    far = pd.Series(
        np.where(
            rng.random(n) < 0.4,
            np.datetime64("9999-12-31"),
            (t + pd.Timedelta(days=9)).to_numpy().astype("M8[s]"),
        )
    ).astype("M8[s]")
    yield _table(
        "valid until 9999-12-31",
        lambda f: f["t"] < f["last"],
        {"t": t.astype("M8[s]"), "last": far},
        rng,
    )
    yield _table(
        "valid until 9999-12-31, text",
        lambda f: f["t"] < f["last"],
        {"t": t.dt.strftime("%Y-%m-%d"), "last": far.dt.strftime("%Y-%m-%d")},
        rng,
    )


def _long(rng, n):
    x = rng.integers(2**53, 2**62, n)
    yield _table(
        "whole numbers beyond 2**53, one more",
        lambda f: f["y"].eq(f["x"] + 1),
        {"x": x, "y": x + 1},
        rng,
    )
    big = rng.integers(2**50, 2**52, n)
    yield _table(
        "whole numbers near 2**52, tripled plus one",
        lambda f: f["y"].astype(object).eq(f["x"].astype(object) * 3 + 1),
        {"x": big, "y": big * 3 + 1},
        rng,
    )
    tiny = rng.uniform(1, 9, n) * 1e-12
    yield _table(
        "tiny numbers doubled",
        lambda f: f["y"].eq(2 * f["x"]),
        {"x": tiny, "y": 2 * tiny},
        rng,
    )
    huge = rng.uniform(1, 9, n) * 1e200
    yield _table(
        "huge numbers in order", lambda f: f["x"] < f["y"], {"x": huge, "y": 1.5 * huge}, rng
    )


def _odd(rng, n):
    x = rng.integers(0, 500, n)
    marked = pd.Series(x).astype(str).mask(pd.Series(rng.random(n) < 0.1), "?")
    read = lambda s: pd.to_numeric(s, errors="coerce")
    twice = marked.where(marked.eq("?"), (2 * x).astype(str))
    yield _table(
        "doubled where a mark is no gap",
        lambda f: (
            (read(f["b"]) - 2 * read(f["a"])).fillna(0).eq(0) & f["a"].eq("?").eq(f["b"].eq("?"))
        ),
        {"a": marked, "b": twice},
        rng,
    )
    yield _table(
        "bool of a number as text",
        lambda f: f["flag"].eq(f["level"].isin(["a", "b"])),
        {
            "level": (level := pd.Series(rng.choice(list("abcd"), n))),
            "flag": level.isin(["a", "b"]),
        },
        rng,
    )
    quoted = rng.integers(0, 900, n).astype(float)
    billed = np.where(rng.random(n) < 0.6, quoted, rng.integers(0, 900, n))
    yield _table(
        "often equal, and a copy of it",
        lambda f: f["copy"].eq(f["billed"]),
        {"quoted": quoted, "billed": billed, "copy": billed},
        rng,
    )
    celsius = rng.integers(-300, 400, n) / 10
    yield _table(
        "fahrenheit rounded to one decimal",
        lambda f: (f["f"] - (f["c"] * 1.8 + 32)).abs() <= 0.05 + 1e-9,
        {"c": celsius, "f": (celsius * 1.8 + 32).round(1)},
        rng,
    )
    yield _table(
        "miles of kilometres, rounded to whole",
        lambda f: (f["miles"] - f["km"] / 1.609344).abs() <= 0.5 + 1e-9,
        {"km": (km := rng.integers(1, 9_000, n)), "miles": np.rint(km / 1.609344).astype(int)},
        rng,
    )
    sparse = pd.Series(np.where(rng.random(n) < 0.8, 0, x)).astype("Sparse[int64]")
    yield _table(
        "sparse numbers doubled",
        lambda f: np.asarray(f["y"]) == 2 * np.asarray(f["x"]),
        {"x": sparse, "y": (2 * sparse.sparse.to_dense()).astype("Sparse[int64]")},
        rng,
    )


@dataclass(frozen=True)
class Outcome:
    """What became of a fact.

    Attributes:
        texts: Of the relations kept.
        lost: Rows that break the fact, of those drawn.
        broken: Rows that break each relation kept, by the model's own check.
        broken_in_file: The same of the rows written as CSV and read again.
    """

    texts: tuple[str, ...]
    lost: int
    broken: Mapping[str, int]
    broken_in_file: Mapping[str, int]


def examine(table: DerivedTable, n_rows: int, protection: Protection = NO_PROTECTION) -> Outcome:
    """Find a table's relations, and count the rows that break them: of any that could be drawn.

    No generator is fitted: every class and every scalar is drawn as often as any other, so that
    rows are odder than those of a generator.
    """
    schema = TableSchema.infer(table.frame)
    schema = schema.without_patterns() if protection.is_on else schema
    frame = schema.check(table.frame)
    relations = RelationSet.discover(frame, schema, protection=protection)
    rng = np.random.default_rng(0)
    config = EncoderConfig(rng, TrainingConfig.max_modes, protection)
    encoder = TableEncoder.fit(relations.apply(frame), relations.free, config, lambda *_: None)
    codes = rng.integers(0, encoder.layout.n_classes, (n_rows, len(encoder.parts)))
    scalars = rng.uniform(-1, 1, codes.shape).astype(np.float32)
    encoded = EncodedTable(codes.astype(np.int32), scalars)
    rows = relations.restore(encoder.decode(encoded, np.arange(n_rows), rng))
    return Outcome(
        relations.texts,
        int((~np.asarray(table.fact(rows), bool)).sum()),
        _count(relations, rows),
        _count(relations, _write_and_read(rows, schema)),
    )


def _count(relations: RelationSet, frame: pd.DataFrame) -> dict[str, int]:
    return {text: int(mask.sum()) for text, mask in relations.find_broken(frame).items()}


def _write_and_read(rows: pd.DataFrame, schema: TableSchema) -> pd.DataFrame:
    """Return rows as they come back from a CSV file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        rows.to_csv(path, index=False)
        texts = {column.name: str for column in schema.columns if column.text}
        back = pd.read_csv(path, dtype=texts)
    for column in schema.columns:
        if column.is_duration:
            back[column.name] = pd.to_timedelta(back[column.name])
        if float_dtype(column) is not None or column.dtype.startswith("datetime64["):
            back[column.name] = back[column.name].astype(column.dtype)
    return schema.check(back)


def main() -> None:
    """Examine the tables asked for, and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="parts of names, between commas")
    parser.add_argument("--rows", type=int, default=4_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--protect", action="store_true")
    arguments = parser.parse_args()
    start, n_broken, n_tables = time.perf_counter(), 0, 0
    for table in iter_tables(seed=arguments.seed):
        if not any(part in table.name for part in arguments.only.split(",")):
            continue
        outcome = examine(table, arguments.rows, Protection(arguments.protect))
        is_broken = bool(outcome.broken or outcome.broken_in_file)
        n_broken, n_tables = n_broken + is_broken, n_tables + 1
        word = "BROKEN" if is_broken else "lost" if outcome.lost else "kept"
        print(f"{word} {table.name}: {outcome}", flush=True)
    print(f"{n_broken} of {n_tables} broken, {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
