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
from tabgan.fitting.readable import discover_readable
from tabgan.relations import RelationConfig, RelationSet
from tabgan.relations.statistics import MAX_DECLARED_VIOLATIONS
from tabgan.schema import TableSchema
from tabgan.schema.arrays import Floats, Indices, Mask
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
        fillers: Cells of each part that count for nothing under protection, by column.
    """

    relations: RelationSet
    is_protected: bool = False
    rows: int = 0
    left_out: int = 0
    categories: dict[Name, CategoryCounts] = field(default_factory=dict)
    parts: list[pd.DataFrame] = field(default_factory=list)
    ends: dict[Name, tuple[float, float]] = field(default_factory=dict)
    gaps: set[tuple[Name, str]] = field(default_factory=set)
    fillers: list[dict[Name, Mask]] = field(default_factory=list)

    @property
    def sample(self) -> pd.DataFrame:
        """Sampled rows and those with extremes, relations applied."""
        return stack(self.parts)

    @property
    def sample_fillers(self) -> dict[Name, Mask]:
        """Cells of the sample that count for nothing under protection, by column; (n_rows,)."""
        names = {name for part in self.fillers for name in part}
        pairs = list(zip(self.parts, self.fillers, strict=False))  # none without protection
        return {
            name: np.concatenate([own.get(name, np.zeros(len(part), bool)) for part, own in pairs])
            for name in names
        }

    def begin(self, sample: pd.DataFrame) -> None:
        """Begin with the sampled rows; of those that are protected, gaps are known then."""
        free = self.relations.apply(sample)
        self.parts.append(free)
        if self.is_protected:
            self.fillers.append(self.relations.find_fillers(sample, free))
            for column in self.relations.free.columns:
                if column.kind.is_quantitative:
                    self._find_ends(column.name, to_float(free[column.name], column))

    def add(self, frame: pd.DataFrame) -> None:
        """Count one more batch of rows, all of which obey the declared relations."""
        self.rows += len(frame)
        free = self.relations.apply(frame).reset_index(drop=True)
        rows: set[int] = set()
        fillers = self.relations.find_fillers(frame, free) if self.is_protected else {}
        for column in self.relations.free.columns:
            series = free[column.name]
            if column.kind.has_categories:
                counted = self.categories.setdefault(
                    column.name, CategoryCounts(max_categories=MAX_CATEGORIES)
                )
                counted.add(series[~fillers[column.name]] if column.name in fillers else series)
            elif column.kind.is_quantitative:
                rows |= self._find_ends(column.name, to_float(series, column))
        if rows:
            self.parts.append(free.iloc[sorted(rows)])
            if self.is_protected:
                taken = {name: mask[sorted(rows)] for name, mask in fillers.items()}
                self.fillers.append(taken)

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
        relations = discover_readable(sample, schema, config, protection)
        verification = _Verification(relations, max_rows - len(sample), protection.is_on)
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
        is_protected: Whether a row joins the sample once at the most, and categories that look-up
            tables lack stay unknown: they are not counted, either.

    Attributes:
        counterexamples: Rows that break a found relation, or that one has no answer for.
        rows: That were checked.
        broken: Rows that break each declared relation, in order.
    """

    def __init__(
        self, relations: RelationSet, max_counterexamples: int, is_protected: bool
    ) -> None:
        self.relations, self.remaining = relations, max_counterexamples
        self.is_protected = is_protected
        self.counterexamples: list[pd.DataFrame] = []
        self.rows = 0
        self.broken = [0] * len(relations.kept)

    def add(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Check one more batch; return its rows that obey the declared relations."""
        self.rows += len(frame)
        left_out = np.zeros(len(frame), bool)
        refuting: set[int] = set()
        for index, discovery in enumerate(self.relations.kept):
            broken = discovery.relation.find_violations(frame)
            if discovery.is_declared:
                left_out |= broken
                self.broken[index] += int(broken.sum())
            elif self.is_protected:
                refuting |= set(np.flatnonzero(broken)[:MAX_BATCH_COUNTEREXAMPLES].tolist())
            else:
                self._keep(frame, np.flatnonzero(broken)[:MAX_BATCH_COUNTEREXAMPLES])
            if self.is_protected:
                continue
            unknown = np.flatnonzero(discovery.relation.find_unknown(frame) & ~left_out)
            self._keep(frame, unknown[: max(0, self.remaining)])
        self._keep(frame, np.array(sorted(refuting), np.int64))
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
