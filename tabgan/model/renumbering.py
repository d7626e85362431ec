"""Keys of rows that were drawn in other places, and what follows from them, made once more."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from tabgan.encoding.table_encoder import TableEncoder
from tabgan.relations import RelationSet


def renumber(
    encoder: TableEncoder,
    relations: RelationSet,
    frame: pd.DataFrame,
    rows: npt.NDArray[np.int64],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return whole rows with the keys of rows of these numbers; (n_rows,).

    Args:
        encoder: Of the learned columns; it makes the keys.
        relations: Of the table; those on keys are left out, and restored with the new ones.
        frame: Restored rows.
        rows: Their numbers from now on.
        rng: Of what is made up.
    """
    keys = [column.name for column in encoder.schema.columns if column.kind.is_made_anew]
    part = relations.depending_on(keys)
    return part.restore(encoder.renumber(part.apply(frame), rows, rng))
