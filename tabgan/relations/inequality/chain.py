"""Orders as they are typed: columns, and `<=` or `>=` between them."""

from collections.abc import Sequence

from tabgan.errors import RelationError
from tabgan.query.tokens import Token
from tabgan.schema import TableSchema
from tabgan.schema.column import Column


def read_chain(tokens: Sequence[Token], schema: TableSchema) -> list[list[Column]]:
    """Return the columns between operators, in order; none if the tokens are of another form.

    Raises:
        RelationError: Both operators are there, or columns that have no order in common.
    """
    groups: list[list[Column]] = [[]]
    for index, token in enumerate(tokens):
        if index % 2 == 0 and token.is_name:
            groups[-1].append(schema.column(token.value))
        elif index % 2 and token.says("<=", ">="):
            groups.append([])
        elif index % 2 == 0 or not token.says(","):
            return []
    if len(groups) < 2 or len(tokens) % 2 == 0:
        return []
    if len({token.value for token in tokens if token.says("<=", ">=")}) > 1:
        raise RelationError("a relation has both <= and >=; write it with one of them throughout.")
    _check([column for group in groups for column in group])
    return groups


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
