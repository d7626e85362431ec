"""What a user sees while waiting: stages, a bar, time left; on stderr, in lines off a terminal."""

import sys
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.progress import Progress as Bars
from rich.text import Text

from tabgan_cli.printer import escape, print_line
from tabgan_cli.stage_lines import StageLines, format_seconds

if TYPE_CHECKING:
    import pandas as pd

    from tabgan.runtime.progress import Progress


class TimeLeft(ProgressColumn):
    """How long a running stage will still take, once that can be estimated."""

    max_refresh = 0.5

    def render(self, task: Task) -> Text:
        """Return `1:05 left`, or nothing."""
        seconds = task.fields["ends"] and max(0.0, task.fields["ends"] - task.get_time())
        if seconds is None:
            seconds = task.time_remaining
        if task.finished or task.total is None or seconds is None:
            return Text("")
        return Text(f"{format_seconds(seconds)} left", style="progress.remaining")


class Display:
    """The stages of one command, each a line with a spinner that turns while work is done.

    Args:
        quiet: Show nothing, whatever stderr is.
    """

    def __init__(self, quiet: bool = False) -> None:
        self.quiet = quiet
        self.is_shown = not quiet and sys.stderr.isatty()
        self._bars = Bars(
            SpinnerColumn(finished_text="✓"),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=30),
            TextColumn("{task.fields[detail]}"),
            TimeElapsedColumn(),
            TimeLeft(),
            console=Console(stderr=True),
            transient=True,
            disable=not self.is_shown,
            redirect_stdout=False,  # rows may be on their way to it
            redirect_stderr=False,
        )
        self._lines = None if quiet or self.is_shown else StageLines()
        self._stage = ""
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        from tabgan.runtime.leftovers import remove_scratch_folders  # noqa: PLC0415 - not for help

        remove_scratch_folders()  # of commands that were killed
        self._bars.start()
        if self.is_shown:
            self.begin("starting")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
        if self._lines is not None:
            self._lines.close()

    def begin(self, stage: str, total: int | None = None) -> None:
        """Close the stage before, and open the next one."""
        if self._task is not None:
            self._bars.update(self._task, total=1, completed=1)
        self._stage = stage
        shown = escape(stage)
        self._task = self._bars.add_task(shown, total=total, detail="", ends=None)
        if self._lines is not None:
            self._lines.begin(stage)

    def follow(self, progress: "Progress") -> None:
        """Show where a fit stands."""
        if progress.stage != self._stage:
            self.begin(progress.stage)
        if self._task is None:
            return
        detail = f"{progress.done}/{progress.total}" if progress.total > 1 else ""
        if progress.score is not None:
            detail += f"  score {progress.score:.2f}"
        total = progress.total if progress.total > 1 else None
        left = progress.seconds_left
        ends = None if left is None else self._bars.get_time() + left
        self._bars.update(
            self._task, total=total, completed=progress.done, detail=detail, ends=ends
        )
        if self._lines is not None:
            self._note(self._lines, progress, detail.strip())
        if progress.message:
            self.print_line(progress.message)

    @staticmethod
    def _note(lines: StageLines, progress: "Progress", detail: str) -> None:
        """Keep for the next line where a fit stands; what is counted is worth lines at once."""
        left = progress.seconds_left
        lines.update(
            detail, lines.estimate_left(progress.done, progress.total) if left is None else left
        )
        if progress.total > 1:
            lines.tell()

    def print_line(self, line: str) -> None:
        """Print a line above the stages, or, where those are not shown, unless it is quiet."""
        if self.is_shown:
            self._bars.console.print(escape(line), markup=False, highlight=False)
        else:
            say(line, self.quiet)

    def track(
        self, stage: str, batches: Iterable["pd.DataFrame"], rows: int
    ) -> Iterator["pd.DataFrame"]:
        """Yield the same batches, and show how many of the rows have passed."""
        self.begin(stage, rows)
        done = 0
        for batch in batches:
            yield batch
            if self._task is not None:
                self._bars.advance(self._task, len(batch))
            done += len(batch)
            if self._lines is not None:
                left = self._lines.estimate_left(done, rows)
                self._lines.update(f"{done:,}/{rows:,} rows", left)

    def close(self) -> None:
        """Take everything off the screen."""
        if self.is_shown:  # rich before 14.3 writes an empty line where nothing was shown
            self._bars.stop()


def say(line: str, quiet: bool) -> None:
    """Print a closing line on stderr, unless it was asked to be quiet."""
    if not quiet:
        print_line(line)
