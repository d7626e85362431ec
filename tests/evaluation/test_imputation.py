"""Known cells are hidden, filled, and compared with what they were."""

import json
from functools import partial

import numpy as np
import pandas as pd
import pytest

from tabgan.errors import SettingError
from tabgan.evaluation import evaluate_imputation


def make_table() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    kind = rng.choice(["a", "b"], 300, p=[0.8, 0.2])
    frame = pd.DataFrame({"kind": kind, "x": np.where(kind == "a", 0.0, 10.0) + rng.random(300)})
    return frame.assign(day=pd.Timestamp("2024-01-01") + pd.to_timedelta(frame["x"] * 9, "D"))


def test_who_knows_all_makes_no_error() -> None:
    table = make_table()
    found = evaluate_imputation(table, lambda rows: rows.fillna(table), share=0.25)
    assert [column.name for column in found.columns] == ["kind", "x", "day"]
    assert [column.is_number for column in found.columns] == [False, True, True]
    assert all(column.hidden == 75 and column.error == 0 for column in found.columns)
    assert all(column.plain_error > 0 for column in found.columns)


def test_who_fills_the_commonest_is_no_better_than_that() -> None:
    def fill(rows: pd.DataFrame) -> pd.DataFrame:
        assert rows["kind"].isna().sum() == 60
        return rows.fillna({"kind": "a", "x": rows["x"].median(), "day": rows["day"].median()})

    found = evaluate_imputation(make_table(), fill)
    for column in found.columns:
        assert column.error == pytest.approx(column.plain_error)
    told = json.loads(json.dumps(found.to_dict()))["imputation"]
    assert told["verdict"].startswith(
        "Of 20 % of the cells of 300 rows, hidden and filled: numbers"
    )
    assert len(told["columns"]) == 3


def test_gaps_are_not_hidden_and_few_cells_say_nothing() -> None:
    table = make_table().assign(rare=[1.0, 2.0] * 3 + [np.nan] * 294)
    found = evaluate_imputation(table, lambda rows: rows.fillna(table).fillna(0))
    assert "rare" not in [column.name for column in found.columns]
    with pytest.raises(SettingError, match="no column has 5 cells to hide"):
        evaluate_imputation(table[["rare"]], lambda rows: rows)


def test_honest_draws_hold_as_many_numbers_as_they_promise() -> None:
    rng = np.random.default_rng(1)
    table = pd.DataFrame({"x": rng.normal(size=4_000), "kind": ["a", "b"] * 2_000})

    def draw(rows: pd.DataFrame, spread: float) -> list[pd.DataFrame]:
        made = [rng.normal(0, spread, len(rows)) for _ in range(19)]
        return [rows.assign(x=rows["x"].fillna(pd.Series(each))) for each in made]

    for spread, low, high in ((1.0, 0.87, 0.93), (0.5, 0.0, 0.75)):
        found = evaluate_imputation(
            table,
            lambda rows: rows.fillna({"x": 0.0, "kind": "a"}),
            draw=partial(draw, spread=spread),
        )
        assert found.promised == 0.9
        assert found.coverage is not None
        assert low < found.coverage < high
        assert found.columns[1].coverage is None
