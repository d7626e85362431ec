"""Tensors of a saved training, which have to be what the networks at hand can go on from.

>>> own = {"weight": torch.zeros(2), "steps": [torch.tensor(1.0)]}
>>> check_tensors({"weight": torch.zeros(3), "steps": []}, own, "state/best")
Traceback (most recent call last):
tabgan.errors.ModelFileError: state/best/weight is of torch.float32 and shape (3,), not \
torch.float32 and (2,)
"""

from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Tensor

from tabgan.errors import ModelFileError
from tabgan.state_reader import StateReader, show_value


def check_tensors(saved: Any, own: Any, path: str) -> None:
    """Refuse nested tensors that are not of the names, shapes and dtypes of others, and finite.

    Args:
        saved: Mappings and lists of tensors, as they were read.
        own: The same of the training that is to go on with them.
        path: To what was saved, for messages.

    Raises:
        ModelFileError: Something is missing, too much, of another shape, or no number.
    """
    for name, value, like in _pairs(saved, own, path):
        if not isinstance(like, Tensor):
            check_tensors(value, like, name)
            continue
        if not isinstance(value, Tensor):
            raise ModelFileError(f"{name} is {show_value(value)}, not an array")
        if (value.dtype, value.shape) != (like.dtype, like.shape):
            raise ModelFileError(
                f"{name} is of {value.dtype} and shape {tuple(value.shape)}, "
                f"not {like.dtype} and {tuple(like.shape)}"
            )
        if value.is_floating_point() and not torch.isfinite(value).all():
            raise ModelFileError(f"{name} holds what are no finite numbers")
        if not value.is_floating_point() and bool((value < 0).any()):  # these all count
            raise ModelFileError(f"{name} holds numbers below 0")


def _pairs(saved: Any, own: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    """Yield the path of each part, what was saved, and what it has to be like."""
    if isinstance(own, Mapping):
        state = StateReader(saved, path)
        if set(saved) != set(own):
            other = sorted(set(saved) ^ set(own))[0]
            raise state.error(show_value(other)[1:-1], "is missing, or too much")
        for name, like in own.items():
            yield f"{path}/{name}", saved[name], like
        return
    if not isinstance(saved, list) or len(saved) != len(own):
        raise ModelFileError(f"{path} is no list of {len(own)}")
    for number, (value, like) in enumerate(zip(saved, own, strict=True)):
        yield f"{path}/{number}", value, like
