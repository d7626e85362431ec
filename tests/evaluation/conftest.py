"""Small real-looking tables that the tests of the evaluation share."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer

from tabgan.evaluation import METRICS


def people(rows: int, seed: int) -> pd.DataFrame:
    """A table of every comparable kind, with gaps, in which `income` follows from the others."""
    rng = np.random.default_rng(seed)
    age = rng.integers(18, 80, rows)
    job = rng.choice(["clerk", "nurse", "smith"], rows, p=[0.5, 0.3, 0.2])
    wage = age * 2.5 + 60 * (job == "smith") + rng.normal(0, 10, rows)
    frame = pd.DataFrame(
        {
            "age": age,
            "job": pd.Series(job).mask(rng.random(rows) < 0.1),
            "wage": pd.Series(wage).mask(rng.random(rows) < 0.1),
            "tax": wage * 0.2 + rng.normal(0, 2, rows),
            "since": pd.Timestamp("2020-01-01") + pd.to_timedelta(age * 30, unit="D"),
            "income": np.where(wage + rng.normal(0, 15, rows) > 150, "high", "low"),
        }
    )
    return frame.astype({"since": "datetime64[us]"})


@pytest.fixture(scope="session")
def real() -> pd.DataFrame:
    return people(240, seed=1)


@pytest.fixture(scope="session")
def unseen() -> pd.DataFrame:
    return people(100, seed=2)


@pytest.fixture(scope="session")
def cancer() -> pd.DataFrame:
    frame: pd.DataFrame = load_breast_cancer(as_frame=True).frame
    return frame.iloc[::3, [0, 1, 4, 7, 10, 20, 27, -1]]


@pytest.fixture
def quick_metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take out the metric that takes the longest, where a test does not look at it."""
    monkeypatch.delitem(METRICS, "detection_boosted")
