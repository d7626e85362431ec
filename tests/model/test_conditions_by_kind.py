"""What was sampled can be asked for, of every kind of column and of relation, and holds exactly."""

import operator
from collections.abc import Callable
from datetime import date, time
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tabgan import TabGAN
from tabgan.errors import ConditionError, ManyRejectedWarning

N = 300
ORDERED = pd.CategoricalDtype(["S", "M", "L", "XL"], ordered=True)
DAYS = pd.Series(pd.to_datetime(["2020-01-01", "2020-02-05", "2020-03-05", "2021-01-01"]))
VALUES: dict[str, pd.Series] = {
    "int": pd.Series([10, 20, 35, 50]),
    "Int64": pd.Series([10, 20, 35, 50], dtype="Int64"),
    "float": pd.Series([0.5, 1.25, 2.0, 7.1]),
    "bool": pd.Series([True, False, True, False]),
    "text": pd.Series(["a b", "c", "in", "d, e"]),
    "category": pd.Series(["a", "b", "c", "d"], dtype="category"),
    "ordered": pd.Series(["S", "M", "L", "XL"], dtype=ORDERED),
    "date": DAYS.dt.date,
    "datetime": DAYS,
    "zoned": DAYS.dt.tz_localize("Europe/Berlin"),
    "datetime text": DAYS.dt.strftime("%d/%m/%Y %H:%M"),
    "timedelta": pd.Series(pd.to_timedelta(["1h", "90min", "1D", "3D"])),
    "time": pd.Series([time(1), time(2, 30), time(12), time(23, 59)], dtype=object),
    "decimal": pd.Series([Decimal("1.10"), Decimal("2.25"), Decimal("3.00")] * 2)[:4],
    "money": pd.Series(["$1,234.50", "$20.00", "$3.10", "$4,000.00"]),
    "amount": pd.Series(["700 MB", "3.2 GB", "1.5 GB", "90 MB"]),
}  # fmt: skip
UNORDERED = {"bool", "text", "category", "datetime text", "money", "amount"}


def fit(frame: pd.DataFrame, *declare: str) -> TabGAN:
    settings: dict[str, Any] = {"relations": False, "refine": False, "device": "cpu"}
    return TabGAN(steps=1, random_state=0, declare=declare, **settings).fit(frame)


def compare(cells: pd.Series, sign: str, value: Any) -> list[bool]:
    """Whether cells compare so with a value, as pandas and Python see it; never where missing."""
    signs = {"=": operator.eq, "!=": operator.ne, "<": operator.lt, ">=": operator.ge}
    if cells.dtype == ORDERED:
        order = list(ORDERED.categories)
        cells, value = cells.map(order.index, na_action="ignore").astype(float), order.index(value)
    return [bool(not pd.isna(cell) and signs[sign](cell, value)) for cell in cells.astype(object)]


def check_asked(model: TabGAN, name: str, signs: str = "= !=") -> None:
    """Ask for values that are in a sample, by every operator that some of its cells satisfy."""
    cells = model.sample(40, random_state=3)[name]
    for value in list(dict.fromkeys(cells.dropna().astype(object)))[:3]:
        for sign in signs.split():
            if any(compare(cells, sign, value)):
                rows = model.sample(5, where={name: (sign, value)}, random_state=1)
                assert all(compare(rows[name], sign, value)), (sign, value)
        rows = model.sample(5, where=f'"{name}"="{value}"', random_state=1)
        assert all(compare(rows[name], "=", value)), value
    if cells.isna().any():
        assert model.sample(5, where={name: None}, random_state=1)[name].isna().all()
    assert model.sample(5, where={name: ("!=", None)}, random_state=1)[name].notna().all()


@pytest.mark.parametrize("has_gaps", [False, True])
@pytest.mark.parametrize("kind", VALUES)
def test_what_another_column_decides_can_be_asked_for(kind: str, has_gaps: bool) -> None:
    values: pd.Series = VALUES[kind]
    if has_gaps:
        nullable = {"int": "Int64", "bool": "boolean"}
        values = values.astype(nullable[kind]) if kind in nullable else values  # type: ignore[call-overload]
        values = values.mask(values.index == 3)
    level = np.random.default_rng(0).integers(0, 6, N)
    decided = values.iloc[np.array([0, 1, 2, 3, 1, 2])[level]].reset_index(drop=True)
    frame = pd.DataFrame({"level": np.array(list("abcdef"))[level], "it": decided})
    frame["x"] = np.random.default_rng(1).normal(size=N)
    check_asked(fit(frame, "level -> it"), "it", "= !=" if kind in UNORDERED else "= != < >=")


