"""Checks that the columns of a declared relation can be so related.

>>> number = Column("price", ColumnKind.CONTINUOUS, "float64")
>>> text = Column("town", ColumnKind.CATEGORICAL, "object")
>>> check_order([number, text])
Traceback (most recent call last):
tabgan.errors.RelationError: 'town' holds categorical values, which have no order to keep; only \
numbers and moments have.
"""

import math
from collections.abc import Sequence

from tabgan.errors import RelationError
from tabgan.relations.linear_form import LinearForm
from tabgan.schema.column import Column, ColumnKind


def check_affine(source: Column, dependent: Column, factor: float, offset: float) -> None:
    """Check that one column can be another, times a factor, plus an offset.

    Args:
        source: The other column.
        dependent: The one that follows from it.
        factor: 1 for all but numbers.
        offset: In seconds for datetimes, 0 for categories.

    Raises:
        RelationError: It cannot.
    """
    for column in (source, dependent):
        if column.kind in {ColumnKind.CONSTANT, ColumnKind.EMPTY}:
            raise RelationError(f"column {column.name!r} never changes; leave it out of relations.")
    if source == dependent:
        raise RelationError(f"column {source.name!r} cannot follow from itself; name another one.")
    held, other = _name_values(dependent), _name_values(source)
    if held != other:
        raise RelationError(
            f"column {dependent.name!r} holds {held} and {source.name!r} {other}; a column can "
            "only be the same as one of its own sort."
        )
    if not factor or not math.isfinite(factor + offset):
        raise RelationError(
            f"column {dependent.name!r} cannot be {factor:g} times {source.name!r}; give a factor "
            "other than 0."
        )
    if (factor != 1 and not dependent.kind.is_number) or (
        offset and not dependent.kind.is_quantitative
    ):
        is_datetime = dependent.kind is ColumnKind.DATETIME
        form = "'due = ordered + 30 days'" if is_datetime else "'copy = original'"
        raise RelationError(
            f"column {dependent.name!r} holds {held}, with which one cannot reckon so; write a "
            f"relation such as {form}."
        )


def _name_values(column: Column) -> str:
    if column.kind is ColumnKind.DATETIME:
        return "moments"
    return "numbers" if column.kind.is_number else "levels"


def check_order(columns: Sequence[Column]) -> None:
    """Check that columns are numbers or datetimes, all the same, and each is there once.

    Raises:
        RelationError: They are not.
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


def check_sum(form: LinearForm, columns: Sequence[Column]) -> None:
    """Check that a sum is of numbers, each column once, added or subtracted as it is.

    Args:
        form: As it is declared.
        columns: Its dependent and its terms.

    Raises:
        RelationError: It is none such.
    """
    for column in columns:
        if columns.count(column) > 1:
            raise RelationError(f"column {column.name!r} is there twice; name each column once.")
        if not column.kind.is_number:
            raise RelationError(
                f"column {column.name!r} holds {column.kind.value} values; sums are of numbers."
            )
    if any(abs(factor) != 1 for factor, _ in form.terms):
        raise RelationError(
            f"the sum {form.dependent!r} has a term with a factor; terms are only added or "
            "subtracted, as in 'total = fare + tip - rebate'."
        )
    if form.has_rest and form.constant:
        raise RelationError(
            f"the sum {form.dependent!r} has a number and a rest; leave the number out, it is part "
            "of the rest."
        )
