r"""Text from tables, files and addresses as a terminal may show it: no character in it is obeyed.

>>> print(escape_controls("\x1b]0;title\x07 and\tmore"))
\x1b]0;title\x07 and\tmore
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.measure import Measurement
    from rich.segment import Segment

# C0, DEL and C1; line separators; what turns the direction of text around; half a character
CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
NAMED = {"\t": r"\t", "\n": r"\n", "\r": r"\r"}


def escape_controls(text: str, keep: str = "") -> str:
    r"""Return a text with control characters as Python writes them.

    Args:
        text: From anywhere.
        keep: Control characters that stay as they are.

    >>> escape_controls("one\ntwo\u202e", keep="\n")
    'one\ntwo\\u202e'
    """
    return CONTROLS.sub(lambda found: found[0] if found[0] in keep else _escape(found[0]), text)


def escape_json(text: str) -> str:
    r"""Return JSON that means the same, its control characters written as JSON escapes them.

    >>> escape_json('["\x9b31m"]')
    '["\\u009b31m"]'
    """
    return CONTROLS.sub(lambda found: found[0] if found[0] == "\n" else _as_json(found[0]), text)


def _escape(character: str) -> str:
    code = ord(character)
    return NAMED.get(character) or (f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}")


def _as_json(character: str) -> str:
    return f"\\u{ord(character):04x}"


class Escaped:
    """What rich renders, with the control characters of its texts escaped, and its colours kept.

    Args:
        shown: A table, a text, ...
    """

    def __init__(self, shown: "RenderableType") -> None:
        self.shown = shown

    def __rich_console__(
        self, console: "Console", options: "ConsoleOptions"
    ) -> "Iterator[Segment]":
        from rich.segment import Segment  # noqa: PLC0415 - a command that only asks for help waits

        for segment in console.render(self.shown, options):
            if segment.control:
                yield segment
            else:
                yield Segment(escape_controls(segment.text, keep="\n"), segment.style)

    def __rich_measure__(self, console: "Console", options: "ConsoleOptions") -> "Measurement":
        from rich.measure import Measurement  # noqa: PLC0415

        return Measurement.get(console, options, self.shown)
