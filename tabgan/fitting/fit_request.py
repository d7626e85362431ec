"""What is to be fitted, within which limits, and where the fit begins: afresh, or where one ended.

>>> FitRequest(TrainingConfig(steps=10), target="left").protect_below
5
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

import numpy as np
import torch

from tabgan.config import PROTECTED_ROWS, TrainingConfig
from tabgan.encoding.column_encoder import EncoderSetting
from tabgan.errors import SettingError
from tabgan.relations import RelationSetting
from tabgan.runtime.process_group import ALONE, Team
from tabgan.runtime.version import __version__
from tabgan.schema import Name, TableSchema
from tabgan.schema.categories import LevelCounts
from tabgan.training.checkpoint import Checkpoint, Checkpoints


@dataclass(frozen=True)
class FitRequest:
    """What to fit, and within which limits.

    Attributes:
        target: Column that matters downstream; trained most, held out in proportion.
        schema: How to read the table; None infers it.
        relation_setting: Which facts between columns every row is to obey.
        protect: Round the extremes and drop rare levels.
        protect_below: Levels of fewer rows are rare, so that they never appear.
        seed: Of every draw; None draws a fresh one, which the model records.
        deadline: `time.monotonic()` by which the model must be there.
        checkpoints: Where the fit is kept while it runs; None keeps nothing.
        team: The processes that fit together.
    """

    config: TrainingConfig
    target: Name | None = None
    schema: TableSchema | None = None
    relation_setting: RelationSetting = field(default_factory=RelationSetting)
    protect: bool = False
    protect_below: int = PROTECTED_ROWS
    seed: int | None = None
    device: str = "auto"
    threads: int | None = None
    deadline: float = math.inf
    checkpoints: Checkpoints | None = None
    team: Team = ALONE

    @property
    def relations(self) -> RelationSetting:
        """Which facts are kept, and of which levels they may know."""
        return replace(
            self.relation_setting, protect=self.protect, protect_below=self.protect_below
        )

    def encode_with(
        self, rng: np.random.Generator, counts: Mapping[Name, LevelCounts] | None = None
    ) -> EncoderSetting:
        """Say how columns are encoded.

        Raises:
            SettingError: `protect_below` is not from 2 up.
        """
        if self.protect_below < 2:
            raise SettingError(
                f"protect_below={self.protect_below!r} protects nothing; give 2 or more rows."
            )
        modes, counts = self.config.modes, counts or {}
        return EncoderSetting(rng, modes, self.protect, self.protect_below, counts)

    def describe(self) -> dict[str, Any]:
        """Give all that decides what is learned of a table, as JSON holds it."""
        settings = {
            "tabgan": __version__,
            "seed": self.seed,
            "target": self.target,
            "protect": self.protect,
            "protect_below": self.protect_below,
            **self.config.to_dict(),
            "relations": asdict(self.relation_setting),
            "schema": self.schema and self.schema.to_dict(),
        }
        plain: dict[str, Any] = json.loads(json.dumps(settings))
        return plain


@dataclass(frozen=True)
class Beginning:
    """Where a fit begins.

    Attributes:
        request: What was asked for, but for the seed.
        seed: Of every draw.
        device: Where to train.
        time: `time.monotonic()` at which it began.
        checkpoint: What it goes on from; None begins afresh.
    """

    request: FitRequest
    seed: int
    device: torch.device
    time: float
    checkpoint: Checkpoint | None

    @classmethod
    def of(
        cls,
        request: FitRequest,
        device: torch.device,
        time: float,
        fingerprint: Callable[[], str],
        *,
        in_passes: bool,
    ) -> Self:
        """Draw the seed, and read the checkpoint if it is wanted.

        Args:
            request: What was asked for.
            device: Where to train.
            time: `time.monotonic()` at which the fit began.
            fingerprint: Tells the table from others.
            in_passes: Whether it is learned in passes over its files.

        Raises:
            CheckpointError: The checkpoint is damaged, or of another table or other settings.
        """
        checkpoints = request.checkpoints
        checkpoint = checkpoints.read() if checkpoints else None
        asked = request.seed
        if asked is None and checkpoint is not None:
            asked = checkpoint.settings.get("seed")
        seed = request.team.share(lambda: draw_seed(asked))
        if checkpoints:
            settings = replace(request, seed=seed).describe()
            settings |= {"device": str(device), "in passes": in_passes}
            settings |= {"processes": request.team.size}
            table = fingerprint()
            if checkpoint is not None:
                checkpoint.refuse_other(table, settings)
            checkpoints.begin(table, settings)
        return cls(request, seed, device, time, checkpoint)


def draw_seed(seed: int | None) -> int:
    """Give the seed asked for, or a fresh one.

    Raises:
        SettingError: It is negative or too large.
    """
    if seed is None:
        return int(np.random.default_rng().integers(2**31))
    if not 0 <= seed < 2**32:
        raise SettingError(f"the seed {seed} is outside what is allowed: 0 to {2**32 - 1}.")
    return int(seed)
