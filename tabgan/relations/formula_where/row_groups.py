"""Groups of rows in which formulas are sought: those of a category, or at an end of a column.

>>> import pandas as pd
>>> frame = pd.DataFrame({"kind": ["a", "b"] * 40, "x": np.arange(80.0) % 7})
>>> groups = find_row_groups(TableProfile(frame, TableSchema.infer(frame)))
>>> [(group.condition.write(), int(group.mask.sum())) for group in groups]
[("kind = 'a'", 40), ("kind = 'b'", 40)]
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from tabgan.query.expressions import ColumnRef
from tabgan.query.three_valued_logic import Comparison, Condition, IsMissing, Not
from tabgan.relations.gates import find_gated
from tabgan.relations.row_predicate.never_condition import is_one_of, write_literals
from tabgan.relations.statistics import MIN_ROWS
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import TableSchema
from tabgan.schema.arrays import Integers, Mask
from tabgan.schema.column import Column, ColumnKind

MAX_LEVELS = 20  # of a column whose categories are groups of rows
MAX_GROUPS = 60
MAX_ENDS = 40  # groups of low or high numbers
END_SHARE = 0.25  # of rows, at each end of a column
MAX_GROUP_ROWS = 20_000  # in which formulas are sought
MIN_OTHERS = 10  # rows, in which a formula may not hold


@dataclass(frozen=True)
class RowGroup:
    """Rows of a sample in which a formula may hold.

    Attributes:
        condition: What they have in common.
        mask: The rows; (n_sample_rows,).
    """

    condition: Condition
    mask: Mask

    def take(self, profile: TableProfile, columns: tuple[Column, ...]) -> TableProfile:
        """Return the profile of such rows of the whole table, and of some of its columns."""
        rows = np.flatnonzero(find_gated(self.condition, profile.frame))
        if len(rows) > MAX_GROUP_ROWS:
            rows = rows[np.linspace(0, len(rows) - 1, MAX_GROUP_ROWS).astype(np.int64)]
        return take_rows(profile, rows, columns)


def take_rows(profile: TableProfile, rows: Integers, columns: tuple[Column, ...]) -> TableProfile:
    """Return the profile of some rows of a table, and of some of its columns."""
    schema = TableSchema(columns)
    frame = profile.frame[list(schema.names)].iloc[rows]
    return TableProfile(frame, schema, profile.protection)


def find_row_groups(sample: TableProfile) -> list[RowGroup]:
    """Return the groups of a sample's rows, each once, the largest first."""
    groups: dict[bytes, RowGroup] = {}
    for column in sample.columns:
        for codes, code, condition in _iter_parts(sample, column):
            mask = codes == code
            if MIN_ROWS <= mask.sum() <= len(sample) - MIN_OTHERS:
                groups.setdefault(mask.tobytes(), RowGroup(condition, mask))
    largest = sorted(groups.values(), key=lambda group: -int(group.mask.sum()))[:MAX_GROUPS]
    return [*largest, *islice(_iter_ends(sample), MAX_ENDS)]


def _iter_ends(sample: TableProfile) -> Iterator[RowGroup]:
    """Yield the rows with the lowest and with the highest values of each column of many."""
    for column in sample.columns:
        if not column.kind.is_quantitative or sample.n_categories(column) <= MAX_LEVELS:
            continue
        numbers = sample.numbers(column)
        for quantile, operator in ((END_SHARE, "<="), (1 - END_SHARE, ">=")):
            end = float(np.nanquantile(numbers, quantile, method="nearest"))
            row = np.flatnonzero(numbers == end)[:1]
            (literal,) = write_literals(sample, column, row)
            condition = Comparison(operator, ColumnRef(column), literal)
            mask = find_gated(condition, sample.frame)
            if MIN_ROWS <= mask.sum() <= len(sample) - MIN_OTHERS:
                yield RowGroup(condition, mask)


def _iter_parts(sample: TableProfile, column: Column) -> Iterator[tuple[Integers, int, Condition]]:
    """Yield codes of rows, the code of a group, and the condition that it meets."""
    missing = sample.missing(column)
    if missing.any():
        yield missing.astype(np.int64), 0, Not(IsMissing(column))
        yield missing.astype(np.int64), 1, IsMissing(column)
    if has_levels(sample, column):
        codes = sample.codes(column)
        distinct, first = np.unique(codes[~missing], return_index=True)
        literals = write_literals(sample, column, np.flatnonzero(~missing)[first])
        for code, literal in zip(distinct.tolist(), literals, strict=True):
            yield codes, code, is_one_of(column, [literal])


def has_levels(profile: TableProfile, column: Column) -> bool:
    """Return whether a column has few categories, or few numbers."""
    is_category = column.kind in {ColumnKind.CATEGORICAL, ColumnKind.BOOLEAN}
    if not is_category and not column.kind.is_number:
        return False
    n_levels = profile.n_categories(column) - bool(profile.missing(column).any())
    return 2 <= n_levels <= MAX_LEVELS
