"""Rows with what few rows of the table have: found, and distributed as they are there."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ks_2samp

from tabgan import TabGAN
from tabgan.model.row_conditions import RowConditions

RNG = np.random.default_rng(4)
N = 2_000
FIRST = RNG.lognormal(3, 0.6, N).round(2)
SECOND = (FIRST * RNG.lognormal(0, 0.25, N)).round(2)  # goes with the first one
PAID = np.where(RNG.random(N) < 0.95, 0, RNG.integers(100, 900, N))
TABLE = pd.DataFrame(
    {
        "first": FIRST,
        "second": SECOND,
        "count": RNG.integers(1, 20, N),
        "more": (SECOND - FIRST).round(2),
        "rise": np.where(SECOND - FIRST > 20, "high", "low"),
        "both": np.where((FIRST >= 45) & (SECOND >= 60), "top", "rest"),
        "works": np.where(PAID > 0, "yes", "no"),
        "paid": PAID,
    }
)
DECLARED = [
    "more = second - first",
    "rise = case when second - first > 20 then 'high' else 'low' end",
    "both = case when first >= 45 and second >= 60 then 'top' else 'rest' end",
    "paid = 0 exactly where works = 'no'",
]


@pytest.fixture(scope="module")
def fitted() -> TabGAN:
    settings: dict[str, Any] = {"relations": False, "declare": DECLARED, "refine": False}
    return TabGAN(steps=200, random_state=0, device="cpu", **settings).fit(TABLE)


@pytest.fixture(scope="module")
def drawn(fitted: TabGAN) -> pd.DataFrame:
    rows: pd.DataFrame = fitted.sample(40_000, random_state=1)
    return rows


def told(fitted: TabGAN, where: str) -> set[str]:
    """Return the columns of which the generator is told something."""
    model = fitted.model_
    found = RowConditions.from_where(where, model.relations, model.encoder)
    return {str(model.encoder.encoders[number].column.name) for number in found.selections}


@pytest.mark.parametrize(
    ("where", "names"),
    [
        ("rise=high", {"second"}),
        ("more>20", {"second"}),
        ("both=top", {"second"}),
        ("paid>=300", {"paid", "works"}),
    ],
)
def test_rows_are_as_among_those_that_satisfy_it_by_chance(
    fitted: TabGAN, drawn: pd.DataFrame, where: str, names: set[str]
) -> None:
    assert told(fitted, where) <= names
    model = fitted.model_
    asked = RowConditions.from_where(where, model.relations, model.encoder).asked
    by_chance = drawn[asked.matches(drawn, model.schema)]
    rows = fitted.sample(1_000, where=where, random_state=2)
    assert len(rows) == 1_000
    assert asked.matches(rows, model.schema).all()
    assert len(by_chance) > 100
    for name in ("first", "second", "count", "more", "paid"):
        assert ks_2samp(rows[name], by_chance[name]).pvalue > 1e-4, name


def test_one_row_of_hundreds_is_found(fitted: TabGAN, drawn: pd.DataFrame) -> None:
    """A block of thousands of rows, of which each round fills a hundredth, is drawn to its end."""
    where = "more<-20 and count in (7, 8) and both=top"
    model = fitted.model_
    asked = RowConditions.from_where(where, model.relations, model.encoder).asked
    assert 0 < asked.matches(drawn, model.schema).mean() < 1 / 100
    rows = fitted.sample(2_000, where=where, random_state=0)
    assert asked.matches(rows, model.schema).all()
