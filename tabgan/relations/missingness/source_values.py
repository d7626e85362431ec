"""Some of what a column holds: a few of its categories, any value, or a gap.

>>> from tabgan.schema.column import ColumnKind
>>> source = Column("smoker", ColumnKind.CATEGORICAL, "object", element="str")
>>> values = SourceValues(Categories(source, ["never"]), at_gap=True)
>>> values.explain(), values.find(pd.DataFrame({"smoker": ["now", "never", None]})).tolist()
('never or missing', [False, True, True])
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from tabgan.relations.missingness.discovery import GapSource
from tabgan.relations.saved_columns import read_values
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Mask
from tabgan.schema.categories import Categories
from tabgan.schema.column import Column
from tabgan.schema.float_conversion import comparable_cells
from tabgan.schema.plain_categories import to_plain
from tabgan.state_reader import StateReader

MAX_SHOWN = 6  # categories in a sentence


@dataclass(frozen=True)
class SourceValues:
    """Some of what a column holds.

    Attributes:
        categories: Those of the column that are meant; numbers and datetimes as floats.
        at_gap: Whether its gap is.
        at_value: Whether every value of it is.
    """

    categories: Categories
    at_gap: bool = False
    at_value: bool = False

    @classmethod
    def from_codes(cls, profile: TableProfile, source: GapSource, chosen: Mask) -> Self:
        """Return those of a source whose codes are chosen, (n_categories,)."""
        column = source.column
        first = source.first_rows(profile)
        is_value = ~profile.missing(column)[first]
        values: list[Any] = []
        if source.by_categories:
            cells = comparable_cells(profile.series(column).iloc[first], column)[chosen & is_value]
            values = [to_plain(cell, column) for cell in cells]
        return cls(
            Categories(column, values),
            at_gap=bool((chosen & ~is_value).any()),
            at_value=bool(chosen[is_value].all()),
        )

    @classmethod
    def none_of(cls, column: Column) -> Self:
        """Return nothing of a column."""
        return cls(Categories(column, []))

    @property
    def column(self) -> Column:
        """The column that holds them."""
        return self.categories.column

    @property
    def is_empty(self) -> bool:
        """Whether nothing is meant."""
        return not (len(self.categories) or self.at_gap or self.at_value)

    @property
    def is_gap_only(self) -> bool:
        """Whether the gap is meant and no value."""
        return self.at_gap and not (len(self.categories) or self.at_value)

    def find(self, frame: pd.DataFrame) -> Mask:
        """Return in which rows the column holds one of them; shape (n_rows,)."""
        if self.is_empty:
            return np.zeros(len(frame), bool)
        cells = comparable_cells(frame[self.column.name], self.column)
        at_value = np.full(len(frame), self.at_value)
        if len(self.categories):
            at_value = self.categories.find(cells) >= 0
        return np.where(cells.isna().to_numpy(bool), self.at_gap, at_value)

    def explain(self) -> str:
        """Return them in words that follow "is": `a or b or missing`."""
        categories = self.categories.objects[:-1].tolist()
        shown = [f"{v:g}" if isinstance(v, float) else str(v) for v in categories[:MAX_SHOWN]]
        shown += [f"one of {len(categories) - MAX_SHOWN} others"] * (len(categories) > MAX_SHOWN)
        return " or ".join(shown + ["missing"] * self.at_gap)

    def has_rare_categories(self, profile: TableProfile) -> bool:
        """Return whether categories, or the gap, are seen in so few rows that they are hidden."""
        if not profile.protection.is_on:
            return False
        codes = self.categories.find(comparable_cells(profile.series(self.column), self.column))
        counts = np.bincount(codes + 1, minlength=len(self.categories) + 1)[1:]
        if self.at_gap:
            counts = np.append(counts, np.count_nonzero(profile.missing(self.column)))
        return bool((counts < profile.min_rows).any())

    def to_dict(self) -> dict[str, Any]:
        """Return all but the column as JSON-able values."""
        flags = {"at_gap": self.at_gap, "at_value": self.at_value}
        return {"levels": self.categories.values} | flags

    @classmethod
    def from_dict(cls, column: Column, state: StateReader) -> Self:
        """Rebuild it from its column and what `to_dict` returned.

        Raises:
            ModelFileError: It holds what it cannot.
        """
        categories = read_values(state, "levels", column)
        return cls(categories, state.flag("at_gap"), state.flag("at_value"))
