"""Devices are chosen or refused; numbers of threads are restored."""

import threading
from collections.abc import Iterator

import pytest
import torch

from tabgan.errors import SettingError
from tabgan.runtime.devices import choose_device, parallel_map, use_threads

CPU = torch.device("cpu")


def test_auto_takes_what_is_there() -> None:
    expected = "cuda" if torch.cuda.is_available() else "cpu"
    if not torch.backends.mps.is_available():
        assert choose_device("auto").type == expected
    assert choose_device("cpu").type == "cpu"


@pytest.mark.parametrize("name", ["tpu", "cuda:99", "", "cpu:x"])
def test_devices_that_are_not_there(name: str) -> None:
    with pytest.raises(SettingError, match=r"choose (auto, )?cpu"):
        choose_device(name)


def test_threads_are_given_back_even_after_an_error() -> None:
    before = torch.get_num_threads()

    def count_and_fail() -> None:
        with use_threads(before + 1):
            raise KeyError(torch.get_num_threads())

    with pytest.raises(KeyError, match=str(before + 1)):
        count_and_fail()
    assert torch.get_num_threads() == before


@pytest.fixture
def three_threads() -> Iterator[None]:
    with use_threads(3):
        yield


@pytest.mark.usefixtures("three_threads")
def test_parts_are_made_at_the_same_time_and_given_in_order() -> None:
    together = threading.Barrier(3, timeout=60)  # passed by three at once, or not at all

    def make(number: int) -> int:
        together.wait()
        return number

    assert list(parallel_map(make, range(9), CPU)) == list(range(9))
    assert torch.get_num_threads() == 3


@pytest.mark.usefixtures("three_threads")
def test_threads_do_without_others_and_later_ones_do_not() -> None:
    def make(number: int) -> int:
        return number + torch.get_num_threads()

    assert list(parallel_map(make, range(5), CPU)) == [1, 2, 3, 4, 5]
    seen: list[int] = []
    later = threading.Thread(target=lambda: seen.append(torch.get_num_threads()))
    later.start()
    later.join()
    assert seen == [3]


@pytest.mark.usefixtures("three_threads")
def test_no_more_is_made_than_a_reader_that_stops_may_want() -> None:
    made: list[int] = []
    parts = parallel_map(made.append, range(1_000), CPU)
    next(parts)
    parts.close()
    assert len(made) <= 1 + 3


@pytest.mark.usefixtures("three_threads")
def test_an_error_comes_when_it_is_its_turn() -> None:
    def make(number: int) -> float:
        return 1 / (2 - number)

    parts = parallel_map(make, range(9), CPU)
    assert [next(parts), next(parts)] == [0.5, 1]
    with pytest.raises(ZeroDivisionError):
        next(parts)
