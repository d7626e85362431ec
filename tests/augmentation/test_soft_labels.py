from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tabgan import TabGAN
from tabgan.augmentation.soft_labels import MIN_PROBABILITY, SoftLabels
from tabgan.errors import ConditionError
from tabgan.schema import TableSchema


def predict(shares: Any, classes: list[Any], rows: pd.DataFrame) -> SoftLabels:
    """Soft labels of a model that predicts these shares."""
    found = pd.DataFrame(shares, columns=pd.Index(classes, dtype=object))
    model: Any = SimpleNamespace(
        schema=TableSchema.infer(rows, "y"), predict_proba=lambda *_, **__: found
    )
    return SoftLabels.predict(model, rows, "y", seed=0)


@pytest.mark.parametrize(
    "values", [["a", "b", "c"], [1, 2, 3], [1.5, 2.5, 3.5], [pd.Timestamp(d) for d in (1, 2, 3)]]
)
def test_a_row_stands_once_for_each_class_that_it_may_have(values: list[Any]) -> None:
    rows = pd.DataFrame({"x": [1, 2, 3], "y": values}, index=[7, 8, 9])
    rows["y"] = rows["y"].astype("category") if isinstance(values[0], pd.Timestamp) else rows["y"]
    tiny = MIN_PROBABILITY / 2
    labels = predict([[0.5, 0.2, 0.3], [1 - tiny, tiny, 0], [0, 0, 1]], values, rows)
    spread = labels.spread(rows, "y")
    assert spread["x"].tolist() == [1, 1, 1, 2, 3]
    assert spread["y"].tolist() == [*values, values[0], values[2]]
    assert spread["y"].dtype == rows["y"].dtype
    assert labels.probabilities == pytest.approx([0.5, 0.2, 0.3, 1, 1])


def test_a_row_that_may_be_of_any_of_very_many_classes_keeps_the_likeliest() -> None:
    rows = pd.DataFrame({"x": range(200), "y": [f"c{n % 200}" for n in range(200)]})
    shares = np.full((200, 200), 0.004)
    shares[:, 3] = 0.009
    labels = predict(shares, sorted(set(rows["y"])), rows)
    assert len(labels.labels) == 200
    assert labels.probabilities.tolist() == [1.0] * 200


def test_by_the_model_that_drew_them(fitted: TabGAN) -> None:
    rows = fitted.sample(20, random_state=1)
    labels = SoftLabels.predict(fitted.model_, rows, "income", seed=1)
    again = SoftLabels.predict(fitted.model_, rows.assign(income=">50K"), "income", seed=1)
    sums = np.bincount(labels.positions, labels.probabilities)
    assert sums == pytest.approx(np.ones(20))
    assert again.probabilities.tolist() == labels.probabilities.tolist()  # labels told nothing
    with pytest.raises(ConditionError, match="no classes to tell the probabilities of"):
        SoftLabels.predict(fitted.model_, rows, "height", seed=1)
