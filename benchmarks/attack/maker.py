"""What makes a column, and how it chooses."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

Maker = Callable[[np.random.Generator, int], "pd.Series[Any]"]


def pick(rng: np.random.Generator, options: Sequence[Any]) -> Any:
    """Return one of the options, as it is."""
    return options[int(rng.integers(len(options)))]
