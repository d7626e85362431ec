"""Reports to look at: their figures are made up, their tables are small."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from tabgan.evaluation import Comparison, MetricResult, Report
from tabgan.evaluation.metrics.metric import Direction, MetricCategory
from tabgan.evaluation.metrics.unjudged import find_unjudged
from tabgan.evaluation.report.plot_data import PlotData
from tabgan.evaluation.report.report import Rows
from tabgan.evaluation.utility.arms import BinaryPredictions
from tabgan.evaluation.utility.utility import Utility, UtilityScore
from tabgan.runtime.progress import TrainingRecord, ValidationPoint
from tabgan.schema import TableSchema

MakeReport = Callable[..., Report]
HISTORY = (
    ValidationPoint(100, 0.2, 2.5, 0.69, 0.71),
    ValidationPoint(200, 0.6, 1.25, 0.6, 0.8),
    ValidationPoint(300, 0.5, -0.5, 0.65, 0.75),
)
ARMS = {"real + synthetic": (0.02, 0.01), "synthetic": (-0.3, 0.05)}  # gain, half its interval


def scores(note: str = "") -> tuple[UtilityScore, ...]:
    """Two learners by two scores on three arms; a note takes the place of the last figures."""
    made = []
    for learner in ("gbdt", "linear"):
        for name, title in (("roc_auc", "ROC AUC"), ("f1", "F1")):
            facts = (learner, "real", name, title, Direction.UP)
            made.append(UtilityScore(*facts, 0.8))
            for arm, (gain, half) in ARMS.items():
                facts = (learner, arm, name, title, Direction.UP)
                known = UtilityScore(*facts, 0.8 + gain, gain, gain - half, gain + half)
                unknown = UtilityScore(*facts, note=note)
                made.append(unknown if note and arm == "synthetic" else known)
    return tuple(made)


def predictions() -> tuple[BinaryPredictions, ...]:
    rng = np.random.default_rng(0)
    targets = rng.random(300) < 0.3
    return tuple(
        BinaryPredictions("gbdt", arm, targets, np.clip(targets * help_ + rng.random(300), 0, 1))
        for arm, help_ in (("real", 0.5), *((arm, 0.4) for arm in ARMS))
    )


@pytest.fixture(scope="session")
def make_report() -> MakeReport:
    def make(
        real: pd.DataFrame,
        synthetic: pd.DataFrame,
        *,
        target: str = "income",
        note: str = "",
        notes: tuple[str, ...] = (),
    ) -> Report:
        schema = TableSchema.infer(real)
        comparison = Comparison(real, synthetic, real.head(60), schema, target, 0)
        health = TrainingRecord(history=list(HISTORY), noise_floor=0.9)
        results = (
            MetricResult(
                "column_shapes",
                "Unlike",
                MetricCategory.FIDELITY,
                Direction.DOWN,
                "%",
                12.5,
                2.0,
                worst=("wage",),
            ),
            MetricResult(
                "copies",
                "Copied",
                MetricCategory.PRIVACY,
                Direction.DOWN,
                "%",
                None if note else 0.0,
                2.0,
                note,
            ),
        )
        rows = Rows(len(real), len(synthetic), 60)
        utility = Utility("binary", target, "high", scores(note), ())
        plot_data = PlotData(comparison, predictions(), health)
        unjudged = find_unjudged(schema.columns)
        return Report(rows, utility, results, notes, 0, unjudged, plot_data)

    return make


@pytest.fixture(scope="session")
def report(make_report: MakeReport, real: pd.DataFrame, unseen: pd.DataFrame) -> Report:
    return make_report(real, unseen, note="the rows hold one class", notes=("Rows are few.",))


@pytest.fixture(scope="session")
def odd(make_report: MakeReport) -> Report:
    """Names and levels that would break a page, and numbers at the edge of what can be drawn."""
    rng = np.random.default_rng(0)
    rows = 80
    table = pd.DataFrame(
        {
            "<script>alert(1)</script>": rng.normal(size=rows),
            "$x^2$ & \"quotes' --> ]]>": rng.integers(0, 4, rows),
            "城市": rng.choice(["東京", "</svg><b>", "nul\x00\x07", "long " * 30], rows),
            "x" * 300: rng.lognormal(20, 5, rows),
            "tab\tand\nnewline": rng.random(rows) * 1e-300,
            "http://example.org/x.js": rng.choice([-1e140, 0.5, 1e140], rows),
            "moment": pd.Timestamp("1700-01-01") + pd.Timedelta(days=9_999) * rng.random(rows),
            "hole": rng.choice([1.5, 2.5, np.nan], rows),
            "one": 1,
            "income": rng.choice(["<i>high</i>", "low & less"], rows),
        }
    )
    empty = table.assign(hole=np.nan, 城市="elsewhere")
    return make_report(table, empty, notes=("<img src=x onerror=alert(1)> \ud800",))
