"""The middle of weighed candidates, cell by cell."""

import numpy as np
import pandas as pd

from tabgan.model.candidates import CandidateRows
from tabgan.model.partial_rows import PartialRowReader
from tabgan.model.point_estimates import find_middle
from tabgan.relations import RelationSet
from tabgan.schema import TableSchema

TABLE = pd.DataFrame({"kind": ["a", "b"] * 20, "x": np.arange(40) / 8, "z": np.arange(40.0)})


def find(draws: pd.DataFrame, weights: list[list[float]], broken: list[list[bool]]) -> pd.DataFrame:
    """Return the middle of draws for rows that know `z` alone."""
    schema = TableSchema.infer(TABLE)
    rows = PartialRowReader(schema, ()).read(pd.DataFrame({"z": [1.0, 2.0]}), 0)
    made = CandidateRows(draws, np.log(np.array(weights)), {"x < z": np.array(broken)})
    return find_middle(made, np.arange(2), rows, RelationSet(schema), ["kind", "x"])


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
