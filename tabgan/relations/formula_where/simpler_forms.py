"""Parts of a formula that say the same in some rows: `a ** 2` is `a` where all of it is 0 or 1.

>>> from tabgan.query.expressions import ColumnRef, Number
>>> from tabgan.schema.column import Column, ColumnKind
>>> a, b = (ColumnRef(Column(name, ColumnKind.CONTINUOUS, "float64")) for name in "ab")
>>> product = Arithmetic("*", Number(3.0), Arithmetic("**", a, Number(2.0)))
>>> [part.write() for part in list_simpler(Arithmetic("+", product, b))]
['b', '3 * a ** 2', 'a ** 2 + b', '3 * a + b']
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from tabgan.query.expressions import Arithmetic, Call, Expression, Value
from tabgan.relations.formula.formula import Formula
from tabgan.relations.table_profile import TableProfile


@np.errstate(all="ignore")  # as formulas are evaluated
def simplify(formula: Formula, rows: TableProfile) -> Formula:
    """Return the simplest form of a formula that breaks in no more of some rows.

    Args:
        formula: As it was found in other rows, perhaps.
        rows: All those in which it is said to hold.
    """
    most = int(formula.find_violations(rows.frame).sum())
    for simpler in list_simpler(formula.computation.expression):
        form = Formula.fit(rows, formula.dependent, simpler)
        if form is not None and form.find_violations(rows.frame).sum() <= most:
            return simplify(form, rows)
    return formula


def list_simpler(value: Value) -> list[Value]:
    """Return a value with one of its parts in the place of the whole part, the shortest first."""
    return sorted(_iter_simpler(value), key=_count_parts)


def _iter_simpler(value: Value) -> Iterator[Value]:
    match value:
        case Arithmetic(left=left, right=right):
            sides = left, right
        case Call(arguments=sides):
            pass
        case _:
            return
    yield from (side for side in sides if side.columns and side.value_type is value.value_type)
    for number, side in enumerate(sides):
        for simpler in _iter_simpler(side):
            changed = *sides[:number], simpler, *sides[number + 1 :]
            if isinstance(value, Arithmetic):
                yield replace(value, left=changed[0], right=changed[1])
            else:
                yield replace(value, arguments=changed)


def _count_parts(value: Expression) -> int:
    return 1 + sum(map(_count_parts, value.children))
