import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tabgan.evaluation.metrics.metric import IncomputableError
from tabgan.evaluation.utility.augmenters import bootstrap, make_rows, oversample, smote
from tabgan.evaluation.utility.task import Examples, Task
from tabgan.schema import TableSchema


class Bootstrap:
    """A synthesizer without settings."""

    def fit(self, table: pd.DataFrame) -> None:
        self.table = table

    def sample(self, rows: int) -> pd.DataFrame:
        return self.table.sample(rows, replace=True, random_state=0)


class Turned:
    """A resampler that puts what it made in front."""

    def fit_resample(self, X: Any, y: Any) -> Any:  # noqa: N803
        return pd.concat([X, X])[::-1], pd.concat([y, y])[::-1]


def make_task(table: pd.DataFrame, target: str = "income") -> tuple[Task, Examples]:
    task = Task.infer(table, TableSchema.infer(table, target), target)
    return task, task.examples(table)


def test_oversampling_makes_classes_equal_with_real_rows(real: pd.DataFrame) -> None:
    task, train = make_task(real, "job")
    more = oversample(task, train, seed=0)
    assert len(set(np.bincount(more.labels.astype(int)))) == 1
    assert np.array_equal(more.features[: len(train.labels)], train.features, equal_nan=True)
    known = {row.tobytes() for row in train.features}
    assert {row.tobytes() for row in more.features} == known


def test_a_bootstrap_keeps_every_class_as_common(real: pd.DataFrame) -> None:
    task, train = make_task(real, "job")
    drawn = bootstrap(task, train, seed=0)
    assert np.array_equal(
        np.bincount(drawn.labels.astype(int)), np.bincount(train.labels.astype(int))
    )
    known = {row.tobytes() for row in train.features}
    made = {row.tobytes() for row in drawn.features}
    assert made < known
    assert 0.55 < len(made) / len(known) < 0.7  # 1 - 1/e
    again = bootstrap(task, train, seed=0)
    assert np.array_equal(drawn.features, again.features, equal_nan=True)


@pytest.mark.parametrize(
    "columns",
    [["age", "wage", "tax"], ["age", "job", "wage"], ["age", "job", "x"], ["job", "x"]],
)
def test_smote_takes_every_mix_of_columns_with_gaps(real: pd.DataFrame, columns: list[str]) -> None:
    pytest.importorskip("imblearn")
    table = real.assign(x=real["age"] // 20 % 2 == 0)[[*columns, "income"]]
    task, train = make_task(table)
    more = smote(task, train, seed=0)
    assert len(set(np.bincount(more.labels.astype(int)))) == 1
    assert np.array_equal(more.features[: len(train.labels)], train.features, equal_nan=True)
    made = more.features[len(train.labels) :]
    for j, item in enumerate(task.features.items):
        if item.categorical:
            categories = {*train.features[:, j]}
            assert {str(v) for v in made[:, j]} <= {str(v) for v in categories}
        else:
            low, high = np.nanmin(train.features[:, j]), np.nanmax(train.features[:, j])
            assert made[:, j].min() >= low - 1e-9
            assert made[:, j].max() <= high + 1e-9
    if "job" in columns:
        assert np.isnan(made[:, columns.index("job")]).any()  # a gap is a category like others


def test_smote_of_few_rows(real: pd.DataFrame) -> None:
    pytest.importorskip("imblearn")
    task, _ = make_task(real)
    high, low = real[real["income"] == "high"], real[real["income"] == "low"]
    two = smote(task, task.examples(pd.concat([low.head(10), high.head(2)])), seed=0)
    assert len(two.labels) == 20
    with pytest.raises(IncomputableError, match="'high' has one"):
        smote(task, task.examples(pd.concat([low.head(10), high.head(1)])), seed=0)


def test_smote_is_left_out_where_it_would_take_hours(
    real: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tabgan.evaluation.utility.augmenters.MAX_SMOTE_ROWS", 50)
    task, _ = make_task(real)
    with pytest.raises(IncomputableError, match="too long for 240 rows"):
        smote(task, task.examples(real), seed=0)


def test_without_the_extra_smote_says_what_to_install(
    real: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "imblearn.over_sampling", None)
    task, train = make_task(real)
    with pytest.raises(IncomputableError, match=r"extra \[imbalance\]"):
        smote(task, train, seed=0)
    assert oversample(task, train, 0).labels.size > train.labels.size


def test_a_synthesizer_makes_as_many_rows_as_it_saw(real: pd.DataFrame) -> None:
    made = make_rows(Bootstrap(), real, "income", seed=0, seconds=None)
    assert made.shape == real.shape
    assert list(made.columns) == list(real.columns)


def test_a_resampler_gives_only_the_rows_it_made(cancer: pd.DataFrame) -> None:
    over_sampling = pytest.importorskip("imblearn.over_sampling")
    sampler = over_sampling.SMOTE()
    made = make_rows(sampler, cancer, "target", seed=3, seconds=1.0)
    counts = cancer["target"].value_counts()
    assert len(made) == counts.max() - counts.min()
    assert set(made["target"]) == {counts.idxmin()}
    assert sampler.random_state is None  # the copy got the seed
    again = make_rows(sampler, cancer, "target", seed=3, seconds=1.0)
    pd.testing.assert_frame_equal(made, again)


def test_what_is_no_over_sampler_is_refused(real: pd.DataFrame) -> None:
    with pytest.raises(IncomputableError, match="as over-samplers do"):
        make_rows(Turned(), real, "income", seed=0, seconds=None)
