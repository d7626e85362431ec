"""From files to a model, whatever their size: in memory where they fit, in a few passes if not.

first pass     a bounded sample of rows, and rows with extremes    -> schema
second pass    every row: relations verified, categories counted   -> relations, encoders
third pass     every row, encoded, into a scratch file             -> what the training draws from
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from tabgan.encoding.row_store import MappedTable, check_disk_space
from tabgan.encoding.table_encoder import TableEncoder
from tabgan.errors import SettingError, TableChangedError
from tabgan.fitting.first_pass import first_pass, infer_schema, reservoir_size
from tabgan.fitting.fit import TrainingData, fit_model, train_model
from tabgan.fitting.fit_request import FitContext, FitRequest
from tabgan.fitting.second_pass import SecondPass, drop_broken, second_pass
from tabgan.io import AS_FOUND, ReadOptions, TableSource, find_source
from tabgan.model.tabular_model import TabularModel
from tabgan.runtime.devices import choose_device, use_threads
from tabgan.runtime.memory import default_memory_limit, format_size
from tabgan.runtime.process_group import ProcessGroup
from tabgan.runtime.progress import OnProgress, Progress, ignore_progress
from tabgan.runtime.stage_clock import StageClock
from tabgan.schema.protection import hide_marks

HEAD_ROWS = 10_000  # from which the memory of a row is estimated
BATCH_BYTES = 50_000_000  # of rows that are processed together
MIN_BATCH_ROWS, MAX_BATCH_ROWS = 1_000, 200_000
BASE_BYTES = 600_000_000  # that any fit takes: torch, networks, trees
COPIES = 4  # of a row, while it is read and encoded in memory
CELL_BYTES = 40  # of an encoded cell in memory, its entry in an index included
SCRATCH_CELL_BYTES = 10  # the same on the disk, at the most


@dataclass(frozen=True)
class FitPlan:
    """How a table is going to be fitted: in memory, or in passes over its files.

    Attributes:
        source: The files.
        head: The first HEAD_ROWS rows.
        rows: Estimated number of rows.
        memory_limit: Bytes that the fit may take.
        folder: For the scratch file of a fit in passes.
    """

    source: TableSource
    head: pd.DataFrame
    rows: int
    memory_limit: int
    folder: Path

    @property
    def row_bytes(self) -> float:
        """Bytes of memory that a row takes as it is read."""
        return float(self.head.memory_usage(deep=True, index=False).sum()) / max(1, len(self.head))

    @property
    def in_memory_bytes(self) -> int:
        """Bytes of memory that a fit in memory takes."""
        cells = CELL_BYTES * self.head.shape[1]
        return int(BASE_BYTES + self.rows * (COPIES * self.row_bytes + cells))

    @property
    def in_passes_bytes(self) -> int:
        """Bytes of memory that a fit in passes takes."""
        cells = CELL_BYTES * self.head.shape[1]
        sample = reservoir_size(self.row_bytes) * (COPIES * self.row_bytes + cells)
        return int(BASE_BYTES + sample + COPIES * BATCH_BYTES)

    @property
    def scratch_bytes(self) -> int:
        """Bytes of disk that the scratch file takes at the most."""
        return self.rows * SCRATCH_CELL_BYTES * self.head.shape[1]

    @property
    def is_streamed(self) -> bool:
        """Whether the fit goes in passes: a fit in memory would take more than the limit."""
        return len(self.head) > 0 and self.in_memory_bytes > self.memory_limit

    @property
    def text(self) -> str:
        """The estimate, in a sentence for users."""
        limit = format_size(self.memory_limit)
        needs = f"about {self.rows:,} rows: {format_size(self.in_memory_bytes)} in memory"
        if not self.is_streamed:
            return f"{needs}, within the limit of {limit}"
        memory, scratch = format_size(self.in_passes_bytes), format_size(self.scratch_bytes)
        return (
            f"{needs}, more than the limit of {limit}, so they are streamed: about {memory} of "
            f"memory and at most {scratch} of scratch in '{self.folder}'"
        )

    @property
    def batch_rows(self) -> int:
        """Rows of a batch."""
        return int(np.clip(BATCH_BYTES / max(1.0, self.row_bytes), MIN_BATCH_ROWS, MAX_BATCH_ROWS))

    def iter_batches(self) -> Iterator[pd.DataFrame]:
        """Yield the table in batches, the same ones every time."""
        return self.source.iter_batches(self.batch_rows)


def plan_fit(
    name: str | Path,
    memory_limit: int | None = None,
    folder: Path | None = None,
    options: ReadOptions = AS_FOUND,
) -> FitPlan:
    """Return how to fit a table.

    Args:
        name: As for `find_source`.
        memory_limit: Bytes that the fit may take; half of what is free when None.
        folder: Of the scratch file of a fit in passes; the working directory when None.
        options: What is known of how the table is written.

    Raises:
        TableError: It is no table, or the disk has no space for the scratch file.
        SettingError: A fit in passes takes more memory, too.
    """
    return plan_source(find_source(name, options), memory_limit, folder)


def plan_source(
    source: TableSource, memory_limit: int | None = None, folder: Path | None = None
) -> FitPlan:
    """Return how to fit a table, from its files' sizes and its first rows."""
    rows, folder = source.estimate_rows(), (folder or Path()).resolve()
    head = next(iter(source.iter_batches(HEAD_ROWS)), pd.DataFrame())
    limit = default_memory_limit() if memory_limit is None else memory_limit
    plan = FitPlan(source, head, rows, limit, folder)
    if plan.is_streamed:
        if plan.in_passes_bytes > plan.memory_limit:
            needed = format_size(plan.in_passes_bytes)
            raise SettingError(
                f"learning this table takes about {needed} of memory even in passes, more than the "
                f"limit of {format_size(limit)}; raise --memory-limit."
            )
        check_disk_space(plan.scratch_bytes, folder)
    return plan


