"""Columns that are never below, or never above, others: `pickup <= dropoff`.

>>> frame = pd.DataFrame({"low": [1, 5, 2, 9], "high": [4, 6, 2, 12]})
>>> profile = TableProfile(frame, TableSchema.infer(frame))
>>> low, high = profile.columns
>>> margin = Margin.fit([low], high, profile, above=True)
>>> Inequality((high,), (low,), margin).apply(frame)["high"].tolist()
[3.0, 1.0, 0.0, 3.0]
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from itertools import pairwise
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from tabgan.errors import RelationError
from tabgan.query import syntax
from tabgan.query.tokens import write_name
from tabgan.relations.bounds import check_inside, move_inside, read_bounds, write_value
from tabgan.relations.exact_arithmetic import equal_nan
from tabgan.relations.inequality.chain import read_chain
from tabgan.relations.inequality.discovery import Link, search
from tabgan.relations.inequality.margin import Margin
from tabgan.relations.relation import DiscoveredRelation, Relation
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import TableSchema
from tabgan.schema.arrays import Floats, Mask
from tabgan.schema.column import Column, ColumnKind, Name
from tabgan.schema.predicates import Clause, to_float
from tabgan.schema.text import parse_numbers


@dataclass(frozen=True)
class Inequality(Relation):
    """A column is never below any of its sources, or never above any; gaps ask nothing.

    What is learned is the gap to the nearest source; or the column itself, held to that source,
    where gaps spread wider than the column: its own detail would be lost in them.

    Attributes:
        margin: Measures that gap.
        is_wide: Whether the column is learned itself.
        flipped: The same with a source as dependent, one for each source, where that is exact.
    """

    margin: Margin
    is_wide: bool = False
    flipped: "tuple[Inequality, ...]" = field(default=(), compare=False, repr=False)

    KIND: ClassVar[str] = "order"

    @classmethod
    def discover(cls, profile: TableProfile) -> list[DiscoveredRelation]:
        """Return what holds by dependent; upper columns depend on lower ones if that is exact."""
        discoveries: list[DiscoveredRelation] = []
        left: dict[Column, list[Link]] = {}
        for link in search(profile):
            up = [c for c in link.sources if cls._try([c], link.dependent, profile.sample)]
            discovery = cls._confirm(up, link, profile)
            discoveries += [discovery] if discovery else []
            for column in link.sources:
                if not discovery or column not in up:
                    left.setdefault(column, []).append(link)
        for column, links in left.items():
            uppers = [link.dependent for link in links if not link.broken]
            relation = cls._try(uppers, column, profile, above=False) if uppers else None
            if relation is not None:
                discoveries.append(
                    DiscoveredRelation(relation, max(link.support for link in links))
                )
        return discoveries

    @classmethod
    def _confirm(
        cls, sources: Sequence[Column], link: Link, profile: TableProfile
    ) -> DiscoveredRelation | None:
        """Return the relation of an upper column to some of its sources, if it is exact."""
        relation = cls._try(sources, link.dependent, profile) if sources else None
        if relation is None:
            return None
        lower = [cls._try([link.dependent], c, profile, above=False) for c in sources]
        flipped = tuple(other for other in lower if other is not None)
        return DiscoveredRelation(replace(relation, flipped=flipped), link.support, link.broken)

    @classmethod
    def _try(
        cls,
        sources: Sequence[Column],
        dependent: Column,
        profile: TableProfile,
        *,
        above: bool = True,
    ) -> Self | None:
        """Learn a relation, if it is exact."""
        margin = Margin.fit(sources, dependent, profile, above=above)
        if not margin.is_exact(dependent, sources, profile):
            return None
        is_wide = margin.is_wide(dependent, sources, profile.sample)
        return cls((dependent,), tuple(sources), margin, is_wide)

    @classmethod
    def declare(cls, tree: syntax.Node, profile: TableProfile) -> list[Self]:
        """Read `a, b <= c <= d`, or the same with >=: one relation for each name but the first.

        The dependents are the names on the right.
        """
        groups = read_chain(tree, profile.schema)
        above = isinstance(tree, syntax.Comparison) and tree.operators[0] == "<="
        relations = []
        for sources, dependents in pairwise(groups):
            for dependent in dependents:
                relation = cls._try(sources, dependent, profile, above=above)
                if relation is None:
                    raise RelationError(
                        f"{dependent.name!r} cannot be written in terms of "
                        f"{sources[0].name!r}: its values would not come back exactly; round "
                        "them and write them all in one way, or turn the relation round."
                    )
                relations.append(relation)
        return relations

    @property
    def selectable_names(self) -> frozenset[Name]:
        return self.dependent_names if self.is_wide else frozenset()

    @property
    def text(self) -> str:
        """Such as `a, b <= c`, or `c >= a` where `a` is the dependent."""
        sources = ", ".join(write_name(column.name) for column in self.sources)
        sign = "<=" if self.margin.above else ">="
        return f"{sources} {sign} {write_name(self.dependents[0].name)}"

    def explain(self) -> str:
        """Return which column is never below, above, before or after which."""
        (column,) = self.dependents
        words = ("before", "after") if column.kind is ColumnKind.DATETIME else ("below", "above")
        *others, last = [str(source.name) for source in self.sources]
        sources = f"{', '.join(others)} or {last}" if others else last
        return f"{column.name} is never {words[not self.margin.above]} {sources}"

    def _read_sources(self, frame: pd.DataFrame) -> list[Floats]:
        return [to_float(frame[column.name], column) for column in self.sources]

    def find_violations(self, frame: pd.DataFrame) -> Mask:
        """Return where the dependent is on the wrong side of a source; shape (n_rows,)."""
        (column,) = self.dependents
        own = self.margin.sign * to_float(frame[column.name], column)
        base = np.fmax.reduce([self.margin.sign * values for values in self._read_sources(frame)])
        return np.asarray(own < base)

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Write the gap between the dependent and its nearest source."""
        if self.is_wide:
            return frame
        (column,) = self.dependents
        base = self.margin.find_base(self._read_sources(frame))
        changed = frame.copy(deep=False)
        changed[column.name] = self.margin.measure(to_float(frame[column.name], column), base)
        return changed

    def restore(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Add the gap to the nearest source, or hold the column to it."""
        (column,) = self.dependents
        base = self.margin.find_base(self._read_sources(frame))
        series = frame[column.name]
        if self.is_wide:
            gaps = self.margin.measure(to_float(series, column), base)
        else:
            gaps = parse_numbers(series)
        values = self.margin.add(gaps, base)
        changed = frame.copy(deep=False)
        changed[column.name] = self.margin.write(values, base, column, frame.index)
        return changed

    def reduced_columns(self) -> Mapping[Name, Column | None]:
        """Leave the gap, in seconds for datetimes, or the column itself."""
        if self.is_wide:
            return {}
        kinds = {column.kind for column in (*self.dependents, *self.sources)}
        kind = ColumnKind.INTEGER if kinds == {ColumnKind.INTEGER} else ColumnKind.CONTINUOUS
        name = self.dependents[0].name
        return {name: Column(name, kind, "float64")}

    def push_down(self, clauses: Sequence[Clause]) -> Mapping[Name, list[Clause]]:
        """Ask of every source what is asked of the dependent, on the side that matters.

        Raises:
            ConditionError: The dependent has no such values.
        """
        (column,) = self.dependents
        bounds = read_bounds(column, clauses, self.margin.step)
        if bounds is None:
            return {}
        if self.margin.limit is not None:
            check_inside(column, bounds, sorted((self.margin.fill, self.margin.limit)))
        bound = bounds[1] if self.margin.above else bounds[0]
        if np.isinf(bound):
            return {}
        snapped = -self.margin.sign * self.margin.ceil_decimals(
            np.array([-self.margin.sign * bound])
        )
        value = write_value(column, float(snapped[0]))
        clause = Clause("<=" if self.margin.above else ">=", value)
        return {source.name: [clause] for source in self.sources}

    def steer(self, frame: pd.DataFrame, clauses: Sequence[Clause]) -> pd.DataFrame:
        """Move the dependent into the bounds asked for, as far as its sources let it."""
        (column,) = self.dependents
        bounds = read_bounds(column, clauses, self.margin.step)
        if bounds is None:
            return frame
        low, high = sorted(self.margin.sign * np.array(bounds))
        ends = self.margin.ceil_decimals(np.array([low, -high])) * (1, -1)
        base = self.margin.find_base(self._read_sources(frame))
        own = self.margin.sign * to_float(frame[column.name], column)
        moved = move_inside(own, ends[0], ends[1], lambda v: np.where(v < base, np.nan, v))
        if equal_nan(own, moved).all():
            return frame
        changed = frame.copy(deep=False)
        changed[column.name] = self.margin.write(moved, base, column, frame.index)
        return changed

    def equivalents(self) -> list[Relation]:
        """Return each source in terms of the dependent."""
        return list(self.flipped)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-able values."""
        names = {
            "dependent": self.dependents[0].name,
            "sources": [column.name for column in self.sources],
        }
        return names | {"is_wide": self.is_wide} | asdict(self.margin)

    @classmethod
    def from_dict(cls, entry: Mapping[str, Any], schema: TableSchema) -> Self:
        """Rebuild it."""
        sources = tuple(schema.column(name) for name in entry["sources"])
        margin = Margin(**{part.name: entry[part.name] for part in fields(Margin)})
        return cls((schema.column(entry["dependent"]),), sources, margin, entry["is_wide"])
