"""What an augmentation gives: the rows given, those made, and the columns that tell them apart."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tabgan.augmentation.plan import AugmentationPlan
from tabgan.augmentation.plan_choice import PlanChoice
from tabgan.augmentation.plan_rows import PlanRows
from tabgan.errors import SettingError
from tabgan.fitting.concat import append
from tabgan.io import FrameInput
from tabgan.model.complete import DRAW_COLUMN

MARKER_COLUMN = "__synthetic__"  # true in the rows made
WEIGHT_COLUMN = "__weight__"  # what a row weighs for a learner
HOW_TO_AVERAGE = (
    "Train one learner on the rows given and those of each __draw__, and average what they predict."
)
HOW_TO_WEIGH = "Give learners __weight__ as sample_weight."
HOW_TO_INPAINT = "Rows made keep cells of rows given."


@dataclass(frozen=True)
class Augmentation:
    """A table and the rows made for it.

    Attributes:
        given: The table given.
        made: The rows made, shape (some, columns of `given`), their draws and weights; perhaps
            none.
        choice: What was added, and why.
        seed: Repeats it.
        n_unlabelled: Rows given without a target.
    """

    given: FrameInput
    made: PlanRows
    choice: PlanChoice
    seed: int
    n_unlabelled: int = 0

    @property
    def sentence(self) -> str:
        """What was added, why that, and how it is used."""
        plan, sentences = self.choice.plan, [self.choice.describe(len(self.made.frame))]
        if self.n_unlabelled and not self.made.frame.empty:
            count = f"{self.n_unlabelled:,} rows" if self.n_unlabelled > 1 else "1 row"
            sentences.append(f"{count} without a target taught the model; rows made all have one.")
        notes = {
            HOW_TO_INPAINT: bool(plan.inpaint),
            HOW_TO_AVERAGE: plan.n_draws > 1,
            HOW_TO_WEIGH: plan.is_weighted,
        }
        return " ".join([*sentences, *(note for note, is_due in notes.items() if is_due)])

    def to_dict(self) -> dict[str, Any]:
        """Return what was added and why as plain values, as `--json` writes them."""
        return {
            "verdict": self.sentence,
            "rows_added": len(self.made.frame),
            "seed": self.seed,
            **self.choice.to_dict(),
        }

    @property
    def table(self) -> Any:
        """The rows given, in the kind that they came in."""
        return self.given.container.create(self.given.frame)

    @property
    def rows(self) -> Any:
        """The rows made, in the kind that those given came in."""
        return self.given.container.create(self.made.frame)

    def combine(self, *, mark: str | None = MARKER_COLUMN, synthetic_only: bool = False) -> Any:
        """Return one table: the rows given, then those made, in the kind and the dtypes given.

        Of several draws a column `__draw__` has the number, from 0, which rows given lack; weights
        are a column `__weight__`, where rows have any but 1.

        Args:
            mark: Name of the marker column, which is true in the rows made; None leaves it out.
            synthetic_only: Whether to leave out the rows given.

        Raises:
            SettingError: The table has a column of such a name.
        """
        table, made, plan = self.given.frame, self.made, self.choice.plan
        both = append(table, made.frame)
        n_given = len(table)
        added: dict[str, Any] = {}
        if mark is not None:
            self._check_mark(mark)
            added[mark] = np.arange(len(both)) >= n_given
        if plan.n_draws > 1:
            numbers = pd.array([pd.NA] * n_given + made.draws.tolist(), "Int64")
            added[DRAW_COLUMN] = numbers
        if plan.is_weighted:
            added[WEIGHT_COLUMN] = np.append(np.ones(n_given), made.weights)
        both = both.assign(**added)
        if synthetic_only:
            both = both.iloc[n_given:].reset_index(drop=True)
        return self.given.container.create(both)

    def _check_mark(self, mark: str) -> None:
        """Raise `SettingError` unless the marker column's name is free."""
        check_marker_column(self.given.frame, mark)
        if mark in find_added_columns(self.choice.plan):
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


def find_added_columns(plan: AugmentationPlan | None) -> list[str]:
    """Return the columns that go with a plan, beside the marker; None for any plan."""
    is_due = {
        DRAW_COLUMN: plan is None or plan.n_draws > 1,
        WEIGHT_COLUMN: plan is None or plan.is_weighted,
    }
    return [name for name, due in is_due.items() if due]


def check_added_columns(table: pd.DataFrame, plan: AugmentationPlan | None) -> None:
    """Raise unless the names of columns that go with a plan, or with any, are free.

    Raises:
        SettingError: The table has such a column.
    """
    for name in find_added_columns(plan):
        if name in map(str, table.columns):
            raise SettingError(
                f"the table has a column {name!r} already, which is the name of one that is added: "
                "rename the table's."
            )
