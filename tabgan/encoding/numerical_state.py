"""What a model file holds of a column of numbers, field by field.

>>> found = {"minimum": 0.0, "maximum": 2.5, "spikes": np.array([0.0, 2.5]), "step": 0.5}
>>> found |= {"knots": np.zeros((0, len(GRID))), "frequencies": np.array([0.25, 0.75])}
>>> state = StateReader(found | {"has_same": False, "has_missing": False}, "encoders/0")
>>> read_numerical_fields(state)["step"]
0.5
"""

from typing import Any

import numpy as np

from tabgan.encoding.decimal_steps import is_step
from tabgan.encoding.mode_specific_normalization import GRID
from tabgan.state_reader import StateReader

MIN_FLOAT = float(np.finfo(np.float64).tiny)


def read_numerical_fields(state: StateReader) -> dict[str, Any]:
    """Return the fields of a `NumericalEncoder` but its column, of this release or of older ones.

    Raises:
        ModelFileError: A field holds what it cannot, or they contradict each other.
    """
    minimum = state.number("minimum")
    maximum = state.number("maximum", minimum)
    spikes = state.floats("spikes", (None,), minimum, maximum, is_rising=True)
    knots = state.floats("knots", (None, len(GRID)))
    has_same, has_missing = state.flag("has_same"), state.flag("has_missing")
    n_present = len(knots) + len(spikes)
    n_classes = n_present + has_same + has_missing
    frequencies = state.floats("frequencies", (n_classes,), 0, 1)
    has_share = n_present == 0 or frequencies[:n_present].sum() >= MIN_FLOAT
    state.check(has_share, "frequencies", "says that no class with a value is ever there")
    step = state.number("step", MIN_FLOAT) if state.has("step") else None
    state.check(step is None or is_step(step), "step", f"is {step}, which nothing is rounded to")
    return {
        "knots": knots,
        "spikes": spikes,
        "frequencies": frequencies,
        "minimum": minimum,
        "maximum": maximum,
        "step": step,
        "has_same": has_same,
        "has_missing": has_missing,
        "tick": state.number("tick", MIN_FLOAT) if state.has("tick") else None,
    }
