"""What kind of numbers a column holds: keys, codes, or a measure, and whether one value repeats.

>>> number_kind(np.array([0.5, 2.25, np.nan]))
<ColumnKind.CONTINUOUS: 'continuous'>
"""

import numpy as np
import pandas as pd

from tabgan.schema.arrays import Floats
from tabgan.schema.column import ColumnKind
from tabgan.schema.text.patterns.check_digits import MIN_CHECKED_NUMBER, find_number_rule
from tabgan.schema.whole_numbers import WholeNumbers

MIN_SPIKE_SHARE = 0.2  # of the present rows: a value that holds so many makes a column mixed ...
MAX_DISCRETE_VALUES = 20  # ... if the rest takes more values than these
MIN_KEY_ROWS = 20  # fewer rows are too few to call distinct values keys
MAX_KEY_SPREAD = 1.2  # range of integer keys, over how many there are: they nearly fill it
MAX_EXACT_INTEGER = 2.0**53  # floats beyond are all whole
MIN_CODE_ROWS = 2  # to a value, on average, of numbers too long to be a measure
MIN_CODE_DIGITS = 15  # that all of a column's numbers have: no measure is so exact ...
EPOCH_RANGE = (631_152_000e6, 4_102_444_800e6)  # ... but microseconds of 1990 to 2100
MAX_SAMPLE_ROWS = 10_000  # looked at before all rows are


def number_kind(values: Floats, is_target: bool = False) -> ColumnKind:
    """Return the kind of numbers of shape (n,), NaN for gaps, of at least two values.

    Mixed: one value holds at least 20 % of the present rows, while the rest takes more than 20
    values. Identifier: integers without gaps that are all distinct and nearly fill their range, as
    a row counter does, or that all have 15 digits, or as many; or that end on a check digit: if
    those repeat, they are categories. Floats beyond 2**53 are whole whatever they measure.
    """
    present = values[~np.isnan(values)]
    whole = bool((present[:100] % 1 == 0).all() and (present % 1 == 0).all())
    if whole and not is_target and len(present) == len(values) and _are_keys(present):
        return ColumnKind.IDENTIFIER
    if whole and not is_target and (kind := _checked_kind(present)):
        return kind
    if is_mixed(present):
        return ColumnKind.MIXED
    return ColumnKind.INTEGER if whole and not _are_coarse(present) else ColumnKind.CONTINUOUS


def long_kind(numbers: WholeNumbers, is_target: bool = False) -> ColumnKind:
    """Return the kind of numbers that float64 cannot tell apart: keys, codes or a measure.

    Identifier: integers without gaps that are all distinct. Categorical: integers that repeat,
    twice on average or more often. Mixed: one value repeats, and the rest varies.
    """
    codes, _ = pd.factorize(numbers.present)
    counts = np.bincount(codes)
    if numbers.decimals:
        return ColumnKind.CONTINUOUS
    is_key = len(counts) == len(numbers.units) >= MIN_KEY_ROWS
    if is_key and not is_target:
        return ColumnKind.IDENTIFIER
    has_spike = counts.max() >= MIN_SPIKE_SHARE * len(codes)
    rest = np.delete(counts, counts.argmax()) if has_spike else counts
    if MIN_CODE_ROWS * len(rest) <= rest.sum():
        return ColumnKind.CATEGORICAL
    return ColumnKind.MIXED if len(rest) > MAX_DISCRETE_VALUES and has_spike else ColumnKind.INTEGER


def _are_keys(present: Floats) -> bool:
    """Return whether whole numbers, none of which repeats, fill their range or are long codes."""
    if len(present) < MIN_KEY_ROWS:
        return False
    spread = float(present.max()) - float(present.min()) + 1  # Python's floats overflow quietly
    is_dense = spread <= MAX_KEY_SPREAD * len(present)
    return (is_dense or _are_codes(present)) and bool(pd.Series(present).is_unique)


def _are_codes(present: Floats) -> bool:
    """Return whether all whole numbers have as many digits as no measure has."""
    low, high = float(present.min()), float(present.max())
    if low < 10.0 ** (MIN_CODE_DIGITS - 1) or high > MAX_EXACT_INTEGER:
        return False
    is_one_length = len(str(int(low))) == len(str(int(high)))
    return is_one_length and not (EPOCH_RANGE[0] <= low and high <= EPOCH_RANGE[1])


def _checked_kind(present: Floats) -> ColumnKind | None:
    """Return the kind of whole numbers that all end on a check digit, None for others."""
    if present.min() < MIN_CHECKED_NUMBER or present.max() >= MAX_EXACT_INTEGER:
        return None
    distinct = np.unique(present)
    if find_number_rule(distinct.astype(np.int64).tolist()) is None:
        return None
    if len(distinct) == len(present):
        return ColumnKind.IDENTIFIER
    return ColumnKind.CATEGORICAL if MIN_CODE_ROWS * len(distinct) <= len(present) else None


def _are_coarse(present: Floats) -> bool:
    """Return whether most numbers are so large that every float64 there is whole."""
    return bool(np.median(np.abs(present) / 2) >= MAX_EXACT_INTEGER / 2)


def is_mixed(present: Floats) -> bool:
    """Return whether numbers without gaps, shape (n,), are a spike and a part that varies."""
    if len(present) > MAX_SAMPLE_ROWS:  # a bounded sample first: most columns have no spike at all
        head = pd.Series(present[:: len(present) // MAX_SAMPLE_ROWS])
        if head.value_counts(sort=False).max() < MIN_SPIKE_SHARE / 2 * len(head):
            return False
    counts = pd.Series(present).value_counts(sort=False)
    return bool(
        counts.max() >= MIN_SPIKE_SHARE * len(present) and len(counts) - 1 > MAX_DISCRETE_VALUES
    )
