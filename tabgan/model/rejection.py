"""How many of the rows drawn are kept, where rows have to be checked, and what users are told."""

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from tabgan.errors import ManyRejectedWarning
from tabgan.model.kept_share import MIN_KEPT_SHARE
from tabgan.model.row_conditions import RowConditions


@dataclass(frozen=True)
class RoundCount:
    """Rows of one round of a block: of those drawn, how many obeyed the relations."""

    drawn: int
    kept: int


def warn_of_rejection(
    frames: Iterator[pd.DataFrame], counts: Sequence[RoundCount], conditions: RowConditions
) -> Iterator[pd.DataFrame]:
    """Yield the blocks of a sample; warn at the end if declared relations left few rows.

    Rows that `where` leaves out are no surprise: nothing is said of them.

    Args:
        frames: The blocks.
        counts: Of the rounds whose rows were checked, once they are drawn.
        conditions: What every row must satisfy.
    """
    yield from frames
    note = describe_rejection(counts, conditions)
    if note is not None:
        warnings.warn(note, ManyRejectedWarning, stacklevel=2)


def describe_rejection(counts: Sequence[RoundCount], conditions: RowConditions) -> str | None:
    """Return a sentence on the rows that declared relations leave; None if they are not few."""
    drawn, kept = sum(c.drawn for c in counts), sum(c.kept for c in counts)
    if kept >= MIN_KEPT_SHARE * drawn or not conditions.declared:
        return None
    relations = " and ".join(conditions.declared)
    return (
        f"of {drawn:,} rows drawn {kept:,} ({100 * kept / drawn:.2g} %) were kept, since the "
        f"others break {relations}; all columns are distributed as they are among such rows, not "
        "as in the table."
    )
