"""Where an attack keeps what it mutates, and what it writes on the way.

>>> with tempfile.TemporaryDirectory() as folder:
...     room = Room(Path(folder), seed=0)
...     room.rng("models", 3).integers(9) == room.rng("models", 3).integers(9)
True
"""

import os
import tempfile
import zlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class Room:
    """Folders of an attack.

    Attributes:
        folder: Of what is made once and mutated; shared by processes.
        seed: Of every draw.
    """

    folder: Path
    seed: int

    @cached_property
    def scratch(self) -> Path:
        """A folder of this process alone."""
        return Path(tempfile.mkdtemp(prefix="scratch-", dir=self.folder))

    def rng(self, part: str, number: int) -> np.random.Generator:
        """Return the source of all draws of a case."""
        return np.random.default_rng([self.seed, zlib.crc32(part.encode()), number])

    def publish(self, temporary: Path, name: str) -> Path:
        """Move a file that is whole to its place, where other processes find it."""
        place = self.folder / name
        os.replace(temporary, place)  # noqa: PTH105 - of two that race, either one will do
        return place
