"""One training in several processes, as `torchrun` starts them, each with a part of the rows.

Every process trains the same networks on rows of its own, and all move by the mean of their
gradients (torch's DistributedDataParallel). What is decided by a clock or by rows held out, the
first process decides for all.

>>> ProcessGroup(rank=1, size=2).shard(5).tolist()
[1, 3]
"""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from inspect import signature
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import torch
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel

from tabgan.errors import ClusterError, SettingError, TableError
from tabgan.runtime.torchrun import WENT_AWAY, is_started_by_torchrun

TIMEOUT = timedelta(minutes=30)  # of waiting for others: the first one validates alone
_BUFFERS = next(  # the argument that leaves them alone: torch 2.13 has a new name for it
    name
    for name in ("forward_sync_buffers", "broadcast_buffers")
    if name in signature(DistributedDataParallel).parameters
)

Value = TypeVar("Value")


@dataclass(frozen=True)
class ProcessGroup:
    """The processes of a training; a single one communicates with nobody.

    Attributes:
        rank: Number of this process, from 0 up.
        size: Number of processes, as torchrun's WORLD_SIZE.
    """

    rank: int = 0
    size: int = 1

    @property
    def is_first(self) -> bool:
        """Whether this process decides, prints and writes."""
        return self.rank == 0

    def count_rows(self, n_rows: int) -> int:
        """Return how many of a table's rows are in this process's shard.

        Raises:
            TableError: There are fewer rows than processes.
        """
        if n_rows < self.size:
            raise TableError(
                f"{n_rows} rows are too few for {self.size} processes; start as many or fewer."
            )
        return len(range(self.rank, n_rows, self.size))

    def shard(self, n_rows: int, start: int = 0) -> npt.NDArray[np.int64]:
        """Return this process's rows of a batch: every `size`-th row of the table.

        Args:
            n_rows: Rows of the batch.
            start: Position of its first row in the table.

        Returns:
            Positions in the batch, rising; shape (n_own,).
        """
        return np.arange((self.rank - start) % self.size, n_rows, self.size)

    def wrap_ddp(self, network: nn.Module) -> nn.Module:
        """Return a network whose backward pass leaves the mean of all processes' gradients."""
        if self.size == 1:
            return network
        settings: Any = {"gradient_as_bucket_view": True, _BUFFERS: False}
        with _explain_lost_process():
            return DistributedDataParallel(network, **settings)

    @contextmanager
    def explain_lost_process(self) -> Iterator[None]:
        """Raise a ClusterError if another process goes away inside the block."""
        try:
            yield
        except RuntimeError as error:
            is_theirs = isinstance(error, distributed.DistError) or "gloo" in str(error)
            if self.size == 1 or not is_theirs:
                raise
            raise ClusterError(WENT_AWAY) from error

    def all_reduce_sum(self, counts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the sum of all processes' counts; any shape."""
        if self.size == 1:
            return counts
        total: npt.NDArray[np.int64] = np.sum(self._gather(counts), axis=0, dtype=np.int64)
        return total

    def broadcast(self, compute: Callable[[], Value]) -> Value:
        """Return what the first process computes; the others do not call `compute`."""
        if self.size == 1:
            return compute()
        values: list[Any] = [compute() if self.is_first else None]
        with _explain_lost_process():
            distributed.broadcast_object_list(values, src=0)
        value: Value = values[0]
        return value

    def check_same_table(self, description: str) -> None:
        """Refuse to train together on what is not the same table.

        Args:
            description: Of this process's table, encoded; the same wherever the table is.

        Raises:
            TableError: Another process has a different one.
        """
        if self.size == 1:
            return
        for rank, other in enumerate(self._gather(description)):
            if other != description:
                raise TableError(
                    f"process {rank} reads another table than process {self.rank}; every machine "
                    "needs the same file, and the same releases of tabgan, torch and scikit-learn."
                )

    def _gather(self, value: Value) -> list[Value]:
        values: list[Any] = [None] * self.size
        with _explain_lost_process():
            distributed.all_gather_object(values, value)
        return values


SINGLE_PROCESS = ProcessGroup()


@contextmanager
def join_processes(device: str) -> Iterator[ProcessGroup]:
    """Join the processes that `torchrun` started; a process that it did not start is alone.

    Args:
        device: Where the networks are going to live, which decides the backend: nccl on CUDA and
            gloo elsewhere.

    Raises:
        SettingError: What `torchrun` sets is incomplete or contradicts itself.
        ClusterError: The others do not come.
    """
    if not is_started_by_torchrun():
        yield SINGLE_PROCESS
        return
    processes = _read_environment()
    is_cuda = device.startswith("cuda") or (device == "auto" and torch.cuda.is_available())
    if is_cuda:
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
    import_module("torch.distributed.nn")  # imported later, its defaults would keep the group alive
    try:
        distributed.init_process_group("nccl" if is_cuda else "gloo", timeout=TIMEOUT)
    except (RuntimeError, ValueError) as error:
        raise ClusterError(
            f"the {processes.size} processes of the training did not come together; start them "
            f"all, with `torchrun`: {str(error).splitlines()[0]}"
        ) from error
    try:
        yield processes
        with _explain_lost_process():  # one that leaves before the model is written ends the job
            distributed.barrier()
    finally:
        distributed.destroy_process_group()
        gc.collect()  # the last of the group: gloo's threads may not live on into Python's exit


def _read_environment() -> ProcessGroup:
    """Return the group that `torchrun` describes in RANK and WORLD_SIZE."""
    texts = os.environ["RANK"], os.environ["WORLD_SIZE"]
    if not all(text.isdecimal() for text in texts) or not int(texts[0]) < int(texts[1]):
        raise SettingError(
            f"RANK={texts[0]!r} is none of WORLD_SIZE={texts[1]!r} processes; start them with "
            "`torchrun`, which sets both."
        )
    return ProcessGroup(*map(int, texts))


@contextmanager
def _explain_lost_process() -> Iterator[None]:
    """Raise a ClusterError if another process went away."""
    try:
        yield
    except RuntimeError as error:
        raise ClusterError(WENT_AWAY) from error
