"""Tables that the tests share: small, real in shape, made on the spot."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
import torch

from tabgan.estimators.tabgan import TabGAN


@pytest.fixture(scope="session")
def people() -> pd.DataFrame:
    """300 rows of every common kind, with a rare level and gaps."""
    rng = np.random.default_rng(0)
    n = 300
    age = rng.integers(18, 80, n)
    income = np.where(rng.random(n) < age / 100, ">50K", "<=50K")
    return pd.DataFrame(
        {
            "age": age,
            "income": income,
            "gain": np.where(rng.random(n) < 0.8, 0.0, rng.lognormal(7, 1, n).round(2)),
            "city": rng.choice(["Rome", "Oslo", "Paris"], n, p=[0.6, 0.39, 0.01]),
            "smokes": rng.random(n) < 0.3,
            "joined": pd.Timestamp("2019-01-01") + pd.to_timedelta(rng.integers(0, 900, n), "D"),
            "height": pd.Series(rng.normal(170, 9, n).round(1)).mask(rng.random(n) < 0.1),
        }
    )


@pytest.fixture(scope="session")
def fitted(people: pd.DataFrame) -> TabGAN:
    """A model of `people` after a few steps."""
    return TabGAN("income", steps=40, random_state=0, device="cpu").fit(people)


@pytest.fixture(autouse=True)
def untouched_global_state(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail every test after which the global random state or thread count is another."""
    if "scikit_learn_checks" in request.node.name:  # those seed the global state themselves
        yield
        return
    state, threads = str(np.random.get_state()), torch.get_num_threads()  # noqa: NPY002
    weights = torch.get_rng_state()
    yield
    assert str(np.random.get_state()) == state  # noqa: NPY002
    assert torch.get_num_threads() == threads
    assert torch.equal(torch.get_rng_state(), weights)
