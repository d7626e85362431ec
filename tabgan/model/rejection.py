"""How many of the rows drawn are kept, where rows break what is asked, and what users are told.

Rows that break a relation are drawn again. A relation that hardly any row obeys ends that: its rows
are given as they are, and a warning names it.
"""

import math
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import pandas as pd

from tabgan.errors import BrokenRelationWarning, ManyRejectedWarning
from tabgan.model.kept_share import MIN_KEPT_SHARE
from tabgan.schema.arrays import Mask

MAX_SHOWN = 200  # characters of a relation in a message
MAX_ROUNDS = 64  # of a block, where fewer rows than these are left
MIN_FOUND_SHARE = 1 / 1_000  # of rows drawn
MIN_ROUND_ROWS, ROUND_MARGIN = 64, 1.25  # of a round after the first: of what is likely enough
MAX_VAIN_ROUNDS = 6  # without a single row: what is asked cannot be had
MAX_REDRAWS = (
    8  # rounds after which a relation that fewer rows obey than one in so many is hopeless
)


@dataclass(frozen=True)
class RoundCount:
    """Rows of one round of a block.

    Attributes:
        drawn: All of them.
        kept: Those that obey the relations, whatever else is asked.
        broken: Those that break each relation, by its text; relations that all obey are left out.
    """

    drawn: int
    kept: int
    broken: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class CheckedRows:
    """Rows that were drawn, by what they satisfy.

    Attributes:
        satisfying: Those that satisfy all that is asked, and obey the relations.
        breaking: Those that satisfy it, but break a relation which restored columns are to obey.
        count: Of all rows.
    """

    satisfying: pd.DataFrame
    breaking: pd.DataFrame
    count: RoundCount

    @classmethod
    def split(
        cls,
        frame: pd.DataFrame,
        satisfied: Mask,
        broken: Mapping[str, Mask],
        declared: Collection[str],
    ) -> Self:
        """Return restored rows as those kept and the others.

        Args:
            frame: The rows; (n_rows, n_columns).
            satisfied: Which of them satisfy what users ask for; (n_rows,).
            broken: Which of them break a relation, (n_rows,), by its text.
            declared: Texts of the relations that no column is restored by.
        """
        if not broken:
            count = RoundCount(len(frame), len(frame))
            return cls(frame if satisfied.all() else frame[satisfied], frame.iloc[:0], count)
        breaks = np.logical_or.reduce(list(broken.values()))
        rejected = np.logical_or.reduce([~satisfied, *(broken[t] for t in declared if t in broken)])
        counts = {text: int(mask.sum()) for text, mask in broken.items()}
        count = RoundCount(len(frame), int((~breaks).sum()), counts)
        return cls(frame[satisfied & ~breaks], frame[breaks & ~rejected], count)


@dataclass(frozen=True)
class RejectionCounts:
    """What happens to the rows of a sample while they are drawn, block by block.

    Attributes:
        rounds: Of every block.
        given: Rows given away although they break a relation, by its text: of blocks that have any.
    """

    rounds: list[RoundCount] = field(default_factory=list)
    given: list[Mapping[str, int]] = field(default_factory=list)

    def add_given(self, broken: Mapping[str, Mask]) -> None:
        """Count rows of a block that are given although they break a relation, (n_rows,)."""
        self.given.append({text: int(mask.sum()) for text, mask in broken.items()})

    def warn(self, n_rows: int, declared: Sequence[str]) -> None:
        """Warn if relations left few rows, and of each that rows break.

        Rows that `where` leaves out are no surprise: nothing is said of them.

        Args:
            n_rows: Of the sample.
            declared: Texts of the relations that no column is restored by.
        """
        note = describe_rejection(self.rounds, declared)
        if note is not None:
            warnings.warn(note, ManyRejectedWarning, stacklevel=3)
        for text, count in _add_up(self.given).items():
            broken = f"{count:,} of {n_rows:,} rows break the relation {text!r}"
            advice = "fit again and forget it, or leave such rows out"
            why = "which hardly any row drawn obeys"
            warnings.warn(f"{broken}, {why}: {advice}.", BrokenRelationWarning, stacklevel=3)


