"""A table cut into a training and a test part, as benchmarks read it from a folder."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pandas as pd


@dataclass(frozen=True)
class CutTable:
    """A table cut in two, and its target.

    Attributes:
        name: Of the folder.
        train, test: Its parts.
        target: A column.
    """

    name: str
    train: pd.DataFrame
    test: pd.DataFrame
    target: str

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Return the table of a folder that holds `train.csv`, `test.csv` and `task.json`."""
        task = json.loads((folder / "task.json").read_text())
        train, test = (pd.read_csv(folder / f"{part}.csv") for part in ("train", "test"))
        return cls(folder.name, train, test, task["target"])
