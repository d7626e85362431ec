"""Gaps that follow from another column: from its gaps, or from some of its categories.

>>> frame = pd.DataFrame({"a": [1.5, None, 2.5], "b": [None, "x", None]})
>>> a, b = TableSchema.infer(frame).columns
>>> relation = Missingness((b,), (a,), Categories(a, []), at_gap=False, at_value=True)
>>> relation.explain(), relation.find_violations(frame).tolist()
('b is missing exactly where a has a value', [False, False, False])
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from tabgan.errors import RelationError
from tabgan.query import syntax
from tabgan.query.tokens import write_name
from tabgan.relations.missingness.discovery import GapSource, find_candidates, has_plain_gaps
from tabgan.relations.relation import DiscoveredRelation, Relation
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import TableSchema
from tabgan.schema.arrays import Mask
from tabgan.schema.categories import Categories, to_plain
from tabgan.schema.column import Column, Name
from tabgan.schema.float_conversion import comparable_cells
from tabgan.schema.predicates import Clause

MAX_SHOWN = 6  # categories in a sentence


@dataclass(frozen=True)
class Missingness(Relation):
    """The dependent is missing exactly where its source has one of some categories, or a gap.

    Attributes:
        categories: Those of the source that mean a gap; numbers and datetimes as floats.
        at_gap: Whether a gap of the source means one.
        at_value: Whether every value of the source means one.
    """

    categories: Categories
    at_gap: bool
    at_value: bool

    KIND: ClassVar[str] = "missing"
    FILLS_GAPS: ClassVar[bool] = True

    @classmethod
    def discover(cls, profile: TableProfile) -> list[DiscoveredRelation]:
        found = []
        for candidate in find_candidates(profile):
            relation = cls._fit(profile, candidate.dependent, candidate.source, candidate.is_gap)
            if not _has_rare_categories(relation.categories, profile):
                found.append(DiscoveredRelation(relation, len(profile), candidate.n_violations))
        return found

    @classmethod
    def declare(cls, tree: syntax.Node, profile: TableProfile) -> list[Self]:
        if not isinstance(tree, syntax.MissingWith):
            return []
        dependent = profile.schema.column(tree.dependent)
        source = profile.schema.column(tree.source)
        _check(dependent, source, profile)
        if not tree.by_values:
            if not profile.missing(source).any():
                raise RelationError(
                    f"column {source.name!r} has no gaps to be missing with; write "
                    f"'{dependent.name} missing by {source.name}' for gaps at its levels."
                )
            return [cls((dependent,), (source,), Categories(source, []), True, False)]
        relation = cls._fit_best(profile, dependent, source)
        if _has_rare_categories(relation.categories, profile):
            raise RelationError(
                f"column {dependent.name!r} is missing at levels of {source.name!r} seen in fewer "
                f"than {profile.protection.min_rows} rows, which are protected; leave the "
                "relation out."
            )
        return [relation]

    @classmethod
    def _fit_best(cls, profile: TableProfile, dependent: Column, source: Column) -> Self:
        """Return the relation by categories or by the source's gaps, whichever fewer rows break."""
        mask = profile.missing(dependent)
        by_gap = GapSource(source, by_categories=False)
        gap_sources = (
            [GapSource(source, by_categories=True)] if by_gap.has_categories(profile) else []
        )
        splits = [
            (gap_source, gap_source.split(profile, mask)) for gap_source in (by_gap, *gap_sources)
        ]
        gap_source, split = min(splits, key=lambda pair: pair[1].n_violations)
        if not split.is_proper:
            raise RelationError(
                f"no level of column {source.name!r} decides where {dependent.name!r} is missing; "
                "leave the relation out."
            )
        return cls._fit(profile, dependent, gap_source, split.is_gap)

    @classmethod
    def _fit(
        cls, profile: TableProfile, dependent: Column, source: GapSource, is_gap: Mask
    ) -> Self:
        """Return the relation to a source whose codes mean gaps where `is_gap`, (n_categories,)."""
        column = source.column
        first = source.first_rows(profile)
        is_value = ~profile.missing(column)[first]
        at_gap = bool((is_gap & ~is_value).any())
        at_value = bool(is_gap[is_value].all())
        values: list[Any] = []
        if source.by_categories:
            cells = comparable_cells(profile.series(column).iloc[first], column)[is_gap & is_value]
            values = [to_plain(cell, column) for cell in cells]
        return cls((dependent,), (column,), Categories(column, values), at_gap, at_value)

    @property
    def selectable_names(self) -> frozenset[Name]:
        return self.dependent_names

    @property
    def text(self) -> str:
        word = "with" if self.at_gap and not len(self.categories) else "by"
        return f"{write_name(self.dependent.name)} missing {word} {write_name(self.source.name)}"

    def explain(self) -> str:
        opening = f"{self.dependent.name} is missing exactly where {self.source.name}"
        if self.at_value:
            return f"{opening} has a value"
        if not len(self.categories):
            return f"{opening} is"
        categories = self.categories.objects[:-1].tolist()
        shown = [f"{v:g}" if isinstance(v, float) else str(v) for v in categories[:MAX_SHOWN]]
        shown += [f"one of {len(categories) - MAX_SHOWN} others"] * (len(categories) > MAX_SHOWN)
        return f"{opening} is {' or '.join(shown + ['missing'] * self.at_gap)}"

    def find_violations(self, frame: pd.DataFrame) -> Mask:
        cells = comparable_cells(frame[self.dependent.name], self.dependent)
        return np.asarray(cells.isna().to_numpy(bool) != self._decide(frame))

    def _decide(self, frame: pd.DataFrame) -> Mask:
        """Return where the dependent has to be missing by its source; shape (n_rows,)."""
        cells = comparable_cells(frame[self.source.name], self.source)
        is_gap = cells.isna().to_numpy(bool)
        at_value = np.full(len(frame), self.at_value)
        if len(self.categories):
            at_value = self.categories.find(cells) >= 0
        return np.where(is_gap, self.at_gap, at_value)

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Fill the gaps that follow with the column's own values, so that they are not learned."""
        name = self.dependent.name
        if name not in frame:  # another relation restores it as a whole
            return frame
        missing = frame[name].isna().to_numpy(bool)
        gaps, present = np.flatnonzero(missing & self._decide(frame)), np.flatnonzero(~missing)
        rows = np.arange(len(frame))
        if len(present):
            rows[gaps] = np.resize(np.random.default_rng(0).permutation(present), len(gaps))
        filled = frame.copy(deep=False)
        filled[name] = frame[name].iloc[rows].set_axis(frame.index)
        return filled

    def restore(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Clear the cells that have to be missing."""
        name = self.dependent.name
        if name not in frame:
            return frame
        restored = frame.copy(deep=False)
        restored[name] = _clear(frame[name], self._decide(frame), self.dependent)
        return restored

    def reduced_columns(self) -> Mapping[Name, Column | None]:
        return {self.dependent.name: self.dependent}

    def push_down(self, clauses: Sequence[Clause]) -> Mapping[Name, list[Clause]]:
        if not any(clause.is_missing for clause in clauses):
            return {}
        categories = self.categories.objects[:-1].tolist()
        if self.at_gap:  # no clause asks for a gap or a category
            return {} if categories or self.at_value else {self.source.name: [Clause("=", None)]}
        if not categories:
            return {}
        if self.source.kind.is_number:  # a range: only categories can be asked for with `in`
            return {
                self.source.name: [Clause(">=", min(categories)), Clause("<=", max(categories))]
            }
        return {self.source.name: [Clause("in", tuple(categories))]}

    def to_dict(self) -> dict[str, Any]:
        return {
            "dependent": self.dependent.name,
            "source": self.source.name,
            "levels": self.categories.values,
            "at_gap": self.at_gap,
            "at_value": self.at_value,
        }

    @classmethod
    def from_dict(cls, entry: Mapping[str, Any], schema: TableSchema) -> Self:
        dependent, source = schema.column(entry["dependent"]), schema.column(entry["source"])
        categories = Categories(source, list(entry["levels"]))
        return cls((dependent,), (source,), categories, entry["at_gap"], entry["at_value"])


def _check(dependent: Column, source: Column, profile: TableProfile) -> None:
    """Check that one column can decide the other's gaps.

    Raises:
        RelationError: They are the same, one is not learned, or the dependent has no plain gaps.
    """
    for column in (dependent, source):
        if column not in profile.columns:
            raise RelationError(
                f"column {column.name!r} is {column.kind.value} and has no part in relations of "
                "gaps; name another."
            )
    if dependent == source:
        raise RelationError(f"column {source.name!r} cannot decide its own gaps; name another.")
    if not profile.missing(dependent).any():
        raise RelationError(f"column {dependent.name!r} has no gaps; name one that has.")
    if not has_plain_gaps(profile, dependent):
        raise RelationError(
            f"the gaps of column {dependent.name!r} are blank text, which cannot be given back; "
            "turn them into missing values."
        )


def _has_rare_categories(categories: Categories, profile: TableProfile) -> bool:
    """Return whether some categories are seen in so few rows that protection hides them."""
    if not profile.protection.is_on:
        return False
    column = categories.column
    codes = categories.find(comparable_cells(profile.series(column), column))
    return bool((np.bincount(codes + 1)[1:] < profile.min_rows).any())


def _clear(series: "pd.Series[Any]", gaps: Mask, column: Column) -> "pd.Series[Any]":
    """Return a column with missing values, as its dtype has them, where `gaps`; shape (n_rows,)."""
    if not gaps.any():
        return series
    dtype = series.dtype
    if isinstance(dtype, pd.SparseDtype):
        return _clear(series.astype(dtype.subtype), gaps, column).astype(dtype)
    if pd.api.types.is_object_dtype(dtype):
        objects = series.to_numpy(object).copy()
        objects[gaps] = np.nan if column.element in {"str", "float"} else None
        return pd.Series(objects, index=series.index, name=series.name, dtype=object)
    if isinstance(dtype, np.dtype) and dtype.kind in "iub":  # has no room for gaps
        series = series.convert_dtypes(convert_string=False, convert_floating=False)
    return series.mask(gaps)
