"""What is odd about rows to complete, in words: facts that they contradict, new categories."""

import warnings
from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np

from tabgan.errors import BrokenRelationWarning, ConditionError, UnseenCategoryWarning
from tabgan.model.candidates import CandidateRows
from tabgan.model.learned_cells import LearnedCells
from tabgan.model.partial_rows import PartialRows
from tabgan.schema.arrays import Indices, Mask
from tabgan.schema.column import Name

MAX_SHOWN_ROWS = 5  # in a message


def check_contradictions(
    partial: PartialRows, cells: LearnedCells, declared: Collection[str]
) -> None:
    """Refuse rows whose known cells contradict what was declared.

    Raises:
        ConditionError: There is one.
    """
    for text, mask in cells.contradicted.items():
        if text in declared:
            row = partial.first_row + int(mask.argmax()) + 1
            raise ConditionError(
                f"row {row:,} contradicts the relation {text!r}, which holds in every row; correct "
                "one of its cells, or leave one unknown."
            )


@dataclass
class GivenUp:
    """Rows for which no draw was found that goes with all that is known, by what they break."""

    rows: dict[str, list[int]] = field(default_factory=dict)

    def add(
        self, made: CandidateRows, unsound: Mask, numbers: Indices, declared: Collection[str]
    ) -> None:
        """Note rows of which every candidate breaks something.

        Args:
            made: The candidates.
            unsound: Which rows those are; (n_rows,).
            numbers: Of the rows among all; (n_rows,).
            declared: Relations that no row is given breaking.

        Raises:
            ConditionError: They break one of these.
        """
        for position in np.flatnonzero(unsound):
            counts = {text: int(mask[position].sum()) for text, mask in made.broken.items()}
            text = max(counts, key=lambda each: (each in declared, counts[each]))
            number = int(numbers[position]) + 1
            if text in declared and counts[text]:
                raise ConditionError(
                    f"row {number:,} cannot be completed: no draw was found that goes with what is "
                    f"known of it and with {text}; correct it, or leave more of it unknown."
                )
            self.rows.setdefault(text, []).append(number)

    def warn(self) -> None:
        """Warn of those rows."""
        for text, rows in self.rows.items():
            count = len(set(rows))
            which = "1 row" if count == 1 else f"{count:,} rows"
            warnings.warn(
                f"no draw was found that goes with what is known of {which} and with {text}: what "
                f"is known is kept, and that is not so there ({_show(sorted(set(rows)))}).",
                BrokenRelationWarning,
                stacklevel=3,
            )


@dataclass
class RowNotes:
    """What is odd about the rows that were given: by fact, and by column."""

    contradicted: dict[str, list[int]] = field(default_factory=dict)
    unseen: dict[Name, list[int]] = field(default_factory=dict)

    def add(self, partial: PartialRows, cells: LearnedCells) -> None:
        """Add a block of rows."""
        for text, mask in cells.contradicted.items():
            self.contradicted.setdefault(text, []).extend(_number(partial, mask))
        for name, mask in cells.unseen.items():
            self.unseen.setdefault(name, []).extend(_number(partial, mask))

    def warn(self) -> None:
        """Warn of what was found."""
        for text, rows in self.contradicted.items():
            warnings.warn(
                f"{_count(rows)} the relation {text!r} by what is known of them: it is kept as it "
                f"is ({_show(rows)}).",
                BrokenRelationWarning,
                stacklevel=3,
            )
        for name, rows in self.unseen.items():
            warnings.warn(
                f"the table that was learned has no such value of {name!r} as {len(rows):,} rows "
                f"hold: they keep it, and are completed as if it were unknown ({_show(rows)}).",
                UnseenCategoryWarning,
                stacklevel=3,
            )


def _number(partial: PartialRows, mask: Mask) -> list[int]:
    return (partial.first_row + np.flatnonzero(mask) + 1).tolist()


def _count(rows: list[int]) -> str:
    return "1 row contradicts" if len(rows) == 1 else f"{len(rows):,} rows contradict"


def _show(rows: list[int]) -> str:
    more = "..." if len(rows) > MAX_SHOWN_ROWS else ""
    return f"row {', '.join(f'{row:,}' for row in rows[:MAX_SHOWN_ROWS])}{more}"
