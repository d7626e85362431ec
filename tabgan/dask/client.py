"""A Dask cluster that works for one process: checked, kept busy, its rows received in order.

Importing this module needs the extra [dask]. A worker that dies costs time, not rows.
"""

import asyncio
import logging
import warnings
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pandas as pd

from tabgan.dask import Releases, SampleTask, carry, make_block, pack
from tabgan.errors import ClusterError, MissingExtraError, reason
from tabgan.model.tabular_model import TabularModel
from tabgan.query.where import Where

try:
    import dask
    from distributed import Client, Future, KilledWorker, wait
    from distributed.client import CancelledError
    from distributed.comm import connect as connect_to
    from distributed.security import Security
except ImportError as error:
    raise MissingExtraError("Dask", "dask", "sampling on a cluster") from error

PATIENCE = 10  # seconds to wait for a scheduler, and for a first worker
AHEAD = 4  # blocks asked for at once, for each thread of the cluster: none waits for the writer
RETRIES = 3  # of a block that failed by the fault of a machine
LARGE = "distributed.admin.large-graph-warning-threshold"


@contextmanager
def connect(address: str) -> Iterator[Client]:
    """Return a client of the cluster at `address`; while it is open, nothing is logged.

    Raises:
        ClusterError: There is no scheduler, it has no workers, or one of them has another release
            of tabgan or torch.
    """
    before = logging.root.manager.disable
    logging.disable()
    try:
        with _open(address) as client:
            with _explained():
                _check_workers(client)
                _check_releases(client)
            yield client
    finally:
        logging.disable(before)


def iter_frames(
    client: Client,
    model: TabularModel,
    n_rows: int,
    *,
    where: Where | None = None,
    seed: int | None = None,
    refine: bool = True,
) -> Iterator[pd.DataFrame]:
    """Draw rows as `TabularModel.iter_frames` does, block by block in order, on a cluster.

    Only as many blocks are on their way as keep the cluster busy.

    Args:
        client: Of the cluster, as `connect` gives it.
        model: Where rows are drawn from.
        n_rows: How many.
        where: What every row must satisfy.
        seed: Of the draws.
        refine: Whether rows are chosen among more candidates.

    Raises:
        SettingError, ConditionError: As for `TabularModel.iter_frames`.
        ClusterError: While rows are drawn: the scheduler, or every worker, is gone.
    """
    plan = model.plan_sample(n_rows, where=where, seed=seed, refine=refine)
    task = SampleTask.of(model, plan, where)
    return _draw(client, pack(model), task, len(plan))


def _draw(
    client: Client, content: bytes, task: SampleTask, n_blocks: int
) -> Iterator[pd.DataFrame]:
    with _explained():
        window = AHEAD * sum(client.nthreads().values())
        with dask.config.set({LARGE: "1TB"}):  # the model travels once, however large it is
            carried = client.submit(carry, content, pure=False)
        waiting: deque[Future] = deque()
        for number in range(n_blocks):
            waiting.append(
                client.submit(make_block, carried, task, number, pure=False, retries=RETRIES)
            )
            if len(waiting) == window:
                yield _receive(client, waiting.popleft())
        while waiting:
            yield _receive(client, waiting.popleft())


def _receive(client: Client, block: Future) -> pd.DataFrame:
    """Wait for a block, as long as there is somebody to make it."""
    while not block.done():
        try:
            with client.as_current():
                wait(block, timeout=PATIENCE)
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
def _explained() -> Iterator[None]:
    """Say in a sentence what ends the work of a cluster."""
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
            thread.submit(asyncio.run, _knock(address)).result()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # releases of what does not change rows may differ
            return Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, TypeError, ValueError) as error:  # one of the last two: no such address
        raise ClusterError(
            f"no Dask scheduler answers at '{address}'; give the address that `dask scheduler` "
            "prints, such as tcp://host:8786."
        ) from error


async def _knock(address: str) -> None:
    """Shake hands with who listens there: a client that fails at that takes long to be gone."""
    settings = Security().get_connection_args("client")
    shaken = connect_to(address, timeout=PATIENCE, **settings)
    (await asyncio.wait_for(shaken, PATIENCE)).abort()


def _check_workers(client: Client) -> None:
    """Refuse a cluster that has no worker and gets none soon."""
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError as error:
        address = client.scheduler.address
        raise ClusterError(
            f"the Dask scheduler at '{address}' has no workers; start some with "
            f"`dask worker {address}`."
        ) from error


def _check_releases(client: Client) -> None:
    here = Releases.here()
    for worker, releases in client.run(Releases.here, on_error="return").items():
        if isinstance(releases, Exception):
            raise ClusterError(
                f"the worker {worker} cannot load tabgan ({reason(releases)}); install {here} "
                "there, with the extra [dask]."
            )
        here.check_same(releases, f"the worker {worker}")
