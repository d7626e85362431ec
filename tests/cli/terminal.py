"""The command as a process of its own: at a terminal of its own, or in the background.

A background job of a shell ignores Ctrl-C on purpose, and so would what it starts: processes here
are started with Ctrl-C as at a terminal, in a session of their own, and none of them outlives its
test.
"""

import os
import pty
import select
import signal
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parents[2]
WITH_CTRL_C = (
    "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); "
    "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
)
CTRL_C = b"\x03"
MAX_SECONDS = 120.0


def command(*words: object) -> list[str]:
    """The command line of `tabgan WORDS`, which heeds Ctrl-C wherever the tests run."""
    program = ["-m", "tabgan_cli.app", *map(str, words)]
    return [sys.executable, "-c", WITH_CTRL_C, *program]


def environment(**more: str) -> dict[str, str]:
    """The environment in which the command is this checkout's."""
    paths = os.pathsep.join([str(ROOT), str(ROOT / "cli")])
    return {**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1", **more}


class Terminal:
    """A terminal in which `tabgan WORDS` runs, and what is seen on it so far."""

    def __init__(self, *words: object, folder: Path | None = None) -> None:
        line, settings = command(*words), environment(TERM="xterm", COLUMNS="120")
        self.seen = ""
        self._status: int | None = None
        self.pid, self._screen = pty.fork()
        if self.pid == 0:
            if folder is not None:
                os.chdir(folder)
            os.execve(sys.executable, line, settings)  # noqa: S606

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._status is None:
            os.killpg(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self._screen)

    def press(self, keys: bytes) -> None:
        """Type at the terminal."""
        os.write(self._screen, keys)

    def read_until(self, text: str) -> None:
        """Read until a text was seen.

        Raises:
            AssertionError: The command ended, or time ran out.
        """
        deadline = time.monotonic() + MAX_SECONDS
        while text not in self.seen:
            assert time.monotonic() < deadline, f"{text!r} was not seen in {self.seen!r}"
            assert self._read(), f"{text!r} was not seen in {self.seen!r}"

    def wait(self) -> int:
        """Read to the end; return the exit code."""
        while self._read():
            pass
        _, self._status = os.waitpid(self.pid, 0)
        return os.waitstatus_to_exitcode(self._status)

    def _read(self) -> bool:
        if not select.select([self._screen], [], [], MAX_SECONDS)[0]:
            return False
        try:
            chunk = os.read(self._screen, 65_536)
        except OSError:  # how Linux says that the other end is closed
            return False
        self.seen += chunk.decode(errors="replace")
        return bool(chunk)