STEPS = np.arange(45)
LOOKED_UP: dict[str, pd.Series] = {
    "int": pd.Series(STEPS * 7 + 3),
    "float": pd.Series(STEPS * 1.25),
    "datetime": DAYS[0] + pd.Series(pd.to_timedelta(STEPS, "D")),
    "zoned": (DAYS[0] + pd.Series(pd.to_timedelta(STEPS, "D"))).dt.tz_localize("UTC"),
    "date": pd.Series([date.fromordinal(737_000 + int(step)) for step in STEPS], dtype=object),
    "timedelta": pd.Series(pd.to_timedelta(STEPS * 90, "min")),
    "decimal": pd.Series([Decimal(f"{step * 1.25:.2f}") for step in STEPS], dtype=object),
}


@pytest.mark.parametrize("has_gaps", [False, True])
@pytest.mark.parametrize("kind", LOOKED_UP)
def test_what_decides_another_column_keeps_its_order(kind: str, has_gaps: bool) -> None:
    rng = np.random.default_rng(0)
    values = LOOKED_UP[kind].astype("Int64") if kind == "int" else LOOKED_UP[kind]
    values = values.mask(values.index == 44) if has_gaps else values
    step = rng.integers(0, 45, N)
    frame = pd.DataFrame({"it": values.iloc[step].reset_index(drop=True)})
    frame["group"] = rng.choice(list("abcd"), 45)[step]
    frame["x"] = rng.normal(size=N)
    model = fit(frame, "it -> group")
    check_asked(model, "it", "= != < >=")
    check_asked(model, "group")


