"""Which of the columns of a fact is computed: the one by which least gets lost.

Of a mean and three columns that it is rounded from, none of the three is computed: means that are
drawn would not be those of the columns that come back.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from tabgan.query.datetime_calls import COUNTS
from tabgan.query.expressions import ValueType
from tabgan.relations.exact_arithmetic import find_decimals
from tabgan.relations.formula.computation import Computation
from tabgan.relations.relation import DiscoveredRelation, Relation
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import restore_dtype
from tabgan.schema.column import Column

TRIAL_ROWS = 500
MAX_STEPS = 9  # by which numbers are moved


def rank(
    computation: Computation,
    discovery: DiscoveredRelation,
    ways: Sequence[Relation],
    profile: TableProfile,
) -> tuple[float, ...]:
    """Return what is least for the column that loses least if it is calculated.

    Args:
        computation: Of the column.
        discovery: Of the formula that computes it.
        ways: All formulas of the fact, each solved for another of its columns.
        profile: The table.
    """
    dependent, sample = discovery.relation.dependent, profile.sample
    text = computation.expression.write()
    is_datetime = computation.expression.value_type is ValueType.DATETIME
    counts_whole = any(f"{name}(" in text for name in COUNTS)  # days get lost
    n_inverse = text.count("/") + text.count("**") + is_datetime * text.count(" -")
    return (
        discovery.n_violations > 0,
        counts_whole and not is_datetime,
        measure_disagreement(discovery.relation, ways, sample) if len(ways) > 1 else 0.0,
        computation.n_digits,
        -computation.measure_loss(sample, dependent),
        n_inverse,
        is_datetime,
        text.count(" - "),  # sums before differences
        -sample.n_categories(dependent),
    )


def measure_disagreement(
    relation: Relation, ways: Sequence[Relation], sample: TableProfile
) -> float:
    """Return how often other ways of a fact break once a column is computed by one of them.

    The columns that it is computed from are permuted, each by itself, and numbers moved by a few
    steps: those that are drawn are not only those of the table.
    """
    rng = np.random.default_rng(0)
    columns = (*relation.sources, *relation.dependents)
    drawn = pd.DataFrame({column.name: _draw(column, sample, rng) for column in columns})
    restored = relation.restore(relation.apply(drawn))
    others = (way for way in ways if way is not relation)
    return round(sum(float(way.find_violations(restored).mean()) for way in others), 1)


def _draw(column: Column, sample: TableProfile, rng: np.random.Generator) -> Any:
    """Return cells that have nothing to do with those of other columns; (TRIAL_ROWS,) or less."""
    rows = rng.permutation(len(sample))[:TRIAL_ROWS]
    series = sample.series(column).iloc[rows]
    numbers = sample.numbers(column) if column.kind.is_number else np.zeros(0)
    decimals = find_decimals(numbers) if len(numbers) else None
    if decimals is None:
        return series.array
    moved = numbers[rows] + rng.integers(-MAX_STEPS, MAX_STEPS + 1, len(rows)) * 10.0**-decimals
    within = np.clip(moved, np.nanmin(numbers), np.nanmax(numbers))
    return restore_dtype(np.round(within, decimals), column).array
