import io
from dataclasses import replace

import pytest
from rich.console import Console

from tabgan.evaluation import MetricResult, Report
from tabgan.evaluation.metrics.metric import Direction, MetricCategory
from tabgan.evaluation.metrics.unjudged import UnjudgedColumn
from tabgan.evaluation.report.report import Rows
from tabgan.evaluation.utility.utility import Utility, UtilityScore

REASON = "SMOTE needs a package: install tabgan with its extra [imbalance]"
UP = Direction.UP


@pytest.fixture
def report() -> Report:
    scores = (
        UtilityScore("gbdt", "real", "roc_auc", "ROC AUC", UP, 0.8),
        UtilityScore("gbdt", "real + synthetic", "roc_auc", "ROC AUC", UP, 0.85, 0.05, 0.02, 0.08),
        UtilityScore("gbdt", "real + SMOTE", "roc_auc", "ROC AUC", UP, note=REASON),
        UtilityScore("gbdt", "real", "f1", "F1", UP, 0.5),
        UtilityScore("gbdt", "real + synthetic", "f1", "F1", UP, 0.4, -0.1, -0.2, -0.01),
        UtilityScore("gbdt", "real + SMOTE", "f1", "F1", UP, note=REASON),
    )
    utility = Utility("binary", "[red]target", "yes", scores, ())
    remark = "left out: [bold]"
    reading = MetricResult(
        "copies", "Copies", MetricCategory.PRIVACY, Direction.DOWN, "%", None, 0.5, remark
    )
    return Report(Rows(50, 40, 30), utility, (reading,), ("Column [x] is new.",), 0)


def shown(report: Report, width: int) -> list[str]:
    console = Console(width=width, file=io.StringIO(), record=True)
    console.print(report)
    return console.export_text().splitlines()


def test_verdict_and_tables_say_the_same(report: Report) -> None:
    lines = shown(report, 160)
    assert lines[0] == "Do they help? ✓ Yes"
    assert lines[1].startswith("  Adding the synthetic rows helps: ROC AUC of gbdt")
    questions = [line for line in lines if "? ○ Not known" in line]
    assert questions == ["Are they alike? ○ Not known", "Are they copies? ○ Not known"]
    rows = [" ".join(line.split()) for line in lines]
    best, other = (
        rows.index(line)
        for line in ("real + synthetic 0.8500 +0.050 ▲ +0.020 to +0.080", "real 0.8000 0 reference")
    )
    assert rows[best - 1].startswith("best first")
    assert other == best + 1
    assert "real + synthetic -0.10 ▼" in rows
    assert "Copies: left out: [bold]." in rows  # it has no value, and no line in a table


def test_what_is_not_judged_is_named(report: Report) -> None:
    keys = (UnjudgedColumn("[b]id", "keys"), UnjudgedColumn("note", "free text"))
    lines = shown(replace(report, not_judged=keys), 160)
    for name, reason in (("[b]id", "keys"), ("note", "free text")):
        assert f"'{name}': {reason}, which no figure looks at." in lines


def test_brackets_in_names_are_text(report: Report) -> None:
    text = "\n".join(shown(report, 160))
    for words in (REASON, "[red]target", "Column [x] is new."):
        assert words in text
    assert text.count(REASON) == 1  # the second table need not repeat it


def test_it_fits_into_80_columns(report: Report) -> None:
    long = replace(
        report.utility,
        scores=tuple(
            replace(score, arm=score.arm.replace("SMOTE", "random oversampling"))
            for score in report.utility.scores
        ),
    )
    lines = shown(replace(report, utility=long), 80)
    assert max(map(len, lines)) <= 80
    assert any(line.startswith("real + synth") and "+0.020 to +0.080" in line for line in lines)


def test_a_warning_and_an_interval_stand_beside_their_figure(report: Report) -> None:
    (copies,) = report.readings
    attack = replace(copies, value=0.7, note="few", low=0.6, high=0.8, warning="Rows can be told.")
    text = "\n".join(shown(replace(report, readings=(attack,)), 160))
    assert "Copies: Rows can be told." in text
    assert "Copies: 95 % interval 0.600 to 0.800 %." in text
    assert "Copies: few; the rest is computed." in text
    assert "real test rows" in text
    assert "noise floor" not in text  # there is no metric of fidelity


def test_it_is_plain_where_there_is_no_terminal_and_uncoloured_where_that_is_wished(
    report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    plain = io.StringIO()
    Console(file=plain).print(report)
    assert "\x1b" not in plain.getvalue()
    assert max(map(len, plain.getvalue().splitlines())) <= 80
    green = "\x1b[1;32m"
    for wish, is_coloured in (("", True), ("1", False)):
        monkeypatch.setenv("NO_COLOR", wish)
        file = io.StringIO()
        console = Console(file=file, force_terminal=True, color_system="standard", width=80)
        console.print(report)
        assert (green in file.getvalue()) is is_coloured


def test_a_report_without_any_score_says_why_once(report: Report) -> None:
    blank = tuple(
        replace(score, value=None, gain=None, low=None, high=None, note="'y' is of kind datetime")
        for score in report.utility.scores
    )
    lines = shown(replace(report, utility=replace(report.utility, scores=blank)), 160)
    assert "What learners gain: 'y' is of kind datetime." in lines
    assert not [line for line in lines if line.startswith(("Utility", "Gains"))]
