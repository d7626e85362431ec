"""What relations a frame shows, and rows in which nothing but they holds."""

import numpy as np
import pandas as pd

from tabgan.config import Protection
from tabgan.relations import RelationConfig, RelationSet
from tabgan.schema import TableSchema


def discover(frame: pd.DataFrame, *, protect: int = 0, **config: object) -> RelationSet:
    """Return the relations of a frame; `protect`: what fewer rows hold is not kept."""
    protection = Protection(is_on=protect > 0, min_rows=protect or 5)
    asked = RelationConfig(**config)  # type: ignore[arg-type]
    return RelationSet.discover(frame, TableSchema.infer(frame), asked, protection)


def permuted(relations: RelationSet, frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows whose learned columns have nothing to do with each other."""
    free = relations.apply(frame)
    rng = np.random.default_rng(0)
    shuffled = {name: free[name].iloc[rng.permutation(len(free))].array for name in free}
    return relations.restore(pd.DataFrame(shuffled))
