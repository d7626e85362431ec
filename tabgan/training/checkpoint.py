"""Checkpoints of a running fit, so that it can be resumed after whatever ended it.

A checkpoint holds weights, optimizers, random states and position of a training, its settings and a
hash of its table: no row, and nothing that is run when it is read. It is one file, written whole or
not at all, as a model is.

>>> Checkpoints(Path("model.tabgan")).path
PosixPath('model.tabgan.checkpoint')
"""

import hashlib
import json
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import pandas as pd

from tabgan.config import RENAMED, TrainingConfig
from tabgan.errors import CheckpointError, ModelFileError, TabganError, printable, reason
from tabgan.io.file_kinds import FileKind, check_replaceable, find_kind
from tabgan.io.model_file import CHECKPOINT_KIND, read_model, write_model
from tabgan.runtime.progress import CHECKPOINT_SUFFIX
from tabgan.state_reader import StateReader
from tabgan.training.plain_state import from_plain_state, to_plain_state

INTERVAL = 60.0  # seconds between checkpoints
FIRST_AFTER = 120.0  # seconds: a shorter fit is as quickly repeated

MAX_SECONDS = 1e9  # that a fit has taken

State = dict[str, Any]


def ignore_message(line: str) -> None:
    """Do nothing."""


@dataclass(frozen=True)
class Checkpoint:
    """The state of a fit that did not end, as it was read from a file.

    Attributes:
        path: Of that file, for messages.
        table: Hash of the table, or of its files' stamps.
        settings: Of the fit, as `FitRequest.describe` returns them, the seed among them.
        seconds: That the fit had taken until then.
        state: Of the trainer, as tensors and plain values.
    """

    path: Path
    table: str
    settings: Mapping[str, Any]
    seconds: float
    state: State

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a checkpoint.

        Raises:
            ModelFileError: The file is no checkpoint, or damaged.
        """
        content = StateReader(read_model(path))
        content.text("kind", {CHECKPOINT_KIND})
        return cls(
            path,
            table=content.text("table"),
            settings=_with_new_names(content.state("settings")),
            seconds=content.number("seconds", 0, MAX_SECONDS),
            state=content.build(lambda: from_plain_state(content.state("state").values)),
        )

    def restore(self, load: Callable[[State], None]) -> None:
        """Hand the state to a trainer's `load_state`.

        Raises:
            CheckpointError: It is of other networks, or holds what it cannot.
        """
        try:
            load(self.state)
        except ModelFileError as error:
            raise _damage(self.path, error) from error

    def check_same_fit(self, table: str, settings: Mapping[str, Any]) -> None:
        """Refuse to resume with another table or other settings.

        Raises:
            CheckpointError: Naming the first one that differs.
        """
        for name, value in settings.items():
            before = self.settings.get(name)
            if before != value:
                raise self._mismatch(
                    f"is of a fit with {name} {_show(before)}, not {_show(value)}; "
                    "give the same settings"
                )
        if table != self.table:
            raise self._mismatch("is of another table; give the same one")

    def _mismatch(self, reason: str) -> CheckpointError:
        return CheckpointError(
            f"the checkpoint '{self.path}' {reason}, or leave out --resume to start afresh."
        )


def _with_new_names(settings: StateReader) -> dict[str, Any]:
    """Return the settings of a fit under the names of this release; new ones have their default.

    Raises:
        ModelFileError: They are none.
    """
    settings.build(lambda: json.dumps(settings.values))  # which arrays cannot be written in
    renamed = {RENAMED.get(name, name): value for name, value in settings.values.items()}
    relations = settings.state("relations").values.items()  # of 0.1 they repeated the protection
    renamed = {**asdict(TrainingConfig()), **renamed}
    return renamed | {"relations": {n: v for n, v in relations if not n.startswith("protect")}}


def _damage(path: Path, error: Exception) -> CheckpointError:
    """Return what says that a checkpoint cannot be gone on from, and why."""
    return CheckpointError(
        f"the checkpoint '{path}' is damaged, or of another release of tabgan ({reason(error)}); "
        "leave out --resume to start afresh."
    )


class Checkpoints:
    """Where and how often a running fit is written to a file, and whether it resumes from one.

    Args:
        model: Path that the model is to be written to; the checkpoint stands beside it.
        every: Seconds between them, and before the first one, 0 for none at all; when None,
            INTERVAL, and FIRST_AFTER before the first one.
        resume: Whether to go on from the checkpoint that is there.
        overwrite: Whether a file there that is no checkpoint is replaced.
        on_message: Called with lines for users: where it resumes, or why nothing is written.
    """

    def __init__(
        self,
        model: Path,
        every: float | None = None,
        *,
        resume: bool = False,
        overwrite: bool = False,
        on_message: Callable[[str], None] = ignore_message,
    ) -> None:
        self._model, self._overwrite = model, overwrite
        self.path = model.with_name(model.name + CHECKPOINT_SUFFIX)
        self.every = (INTERVAL if every is None else every) or math.inf
        self.resume, self.on_message = resume, on_message
        self._start = time.monotonic()
        self._due = self._start + (FIRST_AFTER if every is None else self.every)
        self._seconds_before = 0.0
        self._is_kept = self._is_reported = False
        self._labels: dict[str, Any] = {}

    @property
    def is_kept(self) -> bool:
        """Whether there is a checkpoint of this fit."""
        return self._is_kept

    def read(self) -> Checkpoint | None:
        """Return the checkpoint to go on from; None if there is none, or `resume` is False.

        Raises:
            CheckpointError: It is damaged, or was written by another release.
        """
        is_there = self.path.exists()
        if not self.resume or not is_there:
            if is_there:
                self.on_message(
                    f"'{self.path}' is of a fit that did not end; --resume goes on with it"
                )
            elif self.resume:
                self.on_message(f"there is no checkpoint '{self.path}'; the fit starts afresh")
            return None
        try:
            checkpoint = Checkpoint.read(self.path)
            saved = StateReader(checkpoint.state, "state").state("game")
            steps = saved.whole("steps_done", 0)
        except ModelFileError as error:
            raise _damage(self.path, error) from error
        self._seconds_before, self._is_kept = checkpoint.seconds, True
        self.on_message(f"going on from step {steps} of '{self.path}'")
        return checkpoint

    def begin(self, table: str, settings: Mapping[str, Any]) -> None:
        """Set the table's hash and the settings that every checkpoint of this fit carries."""
        self._labels = {"kind": CHECKPOINT_KIND, "table": table, "settings": dict(settings)}

    def write_if_due(self, state: Callable[[], State], is_last: bool = False) -> None:
        """Write a checkpoint if one is due; that of the end, too, if there was one before.

        If that fails, the fit goes on, the checkpoint before stays, and a message says so once.

        Args:
            state: Returns the trainer's state; not called unless a checkpoint is written.
            is_last: Whether the training has ended.
        """
        now = time.monotonic()
        if now < self._due and not (is_last and self._is_kept):
            return
        self._due = now + self.every
        seconds = self._seconds_before + now - self._start
        content = self._labels | {"seconds": seconds, "state": to_plain_state(state())}
        try:
            check_replaceable(self.path, FileKind.CHECKPOINT, self._overwrite or self._is_kept)
            write_model(self.path, content, like=self._model)
            self._is_kept, self._is_reported = True, False
        except TabganError as error:
            if not self._is_reported:
                self.on_message(f"the fit goes on without a new checkpoint: {error}")
            self._is_reported = True

    def remove(self) -> None:
        """Remove the checkpoint, if it is one: the fit has its model."""
        if self.path.is_file() and find_kind(self.path) == FileKind.CHECKPOINT:
            self.path.unlink()


def hash_table(frame: pd.DataFrame) -> str:
    """Return the SHA-256 of names, dtypes and cells in their order."""
    digest = hashlib.sha256()
    for name, series in frame.items():
        digest.update(f"{name!r} {series.dtype}\n".encode())
        digest.update(pd.util.hash_pandas_object(series, index=False).to_numpy().tobytes())
    return digest.hexdigest()


def _show(setting: object) -> str:
    text = "none" if setting is None else printable(str(setting))
    return text if len(text) <= 40 else f"{text[:40]}..."
