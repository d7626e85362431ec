"""The second pass over a table too large to be held: relations are verified, the rest counted.

What is news to the relations (rows that break one that was found, categories that one has no answer
for) joins the rows chosen, from which relations are then found again; so a relation is only kept if
it holds in every row of the table, as with a table in memory.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from tabgan.config import Protection
from tabgan.errors import RelationError
from tabgan.fitting.stacking import stack
from tabgan.relations import RelationConfig, RelationSet
from tabgan.relations.statistics import MAX_DECLARED_VIOLATIONS
from tabgan.schema import TableSchema
from tabgan.schema.arrays import Floats
from tabgan.schema.categories import CategoryCounts, Indices
from tabgan.schema.column import Name
from tabgan.schema.predicates import to_float

MAX_LOOKS = 6  # a relation that fails in the last of them is left out, without looking again
MAX_NEWS = 100_000  # rows that join those chosen
FEW = 3  # rows of a batch that break a relation: they are enough to know
MAX_CATEGORIES = 250_000  # of a column that are told apart

Batches = Callable[[], Iterable[pd.DataFrame]]


@dataclass
class SecondPass:
    """What was counted of a table.

    Attributes:
        relations: What holds in every row.
        rows: Rows that obey what was declared.
        left_out: Rows that do not.
        categories: How often each category of a column is there, by column.
        sample: Rows chosen, relations applied, and those with the ends of each column of numbers.
    """

    relations: RelationSet
    rows: int = 0
    left_out: int = 0
    categories: dict[Name, CategoryCounts] = field(default_factory=dict)
    parts: list[pd.DataFrame] = field(default_factory=list)
    ends: dict[Name, tuple[float, float]] = field(default_factory=dict)
    gaps: set[tuple[Name, str]] = field(default_factory=set)

    @property
    def sample(self) -> pd.DataFrame:
        """Rows chosen and those with extremes, relations applied."""
        return stack(self.parts)

    def add(self, obeying: pd.DataFrame) -> None:
        """Count one more batch of rows."""
        self.rows += len(obeying)
        free = self.relations.apply(obeying).reset_index(drop=True)
        rows: set[int] = set()
        for column in self.relations.free.columns:
            series = free[column.name]
            if column.kind.has_categories:
                counted = self.categories.setdefault(
                    column.name, CategoryCounts(most=MAX_CATEGORIES)
                )
                counted.add(series)
            elif column.kind.is_quantitative:
                rows |= self._find_ends(column.name, to_float(series, column))
        if rows:
            self.parts.append(free.iloc[sorted(rows)])

    def _find_ends(self, name: Name, numbers: Floats) -> set[int]:
        """Return the rows with a lower or a higher number than all before, or a first gap."""
        rows = set()
        for fact, mask in (("missing", np.isnan(numbers)), ("same", np.isposinf(numbers))):
            if mask.any() and (name, fact) not in self.gaps:
                self.gaps.add((name, fact))
                rows.add(int(mask.argmax()))
        present = np.isfinite(numbers)
        if not present.any():
            return rows
        least, most = self.ends.get(name, (np.inf, -np.inf))
        low, high = np.min(numbers[present]), np.max(numbers[present])
        if low < least:
            rows.add(int((numbers == low).argmax()))
        if high > most:
            rows.add(int((numbers == high).argmax()))
        self.ends[name] = min(low, least), max(high, most)
        return rows


def second_pass(
    batches: Batches,
    sample: pd.DataFrame,
    schema: TableSchema,
    config: RelationConfig,
    protection: Protection,
) -> SecondPass:
    """Find the relations that hold in every row, and count what they leave.

    Args:
        batches: Gives the whole table, as often as it is called.
        sample: Rows chosen of it.
        schema: Kinds and names of its columns.
        config: Which relations are kept.
        protection: What they must not remember.

    Raises:
        RelationError: A declared one does not hold.
        SchemaError: A value is none of its column's kind.
    """
    most = len(sample) + MAX_NEWS
    for _ in range(MAX_LOOKS):
        relations = RelationSet.discover(sample, schema, config, protection)
        look = _Verification(relations, most - len(sample))
        counted = SecondPass(look.relations)
        counted.parts.append(look.relations.apply(keep_obeying(sample, look.relations)))
        for frame in batches():
            schema.check_kinds(frame)
            obeying = look.add(frame)
            if not look.news:
                counted.add(obeying)
        if not look.news:
            look.check_declared()
            return replace(counted, relations=look.finish(), left_out=look.rows - counted.rows)
        sample = stack([sample, *look.news])
    return second_pass(batches, sample, schema, replace(config, discover=False), protection)


def keep_obeying(frame: pd.DataFrame, relations: RelationSet) -> pd.DataFrame:
    """Leave out the rows that break a declared relation."""
    broken = relations.find_violations(frame)
    return frame[~broken] if broken.any() else frame


class _Verification:
    """Relations beside every row of a table.

    Attributes:
        relations: What was found among the rows chosen.
        news: Rows that break what was found, or of which it has nothing to say.
        rows: Rows looked at.
        broken: Rows that break each relation, in order.
    """

    def __init__(self, relations: RelationSet, room: int) -> None:
        self.relations, self.room = relations, room
        self.news: list[pd.DataFrame] = []
        self.rows = 0
        self.broken = [0] * len(relations.kept)

    def add(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Look at one more batch; return the rows that obey what was declared."""
        self.rows += len(frame)
        lost = np.zeros(len(frame), bool)
        for index, discovery in enumerate(self.relations.kept):
            broken = discovery.relation.find_violations(frame)
            if discovery.is_declared:
                lost |= broken
                self.broken[index] += int(broken.sum())
            else:
                self._keep(frame, np.flatnonzero(broken)[:FEW])
            unknown = np.flatnonzero(discovery.relation.find_unknown(frame) & ~lost)
            self._keep(frame, unknown[: max(0, self.room)])
        return frame[~lost] if lost.any() else frame

    def _keep(self, frame: pd.DataFrame, rows: Indices) -> None:
        if len(rows):
            self.news.append(frame.iloc[rows])
            self.room -= len(rows)

    def check_declared(self) -> None:
        """Refuse a declared relation that too many rows break.

        Raises:
            RelationError: There is one.
        """
        for discovery, broken in zip(self.relations.kept, self.broken, strict=True):
            if broken > MAX_DECLARED_VIOLATIONS * self.rows:
                raise RelationError(
                    f"the relation {discovery.relation.text!r} does not hold in {broken:,} of "
                    f"{self.rows:,} rows; correct one of the two."
                )

    def finish(self) -> RelationSet:
        """Return the relations with what all rows say of them."""
        kept = [
            replace(discovery, support=self.rows - broken, n_violations=broken)
            for discovery, broken in zip(self.relations.kept, self.broken, strict=True)
        ]
        return replace(self.relations, kept=tuple(kept))
