"""Standard streams that any process may rely on, whoever started it."""

import os
import sys
from io import TextIOWrapper


def open_standard_streams() -> None:
    """Open what the caller closed, and let no sign be one that cannot be written.

    A closed standard output becomes one that refuses every write, as for other programs; a closed
    standard error takes all and shows nothing. Otherwise the next file opened would be in their
    place, and be written to by every message.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            mode = os.O_WRONLY if number == 2 else os.O_RDONLY  # the standard error
            os.open(os.devnull, mode)  # gets the lowest free number, which is this one
    if sys.stdout is None:
        sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    if sys.stderr is None:
        sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)
    if isinstance(sys.stdout, TextIOWrapper):  # with no locale it has ASCII alone
        sys.stdout.reconfigure(errors="replace")


def close_standard_output() -> bool:
    """Write what is still held back; return False if that fails, and hold it back no more."""
    try:
        if not sys.stdout.closed:  # by what could not be written to it
            sys.stdout.flush()
    except OSError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - to the end
        return False
    return True
