"""Clauses on numbers or datetimes that are learned as categories, as clauses on these.

A relation that looks values up has them learned so. What is asked of them is judged by the numbers
and datetimes that they are: `day >= 2021-03-01` is asked of the days that the table has.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from tabgan.encoding.categorical import CategoricalEncoder
from tabgan.encoding.column_encoder import ColumnEncoder, no_missing_error
from tabgan.errors import ConditionError
from tabgan.relations import RelationSet
from tabgan.schema.column import Column
from tabgan.schema.float_conversion import to_float
from tabgan.schema.predicates import Clause, matches


def clauses_on_categories(
    clauses: list[Clause], relations: RelationSet, encoder: ColumnEncoder
) -> list[Clause]:
    """Return clauses on a column as its encoder can read them.

    Args:
        clauses: That all hold.
        relations: Of the table.
        encoder: Of a learned column.

    Raises:
        ConditionError: The column is of categories, none of which satisfies them.
    """
    column = relations.schema.column(encoder.column.name)
    if not (column.kind.is_quantitative and isinstance(encoder, CategoricalEncoder)):
        return clauses
    categories = encoder.categories
    values = categories.write(np.arange(len(categories)))
    satisfied = matches(values, column, clauses)
    allows_gap = encoder.n_missing > 0 and all(clause.allows_missing for clause in clauses)
    if not satisfied.any() and not allows_gap:
        if all(clause.is_missing for clause in clauses):
            raise no_missing_error(column)
        raise ConditionError(_describe_absence(values, column, clauses))
    of_values = Clause("in", tuple(categories.objects[:-1][satisfied]))
    return [Clause("or", ((of_values,), (Clause("=", None),)))] if allows_gap else [of_values]


def _describe_absence(values: "pd.Series[Any]", column: Column, clauses: Sequence[Clause]) -> str:
    """Return the message for clauses that no value of a column satisfies."""
    rising = values.iloc[np.argsort(to_float(values, column), kind="stable")]
    own = [clause for clause in clauses if clause.operator != "in"]
    asked = " and ".join(clause.write() for clause in own) or "so"
    return (
        f"column {column.name!r} is never {asked} in the table, whose {len(values)} values run "
        f"from {rising.iloc[0]} to {rising.iloc[-1]}."
    )
