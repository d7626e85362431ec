"""A line between two columns in plain words.

>>> net, gross = (Column(name, ColumnKind.CONTINUOUS, "float64") for name in ("net", "gross"))
>>> explain_line(AffineTransform(1.19, 0.0, decimals=2), net, gross, is_exact=False)
'gross is 1.19 times net, rounded to 2 decimals'
"""

from tabgan.query.numbers import write_duration, write_number
from tabgan.relations.affine.transform import AffineTransform
from tabgan.relations.linear_form import find_divisor
from tabgan.schema.column import Column, ColumnKind


def explain_line(
    transform: AffineTransform, source: Column, dependent: Column, *, is_exact: bool
) -> str:
    """Return as a sentence without a full stop what a column is of another.

    Args:
        transform: From the one to the other.
        source: The one.
        dependent: The other.
        is_exact: Whether nothing is rounded that would be worth a word.
    """
    factor, offset = transform.factor, transform.offset
    if transform.is_copy:
        return f"{dependent.name} is always the same as {source.name}"
    if dependent.kind is ColumnKind.DATETIME:
        side = "before" if offset < 0 else "after"
        return f"{dependent.name} is always {write_duration(offset)} {side} {source.name}"
    divisor = find_divisor(factor)
    times = f"{write_number(factor)} times {source.name}"
    times = f"{source.name} divided by {write_number(divisor)}" if divisor else times
    times = {1.0: str(source.name), -1.0: f"minus {source.name}"}.get(factor, times)
    sign = "plus" if offset > 0 else "minus"
    plus = f" {sign} {write_number(abs(offset))}" if offset else ""
    rounding = "" if is_exact or transform.decimals is None else _name_decimals(transform.decimals)
    return f"{dependent.name} is {times}{plus}{rounding}"


def _name_decimals(decimals: int) -> str:
    return f", rounded to {f'{decimals} decimals' if decimals else 'whole numbers'}"