def fit_plan(
    plan: FitPlan, request: FitRequest, on_progress: OnProgress = ignore_progress
) -> TabularModel:
    """Fit a table as it was planned.

    Raises:
        TableError: The table cannot be learned as it is, or changes while it is read.
        SettingError: A setting is outside what is allowed, or the time limit too short.
        CheckpointError: The checkpoint to go on from is damaged, or of another fit.
        TrainingError: The training left no usable generator.
    """
    source, clock = plan.source, StageClock.following(on_progress)
    if not plan.is_streamed:
        model = fit_model(source.read(), request, clock)
    else:
        model = _fit_in_passes(plan, request, clock)
    if not source.is_plain:
        model.record.messages.append(f"'{source.name}' was read as {source.reading}")
    style = source.style
    return replace(
        model, card=replace(model.card, delimiter=style.delimiter, decimal=style.decimal)
    )


def _fit_in_passes(plan: FitPlan, request: FitRequest, clock: StageClock) -> TabularModel:
    """Fit a table that is never in memory as a whole."""
    device = choose_device(request.device)
    context = FitContext.begin(request, device, clock, plan.source.fingerprint, in_passes=True)
    with use_threads(request.threads):
        data, table = _prepare(plan, context)
        try:
            return train_model(data, context)
        finally:
            table.close()


def _prepare(plan: FitPlan, context: FitContext) -> tuple[TrainingData, MappedTable]:
    """Fit all but the networks, in three passes, and write the encoded table."""
    rng, request = np.random.default_rng(context.seed), context.request

    def batches(stage: str) -> Iterator[pd.DataFrame]:
        done = 0
        for batch in plan.iter_batches():
            context.clock(Progress(stage, done, plan.rows))
            yield batch
            done += len(batch)

    first = first_pass(batches("looking at every row"), rng, reservoir_size(plan.row_bytes))
    schema = request.schema or request.protect_schema(infer_schema(first, request.target))
    if request.target is not None:
        schema = replace(schema, target=request.target)
    found, schema = schema, request.protect_rows(schema, first.sample)
    sample = hide_marks(found.check(first.sample), found, schema)

    def conformed(stage: str) -> Iterator[pd.DataFrame]:
        for batch in map(first.conform, batches(stage)):
            yield hide_marks(found.read_missing_marks(batch[list(found.names)]), found, schema)

    context.clock(Progress("finding relations", 0, 1))
    counting = partial(conformed, "counting every row")
    counted = second_pass(counting, sample, schema, request.relations, request.protection)
    encoder = _fit_encoders(counted, request, rng, context.clock)
    processes, done = request.processes, 0
    table = MappedTable(encoder.layout, processes.count_rows(counted.rows), plan.folder)
    try:
        for frame in conformed("encoding every row"):
            kept = drop_broken(frame, counted.relations)
            free = counted.relations.apply(kept)
            encoder = encoder.keep_out(free, request.protection)
            encoded = encoder.encode(free, rng)
            table.append(encoded.take(processes.shard(len(encoded), done)))
            done += len(encoded)
        encoder = _with_all_counts(encoder, table, counted.rows, processes)
    except BaseException:
        table.close()
        raise
    return TrainingData(counted.relations, encoder, table, counted.rows, counted.left_out), table


def _fit_encoders(
    counted: SecondPass, request: FitRequest, rng: np.random.Generator, on_progress: OnProgress
) -> TableEncoder:
    """Fit encoders to the sampled rows, and to the categories counted of all rows."""
    config = request.encoder_config(rng, counted.categories, counted.rows, counted.sample_fillers)

    def on_column(done: int, total: int) -> None:
        on_progress(Progress("encoding the columns", done, total))

    with threadpool_limits(1):
        return TableEncoder.fit(counted.sample, counted.relations.free, config, on_column)


def _with_all_counts(
    encoder: TableEncoder, table: MappedTable, n_rows: int, processes: ProcessGroup
) -> TableEncoder:
    """Return encoders with the frequencies that their classes have among all rows.

    Args:
        encoder: Fitted to the sampled rows.
        table: All rows, or this process's shard of them.
        n_rows: Of all shards together.
        processes: Those that have the other shards.

    Raises:
        TableChangedError: What was encoded is not what was counted before.
    """
    if table.written != len(table):
        raise TableChangedError("the rows are")
    return encoder.with_counts(list(map(processes.all_reduce_sum, table.counts)), n_rows)
