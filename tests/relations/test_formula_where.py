"""Columns that are calculated where a condition holds: found, written, declared, asked for."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tabgan import TabGAN
from tabgan.config import Protection
from tabgan.errors import ModelFileError, RelationError
from tabgan.relations import RelationConfig, RelationSet
from tabgan.schema import TableSchema

Rng = np.random.Generator
Obeys = Callable[[pd.DataFrame], "pd.Series[bool]"]
CITIES = ["ulm", "wien", "bern", "rom", "prag", "oslo", "bonn", "nizza", "basel", "graz"]
FIRST = ["Ada", "Bo", "Cy", "Dee", "Eve", "Flo", "Gus", "Hal"]
LAST = ["Lee", "Kim", "Ray", "Fox", "Poe", "Day"]
MONTHS = [pd.Timestamp(2021, month, 1).month_name() for month in range(1, 13)]


def _days(rng: Rng, n: int) -> Any:
    return pd.Timestamp("2021-01-01") + pd.to_timedelta(rng.integers(0, 900, n), "D")


def _span(days: Any) -> Any:
    return pd.to_timedelta(days, "D")


def _stays(rng: Rng, n: int) -> dict[str, Any]:
    arrived, nights = _days(rng, n), rng.integers(1, 15, n)
    status = rng.choice(["stayed", "cancelled", "no show"], n, p=[0.6, 0.25, 0.15])
    left = arrived + _span(np.where(status == "stayed", nights, rng.integers(0, 30, n)))
    return {"arrived": arrived, "nights": nights, "status": status, "left": left}


def _taxes(rng: Rng, n: int) -> dict[str, Any]:
    net, country = rng.lognormal(4, 1, n).round(2), rng.choice(["DE", "FR", "IT"], n)
    tax = np.where(country == "DE", 0.19 * net, net * rng.uniform(0.05, 0.3, n)).round(2)
    return {"net": net, "country": country, "tax": tax}


def _sales(rng: Rng, n: int) -> dict[str, Any]:
    qty, price = rng.integers(1, 20, n), rng.lognormal(2, 0.8, n).round(2)
    kind = rng.choice(["sale", "refund", "gift", "sample"], n)
    is_sold = np.isin(kind, ["sale", "refund"])
    total = np.where(is_sold, qty * price, rng.lognormal(3, 1, n)).round(2)
    return {"kind": kind, "qty": qty, "price": price, "total": total}


def _trips(rng: Rng, n: int) -> dict[str, Any]:
    start, kind = _days(rng, n), rng.choice(["one way", "return"], n)
    end = start + _span(np.where(kind == "one way", 0, rng.integers(0, 9, n)))
    return {"kind": kind, "start": start, "end": end}


def _payouts(rng: Rng, n: int) -> dict[str, Any]:
    gross, bonus, fee = (rng.integers(10, high, n) for high in (900, 300, 50))
    is_auto = rng.random(n) < 0.4
    payout = np.where(is_auto, gross + bonus - fee, rng.integers(50, 1_500, n))
    return {"gross": gross, "bonus": bonus, "fee": fee, "auto": is_auto, "payout": payout}


def _codes(rng: Rng, n: int) -> dict[str, Any]:
    name, source = rng.choice(CITIES, n), rng.choice(["auto", "manual"], n)
    code = np.where(source == "auto", np.char.upper(name), rng.choice(["X1", "X2", "K9"], n))
    return {"name": name, "source": source, "code": code}


def _labels(rng: Rng, n: int) -> dict[str, Any]:
    first, last = rng.choice(FIRST, n), rng.choice(LAST, n)
    kind = rng.choice(["person", "firm"], n)
    full = np.char.add(np.char.add(first, " "), last)
    label = np.where(kind == "person", full, rng.choice(["Acme", "Hooli", "Initech"], n))
    return {"first": first, "last": last, "kind": kind, "label": label}


def _dates(rng: Rng, n: int) -> dict[str, Any]:
    date, gone = _days(rng, n), rng.random(n) < 0.4
    month = pd.Series([MONTHS[number - 1] for number in date.month])
    parts = {"year": pd.Series(date.year), "month": month, "day": pd.Series(date.day % 28 + 1)}
    date = pd.to_datetime(pd.DataFrame({**parts, "month": date.month}))
    return {name: part.mask(gone) for name, part in parts.items()} | {"date": date}


def _rates(rng: Rng, n: int) -> dict[str, Any]:
    clicks, shown = rng.integers(1, 200, n), rng.integers(300, 4_000, n)
    channel = rng.choice(["web", "app", "tv", "print"], n)
    is_online = np.isin(channel, ["web", "app"])
    rate = np.where(is_online, 100 * clicks / shown, rng.uniform(0, 60, n)).round(2)
    return {"clicks": clicks, "shown": shown, "channel": channel, "rate": rate}


def _pays(rng: Rng, n: int) -> dict[str, Any]:
    hours, rate, grade = rng.integers(1, 60, n), rng.integers(12, 60, n), rng.integers(1, 6, n)
    pay = np.where(grade <= 2, hours * rate, rng.integers(100, 3_000, n))
    return {"grade": grade, "hours": hours, "rate": rate, "pay": pay}


def _coupons(rng: Rng, n: int) -> dict[str, Any]:
    price = rng.lognormal(3, 1, n).round(2)
    coupon = pd.Series(rng.integers(5, 50, n)).mask(rng.random(n) < 0.5)
    paid = np.where(coupon.isna(), price, rng.lognormal(3, 1, n).round(2))
    return {"price": price, "coupon": coupon, "paid": paid}


def _readings(rng: Rng, n: int) -> dict[str, Any]:
    celsius, sensor = rng.normal(15, 8, n).round(1), rng.choice(list("ABCD"), n)
    reading = np.where(sensor == "B", 1.8 * celsius + 32, rng.normal(60, 15, n)).round(1)
    return {"celsius": celsius, "sensor": sensor, "reading": reading}


def _pensions(rng: Rng, n: int) -> dict[str, Any]:
    age, base, years = (rng.integers(1, high, n) for high in (95, 4_000, 40))
    pension = np.where(age >= 65, base + 20 * years, rng.integers(0, 6_000, n))
    return {"age": age, "base": base, "years": years, "pension": pension}


def _parcels(rng: Rng, n: int) -> dict[str, Any]:
    pieces, price, shipping = (rng.integers(3, high, n) for high in (20, 99, 30))
    way = rng.choice(["post", "shop"], n)
    total = np.where(way == "post", pieces * price + shipping, rng.integers(20, 2_000, n))
    return {"pieces": pieces, "price": price, "shipping": shipping, "way": way, "total": total}


def _close(one: Any, other: Any, step: float = 0.01) -> Any:
    return (one - other).abs() <= 0.501 * step


def _is_date(rows: pd.DataFrame) -> Any:
    dates = rows["date"].dt
    months = rows["month"].map({month: number + 1 for number, month in enumerate(MONTHS)})
    same = (dates.year == rows["year"]) & (dates.month == months) & (dates.day == rows["day"])
    return same | rows[["year", "month", "day"]].isna().any(axis=1)


MADE: dict[str, tuple[Callable[[Rng, int], dict[str, Any]], Obeys]] = {
    "left = arrived + nights * 1 day where status = 'stayed'": (
        _stays,
        lambda r: (r["left"] == r["arrived"] + _span(r["nights"])) | (r["status"] != "stayed"),
    ),
    "tax = 0.19 * net where country = 'DE'": (
        _taxes,
        lambda r: _close(r["tax"], 0.19 * r["net"]) | (r["country"] != "DE"),
    ),
    "total = qty * price where kind in ('sale', 'refund')": (
        _sales,
        lambda r: _close(r["total"], r["qty"] * r["price"]) | r["kind"].isin(["gift", "sample"]),
    ),
    "end = start where kind = 'one way'": (
        _trips,
        lambda r: (r["end"] == r["start"]) | (r["kind"] != "one way"),
    ),
    "payout = gross + bonus - fee where auto = 'true'": (
        _payouts,
        lambda r: (r["payout"] == r["gross"] + r["bonus"] - r["fee"]) | ~r["auto"],
    ),
    "code = upper(name) where source = 'auto'": (
        _codes,
        lambda r: (r["code"] == r["name"].str.upper()) | (r["source"] != "auto"),
    ),
    "label = first || ' ' || last where kind = 'person'": (
        _labels,
        lambda r: (r["label"] == r["first"] + " " + r["last"]) | (r["kind"] != "person"),
    ),
    "date = date(year, month, day) where not (year missing)": (_dates, _is_date),
    "rate = 100 * clicks / shown where channel in ('web', 'app')": (
        _rates,
        lambda r: (
            _close(r["rate"], 100 * r["clicks"] / r["shown"]) | ~r["channel"].isin(["web", "app"])
        ),
    ),
    "pay = hours * rate where grade in (1, 2)": (
        _pays,
        lambda r: (r["pay"] == r["hours"] * r["rate"]) | (r["grade"] > 2),
    ),
    "paid = price where coupon missing": (
        _coupons,
        lambda r: (r["paid"] == r["price"]) | r["coupon"].notna(),
    ),
    "reading = 1.8 * celsius + 32 where sensor = 'B'": (
        _readings,
        lambda r: _close(r["reading"], 1.8 * r["celsius"] + 32, 0.1) | (r["sensor"] != "B"),
    ),
    "pension = base + 20 * years where age >= 65": (
        _pensions,
        lambda r: (r["pension"] == r["base"] + 20 * r["years"]) | (r["age"] < 65),
    ),
    "total = pieces * price + shipping where way = 'post'": (
        _parcels,
        lambda r: (r["total"] == r["pieces"] * r["price"] + r["shipping"]) | (r["way"] != "post"),
    ),
}
TAX = "tax = 0.19 * net where country = 'DE'"


def with_fact(text: str, n: int = 900) -> pd.DataFrame:
    rng = np.random.default_rng(n)
    others = {"noise": rng.normal(size=n).round(3), "colour": rng.choice(["red", "blue"], n)}
    return pd.DataFrame(MADE[text][0](rng, n) | others)


def discover(
    frame: pd.DataFrame, protection: Protection | None = None, **config: Any
) -> RelationSet:
    schema, asked = TableSchema.infer(frame), RelationConfig(**config)
    return RelationSet.discover(frame, schema, asked, protection or Protection())


def permuted(relations: RelationSet, frame: pd.DataFrame) -> pd.DataFrame:
    free, rng = relations.apply(frame), np.random.default_rng(0)
    shuffled = {name: free[name].iloc[rng.permutation(len(free))].array for name in free}
    return relations.restore(pd.DataFrame(shuffled))


def says(text: str, relations: RelationSet) -> bool:
    """Return whether a relation is kept, its categories named in whichever order."""
    known = [*relations.texts, *(each.relation.text for each in relations.implied)]
    return sorted(text) in [sorted(each) for each in known]


@pytest.mark.parametrize("n", [250, 2_000])
@pytest.mark.parametrize("text", MADE)
def test_it_is_found_declared_and_holds_in_permuted_rows(text: str, n: int) -> None:
    frame = with_fact(text, n)
    assert MADE[text][1](frame).all()
    relations = discover(frame)
    assert says(text, relations)
    rows = permuted(relations, frame)
    assert MADE[text][1](rows).all()
    assert rows.dtypes.to_dict() == frame.dtypes.to_dict()
    pd.testing.assert_frame_equal(relations.restore(relations.apply(frame))[rows.columns], frame)


@pytest.mark.parametrize("text", MADE)
def test_what_is_found_is_declared_saved_and_forgotten(text: str) -> None:
    frame = with_fact(text)
    declared = discover(frame, discover=False, declare=[text])
    assert declared.texts == (text,)
    assert MADE[text][1](permuted(declared, frame)).all()
    back = RelationSet.from_dict(declared.to_dict(), declared.schema)
    assert back.relations == declared.relations
    for found in filter(lambda kept: " where " in kept, discover(frame).texts):
        assert found not in discover(frame, forget=[found]).texts


def test_it_is_explained() -> None:
    (relation,) = discover(with_fact(TAX), discover=False, declare=[TAX]).relations
    assert relation.explain() == "where country = 'DE', tax is 0.19 * net, rounded to 2 decimals"


def test_elsewhere_the_column_is_as_it_was_learned() -> None:
    frame = with_fact(TAX)
    relations = discover(frame, discover=False, declare=[TAX])
    drawn = frame.assign(tax=7.77)
    restored = relations.restore(drawn)
    is_german = frame["country"] == "DE"
    assert (restored["tax"][~is_german] == 7.77).all()
    assert _close(restored["tax"], 0.19 * frame["net"])[is_german].all()


def test_categories_elsewhere_are_learned_from_the_other_rows_alone() -> None:
    frame = with_fact("code = upper(name) where source = 'auto'")
    learned = discover(frame).apply(frame)["code"]
    assert set(learned) == {"X1", "X2", "K9"}


def test_several_hold_in_different_rows_of_one_column() -> None:
    rng, n = np.random.default_rng(3), 1_500
    start, nights = _days(rng, n), rng.integers(1, 20, n)
    kind = rng.choice(["hotel", "day", "open"], n)
    span = np.select([kind == "hotel", kind == "day"], [nights, 0], rng.integers(0, 60, n))
    frame = pd.DataFrame({"kind": kind, "start": start, "nights": nights})
    frame["end"] = start + _span(span)
    relations = discover(frame)
    assert {"end = start where kind = 'day'", "start <= end"} <= set(relations.texts)
    rows = permuted(relations, frame)
    assert (rows["end"] == rows["start"])[rows["kind"] == "day"].all()
    hotel = rows[rows["kind"] == "hotel"]
    assert (hotel["end"] == hotel["start"] + _span(hotel["nights"])).all()
    assert not relations.find_violations(rows).any()
    back = RelationSet.from_dict(relations.to_dict(), relations.schema)
    pd.testing.assert_frame_equal(back.restore(back.apply(frame)), frame)


def test_a_constant_holds_in_other_rows() -> None:
    rng, n = np.random.default_rng(4), 1_200
    hours, rate = rng.integers(1, 60, n), rng.integers(12, 60, n)
    status = rng.choice(["none", "hourly", "fixed"], n)
    pay = np.select(
        [status == "none", status == "hourly"], [0, hours * rate], rng.integers(100, 3_000, n)
    )
    frame = pd.DataFrame({"status": status, "hours": hours, "rate": rate, "pay": pay})
    texts = discover(frame).texts
    assert "pay = hours * rate where status = 'hourly'" in texts
    assert "pay = 0 exactly where status = 'none'" in texts


def test_it_composes_with_sums() -> None:
    frame = with_fact(TAX)
    frame["gross"] = (frame["net"] + frame["tax"]).round(2)
    relations = discover(frame)
    assert {TAX, "gross = net + tax"} <= set(relations.texts)
    rows = permuted(relations, frame)
    assert MADE[TAX][1](rows).all()
    assert _close(rows["gross"], rows["net"] + rows["tax"]).all()


def test_own_gaps_and_gaps_of_sources_stay() -> None:
    frame, rng = with_fact(TAX, 1_500), np.random.default_rng(0)
    frame["net"] = frame["net"].mask(rng.random(len(frame)) < 0.1)
    is_german = frame["country"] == "DE"
    frame.loc[is_german & frame["net"].isna(), "tax"] = np.nan
    frame["tax"] = frame["tax"].mask(rng.random(len(frame)) < 0.1)
    relations = discover(frame)
    assert TAX in relations.texts
    pd.testing.assert_frame_equal(relations.restore(relations.apply(frame)), frame)
    rows = permuted(relations, frame)
    assert (MADE[TAX][1](rows) | rows["tax"].isna()).all()
    assert rows["tax"].isna().mean() > 0.05


def test_of_a_product_with_gaps_the_result_is_computed_and_no_factor() -> None:
    rng, n = np.random.default_rng(9), 1_200
    frame = pd.DataFrame({"qty": rng.integers(1, 13, n), "price": rng.lognormal(3, 1, n).round(2)})
    frame["net"] = (frame["qty"] * frame["price"]).round(2)
    for name in ("qty", "price"):
        frame[name] = frame[name].mask(rng.random(n) < 0.1)
    relations = discover(frame)
    assert "net = qty * price where not (qty missing) and not (price missing)" in relations.texts
    rows = permuted(relations, frame)
    given = rows.dropna()
    assert len(given) < n
    assert _close(given["net"], given["qty"] * given["price"]).all()
    assert rows["net"].notna().all()


def test_what_holds_in_all_rows_is_no_conditional_fact() -> None:
    rng, n = np.random.default_rng(5), 800
    net = rng.lognormal(4, 1, n).round(2)
    kind = rng.choice(["a", "b"], n)
    frame = pd.DataFrame({"net": net, "kind": kind, "tax": (0.19 * net).round(2)})
    assert not [text for text in discover(frame).texts if " where " in text]


def test_a_few_rows_that_break_it_are_counted_and_learned_around() -> None:
    frame = with_fact(TAX, 3_000)
    broken = frame.index[frame["country"] == "DE"][:1]
    frame.loc[broken, "tax"] += 11.11
    relations = discover(frame)
    (offered,) = [d for d in relations.offered if d.relation.text == TAX]
    assert offered.n_violations == 1
    assert TAX not in relations.texts
    assert discover(frame, declare=[TAX]).has_violations


def test_categories_of_few_rows_are_not_named_under_protection() -> None:
    frame = with_fact("pay = hours * rate where grade in (1, 2)", 1_000)
    is_rare = (frame["grade"] == 2) & (frame.groupby("grade").cumcount() >= 12)
    frame.loc[is_rare, "grade"] = 1
    protected = discover(frame, Protection(is_on=True, min_rows=20))
    assert "pay = hours * rate where grade = 1" in protected.texts


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tax = tax * 2 where country = 'DE'", "is written"),
        ("tax = 0.19 * net where tax > 3", "decide its own value"),
        ("tax = 0.19 * net where country = 'US'", "holds in no row"),
        ("tax = 0.19 * net where net > 0", "holds in every row"),
        ("tax = 0.16 * net where country = 'DE'", "does not hold"),
        ("tax = 0.19 * net exactly where country = 'DE'", "of a constant only"),
        ("tax = 0.19 * price where country = 'DE'", "price"),
    ],
)
def test_what_cannot_be_is_refused(text: str, message: str) -> None:
    with pytest.raises(RelationError, match=message):
        discover(with_fact(TAX), discover=False, declare=[text])


def test_two_that_write_the_same_rows_are_refused() -> None:
    frame = with_fact(TAX)
    frame["other"] = frame["net"] * 0.19
    declared = [TAX, "tax = other where net > 20 and country = 'DE'"]
    with pytest.raises(RelationError, match="cannot both be kept"):
        discover(frame, discover=False, declare=declared)


def test_a_saved_gate_that_is_none_is_refused() -> None:
    relations = discover(with_fact(TAX), discover=False, declare=[TAX])
    entry = relations.to_dict()
    entry["kept"][0]["state"]["gate"] = "country -> tax"
    with pytest.raises(ModelFileError, match="gate"):
        RelationSet.from_dict(entry, relations.schema)


def _chance_table(seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    n, correlation = int(rng.choice([40, 150, 600, 2_000])), rng.choice([0.0, 0.6, 0.95])
    latent = np.sqrt(correlation) * rng.normal(size=(n, 1))
    latent = latent + np.sqrt(1 - correlation) * rng.normal(size=(n, 8))
    day = pd.Timestamp("2022-01-01")
    columns: dict[str, Any] = {
        "number": latent[:, 0].round(2),
        "amount": np.exp(latent[:, 1]).round(2),
        "whole": np.rint(3 * latent[:, 2]).astype(int),
        "count": np.rint(30 * latent[:, 3]).astype(int),
        "gappy": pd.Series(latent[:, 4].round(1)).mask(rng.random(n) < 0.3),
        "day": day + pd.to_timedelta(np.rint(5 * latent[:, 5]), "D"),
        "until": day + pd.to_timedelta(np.rint(5 * latent[:, 6]), "D"),
        "level": np.array(list("abcde"))[np.digitize(latent[:, 7], [-1, 0, 1, 2])],
        "city": rng.choice(["Ulm", "ulm", "Bonn", "Rom"], n),
        "town": rng.choice(["Ulm", "ULM", "Bonn", "Rom"], n),
        "kind": rng.choice(list("uvw"), n),
    }
    return pd.DataFrame(columns)


@pytest.mark.parametrize("seed", range(12))
def test_chance_brings_about_none(seed: int) -> None:
    relations = discover(_chance_table(seed))
    found = [*relations.kept, *relations.implied, *relations.offered]
    assert [d.relation.text for d in found if d.relation.KIND == "formula_where"] == []


def test_generated_rows_obey_it_and_can_be_asked_for() -> None:
    frame = with_fact(TAX, 600)
    model = TabGAN(steps=30, random_state=0, threads=1).fit(frame)
    rows = model.sample(400, random_state=1)
    assert MADE[TAX][1](rows).all()
    asked = model.sample(30, where="tax>=20", random_state=1)
    assert (asked["tax"] >= 20).all()
    assert MADE[TAX][1](asked).all()
