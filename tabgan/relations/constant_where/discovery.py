"""Discovery of columns that are constant where another column says so.

A constant is to a column what a gap is to others: what decides it is found as what decides gaps is,
and kept from chance by the same bounds. So each column's commonest value is put beside the table as
the gaps of a column of its own.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from tabgan.query.three_valued_logic import BoolOp, Comparison, Condition, IsMissing, Not
from tabgan.relations.constant_where.constants import MIN_OTHERS, Constant
from tabgan.relations.constant_where.gate_thresholds import iter_threshold_gates
from tabgan.relations.missingness.discovery import GapSource, find_candidates
from tabgan.relations.missingness.partial_discovery import (
    PartialCandidate,
    iter_partial_candidates,
)
from tabgan.relations.row_predicate.never_condition import is_one_of, write_literals
from tabgan.relations.row_predicate.smooth_association import are_missed
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Floats, Integers, Mask
from tabgan.schema.column import Column, ColumnKind, Name


class ConstantProfile(TableProfile):
    """A table, and beside it the commonest values of its columns as gaps of other columns.

    Args:
        profile: The table.
        constants: Those values, by the names of the columns beside it.
        rows: Of the table that the constants are of; (n_rows,).
    """

    def __init__(
        self, profile: TableProfile, constants: Mapping[Name, Constant], rows: Integers
    ) -> None:
        super().__init__(profile.frame, profile.schema, profile.protection)
        self.profile, self.constants = profile, constants
        self._masks = {name: one.mask[rows] for name, one in constants.items()}
        counted = ((name, one.counted) for name, one in constants.items())
        self._counted = {name: mask[rows] for name, mask in counted if mask is not None}

    @cached_property
    def sample(self) -> "ConstantProfile":
        """At most `SAMPLE_ROWS` rows, constants among them."""
        plain = self.profile.sample
        if plain is self.profile:
            return self
        return ConstantProfile(plain, self.constants, self.profile.sample_rows)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Those of the table, and one for each constant, last."""
        beside = [Column(name, ColumnKind.TEXT, "object") for name in self.constants]
        return (*self.profile.columns, *beside)

    def is_same(self, column: Column, other: Column) -> bool:
        """Return whether they are one, or one is the other's constant."""
        own = [self.owner(each) for each in (column, other)]
        return own[0] == own[1]

    def owner(self, column: Column) -> Column:
        """Return the column of the table that a constant is of; any other as it is."""
        return self.constants[column.name].column if column.name in self.constants else column

    def codes(self, column: Column) -> Integers:
        """Return what the table's profile does, which has it already; (n_rows,)."""
        return self.profile.codes(column)

    def numbers(self, column: Column) -> Floats:
        """Return what the table's profile does, which has it already; (n_rows,)."""
        return self.profile.numbers(column)

    def missing(self, column: Column) -> Mask:
        """Return where a column has gaps, or its constant; shape (n_rows,)."""
        if column.name in self.constants:
            return self._masks[column.name]
        return self.profile.missing(column)

    def counted(self, column: Column) -> Mask | None:
        """Return where a column of a constant has any value, (n_rows,); None for all rows."""
        return self._counted.get(column.name)

    def series(self, column: Column) -> "pd.Series[Any]":
        """Return a column, or one with gaps for a constant; shape (n_rows,)."""
        if column.name in self.constants:
            return pd.Series(np.where(self._masks[column.name], np.nan, 1.0), self.frame.index)
        return self.profile.series(column)


def iter_constants(profile: TableProfile, computed: Collection[Column]) -> Iterator[str]:
    """Yield relations of constants, as they are declared: those of all their rows come first.

    Args:
        profile: The table.
        computed: Columns of which none is sought, though others may be constant with theirs.
    """
    found = [Constant.find(profile, column) for column in profile.columns]
    constants = [one for one in found if one is not None]
    decided = {column.name for column in computed}
    yield from _iter_by_categories(profile, constants, decided)
    open_ones = [one for one in constants if one.column.name not in decided]
    for one, gate in iter_threshold_gates(profile, open_ones):
        yield f"{one.claim.write()} exactly where {gate.write()}"


def iter_gaps(profile: TableProfile, computed: Collection[Column]) -> Iterator[str]:
    """Yield relations of gaps that a number decides, of columns that nothing computes."""
    gaps = [one for one in Constant.find_gaps(profile) if one.column not in computed]
    for one, gate in iter_threshold_gates(profile, gaps):
        yield f"{one.claim.write()} exactly where {gate.write()}"


