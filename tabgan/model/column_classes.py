"""The classes of a column: those that are learned, and those that only relations write."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from tabgan.encoding.categorical import CategoricalEncoder
from tabgan.errors import ConditionError
from tabgan.model.fitted_model import FittedModel
from tabgan.relations import Relation
from tabgan.relations.constant_where import ConstantWhere
from tabgan.relations.fixed_combinations import FixedCombinations
from tabgan.relations.functional_dependency import FunctionalDependency
from tabgan.schema.arrays import Objects
from tabgan.schema.column import Column, Name


def find_classes(model: FittedModel, name: Name) -> Objects:
    """Return the classes of a column, in order; (n_classes,).

    Raises:
        ConditionError: It has none.
    """
    column, writers = model.schema.column(name), model.relations.relations_of(name)
    found = [value for relation in writers for value in _find_written(relation, column)]
    is_joined = any(isinstance(relation, FixedCombinations) for relation in writers)
    for encoder in model.encoder.encoders:
        is_own = encoder.column == column and not is_joined
        if is_own and isinstance(encoder, CategoricalEncoder):
            found += list(encoder.categories.objects[:-1])
    if found:
        return _sort(found)
    raise ConditionError(
        f"the column {name!r} has no classes to tell the probabilities of, since it is "
        f"{column.kind.value} or follows from others; predict gives its value."
    )


def _find_written(relation: Relation, column: Column) -> list[Any]:
    """Return the classes that a relation writes in a column, whatever is learned of it."""
    if isinstance(relation, FunctionalDependency):
        return list(relation.dependent_categories.objects[:-1])
    if isinstance(relation, FixedCombinations):
        own = next(each for each in relation.categories if each.column.name == column.name)
        return list(own.objects[:-1])
    if isinstance(relation, ConstantWhere) and column.kind.has_categories:
        return [relation.constant]
    return []


def _sort(values: Iterable[Any]) -> Objects:
    """Return categories in order, those that have none by their text; gaps are left out."""
    present = list(dict.fromkeys(value for value in values if not pd.isna(value)))
    try:
        ordered = sorted(present)
    except TypeError:
        ordered = sorted(present, key=str)
    made = np.empty(len(ordered), object)
    made[:] = ordered
    return made
