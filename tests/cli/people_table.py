"""The tiny table that the command is tried on, and what its tests share."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from click.testing import Result

from tabgan.io.model_file import write_model

Run = Callable[..., Result]
Start = Callable[..., "subprocess.Popen[str]"]
ROOT = Path(__file__).parents[2]


def make_people(rows: int = 100) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "age": rng.integers(18, 90, rows),
            "income": rng.lognormal(10, 1, rows).round(2),
            "town": rng.choice(["Ulm", "Köln", "Bad Sülze"], rows, p=[0.6, 0.3, 0.1]),
            "member": rng.random(rows) < 0.4,
        }
    )


def write_old_model(path: Path) -> bytes:
    """Write what a file check takes for a model; return its bytes."""
    write_model(path, {})
    return path.read_bytes()
