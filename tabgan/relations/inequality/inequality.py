"""Columns that are never below, or never above, others: `pickup <= dropoff`.

>>> frame = pd.DataFrame({"low": [1, 5, 2, 9], "high": [4, 6, 2, 12]})
>>> profile = TableProfile(frame, TableSchema.infer(frame))
>>> low, high = profile.columns
>>> margin = Margin.fit([low], high, profile, above=True)
>>> Inequality((high,), (low,), margin).apply(frame)["high"].tolist()
[3.0, 1.0, 0.0, 3.0]
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from tabgan.errors import RelationError
from tabgan.query import syntax
from tabgan.query.tokens import write_name
from tabgan.relations.bounds import check_inside, move_inside, read_bounds, write_value
from tabgan.relations.column_checks import check_order
from tabgan.relations.exact_arithmetic import equal_nan
from tabgan.relations.inequality.chain import read_chain
from tabgan.relations.inequality.discovery import Candidate, iter_candidates
from tabgan.relations.inequality.margin import Margin
from tabgan.relations.relation import DiscoveredRelation, Relation
from tabgan.relations.saved_columns import QUANTITIES, read_column, read_columns
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import TableSchema
from tabgan.schema.arrays import Floats, Mask
from tabgan.schema.column import Column, ColumnKind, Name
from tabgan.schema.float_conversion import to_float
from tabgan.schema.holding import Holding
from tabgan.schema.predicates import Clause
from tabgan.schema.text import parse_numbers
from tabgan.state_reader import StateReader


@dataclass(frozen=True)
class Inequality(Relation):
    """A column is never below any of its sources, or never above any; gaps break nothing.

    Strict ones exclude equal values as well.

    What is learned is the gap to the nearest source; or the column itself, clipped at that source,
    where gaps spread wider than the column: its own detail would be lost in them.

    Attributes:
        margin: Turns the column into that gap, and back.
        keeps_values: Whether the column itself is learned.
        inverses: The same solved for each source, where that is exact, and above each by itself.
    """

    margin: Margin
    keeps_values: bool = False
    inverses: "tuple[Inequality, ...]" = field(default=(), compare=False, repr=False)

    KIND: ClassVar[str] = "order"

    @classmethod
    def discover(cls, profile: TableProfile) -> list[DiscoveredRelation]:
        """Return a relation for each upper column; for a lower one where the upper is not exact."""
        found: list[DiscoveredRelation] = []
        remaining: dict[Column, list[Candidate]] = {}  # by lower column
        for candidate in iter_candidates(profile):
            upper, strict = candidate.dependent, candidate.is_strict
            exact = [
                c for c in candidate.sources if cls._fit([c], upper, profile.sample, strict=strict)
            ]
            discovery = cls._test(exact, candidate, profile)
            found += [discovery] if discovery else []
            for column in candidate.sources:
                if not discovery or column not in exact:
                    remaining.setdefault(column, []).append(candidate)
        for column, candidates in remaining.items():
            uppers = [c.dependent for c in candidates if not c.n_violations]
            strict = all(c.is_strict for c in candidates if not c.n_violations)
            relation = (
                cls._fit(uppers, column, profile, above=False, strict=strict) if uppers else None
            )
            if relation is not None:
                found.append(DiscoveredRelation(relation, max(c.support for c in candidates)))
        return found

    @classmethod
    def _test(
        cls, sources: Sequence[Column], candidate: Candidate, profile: TableProfile
    ) -> DiscoveredRelation | None:
        """Return a candidate's relation to some of its sources; None if it is not exact."""
        upper, strict = candidate.dependent, candidate.is_strict
        relation = cls._fit(sources, upper, profile, strict=strict) if sources else None
        if relation is None:
            return None
        lower = [cls._fit([upper], c, profile, above=False, strict=strict) for c in sources]
        if len(sources) > 1:
            lower += [cls._fit([c], upper, profile, strict=strict) for c in sources]
        inverses = tuple(other for other in lower if other is not None)
        relation = replace(relation, inverses=inverses)
        return DiscoveredRelation(relation, candidate.support, candidate.n_violations)

    @classmethod
    def _fit(
        cls,
        sources: Sequence[Column],
        dependent: Column,
        profile: TableProfile,
        *,
        above: bool = True,
        strict: bool = False,
    ) -> Self | None:
        """Return the relation fitted to a table; None if it would not be restored exactly."""
        margin = Margin.fit(sources, dependent, profile, above=above, strict=strict)
        if not margin.is_exact(dependent, sources, profile):
            return None
        keeps_values = margin.spreads_wider(dependent, sources, profile.sample)
        return cls((dependent,), tuple(sources), margin, keeps_values)

    @classmethod
    def declare(cls, tree: syntax.Node, profile: TableProfile) -> list[Self]:
        """Read `a, b <= c < d`, or the same with > and >=: one relation for each behind a sign."""
        chain = read_chain(tree, profile.schema)
        if chain is None:
            return []
        relations = []
        for sources, dependent, strict in chain.iter_links():
            relation = cls._fit(sources, dependent, profile, above=chain.above, strict=strict)
            if relation is None and chain.is_strict:
                return []  # a condition, which is checked
            if relation is None:
                raise RelationError(
                    f"{dependent.name!r} cannot be written in terms of {sources[0].name!r}: its "
                    "values would not come back exactly; round them and write them all in one "
                    "way, or turn the relation round."
                )
            relations.append(relation)
        return relations

    @property
    def selectable_names(self) -> frozenset[Name]:
        return self.dependent_names if self.keeps_values else frozenset()

    @property
    def text(self) -> str:
        sources = ", ".join(write_name(column.name) for column in self.sources)
        sign = ("<" if self.margin.above else ">") + "=" * (not self.margin.strict)
        return f"{sources} {sign} {write_name(self.dependent.name)}"

    def explain(self) -> str:
        words = (
            ("before", "after")
            if self.dependent.kind is ColumnKind.DATETIME
            else ("below", "above")
        )
        *others, last = [str(source.name) for source in self.sources]
        sources = f"{', '.join(others)} or {last}" if others else last
        if self.margin.strict:
            sources = f"{', '.join(others)} and {last}" if others else last
            return f"{self.dependent.name} is always {words[self.margin.above]} {sources}"
        return f"{self.dependent.name} is never {words[not self.margin.above]} {sources}"

    def find_violations(self, frame: pd.DataFrame) -> Mask:
        own = self.margin.sign * to_float(frame[self.dependent.name], self.dependent)
        return self.margin.is_passed(own, self.margin.find_nearest(self._source_numbers(frame)))

    def _source_numbers(self, frame: pd.DataFrame) -> list[Floats]:
        return [to_float(frame[column.name], column) for column in self.sources]

    def _find_base(self, frame: pd.DataFrame) -> Floats:
        return self.margin.find_base(self._source_numbers(frame))

    def _write(self, frame: pd.DataFrame, values: Floats, base: Floats) -> pd.DataFrame:
        series = self.margin.write(values, base, self.dependent, frame.index)
        changed = frame.copy(deep=False)
        changed[self.dependent.name] = series
        return changed

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Replace the dependent by its gap to the nearest source, unless its values are kept."""
        if self.keeps_values:
            return frame
        own = to_float(frame[self.dependent.name], self.dependent)
        changed = frame.copy(deep=False)
        changed[self.dependent.name] = self.margin.to_gaps(own, self._find_base(frame))
        return changed

    def restore(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Add the gap to the nearest source, or clip the dependent at it."""
        series, base = frame[self.dependent.name], self._find_base(frame)
        if self.keeps_values:
            gaps = self.margin.to_gaps(to_float(series, self.dependent), base)
        else:
            gaps = parse_numbers(series)
        return self._write(frame, self.margin.from_gaps(gaps, base), base)

    def reduced_columns(self) -> Mapping[Name, Column | None]:
        """Return the gap as a column of numbers, seconds for datetimes; or nothing new."""
        if self.keeps_values:
            return {}
        kinds = {column.kind for column in (*self.dependents, *self.sources)}
        kind = ColumnKind.INTEGER if kinds == {ColumnKind.INTEGER} else ColumnKind.CONTINUOUS
        return {self.dependent.name: Column(self.dependent.name, kind, "float64")}

    def push_down(self, clauses: Sequence[Clause]) -> Mapping[Name, list[Clause]]:
        """Return the bound on the dependent that bounds its sources as well, for each of them.

        Raises:
            ConditionError: The dependent has no such values.
        """
        bounds = read_bounds(self.dependent, clauses, self.margin.step)
        if bounds is None:
            return {}
        if self.margin.limit is not None:
            check_inside(self.dependent, bounds, sorted((self.margin.fill, self.margin.limit)))
        bound = bounds[1] if self.margin.above else bounds[0]
        if np.isinf(bound):
            return {}
        turned = -self.margin.sign  # from below, for an upper bound
        rounded = turned * self.margin.ceil(np.array([turned * bound]))
        value = write_value(self.dependent, float(rounded[0]))
        clause = Clause("<=" if self.margin.above else ">=", value)
        return {source.name: [clause] for source in self.sources}

    def steer(self, frame: pd.DataFrame, clauses: Sequence[Clause]) -> pd.DataFrame:
        """Return rows with the dependent moved into the bounds, as far as its sources allow."""
        bounds = read_bounds(self.dependent, clauses, self.margin.step)
        if bounds is None:
            return frame
        low, high = sorted(self.margin.sign * np.array(bounds))
        ends = self.margin.ceil(np.array([low, -high])) * (1, -1)
        base = self._find_base(frame)
        least = self.margin.find_least(base)
        own = self.margin.sign * to_float(frame[self.dependent.name], self.dependent)
        moved = move_inside(own, ends[0], ends[1], lambda v: np.where(v < least, np.nan, v))
        return frame if equal_nan(own, moved).all() else self._write(frame, moved, base)

    def equivalents(self) -> list[Relation]:
        """Return each source in terms of the dependent, where that is exact, and the other way."""
        return list(self.inverses)

    @property
    def holdings(self) -> tuple[Holding, ...]:
        ends = (self.margin.fill, self.margin.limit)
        shown = [str(write_value(self.dependent, end)) for end in ends if end is not None]
        return (Holding("ends", shown=" to ".join(shown)),)

    def to_dict(self) -> dict[str, Any]:
        sources = [column.name for column in self.sources]
        names = {"dependent": self.dependent.name, "sources": sources}
        return names | {"is_wide": self.keeps_values} | asdict(self.margin)

    @classmethod
    def from_dict(cls, state: StateReader, schema: TableSchema) -> Self:
        lengths = range(1, len(schema.columns))
        sources = read_columns(state, "sources", schema, lengths, QUANTITIES)
        dependent = read_column(state, "dependent", schema, QUANTITIES)
        state.build(lambda: check_order([dependent, *sources]))
        margin = Margin.from_state(state, is_datetime=dependent.kind is ColumnKind.DATETIME)
        return cls((dependent,), sources, margin, state.flag("is_wide"))
