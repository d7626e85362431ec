"""Columns that often equal others: the equal rows stay equal, whatever their source becomes."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tabgan.errors import RelationError
from tabgan.query.parser import parse_relation
from tabgan.relations.frequent_equality.frequent_equality import FrequentEquality
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import ColumnKind, TableSchema
from tabgan.schema.float_conversion import to_float
from tabgan.state_reader import StateReader


def orders(n: int = 800) -> pd.DataFrame:
    """What was billed is often what was quoted; what was paid is often what was billed, as text."""
    rng = np.random.default_rng(0)
    quoted = rng.gamma(2, 40, n).round(2)
    billed = np.where(rng.random(n) < 0.3, quoted, rng.gamma(2, 40, n).round(2))
    paid = np.where(rng.random(n) < 0.5, billed, rng.integers(1, 200, n))
    zero = rng.random(n) < 0.7
    return pd.DataFrame(
        {
            "quoted": pd.Series(quoted).mask(rng.random(n) < 0.05),
            "billed": pd.Series(billed).mask(rng.random(n) < 0.1),
            "paid": [f"{value:.2f}" for value in paid],
            "gain": np.where(zero | (rng.random(n) < 0.05), 0, rng.integers(1, 40, n)),
            "loss": np.where(zero | (rng.random(n) < 0.05), 0, rng.integers(1, 40, n)),
            "copy": billed,
        }
    )


def profile_of(frame: pd.DataFrame) -> TableProfile:
    schema = TableSchema.infer(frame)
    return TableProfile(schema.check(frame), schema)


def found(frame: pd.DataFrame) -> list[str]:
    discoveries = FrequentEquality.discover(profile_of(frame))
    assert not any(discovery.n_violations for discovery in discoveries)
    return [discovery.relation.text for discovery in discoveries]


def declare(text: str, frame: pd.DataFrame) -> list[FrequentEquality]:
    profile = profile_of(frame)
    return FrequentEquality.declare(parse_relation(text, profile.schema.names), profile)


def check_inverse(relation: FrequentEquality, frame: pd.DataFrame) -> None:
    """Restored rows are the table's; in mixtures of its cells, inf becomes the source's value."""
    (column,), (source,) = relation.dependents, relation.sources
    left = relation.apply(frame)
    pd.testing.assert_frame_equal(relation.restore(left), frame, check_exact=True)
    rng = np.random.default_rng(0)
    mixed = frame.copy()
    mixed[column.name] = left[column.name].to_numpy()[rng.permutation(len(left))]
    mixed[source.name] = frame[source.name].iloc[rng.permutation(len(left))].to_numpy()
    mixed = mixed.astype({source.name: frame[source.name].dtype})
    back = relation.restore(mixed)
    assert back[column.name].dtype == frame[column.name].dtype
    assert back[column.name].isna().sum() == frame[column.name].isna().sum()
    assert not relation.find_violations(back).any()
    again = np.isposinf(relation.apply(back)[column.name])
    sources = to_float(mixed[source.name], source)
    assert relation.value_range is not None
    reached = (sources >= relation.value_range[0]) & (sources <= relation.value_range[1])
    assert again[np.isposinf(mixed[column.name]) & reached].all()


def test_the_best_source_before_each_column_is_found() -> None:
    frame = orders()
    assert found(frame.drop(columns="copy")) == ["billed often = quoted", "paid often = billed"]
    assert found(frame[["billed", "copy"]]) == []  # equal wherever both are present


def test_nothing_is_found_by_chance() -> None:
    for seed in range(12):
        rng = np.random.default_rng(seed)
        n = 60 * 3 ** (seed % 4)
        counts = {f"n{i}": rng.poisson(1 + i, n) for i in range(6)}
        zeros = {f"z{i}": np.where(rng.random(n) < 0.9, 0, rng.integers(1, 30, n))
                 for i in range(4)}  # fmt: skip
        prices = {f"p{i}": rng.lognormal(1, 1, n).round(1) for i in range(4)}
        assert found(pd.DataFrame(counts | zeros | prices)) == []


def test_every_relation_is_an_exact_inverse_both_ways() -> None:
    frame = orders()
    discoveries = FrequentEquality.discover(profile_of(frame))
    relations = [f.relation for f in discoveries]
    relations += [other for f in discoveries for other in f.relation.equivalents()]
    assert len(relations) == 2 * len(discoveries) == 6
    for relation in relations:
        assert isinstance(relation, FrequentEquality)
        check_inverse(relation, frame)
        assert declare(relation.text, frame) == [relation]
        entry = json.loads(json.dumps(relation.to_dict()))
        assert FrequentEquality.from_dict(StateReader(entry), TableSchema.infer(frame)) == relation


@pytest.mark.parametrize("form", ["Int64", "float32", "text"])
@given(
    st.lists(
        st.tuples(st.none() | st.integers(-200, 200), st.none() | st.integers(-200, 200)),
        min_size=5,
        max_size=40,
    )
)
@settings(max_examples=25, deadline=None)
def test_any_table_is_an_exact_inverse(
    form: Any, rows: list[tuple[int | None, int | None]]
) -> None:
    first, second = (pd.Series(part, dtype="Float64") for part in zip(*rows, strict=True))
    frame = pd.DataFrame({"x": first, "y": second.where(second % 3 > 0, first)})
    if form == "text":
        scaled = frame.astype("float64") / 8
        frame = scaled.map(lambda v: None if np.isnan(v) else f"{v:.3f}")
    else:
        frame = (frame.astype("float64") / (4 if form == "float32" else 1)).astype(form)
    numbers = {ColumnKind.INTEGER, ColumnKind.CONTINUOUS, ColumnKind.MIXED}
    if {column.kind for column in TableSchema.infer(frame).columns} <= numbers:
        for text in ("y often = x", "x often = y"):
            (relation,) = declare(text, frame)
            check_inverse(relation, frame)


def test_a_gap_to_be_equal_to_is_the_median_and_noise_is_rounded() -> None:
    frame = pd.DataFrame({"x": [1.5, np.nan, 3.0, 9.0], "y": [1.5, 2.0, 4.0, 6.5]})
    (relation,) = declare("y often = x", frame)
    assert relation.apply(frame)["y"].tolist() == [np.inf, 2.0, 4.0, 6.5]
    free = frame.assign(y=[np.inf, np.inf, 2.04, np.nan])
    assert relation.restore(free)["y"].tolist()[:3] == [1.5, 3.0, 2.0]  # 3.0 lies amid 2 and 4
    assert relation.restore(free)["y"].isna().tolist() == [False, False, False, True]


def test_kind_forms_and_refusals() -> None:
    frame = orders().assign(often=range(3, 803), city=["Ulm", "Bonn"] * 400)
    frame["often"] %= 97
    (relation,) = declare('"often" often = gain', frame)
    assert relation.text == '"often" often = gain'
    (left,) = relation.reduced_columns().values()
    assert left is not None
    assert (left.kind, left.dtype) == (ColumnKind.INTEGER, "float64")
    assert relation.explain().startswith("often equals gain in many rows")
    assert declare("billed = quoted", frame) == []
    for wrong, message in {
        "billed often = city": "'city' holds categorical values",
        "billed often = billed": "name two columns",
        "billed often < quoted": "written 'y often = x', with two columns",
        "billed often = 3": "written 'y often = x', with two columns",
        "billed often": "written 'y often = x', with two columns",
    }.items():
        with pytest.raises(RelationError, match=message):
            declare(wrong, frame)
    frame["fine"] = np.random.default_rng(0).normal(size=800)
    with pytest.raises(RelationError, match="come back exactly"):
        declare("fine often = billed", frame)


def test_a_source_out_of_reach_gives_the_nearest_value() -> None:
    frame = pd.DataFrame({"asked": [2, 5, 9, 14, 500], "paid": [2, 5, 8, 14, 20]})
    profile = profile_of(frame)
    asked, paid = profile.columns
    relation = FrequentEquality.fit(asked, paid, profile)
    made = pd.DataFrame({"asked": [400, 1, 7], "paid": [np.inf, np.inf, np.inf]})
    assert relation.restore(made)["paid"].tolist() == [20, 2, 7]
    state = json.loads(json.dumps(relation.to_dict()))
    assert FrequentEquality.from_dict(StateReader(state), profile.schema) == relation
