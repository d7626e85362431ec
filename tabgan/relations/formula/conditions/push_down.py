"""What conditions on a computed column ask of the columns that it is computed from."""

from collections.abc import Mapping, Sequence

import numpy as np

from tabgan.errors import ConditionError
from tabgan.relations.bounds import read_bounds, write_value
from tabgan.relations.formula.computation import Computation
from tabgan.relations.formula.conditions.contraction import Ranges, contract
from tabgan.relations.formula.conditions.interval import Interval
from tabgan.relations.formula.conditions.regions import Regions
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
    bounds = read_bounds(dependent, clauses, computation.rounding.step or None)
    sizes = [abs(end) for end in bounds or () if np.isfinite(end)]
    if bounds is None or not sizes or as_written(dependent) != dependent:
        return {}
    slack = reach + computation.rounding.step + MAX_ERROR * max(sizes)
    left = contract(computation.expression, Interval(*bounds).widen(slack), ranges)
    if left is None:
        raise ConditionError(
            f"column {dependent.name!r} is {computation.expression.write()}, which never comes to "
            "what is asked for with values as the table has them; ask for some of those."
        )
    return {
        source.name: _write_clauses(source, left[source], ranges[source])
        for source in ranges
        if source.kind.is_quantitative and left[source] != ranges[source]
    }


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


def _write_clauses(source: Column, left: Interval, whole: Interval) -> list[Clause]:
    """Return what is left of a source as clauses, without those that all values satisfy."""
    pairs = ((">=", left.low, whole.low), ("<=", left.high, whole.high))
    return [Clause(sign, write_value(source, end)) for sign, end, own in pairs if end != own]
