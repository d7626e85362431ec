"""Rows of a Dask DataFrame: a model says who takes them, or completes its partitions in turn."""

import dask
import dask.dataframe as dd
import numpy as np
import pandas as pd
import pytest

from tabgan import TabGAN
from tabgan.errors import TableError


def test_partitions_in_turn_are_completed_as_one_table() -> None:
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"x": rng.normal(size=60), "town": rng.choice(["Ulm", "Rom"], 60)})
    model = TabGAN("town", random_state=0, steps=5, device="cpu", refine=False).fit(table).model_
    rows = table.assign(x=table["x"].mask(table.index < 30))
    with dask.config.set({"dataframe.convert-string": False}):
        spread = dd.from_pandas(rows, npartitions=3)
        for ask in (model.complete, model.impute, model.predict):
            with pytest.raises(TableError, match=r"asked about by tabgan.dask: its complete, impu"):
                ask(spread)
        parts = (spread.get_partition(number).compute() for number in range(3))
        completed = pd.concat(model.iter_complete(parts, seed=1))
    pd.testing.assert_frame_equal(completed, model.complete(rows, seed=1))
