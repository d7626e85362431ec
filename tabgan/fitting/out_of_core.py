"""From files to a model, whatever their size: in memory where they fit, in a few passes if not.

first pass     a bounded choice of rows, and what it may miss      -> schema
second pass    every row: do the relations hold, how often is what -> relations, encoders
third pass     every row, encoded, into a scratch file             -> what the training draws from
"""

import time
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
from tabgan.fitting.first_pass import count_chosen, first_pass, infer_schema
from tabgan.fitting.fit import TrainingData, fit_model, train_model
from tabgan.fitting.fit_request import FitContext, FitRequest
from tabgan.fitting.second_pass import SecondPass, keep_obeying, second_pass
from tabgan.io import TableSource, find_source
from tabgan.model.tabular_model import TabularModel
from tabgan.runtime.devices import choose_device, use_threads
from tabgan.runtime.memory import default_memory_limit, format_size
from tabgan.runtime.process_group import ProcessGroup
from tabgan.runtime.progress import OnProgress, Progress, ignore_progress

HEAD_ROWS = 10_000  # from which the memory that a row takes is estimated
BATCH_BYTES = 50_000_000  # of rows that are worked on at once
MIN_IN_BATCH, MAX_IN_BATCH = 1_000, 200_000
BASE_BYTES = 600_000_000  # of what any fit takes: torch, networks, trees
COPIES = 4  # of a row, while it is read and encoded in memory
CELL_BYTES = 40  # of an encoded cell, its place in an index included, in memory
SCRATCH_CELL_BYTES = 10  # the same on the disk, at the most


@dataclass(frozen=True)
class Plan:
    """How a table is going to be learned.

    Attributes:
        source: Its files.
        head: Its first rows.
        rows: About how many there are.
        limit: Bytes of memory that the fit may take.
        folder: Where a scratch file has room.
    """

    source: TableSource
    head: pd.DataFrame
    rows: int
    limit: int
    folder: Path

    @property
    def row_bytes(self) -> float:
        """Memory of a row as it is read."""
        return float(self.head.memory_usage(deep=True, index=False).sum()) / max(1, len(self.head))

    @property
    def whole(self) -> int:
        """Bytes that it takes to learn the table in memory."""
        cells = CELL_BYTES * self.head.shape[1]
        return int(BASE_BYTES + self.rows * (COPIES * self.row_bytes + cells))

    @property
    def streamed(self) -> int:
        """Bytes that it takes to learn the table in passes."""
        cells = CELL_BYTES * self.head.shape[1]
        chosen = count_chosen(self.row_bytes) * (COPIES * self.row_bytes + cells)
        return int(BASE_BYTES + chosen + COPIES * BATCH_BYTES)

    @property
    def scratch(self) -> int:
        """Bytes of the scratch file."""
        return self.rows * SCRATCH_CELL_BYTES * self.head.shape[1]

    @property
    def is_streamed(self) -> bool:
        """Whether the table is too large for the memory."""
        return len(self.head) > 0 and self.whole > self.limit

    @property
    def text(self) -> str:
        """The estimate, in a sentence."""
        needs = f"about {self.rows:,} rows: {format_size(self.whole)} in memory"
        if not self.is_streamed:
            return f"{needs}, within the limit of {format_size(self.limit)}"
        return (
            f"{needs}, more than the limit of {format_size(self.limit)}, so they are streamed: "
            f"about {format_size(self.streamed)} of memory and at most {format_size(self.scratch)} "
            f"of scratch in '{self.folder}'"
        )

    @property
    def batch_rows(self) -> int:
        """Rows that are worked on at once."""
        return int(np.clip(BATCH_BYTES / max(1.0, self.row_bytes), MIN_IN_BATCH, MAX_IN_BATCH))

    def iter_batches(self) -> Iterator[pd.DataFrame]:
        """Read the table, the same batches every time."""
        return self.source.iter_batches(self.batch_rows)


