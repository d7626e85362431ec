"""How likely rows and their cells are under a model: densities of rows, surprises of cells.

Numbers count by their value: as a density, or as a probability where they have a step (whole
numbers, cents, moments of a calendar) or repeat; gaps and categories are probabilities. What none
of the n rows showed that were learned, a new category, a gap, a number beyond the ends, counts as
one row among n + 1: it is never impossible.

What other columns decide adds nothing; a row that breaks a fact loses BROKEN_FACT_SURPRISE instead,
whatever the columns hold that the fact decides. Values that are made anew, such as keys and free
text, are not judged; that they are there, and of which pattern, is.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from tabgan.io import read_rows
from tabgan.model.row_conditions import RowConditions
from tabgan.model.row_scorer import BROKEN_FACT_SURPRISE, ReadRows, RowScorer, ScoredModel
from tabgan.model.unseen_categories import UnseenCategories
from tabgan.networks.generation import count_batch_rows, scale_to_width
from tabgan.relations import Relation
from tabgan.runtime.devices import parallel_map, use_threads
from tabgan.schema.arrays import Floats, Mask
from tabgan.schema.column import Name

N_USUAL_ROWS = 500  # drawn, that tell how surprising a column's cells usually are
MIN_EXCESS = 0.1  # nats by which a cell is odder than its column's usually are, to be named
N_NAMED = 3  # cells of a row that are told in words
MAX_SHOWN = 40  # characters of a value
MAX_WHOLE = 1e15  # that is written without decimals


@dataclass(frozen=True)
class CellSurprises:
    """The cells of rows, by how surprising they are given the rest of their row.

    Attributes:
        frame: The rows; (n_rows, n_columns).
        surprises: Of each cell, in nats, in the same order of columns.
        usual: What surprises of each column are among rows that the model draws, their median.
        broken: Rows that break a fact, (n_rows,), by its text.
    """

    frame: pd.DataFrame
    surprises: pd.DataFrame
    usual: Floats
    broken: Mapping[str, Mask]

    def describe(self, relations: Sequence[Relation]) -> list[str]:
        """Return the cells that surprise most, for their column, of each row in words; (n_rows,).

        A number of many digits is always as unlikely as all others: what is usual is no surprise,
        and a row without any is "".
        """
        facts: dict[int, list[str]] = {}
        for relation in relations:
            for name in _columns_of(relation) if relation.text in self.broken else ():
                facts.setdefault(list(self.frame).index(name), []).append(relation.text)
        excess = self.surprises.to_numpy() - self.usual
        order = np.argsort(-excess, axis=1, kind="stable")[:, :N_NAMED]
        return [
            "; ".join(
                self._describe_cell(row, int(column), facts)
                for column in columns
                if excess[row, column] > MIN_EXCESS
            )
            for row, columns in enumerate(order)
        ]

    def _describe_cell(self, row: int, column: int, facts: Mapping[int, Sequence[str]]) -> str:
        name = str(self.frame.columns[column])
        cell: Any = self.frame.iat[row, column]
        if isinstance(cell, float) and cell.is_integer() and abs(cell) < MAX_WHOLE:
            cell = int(cell)  # a batch of a file has other dtypes where a gap is in it
        text: str = "missing" if pd.isna(cell) else str(cell)
        value = " ".join(text.split())[:MAX_SHOWN]
        broken = [text for text in facts.get(column, ()) if self.broken[text][row]]
        reason = "".join(f", breaks {text}" for text in broken)
        nats = (
            f"{float(self.surprises.to_numpy()[row, column]):.1f}, usually {self.usual[column]:.1f}"
        )
        return f"{name} is {value} ({nats}{reason})"


class TableScorer:
    """Scores tables under a model, of any kind and batch by batch.

    Args:
        model: Fitted.
        seed: Of the orders of cells: the same seed, the same scores.
    """

    def __init__(self, model: ScoredModel, seed: int = 0) -> None:
        self.model, self.scorer = model, RowScorer(model, seed)
        self.unseen = UnseenCategories(model.encoder, model.relations)

    def score_samples(self, frame: Any) -> Floats:
        """Return log-densities of rows; (n_rows, n_columns) -> (n_rows,)."""
        return self._score(frame, self.scorer.score)

    def score_tails(self, frame: Any) -> Floats:
        """Return how normal rows are, by `RowScorer.score_tails`; (n_rows, n_columns) -> (n_rows,).

        Densities of numbers drown what is odd where other values repeat; tail probabilities do not.
        """
        return self._score(frame, self.scorer.score_tails)

    def _score(self, frame: Any, score: Callable[[ReadRows], Floats]) -> Floats:
        rows = self._check(read_rows(frame).frame)
        self.unseen.add(rows)
        return np.concatenate([np.zeros(0), *self._map(score, rows)])

    def warn(self) -> None:
        """Warn of categories, among the rows of `score_samples`, that the model does not know."""
        self.unseen.warn(self.model.card.rows)

    def score_cells(self, frame: Any) -> CellSurprises:
        """Return the surprise of each cell given the rest of its row; (n_rows, n_columns)."""
        given = read_rows(frame).frame
        parts = list(self._map(self._score_part, self._check(given)))
        names: list[Any] = list(self.model.schema.names)
        values = np.vstack([np.zeros((0, len(names))), *(values for values, _ in parts)])
        texts = dict.fromkeys(text for _, broken in parts for text in broken)
        broken = {
            text: np.concatenate([own.get(text, np.zeros(len(v), bool)) for v, own in parts])
            for text in texts
        }
        surprises = pd.DataFrame(values, columns=names)
        numbers = [names.index(name) for name in given]
        return CellSurprises(given, surprises.iloc[:, numbers], self.usual[numbers], broken)

    @cached_property
    def usual(self) -> Floats:
        """Medians of the surprises of all columns among drawn rows, the same ones every time."""
        model = self.model
        conditions = RowConditions.from_where(None, model.relations, model.encoder)
        n_rows = scale_to_width(N_USUAL_ROWS, len(model.encoder.parts))
        rng = np.random.default_rng(0)
        drawn = model.draw(np.arange(n_rows), conditions, model.source.raw, rng)
        values = [values for values, _ in self._map(self._score_part, drawn)]
        return np.asarray(np.median(np.vstack(values), axis=0))

    def _check(self, frame: pd.DataFrame) -> pd.DataFrame:
        return self.model.schema.check_rows(frame).reset_index(drop=True)

    def _map(self, score: Callable[[ReadRows], Any], frame: pd.DataFrame) -> Iterator[Any]:
        """Yield what a function makes of rows that are read, a batch at a time."""
        n_rows = count_batch_rows(len(self.scorer.encoder.parts))
        if self.model.refiner is not None and len(frame):
            _ = self.scorer.log_normaliser  # before threads share it

        def score_batch(start: int) -> Any:
            with use_threads(1):  # how sums are split would show in the last bits
                return score(self.scorer.read(frame.iloc[start : start + n_rows]))

        return parallel_map(score_batch, range(0, len(frame), n_rows), self.model.device)

    def _score_part(self, rows: ReadRows) -> tuple[Floats, Mapping[str, Mask]]:
        """Return surprises of all columns of the schema, and the facts that rows break."""
        learned = dict(
            zip(self.scorer.encoder.schema.names, self.scorer.score_cells(rows).T, strict=True)
        )
        nothing = np.zeros(len(rows.is_judged))
        columns = {name: learned.get(name, nothing) for name in self.model.schema.names}
        for relation in self.model.relations.relations:
            if relation.text in rows.broken:
                for name in _columns_of(relation):
                    columns[name] = (
                        columns[name] + BROKEN_FACT_SURPRISE * rows.broken[relation.text]
                    )
        return np.stack(list(columns.values()), axis=1), rows.broken


def _columns_of(relation: Relation) -> list[Name]:
    """Return the columns that a fact decides, or all that it is of where it decides none."""
    return [column.name for column in relation.dependents or relation.sources]


def score_samples(model: ScoredModel, frame: Any, seed: int) -> Floats:
    """Return `TabularModel.score_samples`."""
    scorer = TableScorer(model, seed)
    scores = scorer.score_samples(frame)
    scorer.warn()
    return scores


def score_cells(model: ScoredModel, frame: Any) -> pd.DataFrame:
    """Return `TabularModel.score_cells`."""
    found = TableScorer(model).score_cells(frame)
    surprises = found.surprises
    if isinstance(frame, pd.DataFrame):
        surprises = surprises[list(frame)].set_axis(frame.index)
    surprises.attrs["broken_facts"] = {
        text: np.flatnonzero(mask).tolist() for text, mask in found.broken.items()
    }
    return surprises
