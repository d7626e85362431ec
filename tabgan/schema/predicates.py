"""Conditions on one column: a `Clause` such as `>= 65`, and which cells satisfy it.

In reading order: what a clause is; how cells and values become comparable; which cells match.

>>> series = pd.Series([1.5, 3.0, None], name="x")
>>> matches(series, Column("x", ColumnKind.CONTINUOUS, "float64"), [Clause(">", "2")]).tolist()
[False, True, False]
"""

import operator
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np
import pandas as pd

from tabgan.errors import ConditionError
from tabgan.schema.arrays import Mask, Objects
from tabgan.schema.column import Column, ColumnKind
from tabgan.schema.float_conversion import (
    asks_for_missing,
    comparable_cells,
    ordered_categories,
    to_float,
    value_to_float,
)
from tabgan.schema.whole_numbers import compare_exactly, parse_long_numbers

COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
MIRRORED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
NEGATED = {"=": "!=", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


@dataclass(frozen=True)
class Clause:
    """A condition on a column.

    Attributes:
        operator: One of `COMPARISONS`, `in` or `or`.
        value: What cells are compared with; None asks for missing values, `!=` None for any other.
            `or` takes a tuple of tuples of clauses: all those of one of them hold. `in` takes a
            tuple of categories: relations ask with it, users ask with `or`, whose every value has
            to be known.
    """

    operator: str
    value: Any

    @property
    def is_missing(self) -> bool:
        """Whether it asks for missing values."""
        return self.operator != "!=" and asks_for_missing(self.value)

    @property
    def allows_missing(self) -> bool:
        """Whether a missing value satisfies it."""
        if self.operator != "or":
            return self.is_missing
        return any(all(clause.allows_missing for clause in branch) for branch in self.value)

    def iter_comparisons(self) -> Iterator["Clause"]:
        """Yield the clauses that an `or` is made of, however deep, or the clause itself."""
        if self.operator != "or":
            yield self
            return
        for branch in self.value:
            for clause in branch:
                yield from clause.iter_comparisons()

    def read_marks(self, marks: Collection[str]) -> "Clause":
        """Return it with None for the marks of a gap.

        >>> Clause("!=", "?").read_marks(["?", "-"])
        Clause(operator='!=', value=None)
        """
        if self.operator == "or":
            branches = [tuple(each.read_marks(marks) for each in branch) for branch in self.value]
            return Clause("or", tuple(branches))
        is_mark = self.operator in ("=", "!=") and self.value in marks
        return Clause(self.operator, None) if is_mark else self

    def read_intervals(self) -> "Clause":
        """Return it with two comparisons for each interval that is asked for.

        >>> Clause("=", pd.Interval(0, 2)).read_intervals().write()
        '(> 0 and <= 2)'
        """
        if self.operator == "or":
            branches = [tuple(each.read_intervals() for each in branch) for branch in self.value]
            return Clause("or", tuple(branches))
        if not isinstance(self.value, pd.Interval) or self.operator not in ("=", "!="):
            return self
        low = Clause(">=" if self.value.closed_left else ">", self.value.left)
        high = Clause("<=" if self.value.closed_right else "<", self.value.right)
        if self.operator == "=":
            return Clause("or", ((low, high),))
        outside = [Clause(NEGATED[end.operator], end.value) for end in (low, high)]
        return Clause("or", tuple((end,) for end in outside))

    def split(self) -> tuple[list[Any], list[tuple["Clause", ...]]]:
        """Return the values of which an `or` asks for one, and its branches that are no such."""
        values: list[Any] = []
        others: list[tuple[Clause, ...]] = []
        for branch in self.value:
            clause = branch[0]
            if len(branch) == 1 and clause.operator == "=" and not clause.is_missing:
                values.append(clause.value)
            else:
                others.append(branch)
        return values, others

    def write(self, write_value: Callable[[Any], str] = str) -> str:
        """Return it in words for a message, such as `>= 65` or `in (a, b)`."""
        if self.operator == "in":
            return f"in ({', '.join(map(write_value, self.value))})"
        if self.operator != "or":
            return f"{self.operator} {write_value(self.value)}"
        if all(len(branch) == 1 and branch[0].operator == "=" for branch in self.value):
            return f"in ({', '.join(write_value(branch[0].value) for branch in self.value)})"
        branches = [" and ".join(c.write(write_value) for c in branch) for branch in self.value]
        return f"({' or '.join(branches)})"


def category_name(category: object, column: Column) -> str | None:
    """Return a category as users ask for it, in lower case for booleans; None for a gap."""
    if asks_for_missing(category):
        return None
    if column.kind is not ColumnKind.BOOLEAN:
        return str(category)
    return str(bool(category) if category in (0, 1) else category).lower()


def category_names(categories: Iterable[object], column: Column) -> Objects:
    """Return the `category_name` of each category; shape (n_categories,)."""
    return np.array([category_name(category, column) for category in categories], object)


def matches(series: "pd.Series[Any]", column: Column, clauses: Iterable[Clause]) -> Mask:
    """Return which cells of a column satisfy all clauses; shape (n_rows,).

    A missing cell satisfies no comparison, `!=` included.

    Args:
        series: The cells; (n_rows,).
        column: What they are.
        clauses: That all hold.

    Raises:
        ConditionError: A value is none that the column could hold.
    """
    matched = np.ones(len(series), bool)
    for clause in clauses:
        matched &= _matches_one(series, column, clause)
    return matched


def _matches_one(series: "pd.Series[Any]", column: Column, clause: Clause) -> Mask:
    if clause.operator == "or":
        values, others = clause.split()
        branches = [matches(series, column, branch) for branch in others]
        if values:
            branches.append(_equals_any(series, column, values))
        return np.asarray(np.any(branches, axis=0))
    missing = comparable_cells(series, column).isna().to_numpy(bool)
    if asks_for_missing(clause.value):
        return ~missing if clause.operator == "!=" else missing
    if column.kind.is_quantitative and clause.operator in COMPARISONS:
        value = value_to_float(column, clause.value)
        if np.isnan(value):  # blank text, where text means numbers
            return ~missing if clause.operator == "!=" else missing
        matched = compare_exactly(series, clause.operator, clause.value)
        if matched is None:
            matched = np.asarray(COMPARISONS[clause.operator](to_float(series, column), value))
        return matched & ~missing
    matched = np.zeros(len(series), bool)
    order = list(series.cat.categories) if getattr(series.dtype, "ordered", False) else None
    present = series[~missing].to_numpy(object)
    matched[~missing] = compare_categories(present, column, clause, order=order)
    return matched


def _equals_any(series: "pd.Series[Any]", column: Column, values: Sequence[Any]) -> Mask:
    if not column.kind.is_quantitative:
        return _matches_one(series, column, Clause("in", tuple(values)))
    if parse_long_numbers(series) is not None:
        return np.asarray(sum(matches(series, column, [Clause("=", v)]) for v in values), bool)
    wanted = [value_to_float(column, value) for value in values]
    return pd.Series(to_float(series, column)).isin(wanted).to_numpy()  # NaN is in NaN


def compare_categories(
    categories: Objects,
    column: Column,
    clause: Clause,
    names: Objects | None = None,
    order: Sequence[object] | None = None,
) -> Mask:
    """Return which categories satisfy a clause with a value of its own; shape (n_categories,).

    Args:
        categories: As they stand in the table, without a gap; (n_categories,).
        column: The column that holds them.
        clause: Any but `or`.
        names: Their `category_names`, where these are at hand; (n_categories,).
        order: All categories of an ordered pandas `category`, from least to greatest.

    Raises:
        ConditionError: It asks for an order, which the categories do not have.
    """
    if names is None:
        names = category_names(categories, column)
    if clause.operator in ("=", "!=", "in"):
        asked = clause.value if clause.operator == "in" else [clause.value]
        is_one = pd.Series(names, dtype=object).isin(category_names(asked, column)).to_numpy()
        return np.asarray(is_one != (clause.operator == "!="))
    if order is not None:
        return _compare_ranks(names, column, clause, order)
    try:
        matched = compare_exactly(pd.Series(categories), clause.operator, clause.value)
        if matched is not None:
            return matched
        numbers, value = ordered_categories(categories, column, clause.value)
    except (TypeError, ValueError):
        raise ConditionError(
            f"column {column.name!r} holds {column.kind.value} values, so it can only be asked to "
            f"equal one of them, or not to, not {clause.write()}."
        ) from None
    return np.asarray(COMPARISONS[clause.operator](numbers, value))


def _compare_ranks(names: Objects, column: Column, clause: Clause, order: Sequence[object]) -> Mask:
    """Return which categories, given by name, stand so in their order to a value; (n,)."""
    ranks = {name: rank for rank, name in enumerate(category_names(order, column))}
    value = category_name(clause.value, column)
    if value not in ranks:
        raise ConditionError(
            f"column {column.name!r} has no category {value!r} in its order; "
            f"{show_names(str(value), list(map(str, ranks)))}."
        )
    own = np.array([ranks[name] for name in names], np.int64)
    return np.asarray(COMPARISONS[clause.operator](own, ranks[value]), bool)


def show_names(asked: str, names: Sequence[str]) -> str:
    """Return which of a column's categories may be meant by one that it lacks, for a message."""
    close = get_close_matches(asked, names[:10_000], n=3)
    if close:
        return f"perhaps {' or '.join(map(repr, close))} is meant"
    shown = ", ".join(map(repr, names[:8]))
    return f"it holds {shown}" + (f" and {len(names) - 8} more" if len(names) > 8 else "")
