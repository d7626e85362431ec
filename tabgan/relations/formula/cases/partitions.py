"""Columns of few labels that thresholds decide once another column is known.

Either categories have thresholds of their own: `case country when 'DE' then income < 20000 ...`. Or
one number says what the label is on one side of a threshold, and another one decides the rest:
`income > 5000 and age >= 30`.

>>> import pandas as pd
>>> from tabgan.schema import TableSchema
>>> pay, age = np.random.default_rng(0).integers(0, 100, (2, 900))
>>> frame = pd.DataFrame({"pay": pay, "age": age, "senior": (pay > 50) & (age >= 30)})
>>> profile = TableProfile(frame, TableSchema.infer(frame))
>>> [found] = iter_partitions(profile, set())
>>> found[0].expression.write()
'pay > 50 and age >= 30'
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tabgan.query.cases import Branch, Case, Flag
from tabgan.query.expressions import ColumnRef, Text, Value
from tabgan.query.three_valued_logic import BoolOp, Comparison
from tabgan.relations.formula.cases.cut_points import Cut
from tabgan.relations.formula.cases.labels import Label, find_labelled, read_labels
from tabgan.relations.formula.cases.partition_screen import (
    Partition,
    PartitionScreen,
    find_length,
    sort_from,
)
from tabgan.relations.formula.cases.quantities import Quantity
from tabgan.relations.formula.cases.runs import Runs, has_enough_rows
from tabgan.relations.formula.cases.thresholds import (
    find_cuts,
    find_paying_runs,
    fit_rows,
    is_hidden_alone,
)
from tabgan.relations.formula.numbers.discovery import Candidate
from tabgan.relations.statistics import MAX_DECLARED_VIOLATIONS
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Integers, Mask
from tabgan.schema.column import Column, ColumnKind


@dataclass(frozen=True)
class Divided:
    """The thresholds of two numbers that decide labels.

    Attributes:
        cut: Of the number that divides.
        label: On one side of it.
        is_low: Whether that is the lower one.
        cuts: Of the other number, where the first one leaves it to that.
        labels: Between these; one more.
    """

    cut: Cut
    label: Label
    is_low: bool
    cuts: Sequence[Cut]
    labels: Sequence[Label]

    def iter_values(self, *, is_boolean: bool) -> Iterator[Value]:
        """Yield it as an expression, in all ways that differ where a number is missing."""
        inside, outside = self.cut.below, self.cut.above
        if not self.is_low:
            inside, outside = outside, inside
        if len(self.labels) == 2 and self.label in self.labels:
            is_first = self.labels[0] == self.label
            same, other = self.cuts[0].below, self.cuts[0].above
            if not is_first:
                same, other = other, same
            value = self.labels[1] if is_first else self.labels[0]
            either = BoolOp.join("or", [inside, same])
            both = BoolOp.join("and", [outside, other])
            if is_boolean:
                yield Flag(either if self.label == Text("true") else both)
            yield Case((Branch(both, value),), self.label)
            yield Case((Branch(either, self.label),), value)
            yield Case((Branch(both, value), Branch(either, self.label)))
        steps = [Branch(c.below, label) for c, label in zip(self.cuts, self.labels, strict=False)]
        yield Case((Branch(inside, self.label), *steps), self.labels[-1])
        last = Branch(BoolOp.join("and", [outside, self.cuts[-1].above]), self.labels[-1])
        yield Case((Branch(inside, self.label), *steps, last))


def iter_partitions(
    profile: TableProfile, computed: Collection[Column]
) -> Iterator[list[Candidate]]:
    """Yield, for each column of few labels, by which thresholds of several others it is decided.

    Args:
        profile: The table.
        computed: Columns of which it is known what decides them.
    """
    sample = profile.sample
    decided = [c for c in find_labelled(profile) if c not in computed]
    if not decided:
        return
    screen = PartitionScreen.of(sample, decided)
    near: dict[Column, list[Partition]] = defaultdict(list)
    for partition in screen.iter_partitions():
        near[partition.dependent].append(partition)
    for dependent, partitions in near.items():
        kept = [
            each
            for each in partitions
            if is_hidden_alone(sample, dependent, (each.divider, each.source), n_tried=1)
            and fit_partition(sample, each, screen.n_tried)
        ]
        failed = {each.pair for each in partitions} - {each.pair for each in kept}
        if has_enough_rows(len(profile), len(failed)):
            found = [fit_partition(profile, each, screen.n_tried) for each in kept]
            yield [Candidate(dependent, (), value) for values in found for value in values]


def fit_partition(profile: TableProfile, partition: Partition, n_tried: int) -> list[Value]:
    """Return by which expressions, that differ at gaps, a column is decided; none if by none.

    Args:
        profile: The rows.
        partition: The columns.
        n_tried: Candidates.
    """
    if partition.is_low is None:
        value = _fit_categories(profile, partition, n_tried)
        return [] if value is None else [value]
    divided = _fit_sides(profile, partition, n_tried)
    is_boolean = partition.dependent.kind is ColumnKind.BOOLEAN
    return list(divided.iter_values(is_boolean=is_boolean)) if divided else []


def _fit_categories(profile: TableProfile, partition: Partition, n_tried: int) -> Value | None:
    """Return the thresholds of each category."""
    group, dependent, source = partition.divider, partition.dependent, Quantity(partition.source)
    codes = profile.codes(group)
    labels = read_labels(profile, dependent)
    branches, n_left, otherwise, n_cut = [], 0, None, 0
    for code, category in enumerate(read_labels(profile, group)):
        rows = codes == code
        result = _find_constant(profile, dependent, rows, labels)
        if result is None:
            found = fit_rows(profile, dependent, source, n_tried, rows)
            n_left += 0 if found else int(rows.sum())
            result = found.expression if found else None
            n_cut += found is not None
        if n_left > MAX_DECLARED_VIOLATIONS * len(profile):
            return None
        if category is None:
            otherwise = result
        elif result is not None:
            branches.append(Branch(Comparison("=", ColumnRef(group), category), result))
    branches.sort(key=lambda branch: branch.condition.write())
    is_divided = n_cut and len({branch.result for branch in branches}) > 1
    return _join(branches, otherwise) if is_divided else None


def _find_constant(
    profile: TableProfile, dependent: Column, rows: Mask, labels: Sequence[Label]
) -> Label:
    """Return the label of nearly all of some rows, (n_rows,); None if there is none."""
    counts = np.bincount(profile.codes(dependent)[rows])
    is_one = counts.max() >= (1 - MAX_DECLARED_VIOLATIONS) * counts.sum()
    return labels[int(counts.argmax())] if is_one else None


def _join(branches: Sequence[Branch], otherwise: Value | None) -> Value:
    """Return the results of categories as one condition, or as a case expression.

    They are one where a single comparison decides, or no other value is there than true or false.
    """
    flags = {branch.result for branch in branches if isinstance(branch.result, Flag)}
    others = {branch.result for branch in branches if not isinstance(branch.result, Flag)}
    is_one = len(flags) == 1 and len(others) == 1 and otherwise is None
    if not is_one:
        return Case(tuple(branches), otherwise, is_simple=True)
    (flag,), (other,) = flags, others
    assert isinstance(flag, Flag)  # noqa: S101 - as it is
    is_or = other == Text("true")
    chosen = [b.condition for b in branches if isinstance(b.result, Flag) != is_or]
    category = BoolOp.join("or", list(chosen))
    word = "or" if is_or else "and"
    return Flag(BoolOp.join(word, [category, flag.condition]))


def _fit_sides(profile: TableProfile, partition: Partition, n_tried: int) -> Divided | None:
    """Return the thresholds of both numbers."""
    divider = Quantity(partition.divider, beside=partition.source)
    source = Quantity(partition.source, beside=partition.divider)
    first, second = divider.compute(profile), source.compute(profile)
    codes, labels = profile.codes(partition.dependent), read_labels(profile, partition.dependent)
    is_low, code = bool(partition.is_low), labels.index(partition.label)
    order = sort_from(first, is_low=is_low)
    is_open = np.zeros(len(codes), bool)
    is_open[order[find_length(codes[order] == code) :]] = True
    runs = _find_runs(profile, source, codes, is_open & ~np.isnan(second), n_tried)
    if runs is None:
        return None
    inner = runs.labels[np.searchsorted(runs.ends.mean(axis=1), second)]
    is_told = ~np.isnan(first) & ~np.isnan(second) & (inner != code)
    ends = _find_runs(profile, divider, (codes == code).astype(np.int64), is_told, n_tried)
    if ends is None or ends.labels.tolist() != [int(is_low), int(not is_low)]:
        return None
    cut, cuts = find_cuts(divider, ends), find_cuts(source, runs)
    if not cut or not cuts:
        return None
    return Divided(cut[0], labels[code], is_low, cuts, [labels[each] for each in runs.labels])


def _find_runs(
    profile: TableProfile, source: Quantity, codes: Integers, rows: Mask, n_tried: int
) -> Runs | None:
    """Return the runs of labels, (n_rows,), along a source in some of the rows, (n_rows,)."""
    numbers = source.compute(profile)[rows]
    return find_paying_runs(profile, source, numbers, codes[rows], rows, n_tried)
