"""Rows that keep part of a real row, of which the rest is drawn anew.

They stay where real rows are. Sources are preferred where more rows teach most (Zhang et al. 2026,
arXiv 2605.10315): rare classes, and rows that a learner that has not seen them finds hard to tell.
The class of a source is kept: other cells are drawn given it. Columns that facts tie together are
kept or drawn together, since one of them would bring back the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tabgan.augmentation.labelled_table import LabelledTable
from tabgan.evaluation.metrics.metric import IncomputableError
from tabgan.evaluation.utility.folds import make_folds
from tabgan.evaluation.utility.learners import train_and_predict
from tabgan.model.class_sampling import Amounts
from tabgan.model.complete import CompletionPlan, find_followers
from tabgan.model.tabular_model import TabularModel
from tabgan.relations import RelationSet
from tabgan.schema.arrays import Floats, Indices
from tabgan.schema.column import Name
from tabgan.schema.unknown import UNKNOWN

MARGIN_LEARNER = "gbdt"
MARGIN_FOLDS = 3
MIN_PREFERENCE = 0.1  # of a row that no learner takes for another class, beside 1 on the border


@dataclass(frozen=True)
class Inpainter:
    """Draws part of real rows anew.

    Attributes:
        model: That draws.
        table: The real rows.
        preferences: How much each is preferred, among those of its class; (n_labelled,).
        seed: Of the sources, of what is drawn anew of them, and of that.
    """

    model: TabularModel
    table: LabelledTable
    preferences: Floats
    seed: int

    @classmethod
    def prepare(cls, model: TabularModel, table: LabelledTable, seed: int) -> "Inpainter":
        """Return one that prefers rows near the decision of a learner, where there is one."""
        return cls(model, table, find_preferences(table, seed), seed)

    def draw(
        self, amounts: Amounts, share: float, n_draws: int, *, fast: bool = False
    ) -> pd.DataFrame:
        """Return rows, draw by draw; (n_draws * amounts.total, n_columns).

        Args:
            amounts: Of one draw: of any class, rare ones being preferred, and of each class.
            share: Of the cells of a row that are drawn anew.
            n_draws: How many.
            fast: Whether cells are drawn in one pass.
        """
        rng = np.random.default_rng(self.seed)
        chosen = np.concatenate([self._choose(amounts, rng) for _ in range(n_draws)])
        sources = self.table.rows.iloc[chosen].reset_index(drop=True)
        keys = {each.name for each in self.model.schema.columns if each.kind.is_made_anew}
        anew = find_followers(self.model.relations, keys) - {self.table.target}
        free = [name for name in sources.columns if name not in {*anew, self.table.target}]
        partial = hide_cells(sources, find_tied_columns(free, self.model.relations), share, rng)
        plan = CompletionPlan(
            self.model, hidden=anew, seed=self.seed, gives_contradictions=True, fast=fast
        )
        return plan.complete(partial)

    def _choose(self, amounts: Amounts, rng: np.random.Generator) -> Indices:
        """Return the positions of the sources of one draw; (amounts.total,)."""
        chosen = [_draw_positions(self.preferences * self._rarity, amounts.free, rng)]
        labels = list(self.table.rows[self.table.target])
        for value, rows in amounts.by_class.items():
            is_own = np.array([label == value for label in labels])
            chosen.append(_draw_positions(self.preferences * is_own, rows, rng))
        return np.concatenate(chosen)

    @property
    def _rarity(self) -> Floats:
        """How much the class of each row is preferred: halfway to as much of each class."""
        if self.table.task.kind == "regression":
            return np.ones(len(self.table.rows))
        labels = self.table.task.labels(self.table.rows)
        _, codes, counts = np.unique(labels, return_inverse=True, return_counts=True)
        return np.asarray(counts[codes] ** -0.5)


def hide_cells(
    rows: pd.DataFrame, groups: Sequence[Sequence[Name]], share: float, rng: np.random.Generator
) -> pd.DataFrame:
    """Return rows in which that share of groups of columns is unknown, and one at the least."""
    is_hidden = rng.random((len(rows), len(groups))) < share
    one = rng.integers(len(groups), size=len(rows))
    is_hidden[np.arange(len(rows)), one] |= ~is_hidden.any(axis=1)
    columns: dict[Name, pd.Series[Any]] = {name: rows[name] for name in rows.columns}
    for names, mask in zip(groups, is_hidden.T, strict=True):
        for name in names:
            cells = rows[name].astype(object).to_numpy(copy=True)
            cells[mask] = UNKNOWN
            columns[name] = pd.Series(cells, rows.index, object)
    return pd.DataFrame(columns)


def find_preferences(table: LabelledTable, seed: int) -> Floats:
    """Return how near to a learner's decision each row is, 1 on the border; (n_labelled,).

    That is 1 less the margin between the two likeliest classes (Scheffer et al. 2001), as told by
    learners that have not seen the row; 1 of all where numbers are predicted.
    """
    task, margins = table.task, np.zeros(len(table.rows))
    if task.kind == "regression":
        return np.ones(len(margins))
    labels = task.labels(table.rows)
    for fold in make_folds(pd.Series(labels), MARGIN_FOLDS, 1, seed):
        train, test = (task.examples(table.rows.iloc[part]) for part in (fold.train, fold.test))
        try:
            found = train_and_predict(MARGIN_LEARNER, task, train, test, fold.seed)
        except IncomputableError:  # a fold of one class tells nothing
            continue
        ordered = np.sort(found, axis=1)
        margins[fold.test] = ordered[:, -1] - ordered[:, -2]
    return np.maximum(1 - margins, MIN_PREFERENCE)


def find_tied_columns(names: Sequence[Name], relations: RelationSet) -> list[list[Name]]:
    """Return columns in groups that facts tie together, each in the order given."""
    groups: list[set[Name]] = [{name} for name in names]
    for relation in relations.relations:
        tied = relation.dependent_names | relation.source_names
        joined = [group for group in groups if group & tied]
        if joined:
            groups = [group for group in groups if not group & tied]
            groups.append(set().union(*joined))
    order = {name: place for place, name in enumerate(names)}
    grouped = [sorted(group, key=order.__getitem__) for group in groups]
    return sorted(grouped, key=lambda group: order[group[0]])


def _draw_positions(weights: Floats, rows: int, rng: np.random.Generator) -> Indices:
    """Return positions, drawn with these odds; (rows,)."""
    return rng.choice(len(weights), rows, p=weights / weights.sum()) if rows else np.zeros(0, int)
