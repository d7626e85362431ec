"""Columns of few labels that are decided by where one number or moment lies.

>>> import pandas as pd
>>> from tabgan.schema import TableSchema
>>> frame = pd.DataFrame({"age": np.arange(200.0) / 2, "adult": np.arange(200) >= 36})
>>> profile = TableProfile(frame, TableSchema.infer(frame))
>>> [[candidate.expression.write() for candidate in found] for found in iter_thresholds(profile)]
[['age >= 18']]
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tabgan.query.expressions import Value
from tabgan.relations.formula.cases.cut_points import YEAR_DIGITS, Cut
from tabgan.relations.formula.cases.labels import (
    MAX_LABELS,
    Edge,
    find_labelled,
    iter_rows,
    read_labels,
    write_case,
)
from tabgan.relations.formula.cases.quantities import Quantity
from tabgan.relations.formula.cases.runs import Runs, find_runs, has_enough_rows
from tabgan.relations.formula.numbers.discovery import Candidate
from tabgan.relations.statistics import MAX_DECLARED_VIOLATIONS, NEIGHBOUR_LEVEL
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Codes, Floats, Integers, Mask
from tabgan.schema.column import Column

MIN_SOURCE_VALUES = 21  # of fewer values, a look-up table is as good
SCREEN_ROWS = 600
MAX_DATETIME_CUTS = 3  # into numbers
MAX_CHANGES = 0.25  # share of the changes that independent labels have


@dataclass(frozen=True)
class Threshold:
    """An expression that thresholds make.

    Attributes:
        expression: A flag or a case expression.
        digits: Of its cut points.
    """

    expression: Value
    digits: int


def iter_thresholds(profile: TableProfile) -> Iterator[list[Candidate]]:
    """Yield, for each column of few labels, by which thresholds of others it may be decided."""
    sample = profile.sample
    decided = find_labelled(profile)
    quantities = (*profile.number_columns, *profile.datetime_columns)
    sources = [c for c in quantities if sample.n_categories(c) >= MIN_SOURCE_VALUES]
    if not decided or not sources:
        return
    n_tried = len(decided) * len(sources)
    near = _screen(sample, decided, sources)
    for dependent in decided:
        likely = list(map(Quantity, near[dependent]))
        tried = [(fit_thresholds(sample, dependent, c, n_tried), c) for c in likely]
        found = sorted(((t.digits, i) for i, (t, _) in enumerate(tried) if t is not None))
        if not has_enough_rows(len(profile), len(tried) - len(found)):
            continue
        fitted = (fit_thresholds(profile, dependent, tried[i][1], n_tried) for _, i in found)
        yield [Candidate(dependent, (), each.expression) for each in fitted if each is not None]


def _screen(
    sample: TableProfile, decided: Sequence[Column], sources: Sequence[Column]
) -> dict[Column, list[Column]]:
    """Return the sources along which the labels of each column hardly change."""
    rows = np.linspace(0, len(sample) - 1, min(SCREEN_ROWS, len(sample))).astype(np.int64)
    codes, is_gap = sample.stack_codes(decided, rows), sample.stack_gaps(decided, rows)
    limits = find_max_changes(codes, [sample.n_categories(column) for column in decided])
    near: dict[Column, list[Column]] = {column: [] for column in decided}
    for source in sources:
        n_changes = count_changes(sample.numbers(source)[rows], codes, is_gap)
        for index in np.flatnonzero(n_changes <= limits).tolist():
            if decided[index] != source:
                near[decided[index]].append(source)
    return near


def find_max_changes(codes: Codes, n_labels: Sequence[int]) -> Floats:
    """Return how often labels may change along what decides them; (n_columns,).

    Args:
        codes: Of the labels of each column; (n_rows, n_columns).
        n_labels: Of each column.
    """
    n_rows = len(codes)
    limits = 2 * np.array(n_labels) + 2 * np.ceil(2 * MAX_DECLARED_VIOLATIONS * n_rows)
    shares = np.stack([(codes == label).mean(axis=0) for label in range(MAX_LABELS)])
    expected = n_rows * (1 - (shares**2).sum(axis=0))  # changes of independent labels
    return np.asarray(np.minimum(limits, MAX_CHANGES * expected + 1))


def count_changes(numbers: Floats, codes: Codes, is_gap: Mask) -> Integers:
    """Return how often labels change along a source; (n_columns,).

    Args:
        numbers: The source; (n_rows,), NaN where missing.
        codes: Of the labels of each column; (n_rows, n_columns).
        is_gap: Where they are missing; of the same shape.
    """
    order = np.argsort(numbers, kind="stable")[: np.count_nonzero(~np.isnan(numbers))]
    ordered = codes[order]
    gappy = np.flatnonzero(is_gap.any(axis=0))
    if len(gappy):
        ordered[:, gappy] = _fill_down(ordered[:, gappy], is_gap[np.ix_(order, gappy)])
    return np.asarray(np.count_nonzero(ordered[1:] != ordered[:-1], axis=0))


def is_hidden_alone(
    sample: TableProfile, dependent: Column, sources: Sequence[Column], n_tried: int
) -> bool:
    """Return whether none of several sources nearly decides a column without the others.

    Where one does, a second one puts the few odd rows right by chance, each with the probability
    of a half, if enough are tried.

    Args:
        sample: The rows.
        dependent: Of few labels.
        sources: What decides it together; categories are left out of account.
        n_tried: Candidates.
    """
    codes, is_gap = sample.codes(dependent)[:, None], sample.missing(dependent)[:, None]
    ordered = [c for c in sources if c in (*sample.number_columns, *sample.datetime_columns)]
    least = min(int(count_changes(sample.numbers(c), codes, is_gap)[0]) for c in ordered)
    n_odd = (least - sample.n_categories(dependent)) / 2
    return bool(n_odd * np.log(2) > np.log(n_tried) - np.log(NEIGHBOUR_LEVEL))


def _fill_down(codes: Codes, is_gap: Mask) -> Codes:
    """Return labels with those above them in the place of gaps; (n_rows, n_columns) each."""
    last = np.where(is_gap, 0, np.arange(len(codes))[:, None])
    return np.take_along_axis(codes, np.maximum.accumulate(last, axis=0), axis=0)


def fit_thresholds(
    profile: TableProfile, dependent: Column, source: Quantity, n_tried: int
) -> Threshold | None:
    """Return by which thresholds of a source a column is decided; None if by none.

    Args:
        profile: The rows.
        dependent: Of few labels.
        source: Of numbers or datetimes.
        n_tried: Pairs of a column and a source that were candidates.
    """
    tried = (
        fit_rows(profile, dependent, source, n_tried, rows)
        for rows in iter_rows(profile, dependent)
    )
    return next((threshold for threshold in tried if threshold is not None), None)


def fit_rows(
    profile: TableProfile, dependent: Column, source: Quantity, n_tried: int, rows: Mask
) -> Threshold | None:
    """Return the thresholds of some of the rows, (n_rows,)."""
    codes = profile.codes(dependent)[rows]
    found: list[Runs] = []
    for is_rounded in (True, False) if source.right else (True,):
        numbers = source.compute(profile, is_rounded=is_rounded)[rows]
        runs = find_paying_runs(profile, source, numbers, codes, rows, n_tried)
        found += [runs] if runs else []
    if not found:
        return None
    best = min(found, key=lambda runs: int(runs.is_odd.sum()))
    return _write_threshold(profile, dependent, source, best, codes[np.isnan(numbers)])


def find_paying_runs(
    profile: TableProfile,
    source: Quantity,
    numbers: Floats,
    codes: Integers,
    rows: Mask,
    n_tried: int,
) -> Runs | None:
    """Return the runs of labels along a source, if they pay and none has too few rows.

    Args:
        profile: The table.
        source: What the labels may depend on.
        numbers: Its values in the rows looked at; (n_looked,).
        codes: The labels there; (n_looked,).
        rows: Which these are; (n_rows,).
        n_tried: Pairs of a column and a source that were candidates.
    """
    order = np.argsort(numbers, kind="stable")[: np.count_nonzero(~np.isnan(numbers))]
    runs = find_runs(numbers[order], codes[order])
    if runs is None or runs.lengths.min() < profile.min_rows or not runs.are_sharp(n_tried):
        return None
    is_counted = source.find_distinct(profile, np.flatnonzero(rows)[order])
    return runs if runs.pay(is_counted, codes[order], n_tried) else None


def _write_threshold(
    profile: TableProfile, dependent: Column, source: Quantity, runs: Runs, at_gaps: Integers
) -> Threshold | None:
    """Return runs as an expression; None if there is none.

    Args:
        profile: The table.
        dependent: Whose labels they are.
        source: Along which.
        runs: The runs.
        at_gaps: The labels where the source has no value; (n_gaps,).
    """
    cuts = find_cuts(source, runs)
    if not cuts or (dependent.kind.is_number and _are_parts(source, cuts)):
        return None
    labels = read_labels(profile, dependent)
    gap = labels[np.bincount(at_gaps).argmax()] if len(at_gaps) else None
    edges = [Edge(cut.below, cut.above) for cut in cuts]
    ranges = [labels[label] for label in runs.labels]
    expression = write_case(ranges, edges, gap, has_gaps=len(at_gaps) > 0)
    if expression is None:
        return None
    return Threshold(expression, sum(cut.digits for cut in cuts))


def find_cuts(source: Quantity, runs: Runs) -> list[Cut]:
    """Return the cut points between runs; none if one of them cannot be written."""
    cuts = [cut for low, high in runs.ends.tolist() if (cut := source.find_cut(low, high))]
    return cuts if len(cuts) == len(runs.ends) else []


def _are_parts(source: Quantity, cuts: Sequence[Cut]) -> bool:
    """Return whether a datetime is cut into years, months or the like: numbers by themselves."""
    is_many = len(cuts) > MAX_DATETIME_CUTS or all(cut.digits == YEAR_DIGITS for cut in cuts)
    return source.is_datetime and is_many
