"""What the command prints but for the rows of a table: all of it goes through here.

Names, values and paths come from files that others wrote; none of their characters is obeyed by the
terminal, and none is markup. Imports wait for something to be printed, since the help needs none.
"""

import json
import sys
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import RenderableType


def escape(text: str, keep: str = "") -> str:
    """Return a text with its control characters as escapes, but for those that are kept."""
    from tabgan.runtime.terminal_text import escape_controls  # noqa: PLC0415

    return escape_controls(text, keep)


def print_line(text: str, *, err: bool = True) -> None:
    """Print a line, by default on stderr; what would break it is escaped."""
    click.echo(escape(text), err=err)


def print_lines(text: str) -> None:
    """Print a text of several lines on stderr."""
    click.echo(escape(text, keep="\n"), err=True)


def print_json(values: Any) -> None:
    """Print values as JSON; beyond ASCII where the standard output has a code for each sign."""
    from tabgan.runtime.terminal_text import escape_json  # noqa: PLC0415

    has_all_signs = str(sys.stdout.encoding).lower().replace("-", "") == "utf8"
    click.echo(escape_json(json.dumps(values, indent=2, ensure_ascii=not has_all_signs)))


def print_shown(*shown: "RenderableType", width: int | None = None, err: bool = False) -> None:
    """Print tables and texts.

    Args:
        shown: What rich renders; a text is no markup.
        width: Columns where no terminal says how many fit; 80 when None.
        err: Whether on stderr.
    """
    from rich.console import Console  # noqa: PLC0415

    from tabgan.runtime.terminal_text import Escaped  # noqa: PLC0415

    is_terminal = (sys.stderr if err else sys.stdout).isatty()
    console = Console(stderr=err, width=None if is_terminal else width, highlight=False)
    for each in shown:
        console.print(Escaped(each), markup=False)
