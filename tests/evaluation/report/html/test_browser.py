"""The page as a browser shows it: a headless Chromium, without a network."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tabgan.evaluation import Report
from tabgan.evaluation.report.html.picture import COLOURS, DARK

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
OVERHANG = 6  # pixels that a label may reach over its picture: widths of types differ
MIN_PIXELS = 9  # of type, on a phone
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="module", params=["report", "odd"])
def path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    report: Report = request.getfixturevalue(request.param)
    written = tmp_path_factory.mktemp(request.param) / "report.html"
    written.write_text(report.to_html(), encoding="utf-8")
    return written


@pytest.fixture
def page(browser: Browser, path: Path) -> Iterator[Page]:
    """The page on a phone; it has to be quiet and to load nothing, whatever a test does with it."""
    shown = browser.new_page(viewport={"width": 360, "height": 740})
    said: list[str] = []
    asked: list[str] = []
    shown.on("console", lambda message: said.append(message.text))
    shown.on("pageerror", lambda error: said.append(str(error)))
    shown.on("request", lambda request: asked.append(request.url))
    shown.goto(path.as_uri())
    yield shown
    shown.close()
    assert said == []
    assert [url for url in asked if not url.startswith("data:")] == [path.as_uri()]


def width(page: Page) -> int:
    reach: int = page.evaluate("document.documentElement.scrollWidth")
    return reach


def test_nothing_reaches_over_the_edge(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    for narrow in (320, 360, 390, 768, 1280):
        page.set_viewport_size({"width": narrow, "height": 740})
        assert width(page) <= narrow


def test_every_picture_can_be_seen(page: Page) -> None:
    pictures = page.locator("svg")
    assert page.get_by_role("img").count() == pictures.count() > 10
    for place in range(pictures.count()):
        box = pictures.nth(place).bounding_box()
        assert box is not None
        assert box["width"] > 200
        assert box["height"] > 60


def test_labels_stay_in_their_pictures(page: Page) -> None:
    over = page.evaluate(
        """most => [...document.querySelectorAll('svg text')].filter(text => {
            const label = text.getBoundingClientRect();
            const picture = text.closest('svg').getBoundingClientRect();
            return label.left < picture.left - most || label.right > picture.right + most
                || label.top < picture.top - most || label.bottom > picture.bottom + most;
        }).map(text => text.textContent)""",
        OVERHANG,
    )
    assert over == []


@pytest.mark.parametrize(("scheme", "theme"), [("light", COLOURS), ("dark", DARK)])
def test_colours_follow_the_reader(page: Page, scheme: str, theme: dict[str, str]) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    assert colour(page, "body", "backgroundColor") == rgb(theme["paper"])
    assert colour(page, "body", "color") == rgb(theme["ink"])
    assert colour(page, "svg text", "fill") in {rgb(theme["ink"]), rgb(theme["muted"])}


def test_print_is_light_and_has_pages(page: Page) -> None:
    page.emulate_media(color_scheme="dark", media="print")
    assert colour(page, "body", "backgroundColor") == rgb(COLOURS["paper"])
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_the_keyboard_finds_the_answers(page: Page) -> None:
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Do they help?"
    page.keyboard.press("Enter")
    assert page.url.endswith("#answer-1")
    assert page.get_by_role("heading", level=1).count() == 1
    assert page.get_by_role("main").count() == 1
    for table in page.get_by_role("table").all():
        assert table.get_by_role("columnheader").count() > 1


def test_the_verdicts_are_seen_without_scrolling(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    verdicts = page.locator(".verdict")
    boxes = [verdicts.nth(place).bounding_box() for place in range(3)]
    bottoms = [box["y"] + box["height"] for box in boxes if box is not None]
    assert len(bottoms) == 3
    assert max(bottoms) < 400
    assert len({box["y"] for box in boxes if box is not None}) == 1  # beside each other
    picture = page.locator("svg").first.bounding_box()
    assert picture is not None
    assert picture["y"] < 800  # and the first picture begins there


def test_what_explains_the_first_picture_is_wide_enough_to_read(page: Page) -> None:
    for wide in (390, 768, 1000, 1280):
        page.set_viewport_size({"width": wide, "height": 800})
        box = page.locator(".opening .lead").bounding_box()
        assert box is not None
        assert box["width"] > 340


@pytest.mark.parametrize("scheme", [COLOURS, DARK], ids=["light", "dark"])
def test_a_verdict_has_the_colour_of_its_level(page: Page, scheme: dict[str, str]) -> None:
    page.emulate_media(color_scheme="dark" if scheme is DARK else "light")
    assert colour(page, ".verdict", "backgroundColor") == rgb(scheme["wash"])
    assert colour(page, ".verdict.good .claim", "color") == rgb(scheme["helps"])
    assert colour(page, ".verdict.unsure .claim", "color") == rgb(scheme["olive"])
    assert colour(page, ".verdict .step", "color") == rgb(scheme["ink"])


def test_no_text_is_tiny(page: Page) -> None:
    smallest = page.evaluate(
        """() => Math.min(...[...document.querySelectorAll('svg text, main *, footer *')]
            .filter(one => one.getClientRects().length && one.textContent.trim())
            .map(one => {
                const svg = one.closest('svg');
                const drawn = svg ? svg.getBoundingClientRect().width : 1;
                const scale = svg ? drawn / svg.viewBox.baseVal.width : 1;
                return scale * parseFloat(getComputedStyle(one).fontSize);
            }))"""
    )
    assert smallest >= MIN_PIXELS


def colour(page: Page, selector: str, name: str) -> str:
    found: str = page.locator(selector).first.evaluate(
        "(element, name) => getComputedStyle(element)[name]", name
    )
    return found


def rgb(colour: str) -> str:
    """A colour as browsers write it."""
    return f"rgb({', '.join(str(int(colour[place : place + 2], 16)) for place in (1, 3, 5))})"
