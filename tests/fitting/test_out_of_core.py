"""Tables that are learned in passes: the same facts as in memory, and no quiet way to go wrong."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tabgan.config import TrainingConfig
from tabgan.errors import CheckpointError, RelationError, SchemaError, SettingError, TableError
from tabgan.fitting.fit import fit_model
from tabgan.fitting.fit_request import FitRequest
from tabgan.fitting.out_of_core import FitPlan, fit_plan, plan_fit
from tabgan.io import TableSource
from tabgan.model.tabular_model import TabularModel
from tabgan.relations import RelationConfig
from tabgan.runtime.progress import Progress
from tabgan.schema import ColumnKind
from tabgan.training.checkpoint import Checkpoints
from tests.training.test_checkpoint import Fragile, PowerCutError, same

TINY = TrainingConfig(steps=3, n_validations=1, hidden_dim=16, latent_dim=8, refine_rounds=0)


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Choose 600 rows, read 500 at a time."""
    monkeypatch.setattr("tabgan.fitting.out_of_core.reservoir_size", lambda _: 600)
    monkeypatch.setattr("tabgan.fitting.out_of_core.MAX_BATCH_ROWS", 500)
    monkeypatch.setattr("tabgan.fitting.out_of_core.MIN_BATCH_ROWS", 500)


def make_orders(rows: int = 3_000) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    town = rng.zipf(1.5, rows) % 150
    begins = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, rows), "D")
    table = pd.DataFrame(
        {
            "order": np.arange(rows) + 1,
            "town": [f"town {n}" for n in town],
            "land": [f"land {n % 7}" for n in town],
            "begins": begins,
            "ends": begins + pd.to_timedelta(rng.integers(0, 60, rows), "D"),
            "price": rng.lognormal(3, 1, rows).round(2),
            "paid": pd.Series(rng.random(rows) < 0.7),
        }
    )
    table["copies"] = table["price"] * 2
    if rows > 2_777:
        table.loc[2_777, ["price", "copies"]] = 99_999.0, 199_998.0
        table.loc[2_345, "land"] = None
    return table


def learn(path: Path, **options: Any) -> TabularModel:
    plan = replace(plan_fit(path, folder=path.parent), memory_limit=1)
    settings: dict[str, Any] = {"config": TINY, "seed": 0, **options}
    return fit_plan(plan, FitRequest(**settings))


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "orders.parquet"
    make_orders().to_parquet(path, row_group_size=800)
    return path


# towns and lands that never meet are drawn by a generator of so few steps
@pytest.mark.filterwarnings("ignore::tabgan.errors.ManyRejectedWarning")
def test_exact_counts_are_those_of_the_whole_table(orders: Path) -> None:
    table = make_orders()
    model = learn(orders)
    whole = fit_model(table, FitRequest(config=TINY, seed=0))
    assert model.schema == whole.schema
    assert model.card.rows == 3_000
    encoders: dict[Any, Any] = {e.column.name: e for e in model.encoder.encoders}
    expected: dict[Any, Any] = {e.column.name: e for e in whole.encoder.encoders}
    towns = dict(
        zip(encoders["town"].categories.values, encoders["town"].category_counts, strict=True)
    )
    assert towns == table["town"].value_counts().to_dict()
    assert encoders["paid"].frequencies == pytest.approx(expected["paid"].frequencies)
    assert encoders["begins"].calendar == expected["begins"].calendar
    assert max(e.maximum for e in encoders.values() if hasattr(e, "maximum")) >= 99_999.0
    rows = model.sample(500, seed=0)
    assert rows.dtypes.equals(whole.sample(5).dtypes)
    assert rows["order"].min() == 3_001


def test_relations_hold_in_every_row_made(orders: Path) -> None:
    table = make_orders()
    model = learn(orders)
    rows = model.sample(1_000, seed=0)
    assert (rows["copies"] == (rows["price"] * 2).round(2)).all()
    assert (rows["ends"] >= rows["begins"]).all()
    assert not any("town -> land" in text for text in model.relations.texts)  # one gap breaks it
    table.loc[2_345, "land"] = f"land {int(table['town'][2_345].split()[1]) % 7}"
    table.to_parquet(orders)
    model = learn(orders)
    assert any(text in {"town -> land", "land, town"} for text in model.relations.texts)
    known = dict(zip(table["town"], table["land"], strict=True))
    rows = model.sample(2_000, seed=0)
    assert (rows["land"] == rows["town"].map(known)).all()


