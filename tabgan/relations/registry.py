"""Every kind of relation, and how users' texts become relations of one of them.

A new kind is a file or a folder of its own, which implements `relation.py`, and a line in
`RELATIONS`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import compress

import pandas as pd

from tabgan.errors import RelationError
from tabgan.query import syntax
from tabgan.query.parser import parse_relation
from tabgan.relations.affine.affine import Affine
from tabgan.relations.affix.affix import Affix
from tabgan.relations.constant_where.constant_where import ConstantWhere
from tabgan.relations.constant_where.missing_where import MissingWhere
from tabgan.relations.date_part.date_part import DatePart
from tabgan.relations.fixed_combinations import FixedCombinations
from tabgan.relations.formula.formula import Formula
from tabgan.relations.formula_where.formula_where import FormulaWhere
from tabgan.relations.frequent_equality.frequent_equality import FrequentEquality
from tabgan.relations.functional_dependency.functional_dependency import FunctionalDependency
from tabgan.relations.inequality.inequality import Inequality
from tabgan.relations.linear_combination.linear_combination import LinearCombination
from tabgan.relations.missingness.missingness import Missingness
from tabgan.relations.missingness.partial_missingness import PartialMissingness
from tabgan.relations.near_formula.near_formula import NearFormula
from tabgan.relations.relation import DiscoveredRelation, Relation
from tabgan.relations.row_predicate.row_predicate import RowPredicate
from tabgan.relations.statistics import MAX_DECLARED_VIOLATIONS
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
        Formula,
        FormulaWhere,
        ConstantWhere,
        Affix,
        NearFormula,
        Inequality,
        FrequentEquality,
        Missingness,
        PartialMissingness,
        MissingWhere,
        FixedCombinations,
        RowPredicate,
    )
}


def discover_relations(profile: TableProfile) -> list[DiscoveredRelation]:
    """Return the relations of all kinds that a table shows."""
    found: list[DiscoveredRelation] = []
    for kind in RELATIONS.values():
        found += kind.discover_beside(profile, tuple(found))
    return found


def declare_relations(text: str, profile: TableProfile) -> list[DiscoveredRelation]:
    """Return the relations that a text declares, checked against the table: several for a chain.

    Raises:
        RelationError: It cannot be read, or more than a few rows break it.
    """
    tree = parse_relation(text, profile.schema.names)
    for kind in RELATIONS.values():
        relations = kind.declare(tree, profile)
        if relations:
            plain = profile.unprotected  # what protection hides breaks nothing
            whole = relations if plain is profile else kind.declare(tree, plain)
            pairs = zip(relations, whole, strict=True)
            return [_check(text, relation, other, plain) for relation, other in pairs]
    raise RelationError(
        f"the relation {text!r} is of no form that is known; write one such as 'a <= b', "
        "'total = x + y', 'city -> country' or 'age >= 18'."
    )


def _check(
    text: str, relation: Relation, whole: Relation, profile: TableProfile
) -> DiscoveredRelation:
    """Return a declared relation, if it holds as it were without protection: `whole`."""
    violations = whole.find_violations(profile.frame)
    count = int(violations.sum())
    if count > MAX_DECLARED_VIOLATIONS * len(profile):
        row = int(violations.argmax())
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


def remove_forgotten(
    text: str,
    schema: TableSchema,
    declared: Sequence[DiscoveredRelation],
    found: Sequence[DiscoveredRelation],
) -> tuple[list[DiscoveredRelation], list[DiscoveredRelation]]:
    """Return what is declared and what is found without the relation that a user wants to forget.

    Where values are never equal, `a <= b` forgets `a < b`.

    Args:
        text: That relation; it may be written otherwise than `Relation.text`.
        schema: Of the whole table.
        declared: The relations that users state.
        found: Those that the table shows.

    Raises:
        RelationError: It is among neither.
    """
    tree = parse_relation(text, schema.names)
    unwanted = (tree, _exclude_equal(tree))

    def others(discoveries: Sequence[DiscoveredRelation]) -> list[DiscoveredRelation]:
        texts = [discovery.relation.text for discovery in discoveries]
        is_left = [parse_relation(text, schema.names) not in unwanted for text in texts]
        return list(compress(discoveries, is_left))

    left = others(declared), others(found)
    if len(left[0]) + len(left[1]) == len(declared) + len(found):
        texts = [discovery.relation.text for discovery in (*declared, *found)]
        shown = "; there are " + ", ".join(map(repr, texts[:8])) if texts else ""
        raise RelationError(f"there is no relation {text!r} to forget{shown}.")
    return left


def _exclude_equal(tree: syntax.Node) -> syntax.Node:
    """Return a comparison with `<` for `<=`, and `>` for `>=`; anything else as it is."""
    if not isinstance(tree, syntax.Comparison):
        return tree
    return replace(tree, operators=tuple(sign.rstrip("=") or sign for sign in tree.operators))
