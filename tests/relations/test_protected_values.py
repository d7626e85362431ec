"""What relations keep of a column is held by enough rows, and their discovery never fails."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tabgan.config import NO_PROTECTION, Protection
from tabgan.errors import RelationError
from tabgan.relations import RelationConfig, RelationSet
from tabgan.relations.protected_values import find_ends, find_middle
from tabgan.schema import TableSchema

N = 600


def discover(frame: pd.DataFrame, k: int = 5, *declared: str) -> RelationSet:
    schema = TableSchema.infer(frame)
    config = RelationConfig(declare=declared)
    return RelationSet.discover(schema.check(frame), schema, config, Protection(True, k))


def make_numbers(rng: np.random.Generator, n: int = N) -> "pd.Series[Any]":
    return pd.Series(rng.normal(100, 10, n).round(2))


@given(
    values=st.lists(
        st.floats(-1e308, 1e308) | st.sampled_from([0.0, 1.0, 2.0, -7.25]), min_size=1, max_size=60
    ),
    k=st.integers(2, 9),
)
@settings(max_examples=200, deadline=None)
def test_beyond_an_end_lie_enough_rows(values: list[float], k: int) -> None:
    present = np.array(values)
    ends = find_ends(present, k)
    assert (ends is None) == (len(present) <= 2 * k)
    if ends is not None:
        assert (present <= ends[0]).sum() <= k + (present == ends[0]).sum()
        assert (present >= ends[1]).sum() <= k + (present == ends[1]).sum()
        ordered = np.sort(present)
        assert ends[0] <= ordered[k]
        assert ends[1] >= ordered[-k - 1]


def test_ends_of_everyday_numbers_are_round_and_none_of_few_rows() -> None:
    rng = np.random.default_rng(0)
    present = rng.integers(10_000, 99_999, 500).astype(float)
    ends = find_ends(present, 5)
    assert ends is not None
    assert not set(ends) & set(present)
    assert [end % 1_000 for end in ends] == [0, 0]
    assert find_ends(present, 1) == (present.min(), present.max())
    assert find_ends(np.repeat([4.0, 5.0], 30), 5) == (4.0, 5.0)


def test_a_middle_is_held_by_enough_rows_or_by_none() -> None:
    rng = np.random.default_rng(1)
    spread = rng.normal(50, 9, 800).round(3)
    middle = find_middle(spread, 5, decimals=3)
    assert middle not in spread
    assert abs(middle - np.median(spread)) < 3
    common = np.append(spread, np.repeat(47.125, 5))
    assert find_middle(common, 5, decimals=3) == 47.125


def test_values_that_fill_gaps_are_not_held_by_more_rows() -> None:
    rng = np.random.default_rng(0)
    paid = rng.random(N) < 0.2
    amount = make_numbers(rng).where(paid)
    amount[int(np.flatnonzero(paid)[0])] = 98_765.43
    frame = pd.DataFrame({"paid": np.where(paid, "yes", "no"), "amount": amount})
    relations = discover(frame)
    assert relations.texts == ("amount missing by paid",)
    free = relations.apply(frame)
    fillers = relations.find_fillers(frame, free)
    assert list(fillers) == ["amount"]
    assert fillers["amount"].tolist() == (~paid).tolist()
    assert (free["amount"] == 98_765.43).sum() > 1
    assert (free["amount"][~fillers["amount"]] == 98_765.43).sum() == 1


def test_an_entry_that_few_rows_hold_is_not_kept_even_of_a_common_key() -> None:
    town = ["Ulm"] * 300 + ["Bonn"] * 296 + ["Pau"] * 6
    land = ["DE"] * 596 + ["FR"] * 4 + ["ES"] * 2
    frame = pd.DataFrame({"town": town, "land": pd.Categorical(land)})
    (relation,) = discover(frame, 5, "town -> land").relations
    assert relation.explain() == "town decides land (2 entries)"
    state = json.dumps(relation.to_dict())
    assert "FR" not in state
    assert "ES" not in state
    restored = relation.restore(frame[["town"]])
    assert set(restored["land"]) == {"DE"}


def test_where_all_levels_are_rare_there_is_no_dependency() -> None:
    names = [f"n{i}" for i in range(150) for _ in range(4)]
    frame = pd.DataFrame({"name": names, "code": [name.upper() for name in names]})
    assert discover(frame).texts == ()
    with pytest.raises(RelationError, match="follows from nothing that 5 rows hold"):
        discover(frame, 5, "name -> code")


def test_what_protection_hides_breaks_no_declared_relation() -> None:
    rare = [("trabant", 2)] * 4 + [("dacia", 4)] * 4
    cars = pd.DataFrame(
        [*[("vw", 5)] * 100, *[("fiat", 3)] * 100, *rare], columns=["make", "doors"]
    )
    (kept,) = discover(cars, 5, "combinations of make, doors").kept
    assert kept.n_violations == 0
    assert "trabant" not in json.dumps(kept.relation.to_dict())
    assert set(kept.relation.restore(kept.relation.apply(cars))["make"]) == {"vw", "fiat"}


def test_parts_of_dates_list_no_category_of_few_rows() -> None:
    rng = np.random.default_rng(0)
    day = pd.Series(rng.choice(pd.date_range("2021-01-01", periods=730), N))
    day[:2] = pd.Timestamp("2035-06-01")
    year = pd.Categorical(day.dt.strftime("%Y"), ["2021", "2022", "2035", "1900"])
    frame = pd.DataFrame({"day": day, "year": year, "x": make_numbers(rng)})
    (relation,) = (r for r in discover(frame).relations if r.KIND == "date_part")
    state = json.dumps(relation.to_dict())
    assert "2021" in state
    assert "2035" not in state
    assert "1900" not in state
    assert set(relation.restore(frame[["day"]])["year"]) == {"2021", "2022", "2035"}


def test_sums_of_too_few_values_are_refused_in_a_sentence() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.integers(0, 30, (40, 2)), columns=["a", "b"])
    frame = frame.assign(c=frame["a"] + frame["b"])
    assert "c = a + b" in str(discover(frame, 5, "c = a + b").texts)
    with pytest.raises(RelationError, match="'c' has too few values to tell their range"):
        discover(frame, 20, "c = a + b")


ODD: dict[str, Any] = {
    "spread beyond 1e308": lambda rng, n: pd.Series(rng.choice([-1.7e308, 1.7e308, 0.5], n)),
    "all rare": lambda rng, n: pd.Series([f"v{i // 3}" for i in range(n)]),
    "one value": lambda rng, n: pd.Series([7] * n),
    "gaps": lambda rng, n: pd.Series(rng.normal(size=n)).where(rng.random(n) < 0.3),
    "few": lambda rng, n: pd.Series(rng.integers(0, 3, n)),
    "dates": lambda rng, n: (
        pd.Timestamp("2024-01-01") + pd.Series(pd.to_timedelta(rng.integers(0, 99, n), "D"))
    ),
    "bool": lambda rng, n: pd.Series(rng.random(n) < 0.5),
}


@pytest.mark.parametrize("k", [2, 5, 30, 500])
@pytest.mark.parametrize("n", [6, 21, 60])
def test_discovery_never_fails(n: int, k: int) -> None:
    rng = np.random.default_rng(n)
    columns = {name: make(rng, n) for name, make in ODD.items()}
    frame = pd.DataFrame(columns)
    numbers = frame["few"] + 1.0
    frame = frame.assign(
        copy=frame["all rare"],
        upper=frame["all rare"].str.upper(),
        more=numbers + 2 * frame["few"],
        total=(numbers + frame["few"]),
        later=frame["dates"] + pd.Timedelta("3D"),
        month=frame["dates"].dt.strftime("%m"),
        twin=frame["gaps"] * 2,
        mixed=frame["gaps"].where(frame["bool"], 1.5),
        huge=frame["spread beyond 1e308"].where(frame["bool"]),
    )
    relations = discover(frame, k)
    restored = relations.restore(relations.apply(frame))
    assert list(restored) == list(frame)
    assert len(restored) == n


def test_without_protection_nothing_changes() -> None:
    rng = np.random.default_rng(0)
    fare = make_numbers(rng)
    frame = pd.DataFrame({"fare": fare, "total": (fare + rng.choice([1, 2.5], N)).round(2)})
    schema = TableSchema.infer(frame)
    plain = RelationSet.discover(frame, schema, None, NO_PROTECTION).to_dict()
    ranges = plain["kept"][0]["state"]["addition"]["spans"]
    assert (ranges[1]["low"], ranges[1]["high"]) == (fare.min(), fare.max())
