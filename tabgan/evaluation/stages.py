"""Tell whoever waits which part of an evaluation is under way."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from tabgan.progress import OnProgress, Progress

T = TypeVar("T")


def tell_each(stage: str, items: Sequence[T], on_progress: OnProgress) -> Iterator[T]:
    """Give one item after the other, and tell how many have been dealt with.

    >>> list(tell_each("marking", "ab", lambda progress: print(progress.done, progress.total)))
    0 2
    1 2
    2 2
    ['a', 'b']
    """
    for done, item in enumerate(items):
        on_progress(Progress(stage, done, len(items)))
        yield item
    on_progress(Progress(stage, len(items), len(items)))
