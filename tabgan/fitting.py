"""From a table to a model: schema, encoders, training, in that order."""

import json
import math
import time
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
import torch
from threadpoolctl import threadpool_limits

from tabgan.calibration import ROUNDS, calibrate, count_rows
from tabgan.card import ModelCard
from tabgan.checks import choose_held_out
from tabgan.config import TrainingConfig
from tabgan.devices import choose_device, use_threads
from tabgan.encoders.column import EncoderSetting
from tabgan.encoders.table import EncodedTable, TableEncoder
from tabgan.errors import SettingError
from tabgan.lessons import count_candidates, fit_refiner
from tabgan.model import TabularModel
from tabgan.networks import Generator
from tabgan.progress import OnProgress, Progress, TrainingRecord, ignore_progress
from tabgan.refine import Refiner
from tabgan.relations import Relations, RelationSetting
from tabgan.resume import Checkpoint, Checkpoints, hash_table
from tabgan.schema import Name, TableSchema
from tabgan.training import Training, ignore_state
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
        protect: Round the extremes and drop levels seen fewer than 5 times.
        seed: Of every draw; None draws a fresh one, which the model records.
        deadline: `time.monotonic()` by which the model must be there.
        checkpoints: Where the fit is kept while it runs; None keeps nothing.
    """

    config: TrainingConfig
    target: Name | None = None
    schema: TableSchema | None = None
    relation_setting: RelationSetting = field(default_factory=RelationSetting)
    protect: bool = False
    seed: int | None = None
    device: str = "auto"
    threads: int | None = None
    deadline: float = math.inf
    checkpoints: Checkpoints | None = None


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
    on_progress(Progress("reading the columns", 0, 1))
    schema = request.schema or TableSchema.infer(frame, request.target)
    if request.target is not None:
        schema = replace(schema, target=request.target)
    frame = schema.check(frame)
    seed, checkpoint = _begin(frame, request, device)
    on_progress(Progress("finding relations", 0, 1))
    setting = replace(request.relation_setting, protect=request.protect)
    relations = Relations.find(frame, schema, setting)
    obeying = frame[~relations.find_broken(frame)] if relations.is_dirty else frame
    with use_threads(request.threads):
        threads = torch.get_num_threads()
        encoder, table = _encode(obeying, relations, request, seed, on_progress)
        generator, refiner, record = _train(
            encoder, relations, table, request, seed, device, on_progress, checkpoint
        )
    card = ModelCard(
        rows=len(obeying),
        seed=seed,
        tabgan=__version__,
        torch=torch.__version__,
        seconds=round(time.monotonic() - start + (checkpoint.seconds if checkpoint else 0), 1),
        device=str(device),
        threads=threads,
        protect=request.protect,
    )
    config = replace(request.config, steps=record.steps)
    if len(obeying) < len(frame):
        left_out = len(frame) - len(obeying)
        record.messages.append(f"rows left out since they break a declared relation: {left_out}")
    return TabularModel(relations, encoder, generator, refiner, config, record, card)


def _begin(
    frame: pd.DataFrame, request: FitRequest, device: torch.device
) -> tuple[int, Checkpoint | None]:
    """Give the seed of the fit, and the checkpoint that it goes on from, if there is one.

    Raises:
        CheckpointError: The checkpoint is damaged, or of another table or other settings.
    """
    checkpoints = request.checkpoints
    checkpoint = checkpoints.read() if checkpoints else None
    asked = request.seed
    if asked is None and checkpoint is not None:
        asked = checkpoint.settings.get("seed")
    seed = draw_seed(asked)
    if checkpoints:
        table, settings = hash_table(frame), describe_settings(request, seed, device)
        if checkpoint is not None:
            checkpoint.refuse_other(table, settings)
        checkpoints.begin(table, settings)
    return seed, checkpoint


def describe_settings(request: FitRequest, seed: int, device: torch.device) -> dict[str, Any]:
    """Give all that decides what is learned of a table, as JSON holds it."""
    settings = {
        "tabgan": __version__,
        "seed": seed,
        "target": request.target,
        "protect": request.protect,
        "device": str(device),
        **request.config.to_dict(),
        "relations": asdict(request.relation_setting),
        "schema": request.schema and request.schema.to_dict(),
    }
    plain: dict[str, Any] = json.loads(json.dumps(settings))
    return plain


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
    setting = EncoderSetting(rng, request.config.modes, request.protect)

    def on_column(done: int, total: int) -> None:
        on_progress(Progress("encoding the columns", done, total))

    with threadpool_limits(1):  # mixtures of a few thousand rows only wait for more threads
        frame = relations.apply(frame)
        encoder = TableEncoder.fit(frame, relations.free, setting, on_column)
    return encoder, encoder.encode(frame, rng)


def _train(
    encoder: TableEncoder,
    relations: Relations,
    table: EncodedTable,
    request: FitRequest,
    seed: int,
    device: torch.device,
    on_progress: OnProgress,
    checkpoint: Checkpoint | None,
) -> tuple[Generator, Refiner | None, TrainingRecord]:
    schema = encoder.schema
    target = None if schema.target is None else schema.names.index(schema.target)
    strata = None if target is None else table.codes[:, target]
    rng = np.random.default_rng(seed)
    held_out = choose_held_out(len(table), strata, request.config.held_out, rng)
    training = Training(
        table,
        encoder.layout,
        request.config,
        seed=seed,
        device=device,
        held_out=held_out,
        view=RowView(encoder, relations),
        target=target,
        deadline=request.deadline - FINISHING_SECONDS,
        rows_to_follow=(ROUNDS + 1) * count_rows(len(table)),
        rows_to_refine=count_candidates(len(table), request.config),
        on_progress=on_progress,
        on_state=request.checkpoints.offer if request.checkpoints else ignore_state,
    )
    if checkpoint is not None:
        training.load_state(checkpoint.state)
    generator = training.run().eval().requires_grad_(False)
    on_progress(Progress("calibrating", 0, 1))
    calibrate(generator, table, request.config.passes, torch.Generator(device).manual_seed(seed))
    refiner = None
    if request.config.refine_rounds and training.timetable.leaves_time_to_refine:
        rows = table.take(np.setdiff1d(np.arange(len(table)), held_out))
        refiner = fit_refiner(
            generator, rows, training.held_out, request.config, training.record, seed, on_progress
        )
    return generator, refiner, training.record
