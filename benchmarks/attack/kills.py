"""Commands that write, ended at any moment, without space, without the right to write, unread.

What is lost is an old file that is neither as it was nor a whole new one, or what is left beside it
after the command has run again.
"""

import ctypes
import os
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np

from benchmarks.attack.bases import base_frame
from benchmarks.attack.case import FaultError, is_sentence
from benchmarks.attack.commands import COMMANDS, MODEL, OLD_ROWS, TABLE, WritingCommand
from benchmarks.attack.frames import TINY
from benchmarks.attack.room import Room
from tabgan import TabGAN

KILLS = 20  # moments for each command
WAITED = 120.0  # seconds for a command to end
DROP_FROM_BOUNDS, OVERRIDE_RIGHTS = 24, 1  # of Linux' prctl, and the capability that root has
FIRST = 2_000  # bytes that a file may have where the disk is full


@dataclass(frozen=True)
class Trial:
    """One command in one folder, whose old output is there.

    Attributes:
        command: The command.
        folder: Its folder.
        rng: Of the moments.
    """

    command: WritingCommand
    folder: Path
    rng: np.random.Generator

    @property
    def output(self) -> Path:
        """The file that it writes."""
        return self.folder / self.command.output

    def finish(self, process: "subprocess.Popen[bytes]") -> tuple[int, str]:
        """Wait for a command, and return its exit code and what it said."""
        _, said = process.communicate(timeout=WAITED)
        return process.returncode, said.decode(errors="replace").strip()

    def check_kept(self, old: bytes, what: str) -> None:
        """Raise a FaultError unless the output is the old one, or new and whole."""
        if self.output.read_bytes() != old:
            try:
                self.command.read(self.output)
            except Exception as error:
                raise FaultError(f"lost after {what}: {error}") from error

    def check_refused(self, process: "subprocess.Popen[bytes]", old: bytes, what: str) -> None:
        """Raise a FaultError unless a command says what is wrong, and loses nothing."""
        before = self._names()
        code, said = self.finish(process)
        if code == 0:
            raise FaultError(f"no error: {what}")
        if (
            code < 0
            or "Traceback" in said
            or not is_sentence(said.splitlines()[-1] if said else "")
        ):
            raise FaultError(f"no sentence of {what}: {code} {said[-200:]}")
        if not self.output.is_file() or self.output.read_bytes() != old:
            raise FaultError(f"lost: {what}")
        self._check_names(before, what)

    def _names(self) -> set[str]:
        return {path.name for path in self.folder.iterdir()}

    def _check_names(self, before: set[str], what: str) -> None:
        left = self._names() - before
        if left:
            raise FaultError(f"left over: {sorted(left)} after {what}")

    def kill(self, old: bytes) -> None:
        """Kill the command at a moment, half of the times as it begins to write; run it again."""
        before = self._names()
        process = self.command.start(self.folder)
        start, moment = time.monotonic(), float(self.rng.uniform(0, 6))
        waits_for_file = self.rng.random() < 0.5
        while process.poll() is None:
            is_new = waits_for_file and self._names() - before
            if is_new or (not waits_for_file and time.monotonic() - start > moment):
                time.sleep(float(self.rng.uniform(0, 0.01)) if is_new else 0)
                break
            time.sleep(0.0005)
        process.kill()
        process.communicate()
        self.check_kept(old, "a kill")
        code, said = self.finish(self.command.start(self.folder))
        if code:
            raise FaultError(f"after a kill: {code} {said[-200:]}")
        self.command.read(self.output)
        self._check_names(before, "a kill and another run")

    def fill_disk(self, old: bytes) -> None:
        """Let no file grow above some bytes."""

        def limit() -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (FIRST, FIRST))

        self.check_refused(self.command.start(self.folder, how=limit), old, "a full disk")

    def forbid(self, old: bytes) -> None:
        """Let nobody write in the folder."""
        self.folder.chmod(0o555)

        def give_up_rights() -> None:
            if os.getuid() == 0:  # who may write everywhere
                ctypes.CDLL(None).prctl(DROP_FROM_BOUNDS, OVERRIDE_RIGHTS, 0, 0, 0)

        try:
            process = self.command.start(self.folder, how=give_up_rights)
            self.check_refused(process, old, "a read-only folder")
        finally:
            self.folder.chmod(0o755)

    def close_pipe(self, old: bytes) -> None:
        """Read nothing of what the command says or writes to standard output."""
        process = self.command.start(self.folder, output="-")
        for stream in (process.stdout, process.stderr):
            assert stream is not None  # noqa: S101 - both are pipes
            stream.close()
        process.wait(WAITED)
        if process.returncode < 0:
            raise FaultError(f"closed pipes: signal {-process.returncode}")
        if self.output.read_bytes() != old:
            raise FaultError("lost: closed pipes")


TROUBLES: Mapping[str, Callable[[Trial, bytes], None]] = {
    **{f"kill {number}": Trial.kill for number in range(KILLS)},
    "full disk": Trial.fill_disk,
    "read-only folder": Trial.forbid,
    "closed pipes": Trial.close_pipe,
}
CASES = list(product(TROUBLES, COMMANDS))  # each command with a trouble before any with the next


def prepare(room: Room) -> None:
    """Write the table and the model that commands read, unless they are there."""
    if (room.folder / "kills").exists():
        return
    made = room.scratch / "kills"
    made.mkdir()
    frame = base_frame("categories")[["city", "left", "rare"]].assign(
        price=base_frame("numbers")["steps"]
    )
    frame.to_csv(made / TABLE, index=False)
    model = TabGAN("left", config=TINY, random_state=0, threads=1).fit(frame)
    model.save(made / MODEL)
    model.sample(300, random_state=3).to_csv(made / "made.csv", index=False)
    room.publish(made, "kills")


def attack(room: Room, number: int) -> None:
    """Run a command in some trouble."""
    trouble, name = CASES[number]
    folder = room.scratch / f"kill-{number}"
    shutil.copytree(room.folder / "kills", folder)
    folder.chmod(0o755)
    trial = Trial(COMMANDS[name], folder, room.rng("kills", number))
    old = OLD_ROWS.encode()
    if trial.command.output.endswith(".tabgan"):
        old = (folder / MODEL).read_bytes()
    elif not trial.command.output.endswith(".csv"):
        code, said = trial.finish(trial.command.start(folder))
        if code:
            raise FaultError(f"without any trouble: {said[-200:]}")
        old = trial.output.read_bytes()
    trial.output.write_bytes(old)
    TROUBLES[trouble](trial, old)
    shutil.rmtree(folder)
