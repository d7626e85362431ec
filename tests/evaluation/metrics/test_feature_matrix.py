import numpy as np
import pandas as pd

from tabgan.evaluation import Features
from tabgan.evaluation.metrics.categories import category_texts
from tabgan.schema import TableSchema


def test_one_category_whatever_the_file_made_of_it() -> None:
    assert category_texts(pd.Series([1, 2])) == category_texts(pd.Series(["1", "2"]))
    assert category_texts(pd.Series([1.0, None])) == ["1", None]
    assert category_texts(pd.Series([True, False])) == category_texts(pd.Series(["True", "False"]))
    assert category_texts(pd.Series(["a", None], dtype="category")) == ["a", None]


def test_gaps_and_unknown_categories(real: pd.DataFrame) -> None:
    features = Features.fit(real, TableSchema.infer(real))
    row = real.head(2).copy()
    row["job"] = ["astronaut", None]
    job = features.matrix(row)[:, 1]
    assert job[0] == -1
    assert np.isnan(job[1])


def test_datetimes_compare_across_ways_of_writing(real: pd.DataFrame) -> None:
    features = Features.fit(real, TableSchema.infer(real))
    written = real.assign(since=real["since"].dt.strftime("%d/%m/%Y"))
    assert np.array_equal(features.matrix(written), features.matrix(real), equal_nan=True)


def test_identifiers_and_constants_are_left_out(real: pd.DataFrame) -> None:
    table = real.assign(key=[f"K{row:05d}" for row in range(len(real))], one=1)
    names = [item.name for item in Features.fit(table, TableSchema.infer(table)).items]
    assert names == list(real.columns)
