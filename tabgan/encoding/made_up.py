"""What of a column is made up instead of learned, in words.

>>> describe_made_up(Column("order", ColumnKind.IDENTIFIER, "int64"), room=30_500)
'key: made anew, 30,500 left'
"""

from collections.abc import Mapping

from tabgan.schema import Column, ColumnKind

MAX_TOLD_ROOM = 10**12  # new keys: how many more are left is of no interest
_WORDS: Mapping[ColumnKind, str] = {
    ColumnKind.IDENTIFIER: "key: made anew",
    ColumnKind.PATTERN: "patterned text: parts are made anew",
    ColumnKind.TEXT: "free text: made up, not learned",
}


def describe_made_up(column: Column, room: int | None) -> str | None:
    """Return what of a column is made up, and how many new keys are left; None if nothing is."""
    if column.faker is not None:
        return f"made up by Faker ({column.faker}), not learned"
    if column.is_amount:
        return None  # amounts of several units
    words = _WORDS.get(column.kind)
    if words is None or room is None or room >= MAX_TOLD_ROOM:
        return words
    return f"{words}, {room:,} left"
