"""Groups of rows in which formulas are sought: those of one category, or where a column has a value.

>>> frame = pd.DataFrame({"kind": ["a", "b"] * 40, "x": np.arange(80.0) % 7})
>>> groups = find_row_groups(TableProfile(frame, TableSchema.infer(frame)))
>>> [(group.column.name, int(group.mask.sum())) for group in groups]
[('kind', 40), ('kind', 40)]
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tabgan.relations.statistics import MIN_ROWS
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import TableSchema
from tabgan.schema.arrays import Integers, Mask
from tabgan.schema.column import Column, ColumnKind

MAX_LEVELS = 20  # of a column whose categories are groups of rows
MAX_GROUPS = 60


@dataclass(frozen=True)
class RowGroup:
    """Rows of a sample in which a formula may hold.

    Attributes:
        column: What decides.
        mask: The rows; (n_sample_rows,).
    """

    column: Column
    mask: Mask


def find_row_groups(sample: TableProfile) -> list[RowGroup]:
    """Return the groups of a sample's rows, each once, the largest first."""
    groups: dict[bytes, RowGroup] = {}
    for column in sample.columns:
        masks = [~sample.missing(column)]
        if has_levels(sample, column):
            codes = sample.codes(column)
            masks += [codes == code for code in np.unique(codes[masks[0]])]
        for mask in masks:
            if MIN_ROWS <= mask.sum() <= len(sample) - MIN_ROWS // 2:
                groups.setdefault(mask.tobytes(), RowGroup(column, mask))
    return sorted(groups.values(), key=lambda group: -int(group.mask.sum()))[:MAX_GROUPS]


def has_levels(profile: TableProfile, column: Column) -> bool:
    """Return whether a column has few categories, or few numbers."""
    is_category = column.kind in {ColumnKind.CATEGORICAL, ColumnKind.BOOLEAN}
    if not is_category and not column.kind.is_number:
        return False
    return 2 <= profile.n_categories(column) - bool(profile.missing(column).any()) <= MAX_LEVELS


def take_rows(
    profile: TableProfile, rows: Integers, columns: tuple[Column, ...]
) -> TableProfile:
    """Return the profile of some rows and columns of a table."""
    frame = pd.DataFrame(profile.frame[[column.name for column in columns]].iloc[rows])
    return TableProfile(frame, TableSchema(columns), profile.protection)
