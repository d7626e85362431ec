"""Columns of few labels that are decided by where two numbers or moments lie together.

All differences, sums, products and ratios of two columns are tried on a few rows: labels hardly
change along the one that decides them.

>>> import pandas as pd
>>> from tabgan.schema import TableSchema
>>> kg, m = np.random.default_rng(0).normal([70, 1.7], [15, 0.1], (400, 2)).round(2).T
>>> frame = pd.DataFrame({"kg": kg, "m": m, "heavy": kg / m**2 > 30})
>>> profile = TableProfile(frame, TableSchema.infer(frame))
>>> [[each.expression.write() for each in found] for found in iter_pair_thresholds(profile, set())]
[['kg / m ** 2 >= 30']]
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from tabgan.relations.formula.cases.labels import find_labelled
from tabgan.relations.formula.cases.quantities import IS_SYMMETRIC, OPERATORS, Quantity
from tabgan.relations.formula.cases.runs import has_enough_rows
from tabgan.relations.formula.cases.thresholds import (
    count_changes,
    find_max_changes,
    fit_thresholds,
    is_hidden_alone,
)
from tabgan.relations.formula.numbers.discovery import Candidate
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Codes, Floats, Integers, Mask
from tabgan.schema.column import Column

MIN_PART_VALUES = 3  # of either column
MAX_SOURCES = 48  # of numbers, and as many datetimes, of which pairs are formed
SCREEN_ROWS = 256
MAX_REMAINING = 0.5  # share of the changes along either column alone
MAX_FITTED = 24  # quantities along which the labels of a column change least


@dataclass(frozen=True)
class NearQuantity:
    """A quantity along which the labels of a column hardly change.

    Attributes:
        n_changes: That they do, in a few rows.
        quantity: Of two columns.
    """

    n_changes: int
    quantity: Quantity


def iter_pair_thresholds(
    profile: TableProfile, computed: Collection[Column]
) -> Iterator[list[Candidate]]:
    """Yield, for each column of few labels, by which thresholds of two others it may be decided.

    Args:
        profile: The table.
        computed: Columns of which it is known what decides them.
    """
    sample = profile.sample
    decided = [c for c in find_labelled(profile) if c not in computed]
    quantities = list(_iter_quantities(sample)) if decided else []
    n_tried = len(decided) * len(quantities)
    for dependent, near in _screen(sample, decided, quantities).items():
        kept = [
            each.quantity
            for each in near[:MAX_FITTED]
            if is_hidden_alone(sample, dependent, each.quantity.columns, n_tried)
            and fit_thresholds(sample, dependent, each.quantity, n_tried)
        ]
        pairs = {frozenset(each.quantity.columns) for each in near}
        n_near = len(pairs - {frozenset(quantity.columns) for quantity in kept})
        if not kept or not has_enough_rows(len(profile), n_near):
            continue
        whole = [fit_thresholds(profile, dependent, each, n_tried) for each in kept]
        best = sorted((each for each in whole if each is not None), key=lambda each: each.digits)
        yield [Candidate(dependent, (), each.expression) for each in best]


def _iter_quantities(sample: TableProfile) -> Iterator[Quantity]:
    """Yield what two columns are together: of two datetimes, their difference."""
    datetimes = sample.datetime_columns
    for kind in (sample.number_columns, datetimes):
        sources = [c for c in kind if sample.n_categories(c) >= MIN_PART_VALUES][:MAX_SOURCES]
        for left, right in combinations(sources, 2):
            for operator in OPERATORS if kind is not datetimes else ("-",):
                yield Quantity(left, operator, right)
                if operator not in IS_SYMMETRIC:
                    yield Quantity(right, operator, left)


def _screen(
    sample: TableProfile, decided: Sequence[Column], quantities: Sequence[Quantity]
) -> dict[Column, list[NearQuantity]]:
    """Return the quantities along which the labels of each column hardly change, least first."""
    rows = np.linspace(0, len(sample) - 1, min(SCREEN_ROWS, len(sample))).astype(np.int64)
    near: dict[Column, list[NearQuantity]] = {column: [] for column in decided}
    if not quantities:
        return near
    codes, is_gap = sample.stack_codes(decided, rows), sample.stack_gaps(decided, rows)
    limits = find_max_changes(codes, [sample.n_categories(column) for column in decided])
    columns = {column for quantity in quantities for column in quantity.columns}
    parts = {column: sample.numbers(column)[rows] for column in columns}
    alone = {column: count_changes(numbers, codes, is_gap) for column, numbers in parts.items()}
    for quantity in quantities:
        n_changes = _count_along(quantity, parts, codes, is_gap)
        least = np.minimum(*(alone[column] for column in quantity.columns))
        is_near = n_changes <= np.minimum(limits, MAX_REMAINING * least + 1)
        for index in np.flatnonzero(is_near).tolist():
            if decided[index] not in quantity.columns:
                near[decided[index]].append(NearQuantity(int(n_changes[index]), quantity))
    return {c: sorted(found, key=lambda each: each.n_changes) for c, found in near.items()}


def _count_along(
    quantity: Quantity, parts: dict[Column, Floats], codes: Codes, is_gap: Mask
) -> Integers:
    """Return how often the labels of each column change along a quantity; (n_columns,)."""
    left, right = (parts[column] for column in quantity.columns)
    with np.errstate(all="ignore"):
        values = OPERATORS[quantity.operator](left, right)
    return count_changes(np.where(np.isfinite(values), values, np.nan), codes, is_gap)
