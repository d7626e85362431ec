import pandas as pd
import pytest

from tabgan.evaluation.utility.task import Task, as_classes, infer_task_schema
from tabgan.schema.column import ColumnKind


@pytest.mark.parametrize(
    ("values", "kind", "task"),
    [
        ([-1, 1], ColumnKind.CATEGORICAL, "binary"),
        ([1.0, 2.0, 7.0], ColumnKind.CATEGORICAL, "multiclass"),
        (list(range(30)), ColumnKind.INTEGER, "regression"),
        ([True, False], ColumnKind.BOOLEAN, "binary"),
    ],
)
def test_a_number_of_few_values_names_classes(
    real: pd.DataFrame, values: list[float], kind: ColumnKind, task: str
) -> None:
    table = real.assign(y=(values * len(real))[: len(real)])
    schema = infer_task_schema(table, "y")
    assert {column.name: column.kind for column in schema.columns}["y"] is kind
    assert Task.infer(table, schema, "y").kind == task


def test_any_column_can_be_read_as_classes(real: pd.DataFrame) -> None:
    table = real.assign(y=range(len(real)))
    schema = as_classes(infer_task_schema(table, "y"), "y")
    assert schema.column("y").kind is ColumnKind.CATEGORICAL
    assert schema.names == infer_task_schema(table, "y").names
