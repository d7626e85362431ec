"""Where the players live, and how many threads they may use."""

from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

import torch

from tabgan.errors import SettingError

MAX_AT_ONCE = 8  # parts: more would wait for Python's lock, and each of them takes memory

Part = TypeVar("Part")


def choose_device(name: str) -> torch.device:
    """Turn "auto", "cpu", "cuda", "cuda:1" or "mps" into a device that is there.

    Raises:
        SettingError: There is no such device.
    """
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
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
    return device


@contextmanager
def use_threads(count: int | None) -> Iterator[None]:
    """Let torch use `count` threads inside the block; None leaves it as it is.

    Raises:
        SettingError: The count is below 1.
    """
    if count is None:
        yield
        return
    if count < 1:
        raise SettingError(f"{count} threads cannot work; give 1 or more.")
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def with_threads(parts: Iterator[Part], count: int | None) -> Iterator[Part]:
    """Let torch use `count` threads while a part is made, and as many as before in between."""
    while True:
        with use_threads(count):
            part = next(parts, None)
        if part is None:
            return
        yield part


def spread(
    make: Callable[[int], Part], numbers: Sequence[int], device: torch.device
) -> Generator[Part, None, None]:
    """Make a part of each number, and give them in order.

    On a CPU they are made in as many threads as torch may use, MAX_AT_ONCE at the most, each of
    which does without others. No more parts than there are threads wait for the reader.
    """
    n_threads = torch.get_num_threads()
    n_workers = min(n_threads, len(numbers), MAX_AT_ONCE)
    if n_workers == 1 or device.type != "cpu":
        yield from map(make, numbers)
        return
    waiting: deque[Future[Part]] = deque()
    pool = ThreadPoolExecutor(n_workers, initializer=torch.set_num_threads, initargs=(1,))
    try:
        for number in numbers:
            waiting.append(pool.submit(make, number))
            if len(waiting) > n_workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
        torch.set_num_threads(n_threads)  # threads to come go by what any thread set last
