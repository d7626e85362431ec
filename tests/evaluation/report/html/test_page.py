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
from tabgan.runtime.version import __version__
from tests.evaluation.report.html.conftest import MakeReport
from tests.evaluation.report.html.reading import Page

MAX_WORDS = 39  # half of the 79 that stood there when the page opened with its settings
PICTURES = {"gain": 2, "curves": 1, "column": 6, "pairs": 3, "map": 3, "health": 4}


@pytest.fixture(scope="module")
def html(report: Report) -> str:
    return report.to_html()


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_the_verdicts_stand_on_top(page: Page) -> None:
    assert page.texts["h1"] == ["100 synthetic rows beside 240 real ones"]
    assert page.texts["title"] == ["Do they help? Yes: income"]
    assert page.texts["h2"][:3] == ["Do they help?", "Are they alike?", "Are they copies?"]
    levels = [found["class"] for found in page.all("li") if "class" in found]
    assert levels == ["verdict good", "verdict unsure", "verdict unknown"]
    assert page.texts["p"][:9] == [
        "✓Yes",
        "score 0.8000 → 0.8200",
        "Train on real and synthetic rows.",
        "~In part",
        "columns 12.5 % apart",
        "Look first at 'wage'.",
        "○Not known",
        "the rows hold one class",
        "Mend what is named here, and evaluate again.",
    ]
    assert "goes from 0.8000 to 0.8200" in " ".join(page.texts["p"])
    assert "Rows are few." in page.texts["li"]


def test_few_words_stand_before_the_first_picture(
    make_report: MakeReport, real: pd.DataFrame, unseen: pd.DataFrame, html: str
) -> None:
    notes = ("No test table was given; the figures flatter it, and a note may be long.",)
    for text in (html, make_report(real, unseen, notes=notes).to_html()):
        assert 20 < len(words_before_the_first_picture(text)) <= MAX_WORDS


def words_before_the_first_picture(html: str) -> set[str]:
    """Distinct words that a reader meets, those read out included."""
    before = html.partition("<svg")[0]
    text = re.sub(r"<(title|style)>.*?</\1>|<[^>]*>", " ", before, flags=re.DOTALL)
    return set(re.findall(r"[^\W\d_]+", text.lower()))


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
    assert [link["href"] for link in page.all("a")[:3]] == ["#answer-1", "#answer-2", "#answer-3"]
    ids = [found["id"] for _, found in page.elements if "id" in found]
    assert len(ids) == len(set(ids))
    for tag, found in page.elements:
        names = ("aria-labelledby", "aria-describedby")
        targets = [found[name] for name in names if name in found]
        targets += [found["href"][1:]] if tag in {"a", "use"} else []
        targets += re.findall(r"url\(#([^)]+)\)", " ".join(found.values()))
        assert set(targets) <= set(ids), (tag, found)
    for table in page.all("th"):
        assert table["scope"] in {"row", "col"}
    assert len(page.all("caption")) == len(page.all("table")) == 3
    assert all(box["tabindex"] == "0" for box in page.all("div") if box.get("class") == "scroll")


def test_the_best_line_of_a_table_is_first_and_the_best_figure_bold(page: Page) -> None:
    arms = [text for text in page.texts["th"] if text.startswith("real")]
    assert arms[:2] == ["real + synthetic", "real"]
    bold = [text for text in page.texts["strong"] if text.startswith("0.")]
    assert bold == ["0.8200"] * 4  # of two learners, two scores


def test_nothing_is_loaded(html: str, page: Page) -> None:
    assert not {"script", "img", "iframe", "object", "base"} & {tag for tag, _ in page.elements}
    assert page.all("link") == [{"rel": "icon", "href": "data:,"}]
    for tag, found in page.elements:
        assert not [name for name in found if name.startswith("on") or name in {"src", "srcset"}]
        assert found.get("href", "#").startswith(("#", "data:")), tag
    assert "://" not in html
    assert "@import" not in html
    assert not re.search(r"url\((?!#)", html)


def test_what_is_not_known_is_said_once_with_its_reason(page: Page, report: Report) -> None:
    assert "Training on synthetic; Copied" in page.texts["dt"]
    assert page.texts["dd"].count("the rows hold one class.") == 1
    assert "synthetic" not in page.texts["th"]  # an arm without a figure has no line
    scores = list(report.utility.scores)
    place = next(i for i, score in enumerate(scores) if score.arm == "real + synthetic")
    scores[place] = replace(scores[place], value=None, gain=None, low=None, high=None, note="why")
    known = replace(report, utility=replace(report.utility, scores=tuple(scores)))
    cells = Page(known.to_html()).texts["td"]
    assert "\N{EN DASH} why" in cells  # one figure of a line says so in its place, too


