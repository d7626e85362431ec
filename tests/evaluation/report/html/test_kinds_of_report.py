"""Pages of real evaluations: whatever the tables are, no part of a page is left empty."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tabgan.evaluation import Report, augmentation_study, evaluate
from tests.evaluation.report.html.reading import VOID, Page
from tests.evaluation.report.html.test_page import MAX_WORDS, words_before_the_first_picture

pytestmark = pytest.mark.usefixtures("quick_metrics")
SETTINGS: dict[str, Any] = {"learners": ["linear"], "repeats": 2}


class Jitter:
    """Makes rows by drawing real ones and moving a number."""

    def fit(self, table: pd.DataFrame) -> "Jitter":
        self.table = table
        return self

    def sample(self, rows: int) -> pd.DataFrame:
        made = self.table.sample(rows, replace=True, random_state=0).reset_index(drop=True)
        return made.assign(wage=made["wage"] + np.arange(rows) % 7)


def binary(real: pd.DataFrame, unseen: pd.DataFrame) -> Report:
    return evaluate(real, unseen, target="income", test=unseen, **SETTINGS)


def all_baselines(real: pd.DataFrame, unseen: pd.DataFrame) -> Report:
    return evaluate(real, unseen, target="income", test=unseen, **SETTINGS, baselines="all")


def multiclass(real: pd.DataFrame, unseen: pd.DataFrame) -> Report:
    real, unseen = (table.dropna(subset="job") for table in (real, unseen))
    return evaluate(real, unseen, target="job", test=unseen, **SETTINGS)


def regression(real: pd.DataFrame, unseen: pd.DataFrame) -> Report:
    return evaluate(real, unseen, target="tax", **SETTINGS)


def study(real: pd.DataFrame, unseen: pd.DataFrame) -> Report:
    return augmentation_study(
        real, target="income", augmenters={"jitter": Jitter()}, learners=["linear"], repeats=1
    )


def study_of_baselines(real: pd.DataFrame, unseen: pd.DataFrame) -> Report:
    return augmentation_study(real, target="income", learners=["linear"], folds=2, repeats=1)


def copies(real: pd.DataFrame, unseen: pd.DataFrame) -> Report:
    return evaluate(real, real, target="income", test=unseen, **SETTINGS)


def unpredictable(real: pd.DataFrame, unseen: pd.DataFrame) -> Report:
    return evaluate(real, unseen, target="since", test=unseen, **SETTINGS)


def faulty(real: pd.DataFrame, unseen: pd.DataFrame) -> Report:
    """A column is gone, one is new, one is text where numbers were, and keys cannot be judged."""
    keys = [f"K{number:05d}" for number in range(len(real))]
    made = unseen.drop(columns="job").assign(extra=1, wage="much")
    return evaluate(real.assign(key=keys), made, target="income", test=unseen, **SETTINGS)


KINDS = (
    binary,
    all_baselines,
    multiclass,
    regression,
    study,
    study_of_baselines,
    copies,
    unpredictable,
    faulty,
)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_nothing_is_empty_and_little_stands_before_the_first_picture(
    kind: Callable[[pd.DataFrame, pd.DataFrame], Report], real: pd.DataFrame, unseen: pd.DataFrame
) -> None:
    report = kind(real, unseen)
    html = report.to_html()
    assert len(words_before_the_first_picture(html)) <= MAX_WORDS
    assert find_empty(html) == []
    assert html.count("<svg") >= 5
    page = Page(html)
    assert len([one for one in page.all("li") if one.get("class", "").startswith("verdict")]) == 3
    for reading in report.readings:
        if reading.value is None:
            assert f"{reading.note.rstrip('.')}." in page.texts["dd"]
            assert not [head for head in page.texts["th"] if head.startswith(reading.title)]
    unknown = {score.note for score in report.utility.scores if score.value is None}
    assert {f"{reason.rstrip('.')}." for reason in unknown} <= set(page.texts["dd"])


class EmptyElements(HTMLParser):
    """Elements that ought to hold something, and hold neither text nor a picture."""

    OUGHT = frozenset(["h1", "h2", "h3", "h4", "p", "li", "dt", "dd", "td", "th", "caption"])

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open: list[list[bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag not in VOID:
            self._open.append([tag == "svg"])

    def handle_data(self, data: str) -> None:
        if re.search(r"\S", data):
            for holds in self._open:
                holds[0] = True

    def handle_endtag(self, tag: str) -> None:
        (holds,) = self._open.pop()
        if holds and self._open:
            self._open[-1][0] = True
        if not holds and tag in self.OUGHT:
            self.found.append(f"{tag} at line {self.getpos()[0]}")


def find_empty(html: str) -> list[str]:
    parser = EmptyElements()
    parser.feed(html)
    return parser.found


def test_empty_elements_are_found() -> None:
    html = "<section><h2>x</h2><p> </p><td><span></span></td><p><svg></svg></p></section>"
    assert find_empty(html) == ["p at line 1", "td at line 1"]
