"""Gaps, filled: by one draw or several of what could stand there, or by what is most probable.

draws           differ as real values would: averages over several tables are unbiased, and what
                differs between them says how much is not known (Rubin 1987)
point           the median, or the most probable value, of what could stand there: nearest to the
                truth cell by cell, but too much alike
"""

import warnings
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import pandas as pd

from tabgan.errors import SettingError, UnseenCategoryWarning
from tabgan.model.block import Block
from tabgan.model.complete import CompletionPlan, stack
from tabgan.model.completion import RowCompleter
from tabgan.model.fitted_model import FittedModel
from tabgan.model.partial_rows import PartialRowReader, PartialRows
from tabgan.model.point_estimates import find_middle
from tabgan.schema import ColumnKind, Name


@dataclass(frozen=True)
class ImputationPlan:
    """How gaps are filled.

    Attributes:
        plan: What is drawn.
        is_point: Whether the middle of what may be drawn is given instead.
        filled: Columns whose gaps are filled, in the order of the table.
    """

    plan: CompletionPlan
    is_point: bool
    filled: tuple[Name, ...]

    def iter_frames(
        self, frames: Iterator[pd.DataFrame], first_row: int = 0
    ) -> Iterator[pd.DataFrame]:
        """Yield rows without gaps, a block at a time, with the columns that were given."""
        for completer, block in self.plan.iter_blocks(frames, first_row):
            n_draws = self.plan.n_draws
            made = (
                [self._find_middle(completer, block)]
                if self.is_point
                else [completer.draw(block, draw) for draw in range(n_draws)]
            )
            yield stack([self._finish(block.given, rows) for rows in made], len(block.given))

    def _find_middle(self, completer: RowCompleter, block: Block) -> pd.DataFrame:
        is_asked = block.partial.find_unfinished(self.filled)
        found = [
            (rows, find_middle(draws, rows, block.partial, completer.relations, self.filled))
            for rows, draws in completer.iter_weighed(block, is_asked)
        ]
        return completer.assemble(block, found)

    def _finish(self, partial: PartialRows, drawn: pd.DataFrame) -> pd.DataFrame:
        whole = self.plan.finish(partial, drawn)
        filled = set(self.filled)
        columns = {
            name: whole[name] if name in filled else partial.given[name].set_axis(partial.index)
            for name in partial.given
        }
        return pd.DataFrame(columns, index=partial.index)

    def impute(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the rows without gaps; no rows are an empty frame."""
        if not len(frame):
            self.plan.reader.check_names(list(frame.columns))
            return frame
        blocks = list(self.iter_frames(iter([frame])))
        return pd.concat(blocks) if len(blocks) > 1 else blocks[0]


def plan_imputation(
    model: FittedModel,
    given: Collection[Name],
    *,
    n_draws: int = 1,
    point: bool = False,
    columns: Collection[Name] | None = None,
    seed: int | None = None,
    refine: bool = True,
    fast: bool = False,
) -> ImputationPlan:
    """Return how gaps are filled.

    Args:
        model: That draws.
        given: Columns of the rows.
        n_draws: Of each row.
        point: Whether the median or most frequent value is given.
        columns: Whose gaps are filled; those of all given ones when None.
        seed: Of the draws.
        refine: Whether rows are chosen among more candidates.
        fast: Whether they are drawn in one pass.

    Raises:
        SettingError: Several draws are asked for, and one value; or the model draws no rows in one
            pass.
        ConditionError: A column is none of the table's.
    """
    if point and n_draws != 1:
        raise SettingError(f"point gives one value, not {n_draws} draws; leave one of them out.")
    asked = {columns} if isinstance(columns, str | int) else set(columns or given)
    PartialRowReader(model.schema, ()).check_names([*given, *(asked - set(given))])
    kinds = {column.name: column.kind for column in model.schema.columns}
    empty = [name for name in asked if kinds[name] is ColumnKind.EMPTY]
    if empty:
        warnings.warn(
            f"the column {empty[0]!r} had no value in the table that was learned: its gaps stay.",
            UnseenCategoryWarning,
            stacklevel=3,
        )
    filled = tuple(n for n in model.schema.names if n in asked and n in given and n not in empty)
    plan = CompletionPlan(
        model,
        n_draws,
        filled=frozenset(filled),
        seed=seed,
        refine=refine,
        gives_contradictions=True,
        wanted=frozenset(filled),
        fast=fast,
    )
    return ImputationPlan(plan, point, filled)
