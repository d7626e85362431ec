"""Cells that follow from those known, whatever else is drawn: a part of a sum from the rest.

They are told to the generator as if they had been given.
"""

from dataclasses import replace

import numpy as np
import pandas as pd

from tabgan.model.partial_rows import PartialRows
from tabgan.model.solving import Solver, is_computed
from tabgan.relations import Relation
from tabgan.schema.arrays import Mask
from tabgan.schema.column import Name

MAX_PASSES = 4  # over all relations: one cell may follow from another that does


def deduce(partial: PartialRows, filler: pd.DataFrame, solver: Solver) -> PartialRows:
    """Return rows with what follows from their known cells, as known.

    Args:
        partial: The rows.
        filler: A whole row that stands in where nothing is known; (1, n_columns).
        solver: Of the relations that are obeyed.
    """
    filled = filler.iloc[np.zeros(len(partial), np.int64)].reset_index(drop=True)
    view = partial.write_over(filled, np.arange(len(partial)))
    known = {name: mask.copy() for name, mask in partial.known.items()}
    changed: set[Name] = set()
    for _ in range(MAX_PASSES):
        n_known = sum(int(mask.sum()) for mask in known.values())
        for relation in reversed(solver.relations.relations):
            if is_computed(relation):
                view = _deduce_by(relation, view, known, changed, solver)
        if sum(int(mask.sum()) for mask in known.values()) == n_known:
            break
    cells = {name: view[name][known[name]] for name in changed}
    return replace(partial, known=known, cells={**partial.cells, **cells}) if changed else partial


def _deduce_by(
    relation: Relation,
    view: pd.DataFrame,
    known: dict[Name, Mask],
    changed: set[Name],
    solver: Solver,
) -> pd.DataFrame:
    """Return rows with what one relation tells of them; it is known from then on, in place."""
    names = [relation.dependent.name, *(column.name for column in relation.sources)]
    count = np.sum([known[name] for name in names], axis=0)
    one_left = count == len(names) - 1
    for name, column in zip(names, (relation.dependent, *relation.sources), strict=True):
        rows = np.flatnonzero(one_left & ~known[name])
        if not len(rows) or not column.kind.is_quantitative:
            continue
        if name == relation.dependent.name:
            made = relation.restore(view.drop(columns=[name]))[name]
            view = view.copy(deep=False)
            both = pd.concat([view[name], made.iloc[rows]])
            positions = np.arange(len(view))
            positions[rows] = len(view) + np.arange(len(rows))
            view[name] = both.iloc[positions].set_axis(view.index)
            solved = rows
        else:
            view, solved = solver.move(relation, view, column, rows, only_unique=True)
        if len(solved):
            known[name][solved] = True
            changed.add(name)
    return view
