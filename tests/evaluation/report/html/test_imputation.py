"""The page of how gaps are filled: verdicts, a picture a kind, a line a column, words explained."""

from dataclasses import replace

import pytest

from tabgan.evaluation import ImputationReport
from tabgan.evaluation.report.imputation_results import FilledColumn
from tests.evaluation.report.html.reading import Page

COLUMNS = (
    FilledColumn("age <b>", True, 200, 0.52, 1.03, 0.87),
    FilledColumn("income", True, 100, 0.9, 1.01, 0.93),
    FilledColumn("double", True, 100, 0.0, 1.01, 1.0),
    FilledColumn("town", False, 150, 0.25, 0.6),
)


@pytest.fixture
def report() -> ImputationReport:
    return ImputationReport(COLUMNS, 1_000, 0.2, learned=True, n_draws=19, seed=3)


def test_the_page_says_what_was_hidden_how_near_and_how_sure(report: ImputationReport) -> None:
    html = report.with_provenance(files={"real": "a.csv"}, command="tabgan evaluate").to_html()
    page = Page(html)
    assert page.texts["h1"] == ["20 % of the cells of 1,000 rows, hidden and filled"]
    assert page.texts["h2"][:2] == ["Are gaps filled well?", "Do draws differ as they should?"]
    levels = [found["class"] for found in page.all("li") if "verdict" in found.get("class", "")]
    assert levels == ["verdict good", "verdict good"]
    assert page.texts["h3"][:2] == ["Numbers", "Categories"]
    assert len(page.all("svg")) == 2
    text = " ".join(page.texts["main"])
    assert "89 % of the hidden numbers lie between the lowest and the highest of 19 draws" in text
    assert "4 of 4 columns are filled better than by their median" in text
    assert "The model learned these very rows" in text
    assert "age <b>" in text
    assert "emptied at random" in text
    assert "seed 3" in " ".join(page.texts["footer"])
    assert (
        html == report.with_provenance(files={"real": "a.csv"}, command="tabgan evaluate").to_html()
    )


def test_without_draws_nothing_is_said_of_them(report: ImputationReport) -> None:
    plain = tuple(replace(column, coverage=None) for column in COLUMNS)
    page = Page(replace(report, columns=plain, n_draws=0, learned=False).to_html())
    assert "between its draws" not in " ".join(page.texts["table"])
    assert "very rows" not in " ".join(page.texts["main"])
    assert page.texts["h2"][0] == "Are gaps filled well?"


@pytest.mark.parametrize(
    ("errors", "coverage", "levels"),
    [
        ((0.5, 0.5), 0.9, ["good", "good"]),
        ((0.5, 1.5), 0.8, ["unsure", "unsure"]),
        ((1.5, 1.5), 0.5, ["bad", "bad"]),
    ],
)
def test_verdicts_follow_the_figures(
    errors: tuple[float, float], coverage: float, levels: list[str]
) -> None:
    columns = tuple(FilledColumn(f"c{e}", True, 50, e, 1.0, coverage) for e in errors)
    report = ImputationReport(columns, 100, 0.2, learned=False, n_draws=19)
    assert [verdict.level for verdict in report.verdicts] == levels
    told = report.to_dict()
    assert told["verdicts"][0]["level"] == levels[0]
    assert told["imputation"]["coverage"] == pytest.approx(coverage)
