"""From a table to a model: schema, encoders, training, in that order."""

import math
import time
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import torch
from threadpoolctl import threadpool_limits

from tabgan.calibration import ROUNDS, calibrate, count_rows
from tabgan.checks import choose_held_out
from tabgan.config import TrainingConfig
from tabgan.devices import choose_device, use_threads
from tabgan.encoders.column import EncoderSetting
from tabgan.encoders.table import EncodedTable, TableEncoder
from tabgan.errors import SettingError
from tabgan.model import ModelCard, TabularModel
from tabgan.networks import Generator
from tabgan.progress import OnProgress, Progress, TrainingRecord, ignore_progress
from tabgan.schema import Name, TableSchema
from tabgan.training import Training
from tabgan.version import __version__

FINISHING_SECONDS = 1.0  # kept of a time limit for writing the model


@dataclass(frozen=True)
class FitRequest:
    """What to fit, and within which limits.

    Attributes:
        target: Column that matters downstream; trained most, held out in proportion.
        schema: How to read the table; None infers it.
        protect: Round the extremes and drop levels seen fewer than 5 times.
        seed: Of every draw; None draws a fresh one, which the model records.
        deadline: `time.monotonic()` by which the model must be there.
    """

    config: TrainingConfig
    target: Name | None = None
    schema: TableSchema | None = None
    protect: bool = False
    seed: int | None = None
    device: str = "auto"
    threads: int | None = None
    deadline: float = math.inf


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
    device = choose_device(request.device)
    seed = draw_seed(request.seed)
    on_progress(Progress("reading the columns", 0, 1))
    schema = request.schema or TableSchema.infer(frame, request.target)
    if request.target is not None:
        schema = replace(schema, target=request.target)
    frame = schema.check(frame)
    with use_threads(request.threads):
        threads = torch.get_num_threads()
        encoder, table = _encode(frame, schema, request, seed, on_progress)
        generator, record = _train(encoder, table, request, seed, device, on_progress)
    card = ModelCard(
        rows=len(frame),
        seed=seed,
        tabgan=__version__,
        torch=torch.__version__,
        seconds=round(time.monotonic() - start, 1),
        device=str(device),
        threads=threads,
        protect=request.protect,
    )
    config = replace(request.config, steps=record.steps)
    return TabularModel(encoder, generator, config, record, card)


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
    schema: TableSchema,
    request: FitRequest,
    seed: int,
    on_progress: OnProgress,
) -> tuple[TableEncoder, EncodedTable]:
    rng = np.random.default_rng(seed)
    setting = EncoderSetting(rng, request.config.modes, request.protect)

    def on_column(done: int, total: int) -> None:
        on_progress(Progress("encoding the columns", done, total))

    with threadpool_limits(1):  # mixtures of a few thousand rows only wait for more threads
        encoder = TableEncoder.fit(frame, schema, setting, on_column)
    return encoder, encoder.encode(frame, rng)


def _train(
    encoder: TableEncoder,
    table: EncodedTable,
    request: FitRequest,
    seed: int,
    device: torch.device,
    on_progress: OnProgress,
) -> tuple[Generator, TrainingRecord]:
    schema = encoder.schema
    target = None if schema.target is None else schema.names.index(schema.target)
    strata = None if target is None else table.codes[:, target]
    rng = np.random.default_rng(seed)
    training = Training(
        table,
        encoder.layout,
        request.config,
        seed=seed,
        device=device,
        held_out=choose_held_out(len(table), strata, request.config.held_out, rng),
        target=target,
        deadline=request.deadline - FINISHING_SECONDS,
        rows_to_follow=(ROUNDS + 1) * count_rows(len(table)),
        on_progress=on_progress,
    )
    generator = training.run().eval().requires_grad_(False)
    on_progress(Progress("calibrating", 0, 1))
    calibrate(generator, table, request.config.passes, torch.Generator(device).manual_seed(seed))
    return generator, training.record
