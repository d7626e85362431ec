"""What a fitted model is asked of rows that are given: to complete, impute and predict them."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from tabgan.model.complete import plan_completion
from tabgan.model.fitted_model import FittedModel
from tabgan.model.given_table import GivenTable, iter_given
from tabgan.schema import Name


@dataclass(frozen=True)
class ConditionalModel(FittedModel):
    """A model that says of given rows what it does not know of them.

    The generator is trained on rows of which any cells are hidden: what it draws for them is drawn
    given all others.
    """

    def complete(
        self,
        frame: Any,
        n_draws: int = 1,
        redraw: Collection[Name] = (),
        *,
        seed: int | None = None,
        unknown_gaps: bool = False,
        refine: bool = True,
    ) -> Any:
        """Draw what is unknown of partial rows, and keep all else exactly as it is.

        Args:
            frame: The rows: some of the table's columns, in a table of any kind or in a file.
                Columns that are left out and `tabgan.UNKNOWN` cells are drawn; a gap is a missing
                value where the column has gaps, and drawn elsewhere.
            n_draws: Of each row, which follow each other, numbered in a column `__draw__`.
            redraw: Columns that are drawn whatever they hold, and all that is computed from them.
            seed: Of the draws. What is drawn for a row depends on it, on the row and its number.
            unknown_gaps: Whether all gaps are drawn.
            refine: Whether rows are chosen among more candidates, so that they are more alike.

        Returns:
            The rows, one for one, with their index and all columns, in the kind they came in.

        Raises:
            ConditionError: A column or a cell is none of the table's, or known cells contradict a
                relation that was declared; row and relation are named.
        """
        table = GivenTable.read(frame, self.schema)
        plan = plan_completion(
            self,
            n_draws=n_draws,
            redraw=redraw,
            seed=seed,
            unknown_gaps=unknown_gaps,
            refine=refine,
        )
        return table.give_back(plan.complete(table.frame))

    def iter_complete(self, data: Any, **settings: Any) -> Iterator[pd.DataFrame]:
        """Yield the rows of `complete`, a block at a time.

        Args:
            data: A table, the name of a file that may be larger than memory, or an iterator of
                frames.
            **settings: Those of `complete`.
        """
        plan = plan_completion(self, **settings)
        return plan.iter_frames(iter_given(data, self.schema))