def _iter_by_categories(
    profile: TableProfile, found: Sequence[Constant], decided: set[Name]
) -> Iterator[str]:
    """Yield the relations of constants that categories or gaps decide.

    Args:
        profile: The table.
        found: The constants.
        decided: Names of columns of which none is sought; those of constants found are added.
    """
    named: dict[Name, Constant] = {f"{one.column.name} is constant": one for one in found}
    constants = dict(_screen(profile, named))
    computed = frozenset(decided)
    if not constants:
        return
    beside = ConstantProfile(profile, constants, np.arange(len(profile)))
    for exact in find_candidates(beside):
        name = exact.dependent.name
        is_open = name in constants and constants[name].column.name not in computed
        gate = _write_gate(beside, name, exact.source, exact.is_gap) if is_open else None
        if gate is not None:
            if not exact.n_violations:
                decided.add(constants[name].column.name)
            yield f"{constants[name].claim.write()} exactly where {gate.write()}"
    for partial in iter_partial_candidates(beside):
        name = partial.dependent.name
        constant = constants.get(name)
        if constant and constant.column.name not in decided and _is_no_trend(beside, partial):
            gate = _write_gate(beside, name, partial.source, partial.codes.always)
            if gate is not None:
                decided.add(constant.column.name)
                yield f"{constant.claim.write()} where {gate.write()}"


def _screen(profile: TableProfile, constants: Mapping[Name, Constant]) -> Mapping[Name, Constant]:
    """Return the constants that something decides in the sample; all of a table that small."""
    if profile.sample is profile or not constants:
        return constants
    sample = ConstantProfile(profile.sample, constants, profile.sample_rows)
    exact = {candidate.dependent.name for candidate in find_candidates(sample)}
    partial = {candidate.dependent.name for candidate in iter_partial_candidates(sample)}
    return {name: one for name, one in constants.items() if name in exact | partial}


def _is_no_trend(profile: ConstantProfile, candidate: PartialCandidate) -> bool:
    """Return whether a constant has enough other values, which no mere correlation keeps away."""
    constant = profile.constants.get(candidate.dependent.name)
    if constant is None or constant.n_others < MIN_OTHERS or not candidate.codes.always.any():
        return False
    gated = candidate.codes.always[candidate.source.codes(profile)]
    rows = slice(None) if constant.counted is None else constant.counted
    cells = np.bincount((2 * gated + constant.mask)[rows], minlength=4).reshape(2, 2)
    return are_missed(cells)


def _decides_all(profile: ConstantProfile, source: GapSource, constant: Constant) -> bool:
    """Return whether a source decides each value of the column: that is another relation."""
    if not source.by_categories and source.column.name not in profile.constants:
        return False
    codes = profile.codes(profile.owner(source.column))
    own = profile.codes(constant.column)
    pairs = np.unique(codes * (int(own.max()) + 1) + own)
    return len(pairs) == int(codes.max()) + 1


def _write_gate(
    profile: ConstantProfile, name: Name, source: GapSource, chosen: Mask
) -> Condition | None:
    """Return the condition that a source has one of its codes that are chosen, (n_codes,).

    None if it decides no constant, or more than that, or by categories that protection hides.
    """
    constant = profile.constants.get(name)
    if constant is None or not chosen.any() or _decides_all(profile, source, constant):
        return None
    column = source.column
    if column.name in profile.constants:
        other = profile.constants[column.name]
        by_categories = GapSource(other.column, by_categories=True)
        if not by_categories.has_categories(profile):
            return _write_claim(other, is_met=bool(chosen[1]))
        codes = by_categories.codes(profile)
        own, seen = np.bincount(codes, other.mask) > 0, np.bincount(codes, constant.counted) > 0
        return _write_gate(profile, name, by_categories, seen & (own == chosen[1]))
    if not source.by_categories:
        return IsMissing(column) if chosen[1] else Not(IsMissing(column))
    return _write_categories(profile, source, chosen)


def _write_claim(constant: Constant, *, is_met: bool) -> Condition:
    """Return the condition that a column has its constant, or that it has another value."""
    claim = constant.claim
    return claim if is_met or not isinstance(claim, Comparison) else replace(claim, operator="!=")


def _write_categories(
    profile: ConstantProfile, source: GapSource, chosen: Mask
) -> Condition | None:
    """Return the condition that a source has one of some categories; None if those are rare."""
    column = source.column
    if (np.bincount(source.codes(profile))[chosen] < profile.min_rows).any():
        return None
    first = source.first_rows(profile)
    is_value = ~profile.missing(column)[first]
    options: list[Condition] = []
    if (chosen & is_value).any():
        literals = write_literals(profile, column, first[chosen & is_value])
        options.append(is_one_of(column, literals))
    if (chosen & ~is_value).any():
        options.append(IsMissing(column))
    return BoolOp.join("or", options)
