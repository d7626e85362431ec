"""The stages of a command as plain lines, for logs: where stderr is no terminal."""

import threading
import time
from collections.abc import Callable, Mapping

from tabgan_cli.printer import print_line

SECONDS_BEFORE_LINES = 2.0  # of a command: one that ends sooner tells nothing but how it ended
SECONDS_BETWEEN_LINES = 60.0  # on where a stage stands


class StageLines:
    """A line for each stage as it begins, and every minute one on where it stands.

    Lines are held back until the command is two seconds old, or `tell` is called.

    >>> lines = StageLines(print)
    >>> lines.begin("reading orders.csv")
    >>> lines.tell()
    reading orders.csv
    >>> lines.begin("training")
    training
    >>> lines.update("400/4000  score 0.82", 65.0)
    >>> lines.tell_position()
    training: 400/4000  score 0.82  1:05 left
    >>> lines.close()
    """

    def __init__(self, write: Callable[[str], None] | None = None) -> None:
        self._print = write or print_line
        self._lock, self._closed = threading.RLock(), threading.Event()
        self._held_back: list[str] = []
        self._is_telling = False
        self._stage = self._detail = ""
        self._began = time.monotonic()
        self._seconds_left: float | None = None
        self._clock: threading.Thread | None = None

    def begin(self, stage: str) -> None:
        """Tell of the next stage, now or once the command is old enough."""
        with self._lock:
            self._stage, self._detail = stage, ""
            self._began, self._seconds_left = time.monotonic(), None
            self._held_back.append(stage)
            if self._is_telling:
                self.tell()
        if self._clock is None:
            self._clock = threading.Thread(target=self._tell_in_time, daemon=True)
            self._clock.start()

    def update(self, detail: str, seconds_left: float | None) -> None:
        """Note where the stage stands, for the next line; None: the time left is not known."""
        with self._lock:
            self._detail = detail
            self._seconds_left = seconds_left

    def estimate_left(self, done: int, total: int) -> float | None:
        """Return the seconds left of the stage, from the time it took so far; None at first."""
        return (time.monotonic() - self._began) * (total - done) / done if done else None

    def tell(self) -> None:
        """Print what was held back, and hold back no more."""
        with self._lock:
            self._is_telling = True
            for stage in self._held_back:
                self._print(stage)
            self._held_back.clear()

    def tell_position(self) -> None:
        """Print where the stage stands."""
        with self._lock:
            left = self._seconds_left
            known = "" if left is None else f"{format_seconds(left)} left"
            so_far = f"{format_seconds(time.monotonic() - self._began)} so far"
            parts = [part for part in (self._detail, known) if part] or [so_far]
            self._print(f"{self._stage}: {'  '.join(parts)}")

    def close(self) -> None:
        """Print no more by itself."""
        self._closed.set()
        if self._clock is not None:
            self._clock.join()

    def _tell_in_time(self) -> None:
        if self._closed.wait(SECONDS_BEFORE_LINES):
            return
        self.tell()
        while not self._closed.wait(SECONDS_BETWEEN_LINES):
            self.tell_position()


def describe_stages(seconds: Mapping[str, float]) -> str:
    """Return stages and their seconds in words.

    >>> describe_stages({"training": 22.13, "calibrating": 3})
    'training 22.1 s, calibrating 3.0 s'
    """
    return ", ".join(f"{stage} {each:.1f} s" for stage, each in seconds.items())


def format_seconds(seconds: float) -> str:
    """Return a span of time in minutes and seconds.

    >>> format_seconds(65.4)
    '1:05'
    """
    minutes, seconds = divmod(max(0, int(seconds)), 60)
    return f"{minutes}:{seconds:02}"