def test_a_relation_that_fails_in_one_row_is_left_out(orders: Path) -> None:
    table = make_orders()
    table.loc[2_999, "copies"] = 1.0
    table.loc[1_999, "ends"] = pd.Timestamp("2019-01-01")
    table.to_parquet(orders)
    texts = " ".join(learn(orders).relations.texts)
    assert "copies = 2 * price" not in texts  # only nearly so
    assert "ends" not in texts


def test_gaps_on_one_side_hold_in_the_whole_table(orders: Path) -> None:
    table, rng = make_orders(), np.random.default_rng(1)
    gap = ~table["paid"] | (rng.random(len(table)) < 0.3)
    table["receipt"] = pd.Series(rng.normal(size=len(table)).round(2)).mask(gap)
    table.to_parquet(orders)
    model = learn(orders)
    assert "receipt partly missing by paid" in model.relations.texts
    rows = model.sample(1_000, seed=0)
    assert rows["receipt"][~rows["paid"].astype(bool)].isna().all()
    table.loc[table.index[~table["paid"]][-1], "receipt"] = 1.0
    table.to_parquet(orders)
    assert "receipt partly missing by paid" not in learn(orders).relations.texts


def test_rows_that_break_what_was_declared_are_left_out_and_reported(orders: Path) -> None:
    table = make_orders()
    table.loc[[2_100, 2_999], "ends"] = pd.Timestamp("2019-01-01")
    table.to_parquet(orders)
    setting = RelationConfig(declare=("begins <= ends",))
    model = learn(orders, relations=setting)
    assert model.card.rows == 2_998
    assert "break a declared relation: 2" in model.record.messages[-1]
    table.loc[1_500:, "ends"] = pd.Timestamp("2019-01-01")
    table.to_parquet(orders)
    with pytest.raises(RelationError, match="does not hold in"):
        learn(orders, relations=setting)


def test_the_same_seed_gives_the_same_rows(orders: Path) -> None:
    first, again = learn(orders).sample(50, seed=1), learn(orders).sample(50, seed=1)
    pd.testing.assert_frame_equal(first, again)


def test_a_fit_in_passes_goes_on_from_its_checkpoint(orders: Path) -> None:
    model = orders.with_name("m.tabgan")
    with pytest.raises(PowerCutError):
        learn(orders, checkpoints=Fragile(model, 2))
    checkpoints = Checkpoints(model, resume=True)
    assert same(learn(orders, checkpoints=checkpoints), learn(orders))
    with pytest.raises(CheckpointError, match="with in passes True, not False"):
        fit_model(make_orders(), FitRequest(config=TINY, seed=0, checkpoints=checkpoints))
    os.utime(orders, ns=(0, 0))
    with pytest.raises(CheckpointError, match="is of another table"):
        learn(orders, checkpoints=checkpoints)


def test_a_folder_of_partitions_and_a_pattern_are_one_table(tmp_path: Path) -> None:
    table = make_orders()
    for land, part in table.groupby(table["land"].fillna("none")):
        folder = tmp_path / "parts" / f"region={land}"
        folder.mkdir(parents=True)
        part.drop(columns="land").to_parquet(folder / "part.parquet")
    model = learn(tmp_path / "parts")
    assert model.card.rows == 3_000
    assert set(model.sample(300, seed=0)["region"]) <= {f"land {n}" for n in range(7)} | {"none"}
    for number in range(3):
        table.iloc[number::3].to_csv(tmp_path / f"part-{number}.csv", index=False)
    assert learn(tmp_path / "part-*.csv").card.rows == 3_000


