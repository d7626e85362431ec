"""Odd tables: every one is learned and given back in kind, or refused in a sentence."""

from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tabgan import TabGAN, TabganError, TrainingConfig, evaluate
from tabgan.errors import TableError

TINY = TrainingConfig(
    steps=2, batch_size=16, hidden_dim=8, n_layers=1, latent_dim=2, n_validations=1
)
RNG = np.random.default_rng(0)

ODD = {
    "two rows": pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}),
    "one column": pd.DataFrame({"a": RNG.normal(size=50)}),
    "one constant column": pd.DataFrame({"a": [7] * 20}),
    "all constant": pd.DataFrame({"a": [7] * 20, "b": ["x"] * 20}),
    "all missing": pd.DataFrame({"a": [None] * 20, "b": [np.nan] * 20}),
    "only categories": pd.DataFrame({"a": list("xyz") * 9, "b": list("uvw") * 9}),
    "only numbers": pd.DataFrame(RNG.normal(size=(60, 4)), columns=list("abcd")),
    "only identifiers": pd.DataFrame({"id": [f"K{i:03d}" for i in range(40)]}),
    "emoji and quotes": pd.DataFrame({"größe 🙂": [1.5, 2.5] * 9, "a'b\"c": ["=", ">"] * 9}),
    "numbered columns": pd.DataFrame(RNG.integers(0, 9, (40, 3))),
    "one value and gaps": pd.DataFrame({"a": [1.0, None] * 20, "b": range(40)}),
    "huge and tiny": pd.DataFrame({"a": [1e300, 1e-300, -1e300] * 9, "b": range(27)}),
    "the largest float": pd.DataFrame({"a": [0.0, 1.7976931348623157e308] * 14}),
    "two of the largest floats": pd.DataFrame({"a": [-5.0e303, -1.797e308] * 9, "b": range(18)}),
    "large integers": pd.DataFrame({"a": [2**53, 2**53 - 2, 7] * 9}),
    "an odd index": pd.DataFrame({"a": range(30)}, index=[5] * 30),
    "rare class": pd.DataFrame({"y": ["no"] * 199 + ["yes"], "x": RNG.normal(size=200)}),
    "200 columns": pd.DataFrame(RNG.integers(0, 3, (50, 200))).add_prefix("c"),
    "sparse, its fill a NumPy scalar": pd.DataFrame(
        {"a": pd.arrays.SparseArray([0.5, 1.5] * 20, fill_value=np.float64(0.5)), "b": range(40)}
    ),
    "times of day": pd.DataFrame({"t": pd.to_timedelta(range(40), unit="min"), "x": range(40)}),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_tables_are_learned(name: str) -> None:
    table = ODD[name]
    rows = TabGAN(config=TINY, random_state=0).fit(table).sample(30)
    assert rows.shape == (30, table.shape[1])
    assert list(rows.columns) == list(table.columns)
    pd.testing.assert_series_equal(rows.dtypes, table.dtypes)
    never_missing = table.columns[table.notna().all()]
    assert rows[never_missing].notna().all(axis=None)


def test_levels_of_times_before_time_zones_come_back(tmp_path: Path) -> None:
    moments = pd.to_datetime(["1700-01-01", "1701-05-05"]).as_unit("s")
    levels = pd.Index(moments.tz_localize("UTC").tz_convert("Europe/Berlin"))
    table = pd.DataFrame({"when": levels.to_series().take([0, 1] * 20).astype("category").array})
    model = TabGAN(config=TINY, random_state=0).fit(table)
    model.save(tmp_path / "m.tabgan")
    rows = TabGAN.load(tmp_path / "m.tabgan").sample(30)
    assert rows["when"].isin(table["when"].tolist()).all()
    assert rows["when"].dtype == table["when"].dtype


def test_ranges_of_numbers_of_a_huge_step_are_drawn() -> None:
    table = pd.DataFrame({"a": RNG.integers(1, 900, 80) * 1e30})
    rows = TabGAN(config=TINY, random_state=0).fit(table).sample(10, where={"a": ("<", 4.005e32)})
    assert (rows["a"] < 4.005e32).all()


def test_sparse_objects_are_refused() -> None:
    table = pd.DataFrame({"a": pd.arrays.SparseArray(np.array([0, 1.5] * 9, object), fill_value=0)})
    with pytest.raises(TableError, match="'a' is a sparse one of objects"):
        TabGAN(config=TINY).fit(table)


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame({"a": pd.Series(["x\ud800", "y"] * 9, dtype=object)}),
        pd.DataFrame([[1], [2]], columns=pd.Index(["x\ud800"], dtype=object)),
    ],
    ids=["value", "name"],
)
def test_half_of_a_surrogate_pair_is_refused(table: pd.DataFrame) -> None:
    with pytest.raises(TableError, match=r"'x\\ud800'.*half of a surrogate pair"):
        TabGAN(config=TINY).fit(table)


def test_a_number_that_cannot_be_compared_is_refused_by_whatever_reads_rows() -> None:
    values = [Decimal("1.5"), Decimal("sNaN")] * 9
    rows = pd.DataFrame({"a": values, "b": range(18)})
    with pytest.raises(TableError, match=r"column 'a' holds Decimal\('sNaN'\)"):
        TabGAN(config=TINY).fit(rows)
    fitted = TabGAN(config=TINY).fit(
        rows.assign(a=pd.Series([Decimal("1.5"), None] * 9, dtype=object))
    )
    for question in (fitted.complete, fitted.impute, fitted.model_.score_samples):
        with pytest.raises(TabganError, match=r"column 'a' holds Decimal\('sNaN'\)"):
            question(rows)


COLUMNS = st.one_of(
    st.lists(st.integers(-(2**40), 2**40), min_size=2, max_size=25),
    st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=2, max_size=25),
    st.lists(st.text(max_size=4) | st.none(), min_size=2, max_size=25),
    st.lists(st.booleans() | st.none(), min_size=2, max_size=25),
    st.lists(st.datetimes() | st.none(), min_size=2, max_size=25),
    st.lists(st.one_of(st.integers(), st.text(max_size=2)), min_size=2, max_size=25),
)


@given(st.lists(COLUMNS, min_size=1, max_size=4))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_table_is_learned_or_refused_in_a_sentence(columns: list[list[object]]) -> None:
    n_rows = min(map(len, columns))
    table = pd.DataFrame({f"c{i}": values[:n_rows] for i, values in enumerate(columns)})
    try:
        rows = TabGAN(config=TINY, random_state=0).fit(table).sample(5)
    except TabganError as error:
        assert str(error).rstrip().endswith(".")  # noqa: PT017
        return
    assert len(rows) == 5
    pd.testing.assert_series_equal(rows.dtypes, table.dtypes)


def test_a_table_of_gaps_is_judged() -> None:
    table = pd.DataFrame({"a": [np.nan] * 120, "b": [None] * 120})
    report = evaluate(table, table, target="a", learners=("linear",), repeats=2)
    assert "no column" in str(report)
