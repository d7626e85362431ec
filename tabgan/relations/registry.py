"""Every kind of relation, and how users' texts become relations of one of them."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from tabgan.errors import RelationError
from tabgan.query.parser import parse_relation
from tabgan.relations.affine.affine import Affine
from tabgan.relations.date_part.date_part import DatePart
from tabgan.relations.fixed_combinations import FixedCombinations
from tabgan.relations.frequent_equality.frequent_equality import FrequentEquality
from tabgan.relations.functional_dependency.functional_dependency import FunctionalDependency
from tabgan.relations.inequality.inequality import Inequality
from tabgan.relations.linear_combination.linear_combination import LinearCombination
from tabgan.relations.missingness.missingness import Missingness
from tabgan.relations.relation import DiscoveredRelation, Relation
from tabgan.relations.row_predicate import RowPredicate
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import TableSchema

# In the order in which kinds are tried: what leaves less to learn comes first.
RELATIONS: Mapping[str, type[Relation]] = {
    kind.KIND: kind
    for kind in (
        Affine,
        DatePart,
        FunctionalDependency,
        LinearCombination,
        Inequality,
        FrequentEquality,
        Missingness,
        FixedCombinations,
        RowPredicate,
    )
}
MAX_BROKEN = 0.01  # share of rows that may break a declared relation; those are left out


def declare(text: str, profile: TableProfile) -> list[DiscoveredRelation]:
    """Read one declared relation, or a chain of them, and check it against the table.

    Raises:
        RelationError: It cannot be read, or more than a few rows break it.
    """
    tree = parse_relation(text, profile.schema.names)
    for kind in RELATIONS.values():
        relations = kind.declare(tree, profile)
        if relations:
            return [_check(text, relation, profile) for relation in relations]
    raise RelationError(
        f"the relation {text!r} is of no form that is known; write one such as 'a <= b', "
        "'total = x + y', 'city -> country' or 'age >= 18'."
    )


def _check(text: str, relation: Relation, profile: TableProfile) -> DiscoveredRelation:
    broken = relation.find_broken(profile.frame)
    count = int(broken.sum())
    if count > MAX_BROKEN * len(profile):
        row = int(np.flatnonzero(broken)[0])
        names = [column.name for column in (*relation.dependents, *relation.sources)]
        cells = {name: profile.frame[name].iloc[row] for name in names}
        values = ", ".join(
            f"{name} is missing" if pd.isna(cell) else f"{name} = {cell}"
            for name, cell in cells.items()
        )
        raise RelationError(
            f"the relation {text!r} does not hold in {count:,} of {len(profile):,} rows, such as "
            f"row {row + 1} ({values}); correct one of the two."
        )
    return DiscoveredRelation(relation, len(profile) - count, count, is_declared=True)


def forget(
    text: str,
    schema: TableSchema,
    declared: Sequence[DiscoveredRelation],
    found: Sequence[DiscoveredRelation],
) -> tuple[list[DiscoveredRelation], list[DiscoveredRelation]]:
    """Leave out the relations that a text names, from what is declared or found.

    Raises:
        RelationError: There is none.
    """
    wanted = parse_relation(text, schema.names)

    def others(discoveries: Iterable[DiscoveredRelation]) -> list[DiscoveredRelation]:
        return [f for f in discoveries if parse_relation(f.relation.text, schema.names) != wanted]

    left = others(declared), others(found)
    if len(left[0]) + len(left[1]) == len(declared) + len(found):
        texts = [discovery.relation.text for discovery in (*declared, *found)]
        shown = "; there are " + ", ".join(map(repr, texts[:8])) if texts else ""
        raise RelationError(f"there is no relation {text!r} to forget{shown}.")
    return left
