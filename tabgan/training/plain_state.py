"""Nested states with tensors, as the plain values and arrays that a file can hold, and back.

>>> state = {"weight": torch.ones(2), "steps": {0: torch.tensor(3)}}
>>> plain = to_plain_state(state)
>>> plain["steps"], from_plain_state(plain)["steps"]
({'pairs': [[0, {'scalar': 3, 'dtype': 'int64'}]]}, {0: tensor(3)})
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from tabgan.state_reader import StateReader

DTYPES = {  # of scalars that are kept
    str(dtype).removeprefix("torch."): dtype
    for dtype in (torch.float32, torch.float64, torch.int32, torch.int64)
}


def to_plain_state(value: Any) -> Any:
    """Return nested values with tensors as arrays, and keys that are no text in pairs."""
    if isinstance(value, torch.Tensor):
        if value.ndim == 0:
            return {"scalar": value.item(), "dtype": str(value.dtype).removeprefix("torch.")}
        return value.detach().cpu().numpy()
    if isinstance(value, Mapping):
        if all(isinstance(key, str) for key in value):
            return {key: to_plain_state(inner) for key, inner in value.items()}
        return {"pairs": [[key, to_plain_state(inner)] for key, inner in value.items()]}
    if isinstance(value, list | tuple):
        return [to_plain_state(inner) for inner in value]
    return value


def from_plain_state(value: Any) -> Any:
    """Undo `to_plain_state`, but for tuples, which come back as lists.

    Raises:
        ModelFileError: A scalar is of no known dtype, or there is no pair where one has to be.
    """
    if isinstance(value, np.ndarray):
        return torch.from_numpy(value).clone()
    if isinstance(value, list):
        return [from_plain_state(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"scalar", "dtype"}:
        saved = StateReader(value)
        return torch.tensor(saved.number("scalar"), dtype=DTYPES[saved.text("dtype", DTYPES)])
    if value.keys() == {"pairs"}:
        rows = StateReader(value).rows("pairs")
        return {row.scalar("0"): from_plain_state(row.values["1"]) for row in rows}
    return {key: from_plain_state(inner) for key, inner in value.items()}
