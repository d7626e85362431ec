"""A sample cut into blocks of rows, which can be made one by one, in any order, on any machine."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tabgan.model.row_conditions import RowConditions
from tabgan.refinement.refiner import Refiner


@dataclass(frozen=True)
class SamplePlan:
    """What is drawn: how many rows, which ones, and from which seed.

    Attributes:
        n_rows: How many rows are asked for.
        at_once: How many candidates are generated together, whoever asks for how many rows.
        conditions: What every row must satisfy.
        refiner: Chooses rows among candidates; None keeps them as they are generated.
        seed: Of all blocks; each has its own random numbers, by its number.
    """

    n_rows: int
    at_once: int
    conditions: RowConditions
    refiner: Refiner | None
    seed: Any

    @property
    def size(self) -> int:
        """How many rows a whole block has."""
        return max(1, self.at_once // (self.refiner.candidates if self.refiner else 1))

    def __len__(self) -> int:
        return len(range(0, self.n_rows, self.size))

    def rows(self, number: int) -> npt.NDArray[np.int64]:
        """Return the numbers that the rows of a whole block have in the sample; shape (size,)."""
        return np.arange(number * self.size, (number + 1) * self.size)

    def wanted(self, number: int) -> int:
        """Return how many rows of a block are asked for: all, but for the last block."""
        return min(self.size, self.n_rows - number * self.size)

    def rng(self, number: int) -> np.random.Generator:
        """Return the random numbers of a block."""
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(number,)))
