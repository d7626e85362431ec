"""How long each stage of a fit takes, by the reports of its progress.

>>> clock = StageClock(print, "reading")
>>> clock(Progress("training", 0, 1))
Progress(stage='training', done=0, total=1, score=None, message=None, seconds_left=None)
>>> list(clock.seconds)
['reading', 'training']
"""

import time
from collections.abc import Callable
from typing import Self

from tabgan.runtime.progress import OnProgress, Progress


class StageClock:
    """Sums up the time of each stage, and passes reports on.

    Args:
        on_progress: Called with each report.
        stage: That runs until the first report of another one.
        now: Returns seconds: wall time, or those that processors worked.
    """

    def __init__(
        self,
        on_progress: OnProgress,
        stage: str = "reading the table",
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._on_progress, self._stage, self._now = on_progress, stage, now
        self._since = now()
        self._seconds = {stage: 0.0}

    @classmethod
    def following(cls, on_progress: OnProgress) -> Self:
        """Return the clock that reports go to already, or one that begins now."""
        return on_progress if isinstance(on_progress, cls) else cls(on_progress)

    def __call__(self, progress: Progress) -> None:
        """Take a report, and pass it on."""
        if progress.stage != self._stage:
            self._add()
            self._stage = progress.stage
        self._on_progress(progress)

    @property
    def seconds(self) -> dict[str, float]:
        """Of each stage so far, in the order in which they began."""
        self._add()
        return dict(self._seconds)

    def _add(self) -> None:
        """Add the time since the last call to the stage that runs."""
        now = self._now()
        self._seconds[self._stage] = self._seconds.get(self._stage, 0.0) + now - self._since
        self._since = now
