"""Which of the columns of a fact is computed."""

from tabgan.query.datetime_calls import COUNTS
from tabgan.query.expressions import ValueType
from tabgan.relations.formula.computation import Computation
from tabgan.relations.relation import DiscoveredRelation
from tabgan.relations.table_profile import TableProfile


def rank(
    computation: Computation, discovery: DiscoveredRelation, profile: TableProfile
) -> tuple[float, ...]:
    """Return what is least for the column that loses least if it is calculated."""
    dependent = discovery.relation.dependent
    lost = computation.measure_loss(profile.sample, dependent)
    n_values = profile.sample.n_categories(dependent)
    text = computation.expression.write()
    is_datetime = computation.expression.value_type is ValueType.DATETIME
    counts_whole = any(f"{name}(" in text for name in COUNTS)  # days get lost
    n_inverse = text.count("/") + text.count("**") + is_datetime * text.count(" -")
    cost = (
        discovery.n_violations > 0,
        counts_whole and not is_datetime,
        computation.n_digits,
        -lost,
    )
    return *cost, n_inverse, is_datetime, -n_values
