import numpy as np
import pandas as pd

from tabgan.evaluation.utility.distillation import SWAPPED, relabel, swap_cells
from tabgan.evaluation.utility.task import Examples, Task, infer_task_schema


def rule(x: np.ndarray) -> np.ndarray:
    return np.where(x[:, 0] > 0.2, "yes", "no")


def make(rows: int = 600) -> tuple[Task, pd.DataFrame]:
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.normal(size=(rows, 3)), columns=list("abc"))
    table["y"] = rule(table.to_numpy())
    table["number"] = 3 * table["a"] + rng.normal(0, 0.01, rows)
    return Task.infer(table, infer_task_schema(table, "y"), "y"), table


def test_a_share_of_the_cells_is_another_row_s() -> None:
    features = np.arange(6_000.0).reshape(2_000, 3)
    features[::7, 1] = np.nan
    swapped = swap_cells(features, np.random.default_rng(0))
    changed = (swapped != features) & ~(np.isnan(swapped) & np.isnan(features))
    assert abs(changed[:, [0, 2]].mean() - SWAPPED) < 0.02
    for column in range(3):
        values = (
            {*features[:, column].tolist()}
            if column != 1
            else {*features[~np.isnan(features[:, 1]), 1]}
        )
        known = swapped[:, column][~np.isnan(swapped[:, column])]
        assert set(known.tolist()) <= values
    assert np.array_equal(swapped, swap_cells(features, np.random.default_rng(0)), equal_nan=True)


def test_swapped_rows_get_the_labels_that_they_ought_to_have() -> None:
    task, table = make()
    table = table.drop(columns="number")
    task = Task.infer(table, infer_task_schema(table, "y"), "y")
    real = task.examples(table)
    rows = Examples(swap_cells(real.features, np.random.default_rng(1)), real.labels)
    ought = np.array([task.classes.index(text) for text in rule(rows.features)])
    assert (rows.labels == ought).mean() < 0.9  # their own labels belong to other cells
    taught = relabel(task, real, rows, seed=0)
    assert taught.weights is not None
    assert taught.weights.sum() == len(rows.labels)
    right = np.array([task.classes.index(text) for text in rule(taught.features)]) == taught.labels
    assert taught.weights[right].sum() / taught.weights.sum() > 0.95


def test_a_number_is_replaced_by_what_is_predicted() -> None:
    _, table = make()
    table = table.drop(columns="y")
    task = Task.infer(table, infer_task_schema(table, "number"), "number")
    real = task.examples(table)
    taught = relabel(task, real, Examples(real.features, real.labels * 0), seed=0)
    assert taught.weights is None
    assert np.corrcoef(taught.labels, real.labels)[0, 1] > 0.99


def test_of_many_improbable_classes_the_most_probable_is_kept() -> None:
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"x": rng.normal(size=900), "y": [f"c{k % 30}" for k in range(900)]})
    task = Task.infer(table, infer_task_schema(table, "y"), "y")
    real = task.examples(table)
    taught = relabel(task, real, real.take(np.arange(20)), seed=0)
    assert taught.weights is not None
    assert len(taught.labels) >= 20
    assert np.isclose(taught.weights.sum(), 20)
