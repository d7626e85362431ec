"""The middle of weighed candidates, cell by cell."""

import numpy as np
import pandas as pd

from tabgan.model.candidates import CandidateRows
from tabgan.model.partial_rows import PartialRowReader
from tabgan.model.point_estimates import find_middle
from tabgan.relations import RelationSet
from tabgan.schema import TableSchema

TABLE = pd.DataFrame({"kind": ["a", "b"] * 20, "x": np.arange(40) / 8, "z": np.arange(40.0)})
SCHEMA = TableSchema.infer(TABLE)


def test_the_middle_is_a_draw_and_nearer_than_the_lower_median() -> None:
    rng = np.random.default_rng(0)
    numbers = rng.normal(size=(400, 32))
    rows = PartialRowReader(SCHEMA, ()).read(pd.DataFrame({"z": np.zeros(400)}), 0)
    draws = pd.DataFrame({"kind": "a", "x": numbers.ravel(), "z": 0.0})
    made = CandidateRows(draws, np.zeros(numbers.shape), {})
    middle = find_middle(made, np.arange(400), rows, RelationSet(SCHEMA), ["x"])["x"].to_numpy()
    assert (middle[:, None] == numbers).any(axis=1).all()
    assert (middle**2).mean() < 0.95 * (np.sort(numbers)[:, 15] ** 2).mean()
    two = np.where(np.arange(32) < 17, 1.0, 9.0)  # nothing stands between them
    halves = CandidateRows(draws.assign(x=np.tile(two, 400)), np.zeros(numbers.shape), {})
    assert set(find_middle(halves, np.arange(400), rows, RelationSet(SCHEMA), ["x"])["x"]) == {1.0}


def find(draws: pd.DataFrame, weights: list[list[float]], broken: list[list[bool]]) -> pd.DataFrame:
    """Return the middle of draws for rows that know `z` alone."""
    rows = PartialRowReader(SCHEMA, ()).read(pd.DataFrame({"z": [1.0, 2.0]}), 0)
    made = CandidateRows(draws, np.log(np.array(weights)), {"x < z": np.array(broken)})
    return find_middle(made, np.arange(2), rows, RelationSet(SCHEMA), ["kind", "x"])


def test_the_weighted_median_and_the_heaviest_category_are_taken() -> None:
    draws = pd.DataFrame(
        {"kind": list("aabbab"), "x": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], "z": [1.0] * 3 + [2.0] * 3}
    )
    equal = find(draws, [[1, 1, 1], [1, 1, 1]], [[False] * 3, [False] * 3])
    assert equal["kind"].tolist() == ["a", "b"]
    assert equal["x"].tolist() == [2.0, 5.0]
    heavy = find(draws, [[1, 1, 9], [1, 9, 1]], [[False] * 3, [False] * 3])
    assert heavy["kind"].tolist() == ["b", "a"]
    assert heavy["x"].tolist() == [3.0, 5.0]


def test_what_breaks_a_fact_counts_only_where_nothing_else_is() -> None:
    draws = pd.DataFrame(
        {"kind": list("aabbab"), "x": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], "z": [1.0] * 3 + [2.0] * 3}
    )
    found = find(draws, [[1, 1, 1], [1, 1, 1]], [[True, True, False], [True] * 3])
    assert found["kind"].tolist() == ["b", "b"]
    assert found["x"].tolist() == [3.0, 5.0]
