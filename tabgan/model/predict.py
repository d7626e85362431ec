"""What a column most probably is in given rows: its value, or the probability of each class.

probabilities   of classes: computed by `class_probabilities`; where known numbers are told to no
                one but a draw that goes with them, their shares among draws
values          the most probable class, or the median of what a number may be

Equal rows are predicted alike, wherever they stand.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tabgan.errors import ConditionError, SettingError
from tabgan.model.block import Block
from tabgan.model.class_probabilities import ClassProbabilities
from tabgan.model.column_classes import find_classes
from tabgan.model.complete import CompletionPlan
from tabgan.model.completion import RowCompleter
from tabgan.model.fitted_model import FittedModel
from tabgan.model.partial_rows import PartialRowReader
from tabgan.model.point_estimates import find_middle
from tabgan.schema import Name, restore_dtype
from tabgan.schema.arrays import Floats


@dataclass(frozen=True)
class Predictor:
    """Predicts columns of a table from the others.

    Attributes:
        model: That draws.
        names: The columns.
        is_one: Whether one is asked about, by its name.
        seed: Of the draws.
        refine: Whether draws are chosen among more candidates.
    """

    model: FittedModel
    names: tuple[Name, ...]
    is_one: bool = False
    seed: int | None = 0
    refine: bool = True

    @classmethod
    def of(
        cls,
        model: FittedModel,
        columns: Name | Collection[Name] | None,
        seed: int | None,
        refine: bool,
    ) -> "Predictor":
        """Return a predictor of columns; of the target when None.

        Raises:
            SettingError: There is no target.
            ConditionError: A column is none of the table's.
        """
        asked = model.schema.target if columns is None else columns
        if asked is None:
            raise SettingError("the model has no target; name the columns to predict.")
        is_one = isinstance(asked, str | int)
        names = (asked,) if isinstance(asked, str | int) else tuple(asked)
        PartialRowReader(model.schema, ()).check_names(names)
        return cls(model, names, is_one, seed, refine)

    def give(self, answers: Any) -> Any:
        """Return answers by column, or that of the one which is asked about."""
        return answers[self.names[0]] if self.is_one else answers

    def predict(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the most probable values of rows, whatever they hold; (n_rows, n_names)."""
        parts = list(self.iter_frames(iter([frame])))
        return pd.concat(parts) if parts else self.model.draw_filler()[list(self.names)][:0]

    def iter_frames(
        self, frames: Iterator[pd.DataFrame], first_row: int = 0
    ) -> Iterator[pd.DataFrame]:
        """Yield the answers of `predict`, a block at a time."""
        for completer, block in self._plan().iter_blocks(frames, first_row):
            answers = BlockAnswers(completer, block)
            found = {name: answers.find_best(name) for name in self.names}
            best = {name: cells for name, cells in found.items() if cells is not None}
            if len(best) == len(self.names) == 1:
                whole = pd.DataFrame(best)
            else:
                whole = answers.find_middle(self.names, best)
            written = self.model.schema.write_missing_marks(whole)[list(self.names)]
            yield written.set_axis(block.given.index)

    def predict_proba(self, frame: pd.DataFrame) -> dict[Name, pd.DataFrame]:
        """Return the probabilities of classes in rows, (n_rows, n_classes), by column.

        Raises:
            ConditionError: A column has no classes.
        """
        classes = {name: find_classes(self.model, name) for name in self.names}
        found: dict[Name, list[pd.DataFrame]] = {name: [] for name in self.names}
        for completer, block in self._plan().iter_blocks(iter([frame])):
            answers = BlockAnswers(completer, block)
            for name, own in classes.items():
                shares = answers.find_shares(name)
                found[name].append(pd.DataFrame(shares, block.given.index, own))
        return {
            name: pd.concat(parts) if parts else pd.DataFrame(columns=classes[name])
            for name, parts in found.items()
        }

    def _plan(self) -> CompletionPlan:
        return CompletionPlan(
            self.model,
            hidden=self.names,
            filled=frozenset(self.names),
            seed=self.seed,
            refine=self.refine,
            gives_contradictions=True,
            wanted=frozenset(self.names),
            by_number=False,
        )


@dataclass(frozen=True)
class BlockAnswers:
    """What a block of rows most probably holds.

    Attributes:
        completer: Of its rows.
        block: The rows, which do not know the columns asked about.
    """

    completer: RowCompleter
    block: Block

    def find_middle(
        self, names: Collection[Name], best: Mapping[Name, "pd.Series[Any]"]
    ) -> pd.DataFrame:
        """Return whole rows with what columns most probably hold; (n_rows, n_columns).

        Args:
            names: Of the columns.
            best: The most probable classes of some of them.
        """
        partial, relations = self.block.partial, self.completer.relations
        every = np.ones(len(partial), bool)
        found = [
            (rows, find_middle(draws, rows, partial, relations, names, best))
            for rows, draws in self.completer.iter_weighed(self.block, every)
        ]
        return self.completer.assemble(self.block, found)

    def find_shares(self, name: Name) -> Floats:
        """Return the probabilities of a column's classes; (n_rows, n_classes)."""
        classes = find_classes(self.completer.model, name)
        exact, is_drawn = ClassProbabilities.of(self.completer, name, classes), self.block.is_hard
        if exact is None:
            shares, is_drawn = np.zeros((len(is_drawn), len(classes))), np.ones_like(is_drawn)
        else:
            shares = exact.compute(self.block)
        index = pd.Index(classes, dtype=object)
        for rows, draws in self.completer.iter_weighed(self.block, is_drawn):
            codes = index.get_indexer(pd.Index(draws.frame[name], dtype=object))
            own = codes.reshape(draws.keys.shape)
            counts = [(draws.weights * (own == number)).sum(axis=1) for number in range(len(index))]
            shares[rows] = np.stack(counts, axis=1)
            shares[rows] /= np.maximum(shares[rows].sum(axis=1, keepdims=True), 1e-12)
        return shares

    def find_best(self, name: Name) -> "pd.Series[Any] | None":
        """Return the most probable class of each row, (n_rows,); None of what has no classes."""
        model = self.completer.model
        column = model.schema.column(name)
        if not column.kind.has_categories:
            return None
        try:
            classes = find_classes(model, name)
        except ConditionError:
            return None
        best = classes[self.find_shares(name).argmax(axis=1)]
        dtype = model.draw_filler()[name].dtype
        if isinstance(dtype, pd.CategoricalDtype):
            return pd.Series(best, name=name).astype(dtype)
        return restore_dtype(best, column)
