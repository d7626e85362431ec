"""Whatever value `sample` gives can be asked for, in every everyday column: all rows hold it."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from benchmarks.columns import GROUPS, make_table
from tabgan import TabGAN
from tabgan.errors import ConditionError

MADE_ANEW = "made anew for every row and cannot be asked for; ask for other columns."
# of columns that are not made anew: texts all may be
MIN_ASKED = {"numbers": 6, "amounts": 6, "marks and periods": 5, "times": 6, "texts": 0}


def _ask(model: TabGAN, where: Any) -> pd.DataFrame | None:
    """Rows that are asked for; None if a sentence says that a column is made anew."""
    try:
        rows: pd.DataFrame = model.sample(3, where=where, random_state=2)
    except ConditionError as error:
        if str(error).endswith(MADE_ANEW):
            return None
        raise
    return rows


@pytest.mark.parametrize("has_gaps", [False, True])
@pytest.mark.parametrize("group", GROUPS)
def test_values_that_were_sampled_are_had_again(group: str, has_gaps: bool) -> None:
    real = make_table(GROUPS[group], 200)
    names = [column.name for column in GROUPS[group]]
    marked = {c.name for c in GROUPS[group] if c.kind == "gaps among numbers"}
    if has_gaps:
        gaps = np.random.default_rng(5).random((200, len(names))) < 0.1
        for number, name in enumerate(names):
            real[name] = real[name].mask(pd.Series(gaps[:, number]))
    settings: dict[str, Any] = {"refine": False, "relations": False, "threads": 1, "device": "cpu"}
    model = TabGAN(steps=1, random_state=0, **settings).fit(real)
    made = model.sample(20, random_state=1)
    n_asked = 0
    for name in names:
        value = made[name].dropna().tolist()[0]
        typed = str(value).replace('"', '""')
        where = {name: value} if has_gaps else f'"{name}"="{typed}"'
        rows = _ask(model, where)
        if rows is None:
            continue
        n_asked += 1
        assert (rows[name] == value).all(), (name, value)
        if made[name].isna().any() and name not in marked:  # whose gaps may be marks
            assert model.sample(3, where={name: None}, random_state=2)[name].isna().all(), name
    assert n_asked >= MIN_ASKED[group]
