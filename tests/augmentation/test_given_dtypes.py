"""A model makes rows for its table whatever frame that comes in, and answers it alike."""

import io
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from pyarrow import csv as arrow_csv

from tabgan import augment
from tabgan.augmentation.given_dtypes import write_as
from tabgan.errors import ConditionError, TableError
from tabgan.estimators.tabgan import TabGAN
from tabgan.model import TabularModel

ACCOUNTS = 990_000_000_000_000_001 + 2 * np.arange(40)


@pytest.fixture(scope="module")
def text() -> str:
    rng = np.random.default_rng(0)
    rows = 240
    frame = pd.DataFrame(
        {
            "age": rng.integers(18, 80, rows),
            "income": rng.gamma(2, 1_000, rows).round(2),
            "town": rng.choice(["Bonn", "Ulm", "Rom"], rows),
            "member": rng.random(rows) < 0.3,
            "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 500, rows), "D"),
            "account": rng.choice(ACCOUNTS, rows),
            "stars": np.where(rng.random(rows) < 0.2, np.nan, rng.integers(1, 6, rows)),
        }
    )
    return frame.to_csv(index=False)


@pytest.fixture(scope="module")
def model(text: str) -> TabularModel:
    frame = pd.read_csv(io.StringIO(text))
    settings: dict[str, Any] = {"steps": 5, "refine": False, "random_state": 0, "device": "cpu"}
    return TabGAN("member", **settings).fit(frame).model_


READERS: dict[str, Any] = {
    "polars": lambda text: pl.read_csv(io.StringIO(text)),
    "polars with dates": lambda text: pl.read_csv(io.StringIO(text), try_parse_dates=True),
    "narrow polars": lambda text: pl.read_csv(io.StringIO(text)).with_columns(
        pl.col("age").cast(pl.Int8), pl.col("town").cast(pl.Categorical)
    ),
    "arrow": lambda text: arrow_csv.read_csv(pa.BufferReader(text.encode())),
    "arrow dtypes": lambda text: pd.read_csv(io.StringIO(text), dtype_backend="pyarrow"),
    "nullable": lambda text: pd.read_csv(io.StringIO(text), dtype_backend="numpy_nullable"),
    "text": lambda text: pd.read_csv(io.StringIO(text), dtype=str),
    "objects": lambda text: pd.read_csv(io.StringIO(text)).astype(object),
    "categories": lambda text: pd.read_csv(io.StringIO(text)).astype({"town": "category"}),
    "records": lambda text: pd.read_csv(io.StringIO(text)).to_dict("records"),
}


@pytest.mark.parametrize("kind", READERS)
def test_the_same_answers_for_any_kind_of_frame(text: str, model: TabularModel, kind: str) -> None:
    plain, given = pd.read_csv(io.StringIO(text)), READERS[kind](text)
    assert (model.score_samples(given) == model.score_samples(plain)).all()
    assert model.predict(given, "town").tolist() == model.predict(plain, "town").tolist()
    made = augment(given, target="member", strategy="balance", model=model, seed=0).combine()
    assert type(made) is type(given)
    known = augment(plain, target="member", strategy="balance", model=model, seed=0).combine()
    back = pd.read_csv(io.StringIO(_write(made)))
    pd.testing.assert_frame_equal(back, pd.read_csv(io.StringIO(_write(known))))
    assert set(back["account"]) <= set(ACCOUNTS)  # not one of them is rounded
    if isinstance(given, pl.DataFrame):
        assert dict(made.drop("__synthetic__").schema) == dict(given.schema)
    elif isinstance(given, pa.Table):
        assert made.drop_columns("__synthetic__").schema == given.schema
    elif isinstance(given, pd.DataFrame):
        assert made.dtypes[list(given)].equals(given.dtypes)


def _write(table: Any) -> str:
    if isinstance(table, pl.DataFrame):
        return table.with_columns(pl.selectors.boolean().cast(str).str.to_titlecase()).write_csv()
    frame = table.to_pandas() if isinstance(table, pa.Table) else pd.DataFrame(table)
    return frame.to_csv(index=False)


def test_what_the_table_cannot_hold_is_said(text: str, model: TabularModel) -> None:
    frame = pd.read_csv(io.StringIO(text))
    settings: dict[str, Any] = {"target": "member", "strategy": "balance", "model": model}
    with pytest.raises(TableError, match="makes the column 'income' as float64.* has int64"):
        augment(frame.assign(income=range(len(frame))), **settings)
    with pytest.raises(ConditionError, match=r"row 1 holds 'old' in the column 'age'.* no number"):
        augment(frame.assign(age="old"), **settings)
    with pytest.raises(ConditionError, match="neither true nor false"):
        augment(frame.assign(member=frame["member"].map({True: "yes", False: "no"})), **settings)


def test_truth_values_are_read_from_numbers(text: str, model: TabularModel) -> None:
    plain = pd.read_csv(io.StringIO(text))
    for given in (plain["member"].astype(int), plain["member"].astype(float)):
        table = plain.assign(member=given)
        assert (model.score_samples(table) == model.score_samples(plain)).all()


def test_a_dtype_gets_what_it_lacks() -> None:
    made = pd.DataFrame({"town": ["Rom", None], "n": pd.array([1, None], "Int64"), "x": [300, 1]})
    table = pd.DataFrame({"town": ["Ulm", "Bonn"], "n": [1, 2], "x": [1, 2]})
    found = write_as(made, table.astype({"town": "category"}))
    assert found["town"].cat.categories.tolist() == ["Bonn", "Ulm", "Rom"]
    assert found["n"].dtype == "Int64"
    with pytest.raises(TableError, match="'x' as int64, and the table has int8"):
        write_as(made, table.astype({"x": "int8"}))
