"""Lines that depend on a category, as amounts in several currencies do.

>>> import pandas as pd
>>> from tabgan.schema import TableSchema
>>> x, vip = np.arange(100) ** 2 % 97 + 0.5, np.arange(100) % 3 == 0
>>> frame = pd.DataFrame({"x": x, "vip": vip, "y": np.where(vip, 0.8 * x, x + 5)})
>>> profile = TableProfile(frame, TableSchema.infer(frame))
>>> [found] = [c for c in iter_groups(profile) if c[0].dependent.name == "y"]
>>> found[0].expression.write()
"case vip when 'false' then x + 5 when 'true' then 0.8 * x end"
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tabgan.query.cases import Branch, Case
from tabgan.query.expressions import ColumnRef, Number, Value
from tabgan.query.three_valued_logic import Comparison
from tabgan.relations.exact_arithmetic import find_decimals, machine_epsilon
from tabgan.relations.formula.cases.labels import find_labelled, read_labels
from tabgan.relations.formula.numbers.discovery import MIN_VALUES, Candidate
from tabgan.relations.formula.numbers.sum_fit import SumFit
from tabgan.relations.formula.numbers.terms import linear
from tabgan.relations.statistics import MAX_DECLARED_VIOLATIONS, MIN_ROWS, correlate
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Floats, Integers, Mask
from tabgan.schema.column import Column

MAX_GROUPS = 50  # categories of a column
MAX_COLUMNS = 160  # of numbers, of which pairs are formed
SCREEN_ROWS = 600
MIN_SCREEN_ROWS = 4  # of a category
MIN_CORRELATION = 0.99  # on average over categories
CORRELATION_DECIMALS = 5  # by which columns are told apart, before the fewest categories
MAX_TRIED = 4  # pairs of a category and a number for each column


@dataclass(frozen=True)
class Line:
    """Columns of which one may be a line of the other within each category.

    Attributes:
        dependent: The one.
        source: The other.
        group: Has the categories.
    """

    dependent: Column
    source: Column
    group: Column


def iter_groups(profile: TableProfile) -> Iterator[list[Candidate]]:
    """Yield, for each column of numbers, of which column it may be a line for each category."""
    sample = profile.sample
    varied = [c for c in profile.number_columns if sample.n_categories(c) >= MIN_VALUES]
    numbers = varied[:MAX_COLUMNS]
    groups = [c for c in find_labelled(profile, MAX_GROUPS) if c not in numbers]
    if len(numbers) < 2 or not groups:
        return
    n_tried = len(groups) * len(numbers) ** 2
    for lines in _screen(sample, numbers, groups):
        found = [line for line in lines if fit_lines(sample, line, n_tried) is not None]
        fitted = ((line, fit_lines(profile, line, n_tried)) for line in found)
        yield [Candidate(line.dependent, (), value) for line, value in fitted if value is not None]


def _screen(
    sample: TableProfile, numbers: Sequence[Column], groups: Sequence[Column]
) -> list[list[Line]]:
    """Return what correlates most within categories, for each column of numbers."""
    rows = np.linspace(0, len(sample) - 1, min(SCREEN_ROWS, len(sample))).astype(np.int64)
    values = np.column_stack([sample.numbers(column)[rows] for column in numbers])
    lines: dict[Column, list[tuple[tuple[float, int], Line]]] = {column: [] for column in numbers}
    for group in groups:
        found = _correlate_within(values, sample.codes(group)[rows])
        for i, j in np.argwhere(found >= MIN_CORRELATION).tolist():
            if i != j:
                line = Line(numbers[i], numbers[j], group)
                rank = -round(float(found[i, j]), CORRELATION_DECIMALS), sample.n_categories(group)
                lines[numbers[i]].append((rank, line))
    best = [sorted(pairs, key=lambda pair: pair[0])[:MAX_TRIED] for pairs in lines.values()]
    return [[line for _, line in pairs] for pairs in best if pairs]


def _correlate_within(values: Floats, codes: Integers) -> Floats:
    """Return the mean absolute correlation within categories; (k, k).

    Where a row's column never changes it is a line of any other one.
    """
    total, n_rows = np.zeros((values.shape[1],) * 2), 0
    for code in np.unique(codes):
        own = values[codes == code]
        if len(own) >= MIN_SCREEN_ROWS:
            is_constant = np.fmax.reduce(own) == np.fmin.reduce(own)
            total += len(own) * np.where(is_constant[:, None], 1.0, correlate(own))
            n_rows += len(own)
    return total / max(n_rows, 1)


def fit_lines(profile: TableProfile, line: Line, n_tried: int) -> Value | None:
    """Return a column as a line of another one for each category; None if it is none.

    Args:
        profile: The rows.
        line: The columns.
        n_tried: Candidates.
    """
    own, numbers = profile.numbers(line.dependent), profile.numbers(line.source)
    codes = profile.codes(line.group)
    present = ~np.isnan(own)
    labels = read_labels(profile, line.group)
    fit = SumFit({}, own, find_decimals(own), machine_epsilon(line.dependent), n_tried)
    branches, n_left = [], 0
    for code, label in enumerate(labels):
        rows = present & (codes == code)
        value = (
            None if label is None else _fit_label(fit, rows, line.source, numbers, profile.min_rows)
        )
        n_left += 0 if value is not None else int(rows.sum())
        if n_left > MAX_DECLARED_VIOLATIONS * len(profile):
            return None
        if value is not None and label is not None:
            branches.append(Branch(Comparison("=", ColumnRef(line.group), label), value))
    branches.sort(key=lambda branch: branch.condition.write())
    results = {branch.result for branch in branches}
    is_look_up = all(isinstance(result, Number) for result in results)
    return None if is_look_up or len(results) < 2 else Case(tuple(branches), is_simple=True)


def _fit_label(
    fit: SumFit, rows: Mask, source: Column, numbers: Floats, min_rows: int
) -> Value | None:
    """Return the line in the rows of a category; None if there is none, or too few rows."""
    own = fit.own[rows]
    if len(own) < max(MIN_ROWS, min_rows):
        return None
    if (own == own[0]).all():
        return Number(float(own[0]))
    label = SumFit({source: numbers[rows]}, own, fit.decimals, fit.epsilon, fit.n_tried)
    return label.fit([linear(source)])
