from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from tabgan.evaluation.metrics.categories import UNKNOWN, category_texts, encode_categories


def codes(values: list[object], categories: list[str]) -> list[float]:
    found = encode_categories(pd.Series(values, dtype=object), pd.Index(categories, dtype=object))
    return [float(code) for code in found]


@pytest.mark.parametrize(
    ("values", "categories"),
    [
        ([False, True], ["0", "1"]),
        (["False", "TRUE"], ["0", "1"]),
        ([0, 1], ["False", "True"]),
        ([0.0, Decimal("1.00")], ["0", "1"]),
        ([7, "00010"], ["007", "010"]),
        (["2020-01-02", pd.Timestamp("2020-01-03")], ["2020-01-02 00:00:00", "2020-01-03"]),
        ([2**53 + 1, Decimal(2**53 + 2)], [str(2**53 + 1), str(2**53 + 2)]),
        (["a", "b"], ["a", "b"]),
    ],
)
def test_one_category_however_it_is_written(values: list[object], categories: list[str]) -> None:
    assert codes(values, categories) == [0, 1]


def test_what_could_be_two_categories_is_none() -> None:
    assert codes(["1", "1.0", "01", True], ["01", "1"]) == [1, UNKNOWN, 0, UNKNOWN]


def test_other_texts_and_objects_are_unknown_and_gaps_are_gaps() -> None:
    assert codes(["x", " 1", [1], "nan", "2020-02-31"], ["0", "1"])[2:] == [UNKNOWN] * 3
    assert np.isnan(codes([None, float("nan")], ["0"])).all()


def test_lists_have_texts() -> None:
    assert category_texts(pd.Series([[1, 2], None, {"a": 1}])) == ["[1, 2]", None, "{'a': 1}"]
