"""Devices are found or refused; threads are given back."""

import pytest
import torch

from tabgan.devices import choose_device, use_threads
from tabgan.errors import SettingError


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
