"""The commonest value of a column, or its gaps, as what other columns may decide.

>>> import pandas as pd
>>> from tabgan.schema import TableSchema
>>> frame = pd.DataFrame({"paid": [0.0] * 20 + [1.5, 2.5, 3.5, 4.5, 5.5]})
>>> profile = TableProfile(frame, TableSchema.infer(frame))
>>> Constant.find(profile, profile.schema.columns[0]).claim.write()
'paid = 0'
"""

from dataclasses import dataclass

import numpy as np

from tabgan.query.three_valued_logic import Condition, IsMissing
from tabgan.relations.gaps import has_plain_gaps
from tabgan.relations.missingness.discovery import find_candidates
from tabgan.relations.missingness.gap_patterns import MIN_GAPS
from tabgan.relations.row_predicate.never_condition import is_one_of, write_literals
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Integers, Mask
from tabgan.schema.column import Column, ColumnKind

MIN_SHARE = 0.02  # of the commonest value
MIN_OTHERS = 5  # values beside it; where it stands in no other row, of text `MIN_OTHER_TEXTS`
MIN_OTHER_TEXTS = 2


@dataclass(frozen=True)
class Constant:
    """The commonest value of a column, as the gaps of a column beside it.

    Attributes:
        column: The column.
        mask: Where it has the value; (n_rows,).
        claim: That it has it.
        n_others: Its other values.
        counted: Where it has any value, (n_rows,); None for all rows.
    """

    column: Column
    mask: Mask
    claim: Condition
    n_others: int
    counted: Mask | None = None

    def find_uncounted(self, rows: Integers) -> Mask:
        """Return which of some rows, (n,), have no value that would tell anything; (n,)."""
        return np.zeros(len(rows), bool) if self.counted is None else ~self.counted[rows]

    @classmethod
    def find(cls, profile: TableProfile, column: Column) -> "Constant | None":
        """Return a column's commonest value; None if that is too rare, or there are few others."""
        is_text = column.kind is ColumnKind.CATEGORICAL
        if not is_text and not column.kind.is_quantitative:
            return None
        sample = profile.sample
        if _count_values(sample, column).max() < MIN_SHARE / 2 * len(sample):
            return None
        codes, missing = profile.codes(column), profile.missing(column)
        counts = _count_values(profile, column)
        code, n_others = int(counts.argmax()), int(np.count_nonzero(counts)) - 1
        is_common = counts[code] >= max(MIN_GAPS, MIN_SHARE * len(profile), profile.min_rows)
        if not is_common or n_others < (MIN_OTHER_TEXTS if is_text else MIN_OTHERS):
            return None
        mask = codes == code
        claim = is_one_of(column, write_literals(profile, column, np.array([mask.argmax()])))
        return cls(column, mask, claim, n_others, ~missing if missing.any() else None)

    @classmethod
    def find_gaps(cls, profile: TableProfile) -> "list[Constant]":
        """Return the gaps of each column that no other column decides as a whole."""
        decided = {c.dependent for c in find_candidates(profile) if not c.n_violations}
        found = []
        for column in profile.columns:
            mask = profile.missing(column)
            is_common = MIN_SHARE * len(mask) <= mask.sum() <= (1 - MIN_SHARE) * len(mask)
            is_open = column not in decided and mask.sum() >= max(MIN_GAPS, profile.min_rows)
            if is_common and is_open and has_plain_gaps(profile, column):
                found.append(cls(column, mask, IsMissing(column), MIN_OTHERS))
        return found


def _count_values(profile: TableProfile, column: Column) -> Integers:
    """Return the rows of each code of a column, none of that of a gap; (n_codes,)."""
    codes = profile.codes(column)
    counts = np.bincount(codes)
    counts[codes[profile.missing(column)]] = 0
    return counts
