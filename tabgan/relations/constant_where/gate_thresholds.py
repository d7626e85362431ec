"""Columns that are constant, or missing, exactly where a number lies on one side of a threshold.

>>> import pandas as pd
>>> from tabgan.schema import TableSchema
>>> hours = np.random.default_rng(0).integers(0, 80, 400)
>>> frame = pd.DataFrame({"hours": hours, "extra": np.where(hours <= 40, 0, hours**2 % 97 + 1)})
>>> profile = TableProfile(frame, TableSchema.infer(frame))
>>> constant = Constant.find(profile, profile.schema.columns[1])
>>> [gate.write() for _, gate in iter_threshold_gates(profile, [constant])]
['hours <= 40']
"""

from collections.abc import Iterator, Sequence

import numpy as np

from tabgan.query.three_valued_logic import BoolOp, Condition
from tabgan.relations.constant_where.constants import Constant
from tabgan.relations.formula.cases.cut_points import Cut
from tabgan.relations.formula.cases.quantities import Quantity
from tabgan.relations.formula.cases.runs import Runs, find_runs, has_enough_rows
from tabgan.relations.formula.cases.thresholds import (
    MIN_SOURCE_VALUES,
    SCREEN_ROWS,
    count_changes,
    find_cuts,
    find_max_changes,
)
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.column import Column

MAX_RUNS = 3  # a number below or above, between or outside
N_SIDES = 2
VALUE_LEVEL = 1e-3  # of the numbers that occur, if each were constant or not by chance


def iter_threshold_gates(
    profile: TableProfile, constants: Sequence[Constant]
) -> Iterator[tuple[Constant, Condition]]:
    """Yield which constants, or gaps, stand exactly where a condition on one number holds.

    Args:
        profile: The table.
        constants: Those that nothing else decides.
    """
    sample = profile.sample
    quantities = (*sample.number_columns, *sample.datetime_columns)
    sources = [c for c in quantities if sample.n_categories(c) >= MIN_SOURCE_VALUES]
    if not constants or not sources:
        return
    n_tried = len(constants) * len(sources)
    for constant, near in zip(constants, _screen(profile, constants, sources), strict=True):
        gates = [_find_gate(profile, constant, source, n_tried) for source in near]
        found = [gate for gate in gates if gate is not None]
        if found and has_enough_rows(len(profile), len(near) - len(found)):
            yield constant, found[0]


def _screen(
    profile: TableProfile, constants: Sequence[Constant], sources: Sequence[Column]
) -> list[list[Column]]:
    """Return the sources along which each constant hardly begins or ends, best first."""
    sample = profile.sample
    rows = np.linspace(0, len(sample) - 1, min(SCREEN_ROWS, len(sample))).astype(np.int64)
    taken = profile.sample_rows[rows]
    codes = np.column_stack([each.mask[taken] for each in constants]).astype(np.int8)
    limits = find_max_changes(codes, [N_SIDES] * len(constants))
    gaps = np.column_stack([each.find_uncounted(taken) for each in constants])
    changes = {c: count_changes(sample.numbers(c)[rows], codes, gaps) for c in sources}
    near = []
    for index, constant in enumerate(constants):
        likely = [c for c in sources if c != constant.column and changes[c][index] <= limits[index]]
        near.append(sorted(likely, key=lambda c: int(changes[c][index])))
    return near


def _find_gate(
    profile: TableProfile, constant: Constant, source: Column, n_tried: int
) -> Condition | None:
    """Return where a source has to lie for a column to be constant; None if that says nothing."""
    numbers, quantity = profile.numbers(source), Quantity(source)
    order = np.argsort(numbers, kind="stable")[: np.count_nonzero(~np.isnan(numbers))]
    order = order[~constant.find_uncounted(order)]
    is_constant = constant.mask[order].astype(np.int64)
    runs = find_runs(numbers[order], is_constant)
    if runs is None or runs.lengths.min() < profile.min_rows or len(runs.labels) > MAX_RUNS:
        return None
    is_new = quantity.find_distinct(profile, order)
    by_rows = runs.are_sharp(n_tried) and runs.pay(np.ones(len(order), bool), is_constant, n_tried)
    if not by_rows or not runs.pay(is_new, is_constant, n_tried, VALUE_LEVEL):
        return None
    cuts = find_cuts(quantity, runs)
    return _write_gate(runs, cuts) if cuts else None


def _write_gate(runs: Runs, cuts: Sequence[Cut]) -> Condition:
    is_first = bool(runs.labels[0])
    if len(cuts) == 1:
        return cuts[0].below if is_first else cuts[0].above
    if is_first:
        return BoolOp("or", (cuts[0].below, cuts[1].above))
    return BoolOp("and", (cuts[0].above, cuts[1].below))
