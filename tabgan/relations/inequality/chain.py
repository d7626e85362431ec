"""Chains of columns as users declare them: `a, b <= c < d`, or the same downwards."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from tabgan.errors import RelationError
from tabgan.query import syntax
from tabgan.relations.column_checks import check_order
from tabgan.schema import TableSchema
from tabgan.schema.column import Column

UPWARDS, DOWNWARDS = {"<", "<="}, {">", ">="}


@dataclass(frozen=True)
class Chain:
    """Columns between signs.

    Attributes:
        groups: The columns between two signs, in order.
        signs: All of them upwards, or all downwards; one fewer.
    """

    groups: tuple[tuple[Column, ...], ...]
    signs: tuple[str, ...]

    @property
    def above(self) -> bool:
        """Whether each column is above those before it."""
        return self.signs[0] in UPWARDS

    @property
    def is_strict(self) -> bool:
        """Whether a sign excludes equal values: such a chain is a condition as well."""
        return bool(set(self.signs) & {"<", ">"})

    def iter_links(self) -> Iterator[tuple[tuple[Column, ...], Column, bool]]:
        """Yield sources, a dependent and whether it is never equal, for each behind a sign."""
        for (sources, dependents), sign in zip(pairwise(self.groups), self.signs, strict=True):
            for dependent in dependents:
                yield sources, dependent, sign in {"<", ">"}


def read_chain(tree: syntax.Node, schema: TableSchema) -> Chain | None:
    """Return the chain that a relation is; None if it is of another form, such as a condition.

    Raises:
        RelationError: Both directions are there, or columns that have no order in common.
    """
    if not isinstance(tree, syntax.Comparison) or tree.has_brackets:
        return None
    groups = tuple(
        tuple(schema.column(name) for name in value.column_names) for value in tree.operands
    )
    signs = set(tree.operators)
    if not signs <= UPWARDS | DOWNWARDS or not all(groups):
        return None
    chain = Chain(groups, tree.operators)
    try:
        if signs & UPWARDS and signs & DOWNWARDS:
            raise RelationError(
                "a relation has both <= and >=; write it with one of them throughout."
            )
        check_order([column for group in groups for column in group])
    except RelationError:
        if chain.is_strict:  # a condition that is checked, whatever the columns hold
            return None
        raise
    return chain
