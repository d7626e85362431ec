"""What is to be fitted, within which limits, and where the fit begins: afresh or at a checkpoint.

>>> FitRequest(TrainingConfig(steps=10), target="left").protection
Protection(is_on=False, min_rows=5)
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
import pandas as pd
import torch

from tabgan.config import NO_PROTECTION, Protection, TrainingConfig
from tabgan.encoding.column_encoder import EncoderConfig
from tabgan.errors import TableError
from tabgan.relations import RelationConfig
from tabgan.runtime.limits import check_seed
from tabgan.runtime.process_group import SINGLE_PROCESS, ProcessGroup
from tabgan.runtime.stage_clock import StageClock
from tabgan.runtime.version import __version__
from tabgan.schema import Name, TableSchema
from tabgan.schema.arrays import Mask
from tabgan.schema.categories import CategoryCounts
from tabgan.schema.protection import protect_schema
from tabgan.training.checkpoint import Checkpoint, Checkpoints


@dataclass(frozen=True)
class FitRequest:
    """What to fit, and within which limits.

    Attributes:
        config: Settings of the training.
        target: Column that matters downstream: known or predicted most in training, and held out
            by strata; None: that of the schema, if it has one.
        schema: How to read the table; None infers it.
        index: Columns that were the index of the table; None: those of the schema.
        relations: Which relations are searched for, declared or forgotten.
        protection: What of the table must never appear in a generated row.
        seed: Of every draw; None draws a fresh one, which the model records.
        device: "auto", "cpu", "cuda", "cuda:1", "mps".
        threads: Of torch while it fits; None leaves them as they are.
        deadline: `time.monotonic()` by which the model must be written; infinity: no limit.
        checkpoints: Writes the state of the fit while it runs; None writes nothing.
        processes: Those that fit together.
        keeps_interrupted: Whether Ctrl-C leaves the best model so far, or ends all of the work.
    """

    config: TrainingConfig
    target: Name | None = None
    schema: TableSchema | None = None
    index: tuple[Name, ...] | None = None
    relations: RelationConfig = field(default_factory=RelationConfig)
    protection: Protection = NO_PROTECTION
    seed: int | None = None
    device: str = "auto"
    threads: int | None = None
    deadline: float = math.inf
    checkpoints: Checkpoints | None = None
    processes: ProcessGroup = SINGLE_PROCESS
    keeps_interrupted: bool = True

    def encoder_config(
        self,
        rng: np.random.Generator,
        counts: Mapping[Name, CategoryCounts] | None = None,
        n_rows: int = 0,
        fillers: Mapping[Name, Mask] | None = None,
    ) -> EncoderConfig:
        """Return the settings of encoders.

        Args:
            rng: Source of all draws.
            counts: Frequencies of categories, by column, where all rows were counted beforehand.
            n_rows: Rows of the whole table, where encoders are fitted to a sample of them.
            fillers: Cells that count for nothing, by column; (n_rows,) each.
        """
        modes = self.config.max_modes
        return EncoderConfig(
            rng, modes, self.protection, counts or {}, n_rows=n_rows, fillers=fillers or {}
        )

    def protect_schema(self, schema: TableSchema) -> TableSchema:
        """Return an inferred schema as the model may keep it."""
        return schema.without_patterns() if self.protection.is_on else schema

    def protect_rows(self, schema: TableSchema, frame: pd.DataFrame) -> TableSchema:
        """Return a schema without units and marks of gaps that too few rows of a table have.

        Raises:
            TableError: All of the table is protected.
        """
        k = self.protection.k
        if len(frame) < k:
            raise TableError(
                f"the table has {len(frame)} rows, and what fewer than {k} rows hold is "
                "protected; give more rows, or protect fewer (protect_below, --protect-below)."
            )
        return protect_schema(schema, frame, k) if k > 1 else schema

    def describe(self) -> dict[str, Any]:
        """Return all settings that decide what is learned of a table, as JSON holds them."""
        settings = {
            "tabgan": __version__,
            "seed": self.seed,
            "target": self.target,
            "protect": self.protection.is_on,
            "protect_below": self.protection.min_rows,
            **self.config.to_dict(),
            "relations": self.relations.to_dict(),
            "schema": self.schema and self.schema.to_dict(),
        }
        plain: dict[str, Any] = json.loads(json.dumps(settings))
        return plain


@dataclass(frozen=True)
class FitContext:
    """Where a fit begins.

    Attributes:
        request: Settings; its seed may be None.
        seed: Of every draw, drawn if the request has none.
        device: That it trains on.
        clock: Takes reports of its progress, since it began.
        checkpoint: That it resumes from; None begins afresh.
    """

    request: FitRequest
    seed: int
    device: torch.device
    clock: StageClock
    checkpoint: Checkpoint | None

    @classmethod
    def begin(
        cls,
        request: FitRequest,
        device: torch.device,
        clock: StageClock,
        fingerprint: Callable[[], str],
        *,
        in_passes: bool,
    ) -> Self:
        """Draw the seed, and read the checkpoint to resume from, if there is one.

        Args:
            request: Settings of the fit.
            device: That it trains on.
            clock: Takes reports of its progress.
            fingerprint: Returns a hash of the table; called if checkpoints are written or read.
            in_passes: Whether the table is read in passes.

        Raises:
            CheckpointError: The checkpoint is damaged, or of another table or other settings.
        """
        checkpoints = request.checkpoints
        checkpoint = checkpoints.read() if checkpoints else None
        given = request.seed
        if given is None and checkpoint is not None:
            given = checkpoint.settings.get("seed")
        seed = request.processes.broadcast(lambda: draw_seed(given))
        if checkpoints:
            settings = replace(request, seed=seed).describe()
            settings |= {"device": str(device), "in passes": in_passes}
            settings |= {"processes": request.processes.size}
            table = fingerprint()
            if checkpoint is not None:
                checkpoint.check_same_fit(table, settings)
            checkpoints.begin(table, settings)
        return cls(request, seed, device, clock, checkpoint)

    def limited(self, n_rows: int) -> Self:
        """Return it with the settings that protection allows for so many rows."""
        request = self.request
        config = request.protection.limit(request.config, n_rows)
        return replace(self, request=replace(request, config=config))


def draw_seed(seed: int | None) -> int:
    """Return the seed given, or a fresh one for None.

    Raises:
        SettingError: It is negative or too large.
    """
    if seed is None:
        return int(np.random.default_rng().integers(2**31))
    check_seed(seed)
    return int(seed)
