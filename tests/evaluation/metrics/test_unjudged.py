"""What no figure looks at is named, and changes no figure."""

import numpy as np
import pandas as pd
import pytest

from tabgan.evaluation import METRICS, Report, augmentation_study, evaluate
from tabgan.evaluation.metrics.feature_matrix import FEATURE_KINDS
from tabgan.evaluation.metrics.metric import Comparison
from tabgan.evaluation.metrics.unjudged import REASONS, UnjudgedColumn, find_unjudged
from tabgan.schema import Column, ColumnKind, TableSchema

MADE_ANEW = [kind for kind in ColumnKind if kind.is_made_anew]


def with_unjudged(table: pd.DataFrame, start: int = 0) -> pd.DataFrame:
    numbers = range(start, start + len(table))
    texts = [f"note no {number * 7919 % 10_000}" for number in numbers]
    return table.assign(key=[f"K{number:05d}" for number in numbers], note=texts, same="x")


def test_every_kind_is_judged_or_has_a_reason() -> None:
    assert FEATURE_KINDS | set(REASONS) == set(ColumnKind)
    assert FEATURE_KINDS & set(REASONS) == set()
    assert set(MADE_ANEW) <= set(REASONS)


@pytest.mark.parametrize("kind", MADE_ANEW)
@pytest.mark.parametrize("metric", [name for name in METRICS if name != "detection_boosted"])
def test_no_figure_changes_with_what_is_made_anew(
    metric: str, kind: ColumnKind, real: pd.DataFrame, unseen: pd.DataFrame
) -> None:
    rng = np.random.default_rng(3)
    made = real.apply(lambda column: column.sample(frac=1, random_state=rng).to_numpy())
    made = made.astype(dict(real.dtypes))

    def figure(text: bool, *, copied: bool = False) -> float | None:
        tables = [real, made, unseen]
        schema = TableSchema.infer(real)
        if text:
            starts = (0, 0, 5000) if copied else (0, 2000, 5000)
            tables = [
                table.assign(t=[f"text {start + n}" for n in range(len(table))])
                for table, start in zip(tables, starts, strict=True)
            ]
            schema = TableSchema((*schema.columns, Column("t", kind, "str")))
        first, second, test = tables
        comparison = Comparison(first, second, test, schema, "income", 0)
        return METRICS[metric].evaluate(comparison).value

    assert figure(text=False) is not None
    assert figure(text=True) == figure(text=False)
    assert figure(text=True, copied=True) == figure(text=False)


@pytest.fixture(scope="module")
def report(real: pd.DataFrame, unseen: pd.DataFrame) -> Report:
    made = with_unjudged(real, start=3000)
    tables = with_unjudged(real), made
    return evaluate(
        *tables, target="income", test=with_unjudged(unseen, start=6000), learners=["linear"]
    )


def test_a_report_names_them(report: Report) -> None:
    assert report.not_judged[0] == UnjudgedColumn("key", "keys")
    assert [one.column for one in report.not_judged] == ["key", "note", "same"]
    assert report.to_dict()["not_judged"][2] == {"column": "same", "reason": "one value"}


def test_the_page_names_them(report: Report) -> None:
    html = report.to_html()
    for one in report.not_judged:
        assert f"&#39;{one.column}&#39;" in html
        assert f"{one.reason}, which no figure looks at" in html


def test_a_study_names_them(real: pd.DataFrame) -> None:
    table = with_unjudged(real).drop(columns=["job", "since"])
    study = augmentation_study(table, target="income", learners=["linear"], folds=2, repeats=1)
    assert [one.column for one in study.not_judged] == ["key", "note", "same"]


def test_the_reason_is_that_of_the_kind() -> None:
    columns = [Column(kind.value, kind, "str") for kind in ColumnKind]
    assert {one.column: one.reason for one in find_unjudged(columns)} == {
        "constant": "one value",
        "empty": "no value",
        "identifier": "keys",
        "pattern": "patterned text",
        "text": "free text",
    }
