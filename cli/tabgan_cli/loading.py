"""Imports of what a command needs, half a second sooner."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache


@contextmanager
def loading() -> Iterator[None]:
    """Let modules be imported while nobody looks for garbage, nor ever among what they made.

    Nearly all of it stays until the process ends.

    >>> with loading():
    ...     import decimal
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        _keep_what_is_loaded()
        if was_enabled:
            gc.enable()


@cache
def _keep_what_is_loaded() -> None:
    """Exempt all objects there are from collection; once, or what is garbage by then would stay."""
    gc.freeze()
