"""From a table in memory to a model: schema, relations, encoders, training, refiner, in order."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import torch
from threadpoolctl import threadpool_limits

from tabgan.encoding.encoded_table import EncodedTable
from tabgan.encoding.row_store import MappedTable
from tabgan.encoding.table_encoder import TableEncoder
from tabgan.fitting.finish import FinishedGenerators, finish
from tabgan.fitting.fit_request import FitContext, FitRequest
from tabgan.fitting.low_score import warn_of_low_score
from tabgan.fitting.one_pass import choose_by_score
from tabgan.fitting.readable import check_encoders, check_model, discover_readable
from tabgan.fitting.trial_rows import count_broken, name_rejections
from tabgan.model.model_card import ModelCard
from tabgan.model.tabular_model import TabularModel
from tabgan.networks.calibration import ROUNDS, count_calibration_rows
from tabgan.refinement.fit_refiner import count_candidates
from tabgan.refinement.row_features import RefinerFeatures
from tabgan.relations import RelationSet
from tabgan.runtime.devices import choose_device, use_threads
from tabgan.runtime.progress import OnProgress, Progress, TrainingRecord, ignore_progress
from tabgan.runtime.stage_clock import StageClock
from tabgan.runtime.version import __version__
from tabgan.schema import ColumnKind, TableSchema
from tabgan.schema.protection import hide_marks
from tabgan.training.checkpoint import hash_table
from tabgan.training.trainer import Trainer, ignore_state
from tabgan.training.validation import ValidationSet, choose_held_out

FINISHING_SECONDS = 1.0  # kept of a time limit for writing the model


@dataclass(frozen=True)
class TrainingData:
    """An encoded table, and what encodes and decodes it.

    Attributes:
        relations: Which columns are learned, and how the others are restored.
        encoder: Of the learned columns.
        table: The rows, in memory or on the disk; of several processes, this one's shard.
        rows: Of all shards together.
        left_out: Rows of the table that are not in it, since they break a declared relation.
    """

    relations: RelationSet
    encoder: TableEncoder
    table: EncodedTable | MappedTable
    rows: int
    left_out: int


def fit_model(
    frame: pd.DataFrame,
    request: FitRequest,
    on_progress: OnProgress = ignore_progress,
) -> TabularModel:
    """Fit a model to a table in memory.

    Args:
        frame: The table; shape (n_rows, n_columns).
        request: Settings, target, limits.
        on_progress: Called with each stage and each few steps.

    Raises:
        TableError: The table cannot be learned as it is.
        SettingError: A setting is outside what is allowed, or the time limit too short.
        CheckpointError: The checkpoint to go on from is damaged, or of another fit.
        TrainingError: The training left no usable generator.
    """
    clock = StageClock.following(on_progress)
    device = choose_device(request.device)
    clock(Progress("reading the columns", 0, 1))
    schema = request.schema or request.protect_schema(TableSchema.infer(frame, request.target))
    if request.target is not None:
        schema = replace(schema, target=request.target)
    if request.index is not None:
        schema = replace(schema, index=request.index)
    found, schema = schema, request.protect_rows(schema, frame)
    frame = hide_marks(found.check(frame), found, schema)
    context = FitContext.begin(request, device, clock, partial(hash_table, frame), in_passes=False)
    clock(Progress("finding relations", 0, 1))
    relations = discover_readable(frame, schema, request.relations, request.protection)
    kept = frame[~relations.find_violations(frame)] if relations.has_violations else frame
    with use_threads(request.threads):
        encoder, table = _encode(kept, relations, context)
        rows, left_out = len(table), len(frame) - len(kept)
        if request.processes.count_rows(rows) < rows:
            table = table.take(request.processes.shard(rows))
        data = TrainingData(relations, encoder, table, rows, left_out)
        return train_model(data, context)


def train_model(data: TrainingData, context: FitContext) -> TabularModel:
    """Train on an encoded table, and return the model.

    Raises:
        SettingError: The time limit is too short.
        TrainingError: The training left no usable generator.
    """
    context = context.limited(data.rows)
    request = context.request
    finished, record = _train(data, context)
    card = ModelCard(
        rows=data.rows,
        seed=context.seed,
        tabgan=__version__,
        torch=torch.__version__,
        seconds=0.0,
        device=str(context.device),
        threads=torch.get_num_threads(),
        protection=request.protection,
        processes=request.processes.size,
    )
    config = replace(request.config, steps=record.steps)
    record.messages += _name_free_text(data.encoder)
    relations, encoder = data.relations, data.encoder
    model = TabularModel(
        relations,
        encoder,
        finished.generator,
        finished.refiner,
        config,
        record,
        card,
        finished.one_pass,
    )
    model = replace(model, card=replace(card, draws_in_one_pass=choose_by_score(model)))
    warn_of_low_score(model)
    if request.processes.is_first and relations.kept:
        context.clock(Progress("checking rows drawn", 0, 1))
        record.messages += name_rejections(model)
        model = count_broken(model)
    if data.left_out:
        record.messages.append(
            f"rows left out since they break a declared relation: {data.left_out}"
        )
    model = replace(model, card=replace(model.card, **_measure_time(context)))
    return check_model(model) if request.processes.is_first else model


def _measure_time(context: FitContext) -> dict[str, Any]:
    """Return the time that the fit took, and each stage of it, as a model's card has them."""
    stages = context.clock.seconds
    if context.checkpoint is not None:
        stages = {"before it was resumed": context.checkpoint.seconds} | stages
    stages = {stage: round(seconds, 2) for stage, seconds in stages.items()}
    return {"seconds": round(sum(stages.values()), 1), "stages": stages}


