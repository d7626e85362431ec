"""The second look at a table too large to be held: relations are verified, what is left is counted.

What is news to the relations (rows that break one that was found, levels that one has no answer
for) joins the rows chosen, from which relations are then found again; so a relation is only kept if
it holds in every row of the table, as with a table in memory.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from tabgan.errors import RelationError
from tabgan.fitting.first_pass import stack
from tabgan.relations import Relations, RelationSetting
from tabgan.relations.registry import MOST_BROKEN
from tabgan.schema import TableSchema
from tabgan.schema.categories import LevelCounts, Places
from tabgan.schema.column import ColumnKind, Name
from tabgan.schema.predicates import Floats, read_numbers

MOST_LOOKS = 6  # a relation that fails in the last of them is left out, without looking again
MOST_NEWS = 100_000  # rows that join those chosen
FEW = 3  # rows of a batch that break a relation: they are enough to know
MOST_LEVELS = 250_000  # of a column that are told apart
LEVELS = {ColumnKind.CATEGORICAL, ColumnKind.BOOLEAN, ColumnKind.CONSTANT, ColumnKind.EMPTY}

Batches = Callable[[], Iterable[pd.DataFrame]]


@dataclass
class Count:
    """What was counted of a table.

    Attributes:
        relations: What holds in every row.
        rows: Rows that obey what was declared.
        left_out: Rows that do not.
        levels: How often each level of a column is there, by column.
        sample: Rows chosen, relations applied, and those with the ends of each column of numbers.
    """

    relations: Relations
    rows: int = 0
    left_out: int = 0
    levels: dict[Name, LevelCounts] = field(default_factory=dict)
    parts: list[pd.DataFrame] = field(default_factory=list)
    ends: dict[Name, tuple[float, float]] = field(default_factory=dict)
    gaps: set[tuple[Name, str]] = field(default_factory=set)

    @property
    def sample(self) -> pd.DataFrame:
        """Rows chosen and witnesses, relations applied."""
        return stack(self.parts)

    def add(self, obeying: pd.DataFrame) -> None:
        """Count one more batch of rows."""
        self.rows += len(obeying)
        free = self.relations.apply(obeying).reset_index(drop=True)
        rows: set[int] = set()
        for column in self.relations.free.columns:
            series = free[column.name]
            if column.kind in LEVELS:
                counted = self.levels.setdefault(column.name, LevelCounts(most=MOST_LEVELS))
                counted.add(series)
            elif column.kind is not ColumnKind.IDENTIFIER:
                rows |= self._find_ends(column.name, read_numbers(series, column))
        if rows:
            self.parts.append(free.iloc[sorted(rows)])

    def _find_ends(self, name: Name, numbers: Floats) -> set[int]:
        """Give the rows with a lower or a higher number than all before, or a first gap."""
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


def count(
    batches: Batches, sample: pd.DataFrame, schema: TableSchema, setting: RelationSetting
) -> Count:
    """Find the relations that hold in every row, and count what they leave.

    Args:
        batches: Gives the whole table, as often as it is called.
        sample: Rows chosen of it.
        schema: Its schema.
        setting: Which relations are kept.

    Raises:
        RelationError: A declared one does not hold.
        SchemaError: A value is none of its column's kind.
    """
    most = len(sample) + MOST_NEWS
    for _ in range(MOST_LOOKS):
        look = _Look(Relations.find(sample, schema, setting), most - len(sample))
        counted = Count(look.relations)
        counted.parts.append(look.relations.apply(keep_obeying(sample, look.relations)))
        for frame in batches():
            schema.check_kinds(frame)
            obeying = look.add(frame)
            if not look.news:
                counted.add(obeying)
        if not look.news:
            look.refuse_broken()
            return replace(counted, relations=look.finish(), left_out=look.rows - counted.rows)
        sample = stack([sample, *look.news])
    return count(batches, sample, schema, replace(setting, search=False))


def keep_obeying(frame: pd.DataFrame, relations: Relations) -> pd.DataFrame:
    """Leave out the rows that break a declared relation."""
    broken = relations.find_broken(frame)
    return frame[~broken] if broken.any() else frame


class _Look:
    """Relations beside every row of a table.

    Attributes:
        relations: What was found among the rows chosen.
        news: Rows that break what was found, or of which it has nothing to say.
        rows: Rows looked at.
        broken: Rows that break each relation, in order.
    """

    def __init__(self, relations: Relations, room: int) -> None:
        self.relations, self.room = relations, room
        self.news: list[pd.DataFrame] = []
        self.rows = 0
        self.broken = [0] * len(relations.kept)

    def add(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Look at one more batch; gives the rows that obey what was declared."""
        self.rows += len(frame)
        lost = np.zeros(len(frame), bool)
        for place, finding in enumerate(self.relations.kept):
            broken = finding.relation.find_broken(frame)
            if finding.is_declared:
                lost |= broken
                self.broken[place] += int(broken.sum())
            else:
                self._keep(frame, np.flatnonzero(broken)[:FEW])
            unknown = np.flatnonzero(finding.relation.find_unknown(frame) & ~lost)
            self._keep(frame, unknown[: max(0, self.room)])
        return frame[~lost] if lost.any() else frame

    def _keep(self, frame: pd.DataFrame, rows: Places) -> None:
        if len(rows):
            self.news.append(frame.iloc[rows])
            self.room -= len(rows)

    def refuse_broken(self) -> None:
        """Refuse a declared relation that too many rows break.

        Raises:
            RelationError: There is one.
        """
        for finding, broken in zip(self.relations.kept, self.broken, strict=True):
            if broken > MOST_BROKEN * self.rows:
                raise RelationError(
                    f"the relation {finding.relation.text!r} does not hold in {broken:,} of "
                    f"{self.rows:,} rows; correct one of the two."
                )

    def finish(self) -> Relations:
        """Give the relations with what all rows say of them."""
        kept = [
            replace(finding, support=self.rows - broken, broken=broken)
            for finding, broken in zip(self.relations.kept, self.broken, strict=True)
        ]
        return replace(self.relations, kept=tuple(kept))
