"""Cases in worker processes with limits of memory and time, replaced when one dies."""

import json
import os
import queue
import re
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from benchmarks.attack.case import ROOT, Outcome, Result
from benchmarks.attack.parts import PARTS

SECONDS_TO_START = 900.0
MAX_WAITING = 10  # times as long as a case may reckon, a processor may be busy with others
POLL_SECONDS = 1.0
Case = tuple[str, int]


@dataclass(frozen=True)
class Limits:
    """What workers are started with.

    Attributes:
        workers: At once.
        seed: Of every case.
        room: Folder of what is mutated, made by the first worker that needs it.
        megabytes: Of memory that a case may take.
        seconds: Of a processor that a case may take, where its part does not say more.
    """

    workers: int
    seed: int
    room: Path
    megabytes: int = 2048
    seconds: float = 20.0


class Worker:
    """A process that runs one case at a time."""

    def __init__(self, limits: Limits, parts: Iterable[str]) -> None:
        command = [sys.executable, "-m", "benchmarks.attack.worker", *parts]
        options = ["--seed", str(limits.seed), "--room", str(limits.room)]
        self._log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed in `stop`
        self._process = subprocess.Popen(
            [*command, *options, "--memory", str(limits.megabytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env={**os.environ, "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"},
        )
        self._limits = limits
        if not self._read(SECONDS_TO_START):
            raise RuntimeError(f"a worker could not get ready:\n{self.stop()}")

    def run(self, case: Case) -> tuple[Outcome, bool]:
        """Return what came of a case, and whether this worker can go on."""
        part, number = case
        start, seconds = time.monotonic(), PARTS[part].seconds or self._limits.seconds
        assert self._process.stdin is not None  # noqa: S101 - it is a pipe
        with suppress(BrokenPipeError):
            self._process.stdin.write(f"{part} {number}\n".encode())
            self._process.stdin.flush()
        answer = self._read(seconds)
        if answer:
            return Outcome.from_dict(json.loads(answer)), True
        said, code = self.stop(), self._process.returncode
        result, error = Result.HANG, "hang"
        if answer is not None:  # it ended by itself
            result = Result.DEATH
            error = signal.Signals(-code).name if code < 0 else f"exit {code}"
        took = round(time.monotonic() - start, 3)
        return Outcome(part, number, result, error, _find_place(said), said[-200:], took), False

    def stop(self) -> str:
        """End the process, and return what it printed."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGABRT)  # which prints where it is
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(5)
            self._process.kill()
        self._close_pipes()
        self._process.wait()
        self._log.seek(0)
        said = self._log.read().decode(errors="replace")
        self._log.close()
        return said

    def close(self) -> None:
        """Let the process end by itself."""
        if not self._log.closed:
            self._close_pipes()
            self._process.wait()
            self._log.close()

    def _close_pipes(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()

    def _read(self, seconds: float) -> str | None:
        """Return the next line that it answers: "" if it has ended, None if it takes too long."""
        end, limit = self._reckoned() + seconds, time.monotonic() + MAX_WAITING * seconds
        answers = self._process.stdout
        assert answers is not None  # noqa: S101 - it is a pipe
        while self._reckoned() < end and time.monotonic() < limit:
            if select.select([answers], [], [], POLL_SECONDS)[0]:
                return answers.readline().decode()
        return None

    def _reckoned(self) -> float:
        """Return the seconds of a processor that the process has had."""
        try:
            fields = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="utf-8")
        except OSError:  # no Linux: as if no other process took the processor
            return time.monotonic()
        ticks = fields.rpartition(")")[2].split()
        return (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")


def run_cases(cases: Iterable[Case], limits: Limits) -> Iterator[Outcome]:
    """Yield the outcomes of cases as they come, until there are no more, or nobody asks."""
    waiting = list(cases)
    parts = list(dict.fromkeys(part for part, _ in waiting))
    source, found = iter(waiting), queue.Queue[Outcome | None]()
    lock, ended = threading.Lock(), threading.Event()

    def take() -> Case | None:
        with lock:
            return None if ended.is_set() else next(source, None)

    def work() -> None:
        worker: Worker | None = None
        try:
            while (case := take()) is not None:
                worker = worker or Worker(limits, parts)
                outcome, goes_on = worker.run(case)
                worker = worker if goes_on else None
                found.put(outcome)
        finally:
            if worker is not None:
                worker.close()
            found.put(None)

    with ThreadPoolExecutor(limits.workers) as pool:
        futures = [pool.submit(work) for _ in range(limits.workers)]
        try:
            for _ in futures:
                while (outcome := found.get()) is not None:
                    yield outcome
        finally:
            ended.set()
        for future in futures:
            future.result()


def _find_place(said: str) -> str:
    """Return the line of tabgan that a process was in when it printed where it was."""
    current = said.rpartition("Current thread")[2] or said
    for path, line in re.findall(r'File "([^"]+)", line (\d+)', current):
        if Path(path).is_relative_to(ROOT) and "benchmarks" not in path:
            return f"{Path(path).relative_to(ROOT)}:{line}"
    return ""
