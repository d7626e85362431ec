"""What a fitted model is asked of given rows: to complete, impute and predict them."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from tabgan.model.complete import plan_completion
from tabgan.model.fitted_model import FittedModel
from tabgan.model.given_table import GivenTable, iter_given
from tabgan.model.impute import plan_imputation
from tabgan.model.predict import Predictor
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
        fast: bool = False,
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
            fast: Whether they are drawn in one pass, from what is known of the latent class alone.

        Returns:
            The rows, one for one, with their index and all columns, in the kind they came in.

        Raises:
            ConditionError: A column or a cell is none of the table's, or known cells contradict a
                relation that was declared; row and relation are named.
            SettingError: There are no draws, or the model draws no rows in one pass.
        """
        table = GivenTable.read(frame, self.schema)
        plan = plan_completion(
            self,
            n_draws=n_draws,
            redraw=redraw,
            seed=seed,
            unknown_gaps=unknown_gaps,
            refine=refine,
            fast=fast,
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

    def impute(
        self,
        frame: Any,
        n_draws: int = 1,
        *,
        point: bool = False,
        columns: Collection[Name] | None = None,
        seed: int | None = None,
        refine: bool = True,
        fast: bool = False,
    ) -> Any:
        """Fill the gaps of rows given all else of them, never with a gap.

        Args:
            frame: The rows: some of the table's columns, in a table of any kind or in a file.
            n_draws: Of each row, which follow each other, numbered in a column `__draw__`.
            point: Whether each gap gets the median of what may stand there, or what is most
                probable: nearest to the truth cell by cell, but too alike for sums over rows.
            columns: Whose gaps are filled; those of all columns when None.
            seed: Of the draws.
            refine: Whether rows are chosen among more candidates.
            fast: Whether they are drawn in one pass, as `complete` takes it.

        Returns:
            The rows, with their index and columns, in the kind that they came in. Relations that
            would have a cell missing do not count.

        Raises:
            ConditionError: A column or a cell is none of the table's.
        """
        table = GivenTable.read(frame, self.schema)
        plan = plan_imputation(
            self,
            list(table.frame.columns),
            n_draws=n_draws,
            point=point,
            columns=columns,
            seed=seed,
            refine=refine,
            fast=fast,
        )
        return table.give_back(plan.impute(table.frame))

    def iter_impute(
        self, frames: Iterator[pd.DataFrame], given: Collection[Name], **settings: Any
    ) -> Iterator[pd.DataFrame]:
        """Yield the rows of `impute`, a block at a time.

        Args:
            frames: The rows, a part at a time.
            given: Their columns.
            **settings: Those of `impute`.
        """
        return plan_imputation(self, given, **settings).iter_frames(frames)

    def predict(
        self,
        frame: Any,
        columns: Name | Collection[Name] | None = None,
        *,
        seed: int | None = 0,
        refine: bool = True,
    ) -> Any:
        """Return what columns most probably are: the commonest class, or the median of a number.

        Args:
            frame: The rows; what they hold of these columns counts for nothing.
            columns: One name or several; the target when None.
            seed: Of the draws. Equal rows are predicted alike.
            refine: Whether draws are chosen among more candidates.

        Returns:
            A Series for one column, a DataFrame for several, with the index of the rows.
        """
        predictor = Predictor.of(self, columns, seed, refine)
        return predictor.give(predictor.predict(GivenTable.read(frame, self.schema).frame))

    def predict_proba(
        self,
        frame: Any,
        columns: Name | Collection[Name] | None = None,
        *,
        seed: int | None = 0,
        refine: bool = True,
    ) -> Any:
        """Return the probability of each class of columns; arguments are those of `predict`.

        Returns:
            A DataFrame for one column, (n_rows, n_classes), with the classes in order as columns;
            for several, a dict of such by column.
        """
        predictor = Predictor.of(self, columns, seed, refine)
        return predictor.give(predictor.predict_proba(GivenTable.read(frame, self.schema).frame))
