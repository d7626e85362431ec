import numpy as np
import pandas as pd
import pytest

from tabgan.evaluation import METRICS, Report
from tabgan.evaluation.report.html import marginals
from tabgan.evaluation.report.html.marginals import Marginal
from tests.evaluation.report.html.conftest import MakeReport


def test_distances_are_those_of_the_column_shapes(report: Report) -> None:
    assert report.plot_data is not None
    comparison = report.plot_data.comparison
    tables = comparison.real_matrix, comparison.synthetic_matrix, comparison.test_matrix
    columns = zip(comparison.features.items, *(table.T for table in tables), strict=True)
    found = [Marginal.from_columns(*column) for column in columns]
    result = METRICS["column_shapes"].evaluate(comparison)
    assert 100 * np.mean([one.distance for one in found]) == pytest.approx(result.value)


def test_missing_values_and_new_categories_are_said(
    make_report: MakeReport, real: pd.DataFrame
) -> None:
    changed = real.assign(job="pilot", wage=np.nan)
    section = marginals.section(make_report(real, changed))
    assert section is not None
    shown = {picture.title: picture for picture in section.pictures}
    assert list(shown)[:2] == ["wage", "job"]  # what cannot be compared, then the least alike
    assert "missing: " in shown["wage"].caption
    assert "100 % of the synthetic" in shown["wage"].caption
    assert "not in real rows" in shown["job"].svg
    assert "Distance 100 %" in shown["job"].caption
