"""Pictures as inline SVG of one width, whose colours follow the page they stand in.

They are drawn with matplotlib's `Figure` alone: no window, no pyplot, no setting left changed. The
same drawing gives the same text. They are drawn in the colours of daylight, `COLOURS`, which then
become variables of the page's style sheet, so that dark mode and print need no second picture. Text
and lines keep WCAG's contrast to the paper in both; red and green are those that most colour-blind
readers tell apart, and a sign or a shape always goes with them.
"""

import io
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

import matplotlib as mpl
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure

COLOURS = {  # by daylight, by the names of the page's variables
    "paper": "#fffffe",
    "wash": "#f4f6f8",
    "rule": "#d3d8de",
    "ink": "#1b1f24",
    "muted": "#59626d",
    "real": "#8496a9",
    "synthetic": "#b8430b",
    "helps": "#00704f",
    "hurts": "#b3201a",
    "blue": "#0067a5",
    "purple": "#83409a",
    "olive": "#6f5a00",
}
DARK = {  # the same in the dark
    "paper": "#14171b",
    "wash": "#1d2228",
    "rule": "#39414a",
    "ink": "#e7eaee",
    "muted": "#a4adb8",
    "real": "#6f8296",
    "synthetic": "#ff9a5a",
    "helps": "#4ecfa3",
    "hurts": "#ff8f85",
    "blue": "#6cb8f0",
    "purple": "#d59be6",
    "olive": "#d9bd4a",
}

WIDTH = 340  # units of a picture; a phone shows one about as wide, so that its type stays legible
EDGE = 0.04  # share of an axis near its ends
LABEL = 18  # characters of a label in a picture, unless it has more room

STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",  # text stays text, in the page's own type
    "text.parse_math": False,  # a column may be called $a$
    "font.size": 11.0,
    "text.color": COLOURS["ink"],
    "axes.edgecolor": COLOURS["muted"],
    "axes.labelcolor": COLOURS["muted"],
    "axes.labelsize": 11.0,
    "axes.facecolor": "none",
    "axes.spines.left": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.unicode_minus": True,
    "xtick.color": COLOURS["muted"],
    "ytick.color": COLOURS["muted"],
    "ytick.left": False,
    "xtick.labelsize": 10.5,
    "ytick.labelsize": 10.5,
    "xtick.major.size": 3.0,
    "savefig.facecolor": "none",
}
NAMES = {placeholder: name for name, placeholder in COLOURS.items()}
COLOUR = re.compile("|".join(NAMES))
TYPEFACE = re.compile("font-family: [^;]*; ?")
DECIMALS = re.compile(r"-?\d+\.\d+")
REFERENCE = re.compile(r'(?:href="|url\()#(\w+)')


@dataclass(frozen=True)
class Margins:
    """Room around the axes of a picture, in its units."""

    left: float = 8
    right: float = 8
    top: float = 8
    bottom: float = 24


@dataclass(frozen=True)
class Picture:
    """One picture of a page.

    Attributes:
        svg: The drawing, with a text for those who do not see it.
        title: Its heading.
        caption: What stands below it, in sentences.
    """

    svg: Markup
    title: str
    caption: str = ""


@dataclass(frozen=True)
class Key:
    """What a mark in the pictures stands for: a class of the style sheet, words, perhaps a sign."""

    mark: str
    meaning: str
    sign: str = ""


@dataclass(frozen=True)
class Section:
    """Pictures that answer one question.

    Attributes:
        lead: How to look at them, in a sentence or two.
        pictures: Those that everyone should see.
        more: Those that are folded away.
        remarks: What stands below them, in sentences, or why there is nothing to see.
        keys: Legend of all of them.
    """

    lead: str
    pictures: tuple[Picture, ...] = ()
    more: tuple[Picture, ...] = ()
    remarks: tuple[str, ...] = ()
    keys: tuple[Key, ...] = ()


TABLE_KEYS = (Key("filled", "real rows, filled"), Key("outlined", "synthetic rows, outlined"))


def draw(
    name: str,
    description: str,
    paint: Callable[[Axes], None],
    *,
    height: float = 170,
    margins: Margins = Margins(),
) -> Markup:
    """Draw one picture, and return it as inline SVG.

    Args:
        name: Tells its parts from those of other pictures of a page.
        description: What it shows, its main figure included, for those who do not see it.
        paint: Draws on the axes.
        height: In units of the picture, which is `WIDTH` wide.
        margins: Room for labels.
    """
    with mpl.rc_context(), warnings.catch_warnings():
        mpl.rcdefaults()  # a reader's own settings would change the picture
        mpl.rcParams.update({**STYLE, "svg.hashsalt": name})
        warnings.filterwarnings("ignore", "Glyph .* missing from font")  # the page's type has it
        figure = Figure(figsize=(WIDTH / 72, height / 72))
        box = (
            margins.left / WIDTH,
            margins.bottom / height,
            1 - (margins.left + margins.right) / WIDTH,
            1 - (margins.top + margins.bottom) / height,
        )
        axes = figure.add_axes(box)
        paint(axes)
        _keep_inside(axes)
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    root = ET.fromstring(buffer.getvalue())  # noqa: S314 - it was written here
    _make_inline(root, name)
    root.attrib = {
        "viewBox": f"0 0 {WIDTH} {height:g}",
        "role": "img",
        "aria-label": legible(description, len(description)),
    }
    return Markup(ET.tostring(root, encoding="unicode"))  # noqa: S704 - escaped there


def legible(text: object, most: int = LABEL) -> str:
    """Return a name on one line, without control characters, cut where it is long.

    >>> legible("a rather long name of a column")
    'a rather long nam…'
    """
    line = " ".join(str(text).split())
    line = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in line)
    return line if len(line) <= most else line[: most - 1] + "…"


def _keep_inside(axes: Axes) -> None:
    """Turn the labels at both ends of the axis inwards, so that long ones are not cut off."""
    low, high = axes.get_xlim()
    for tick, label in zip(axes.get_xticks(), axes.get_xticklabels(), strict=True):
        share = (tick - low) / (high - low)
        if label.get_rotation() == 0 and not EDGE < share < 1 - EDGE:
            label.set_horizontalalignment("left" if share < EDGE else "right")


def _make_inline(root: ET.Element, name: str) -> None:
    """Cut a standing file's metadata, style and names, and put in the page's colours."""
    used = set(REFERENCE.findall(ET.tostring(root, encoding="unicode")))
    for element in list(root.iter()):
        element.tag = element.tag.partition("}")[2]
        for child in list(element):
            if child.tag.endswith(("}metadata", "}style")):
                element.remove(child)
        element.attrib = {
            key.partition("}")[2] or key: _page_value(key, value, name)
            for key, value in element.attrib.items()
            if not ((key == "id" and value not in used) or value.startswith("rotate(-0 "))
        }
        element.tail = None
        if element.tag != "text":
            element.text = None


def _page_value(key: str, value: str, name: str) -> str:
    """Return an attribute as the page needs it: short numbers, own names, the page's colours."""
    if key == "id":
        return f"{name}-{value}"
    if key in {"d", "x", "y"}:
        return DECIMALS.sub(lambda found: f"{float(found.group()):.1f}", value).replace("\n", "")
    if key == "style":
        value = TYPEFACE.sub("", value)
        return COLOUR.sub(lambda found: f"var(--{NAMES[found.group()]})", value)
    own = f"#{name}-"
    return value.replace("url(#", f"url({own}") if key == "clip-path" else re.sub("^#", own, value)
