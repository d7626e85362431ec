"""A sum in words.

>>> from tabgan.schema.column import ColumnKind
>>> x, y, z = (Column(name, ColumnKind.INTEGER, "int64") for name in "xyz")
>>> explain_sum(z, [(1, x), (-1, y)], (0.5,)), explain_sum(z, [(-1, x), (1, y)], (0.0, 1.0))
('z is x - y + 0.5', 'z is -x + y and one of 2 remainders')
"""

from collections.abc import Sequence

from tabgan.query.numbers import write_number
from tabgan.schema.column import Column


def explain_sum(
    dependent: Column, terms: Sequence[tuple[int, Column]], remainders: Sequence[float]
) -> str:
    """Return a sum as one plain sentence, without a full stop.

    Args:
        dependent: What it is.
        terms: Signs and columns.
        remainders: One of which is added; the only one of 0 is nothing.
    """
    written = "".join(f" {'-' if sign < 0 else '+'} {column.name}" for sign, column in terms)
    total = f"-{written[3:]}" if terms[0][0] < 0 else written[3:]
    last = f" and one of {len(remainders)} remainders"
    if len(remainders) == 1:
        (rest,) = remainders
        last = f" {'-' if rest < 0 else '+'} {write_number(abs(rest))}" if rest else ""
    return f"{dependent.name} is {total}{last}"
