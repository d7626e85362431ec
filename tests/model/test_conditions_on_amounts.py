"""Amounts of several units can be asked for: those of one unit have an order among themselves."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tabgan import TabGAN
from tabgan.errors import ConditionError

N = 300


@pytest.fixture(scope="module")
def files() -> TabGAN:
    rng = np.random.default_rng(0)
    sizes = rng.lognormal(0, 1, N)
    texts = [f"{size:.1f} GB" if size > 1 else f"{size * 1000:.0f} MB" for size in sizes]
    size = pd.Series(texts, dtype=object).mask(pd.Series(rng.random(N) < 0.1))
    frame = pd.DataFrame({"size": size, "x": rng.normal(size=N)})
    return TabGAN(steps=1, random_state=0, refine=False, device="cpu").fit(frame)


def _gigabytes(low: float, high: float) -> Callable[[Any], bool]:
    return lambda text: "GB" in str(text) and low <= float(text.split()[0]) < high


@pytest.mark.parametrize(
    ("where", "holds"),
    [
        ("size>=2.0 GB", _gigabytes(2, 99)),
        ("size>=2 GB", _gigabytes(2, 99)),
        ("1.5 GB<=size<3.0 GB", _gigabytes(1.5, 3)),
        ("size between '1.2 GB' and '1.9 GB'", _gigabytes(1.2, 2)),
        ("not size>='2.0 GB'", _gigabytes(0, 2)),
        ({"size": [(">=", "2.0 GB"), ("<", "4.0 GB")]}, _gigabytes(2, 4)),
        ("size>'2.0 GB' or size='700 MB' or size missing",
         lambda s: str(s) in ("nan", "None", "700 MB") or _gigabytes(2, 99)(s)),
        ("size!='2 GB' and size<'2.2 GB'", lambda s: s != "2.0 GB" and _gigabytes(0, 2.2)(s)),
        ("size='2 GB' or size='1.5 GB'", lambda s: s in ("2.0 GB", "1.5 GB")),
    ],
)  # fmt: skip
def test_amounts_have_an_order_among_those_of_their_unit(
    files: TabGAN, where: Any, holds: Callable[[Any], bool]
) -> None:
    rows = files.sample(40, where=where, random_state=0)
    assert [value for value in rows["size"] if not holds(value)] == []


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("size>5", "written 0 MB | 0.0 GB; '5' is none of these"),
        ("size>=900 GB", "none of the table's, which run from 1.0 GB to"),
        ("size>'100 MB' and size<'2.0 GB'", "of two units, which no value is"),
        ("size missing and size>'2.0 GB'", "none is missing and has a value at once"),
    ],
)
def test_amounts_that_cannot_be_had(files: TabGAN, where: str, words: str) -> None:
    with pytest.raises(ConditionError, match=re.escape(words)):
        files.sample(5, where=where)
