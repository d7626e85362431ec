"""How many of the rows drawn are kept, where rows have to be checked, and what users are told."""

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from tabgan.errors import ManyRejectedWarning
from tabgan.model.row_conditions import RowConditions

MIN_KEPT = 0.1  # share of the rows drawn below which users are told
MIN_KEPT_BY_RELATIONS = 0.5  # where declared relations have rows thrown away in every sample


@dataclass(frozen=True)
class BlockCount:
    """Rows of one block of a sample: of those drawn, how many satisfied what is asked."""

    drawn: int
    kept: int


def warn_of_rejection(
    frames: Iterator[pd.DataFrame], counts: Sequence[BlockCount], conditions: RowConditions
) -> Iterator[pd.DataFrame]:
    """Yield the blocks of a sample; warn after the last one if most rows were thrown away.

    Args:
        frames: The blocks.
        counts: Of each block whose rows were checked, once it is drawn.
        conditions: What every row must satisfy.
    """
    yield from frames
    note = describe_rejection(counts, conditions)
    if note is not None:
        warnings.warn(note, ManyRejectedWarning, stacklevel=2)


def describe_rejection(counts: Sequence[BlockCount], conditions: RowConditions) -> str | None:
    """Return a sentence on the rows kept; None if they are not few."""
    drawn, kept = sum(c.drawn for c in counts), sum(c.kept for c in counts)
    least = MIN_KEPT_BY_RELATIONS if conditions.has_declared else MIN_KEPT
    if not drawn or kept >= least * drawn:
        return None
    return (
        f"of {drawn:,} rows drawn {kept:,} ({100 * kept / drawn:.2g} %) were kept, the others do "
        f"not satisfy {conditions.text}; other columns are distributed as they are among rows "
        "that do, not as in the whole table."
    )
