"""Columns that often equal others, not by chance: `billed often = quoted`.

>>> frame = pd.DataFrame({"x": [2, 5, 9, 14, 30], "y": [2, 5, 8, 14, 35]})
>>> profile = TableProfile(frame, TableSchema.infer(frame))
>>> FrequentEquality.fit(*profile.columns, profile).apply(frame)["y"].tolist()
[inf, inf, 8.0, inf, 35.0]
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from tabgan.errors import RelationError
from tabgan.query import syntax
from tabgan.query.tokens import write_name
from tabgan.relations.exact_arithmetic import find_decimals, round_decimals, round_trips
from tabgan.relations.frequent_equality.discovery import MIN_EQUAL, find_equal
from tabgan.relations.relation import DiscoveredRelation, Relation
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import TableSchema, restore_dtype
from tabgan.schema.arrays import Mask
from tabgan.schema.column import Column, ColumnKind, Name
from tabgan.schema.predicates import to_float
from tabgan.schema.text import parse_numbers


@dataclass(frozen=True)
class FrequentEquality(Relation):
    """A number equals another one in a share of the rows far beyond chance, but not in all.

    The equal rows become one class, written as +inf, so that they stay equal.

    Attributes:
        median: Of the dependent; stands in where it is to equal a gap.
        decimals: Of the dependent.
        column_range: Lowest and highest value of the dependent: it equals no source beyond them;
            None under protection, which keeps extremes to itself.
        flipped: The same with source and dependent exchanged, if that is exact, too.
    """

    median: float
    decimals: int
    column_range: tuple[float, float] | None
    flipped: "tuple[FrequentEquality, ...]" = field(default=(), compare=False, repr=False)

    KIND: ClassVar[str] = "equality"
    IS_STRICT: ClassVar[bool] = False

    @classmethod
    def discover(cls, profile: TableProfile) -> list[DiscoveredRelation]:
        """Return the best source of each column among those before it in the schema."""
        columns = profile.number_columns
        if len(columns) < 2:
            return []
        matrix = np.array([profile.sample.numbers(column) for column in columns])
        best: dict[int, DiscoveredRelation] = {}
        for _, early, late in sorted(find_equal(matrix), reverse=True):
            if late not in best:
                discovery = cls._confirm(columns[early], columns[late], profile)
                best |= {} if discovery is None else {late: discovery}
        return [discovery for _, discovery in sorted(best.items(), key=lambda item: item[0])]

    @classmethod
    def _confirm(
        cls, early: Column, late: Column, profile: TableProfile
    ) -> DiscoveredRelation | None:
        """Check a pair on all rows: equal in some and not in all, and restored exactly."""
        x, y = profile.numbers(early), profile.numbers(late)
        both = ~(np.isnan(x) | np.isnan(y))
        equal = x == y
        if equal.sum() < MIN_EQUAL or equal.sum() == both.sum():
            return None
        forward = cls._try(early, late, profile)
        backward = cls._try(late, early, profile)
        if forward is None:
            return None if backward is None else DiscoveredRelation(backward, int(equal.sum()))
        flipped = () if backward is None else (backward,)
        return DiscoveredRelation(replace(forward, flipped=flipped), int(equal.sum()))

    @classmethod
    def _try(cls, source: Column, dependent: Column, profile: TableProfile) -> Self | None:
        """Learn a relation between columns of which the source has no more decimals."""
        decimals = [find_decimals(profile.sample.numbers(c)) for c in (source, dependent)]
        if decimals[0] is None or decimals[1] is None or decimals[0] > decimals[1]:
            return None
        try:
            return cls.fit(source, dependent, profile)
        except RelationError:
            return None

    @classmethod
    def fit(cls, source: Column, dependent: Column, profile: TableProfile) -> Self:
        """Learn what `restore` needs.

        Raises:
            RelationError: The dependent's values have too many decimals, or are not written in one
                way, so that they would not come back as they were.
        """
        numbers = profile.numbers(dependent)
        decimals = find_decimals(numbers)
        if decimals is None or not round_trips(profile.series(dependent), dependent):
            raise RelationError(
                f"the column {dependent.name!r} cannot be written in terms of {source.name!r}: its "
                "values would not come back exactly; round them, and write them all in one way."
            )
        median = round_decimals(np.nanmedian(numbers, keepdims=True), decimals)
        column_range = (
            None
            if profile.protection.is_on
            else (float(np.nanmin(numbers)), float(np.nanmax(numbers)))
        )
        return cls((dependent,), (source,), float(median[0]), decimals, column_range)

    @classmethod
    def declare(cls, tree: syntax.Node, profile: TableProfile) -> list[Self]:
        """Read `y often = x`."""
        if not isinstance(tree, syntax.OftenEqual):
            return []
        dependent = profile.schema.column(tree.dependent)
        source = profile.schema.column(tree.source)
        for column in (dependent, source):
            if not column.kind.is_number:
                raise RelationError(
                    f"{column.name!r} holds {column.kind.value} values; only numbers can be said "
                    "to be often equal."
                )
        if dependent == source:
            raise RelationError(f"{source.name!r} always equals itself; name two columns.")
        return [cls.fit(source, dependent, profile)]

    @property
    def selectable_names(self) -> frozenset[Name]:
        return self.dependent_names

    @property
    def text(self) -> str:
        """Such as `y often = x`."""
        dependent, source = self.dependent.name, self.source.name
        return f"{write_name(dependent)} often = {write_name(source)}"

    def explain(self) -> str:
        """Return which column often equals which."""
        dependent, source = self.dependent.name, self.source.name
        return f"{dependent} equals {source} in many rows, and has values of its own in the others"

    def find_violations(self, frame: pd.DataFrame) -> Mask:
        """Return that no row breaks it: rows may be equal or not; shape (n_rows,)."""
        return np.zeros(len(frame), bool)

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Write inf where the two are equal."""
        (dependent,), (source,) = self.dependents, self.sources
        values = to_float(frame[dependent.name], dependent)
        same = values == to_float(frame[source.name], source)
        changed = frame.copy(deep=False)
        changed[dependent.name] = np.where(same, np.inf, values)
        return changed

    def restore(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Write the source's value where there is inf, or the median if that is missing.

        A source beyond all that the dependent holds gives the nearest that it does.
        """
        (dependent,), (source,) = self.dependents, self.sources
        own = parse_numbers(frame[dependent.name])
        others = to_float(frame[source.name], source)
        others = np.where(np.isnan(others), self.median, others)
        others = others if self.column_range is None else np.clip(others, *self.column_range)
        values = np.where(np.isposinf(own), others, round_decimals(own, self.decimals)) + 0.0
        changed = frame.copy(deep=False)
        changed[dependent.name] = restore_dtype(values, dependent, index=frame.index)
        return changed

    def reduced_columns(self) -> Mapping[Name, Column | None]:
        """Leave the dependent as numbers, inf among them."""
        (column,) = self.dependents
        kind = ColumnKind.INTEGER if self.decimals == 0 else ColumnKind.CONTINUOUS
        kind = kind if column.kind is ColumnKind.MIXED else column.kind
        return {column.name: Column(column.name, kind, "float64")}

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-able values."""
        return {
            "dependent": self.dependent.name,
            "source": self.source.name,
            "median": self.median,
            "decimals": self.decimals,
            "span": None if self.column_range is None else list(self.column_range),
        }

    @classmethod
    def from_dict(cls, entry: Mapping[str, Any], schema: TableSchema) -> Self:
        """Rebuild it."""
        dependent, source = schema.column(entry["dependent"]), schema.column(entry["source"])
        column_range = None if entry["span"] is None else (entry["span"][0], entry["span"][1])
        return cls((dependent,), (source,), entry["median"], entry["decimals"], column_range)

    def equivalents(self) -> list[Relation]:
        """Return the same with source and dependent exchanged."""
        return list(self.flipped)