def test_a_value_between_those_looked_up_gets_a_sentence() -> None:
    step = np.random.default_rng(0).integers(0, 45, N)
    frame = pd.DataFrame({"it": step * 7 + 3, "group": step // 9, "x": step * 0.1})
    with pytest.raises(ConditionError, match="'it' is never = 5 .* run from 3 to 311"):
        fit(frame, "it -> group").sample(1, where={"it": 5})


def _related() -> dict[str, tuple[dict[str, Any], list[str], list[str]]]:
    rng = np.random.default_rng(0)
    count, other = rng.integers(1, 20, N), rng.integers(1, 20, N)
    net, tax = rng.lognormal(3, 0.6, N).round(2), rng.lognormal(1, 0.5, N).round(2)
    day = DAYS[0] + pd.Series(pd.to_timedelta(rng.integers(0, 500, N), "D"))
    later = day + pd.to_timedelta(other, "D")
    gap = rng.random(N) < 0.2
    whole = pd.Series(count).astype("Int64").mask(gap)
    often, own = rng.random(N) < 0.5, rng.integers(100, 2_000, N) / 100
    return {
        "affine": ({"a": count, "b": count * 2.5}, ["b = 2.5 * a"], ["a", "b"]),
        "copy with gaps": ({"a": whole, "b": whole}, ["b = a"], ["a", "b"]),
        "sum": ({"a": net, "b": tax, "c": (net + tax).round(2)}, ["c = a + b"], ["a", "c"]),
        "date part": ({"a": day, "b": day.dt.month}, ["b = month of a"], ["a", "b"]),
        "ordering": ({"a": day, "b": later}, ["a <= b"], ["a", "b"]),
        "ordering of zoned": (
            {"a": day.dt.tz_localize("UTC"), "b": later.dt.tz_localize("UTC")}, ["a <= b"], ["b"]
        ),
        "often equal": ({"a": net, "b": np.where(often, net, own)}, ["b often = a"], ["a", "b"]),
        "near formula": (
            {"a": count, "b": (count * 3 + other / 10).round(1)}, ["b nearly = 3 * a"], ["a", "b"]
        ),
        "missing with": (
            {"a": whole, "b": pd.Series(net).mask(gap)}, ["b missing with a"], ["a", "b"]
        ),
        "combinations": (
            {"a": np.array(list("xyz"))[count % 3], "b": count % 3 + other % 2},
            ["combinations of a, b"], ["a", "b"],
        ),
        "chain": (
            {"a": np.array(list("abcdefgh"))[count % 8],
             "b": pd.Series(count % 8 // 2 + 10.0).mask(count % 8 == 7),
             "c": count % 8 // 4 * 1.5 + (count % 8 == 7)},
            ["a -> b", "b -> c"], ["b", "c"],
        ),
    }  # fmt: skip


RELATED = _related()


@pytest.mark.parametrize("kind", RELATED)
def test_what_a_relation_computes_can_be_asked_for(kind: str) -> None:
    columns, declared, names = RELATED[kind]
    model = fit(pd.DataFrame(columns).assign(x=np.random.default_rng(1).normal(size=N)), *declared)
    for name in names:
        check_asked(model, name, "=" if name == "a" and kind == "combinations" else "= !=")


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_short_floats_are_asked_for_exactly(dtype: str) -> None:
    numbers = np.random.default_rng(0).lognormal(3, 0.5, N).astype(dtype)
    check_asked(fit(pd.DataFrame({"it": numbers, "x": np.arange(N) % 7})), "it", "= != < >=")


@pytest.fixture(scope="module")
def shop() -> TabGAN:
    rng = np.random.default_rng(0)
    size = pd.Series(rng.choice(["S", "M", "L", "XL"], N)).astype(ORDERED)
    day = DAYS[0] + pd.Series(pd.to_timedelta(rng.integers(0, 400, N), "D"))
    frame = pd.DataFrame({"size": size, "day": day, "x": rng.normal(size=N).round(3)})
    return fit(frame.assign(is_new=rng.random(N) < 0.5))


@pytest.mark.parametrize(
    ("where", "holds"),
    [
        ("size>=M", lambda r: r["size"] != "S"),
        ('"M"<=size<"XL"', lambda r: r["size"].isin(["M", "L"])),
        ("not size>=L", lambda r: r["size"].isin(["S", "M"])),
        ("size>L or x>5", lambda r: r["size"] == "XL"),
        ({"x": pd.Interval(0, 1)}, lambda r: (r["x"] > 0) & (r["x"] <= 1)),
        ({"x": ("!=", pd.Interval(-1, 1))}, lambda r: (r["x"] <= -1) | (r["x"] > 1)),
        ({"x": (">", Decimal("0.5"))}, lambda r: r["x"] > 0.5),
        ({"day": pd.date_range("2020-03-01", periods=9)}, lambda r: r["day"].dt.month == 3),
        ({"day": (">=", np.datetime64("2020-06-01"))}, lambda r: r["day"] >= "2020-06-01"),
        ({"is_new": 1}, lambda r: r["is_new"]),
        ({"is_new": np.False_}, lambda r: ~r["is_new"]),
    ],
)
def test_values_of_every_type(
    shop: TabGAN, where: Any, holds: Callable[[pd.DataFrame], pd.Series]
) -> None:
    assert holds(shop.sample(50, where=where, random_state=0)).all()


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("size>=Mx", "no category 'Mx' in its order; perhaps 'M' is meant"),
        ("size>XL", "'size' cannot be > 'XL' in any row"),
        ({"day": 5}, "'day' holds moments, so 5 cannot be asked for"),
        (pd.DataFrame({"x": [1]}), "where=a DataFrame is no mapping and no text"),
    ],
)
def test_what_cannot_be_asked_gets_a_sentence(shop: TabGAN, where: Any, words: str) -> None:
    with pytest.raises(ConditionError, match=words):
        shop.sample(5, where=where)


def test_rows_thrown_away_are_told() -> None:
    rng = np.random.default_rng(0)
    a = rng.normal(size=N).round(3)
    frame = pd.DataFrame({"a": a, "b": (2 * a + rng.normal(size=N) * 0.01).round(4)})
    model = fit(frame, "(a - 0.5 * b) * (a - 0.5 * b) < 0.01")
    with pytest.warns(ManyRejectedWarning, match=r"of [\d,]+ rows drawn [\d,]+ .* were kept"):
        rows = model.sample(20, random_state=0)
    assert ((rows["a"] - 0.5 * rows["b"]) ** 2 < 0.01).all()
