"""The device that networks live on, and the threads that torch may use."""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

import torch

from tabgan.errors import ForkError, SettingError
from tabgan.runtime.forks import is_forked

MIN_SHARED_PRODUCT = 2**26  # multiplications of a layer that are worth a second thread
MAX_WORKERS = 8  # threads: more would wait for Python's lock, and each takes memory

Item = TypeVar("Item")
Result = TypeVar("Result")


def choose_device(name: str) -> torch.device:
    """Return the device that "auto", "cpu", "cuda", "cuda:1" or "mps" stands for here.

    Raises:
        SettingError: There is no such device.
        ForkError: It is a GPU, which another process used before it forked this one.
    """
    if name == "auto":
        if torch.cuda.is_available():
            return _check_fork(torch.device("cuda"))
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError:
        raise SettingError(
            f"there is no device {name!r}; choose auto, cpu, cuda, cuda:0 ... or mps."
        ) from None
    is_there = {
        "cpu": True,
        "cuda": torch.cuda.is_available() and (device.index or 0) < torch.cuda.device_count(),
        "mps": torch.backends.mps.is_available(),
    }
    if not is_there.get(device.type, False):
        raise SettingError(
            f"the device {name!r} is not there; choose cpu, or auto to take what is."
        )
    return _check_fork(device)


def _check_fork(device: torch.device) -> torch.device:
    """Return the device, unless CUDA was in use before this process was forked."""
    if device.type == "cuda" and is_forked():
        try:
            torch.cuda.init()  # type: ignore[no-untyped-call]
        except RuntimeError:
            raise ForkError(
                "a process that was forked cannot use the GPU that the other one used; start it by "
                "spawn or forkserver, or take the device cpu."
            ) from None
    return device


@contextmanager
def use_threads(count: int | None) -> Iterator[None]:
    """Let torch use `count` threads inside the block; None leaves it as it is.

    In a forked process (`tabgan.runtime.forks`) it is one thread, whatever is asked for.

    Raises:
        SettingError: The count is below 1.
    """
    if count is not None and count < 1:
        raise SettingError(f"{count} threads cannot work; give 1 or more.")
    if is_forked():
        count = 1
    if count is None:
        yield
        return
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def count_fastest_threads(product: int) -> int:
    """Return with how many threads, of those that torch may use, a step of a training is fastest.

    Threads that share small products wait for each other, and on a busy machine for processors:
    `benchmarks/threads.py` prints what they cost.

    Args:
        product: Multiplications of the largest layer for one batch.
    """
    return torch.get_num_threads() if product >= MIN_SHARED_PRODUCT else 1


def iter_with_threads(items: Iterator[Item], count: int | None) -> Iterator[Item]:
    """Let torch use `count` threads while an item is made, and as many as before in between."""
    while True:
        with use_threads(count):
            item = next(items, None)
        if item is None:
            return
        yield item


def parallel_map(
    function: Callable[[Item], Result], items: Sequence[Item], device: torch.device
) -> Generator[Result, None, None]:
    """Yield a function's results in the order of the items.

    On a CPU they are computed in as many threads as torch may use, MAX_WORKERS at the most, each
    of which does without others; in a forked process in one. No more results than there are threads
    wait for the reader.

    Args:
        function: Called with one item; torch has a single thread inside, where there are several.
        items: Known beforehand, since their number bounds that of the threads.
        device: Where the function computes; on any but a CPU items are taken one after the other.

    Raises:
        ForkError: A process goes on with what was begun before it was forked.
    """
    _check_fork(device)
    n_threads = torch.get_num_threads()
    n_workers = min(n_threads, len(items), MAX_WORKERS)
    if n_workers == 1 or device.type != "cpu" or is_forked():
        for item in items:
            with use_threads(None):
                result = function(item)
            yield result
        return
    waiting: deque[Future[Result]] = deque()
    process = os.getpid()
    pool = ThreadPoolExecutor(n_workers, initializer=torch.set_num_threads, initargs=(1,))
    try:
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) > n_workers:
                yield _wait(waiting.popleft(), process)
        while waiting:
            yield _wait(waiting.popleft(), process)
    finally:
        pool.shutdown(cancel_futures=True)
        torch.set_num_threads(n_threads)  # threads to come go by what any thread set last


def _wait(future: Future[Result], process: int) -> Result:
    """Return a result that threads of a process, known by its id, are to come to."""
    if os.getpid() != process:
        raise ForkError(
            "a process that was forked cannot go on with rows that the other one began to draw; "
            "begin anew in it."
        )
    return future.result()
