"""Discovery of counts: `services = count(phone = 'Yes', tv = 'Yes')`, and points for each answer.

Conditions are alike: gaps, columns of true and false, or one value in several columns. Their
coefficients are those of least squares, rounded to whole numbers; rows decide.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tabgan.query.counts import Count
from tabgan.query.expressions import Arithmetic, ColumnRef, Number, Text, Value
from tabgan.query.three_valued_logic import Comparison, Condition, IsMissing
from tabgan.relations.formula.declaration import Definition
from tabgan.relations.statistics import (
    MAX_DECLARED_VIOLATIONS,
    SIGNIFICANCE_LEVEL,
    total_entropy,
)
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Floats
from tabgan.schema.column import Column, ColumnKind
from tabgan.schema.predicates import category_name

SEARCH_ROWS = 1_000
MIN_VALUES = 3  # of a column that may be a count
MAX_POINTS = 20  # for one condition
MAX_COUNT = 1_000  # of all points
MAX_LEVELS = 20  # of a column whose values are counted
MAX_GROUPS = 64  # values that several columns have, the commonest
MAX_ROUNDING = 0.2  # of a coefficient: odd rows move it
DIGIT_NATS = float(np.log(10))


@dataclass(frozen=True)
class Group:
    """Conditions that may be counted together.

    Attributes:
        conditions: Each of a column of its own.
        holds: 1 where they are true, else 0; (n_rows, n_conditions).
    """

    conditions: tuple[Condition, ...]
    holds: Floats


def find_counts(profile: TableProfile) -> Iterator[Definition]:
    """Yield the columns that are counts in nearly all rows of a sample."""
    sample = profile.sample
    rows = np.linspace(0, len(sample) - 1, min(SEARCH_ROWS, len(sample))).astype(np.int64)
    own = {c: sample.numbers(c)[rows] for c in profile.number_columns}
    own = {column: values for column, values in own.items() if _may_be_count(values)}
    if not own:
        return
    small = TableProfile(sample.frame.iloc[rows], profile.schema, profile.protection)
    groups = [group for group in _find_groups(small) if len(group.conditions) > 1]
    n_tried = max(1, len(groups)) * len(own)
    for dependent, values in own.items():
        found = (_fit(group, dependent, values, n_tried) for group in groups)
        given = [value for value in found if value is not None]
        if given:
            yield Definition(dependent, min(given, key=_rank))


def _may_be_count(values: Floats) -> bool:
    present = values[~np.isnan(values)]
    if not len(present) or np.abs(present).max() > MAX_COUNT:
        return False
    return bool((present == np.rint(present)).all()) and len(np.unique(present)) >= MIN_VALUES


def _find_groups(profile: TableProfile) -> list[Group]:
    """Return gaps, truths, and values that several columns have."""
    plain = [column for column in profile.schema.columns if not column.missing_marks]
    pairs: defaultdict[str, list[tuple[Condition, Floats]]] = defaultdict(list)
    for column in plain:
        missing = np.asarray(profile.series(column).isna(), np.float64)
        pairs["missing"].append((IsMissing(column), missing))
    for column in profile.columns:
        for key, condition, holds in _find_levels(profile, column):
            pairs[key].append((condition, holds))
    least = max(1, profile.min_rows)
    groups = [_to_group(conditions, least) for conditions in pairs.values()]
    return sorted(groups, key=lambda group: -len(group.conditions))[:MAX_GROUPS]


def _find_levels(profile: TableProfile, column: Column) -> Iterator[tuple[str, Condition, Floats]]:
    """Yield the values of a column of few: a key that equal ones share, a condition, its rows."""
    is_number = column.kind.is_number
    is_level = column.kind in (ColumnKind.BOOLEAN, ColumnKind.CATEGORICAL) or is_number
    n_levels = profile.n_categories(column)
    if not is_level or n_levels > MAX_LEVELS or column.missing_marks:
        return
    codes = profile.codes(column)
    _, first = np.unique(codes, return_index=True)
    for code, row in enumerate(first):
        value = profile.series(column).iloc[row]
        name = category_name(value, column)
        if name is None or (column.kind is ColumnKind.BOOLEAN and name != "true"):
            continue
        constant = Number(float(profile.numbers(column)[row])) if is_number else Text(name)
        condition = Comparison("=", ColumnRef(column), constant)
        yield f"{is_number} {constant.write()}", condition, (codes == code).astype(np.float64)


def _to_group(pairs: Sequence[tuple[Condition, Floats]], least: int) -> Group:
    """Return conditions that are true in some rows and not in others, no two in the same rows."""
    kept: dict[bytes, tuple[Condition, Floats]] = {}
    for condition, holds in pairs:
        if least <= holds.sum() <= len(holds) - least:
            kept.setdefault(holds.tobytes(), (condition, holds))
    conditions = tuple(condition for condition, _ in kept.values())
    columns = [holds for _, holds in kept.values()]
    return Group(conditions, np.column_stack(columns) if columns else np.zeros((0, 0)))


def _fit(group: Group, dependent: Column, own: Floats, n_tried: int) -> Value | None:
    """Return the points by which a column is the sum of conditions; None if it is none."""
    is_other = np.array([dependent not in condition.columns for condition in group.conditions])
    present = ~np.isnan(own)
    holds, values = group.holds[present][:, is_other], own[present]
    conditions = [c for c, other in zip(group.conditions, is_other, strict=True) if other]
    points = np.ones(len(conditions))  # all of them, then those that least squares tells
    if not _is_near(holds, values, points):
        if len(values) < 3 * len(conditions):
            return None
        points = _solve(holds, values)
        if not _is_near(holds, values, points):
            return None
    constant = float(np.median(values - holds @ points))
    used = np.flatnonzero(points)
    cost = len(used) * (np.log(len(conditions)) + DIGIT_NATS) + np.log(n_tried)
    gain = total_entropy(np.unique(values, return_counts=True)[1])
    if len(used) < 2 or gain <= cost + np.log(1 / SIGNIFICANCE_LEVEL):
        return None
    return _write({conditions[index]: float(points[index]) for index in used}, constant)


def _solve(holds: Floats, values: Floats) -> Floats:
    """Return the whole numbers next to the least-squares coefficients, 0 where none is near."""
    centred = holds - holds.mean(axis=0)
    gram = centred.T @ centred + 1e-9 * np.eye(holds.shape[1])
    found = np.linalg.solve(gram, centred.T @ (values - values.mean()))
    rounded = np.rint(found)
    is_near = (np.abs(found - rounded) <= MAX_ROUNDING) & (np.abs(rounded) <= MAX_POINTS)
    return np.where(is_near, rounded, 0.0)


def _is_near(holds: Floats, values: Floats, points: Floats) -> bool:
    """Return whether a sum of points, and a constant, is the column in nearly all rows."""
    left = values - holds @ points
    return bool(np.mean(left != np.median(left)) <= MAX_DECLARED_VIOLATIONS)


def _write(points: Mapping[Condition, float], constant: float) -> Value:
    """Return a sum of counts, each times its points, and a constant; what is added comes first."""
    by_points: defaultdict[float, list[Condition]] = defaultdict(list)
    for condition, each in points.items():
        by_points[each].append(condition)
    value: Value | None = Number(constant) if constant else None
    for each in sorted(by_points, key=lambda number: (number < 0, number)):
        count: Value = Count(tuple(by_points[each]))
        count = count if abs(each) == 1 else Arithmetic("*", Number(abs(each)), count)
        if value is None:
            value = count if each > 0 else Arithmetic("*", Number(-1.0), count)
        elif isinstance(value, Number) and each > 0:
            value = Arithmetic("+" if constant > 0 else "-", count, Number(abs(constant)))
        else:
            value = Arithmetic("+" if each > 0 else "-", value, count)
    assert value is not None  # noqa: S101 - there are points
    return value


def _rank(value: Value) -> tuple[bool, int]:
    """Return what is least for the simplest of several counts."""
    return not isinstance(value, Count), len(value.write())
