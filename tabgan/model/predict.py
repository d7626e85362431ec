"""What a column most probably is in given rows: its value, or the probability of each class.

probabilities   of the classes: their shares among draws given all that is known
values          the most probable class, or the median of the draws of a number

Equal rows are predicted alike, wherever they stand.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tabgan.encoding.categorical import CategoricalEncoder
from tabgan.errors import ConditionError, SettingError
from tabgan.model.complete import CompletionPlan
from tabgan.model.fitted_model import FittedModel
from tabgan.model.partial_rows import PartialRowReader
from tabgan.model.point_estimates import find_middle
from tabgan.relations.functional_dependency import FunctionalDependency
from tabgan.schema import Name
from tabgan.schema.arrays import Objects

N_DRAWS = 50  # of each row


@dataclass(frozen=True)
class Predictor:
    """Predicts columns of a table from the others.

    Attributes:
        model: That draws.
        names: The columns.
        seed: Of the draws.
        refine: Whether draws are chosen among more candidates.
    """

    model: FittedModel
    names: tuple[Name, ...]
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
        names = (asked,) if isinstance(asked, str | int) else tuple(asked)
        PartialRowReader(model.schema, ()).check_names(names)
        return cls(model, names, seed, refine)

    def predict(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the most probable values of rows, whatever they hold; (n_rows, n_names)."""
        plan, parts = self._plan(), []
        for partial, draws in plan.iter_draws(iter([frame])):
            middle = find_middle(draws, partial, plan.relations, self.names)
            whole = self.model.schema.write_missing_marks(middle)
            parts.append(whole[list(self.names)].set_axis(partial.index))
        return pd.concat(parts) if parts else self.model.draw_filler()[list(self.names)][:0]

    def predict_proba(self, frame: pd.DataFrame) -> dict[Name, pd.DataFrame]:
        """Return the probabilities of classes in rows, (n_rows, n_classes), by column.

        Raises:
            ConditionError: A column has no classes.
        """
        classes = {name: find_classes(self.model, name) for name in self.names}
        counted: dict[Name, list[pd.DataFrame]] = {name: [] for name in self.names}
        for partial, draws in self._plan().iter_draws(iter([frame])):
            for name, own in classes.items():
                index = pd.Index(own, dtype=object)
                codes = [index.get_indexer(pd.Index(draw[name], dtype=object)) for draw in draws]
                shares = np.array([np.mean(np.array(codes) == i, axis=0) for i in range(len(own))])
                total = np.maximum(shares.sum(axis=0), 1e-12)
                counted[name].append(pd.DataFrame((shares / total).T, partial.index, own))
        return {
            name: pd.concat(parts) if parts else pd.DataFrame(columns=classes[name])
            for name, parts in counted.items()
        }

    def _plan(self) -> CompletionPlan:
        return CompletionPlan(
            self.model,
            N_DRAWS,
            self.names,
            filled=frozenset(self.names),
            seed=self.seed,
            refine=self.refine,
            gives_contradictions=True,
            wanted=frozenset(self.names),
            by_number=False,
        )


def find_classes(model: FittedModel, name: Name) -> Objects:
    """Return the classes of a column, in order; (n_classes,).

    Raises:
        ConditionError: It has none.
    """
    for relation in model.relations.relations_of(name):
        if isinstance(relation, FunctionalDependency):
            return _sort(relation.dependent_categories.objects)
    for encoder in model.encoder.encoders:
        if encoder.column == model.schema.column(name) and isinstance(encoder, CategoricalEncoder):
            return _sort(encoder.categories.objects)
    kind = model.schema.column(name).kind.value
    raise ConditionError(
        f"the column {name!r} has no classes to tell the probabilities of, since it is {kind} or "
        "follows from others; predict gives its value."
    )


def _sort(objects: Objects) -> Objects:
    """Return categories in order, those that have none by their text; gaps are left out."""
    present = [value for value in objects if not pd.isna(value)]
    try:
        ordered = sorted(present)
    except TypeError:
        ordered = sorted(present, key=str)
    made = np.empty(len(ordered), object)
    made[:] = ordered
    return made