def test_small_tables_are_learned_as_ever(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    make_orders(200).to_csv(path, index=False)
    plan = plan_fit(path)
    assert not plan.is_streamed
    request = FitRequest(config=TINY, seed=0)
    pd.testing.assert_frame_equal(
        fit_plan(plan, request).sample(20, seed=0),
        fit_model(pd.read_csv(path), request).sample(20, seed=0),
    )


def test_what_cannot_fit_is_refused_in_a_sentence(orders: Path) -> None:
    with pytest.raises(SettingError, match="even in passes, more than the limit of 1 MB; raise"):
        plan_fit(orders, 10**6)


def test_a_full_disk_is_refused_before_work(orders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FitPlan, "in_passes_bytes", 5)
    monkeypatch.setattr("tabgan.encoding.row_store.SPARE_BYTES", 10**18)
    with pytest.raises(TableError, match="scratch file needs"):
        plan_fit(orders, 10)


def change(monkeypatch: pytest.MonkeyPatch, on_pass: int, act: Any) -> None:
    """Do something to the files after the first batch of a pass."""
    read, decoding_steps = TableSource.iter_batches, iter(range(1, 100))

    def changed(source: TableSource, rows: int | None) -> Iterator[pd.DataFrame]:
        is_due = next(decoding_steps) == on_pass
        for batch in read(source, rows):
            yield batch
            if is_due:
                act()
                is_due = False

    monkeypatch.setattr(TableSource, "iter_batches", changed)


@pytest.mark.parametrize("on_pass", [1, 2, 3])
def test_a_table_that_grows_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, on_pass: int
) -> None:
    path = tmp_path / "t.csv"
    make_orders().to_csv(path, index=False)
    more = make_orders(9).assign(town="a town first seen in a later pass")
    plan = replace(plan_fit(path, folder=tmp_path), memory_limit=1)
    change(monkeypatch, on_pass, lambda: more.to_csv(path, mode="a", header=False, index=False))
    with pytest.raises(TableError, match=r"start again once (nothing|it)") as told:
        fit_plan(plan, FitRequest(config=TINY, seed=0))
    assert "\n" not in str(told.value)
    assert sorted(os.listdir(tmp_path)) == ["t.csv"]  # noqa: PTH208


def test_a_table_that_disappears_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "t.csv"
    make_orders().to_csv(path, index=False)
    plan = replace(plan_fit(path, folder=tmp_path), memory_limit=1)
    change(monkeypatch, 1, path.unlink)
    with pytest.raises(TableError, match="has gone since"):
        fit_plan(plan, FitRequest(config=TINY, seed=0))


def test_text_in_a_column_of_numbers_is_named(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    table = make_orders().astype({"price": object})
    table.loc[2_600, "price"] = "call us"
    table.to_csv(path, index=False)
    with pytest.raises(TableError, match="'price' holds numbers from row 1 on.*call us"):
        learn(path)


def test_a_date_that_is_none_is_named(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    table = make_orders().astype({"begins": str, "ends": str})
    table.loc[2_600, "begins"] = "2020-13-01"
    table.to_csv(path, index=False)
    with pytest.raises(SchemaError, match="'begins'.*'2020-13-01'"):
        learn(path, seed=1)


def test_progress_reports_each_pass(orders: Path) -> None:
    told: list[Progress] = []
    plan = replace(plan_fit(orders, folder=orders.parent), memory_limit=1)
    fit_plan(plan, FitRequest(config=TINY, seed=0), told.append)
    stages = list(dict.fromkeys(progress.stage for progress in told))
    assert stages[:5] == [
        "looking at every row",
        "finding relations",
        "counting every row",
        "encoding the columns",
        "encoding every row",
    ]


@pytest.mark.parametrize(
    "stage", ["looking at every row", "counting every row", "encoding every row"]
)
def test_a_stopped_fit_in_passes_leaves_nothing(orders: Path, stage: str) -> None:
    def stop(progress: Progress) -> None:
        if progress.stage == stage:
            raise KeyboardInterrupt

    plan = replace(plan_fit(orders, folder=orders.parent), memory_limit=1)
    with pytest.raises(KeyboardInterrupt):
        fit_plan(plan, FitRequest(config=TINY, seed=0), stop)
    assert list(orders.parent.iterdir()) == [orders]


def test_free_text_of_rows_beyond_the_sample_does_not_come(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    parts = [
        [f"{start}{end}" for start in "ABCDEFGH" for end in ends]
        for ends in (("nna", "rno", "stra", "lva"), ("shley", "ckford", "lmore", "nderby"))
    ]
    first, last = (rng.choice(part, 3_000) for part in parts)
    frame = pd.DataFrame({"patient": [f"{a} {b}" for a, b in zip(first, last, strict=True)]})
    frame = frame.drop_duplicates(ignore_index=True)
    frame["age"] = rng.integers(18, 90, len(frame))
    assert len(frame) > 950
    frame.iloc[:900].to_parquet(tmp_path / "patients.parquet", row_group_size=300)
    model = learn(tmp_path / "patients.parquet")
    assert model.schema.column("patient").kind is ColumnKind.TEXT
    made = set(model.sample(100, seed=1)["patient"])
    assert not made & set(frame["patient"][:900])
