"""From a table to a model: schema, encoders, training, in that order."""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
import torch
from threadpoolctl import threadpool_limits

from tabgan.calibration import ROUNDS, calibrate, count_rows
from tabgan.checks import choose_held_out
from tabgan.config import PROTECTED_ROWS, TrainingConfig
from tabgan.devices import choose_device, use_threads
from tabgan.encoders.column import EncoderSetting
from tabgan.encoders.table import EncodedTable, TableEncoder
from tabgan.errors import SettingError
from tabgan.levels import LevelCounts
from tabgan.model import ModelCard, TabularModel
from tabgan.networks import Generator
from tabgan.progress import OnProgress, Progress, TrainingRecord, ignore_progress
from tabgan.refine import Refiner, count_candidates, fit_refiner
from tabgan.relations import Relations, RelationSetting
from tabgan.schema import Name, TableSchema
from tabgan.store import MappedTable
from tabgan.training import Training
from tabgan.version import __version__
from tabgan.views import RowView

FINISHING_SECONDS = 1.0  # kept of a time limit for writing the model


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


def fit_model(
    frame: pd.DataFrame,
    request: FitRequest,
    on_progress: OnProgress = ignore_progress,
) -> TabularModel:
    """Learn a table.

    Raises:
        TableError: The table cannot be learned as it is.
        SettingError: A setting is outside what is allowed, or the time limit too short.
        TrainingError: The training left no usable generator.
    """
    start = time.monotonic()
    device, seed = choose_device(request.device), draw_seed(request.seed)
    on_progress(Progress("reading the columns", 0, 1))
    schema = request.schema or TableSchema.infer(frame, request.target)
    if request.target is not None:
        schema = replace(schema, target=request.target)
    frame = schema.check(frame)
    on_progress(Progress("finding relations", 0, 1))
    relations = Relations.find(frame, schema, request.relations)
    obeying = frame[~relations.find_broken(frame)] if relations.is_dirty else frame
    with use_threads(request.threads):
        encoder, table = _encode(obeying, relations, request, seed, on_progress)
        prepared = Prepared(relations, encoder, table, len(frame) - len(obeying))
        return learn(prepared, replace(request, seed=seed), start, device, on_progress)


@dataclass(frozen=True)
class Prepared:
    """A table that is ready to be trained on.

    Attributes:
        table: Its rows, encoded; in memory or on the disk.
        left_out: Rows that are not in it, since they break a declared relation.
    """

    relations: Relations
    encoder: TableEncoder
    table: EncodedTable | MappedTable
    left_out: int


def learn(
    prepared: Prepared,
    request: FitRequest,
    start: float,
    device: torch.device,
    on_progress: OnProgress,
) -> TabularModel:
    """Train on a prepared table.

    Args:
        prepared: The table.
        request: What was asked for, with a seed.
        start: `time.monotonic()` at which the fit began.
        device: Where to train.
        on_progress: Told where the fit stands.

    Raises:
        SettingError: The time limit is too short.
        TrainingError: The training left no usable generator.
    """
    rows, seed = len(prepared.table), draw_seed(request.seed)
    generator, refiner, record = _train(prepared, request, seed, device, on_progress)
    card = ModelCard(
        rows=rows,
        seed=seed,
        tabgan=__version__,
        torch=torch.__version__,
        seconds=round(time.monotonic() - start, 1),
        device=str(device),
        threads=torch.get_num_threads(),
        protect=request.protect,
        protect_below=request.protect_below,
    )
    config = replace(request.config, steps=record.steps)
    if prepared.left_out:
        record.messages.append(
            f"rows left out since they break a declared relation: {prepared.left_out}"
        )
    relations, encoder = prepared.relations, prepared.encoder
    return TabularModel(relations, encoder, generator, refiner, config, record, card)


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


def _encode(
    frame: pd.DataFrame,
    relations: Relations,
    request: FitRequest,
    seed: int,
    on_progress: OnProgress,
) -> tuple[TableEncoder, EncodedTable]:
    rng = np.random.default_rng(seed)
    setting = request.encode_with(rng)

    def on_column(done: int, total: int) -> None:
        on_progress(Progress("encoding the columns", done, total))

    with threadpool_limits(1):  # mixtures of a few thousand rows only wait for more threads
        frame = relations.apply(frame)
        encoder = TableEncoder.fit(frame, relations.free, setting, on_column)
    return encoder, encoder.encode(frame, rng)


def _train(
    prepared: Prepared,
    request: FitRequest,
    seed: int,
    device: torch.device,
    on_progress: OnProgress,
) -> tuple[Generator, Refiner | None, TrainingRecord]:
    encoder, table = prepared.encoder, prepared.table
    schema = encoder.schema
    target = None if schema.target is None else schema.names.index(schema.target)
    strata = None if target is None else table.column(target)
    rng = np.random.default_rng(seed)
    held_out = choose_held_out(len(table), strata, request.config.held_out, rng)
    training = Training(
        table,
        encoder.layout,
        request.config,
        seed=seed,
        device=device,
        held_out=held_out,
        view=RowView(encoder, prepared.relations),
        target=target,
        deadline=request.deadline - FINISHING_SECONDS,
        rows_to_follow=(ROUNDS + 1) * count_rows(len(table)),
        rows_to_refine=count_candidates(len(table), request.config),
        on_progress=on_progress,
    )
    generator = training.run().eval().requires_grad_(False)
    on_progress(Progress("calibrating", 0, 1))
    calibrate(generator, table, request.config.passes, torch.Generator(device).manual_seed(seed))
    refiner = None
    if request.config.refine_rounds and training.leaves_time_to_refine:
        rows = training.rows.load()
        refiner = fit_refiner(generator, rows, training.held_out, request.config, seed, on_progress)
    return generator, refiner, training.record
