"""Every kind of relation, and how users' texts become relations of one of them."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from tabgan.errors import RelationError
from tabgan.query.tokens import read
from tabgan.relations.affine.affine import Affine
from tabgan.relations.date_part.date_part import DatePart
from tabgan.relations.fixed_combinations import Combinations
from tabgan.relations.frequent_equality.frequent_equality import Equality
from tabgan.relations.functional_dependency.functional_dependency import Dependency
from tabgan.relations.inequality.inequality import Order
from tabgan.relations.linear_combination.linear_combination import Sum
from tabgan.relations.missingness.missingness import MissingTogether
from tabgan.relations.relation import Finding, Relation
from tabgan.relations.row_predicate import Predicate
from tabgan.relations.table_profile import Evidence
from tabgan.schema import TableSchema

# In the order in which kinds are tried: what leaves less to learn comes first.
RELATIONS: Mapping[str, type[Relation]] = {
    kind.KIND: kind
    for kind in (
        Affine,
        DatePart,
        Dependency,
        Sum,
        Order,
        Equality,
        MissingTogether,
        Combinations,
        Predicate,
    )
}
MOST_BROKEN = 0.01  # share of rows that may break a declared relation; those are left out


def declare(text: str, evidence: Evidence) -> list[Finding]:
    """Read one declared relation, or a chain of them, and check it against the table.

    Raises:
        RelationError: It cannot be read, or more than a few rows break it.
    """
    tokens = read(text, evidence.schema.names)
    for kind in RELATIONS.values():
        relations = kind.declare(tokens, evidence)
        if relations:
            return [_check(text, relation, evidence) for relation in relations]
    known = [token for token in tokens if token.is_name]
    problem = "is of no form that is known" if known else "names no column of the table"
    raise RelationError(
        f"the relation {text!r} {problem}; write one such as 'a <= b', 'total = x + y', "
        "'city -> country' or 'age >= 18'."
    )


def _check(text: str, relation: Relation, evidence: Evidence) -> Finding:
    broken = relation.find_broken(evidence.frame)
    count = int(broken.sum())
    if count > MOST_BROKEN * len(evidence):
        row = int(np.flatnonzero(broken)[0])
        names = [column.name for column in (*relation.dependents, *relation.sources)]
        cells = {name: evidence.frame[name].iloc[row] for name in names}
        values = ", ".join(
            f"{name} is missing" if pd.isna(cell) else f"{name} = {cell}"
            for name, cell in cells.items()
        )
        raise RelationError(
            f"the relation {text!r} does not hold in {count:,} of {len(evidence):,} rows, such as "
            f"row {row + 1} ({values}); correct one of the two."
        )
    return Finding(relation, len(evidence) - count, count, is_declared=True)


def forget(
    text: str, schema: TableSchema, declared: Sequence[Finding], found: Sequence[Finding]
) -> tuple[list[Finding], list[Finding]]:
    """Leave out the relations that a text names, from what is declared or found.

    Raises:
        RelationError: There is none.
    """
    wanted = read(text, schema.names)

    def others(findings: Iterable[Finding]) -> list[Finding]:
        return [f for f in findings if read(f.relation.text, schema.names) != wanted]

    left = others(declared), others(found)
    if len(left[0]) + len(left[1]) == len(declared) + len(found):
        texts = [finding.relation.text for finding in (*declared, *found)]
        shown = "; there are " + ", ".join(map(repr, texts[:8])) if texts else ""
        raise RelationError(f"there is no relation {text!r} to forget{shown}.")
    return left
