"""Cells that say nothing of their own: they fill gaps, stand for constants, or a fact is broken."""

import numpy as np
import pandas as pd
import pytest

from tabgan.relations import RelationConfig, RelationSet
from tabgan.relations.settled_cells import find_late_columns, reduce_rows
from tabgan.schema import TableSchema

TEXTS = ("salary = 0 where job = 'none'", "bonus missing by job", "start <= end", "code -> label")


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    job = rng.choice(["none", "clerk", "cook"], 200)
    start, code = rng.integers(0, 50, 200), rng.integers(0, 3, 200)
    return pd.DataFrame(
        {
            "job": job,
            "salary": np.where(job == "none", 0, rng.integers(1, 90, 200)),
            "bonus": pd.Series(rng.random(200).round(2)).mask(job == "none"),
            "start": start,
            "end": start + rng.integers(0, 20, 200),
            "code": code,
            "label": np.array(["a", "b", "c"])[code],
        }
    )


@pytest.fixture(scope="module")
def relations(frame: pd.DataFrame) -> RelationSet:
    config = RelationConfig(discover=False, declare=TEXTS)
    return RelationSet.discover(frame, TableSchema.infer(frame), config)


def test_fillers_and_constants_are_settled(frame: pd.DataFrame, relations: RelationSet) -> None:
    reduced, jobless = reduce_rows(relations, frame), (frame["job"] == "none").to_numpy()
    assert set(reduced.settled) == {"salary", "bonus"}
    assert (reduced.settled["salary"] == jobless).all()
    assert (reduced.settled["bonus"] == jobless).all()
    assert reduced.broken == {}
    pd.testing.assert_frame_equal(reduced.free, relations.apply(frame))


def test_what_a_broken_fact_decides_is_settled(frame: pd.DataFrame, relations: RelationSet) -> None:
    odd = frame.head(4).copy()
    odd["end"] = np.where(odd.index == 1, odd["start"] - 7, odd["end"])
    odd["label"] = odd["label"].where(odd.index != 2, "z")
    reduced = reduce_rows(relations, odd)
    assert {text: np.flatnonzero(mask).tolist() for text, mask in reduced.broken.items()} == {
        "start <= end": [1],
        "code -> label": [2],
    }
    assert np.flatnonzero(reduced.settled["end"]).tolist() == [1]
    assert "label" not in reduced.free


def test_a_single_row_that_is_settled(frame: pd.DataFrame, relations: RelationSet) -> None:
    reduced = reduce_rows(relations, frame[frame["job"] == "none"][:1])
    assert reduced.settled["salary"].tolist() == reduced.settled["bonus"].tolist() == [True]


def test_columns_that_may_be_settled_are_late(relations: RelationSet) -> None:
    assert set(find_late_columns(relations)) == {"salary", "bonus"}
