"""From a table to a model: schema, encoders, training, in that order."""

import time
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd
import torch
from threadpoolctl import threadpool_limits

from tabgan.encoding.encoded_table import EncodedTable
from tabgan.encoding.row_store import MappedTable
from tabgan.encoding.table_encoder import TableEncoder
from tabgan.fitting.fit_request import Beginning, FitRequest
from tabgan.model.model_card import ModelCard
from tabgan.model.tabular_model import TabularModel
from tabgan.networks.calibration import ROUNDS, calibrate, count_rows
from tabgan.networks.generator import Generator
from tabgan.refinement.fit_refiner import count_candidates, fit_refiner
from tabgan.refinement.refiner import Refiner
from tabgan.refinement.row_features import RowView
from tabgan.relations import Relations
from tabgan.runtime.devices import choose_device, use_threads
from tabgan.runtime.progress import OnProgress, Progress, TrainingRecord, ignore_progress
from tabgan.runtime.version import __version__
from tabgan.schema import TableSchema
from tabgan.training.checkpoint import hash_table
from tabgan.training.trainer import Training, ignore_state
from tabgan.training.validation import choose_held_out

FINISHING_SECONDS = 1.0  # kept of a time limit for writing the model


@dataclass(frozen=True)
class Prepared:
    """A table that is ready to be trained on.

    Attributes:
        table: Its rows, encoded, in memory or on the disk; of several processes, this one's part.
        rows: How many there are in all.
        left_out: Rows that are not in it, since they break a declared relation.
    """

    relations: Relations
    encoder: TableEncoder
    table: EncodedTable | MappedTable
    rows: int
    left_out: int


def fit_model(
    frame: pd.DataFrame,
    request: FitRequest,
    on_progress: OnProgress = ignore_progress,
) -> TabularModel:
    """Learn a table.

    Raises:
        TableError: The table cannot be learned as it is.
        SettingError: A setting is outside what is allowed, or the time limit too short.
        CheckpointError: The checkpoint to go on from is damaged, or of another fit.
        TrainingError: The training left no usable generator.
    """
    start = time.monotonic()
    device = choose_device(request.device)
    on_progress(Progress("reading the columns", 0, 1))
    schema = request.schema or TableSchema.infer(frame, request.target)
    if request.target is not None:
        schema = replace(schema, target=request.target)
    frame = schema.check(frame)
    beginning = Beginning.of(request, device, start, partial(hash_table, frame), in_passes=False)
    on_progress(Progress("finding relations", 0, 1))
    relations = Relations.find(frame, schema, request.relations)
    obeying = frame[~relations.find_broken(frame)] if relations.is_dirty else frame
    with use_threads(request.threads):
        encoder, table = _encode(obeying, relations, beginning, on_progress)
        rows, left_out = len(table), len(frame) - len(obeying)
        if request.team.count(rows) < rows:
            table = table.take(request.team.find_rows(rows))
        prepared = Prepared(relations, encoder, table, rows, left_out)
        return learn(prepared, beginning, on_progress)


def learn(prepared: Prepared, beginning: Beginning, on_progress: OnProgress) -> TabularModel:
    """Train on a prepared table.

    Raises:
        SettingError: The time limit is too short.
        TrainingError: The training left no usable generator.
    """
    request, checkpoint = beginning.request, beginning.checkpoint
    generator, refiner, record = _train(prepared, beginning, on_progress)
    seconds = time.monotonic() - beginning.time + (checkpoint.seconds if checkpoint else 0)
    card = ModelCard(
        rows=prepared.rows,
        seed=beginning.seed,
        tabgan=__version__,
        torch=torch.__version__,
        seconds=round(seconds, 1),
        device=str(beginning.device),
        threads=torch.get_num_threads(),
        protect=request.protect,
        protect_below=request.protect_below,
        processes=request.team.size,
    )
    config = replace(request.config, steps=record.steps)
    if prepared.left_out:
        record.messages.append(
            f"rows left out since they break a declared relation: {prepared.left_out}"
        )
    relations, encoder = prepared.relations, prepared.encoder
    return TabularModel(relations, encoder, generator, refiner, config, record, card)


def _encode(
    frame: pd.DataFrame, relations: Relations, beginning: Beginning, on_progress: OnProgress
) -> tuple[TableEncoder, EncodedTable]:
    rng = np.random.default_rng(beginning.seed)
    setting = beginning.request.encode_with(rng)

    def on_column(done: int, total: int) -> None:
        on_progress(Progress("encoding the columns", done, total))

    with threadpool_limits(1):  # mixtures of a few thousand rows only wait for more threads
        frame = relations.apply(frame)
        encoder = TableEncoder.fit(frame, relations.free, setting, on_column)
    return encoder, encoder.encode(frame, rng)


def _train(
    prepared: Prepared, beginning: Beginning, on_progress: OnProgress
) -> tuple[Generator, Refiner | None, TrainingRecord]:
    training = _set_up(prepared, beginning, on_progress)
    config, seed, device = beginning.request.config, beginning.seed, beginning.device
    if beginning.checkpoint is not None:
        training.load_state(beginning.checkpoint.state)
    generator = training.run().eval().requires_grad_(False)
    if not beginning.request.team.is_first:  # the first process finishes and writes the model
        return generator, None, training.record
    on_progress(Progress("calibrating", 0, 1))
    random = torch.Generator(device).manual_seed(seed)
    calibrate(generator, prepared.table, config.passes, random)
    refiner = None
    if config.refine_rounds and training.timetable.leaves_time_to_refine:
        rows = training.rows.load()
        held_out = training.held_out
        refiner = fit_refiner(
            generator,
            rows,
            held_out.test,
            held_out.view,
            config,
            training.record,
            seed,
            on_progress,
        )
    return generator, refiner, training.record


def _set_up(prepared: Prepared, beginning: Beginning, on_progress: OnProgress) -> Training:
    """Choose the rows held out, and get players, checks and limits ready."""
    encoder, table, request = prepared.encoder, prepared.table, beginning.request
    shape = len(table), len(encoder.encoders)
    target = encoder.layout.target
    strata = None if target is None else table.column(target)
    rng = np.random.default_rng(beginning.seed)
    team, checkpoints = request.team, request.checkpoints
    team.refuse_others(_describe(prepared))
    held_out = choose_held_out(len(table), strata, request.config.held_out, rng)
    if not team.is_first:  # the first process's rows judge the training
        held_out = held_out[:0]
    return Training(
        table,
        encoder.layout,
        request.config,
        seed=beginning.seed,
        device=beginning.device,
        held_out=held_out,
        view=RowView(encoder, prepared.relations),
        team=team,
        deadline=request.deadline - FINISHING_SECONDS,
        rows_to_follow=(ROUNDS + 1) * count_rows(*shape),
        rows_to_refine=count_candidates(*shape, request.config),
        on_progress=on_progress,
        on_state=checkpoints.offer if checkpoints and team.is_first else ignore_state,
    )


def _describe(prepared: Prepared) -> str:
    """Tell a prepared table from others, but not from itself on another machine."""
    layout = prepared.encoder.layout
    spans = layout.spans.round(6).tolist()
    return f"{prepared.rows} {layout.n_classes} {layout.n_modes} {spans}"
