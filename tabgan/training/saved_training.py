"""What was saved of a training has to be what the networks at hand can go on from.

>>> own = {"weight": torch.zeros(2), "steps": [torch.tensor(1.0)]}
>>> check_tensors({"weight": torch.zeros(3), "steps": []}, own, "state/best")
Traceback (most recent call last):
tabgan.errors.ModelFileError: state/best/weight is of torch.float32 and shape (3,), not \
torch.float32 and (2,)
"""

import re
from collections.abc import Iterator, Mapping
from operator import le
from typing import Any

import torch
from torch import Tensor

from tabgan.errors import ModelFileError
from tabgan.runtime.progress import TrainingRecord
from tabgan.state_reader import MAX_SHOWN, StateReader, show_value

_OLD_BODY = re.compile(r"\btower\.")  # what `networks.residual_mlp` calls `mlp` since release 0.1


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
        values = {_OLD_BODY.sub("mlp.", n): v for n, v in StateReader(saved, path).values.items()}
        if values.keys() != own.keys():
            other = min(values.keys() ^ own.keys())
            raise ModelFileError(f"{path}/{other[:MAX_SHOWN]} is missing, or too much")
        for name, like in own.items():
            yield f"{path}/{name}", values[name], like
        return
    if not isinstance(saved, list) or len(saved) != len(own):
        raise ModelFileError(f"{path} is no list of {len(own)}")
    for number, (value, like) in enumerate(zip(saved, own, strict=True)):
        yield f"{path}/{number}", value, like


def read_scores(state: StateReader, batch_size: int) -> Tensor:
    """Return the scores of real and of generated rows; (2, batch_size), or (2, 1) before any."""
    found = state.values.get("last_scores")
    width = 1 if isinstance(found, Tensor) and found.shape == (2, 1) else batch_size
    saved: dict[str, Any] = {"last_scores": found}
    check_tensors(saved, {"last_scores": torch.zeros(2, width)}, state.path)
    scores: Tensor = saved["last_scores"]
    return scores


def read_rates(state: StateReader, own: tuple[float, ...]) -> tuple[float, ...]:
    """Return the learning rates of each network: those of the fit, `own`, or lower ones."""
    rates = state.numbers("rates", 0.0)
    is_sound = len(rates) == len(own) and all(map(le, rates, own))
    state.check(is_sound, "rates", "are not those of each network, or lower ones")
    return tuple(rates)


def check_record(
    state: StateReader, record: TrainingRecord, planned: int, steps_done: int, *, is_done: bool
) -> None:
    """Refuse a record that cannot be that of a training as far as it has come.

    Args:
        state: Of the training, for the message.
        record: What was saved of it.
        planned: Steps of a training of this table and these settings.
        steps_done: Those that its networks have taken.
        is_done: Whether it has ended.

    Raises:
        ModelFileError: It cannot.
    """
    steps = [point.step for point in record.history]
    state.check(
        record.best_step <= record.steps_done <= steps_done <= record.steps <= planned
        and record.steps > 0
        and record.best_step in {0, *steps}
        and steps == sorted(set(steps))
        and max(steps, default=0) == record.steps_done
        and (not is_done or (record.best_step > 0 and record.steps_done == steps_done)),
        "record",
        "is of another training than its weights",
    )
