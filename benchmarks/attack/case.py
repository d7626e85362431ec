"""One case of an attack: it works, it is refused in a sentence, or a fault is found.

>>> run_case("example", 7, lambda: None).result
<Result.WORKED: 'worked'>
>>> outcome = run_case("example", 8, lambda: 1 / 0)
>>> outcome.result.value, outcome.error
('traceback', 'ZeroDivisionError')
"""

import re
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

import tabgan
from tabgan import TabganError

ROOT = Path(tabgan.__file__).parents[1]
OURS = ("tabgan", "cli")
MAX_MESSAGE = 300  # characters kept of what is no sentence
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")  # moves the cursor, or is no text


class Result(StrEnum):
    """How a case ended."""

    WORKED = "worked"
    REFUSED = "refused"
    TRACEBACK = "traceback"
    DEATH = "death"
    HANG = "hang"

    @property
    def is_fault(self) -> bool:
        """Whether it should not have ended so."""
        return self not in {Result.WORKED, Result.REFUSED}


class FaultError(Exception):
    """Something worked, but not as it should: other rows, a warning, no sentence."""


@dataclass(frozen=True)
class Outcome:
    """What came of a case.

    Attributes:
        part: Kind of the case.
        number: Of the case in its part; with the seed it repeats the case.
        result: How it ended.
        error: Type of what was raised; "" if nothing was.
        place: Line of tabgan that it came from, as "tabgan/config.py:12".
        message: Of what was raised.
        seconds: That it took.
        megabytes: Of memory that it took at its peak, above what the process had before.
    """

    part: str
    number: int
    result: Result
    error: str = ""
    place: str = ""
    message: str = ""
    seconds: float = 0.0
    megabytes: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Undo `to_dict`."""
        return cls(**{**values, "result": Result(values["result"])})


def run_case(part: str, number: int, run: Callable[[], object]) -> Outcome:
    """Return what came of a case; whatever it raises is kept."""
    start, base = time.monotonic(), _begin_peak()
    found = (Result.WORKED, "", "", "")
    try:
        with no_other_warnings():
            run()
    except TabganError as error:
        found = (Result.REFUSED, type(error).__name__, find_place(error), str(error))
        if not is_sentence(str(error)):
            found = (Result.TRACEBACK, "NoSentence", *found[2:])
    except (Exception, RecursionError) as error:  # noqa: BLE001 - that is what is looked for
        name, message = type(error).__name__, f"{error}"
        name = message.partition(":")[0] if isinstance(error, FaultError) else name
        found = (Result.TRACEBACK, name, find_place(error), message)
    result, error_name, place, message = found
    return Outcome(
        part,
        number,
        result,
        error_name,
        place,
        message[:MAX_MESSAGE].encode("utf-8", "backslashreplace").decode(),
        round(time.monotonic() - start, 3),
        max(_peak() - base, 0),
    )


def is_sentence(text: str) -> bool:
    """Return whether a message is one line that can be printed, and ends as sentences do.

    >>> is_sentence("there is no column 'a'; give another."), is_sentence("KeyError")
    (True, False)
    """
    return text.endswith(".") and not UNPRINTABLE.search(text)


@contextmanager
def no_other_warnings() -> Iterator[None]:
    """Raise a FaultError for warnings that are not of tabgan's own kinds."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    for one in caught:
        if one.category.__module__ != "tabgan.errors":
            where = f"{Path(one.filename).name}:{one.lineno}"
            raise FaultError(f"{one.category.__name__}: {one.message} ({where})")


def find_place(error: BaseException) -> str:
    """Return the innermost line of tabgan that an error came through; the last one if none."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [
        f"{path.relative_to(ROOT)}:{frame.lineno}"
        for frame in frames
        if (path := Path(frame.filename)).is_relative_to(ROOT)
        and path.relative_to(ROOT).parts[0] in OURS
    ]
    *_, last = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames] or [""]
    return ours[-1] if ours else last


def _begin_peak() -> int:
    """Forget the peak of this process' memory; return what it has now, in megabytes."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:  # no Linux, or not allowed: peaks only rise
        return _peak()
    return _peak()


def _peak() -> int:
    """Return the peak of this process' memory in megabytes; 0 where the system does not say."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) // 1024 if found else 0
