"""What conditions on a computed column ask of the columns that it is computed from."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from tabgan.errors import ConditionError
from tabgan.query.expressions import Value
from tabgan.relations.bounds import read_bounds, write_value
from tabgan.relations.formula.computation import Computation
from tabgan.relations.formula.conditions.branches import Left, Result
from tabgan.relations.formula.conditions.contraction import Ranges
from tabgan.relations.formula.conditions.interval import ANY, Interval
from tabgan.relations.formula.conditions.regions import PointReader, Regions
from tabgan.relations.formula.rounding import as_written
from tabgan.relations.protected_values import MAX_FLOAT, find_ends
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.column import Column, Name
from tabgan.schema.predicates import Clause, matches
from tabgan.state_reader import StateReader

MAX_ERROR = 1e-9  # of results, relative


def find_source_ends(profile: TableProfile, column: Column) -> tuple[float, float]:
    """Return the lowest and the highest value of a source, as far as they may be kept."""
    numbers = profile.numbers(column) if column.kind.is_quantitative else np.zeros(0)
    ends = find_ends(numbers[~np.isnan(numbers)], profile.min_rows)
    return ends or (-MAX_FLOAT, MAX_FLOAT)


def read_ends(state: StateReader, n_sources: int) -> tuple[tuple[float, float], ...]:
    """Return the ends of so many sources, as `lows` and `highs` of a saved state hold them."""
    lows, highs = state.numbers("lows"), state.numbers("highs")
    is_whole = len(lows) == len(highs) == n_sources
    state.check(is_whole, "lows", "has no end for each column")
    return tuple(zip(lows, highs, strict=True))


def push_down(
    computation: Computation,
    dependent: Column,
    clauses: Sequence[Clause],
    ranges: Ranges,
    reach: float = 0.0,
) -> Mapping[Name, list[Clause]]:
    """Return the bounds of each source for which the others can make up the rest.

    Args:
        computation: Of the dependent.
        dependent: The column that clauses are on.
        clauses: These.
        ranges: Of each source.
        reach: How far the dependent may be from the result, beside rounding.

    Raises:
        ConditionError: The result never comes to that.
    """
    regions = Regions.of(computation.expression)
    if regions is not None and not reach:
        return _push_to_regions(regions, computation, dependent, clauses)
    asked = _ask_result(computation, dependent, clauses, reach)
    left = asked.narrow(computation.expression, Left(ranges))
    if left is None:
        raise ConditionError(
            f"column {dependent.name!r} is {computation.expression.write()}, which never comes to "
            "what is asked for with values as the table has them; ask for some of those."
        )
    return {
        source.name: _write_clauses(source, left, ranges[source])
        for source in ranges
        if source.kind.is_quantitative and left.ranges[source] != ranges[source]
    }


def _ask_result(
    computation: Computation, dependent: Column, clauses: Sequence[Clause], reach: float
) -> Result:
    """Return what clauses ask of the results of a computation."""

    def allows(value: Value | None) -> bool:
        if value is None:
            return all(clause.allows_missing for clause in clauses)
        given = replace(computation, expression=value).compute(PointReader(np.zeros(1)), dependent)
        return bool(matches(given, dependent, clauses)[0])

    bounds = None
    if dependent.kind.is_quantitative and as_written(dependent) == dependent:
        bounds = read_bounds(dependent, clauses, computation.rounding.step or None)
    sizes = [abs(end) for end in bounds or () if np.isfinite(end)]
    if bounds is None or not sizes:
        return Result(allows, ANY)
    slack = reach + computation.rounding.step + MAX_ERROR * max(sizes)
    return Result(allows, Interval(*bounds).widen(slack))


def _push_to_regions(
    regions: Regions, computation: Computation, dependent: Column, clauses: Sequence[Clause]
) -> Mapping[Name, list[Clause]]:
    """Return where the one source that decides the dependent has to lie."""
    results = computation.compute(regions.reader, dependent)
    is_allowed = matches(results, dependent, clauses)
    if not is_allowed.any():
        asked = " and ".join(clause.write(repr) for clause in clauses)
        text = f"{dependent.name} = {computation.expression.write_operand(3)}"
        raise ConditionError(
            f"column {dependent.name!r} is never {asked}, since {text} in every row."
        )
    return {regions.source.name: regions.to_clauses(is_allowed)}


def _write_clauses(source: Column, left: Left, whole: Interval) -> list[Clause]:
    """Return what is left of a source as clauses, without those that all values satisfy."""
    own = left.ranges[source]
    ends = ((">=", own.low, -1, own.low > whole.low), ("<=", own.high, 1, own.high < whole.high))
    clauses = [
        Clause(sign, write_value(source, end + side * MAX_ERROR * abs(end)))
        for sign, end, side, is_narrower in ends
        if is_narrower
    ]
    if left.may_miss(source):
        return [Clause("or", (tuple(clauses), (Clause("=", None),)))]
    return clauses
