"""Columns that equal others more often than chance would have it: `billed often = quoted`.

>>> frame = pd.DataFrame({"x": [2, 5, 9, 14, 30], "y": [2, 5, 8, 14, 35]})
>>> profile = TableProfile(frame, TableSchema.infer(frame))
>>> FrequentEquality.fit(*profile.columns, profile).apply(frame)["y"].tolist()
[inf, inf, 8.0, inf, 35.0]
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from tabgan.errors import RelationError
from tabgan.query import relation_syntax, syntax
from tabgan.query.tokens import write_name
from tabgan.relations.exact_arithmetic import (
    MAX_DECIMALS,
    find_decimals,
    round_decimals,
    round_trips,
)
from tabgan.relations.formula_where.formula_where import FormulaWhere
from tabgan.relations.frequent_equality.discovery import MIN_EQUAL, find_equal_pairs
from tabgan.relations.gates import find_gated
from tabgan.relations.protected_values import find_middle
from tabgan.relations.relation import DiscoveredRelation, Relation
from tabgan.relations.saved_columns import NUMBERS, check_apart, read_column
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import TableSchema, restore_dtype
from tabgan.schema.arrays import Mask
from tabgan.schema.column import Column, ColumnKind, Name
from tabgan.schema.float_conversion import to_float
from tabgan.schema.holding import Holding
from tabgan.schema.text import parse_numbers
from tabgan.state_reader import StateReader


@dataclass(frozen=True)
class FrequentEquality(Relation):
    """A number equals another one in many rows, but not in all.

    The equal rows become one class, written as +inf, so that they stay equal.

    Attributes:
        median: Of the dependent, which has it where it is to equal a gap; under protection a
            value near it.
        decimals: Of the dependent.
        value_range: Lowest and highest value of the dependent: it equals no source beyond them;
            None under protection, which hides extremes.
        inverse: The same with source and dependent exchanged; None if that is not exact.
    """

    median: float
    decimals: int
    value_range: tuple[float, float] | None
    inverse: "FrequentEquality | None" = field(default=None, compare=False, repr=False)

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
        for _, early, late in sorted(find_equal_pairs(matrix), reverse=True):
            if late not in best:
                discovery = cls._test(columns[early], columns[late], profile)
                best |= {} if discovery is None else {late: discovery}
        return [discovery for _, discovery in sorted(best.items(), key=lambda item: item[0])]

    @classmethod
    def discover_beside(
        cls, profile: TableProfile, found: Sequence[DiscoveredRelation]
    ) -> list[DiscoveredRelation]:
        """Return pairs that are often equal besides where a relation found says that they are."""
        said = [each.relation for each in found if isinstance(each.relation, FormulaWhere)]
        return [d for d in cls.discover(profile) if _is_news(d.relation, said, profile)]

    @classmethod
    def _test(cls, early: Column, late: Column, profile: TableProfile) -> DiscoveredRelation | None:
        """Test a pair on all rows: equal in some and not in all, and restored exactly."""
        x, y = profile.numbers(early), profile.numbers(late)
        both = ~(np.isnan(x) | np.isnan(y))
        equal = x == y
        if equal.sum() < MIN_EQUAL or equal.sum() == both.sum():
            return None
        forward = cls._fit_if_exact(early, late, profile)
        backward = cls._fit_if_exact(late, early, profile)
        if forward is None:
            return None if backward is None else DiscoveredRelation(backward, int(equal.sum()))
        return DiscoveredRelation(replace(forward, inverse=backward), int(equal.sum()))

    @classmethod
    def _fit_if_exact(cls, source: Column, dependent: Column, profile: TableProfile) -> Self | None:
        """Return the relation; None if it is not exact or the source has more decimals."""
        decimals = [find_decimals(profile.sample.numbers(c)) for c in (source, dependent)]
        if decimals[0] is None or decimals[1] is None or decimals[0] > decimals[1]:
            return None
        try:
            return cls.fit(source, dependent, profile)
        except RelationError:
            return None

    @classmethod
    def fit(cls, source: Column, dependent: Column, profile: TableProfile) -> Self:
        """Return the relation with what `restore` has to know of the dependent.

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
        median = float(round_decimals(np.nanmedian(numbers, keepdims=True), decimals)[0])
        value_range = float(np.nanmin(numbers)), float(np.nanmax(numbers))
        if not profile.protection.is_on:
            return cls((dependent,), (source,), median, decimals, value_range)
        middle = find_middle(numbers[~np.isnan(numbers)], profile.min_rows, decimals)
        return cls((dependent,), (source,), middle, decimals, None)

    @classmethod
    def declare(cls, tree: syntax.Node, profile: TableProfile) -> list[Self]:
        """Read `y often = x`."""
        if not isinstance(tree, relation_syntax.OftenEqual):
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
        dependent, source = self.dependent.name, self.source.name
        return f"{write_name(dependent)} often = {write_name(source)}"

    def explain(self) -> str:
        dependent, source = self.dependent.name, self.source.name
        return f"{dependent} equals {source} in many rows, and has values of its own in the others"

    def find_violations(self, frame: pd.DataFrame) -> Mask:
        """Return that no row breaks it, be it equal or not."""
        return np.zeros(len(frame), bool)

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Write inf where the two are equal."""
        values = to_float(frame[self.dependent.name], self.dependent)
        is_equal = values == to_float(frame[self.source.name], self.source)
        changed = frame.copy(deep=False)
        changed[self.dependent.name] = np.where(is_equal, np.inf, values)
        return changed

    def restore(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Write the source's value where there is inf, or the median if that is missing.

        The source's value is clipped to what the dependent can hold.
        """
        own = parse_numbers(frame[self.dependent.name])
        others = to_float(frame[self.source.name], self.source)
        others = np.where(np.isnan(others), self.median, others)
        others = others if self.value_range is None else np.clip(others, *self.value_range)
        values = np.where(np.isposinf(own), others, round_decimals(own, self.decimals)) + 0.0
        changed = frame.copy(deep=False)
        changed[self.dependent.name] = restore_dtype(values, self.dependent, index=frame.index)
        return changed

    def reduced_columns(self) -> Mapping[Name, Column | None]:
        """Return the dependent as numbers, inf among them."""
        kind = self.dependent.kind
        if kind is ColumnKind.MIXED:
            kind = ColumnKind.INTEGER if self.decimals == 0 else ColumnKind.CONTINUOUS
        return {self.dependent.name: Column(self.dependent.name, kind, "float64")}

    @property
    def holdings(self) -> tuple[Holding, ...]:
        median = Holding("median", shown=f"{self.median:.10g}")
        if self.value_range is None:
            return (median,)
        low, high = self.value_range
        return median, Holding("ends", shown=f"{low:.10g} to {high:.10g}")

    def to_dict(self) -> dict[str, Any]:
        return {
            "dependent": self.dependent.name,
            "source": self.source.name,
            "median": self.median,
            "decimals": self.decimals,
            "span": None if self.value_range is None else list(self.value_range),
        }

    @classmethod
    def from_dict(cls, state: StateReader, schema: TableSchema) -> Self:
        dependent, source = (
            read_column(state, name, schema, NUMBERS) for name in ("dependent", "source")
        )
        check_apart(state, dependent, source)
        value_range = None
        if state.has("span"):
            ends = state.numbers("span")
            state.check(len(ends) == 2 and ends[0] <= ends[1], "span", "is not two rising numbers")
            value_range = (ends[0], ends[1])
        median, decimals = state.number("median"), state.whole("decimals", 0, MAX_DECIMALS)
        return cls((dependent,), (source,), median, decimals, value_range)

    def equivalents(self) -> list[Relation]:
        return [] if self.inverse is None else [self.inverse]


def _is_news(relation: Relation, said: Sequence[FormulaWhere], profile: TableProfile) -> bool:
    """Return whether two columns are often equal in rows of which these do not say so."""
    names = relation.dependent_names | relation.source_names
    equal = profile.numbers(relation.dependent) == profile.numbers(relation.source)
    for other in said:
        if other.formula.dependent_names | other.formula.source_names == names:
            equal &= ~find_gated(other.gate, profile.frame)
    return bool(equal.sum() >= MIN_EQUAL)
