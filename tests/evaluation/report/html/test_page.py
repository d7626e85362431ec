import re
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from tabgan.evaluation import Report
from tabgan.evaluation.report.html import marginals
from tabgan.evaluation.report.html.picture import COLOURS, DARK
from tests.evaluation.report.html.conftest import MakeReport
from tests.evaluation.report.html.reading import Page

PICTURES = {"gain": 2, "curves": 1, "column": 6, "pairs": 3, "map": 3, "health": 4}


@pytest.fixture(scope="module")
def html(report: Report) -> str:
    return report.to_html()


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_the_verdict_stands_on_top(page: Page, report: Report) -> None:
    assert page.texts["h1"] == ["Adding the synthetic rows helps"]
    assert page.texts["strong"] == ["helps"]
    assert {"class": "helps"} in page.all("strong")
    assert page.texts["title"] == ["Adding the synthetic rows helps: income"]
    assert "goes from 0.8000 to 0.8200" in " ".join(page.texts["p"])
    assert "Rows are few." in page.texts["li"]


def test_headings_are_in_order(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_picture_says_what_it_shows(page: Page) -> None:
    pictures = page.all("svg")
    assert len(pictures) == sum(PICTURES.values())
    for picture in pictures:
        assert picture["role"] == "img"
        assert len(picture["aria-label"]) > 40
    labels = " ".join(picture["aria-label"] for picture in pictures)
    for fact in (
        "gbdt, real + synthetic: +0.020",
        "Average precision: real 0.",
        "distance",
        "On average a pair differs",
        "points around",
        "Best score 0.600 at step 200",
    ):
        assert fact in labels


def test_a_reader_can_find_the_way_by_keyboard_and_ear(page: Page) -> None:
    assert page.all("html") == [{"lang": "en"}]
    assert len(page.all("main")) == 1
    first = page.all("a")[0]
    assert (first["class"], first["href"]) == ("skip", "#main")
    ids = [found["id"] for _, found in page.elements if "id" in found]
    assert len(ids) == len(set(ids))
    for tag, found in page.elements:
        targets = [found["aria-labelledby"]] if "aria-labelledby" in found else []
        targets += [found["href"][1:]] if tag in {"a", "use"} else []
        targets += re.findall(r"url\(#([^)]+)\)", " ".join(found.values()))
        assert set(targets) <= set(ids), (tag, found)
    for table in page.all("th"):
        assert table["scope"] in {"row", "col"}
    assert len(page.all("caption")) == len(page.all("table")) == 4
    assert all(box["tabindex"] == "0" for box in page.all("div") if box.get("class") == "scroll")


def test_nothing_is_loaded(html: str, page: Page) -> None:
    assert not {"script", "img", "iframe", "object", "base"} & {tag for tag, _ in page.elements}
    assert page.all("link") == [{"rel": "icon", "href": "data:,"}]
    for tag, found in page.elements:
        assert not [name for name in found if name.startswith("on") or name in {"src", "srcset"}]
        assert found.get("href", "#").startswith(("#", "data:")), tag
    assert "://" not in html
    assert "@import" not in html
    assert not re.search(r"url\((?!#)", html)


def test_a_figure_that_is_not_known_says_why_in_its_place(page: Page) -> None:
    cells = page.texts["td"]
    assert sum(cell == "\N{EN DASH} the rows hold one class" for cell in cells) == 2
    assert "the rows hold one class" in cells  # the remark of a reading
    labels = [picture["aria-label"] for picture in page.all("svg")]
    assert "not known, the rows hold one class" in labels[0]


def test_the_same_report_gives_the_same_page(report: Report, html: str) -> None:
    with mpl.rc_context({"font.size": 40, "axes.facecolor": "red", "text.parse_math": True}):
        before = dict(mpl.rcParams)
        assert report.to_html() == html
        assert dict(mpl.rcParams) == before
    assert not re.search(r"\b20\d\d-\d\d-\d\dT", html)


def test_odd_names_are_text(odd: Report) -> None:
    html = odd.to_html()
    page = Page(html)
    assert not {"script", "img", "i", "b"} & {tag for tag, _ in page.elements}
    assert "<script>alert(1)</script>" in page.texts["h3"]
    assert "tab and newline" in page.texts["h3"]
    assert any(text.startswith("<img src=x") for text in page.texts["li"])
    assert '$x^2$ & "quote…' in page.texts["text"]
    assert html.encode()  # no half of a surrogate pair
    assert "\x00" not in html
    assert "left out" not in page.texts["h3"]
    assert any("without a picture: 'one' (one value)." in text for text in page.texts["p"])
    assert any(text.startswith("Cannot be compared") for text in page.texts["figcaption"])


def test_a_wide_table_is_folded(make_report: MakeReport, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marginals, "MAX_DRAWN", 26)
    rng = np.random.default_rng(0)
    names = [f"c{place}" for place in range(28)]
    table = pd.DataFrame(rng.normal(size=(60, 28)), columns=names)
    shifts = np.arange(28) / 14  # the last columns are the least alike
    report = make_report(table, table + shifts, target="c0")
    page = Page(report.to_html())
    columns = [text for text in page.texts["h3"] if re.fullmatch(r"c\d+", text)]
    assert len(columns) == 26
    assert set(columns[:4]) <= set(names[16:])
    assert page.texts["summary"] == ["2 more columns, all more alike than these"]
    said = " ".join(page.texts["p"])
    assert "not drawn: c" in said
    assert "Shown are the 24 columns that differ most" in said


def test_training_health_is_shown_where_it_is_known(report: Report, page: Page) -> None:
    heading = "How the training went"
    assert heading in page.texts["h2"]
    assert heading not in Page(report.with_training(None).to_html()).texts["h2"]


def test_a_report_without_plot_data_has_gains_and_tables(report: Report) -> None:
    page = Page(replace(report, plot_data=None).to_html())
    assert len(page.all("svg")) == PICTURES["gain"]
    assert len(page.all("table")) == 4


def test_a_table_of_two_identifiers_says_why_there_are_no_pictures(
    make_report: MakeReport,
) -> None:
    table = pd.DataFrame({"one": 1, "two": 2}, index=range(30))
    page = Page(make_report(table, table, target="one").to_html())
    reason = "Cannot be drawn: no column of the real table holds values to compare."
    assert page.texts["p"].count(reason) == 2


def test_a_notebook_gets_the_page_in_a_frame_of_its_own(report: Report, html: str) -> None:
    shown = Page(report._repr_html_())
    (frame,) = shown.all("iframe")
    assert frame["srcdoc"] == html
    assert frame["title"]
    assert [tag for tag, _ in shown.elements] == ["iframe"]


def test_drawing_is_loaded_when_it_is_asked_for() -> None:
    check = (
        "import sys, tabgan.evaluation, tabgan_cli.evaluate; "
        "assert not {'matplotlib', 'jinja2'} & set(sys.modules), 'before'; "
        "import tabgan.evaluation.report.html; assert 'matplotlib' in sys.modules; "
        "assert 'matplotlib.pyplot' not in sys.modules, 'pyplot'"
    )
    path = {"PYTHONPATH": ":".join(filter(None, sys.path))}
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", check], env=path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("theme", [COLOURS, DARK], ids=["light", "dark"])
def test_contrast_is_sufficient(theme: dict[str, str]) -> None:
    assert set(theme) == set(COLOURS)
    for name in sorted(set(theme) - {"paper", "wash", "rule"}):
        enough = 3.0 if name == "real" else 4.5  # a filled area, or text
        assert contrast(theme[name], theme["paper"]) >= enough, name
    for name in ("ink", "muted"):
        assert contrast(theme[name], theme["wash"]) >= 4.5


def contrast(first: str, second: str) -> float:
    """The ratio of WCAG 2.2."""
    dark, light = sorted(luminance(colour) for colour in (first, second))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])
