"""What fewer than k rows of a table hold is nowhere, be it fitted in memory or in passes."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tabgan.config import NO_PROTECTION, Protection, TrainingConfig
from tabgan.errors import TableError
from tabgan.fitting.fit import fit_model
from tabgan.fitting.fit_request import FitRequest
from tabgan.fitting.out_of_core import fit_plan, plan_fit
from tabgan.model.tabular_model import TabularModel
from tabgan.relations import RelationConfig
from tests.held_values import find_exposed
from tests.protection_tables import make_facts

N, N_PLANTED = 2_400, 4  # rows, of which so few hold what is planted
REQUEST = FitRequest(
    TrainingConfig(steps=3, n_validations=1, hidden_dim=16, latent_dim=8, refine_rounds=0),
    relations=RelationConfig(discover=False),
    protection=Protection(True),
    seed=0,
)
PLANTED: dict[str, Any] = {
    "grade": 13,
    "zip": 49_999,
    "share": 77.25,
    "day": pd.Timestamp("1931-05-05"),
    "text": "2.61",
    "size": "7 TB",
    "salary": "ask Bob",
    "weight": "ask Eve",
    "key": "ZZ/77",
    "town": "Bree",
}


def make_table() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    salary = rng.normal(5, 1, N).round(2).astype(str)
    table = pd.DataFrame(
        {
            "grade": rng.integers(1, 7, N),
            "zip": rng.integers(10_000, 20_000, N),
            "share": rng.random(N),
            "day": rng.choice(pd.date_range("2020-01-01", periods=600), N),
            "text": rng.integers(1, 9, N).astype(str),
            "size": [
                f"{number} {unit}"
                for number, unit in zip(
                    rng.integers(1, 99, N), ["GB", "MB"] * (N // 2), strict=True
                )
            ],
            "salary": np.where(rng.random(N) < 0.05, "?", salary),
            "weight": np.where(rng.random(N) < 0.1, rng.choice(["?", "-"], N), salary),
            "key": [f"AB-{n:05d}" for n in rng.permutation(N)],
            "town": rng.choice(["Rome", "Oslo"], N),
        }
    ).astype({"size": object, "salary": object, "weight": object, "key": object, "text": object})
    for row in rng.choice(N, N_PLANTED, replace=False):
        table.loc[row, list(PLANTED)] = list(PLANTED.values())
    table.loc[table.index[table["key"] == "ZZ/77"], "key"] = ["ZZ/77", "YY/78", "XX/79", "WW/80"]
    return table


def fit_in_passes(table: pd.DataFrame, folder: Path) -> TabularModel:
    table.to_parquet(folder / "table.parquet", row_group_size=500)
    plan = plan_fit(folder / "table.parquet", folder=folder)
    return fit_plan(replace(plan, memory_limit=1), REQUEST)


@pytest.mark.parametrize("in_passes", [False, True])
def test_what_few_rows_hold_is_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_passes: bool
) -> None:
    for name in ("MAX_BATCH_ROWS", "MIN_BATCH_ROWS"):
        monkeypatch.setattr(f"tabgan.fitting.out_of_core.{name}", 500)
    table = make_table()
    model = fit_in_passes(table, tmp_path) if in_passes else fit_model(table, REQUEST)
    rows = model.sample(20_000, seed=1)
    for name, value in PLANTED.items():
        assert not (rows[name] == value).any(), name
    held = repr((model.schema.to_dict(), model.encoder.to_state()))
    for text in ("ask Bob", "ask Eve", " TB", "ZZ", "Bree"):
        assert text not in held
    assert {"?", "-"} < set(rows["weight"])
    assert rows.notna().all().drop("salary").all()


def test_networks_are_as_narrow_as_protection_asks(tmp_path: Path) -> None:
    table = make_table().head(600)
    request = replace(REQUEST, config=replace(REQUEST.config, hidden_dim=256))
    model = fit_model(table, request)
    assert model.config.hidden_dim == model.generator.mlp.first.out_features == 75
    model.save(tmp_path / "m.tabgan")
    rows = TabularModel.load(tmp_path / "m.tabgan").sample(9, seed=0)
    pd.testing.assert_frame_equal(rows, model.sample(9, seed=0))
    open_model = fit_model(table, replace(request, protection=NO_PROTECTION))
    assert open_model.config.hidden_dim == 256


def test_a_table_of_fewer_rows_than_are_protected_is_refused() -> None:
    with pytest.raises(TableError, match="the table has 3 rows, and what fewer than 5 rows hold"):
        fit_model(make_table().iloc[:3], REQUEST)


@pytest.mark.parametrize("in_passes", [False, True])
def test_facts_of_few_rows_are_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_passes: bool
) -> None:
    for name in ("MAX_BATCH_ROWS", "MIN_BATCH_ROWS"):
        monkeypatch.setattr(f"tabgan.fitting.out_of_core.{name}", 500)
    table = make_facts(n=2_400)
    request = replace(REQUEST, relations=RelationConfig(declare=table.declare))
    if in_passes:
        table.frame.to_parquet(tmp_path / "t.parquet", row_group_size=500)
        plan = plan_fit(tmp_path / "t.parquet", folder=tmp_path)
        model = fit_plan(replace(plan, memory_limit=1), request)
    else:
        model = fit_model(table.frame, request)
    assert {"town -> land", "sum missing by paid"} < set(model.relations.texts)
    rows = model.sample(20_000, seed=1)
    for column, values in table.planted.items():
        for planted in values:
            assert not (rows[column] == planted.value).any(), column
    model.save(tmp_path / "m.tabgan")
    assert find_exposed(tmp_path / "m.tabgan", table.frame, 5) == []