class BlockRows:
    """The rows of one block, as the rounds yield them.

    Attributes:
        n_rounds: Drawn so far.
        n_drawn: Rows of these.
        gives_breaking: Whether rows that break a relation are given as well, since it is hopeless.
    """

    def __init__(self) -> None:
        self.n_rounds, self.n_drawn, self.gives_breaking = 0, 0, False
        self._given: list[pd.DataFrame] = []
        self._held: list[pd.DataFrame] = []  # that break a relation

    def __len__(self) -> int:
        return _count(self._given)

    def is_whole(self, n_rows: int) -> bool:
        """Return whether the first round left all its rows in their places."""
        return self.n_rounds == 1 and len(self) == n_rows

    def count_next(self, n_rows: int) -> int:
        """Return how many rows the next round of a block of `n_rows` draws.

        All at first, then about as many as fill the block, which is the same however many of its
        rows are asked for.
        """
        if not self.n_drawn:
            return n_rows
        share = max(len(self), 1) / self.n_drawn
        likely = math.ceil(ROUND_MARGIN * (n_rows - len(self)) / share)
        return min(n_rows, max(MIN_ROUND_ROWS, likely))

    @property
    def is_exhausted(self) -> bool:
        """Whether further rounds are not worth their time: what is asked cannot be had."""
        found = len(self) + _count(self._held)
        if self.n_rounds >= MAX_ROUNDS:
            return found < MIN_FOUND_SHARE * self.n_drawn
        return self.n_rounds >= MAX_VAIN_ROUNDS and not found

    def add(self, checked: CheckedRows, counts: RejectionCounts) -> None:
        """Add the rows of a round: which ones come first depends on nothing but the rounds."""
        self.n_rounds += 1
        self.n_drawn += checked.count.drawn
        counts.rounds.append(checked.count)
        self._given.append(checked.satisfying)
        self._held.append(checked.breaking)
        kept, held = len(self), _count(self._held)
        is_hopeless = self.n_rounds >= MAX_REDRAWS and MAX_REDRAWS * kept < kept + held
        if is_hopeless or self.is_exhausted:
            self.gives_breaking |= held > 0
        if self.gives_breaking:
            self._given += self._held
            self._held.clear()

    def take(self, n_rows: int) -> pd.DataFrame:
        """Return the first rows; there have to be as many."""
        if len(self._given) == 1:
            return self._given[0].iloc[:n_rows].reset_index(drop=True)
        return pd.concat(self._given, ignore_index=True).iloc[:n_rows]


def watch_rejection(
    frames: Iterator[pd.DataFrame], counts: RejectionCounts, n_rows: int, declared: Sequence[str]
) -> Iterator[pd.DataFrame]:
    """Yield the blocks of a sample, and warn at the end as `RejectionCounts.warn` does."""
    yield from frames
    counts.warn(n_rows, declared)


def describe_rejection(rounds: Sequence[RoundCount], declared: Sequence[str]) -> str | None:
    """Return a sentence on the rows that relations leave; None if they are not few."""
    drawn, kept = sum(c.drawn for c in rounds), sum(c.kept for c in rounds)
    if kept >= MIN_KEPT_SHARE * drawn:
        return None
    broken = _add_up([count.broken for count in rounds])
    relations = " and ".join(map(shorten, dict.fromkeys((*declared, *broken))))
    told = (
        f"of {drawn:,} rows drawn {kept:,} ({100 * kept / drawn:.2g} %) were kept, since the "
        f"others break {relations}"
    )
    if declared:
        return (
            f"{told}; all columns are distributed as they are among such rows, not as in the table."
        )
    return f"{told}; no row of the table does: train for more steps, or forget the relation."


def shorten(text: str) -> str:
    """Return the text of a relation as a message shows it."""
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}..."


def _count(frames: Sequence[pd.DataFrame]) -> int:
    return sum(map(len, frames))


def _add_up(counts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    """Return the sum of counts by text."""
    texts = dict.fromkeys(text for each in counts for text in each)
    return {text: sum(each.get(text, 0) for each in counts) for text in texts}
