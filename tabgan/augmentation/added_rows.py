"""What an augmentation gives: the rows given, those made, and the columns that tell them apart."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tabgan.errors import SettingError
from tabgan.fitting.concat import append
from tabgan.io import FrameInput
from tabgan.model.complete import DRAW_COLUMN
from tabgan.runtime.limits import check_count, check_positive

MARKER_COLUMN = "__synthetic__"  # true in the rows made
WEIGHT_COLUMN = "__weight__"  # what a row weighs for a learner
HOW_TO_AVERAGE = (
    "train one learner on the rows given and those of each __draw__, and average what they predict"
)


@dataclass(frozen=True)
class Augmentation:
    """A table and the rows made for it.

    Attributes:
        given: The table given.
        made: The rows made, as a frame of pandas, shape (some, columns of `given`); perhaps none.
        sentence: What was added, why that much, and how several draws are used.
        seed: Repeats it.
        n_draws: So many tables' rows were made, of as many rows each, one after the other.
        weight: Of a row made, beside 1 of a row given.
    """

    given: FrameInput
    made: pd.DataFrame
    sentence: str
    seed: int
    n_draws: int = 1
    weight: float = 1.0

    @property
    def table(self) -> Any:
        """The rows given, in the kind that they came in."""
        return self.given.container.create(self.given.frame)

    @property
    def rows(self) -> Any:
        """The rows made, in the kind that those given came in."""
        return self.given.container.create(self.made)

    def combine(self, *, mark: str | None = MARKER_COLUMN, synthetic_only: bool = False) -> Any:
        """Return one table: the rows given, then those made, in the kind and the dtypes given.

        Of several draws a column `__draw__` has the number, from 0, which rows given lack; weights
        that are not all 1 are a column `__weight__`.

        Args:
            mark: Name of the marker column, which is true in the rows made; None leaves it out.
            synthetic_only: Whether to leave out the rows given.

        Raises:
            SettingError: The table has a column of such a name.
        """
        table = self.given.frame
        both = append(table, self.made)
        if synthetic_only:
            both = both.iloc[len(table) :].reset_index(drop=True)
        is_made = np.arange(len(both)) >= len(both) - len(self.made)
        added: dict[str, Any] = {}
        if mark is not None:
            self._check_mark(mark)
            added[mark] = is_made
        if self.n_draws > 1:
            draws = np.repeat(np.arange(self.n_draws), len(self.made) // self.n_draws)
            added[DRAW_COLUMN] = pd.Series(pd.NA, both.index, "Int64").mask(
                is_made, np.pad(draws, (len(both) - len(draws), 0))
            )
        if self.weight != 1:
            added[WEIGHT_COLUMN] = np.where(is_made, self.weight, 1.0)
        return self.given.container.create(both.assign(**added))

    def _check_mark(self, mark: str) -> None:
        """Raise `SettingError` unless the marker column's name is free."""
        check_marker_column(self.given.frame, mark)
        taken = [DRAW_COLUMN] * (self.n_draws > 1) + [WEIGHT_COLUMN] * (self.weight != 1)
        if mark in taken:
            raise SettingError(f"{mark!r} is the name of another column that is added; rename it.")


def check_marker_column(table: pd.DataFrame, mark: str) -> None:
    """Raise unless the name of a column that is added is a name, and free.

    Raises:
        SettingError: It is blank, or the table has a column of that name.
    """
    if not mark.strip():
        raise SettingError("the mark has no name: give it one, or leave it out.")
    if mark in map(str, table.columns):
        raise SettingError(
            f"the table has a column {mark!r} already, which would tell synthetic rows apart: "
            "give the mark another name, or leave it out."
        )


def check_draws(table: pd.DataFrame, n_draws: int, weight: float) -> None:
    """Raise unless draws and weights are such, and the columns that hold them are free.

    Raises:
        SettingError: They are not.
    """
    check_count("n_draws", n_draws)
    check_positive("weight", weight, 1)
    for name, is_added in ((DRAW_COLUMN, n_draws > 1), (WEIGHT_COLUMN, weight != 1)):
        if is_added and name in map(str, table.columns):
            raise SettingError(
                f"the table has a column {name!r} already, which is the name of one that is added: "
                "rename the table's."
            )
