"""The second pass over a table too large for memory: relations verified, categories counted.

Counterexamples (rows that break a relation that was found, or that it has no answer for) join the
sample, in which relations are then found again; so a relation is only kept if it holds in every row
of the table, as with a table in memory.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from tabgan.config import Protection
from tabgan.errors import RelationError
from tabgan.fitting.concat import stack
from tabgan.relations import RelationConfig, RelationSet
from tabgan.relations.statistics import MAX_DECLARED_VIOLATIONS
from tabgan.schema import TableSchema
from tabgan.schema.arrays import Floats, Indices
from tabgan.schema.categories import CategoryCounts
from tabgan.schema.column import Name
from tabgan.schema.float_conversion import to_float

MAX_SEARCHES = 6  # for relations; after the last, only declared ones are kept
MAX_COUNTEREXAMPLES = 100_000  # rows that join the sample
MAX_BATCH_COUNTEREXAMPLES = 3  # of a relation, in a batch: it is refuted by one
MAX_CATEGORIES = 250_000  # of a column that are counted

Batches = Callable[[], Iterable[pd.DataFrame]]


@dataclass
class SecondPass:
    """What the second pass returns.

    Attributes:
        relations: That hold in every row.
        rows: That obey the declared relations.
        left_out: Rows that do not.
        categories: Frequencies of categories, by column.
        parts: Sampled rows, then rows with extremes; relations applied.
        ends: Least and greatest number met, by column.
        gaps: Columns of numbers that had a missing value, or one that is the same as another's.
        is_protected: Whether no row may be in the sample twice, as if two rows held its values.
    """

    relations: RelationSet
    is_protected: bool = False
    rows: int = 0
    left_out: int = 0
    categories: dict[Name, CategoryCounts] = field(default_factory=dict)
    parts: list[pd.DataFrame] = field(default_factory=list)
    ends: dict[Name, tuple[float, float]] = field(default_factory=dict)
    gaps: set[tuple[Name, str]] = field(default_factory=set)

    @property
    def sample(self) -> pd.DataFrame:
        """Sampled rows and those with extremes, relations applied."""
        return stack(self.parts)

    def begin(self, sample: pd.DataFrame) -> None:
        """Begin with the sampled rows; of those that are protected, gaps are known then."""
        free = self.relations.apply(sample)
        self.parts.append(free)
        if self.is_protected:
            for column in self.relations.free.columns:
                if column.kind.is_quantitative:
                    self._find_ends(column.name, to_float(free[column.name], column))

    def add(self, frame: pd.DataFrame) -> None:
        """Count one more batch of rows, all of which obey the declared relations."""
        self.rows += len(frame)
        free = self.relations.apply(frame).reset_index(drop=True)
        rows: set[int] = set()
        for column in self.relations.free.columns:
            series = free[column.name]
            if column.kind.has_categories:
                counted = self.categories.setdefault(
                    column.name, CategoryCounts(max_categories=MAX_CATEGORIES)
                )
                counted.add(series)
            elif column.kind.is_quantitative:
                rows |= self._find_ends(column.name, to_float(series, column))
        if rows:
            self.parts.append(free.iloc[sorted(rows)])

    def _find_ends(self, name: Name, numbers: Floats) -> set[int]:
        """Return the rows with a new least or greatest number, or a first gap."""
        rows = set()
        for fact, mask in (("missing", np.isnan(numbers)), ("same", np.isposinf(numbers))):
            if mask.any() and (name, fact) not in self.gaps:
                self.gaps.add((name, fact))
                rows.add(int(mask.argmax()))
        present = np.isfinite(numbers)
        if self.is_protected or not present.any():
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
    """Find the relations that hold in every row, and count the columns that they leave.

    Args:
        batches: Returns the whole table, as often as it is called.
        sample: Of its rows, by the first pass.
        schema: Of its columns.
        config: Which relations are searched for, declared or forgotten.
        protection: What relations must not remember.

    Raises:
        RelationError: A declared one does not hold.
        SchemaError: A value is none of its column's kind.
    """
    max_rows, first = len(sample) + MAX_COUNTEREXAMPLES, sample
    for _ in range(MAX_SEARCHES):
        relations = RelationSet.discover(sample, schema, config, protection)
        verification = _Verification(relations, max_rows - len(sample))
        counted = SecondPass(relations, protection.is_on)
        counted.begin(drop_broken(first if protection.is_on else sample, relations))
        for frame in batches():
            schema.check_kinds(frame)
            kept = verification.add(frame)
            if not verification.counterexamples:
                counted.add(kept)
        if not verification.counterexamples:
            verification.check_declared()
            left_out = verification.rows - counted.rows
            return replace(counted, relations=verification.finish(), left_out=left_out)
        sample = stack([sample, *verification.counterexamples])
    sample = first if protection.is_on else sample
    return second_pass(batches, sample, schema, replace(config, discover=False), protection)


def drop_broken(frame: pd.DataFrame, relations: RelationSet) -> pd.DataFrame:
    """Return the rows that break no declared relation."""
    broken = relations.find_violations(frame)
    return frame[~broken] if broken.any() else frame


class _Verification:
    """Checks relations in every row of a table, batch by batch.

    Args:
        relations: Found in the sample, or declared.
        max_counterexamples: Rows that are kept at the most, those of unknown categories cut.

    Attributes:
        counterexamples: Rows that break a found relation, or that one has no answer for.
        rows: That were checked.
        broken: Rows that break each declared relation, in order.
    """

    def __init__(self, relations: RelationSet, max_counterexamples: int) -> None:
        self.relations, self.remaining = relations, max_counterexamples
        self.counterexamples: list[pd.DataFrame] = []
        self.rows = 0
        self.broken = [0] * len(relations.kept)

    def add(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Check one more batch; return its rows that obey the declared relations."""
        self.rows += len(frame)
        left_out = np.zeros(len(frame), bool)
        for index, discovery in enumerate(self.relations.kept):
            broken = discovery.relation.find_violations(frame)
            if discovery.is_declared:
                left_out |= broken
                self.broken[index] += int(broken.sum())
            else:
                self._keep(frame, np.flatnonzero(broken)[:MAX_BATCH_COUNTEREXAMPLES])
            unknown = np.flatnonzero(discovery.relation.find_unknown(frame) & ~left_out)
            self._keep(frame, unknown[: max(0, self.remaining)])
        return frame[~left_out] if left_out.any() else frame

    def _keep(self, frame: pd.DataFrame, rows: Indices) -> None:
        if len(rows):
            self.counterexamples.append(frame.iloc[rows])
            self.remaining -= len(rows)

    def check_declared(self) -> None:
        """Refuse a declared relation that too many rows break.

        Raises:
            RelationError: Naming it, and how many rows break it.
        """
        for discovery, broken in zip(self.relations.kept, self.broken, strict=True):
            if broken > MAX_DECLARED_VIOLATIONS * self.rows:
                raise RelationError(
                    f"the relation {discovery.relation.text!r} does not hold in {broken:,} of "
                    f"{self.rows:,} rows; correct one of the two."
                )

    def finish(self) -> RelationSet:
        """Return the relations with their support among all rows."""
        kept = [
            replace(discovery, support=self.rows - broken, n_violations=broken)
            for discovery, broken in zip(self.relations.kept, self.broken, strict=True)
        ]
        return replace(self.relations, kept=tuple(kept))
