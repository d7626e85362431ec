"""Which of the columns of a fact is computed: the one by which least gets lost.

Of a mean and three columns that it is rounded from, none of the three is computed: means that are
drawn would not be those of the columns that come back.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from tabgan.query.datetime_calls import COUNTS
from tabgan.query.expressions import ValueType
from tabgan.relations.formula.computation import Computation
from tabgan.relations.relation import DiscoveredRelation, Relation
from tabgan.relations.table_profile import TableProfile

TRIAL_ROWS = 500  # of columns that are permuted, each by itself


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
        -sample.n_categories(dependent),
    )


def measure_disagreement(
    relation: Relation, ways: Sequence[Relation], sample: TableProfile
) -> float:
    """Return how often other ways of a fact break once a column is computed by one of them.

    The columns that it is computed from are permuted, each by itself.
    """
    rng, frame = np.random.default_rng(0), sample.frame
    names = [column.name for column in (*relation.sources, *relation.dependents)]
    rows = {name: rng.permutation(len(frame))[:TRIAL_ROWS] for name in names}
    permuted = pd.DataFrame({name: frame[name].iloc[rows[name]].array for name in names})
    restored = relation.restore(relation.apply(permuted))
    others = (way for way in ways if way is not relation)
    return round(sum(float(way.find_violations(restored).mean()) for way in others), 1)
