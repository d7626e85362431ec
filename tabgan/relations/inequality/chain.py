"""Orders as they are typed: columns, and `<=` or `>=` between them."""

from collections.abc import Sequence

from tabgan.errors import RelationError
from tabgan.query import syntax
from tabgan.schema import TableSchema
from tabgan.schema.column import Column, Name


def read_chain(tree: syntax.Node, schema: TableSchema) -> list[list[Column]]:
    """Return the columns between operators, in order; none if the relation is of another form.

    Raises:
        RelationError: Both operators are there, or columns that have no order in common.
    """
    if not isinstance(tree, syntax.Comparison) or tree.has_brackets:
        return []
    if not set(tree.operators) <= {"<=", ">="}:
        return []
    names = [_names_of(operand) for operand in tree.operands]
    if not all(names):
        return []
    if len(set(tree.operators)) > 1:
        raise RelationError("a relation has both <= and >=; write it with one of them throughout.")
    groups = [[schema.column(name) for name in group] for group in names]
    _check([column for group in groups for column in group])
    return groups


def _names_of(operand: syntax.Value) -> tuple[Name, ...]:
    match operand:
        case syntax.ColumnName(name):
            return (name,)
        case syntax.NameList(names):
            return names
    return ()


def _check(columns: Sequence[Column]) -> None:
    """Refuse columns that have no order in common.

    Raises:
        RelationError: One is there twice, is no number and no datetime, or both sorts are there.
    """
    for column in columns:
        if not column.kind.is_quantitative:
            raise RelationError(
                f"{column.name!r} holds {column.kind.value} values, which have no order to keep; "
                "only numbers and moments have."
            )
        if columns.count(column) > 1:
            raise RelationError(f"{column.name!r} is there twice; name each column once.")
    if len({column.kind.is_number for column in columns}) > 1:
        names = " and ".join(repr(column.name) for column in columns)
        raise RelationError(f"{names} are numbers and moments; only alike ones can be compared.")
