"""Where a column has to lie for what it decides to be as asked for.

>>> import pandas as pd
>>> from tabgan.query.parser import parse_relation
>>> from tabgan.query.value_check import check_value
>>> from tabgan.schema import TableSchema
>>> schema = TableSchema.infer(pd.DataFrame({"age": [17, 18, 30], "group": ["a", "b", "c"]}))
>>> text = "group = case when age < 18 then 'a' when age <= 25 then 'b' else 'c' end"
>>> value = check_value(parse_relation(text, schema.names).right_side, schema)
>>> regions = Regions.of(value)
>>> regions.to_clauses(np.array([name == "b" for name in value.categories(regions.reader)]))
[Clause(operator='>=', value=18.0), Clause(operator='<=', value=25.0)]
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from tabgan.query.cases import Case, Flag
from tabgan.query.column_reader import ColumnReader
from tabgan.query.expressions import ColumnRef, Expression, Number, Text, Value
from tabgan.query.functions import Approximation, exact
from tabgan.query.three_valued_logic import Comparison, IsMissing
from tabgan.relations.bounds import write_value
from tabgan.schema.arrays import Floats, Mask
from tabgan.schema.column import Column
from tabgan.schema.predicates import Clause


class PointReader(ColumnReader):
    """Points of one column in the place of a table.

    Args:
        points: (n_points,), NaN for a gap.
    """

    def __init__(self, points: Floats) -> None:
        super().__init__(pd.DataFrame(index=range(len(points))))
        self.points = points

    def numbers(self, column: Column) -> Approximation:  # noqa: ARG002
        return exact(self.points)

    def missing(self, column: Column) -> Mask:  # noqa: ARG002
        return np.isnan(self.points)


@dataclass(frozen=True)
class Regions:
    """The cut points of a column, and what lies between them.

    Attributes:
        source: The column.
        cuts: Rising; (n_cuts,).
    """

    source: Column
    cuts: Floats

    @classmethod
    def of(cls, value: Value) -> Self | None:
        """Return the regions of the one column that decides a value; None if there is more to it.

        Conditions compare the column with constants, and results are constants.
        """
        is_decided = isinstance(value, Case | Flag) and len(value.columns) == 1
        if not is_decided or not value.columns[0].kind.is_quantitative:
            return None
        cuts = list(_iter_cuts(value))
        if None in cuts:
            return None
        return cls(value.columns[0], np.unique([cut for cut in cuts if cut is not None]))

    @property
    def reader(self) -> ColumnReader:
        """A point of each region: below all cuts, at the first, behind it, ..., and a gap."""
        return PointReader(np.append(self._points, np.nan))

    @property
    def _points(self) -> Floats:
        between = (self.cuts[1:] + self.cuts[:-1]) / 2
        inner = np.column_stack([self.cuts, np.append(between, np.inf)]).ravel()
        return np.concatenate([[-np.inf], inner])

    def to_clauses(self, is_allowed: Mask) -> list[Clause]:
        """Return the clauses on the column by which it lies in some of its regions.

        Args:
            is_allowed: For each point of `reader`, at least one; (n_points,).
        """
        inside, at_gap = is_allowed[:-1], bool(is_allowed[-1])
        if inside.all():
            return [] if at_gap else [Clause("!=", None)]
        edges = np.flatnonzero(np.diff(np.concatenate([[0], inside.astype(np.int8), [0]])))
        branches = [self._bound(first, last) for first, last in edges.reshape(-1, 2).tolist()]
        if at_gap:
            branches.append((Clause("=", None),))
        return list(branches[0]) if len(branches) == 1 else [Clause("or", tuple(branches))]

    def _bound(self, first: int, end: int) -> tuple[Clause, ...]:
        """Return the clauses for the points from one up to another, which is left out."""
        clauses = []
        if first > 0:
            clauses.append(self._compare(">=" if first % 2 else ">", (first - 1) // 2))
        if end <= 2 * len(self.cuts):
            clauses.append(self._compare("<" if end % 2 else "<=", (end - 1) // 2))
        return tuple(clauses)

    def _compare(self, sign: str, cut: int) -> Clause:
        return Clause(sign, write_value(self.source, float(self.cuts[cut])))


def _iter_cuts(part: Expression) -> Iterator[float | None]:
    """Yield the constants that a column is compared with; None for anything else."""
    match part:
        case Comparison(_, ColumnRef(), Number(cut) | Text(_, cut)):
            yield cut
        case Comparison(_, Number(cut) | Text(_, cut), ColumnRef()):
            yield cut
        case Comparison() | ColumnRef():
            yield None
        case IsMissing() | Number() | Text():
            return
        case _:
            for child in part.children:
                yield from _iter_cuts(child)
