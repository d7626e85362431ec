"""Columns that are a part of a datetime: `month = month of pickup`.

>>> pickup = pd.Series(pd.date_range("2024-01-30", periods=3, freq="D"))
>>> frame = pd.DataFrame({"pickup": pickup, "month": pickup.dt.month})
>>> source, dependent = TableSchema.infer(frame).columns
>>> relation = DatePart((dependent,), (source,), CalendarPart("month"))
>>> list(relation.apply(frame)), relation.restore(relation.apply(frame))["month"].tolist()
(['pickup'], [1, 1, 2])
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from tabgan.errors import RelationError
from tabgan.query import relation_syntax, syntax
from tabgan.query.datetime_calls import check_zone
from tabgan.query.tokens import write_name, write_text
from tabgan.relations.bounds import move_inside, read_bounds, write_value
from tabgan.relations.date_part.calendar import PARTS, CalendarPart
from tabgan.relations.date_part.discovery import DatePartSearch, find_possible_parts
from tabgan.relations.exact_arithmetic import DAY, equal_nan
from tabgan.relations.relation import DiscoveredRelation, Relation
from tabgan.relations.saved_columns import DATETIMES, check_apart, read_column
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import TableSchema, restore_dtype
from tabgan.schema.arrays import Mask
from tabgan.schema.column import Column, ColumnKind, Name
from tabgan.schema.float_conversion import to_float, value_to_float
from tabgan.schema.holding import Holding
from tabgan.schema.predicates import COMPARISONS, Clause
from tabgan.schema.text import is_datetime_number_format
from tabgan.schema.text.datetimes.local_time import to_local, to_seconds
from tabgan.state_reader import StateReader

STEERED = {"time": 1.0, "hour": 3_600.0, "minute": 60.0, "second": 1.0}  # seconds of a unit
YEAR_RANGE = (1, 9_999)  # that datetimes can have


@dataclass(frozen=True)
class DatePart(Relation):
    """A number, a date or a name that the datetime in another column decides, gaps included.

    Attributes:
        part: Which part it is, and how it is written.
    """

    part: CalendarPart

    KIND: ClassVar[str] = "date_part"
    GIVES_CATEGORIES: ClassVar[bool] = True  # of a few; one never seen falls back where looked up

    @classmethod
    def discover(cls, profile: TableProfile) -> list[DiscoveredRelation]:
        """Return the first datetime, and the first of its parts, that each column follows from."""
        found = []
        for candidate in DatePartSearch(profile).iter_candidates():
            part = _protect(candidate.part, candidate.dependent, profile)
            if part is not None:
                relation = cls((candidate.dependent,), (candidate.source,), part)
                found.append(DiscoveredRelation(relation, len(profile), candidate.n_violations))
        return found

    @classmethod
    def declare(cls, tree: syntax.Node, profile: TableProfile) -> list[Self]:
        """Read `month = month of pickup`: part and `of` may be columns' names as well."""
        if not isinstance(tree, relation_syntax.PartOf):
            return []
        if tree.part not in PARTS:
            raise RelationError(
                f"there is no part {tree.part!r} of a moment; parts are {', '.join(PARTS)}."
            )
        dependent = profile.schema.column(tree.dependent)
        source = profile.schema.column(tree.source)
        if source.kind is not ColumnKind.DATETIME or dependent == source:
            raise RelationError(
                f"{source.name!r} holds {source.kind.value} values; parts are taken of another "
                "column that holds moments."
            )
        part = cls._fit_part(tree, dependent, source, profile)
        if part is None:
            raise RelationError(
                f"{dependent.name!r} holds {dependent.kind.value} values that cannot be written as "
                f"the {tree.part} of {source.name!r}; a part is a whole number, an English word "
                "for a weekday or a month, or a moment for a date."
            )
        kept = _protect(part, dependent, profile)
        if kept is None:
            raise RelationError(
                f"each level of column {dependent.name!r} is seen in fewer than "
                f"{profile.min_rows} rows, which are protected; leave the relation out."
            )
        return [cls((dependent,), (source,), kept)]

    @staticmethod
    def _fit_part(
        tree: relation_syntax.PartOf, dependent: Column, source: Column, profile: TableProfile
    ) -> CalendarPart | None:
        """Return the part as most rows have it; None if it cannot be written in the dependent."""
        series, seconds = profile.series(dependent), profile.numbers(source)
        zone = None if tree.zone is None else check_zone(tree.zone)
        possible = [
            replace(part, zone=zone)
            for part in find_possible_parts(series, dependent, is_zoned=zone is not None)
            if part.name == tree.part and part.round_trips(series, dependent)
        ]

        def count_violations(part: CalendarPart) -> int:
            own = part.read(series, dependent)
            found = part.compute(part.to_local(seconds, source))
            return int(np.count_nonzero(~equal_nan(own, found)))

        return min(possible, key=count_violations, default=None)

    def _local_times(self, frame: pd.DataFrame) -> pd.DatetimeIndex:
        return self.part.to_local(to_float(frame[self.source.name], self.source), self.source)

    @property
    def n_digits(self) -> int | None:
        """Four for remainders of times such as 1745: what makes such a time of its parts is less.

        None for all others.
        """
        return 4 if is_datetime_number_format(self.source.format) else None

    @property
    def text(self) -> str:
        dependent, source = self.dependent.name, self.source.name
        zone = "" if self.part.zone is None else f" in {write_text(self.part.zone)}"
        return f"{write_name(dependent)} = {self.part.name} of {write_name(source)}{zone}"

    def explain(self) -> str:
        words = f"{self.dependent.name} is {self.part.explain(str(self.source.name))}"
        return words + (f", as clocks show it in {self.part.zone}" if self.part.zone else "")

    def find_violations(self, frame: pd.DataFrame) -> Mask:
        """Return where the dependent is not the part, or one of the two is missing; (n_rows,)."""
        own = self.part.read(frame[self.dependent.name], self.dependent)
        return ~equal_nan(own, self.part.compute(self._local_times(frame)))

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        return frame.drop(columns=[self.dependent.name])

    def restore(self, frame: pd.DataFrame) -> pd.DataFrame:
        values = self.part.compute(self._local_times(frame))
        restored = frame.copy(deep=False)
        restored[self.dependent.name] = self.part.write(values, self.dependent, frame.index)
        return restored

    def reduced_columns(self) -> Mapping[Name, Column | None]:
        return {self.dependent.name: None}

    def push_down(self, clauses: Sequence[Clause]) -> Mapping[Name, list[Clause]]:
        """Return that gaps are needed for gaps, and a range of datetimes for years and dates.

        Raises:
            ConditionError: A value is none that the dependent could hold.
        """
        if any(clause.is_missing for clause in clauses):
            return {self.source.name: [Clause("=", None)]}
        operators = {"="} if self.part.numbers else {*COMPARISONS} - {"!="}
        compared = [clause for clause in clauses if clause.operator in operators]
        if self.part.name not in ("year", "date"):
            return {}
        asked = [limit for clause in compared for limit in self._find_limits(clause)]
        return {self.source.name: asked} if asked else {}

    def steer(self, frame: pd.DataFrame, clauses: Sequence[Clause]) -> pd.DataFrame:
        """Return rows with the datetime moved within its day, to the time or hour asked for."""
        (source,), (dependent,), unit = self.sources, self.dependents, STEERED.get(self.part.name)
        if unit is None or self.part.names is not None or self.part.numbers is not None:
            return frame
        bounds = read_bounds(dependent, clauses, None)
        if bounds is None:
            return frame
        own = self.part.read(frame[dependent.name], dependent)
        moved = move_inside(own, *bounds, lambda values: values)
        if equal_nan(own, moved).all():
            return frame
        seconds = to_float(frame[source.name], source) + (moved - own) * unit
        changed = frame.copy(deep=False)
        changed[source.name] = restore_dtype(seconds, source, frame.index)
        return changed

    def _find_limits(self, clause: Clause) -> list[Clause]:
        """Return what a clause on a year or a date demands of the datetime: `>=` and `<`."""
        numbers = self.part.numbers
        if numbers is None:
            value = value_to_float(self.dependent, clause.value)
        else:
            value = numbers.parse(clause.value)
        if self.part.name == "date":
            value = float(to_seconds(to_local(np.array([value]), self.dependent))[0]) / DAY
        first, behind = np.ceil(value), np.floor(value) + 1
        ends = {
            "=": [(">=", first), ("<", behind)],
            ">=": [(">=", first)],
            ">": [(">=", behind)],
            "<=": [("<", behind)],
            "<": [("<", first)],
        }
        limits = [(sign, self._first_datetime(number)) for sign, number in ends[clause.operator]]
        return [
            Clause(sign, write_value(self.source, self.part.to_number(start, self.source)))
            for sign, start in limits
            if start is not None
        ]

    def _first_datetime(self, number: float) -> pd.DatetimeIndex | None:
        """Return the local datetime at which a year or a day begins; None beyond `YEAR_RANGE`."""
        unit = "Y" if self.part.name == "year" else "D"
        count = number - 1970 if unit == "Y" else number
        if abs(count) > 4_000_000:
            return None
        start = np.array([int(count)]).astype(f"datetime64[{unit}]").astype("datetime64[us]")
        years = start.astype("datetime64[Y]").astype(np.int64)[0] + 1970
        return pd.DatetimeIndex(start) if YEAR_RANGE[0] <= years <= YEAR_RANGE[1] else None

    @property
    def holdings(self) -> tuple[Holding, ...]:
        numbers = self.part.numbers
        return () if numbers is None else (Holding("levels", len(numbers.categories)),)

    def to_dict(self) -> dict[str, Any]:
        names, numbers = self.part.names, self.part.numbers
        return {
            "dependent": self.dependent.name,
            "source": self.source.name,
            "part": self.part.name,
            "turn": self.part.week_offset,
            "start": self.part.first_number,
            "start_month": self.part.start_month,
            "zone": self.part.zone,
            "words": None if names is None else names.to_state(),
            "numbers": None if numbers is None else numbers.to_state(),
        }

    @classmethod
    def from_dict(cls, state: StateReader, schema: TableSchema) -> Self:
        source = read_column(state, "source", schema, DATETIMES)
        dependent = read_column(state, "dependent", schema)
        check_apart(state, dependent, source)
        return cls((dependent,), (source,), CalendarPart.from_state(state, dependent))


def _protect(part: CalendarPart, column: Column, profile: TableProfile) -> CalendarPart | None:
    """Return a part without what few rows hold, under protection; None if nothing is left."""
    if not profile.protection.is_on:
        return part
    return part.protect(profile.series(column), profile.min_rows)