def test_the_same_report_gives_the_same_page(report: Report, html: str) -> None:
    with mpl.rc_context({"font.size": 40, "axes.facecolor": "red", "text.parse_math": True}):
        before = dict(mpl.rcParams)
        assert report.to_html() == html
        assert dict(mpl.rcParams) == before


def test_only_the_date_tells_two_pages_apart(
    make_report: MakeReport,
    real: pd.DataFrame,
    unseen: pd.DataFrame,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pages = []
    for second in (0, 86_400):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(second))
        pages.append(make_report(real, unseen).to_html().splitlines())
    assert [pair for pair in zip(*pages, strict=True) if len(set(pair)) > 1] == [
        tuple(f"<div><dt>date</dt><dd>1970-01-0{day} 00:00 UTC</dd></div>" for day in (1, 2))
    ]


def test_where_it_comes_from_stands_at_the_foot(report: Report) -> None:
    known = report.with_provenance(
        files={"real": "data/real.csv", "synthetic": "https://me:word@example.org/s.csv?key=1"},
        command="tabgan evaluate data/real.csv --synthetic 'https://me:word@example.org/s.csv?key=1'",
        settings={"learners": ["gbdt", "linear"], "repeats": 3, "time_limit": None},
    )
    html = known.to_html()
    page = Page(html)
    foot = page.texts["footer"][0]
    for text in (
        "Where this comes from",
        "data/real.csv",
        "tabgan evaluate data/real.csv --synthetic 'https://***@example.org/s.csv?***'",
        "seed 0, learners gbdt linear, repeats 3",
        f"tabgan {__version__}",
    ):
        assert text in foot
    assert "word@" not in html
    assert "time limit" not in foot
    assert "command" not in Page(report.to_html()).texts["footer"][0]


def test_a_term_is_explained_where_it_is_used_and_once(page: Page) -> None:
    words = page.texts["dt"]
    assert len(words) == len(set(words))
    assert {"Gain", "gbdt", "linear", "ROC AUC", "F1", "Two-sample score"} <= set(words)
    assert not {"forest", "SMOTE", "RMSE and MAE", "Brier score"} & set(words)


def test_odd_names_are_text(odd: Report) -> None:
    html = odd.to_html()
    page = Page(html)
    assert not {"script", "img", "i", "b"} & {tag for tag, _ in page.elements}
    assert "<script>alert(1)</script>" in page.texts["h4"]
    assert "tab and newline" in page.texts["h4"]
    assert any(text.startswith("<img src=x") for text in page.texts["li"])
    assert '$x^2$ & "quote…' in page.texts["text"]
    assert html.encode()  # no half of a surrogate pair
    assert "\x00" not in html
    assert "'one'" in page.texts["dt"]
    assert "one value, which no figure looks at." in page.texts["dd"]
    assert any(text.startswith("Cannot be compared") for text in page.texts["figcaption"])


def test_a_wide_table_is_folded(make_report: MakeReport, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marginals, "MAX_DRAWN", 26)
    rng = np.random.default_rng(0)
    names = [f"c{place}" for place in range(28)]
    table = pd.DataFrame(rng.normal(size=(60, 28)), columns=names)
    shifts = np.arange(28) / 14  # the last columns are the least alike
    report = make_report(table, table + shifts, target="c0")
    page = Page(report.to_html())
    columns = [text for text in page.texts["h4"] if re.fullmatch(r"c\d+", text)]
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
    assert len(page.all("table")) == 3


def test_a_table_of_two_identifiers_says_why_there_are_no_pictures(
    make_report: MakeReport,
) -> None:
    table = pd.DataFrame({"one": 1, "two": 2}, index=range(30))
    page = Page(make_report(table, table, target="one").to_html())
    assert page.texts["dd"].count("no column of the real table holds values to compare.") == 1
    assert "Pictures of “Column by column”; Pictures of “Pairs of columns”" in page.texts["dt"]
    assert "Column by column" not in page.texts["h3"]


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
    for name in ("ink", "muted", "helps", "hurts", "olive"):
        assert contrast(theme[name], theme["wash"]) >= 4.5


def contrast(first: str, second: str) -> float:
    """The ratio of WCAG 2.2."""
    dark, light = sorted(luminance(colour) for colour in (first, second))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])