def plan_fit(name: str | Path, limit: int | None = None, folder: Path | None = None) -> Plan:
    """Look at a table's files, and estimate what learning it takes.

    Args:
        name: A file, a folder of Parquet files, or a pattern of files.
        limit: Bytes of memory that the fit may take; half of what is free when None.
        folder: Where a scratch file is written if need be; the working directory when None.

    Raises:
        TableError: It is no table, or the scratch file has no room.
        SettingError: The memory is too little.
    """
    source = find_source(name)
    rows = source.estimate_rows()
    head = next(iter(source.iter_batches(HEAD_ROWS)), pd.DataFrame())
    folder = (folder or Path()).resolve()
    plan = Plan(source, head, rows, default_memory_limit() if limit is None else limit, folder)
    if plan.is_streamed:
        if plan.streamed > plan.limit:
            raise SettingError(
                f"learning this table takes about {format_size(plan.streamed)} of memory even in "
                f"passes, more than the limit of {format_size(plan.limit)}; raise --memory-limit."
            )
        check_disk_space(plan.scratch, folder)
    return plan


def fit_plan(
    plan: Plan, request: FitRequest, on_progress: OnProgress = ignore_progress
) -> TabularModel:
    """Learn a table as it was planned.

    Raises:
        TableError: The table cannot be learned as it is, or changes while it is read.
        SettingError: A setting is outside what is allowed, or the time limit too short.
        CheckpointError: The checkpoint to go on from is damaged, or of another fit.
        TrainingError: The training left no usable generator.
    """
    if not plan.is_streamed:
        return fit_model(plan.source.read(), request, on_progress)
    start = time.monotonic()
    device = choose_device(request.device)
    context = FitContext.begin(request, device, start, plan.source.fingerprint, in_passes=True)
    with use_threads(request.threads):
        data, table = _prepare(plan, context, on_progress)
        try:
            return train_model(data, context, on_progress)
        finally:
            table.close()


def _prepare(
    plan: Plan, context: FitContext, on_progress: OnProgress
) -> tuple[TrainingData, MappedTable]:
    """Learn all but the networks, and write the encoded table."""
    rng, request = np.random.default_rng(context.seed), context.request

    def batches(stage: str) -> Iterator[pd.DataFrame]:
        done = 0
        for batch in plan.iter_batches():
            on_progress(Progress(stage, done, plan.rows))
            yield batch
            done += len(batch)

    looked = first_pass(batches("looking at every row"), rng, count_chosen(plan.row_bytes))
    schema = request.schema or infer_schema(looked, request.target)
    if request.target is not None:
        schema = replace(schema, target=request.target)
    sample = schema.check(looked.sample)

    def checked(stage: str) -> Iterator[pd.DataFrame]:
        return (looked.conform(batch)[list(schema.names)] for batch in batches(stage))

    on_progress(Progress("finding relations", 0, 1))
    counting = partial(checked, "counting every row")
    counted = second_pass(counting, sample, schema, request.relations, request.protection)
    encoder = _fit_encoders(counted, request, rng, on_progress)
    processes, done = request.processes, 0
    table = MappedTable(encoder.layout, processes.count_rows(counted.rows), plan.folder)
    try:
        for frame in checked("encoding every row"):
            obeying = keep_obeying(frame, counted.relations)
            encoded = encoder.encode(counted.relations.apply(obeying), rng)
            table.append(encoded.take(processes.shard(len(encoded), done)))
            done += len(encoded)
        encoder = _with_all_counts(encoder, table, counted.rows, processes)
    except BaseException:
        table.close()
        raise
    data = TrainingData(counted.relations, encoder, table, counted.rows, counted.left_out)
    return data, table


def _fit_encoders(
    counted: SecondPass, request: FitRequest, rng: np.random.Generator, on_progress: OnProgress
) -> TableEncoder:
    """Fit encoders to the rows chosen, and to what was counted of all rows."""
    config = request.encoder_config(rng, counted.categories)

    def on_column(done: int, total: int) -> None:
        on_progress(Progress("encoding the columns", done, total))

    with threadpool_limits(1):
        return TableEncoder.fit(counted.sample, counted.relations.free, config, on_column)


def _with_all_counts(
    encoder: TableEncoder, table: MappedTable, n_rows: int, processes: ProcessGroup
) -> TableEncoder:
    """Return encoders with the frequencies that their classes have among all rows.

    Args:
        encoder: Fitted to the rows chosen.
        table: All rows, or this process's part of them.
        n_rows: How many there are in all.
        processes: Who has the other parts.

    Raises:
        TableChangedError: What was encoded is not what was counted before.
    """
    if table.written != len(table):
        raise TableChangedError("the rows are")
    encoders = [
        each.with_counts(processes.all_reduce_sum(counts), n_rows)
        for each, counts in zip(encoder.encoders, table.counts, strict=True)
    ]
    return TableEncoder(encoder.schema, encoders)