def _name_free_text(encoder: TableEncoder) -> list[str]:
    """Return in words, for each column of free text, that it is not learned."""
    texts = [one for one in encoder.encoders if one.column.kind is ColumnKind.TEXT]
    return [f"the column {one.column.name!r} is {one.note}" for one in texts if one.note]


def _encode(
    frame: pd.DataFrame, relations: RelationSet, context: FitContext
) -> tuple[TableEncoder, EncodedTable]:
    rng = np.random.default_rng(context.seed)
    config = context.request.encoder_config(rng)

    def on_column(done: int, total: int) -> None:
        context.clock(Progress("encoding the columns", done, total))

    with threadpool_limits(1):  # mixtures of a few thousand rows only wait for more threads
        free = relations.apply(frame)
        if config.protection.is_on:  # what is repeated to fill gaps is not held by more rows
            config = replace(config, fillers=relations.find_fillers(frame, free))
        encoder = TableEncoder.fit(free, relations.free, config, on_column)
    return encoder, encoder.encode(free, rng)


def _train(data: TrainingData, context: FitContext) -> tuple[FinishedGenerators, TrainingRecord]:
    """Train and finish, in order; all but the first process only train."""
    check_encoders(data.relations, data.encoder)
    rows, validation = _hold_out(data, context)
    trainer = _make_trainer(rows, validation, data, context)
    if context.checkpoint is not None:
        context.checkpoint.restore(trainer.load_state)
    generator = trainer.run().eval().requires_grad_(False)
    if not context.request.processes.is_first:  # the first process finishes and writes the model
        return FinishedGenerators(generator), trainer.record
    k = context.request.protection.k
    return finish(generator, trainer, rows, data.table, context.seed, k), trainer.record


def _hold_out(
    data: TrainingData, context: FitContext
) -> tuple[EncodedTable | MappedTable, ValidationSet]:
    """Return the rows to train on and the validation on the others."""
    encoder, table, request = data.encoder, data.table, context.request
    target, config = encoder.layout.target, request.config
    strata = None if target is None else table.column(target)
    request.processes.check_same_table(_describe(data))
    rng = np.random.default_rng(context.seed)
    held_out = choose_held_out(len(table), strata, config.validation_fraction, rng)
    if not request.processes.is_first:  # the first process validates
        held_out = held_out[:0]
    rows: EncodedTable | MappedTable
    validation_rows: EncodedTable
    rows, validation_rows = table.split(held_out)
    to_features = RefinerFeatures(encoder, data.relations)
    validation = ValidationSet(validation_rows, to_features, config.decoding_steps, context.seed)
    validation.test.noise_floor = validation.score(rows.load())
    return rows, validation


def _make_trainer(
    rows: EncodedTable | MappedTable,
    validation: ValidationSet,
    data: TrainingData,
    context: FitContext,
) -> Trainer:
    """Return a trainer of new networks, with its limits and checkpoints."""
    request, checkpoints = context.request, context.request.checkpoints
    shape = len(rows) + validation.n_held_out, len(data.encoder.parts)
    writes_checkpoints = checkpoints is not None and request.processes.is_first
    return Trainer(
        rows,
        data.encoder.layout,
        request.config,
        validation,
        seed=context.seed,
        device=context.device,
        processes=request.processes,
        deadline=request.deadline - FINISHING_SECONDS,
        rows_to_follow=(ROUNDS + 1) * count_calibration_rows(*shape),
        rows_to_refine=count_candidates(*shape, request.config),
        keeps_interrupted=request.keeps_interrupted,
        on_progress=context.clock,
        on_state=checkpoints.write_if_due if checkpoints and writes_checkpoints else ignore_state,
    )


def _describe(data: TrainingData) -> str:
    """Return what differs between encoded tables, but not between machines."""
    layout = data.encoder.layout
    spans = layout.spans.round(6).tolist()
    return f"{data.rows} {layout.n_classes} {layout.n_modes} {spans}"
