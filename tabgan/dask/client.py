"""Rows drawn by a Dask cluster for one process: blocks are submitted ahead, and yielded in order.

Importing this module needs the extra [dask]. A worker that dies costs time, not rows.
"""

import asyncio
import logging
import warnings
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Unpack

import pandas as pd

from tabgan.dask import SampleTask, sample_block
from tabgan.dask.worker import Releases, hold_model, serialize
from tabgan.errors import ClusterError, MissingExtraError, reason
from tabgan.model.sample_plan import SampleSettings
from tabgan.model.tabular_model import TabularModel

try:
    import dask
    from distributed import Client, Future, KilledWorker, wait
    from distributed.client import CancelledError
    from distributed.comm import connect as connect_to
    from distributed.security import Security
except ImportError as error:
    raise MissingExtraError("Dask", "dask", "work on a cluster") from error

TIMEOUT = 10  # seconds to wait for a scheduler, and for a first worker
BLOCKS_PER_THREAD = 4  # of the cluster, submitted ahead: no thread waits for the writer
RETRIES = 3  # of a block whose worker failed
GRAPH_WARNING = "distributed.admin.large-graph-warning-threshold"


@contextmanager
def connect(address: str) -> Iterator[Client]:
    """Yield a client of the cluster at `address`; while it is open, nothing is logged.

    Raises:
        ClusterError: There is no scheduler, it has no workers, or one of them has another release
            of tabgan or torch.
    """
    before = logging.root.manager.disable
    logging.disable()
    try:
        with _open(address) as client:
            with _explain_errors():
                _check_workers(client)
                _check_releases(client)
            yield client
    finally:
        logging.disable(before)


def iter_frames(
    client: Client,
    model: TabularModel,
    n_rows: int,
    **settings: Unpack[SampleSettings],
) -> Iterator[pd.DataFrame]:
    """Yield the blocks of `TabularModel.iter_frames` in order, drawn on a cluster.

    Only as many blocks are submitted ahead as keep the cluster busy.

    Args:
        client: Of the cluster, as `connect` yields it.
        model: Where rows are drawn from.
        n_rows: How many.
        **settings: As `TabularModel.sample` takes them.

    Raises:
        SettingError, ConditionError: As for `TabularModel.iter_frames`.
        ClusterError: While rows are drawn: the scheduler, or every worker, is gone.
    """
    plan = model.plan_sample(n_rows, **settings)
    task = SampleTask.from_plan(model, plan, settings.get("where"), settings.get("shares"))
    return _draw(client, serialize(model), task, len(plan))


def _draw(
    client: Client, content: bytes, task: SampleTask, n_blocks: int
) -> Iterator[pd.DataFrame]:
    with _explain_errors():
        window = BLOCKS_PER_THREAD * sum(client.nthreads().values())
        with dask.config.set({GRAPH_WARNING: "1TB"}):  # the model is sent once, however large it is
            model = client.submit(hold_model, content, pure=False)
        pending: deque[Future] = deque()
        for number in range(n_blocks):
            pending.append(
                client.submit(sample_block, model, task, number, pure=False, retries=RETRIES)
            )
            if len(pending) == window:
                yield _wait_for_block(client, pending.popleft())
        while pending:
            yield _wait_for_block(client, pending.popleft())


def _wait_for_block(client: Client, block: Future) -> pd.DataFrame:
    """Return a block once it is drawn, as long as there are workers."""
    while not block.done():
        try:
            with client.as_current():
                wait(block, timeout=TIMEOUT)
        except TimeoutError:
            _check_workers(client)
    try:
        frame: pd.DataFrame = block.result()
    except (ImportError, MemoryError, OSError) as error:
        if block.status != "error":
            raise
        raise ClusterError(f"a worker of the Dask cluster failed: {reason(error)}.") from error
    return frame


@contextmanager
def _explain_errors() -> Iterator[None]:
    """Raise a ClusterError for whatever ends the work of a cluster."""
    try:
        yield
    except KilledWorker as error:
        raise ClusterError(
            f"workers of the Dask cluster died one after the other, {error.last_worker.address} "
            "at last; give them more memory, or read their logs."
        ) from error
    except (CancelledError, OSError) as error:
        raise ClusterError(
            "the Dask scheduler is gone, or cancelled the work; start it, and ask again."
        ) from error


def _open(address: str) -> Client:
    try:
        with ThreadPoolExecutor(1) as thread:  # where no other event loop runs
            thread.submit(asyncio.run, _check_address(address)).result()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # releases of what does not change rows may differ
            return Client(address, timeout=TIMEOUT, set_as_default=False)
    except (OSError, TypeError, ValueError) as error:  # one of the last two: no such address
        raise ClusterError(
            f"no Dask scheduler answers at '{address}'; give the address that `dask scheduler` "
            "prints, such as tcp://host:8786."
        ) from error


async def _check_address(address: str) -> None:
    """Raise an OSError unless a scheduler answers: clients that fail at that take long to close."""
    settings = Security().get_connection_args("client")
    connection = connect_to(address, timeout=TIMEOUT, **settings)
    (await asyncio.wait_for(connection, TIMEOUT)).abort()


def _check_workers(client: Client) -> None:
    """Refuse a cluster that has no worker and gets none soon."""
    try:
        client.wait_for_workers(1, timeout=TIMEOUT)
    except TimeoutError as error:
        address = client.scheduler.address
        raise ClusterError(
            f"the Dask scheduler at '{address}' has no workers; start some with "
            f"`dask worker {address}`."
        ) from error


def _check_releases(client: Client) -> None:
    """Refuse a cluster of which a worker has another release of tabgan or torch."""
    ours = Releases.installed()
    for worker, releases in client.run(Releases.installed, on_error="return").items():
        if isinstance(releases, Exception):
            raise ClusterError(
                f"the worker {worker} cannot load tabgan ({reason(releases)}); install {ours} "
                "there, with the extra [dask]."
            )
        ours.check_same(releases, f"the worker {worker}")
