"""Columns that no figure looks at, and why: they stand beside the figures, not in them.

>>> find_unjudged([Column("order", ColumnKind.IDENTIFIER, "int64")])
(UnjudgedColumn(column='order', reason='keys'),)
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tabgan.evaluation.metrics.alignment import listed
from tabgan.schema.column import Column, ColumnKind, Name

REASONS: Mapping[ColumnKind, str] = {
    ColumnKind.IDENTIFIER: "keys",
    ColumnKind.PATTERN: "patterned text",
    ColumnKind.TEXT: "free text",
    ColumnKind.CONSTANT: "one value",
    ColumnKind.EMPTY: "no value",
}
AMOUNTS = "amounts of several units"


@dataclass(frozen=True)
class UnjudgedColumn:
    """One of them; the fields have the names that a report's JSON has.

    Attributes:
        column: Its name.
        reason: What it holds, in a word or two.
    """

    column: Name
    reason: str


def find_unjudged(columns: Iterable[Column]) -> tuple[UnjudgedColumn, ...]:
    """Return the columns whose kind no figure looks at, in their order."""
    return tuple(
        UnjudgedColumn(column.name, AMOUNTS if column.is_amount else REASONS[column.kind])
        for column in columns
        if column.kind in REASONS
    )


def list_unjudged(unjudged: Sequence[UnjudgedColumn]) -> str:
    """Return their names, those of one reason together.

    >>> list_unjudged([UnjudgedColumn("id", "keys"), UnjudgedColumn("note", "free text")])
    "'id' (keys); 'note' (free text)"
    """
    names: dict[str, list[Name]] = {}
    for one in unjudged:
        names.setdefault(one.reason, []).append(one.column)
    return "; ".join(f"{listed(of_reason)} ({reason})" for reason, of_reason in names.items())
