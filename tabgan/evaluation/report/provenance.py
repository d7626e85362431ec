"""Where a report comes from: files, command, settings, release and date, at the foot of it."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tabgan.runtime.version import __version__

CREDENTIALS = re.compile(r"(?<=://)[^/@\s'\"]+@")  # name and password in a URL
SIGNATURE = re.compile(r"(://[^\s?'\"]*\?)[^\s'\"]+")  # what a URL asks with: keys, tokens
HIDDEN = "***"


def format_now() -> str:
    """Return this minute, or that of SOURCE_DATE_EPOCH, as `2026-11-30 06:05 UTC`."""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    now = datetime.fromtimestamp(int(given), UTC) if given.isdecimal() else datetime.now(UTC)
    return f"{now:%Y-%m-%d %H:%M} UTC"


@dataclass(frozen=True)
class Provenance:
    """What somebody needs who finds the report later and wants to make it again.

    Attributes:
        files: What was read, as the user wrote it, by what it was: real, synthetic, test, model.
        command: The command as it was typed; "" where a program called the library.
        settings: The settings of the evaluation, by name; the seed is the report's own.
        version: The release that made it.
        date: When, in UTC and to the minute; that of SOURCE_DATE_EPOCH where it is set.
    """

    files: Mapping[str, str] = field(default_factory=dict)
    command: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    version: str = __version__
    date: str = field(default_factory=format_now)

    def __post_init__(self) -> None:
        """Take out what opens somebody's files: a report is handed on."""
        files = {role: without_secrets(name) for role, name in self.files.items()}
        object.__setattr__(self, "files", files)
        object.__setattr__(self, "command", without_secrets(self.command))


def without_secrets(text: str) -> str:
    """Return a command or a name without the passwords and keys that its URLs carry.

    >>> without_secrets("tabgan fit https://me:word@example.org/a.csv?key=1 -m m.tabgan")
    'tabgan fit https://***@example.org/a.csv?*** -m m.tabgan'
    """
    text = CREDENTIALS.sub(f"{HIDDEN}@", text)
    return SIGNATURE.sub(rf"\g<1>{HIDDEN}", text)
