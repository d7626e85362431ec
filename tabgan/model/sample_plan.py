"""A sample cut into blocks of rows, which are drawn independently: in any order, on any machine."""

from dataclasses import dataclass, field, replace
from typing import Any, TypedDict

import numpy as np
import numpy.typing as npt

from tabgan.errors import SettingError
from tabgan.model.rejection import RejectionCounts
from tabgan.model.row_source import RowSource
from tabgan.model.strata import Strata
from tabgan.query.shares import Shares
from tabgan.query.where import Where
from tabgan.refinement.refiner import MAX_CANDIDATES, Refiner


class SampleSettings(TypedDict, total=False):
    """What a sample can be asked for beside its number of rows, as `TabularModel.sample` says."""

    where: Where | None
    shares: Shares | None
    seed: int | None
    refine: bool
    candidates: int | None
    fast: bool | None


@dataclass(frozen=True)
class SamplePlan:
    """How many rows are drawn, in which strata, and from which seed.

    Attributes:
        n_rows: Of the whole sample.
        candidates_per_block: Rows that are generated for each block, whatever `n_rows`.
        strata: Parts of the sample, and what every row of each must satisfy.
        source: Where rows come from.
        seed: Of all blocks; a block's random numbers depend on it and on the block's number alone.
        counts: What was drawn again, and what was not, of the blocks so far.
    """

    n_rows: int
    candidates_per_block: int
    strata: Strata
    source: RowSource
    seed: Any
    counts: RejectionCounts = field(default_factory=RejectionCounts, compare=False)

    @property
    def full_size(self) -> int:
        """Rows of every block but the last."""
        return max(1, self.candidates_per_block // self.source.candidates)

    def __len__(self) -> int:
        return len(range(0, self.n_rows, self.full_size))

    def rows(self, number: int) -> npt.NDArray[np.int64]:
        """Return the numbers of a full block's rows in the sample; shape (full_size,)."""
        return np.arange(number * self.full_size, (number + 1) * self.full_size)

    def block_size(self, number: int) -> int:
        """Return how many rows of a block are in the sample: fewer than all of the last one."""
        return min(self.full_size, self.n_rows - number * self.full_size)

    def rng(self, number: int) -> np.random.Generator:
        """Return the random generator of a block."""
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(number,)))


def choose_refiner(
    refiner: Refiner | None, candidates: int | None, *, refine: bool
) -> Refiner | None:
    """Return what chooses a sample's rows: a model's refiner, of as many candidates as asked for.

    Args:
        refiner: Of the model, if it has one.
        candidates: For each row; as many as the refiner has when None.
        refine: Whether rows are chosen at all.

    Raises:
        SettingError: There cannot be so many, or nothing is there to choose by.
    """
    if candidates is None:
        return refiner if refine else None
    if isinstance(candidates, bool) or not 1 <= candidates <= MAX_CANDIDATES:
        raise SettingError(
            f"{candidates!r} candidates cannot be drawn for each row; ask for 1 to "
            f"{MAX_CANDIDATES:,}."
        )
    if not refine:
        raise SettingError(
            f"no row is chosen among {candidates:,} candidates where rows are not refined; leave "
            "one of the two out."
        )
    if refiner is None:
        raise SettingError(
            f"this model chooses no rows among {candidates:,} candidates: its fit learned no way "
            "to; leave the candidates out."
        )
    return replace(refiner, candidates=candidates)
