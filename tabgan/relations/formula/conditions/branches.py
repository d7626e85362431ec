"""What the branches of a case expression leave of the columns that decide between them.

A condition may be asked to be true, or only not to be true: then it is false, or unknown since a
column is missing. What is returned is necessary, not enough; of several branches it is their hull.

>>> from tabgan.query.expressions import ColumnRef
>>> from tabgan.schema.column import ColumnKind
>>> x, y = (ColumnRef(Column(name, ColumnKind.CONTINUOUS, "float64")) for name in "xy")
>>> left = Left({x.column: Interval(0, 90), y.column: Interval(10, 20)})
>>> is_above = narrow_condition(Comparison(">", x, y), TRUE, left)
>>> is_above.ranges[x.column], is_above.may_miss(x.column)
(Interval(low=10, high=90), False)
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tabgan.query.cases import Case, Flag
from tabgan.query.expressions import Number, Text, Value, ValueType
from tabgan.query.three_valued_logic import BoolOp, Comparison, Condition, IsIn, Not
from tabgan.relations.formula.conditions.contraction import compute, contract
from tabgan.relations.formula.conditions.interval import ANY, INF, Interval
from tabgan.schema.column import Column
from tabgan.schema.predicates import NEGATED


@dataclass(frozen=True)
class Asked:
    """The truth that is asked of a condition.

    Attributes:
        truth: That.
        is_known: Whether it may not be unknown instead.
    """

    truth: bool
    is_known: bool

    @property
    def negated(self) -> "Asked":
        """What is asked of a condition if this is asked of its negation."""
        return replace(self, truth=not self.truth)


TRUE, FALSE, NOT_TRUE = Asked(True, True), Asked(False, True), Asked(False, False)


@dataclass(frozen=True)
class Left:
    """What is left of columns.

    Attributes:
        ranges: Of each, if it has a value.
        present: Columns that have one.
    """

    ranges: Mapping[Column, Interval]
    present: frozenset[Column] = field(default=frozenset())

    def may_miss(self, column: Column) -> bool:
        """Return whether a gap is left of it."""
        return column not in self.present

    def contract(self, value: Value, asked: Interval) -> "Left | None":
        """Return what is left if a value, whose columns all have one, lies in what is asked."""
        if asked == ANY:
            return self
        ranges = contract(value, asked, self.ranges)
        return None if ranges is None else replace(self, ranges=ranges)


@dataclass(frozen=True)
class Result:
    """What is asked of a result.

    Attributes:
        allows: Whether a result that is given may be had, None for a gap.
        bounds: Of a result that is calculated.
    """

    allows: Callable[[Value | None], bool]
    bounds: Interval

    def narrow(self, value: Value | None, left: Left) -> Left | None:
        """Return what is left of columns for a value to be as asked for; None if it never is."""
        match value:
            case Case():
                reached = [(result, own) for result, own in _iter_branches(value, left) if own]
                return _join([self.narrow(result, own) for result, own in reached])
            case Flag(condition):
                truths = {"true": TRUE, "false": FALSE}
                asked = [own for name, own in truths.items() if self.allows(Text(name))]
                found = [narrow_condition(condition, own, left) for own in asked]
                return _join([*found, left if self.allows(None) else None])
            case None | Number() | Text():
                return left if self.allows(value) else None
        if self.allows(None) or self.bounds == ANY:
            return left
        present = left.present | set(value.columns)
        return replace(left, present=present).contract(value, self.bounds)


def narrow_condition(condition: Condition, asked: Asked, left: Left) -> Left | None:
    """Return what is left of columns for a condition to be as asked for; None if it never is."""
    match condition:
        case Not(operand):
            return narrow_condition(operand, asked.negated, left)
        case IsIn(comparisons):
            return narrow_condition(BoolOp("or", comparisons), asked, left)
        case BoolOp(word, operands) if (word == "and") != asked.truth:
            return _join([narrow_condition(operand, asked, left) for operand in operands])
        case BoolOp(_, operands):
            found: Left | None = left
            for operand in operands:
                found = found and narrow_condition(operand, asked, found)
            return found
        case Comparison():
            return _narrow_comparison(condition, asked, left)
    return left


def _narrow_comparison(comparison: Comparison, asked: Asked, left: Left) -> Left | None:
    columns = frozenset(comparison.columns)
    if asked.is_known:
        left = replace(left, present=left.present | columns)
    elif len(columns) > 1 and not columns <= left.present:
        return left  # a gap of one of them says nothing of the others
    sign = comparison.operator if asked.truth else NEGATED[comparison.operator]
    if comparison.left.value_type is ValueType.CATEGORY or sign == "!=":
        return left
    low, high = comparison.left, comparison.right
    found: Left | None = left
    if sign in {"<", "<=", "="}:
        found = _order(low, high, left)
    if sign in {">", ">=", "="}:
        found = found and _order(high, low, found)
    return found


def _order(low: Value, high: Value, left: Left) -> Left | None:
    """Return what is left of columns if one value is at most as large as another."""
    most = Interval(-INF, compute(high, left.ranges).high)
    found = left.contract(low, most)
    return found and found.contract(high, Interval(compute(low, found.ranges).low, INF))


def _iter_branches(case: Case, left: Left) -> Iterator[tuple[Value | None, Left | None]]:
    """Yield each result, and what is left of columns where it is the one."""
    earlier: list[Condition] = []
    for branch in case.branches:
        own = narrow_condition(branch.condition, TRUE, left)
        yield branch.result, own and _leave_out(earlier, own)
        earlier.append(branch.condition)
    yield case.otherwise, _leave_out(earlier, left)


def _leave_out(conditions: Sequence[Condition], left: Left) -> Left | None:
    """Return what is left where none of some conditions is true."""
    found: Left | None = left
    for condition in conditions:
        found = found and narrow_condition(condition, NOT_TRUE, found)
    return found


def _join(alternatives: Sequence[Left | None]) -> Left | None:
    """Return the hull of what several alternatives leave; None if there are none."""
    able = [left for left in alternatives if left]
    if not able:
        return None
    ranges = {
        column: Interval(
            min(left.ranges[column].low for left in able),
            max(left.ranges[column].high for left in able),
        )
        for column in able[0].ranges
    }
    return Left(ranges, frozenset.intersection(*(left.present for left in able)))
