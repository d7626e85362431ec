"""Columns that are never below, or never above, others: `pickup <= dropoff`.

>>> frame = pd.DataFrame({"low": [1, 5, 2, 9], "high": [4, 6, 2, 12]})
>>> evidence = Evidence(frame, TableSchema.infer(frame))
>>> low, high = evidence.columns
>>> gauge = Gauge.learn([low], high, evidence, above=True)
>>> Order((high,), (low,), gauge).apply(frame)["high"].tolist()
[3.0, 1.0, 0.0, 3.0]
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from itertools import pairwise
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from tabgan.errors import RelationError
from tabgan.query.tokens import Token, write_name
from tabgan.relations.bounds import move_inside, read_bounds, refuse_outside, write_value
from tabgan.relations.exact_arithmetic import are_same
from tabgan.relations.inequality.chain import read_chain
from tabgan.relations.inequality.discovery import Link, search
from tabgan.relations.inequality.margin import Gauge
from tabgan.relations.relation import Finding, Relation
from tabgan.relations.table_profile import Evidence
from tabgan.schema import TableSchema
from tabgan.schema.column import Column, ColumnKind, Name
from tabgan.schema.predicates import Clause, Floats, Mask, read_numbers
from tabgan.schema.text import parse_numbers


@dataclass(frozen=True)
class Order(Relation):
    """A column is never below any of its sources, or never above any; gaps ask nothing.

    What is learned is the gap to the nearest source; or the column itself, held to that source,
    where gaps spread wider than the column: its own detail would be lost in them.

    Attributes:
        gauge: Measures that gap.
        is_wide: Whether the column is learned itself.
        flipped: The same with a source as dependent, one for each source, where that is exact.
    """

    gauge: Gauge
    is_wide: bool = False
    flipped: "tuple[Order, ...]" = field(default=(), compare=False, repr=False)

    KIND: ClassVar[str] = "order"

    @classmethod
    def find(cls, evidence: Evidence) -> list[Finding]:
        """Give what holds by dependent; upper columns depend on lower ones where that is exact."""
        findings: list[Finding] = []
        left: dict[Column, list[Link]] = {}
        for link in search(evidence):
            up = [c for c in link.sources if cls._try([c], link.dependent, evidence.sample)]
            finding = cls._confirm(up, link, evidence)
            findings += [finding] if finding else []
            for column in link.sources:
                if not finding or column not in up:
                    left.setdefault(column, []).append(link)
        for column, links in left.items():
            uppers = [link.dependent for link in links if not link.broken]
            relation = cls._try(uppers, column, evidence, above=False) if uppers else None
            if relation is not None:
                findings.append(Finding(relation, max(link.support for link in links)))
        return findings

    @classmethod
    def _confirm(cls, sources: Sequence[Column], link: Link, evidence: Evidence) -> Finding | None:
        """Give the relation of an upper column to some of its sources, if it is exact."""
        relation = cls._try(sources, link.dependent, evidence) if sources else None
        if relation is None:
            return None
        lower = [cls._try([link.dependent], c, evidence, above=False) for c in sources]
        flipped = tuple(other for other in lower if other is not None)
        return Finding(replace(relation, flipped=flipped), link.support, link.broken)

    @classmethod
    def _try(
        cls, sources: Sequence[Column], dependent: Column, evidence: Evidence, *, above: bool = True
    ) -> Self | None:
        """Learn a relation, if it is exact."""
        gauge = Gauge.learn(sources, dependent, evidence, above=above)
        if not gauge.is_exact(dependent, sources, evidence):
            return None
        is_wide = gauge.is_wide(dependent, sources, evidence.sample)
        return cls((dependent,), tuple(sources), gauge, is_wide)

    @classmethod
    def declare(cls, tokens: Sequence[Token], evidence: Evidence) -> list[Self]:
        """Read `a, b <= c <= d`, or the same with >=: one relation for each name but the first.

        The dependents are the names on the right.
        """
        groups = read_chain(tokens, evidence.schema)
        above = any(token.says("<=") for token in tokens)
        relations = []
        for sources, dependents in pairwise(groups):
            for dependent in dependents:
                relation = cls._try(sources, dependent, evidence, above=above)
                if relation is None:
                    raise RelationError(
                        f"{dependent.name!r} cannot be written in terms of "
                        f"{sources[0].name!r}: its values would not come back exactly; round "
                        "them and write them all in one way, or turn the relation round."
                    )
                relations.append(relation)
        return relations

    @property
    def keeps_values(self) -> bool:
        return self.is_wide

    @property
    def text(self) -> str:
        """Such as `a, b <= c`, or `c >= a` where `a` is the dependent."""
        sources = ", ".join(write_name(column.name) for column in self.sources)
        sign = "<=" if self.gauge.above else ">="
        return f"{sources} {sign} {write_name(self.dependents[0].name)}"

    def explain(self) -> str:
        """Say which column is never below, above, before or after which."""
        (column,) = self.dependents
        words = ("before", "after") if column.kind is ColumnKind.DATETIME else ("below", "above")
        *others, last = [str(source.name) for source in self.sources]
        sources = f"{', '.join(others)} or {last}" if others else last
        return f"{column.name} is never {words[not self.gauge.above]} {sources}"

    def _read_sources(self, frame: pd.DataFrame) -> list[Floats]:
        return [read_numbers(frame[column.name], column) for column in self.sources]

    def find_broken(self, frame: pd.DataFrame) -> Mask:
        """Say where the dependent is on the wrong side of a source; shape (n_rows,)."""
        (column,) = self.dependents
        own = self.gauge.sign * read_numbers(frame[column.name], column)
        base = np.fmax.reduce([self.gauge.sign * values for values in self._read_sources(frame)])
        return np.asarray(own < base)

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Write the gap between the dependent and its nearest source."""
        if self.is_wide:
            return frame
        (column,) = self.dependents
        base = self.gauge.find_base(self._read_sources(frame))
        changed = frame.copy(deep=False)
        changed[column.name] = self.gauge.measure(read_numbers(frame[column.name], column), base)
        return changed

    def restore(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Add the gap to the nearest source, or hold the column to it."""
        (column,) = self.dependents
        base = self.gauge.find_base(self._read_sources(frame))
        series = frame[column.name]
        if self.is_wide:
            gaps = self.gauge.measure(read_numbers(series, column), base)
        else:
            gaps = parse_numbers(series)
        values = self.gauge.add(gaps, base)
        changed = frame.copy(deep=False)
        changed[column.name] = self.gauge.write(values, base, column, frame.index)
        return changed

    def leave(self) -> Mapping[Name, Column | None]:
        """Leave the gap, in seconds for moments, or the column itself."""
        if self.is_wide:
            return {}
        kinds = {column.kind for column in (*self.dependents, *self.sources)}
        kind = ColumnKind.INTEGER if kinds == {ColumnKind.INTEGER} else ColumnKind.CONTINUOUS
        name = self.dependents[0].name
        return {name: Column(name, kind, "float64")}

    def translate(self, clauses: Sequence[Clause]) -> Mapping[Name, list[Clause]]:
        """Ask of every source what is asked of the dependent, on the side that matters.

        Raises:
            ConditionError: The dependent has no such values.
        """
        (column,) = self.dependents
        bounds = read_bounds(column, clauses, self.gauge.step)
        if bounds is None:
            return {}
        if self.gauge.limit is not None:
            refuse_outside(column, bounds, sorted((self.gauge.fill, self.gauge.limit)))
        bound = bounds[1] if self.gauge.above else bounds[0]
        if np.isinf(bound):
            return {}
        snapped = -self.gauge.sign * self.gauge.snap_up(np.array([-self.gauge.sign * bound]))
        value = write_value(column, float(snapped[0]))
        clause = Clause("<=" if self.gauge.above else ">=", value)
        return {source.name: [clause] for source in self.sources}

    def settle(self, frame: pd.DataFrame, clauses: Sequence[Clause]) -> pd.DataFrame:
        """Move the dependent into the bounds asked for, as far as its sources let it."""
        (column,) = self.dependents
        bounds = read_bounds(column, clauses, self.gauge.step)
        if bounds is None:
            return frame
        low, high = sorted(self.gauge.sign * np.array(bounds))
        ends = self.gauge.snap_up(np.array([low, -high])) * (1, -1)
        base = self.gauge.find_base(self._read_sources(frame))
        own = self.gauge.sign * read_numbers(frame[column.name], column)
        moved = move_inside(own, ends[0], ends[1], lambda v: np.where(v < base, np.nan, v))
        if are_same(own, moved).all():
            return frame
        changed = frame.copy(deep=False)
        changed[column.name] = self.gauge.write(moved, base, column, frame.index)
        return changed

    def alternatives(self) -> list[Relation]:
        """Give each source in terms of the dependent."""
        return list(self.flipped)

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON-able values."""
        names = {
            "dependent": self.dependents[0].name,
            "sources": [column.name for column in self.sources],
        }
        return names | {"is_wide": self.is_wide} | asdict(self.gauge)

    @classmethod
    def from_dict(cls, entry: Mapping[str, Any], schema: TableSchema) -> Self:
        """Rebuild it."""
        sources = tuple(schema.column(name) for name in entry["sources"])
        gauge = Gauge(**{part.name: entry[part.name] for part in fields(Gauge)})
        return cls((schema.column(entry["dependent"]),), sources, gauge, entry["is_wide"])
