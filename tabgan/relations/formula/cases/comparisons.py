"""Columns of few labels that are decided by which of two numbers or moments is greater.

>>> import pandas as pd
>>> from tabgan.schema import TableSchema
>>> due, done = np.random.default_rng(0).normal(size=(2, 200))
>>> frame = pd.DataFrame({"due": due, "done": done, "late": done > due})
>>> profile = TableProfile(frame, TableSchema.infer(frame))
>>> [[candidate.expression.write() for candidate in found] for found in iter_comparisons(profile)]
[['done > due']]
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from tabgan.query.cases import Flag
from tabgan.query.expressions import ColumnRef, Text, Value
from tabgan.query.three_valued_logic import Comparison
from tabgan.relations.formula.cases.labels import (
    Edge,
    Label,
    find_labelled,
    iter_rows,
    read_labels,
    write_case,
)
from tabgan.relations.formula.cases.runs import are_sharp, has_enough_rows, is_near_edge
from tabgan.relations.formula.numbers.discovery import Candidate
from tabgan.relations.statistics import MAX_DECLARED_VIOLATIONS, SIGNIFICANCE_LEVEL
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Floats, Integers, Mask
from tabgan.schema.column import Column
from tabgan.schema.predicates import MIRRORED

MAX_DECIDED_LABELS = 4  # less, equal, greater, a gap
MIN_SOURCE_VALUES = 8
MAX_SOURCES = 128
SCREEN_ROWS = 300
MAX_ODD = 0.25  # share of the rows of all labels but the commonest
N_ORDERS = 4  # less, equal, greater, unknown
UNKNOWN = 3


@dataclass(frozen=True)
class Pair:
    """Two columns that may decide a third one.

    Attributes:
        dependent: The third one.
        left: The first.
        right: The second.
    """

    dependent: Column
    left: Column
    right: Column


def iter_comparisons(profile: TableProfile) -> Iterator[list[Candidate]]:
    """Yield, for each column of few labels, which two columns may decide it."""
    sample = profile.sample
    few = [c for c in find_labelled(profile) if sample.n_categories(c) <= MAX_DECIDED_LABELS]
    found: dict[Column, list[Pair]] = defaultdict(list)
    n_tried = 0
    for kind in (profile.number_columns, profile.datetime_columns):
        sources = [c for c in kind if sample.n_categories(c) >= MIN_SOURCE_VALUES][:MAX_SOURCES]
        n_tried += len(few) * len(sources) ** 2 // 2
        if few and len(sources) > 1:
            for pair in _screen(sample, few, sources):
                found[pair.dependent].append(pair)
    for dependent, pairs in found.items():
        fitted = [fit_comparison(sample, pair, n_tried) for pair in pairs]
        kept = [pair for pair, value in zip(pairs, fitted, strict=True) if value is not None]
        if not has_enough_rows(len(profile), len(pairs) - len(kept)):
            continue
        values = (fit_comparison(profile, pair, n_tried) for pair in kept)
        yield [Candidate(dependent, (), value) for value in values if value is not None]


def _screen(
    sample: TableProfile, few: Sequence[Column], sources: Sequence[Column]
) -> Iterator[Pair]:
    """Yield the pairs of sources that nearly decide a column."""
    rows = np.linspace(0, len(sample) - 1, min(SCREEN_ROWS, len(sample))).astype(np.int64)
    numbers = np.column_stack([sample.numbers(column)[rows] for column in sources])
    codes = sample.stack_codes(few, rows)
    is_label = codes[:, :, None] == np.arange(MAX_DECIDED_LABELS)
    is_gap = sample.stack_gaps(few, rows)
    is_label &= ~is_gap[:, :, None]
    labels = is_label.reshape(len(rows), -1).astype(np.float32)
    commonest = is_label.sum(axis=0).max(axis=1)
    n_given = len(rows) - is_gap.sum(axis=0)
    n_odd = np.minimum(2 * MAX_DECLARED_VIOLATIONS * len(rows) + 1, MAX_ODD * (n_given - commonest))
    for first in range(len(sources) - 1):
        orders = _find_orders(numbers[:, [first]], numbers[:, first + 1 :])
        n_obeying = np.zeros((orders.shape[1], len(few)))
        for order in range(N_ORDERS):
            counts = (orders == order).T.astype(np.float32) @ labels
            n_obeying += counts.reshape(-1, len(few), MAX_DECIDED_LABELS).max(axis=2)
        is_near = (n_obeying >= n_given - n_odd) & (n_obeying > commonest)
        for second, index in np.argwhere(is_near).tolist():
            pair = Pair(few[index], sources[first], sources[first + 1 + second])
            if few[index] not in (pair.left, pair.right):
                yield pair


def _find_orders(left: Floats, right: Floats) -> Integers:
    """Return 0 where numbers are less than others, 1 if equal, 2 if greater, 3 if unknown."""
    orders = np.greater(left, right).astype(np.int8) - np.less(left, right) + 1
    return np.where(np.isnan(left) | np.isnan(right), UNKNOWN, orders)


def fit_comparison(profile: TableProfile, pair: Pair, n_tried: int) -> Value | None:
    """Return the expression by which two columns decide a third; None if they do not.

    Args:
        profile: The rows.
        pair: The columns.
        n_tried: Candidates.
    """
    tried = (_fit_rows(profile, pair, n_tried, rows) for rows in iter_rows(profile, pair.dependent))
    return next((value for value in tried if value is not None), None)


def _fit_rows(profile: TableProfile, pair: Pair, n_tried: int, rows: Mask) -> Value | None:
    """Return the expression for some of the rows, (n_rows,)."""
    codes = profile.codes(pair.dependent)[rows]
    left, right = profile.numbers(pair.left)[rows], profile.numbers(pair.right)[rows]
    orders = _find_orders(left, right)
    n_labels = profile.n_categories(pair.dependent)
    counts = np.bincount(orders * n_labels + codes, minlength=N_ORDERS * n_labels)
    counts = counts.reshape(N_ORDERS, n_labels)
    n_rows = counts[:UNKNOWN].sum(axis=1)
    is_rare = (n_rows[n_rows > 0] < profile.min_rows).any()
    is_bound = not (n_rows[0] and n_rows[2])  # one is never less, or never greater
    is_blurred = not are_sharp(n_rows[n_rows > 0], n_tried)
    if is_rare or is_bound or is_blurred or not _pays(counts[:UNKNOWN], n_tried):
        return None
    is_odd = (codes != counts.argmax(axis=1)[orders]) & (orders != UNKNOWN)
    if is_near_edge(np.argsort(np.argsort(np.abs(left - right)))[is_odd]):
        return None
    labels = read_labels(profile, pair.dependent)
    chosen = [labels[code] for code in counts.argmax(axis=1)]
    edges, results = _write_edges(pair, chosen, is_equal_seen=bool(n_rows[1]))
    has_gaps = bool(counts[UNKNOWN].any())
    value = write_case(results, edges, chosen[UNKNOWN] if has_gaps else None, has_gaps=has_gaps)
    return _turn(value) if isinstance(value, Flag) else value


def _pays(counts: Integers, n_tried: int) -> bool:
    """Return whether the labels of each order say more than it takes to say them.

    Args:
        counts: Rows of each order and label; (n_orders, n_labels).
        n_tried: Candidates.
    """
    n_rows, totals = int(counts.sum()), counts.sum(axis=0)
    n_broken = n_rows - int(counts.max(axis=1).sum())
    if n_broken > MAX_DECLARED_VIOLATIONS * n_rows or (totals == n_rows).any():
        return False
    saved = scipy.special.gammaln(n_rows + 1) - scipy.special.gammaln(totals + 1).sum()
    broken = n_broken * np.log(n_rows * len(totals))
    cost = UNKNOWN * np.log(len(totals)) + broken + np.log(n_tried)
    return bool(saved > cost + np.log(1 / SIGNIFICANCE_LEVEL))


def _write_edges(
    pair: Pair, chosen: Sequence[Label], *, is_equal_seen: bool
) -> tuple[list[Edge], list[Label]]:
    """Return the comparisons between the results of a case expression, and the results.

    Args:
        pair: What is compared.
        chosen: The labels where the first column is less, equal, greater.
        is_equal_seen: Whether both are equal in some rows; if not, flags are false there.
    """
    less, equal, greater = chosen[:UNKNOWN]
    if not is_equal_seen:
        equal = less if greater == Text("true") else greater

    def edge(below: str, above: str) -> Edge:
        left, right = ColumnRef(pair.left), ColumnRef(pair.right)
        return Edge(Comparison(below, left, right), Comparison(above, left, right))

    if less == greater:
        return [edge("=", "!=")], [equal, less]
    if equal == less:
        return [edge("<=", ">")], [less, greater]
    if equal == greater:
        return [edge("<", ">=")], [less, greater]
    return [edge("<", ">="), edge("=", ">")], [less, equal, greater]


def _turn(flag: Flag) -> Flag:
    """Return a flag as `done > due` rather than `due < done`."""
    condition = flag.condition
    if not isinstance(condition, Comparison) or condition.operator not in ("<", "<="):
        return flag
    sign = MIRRORED[condition.operator]
    return Flag(Comparison(sign, condition.right, condition.left))
