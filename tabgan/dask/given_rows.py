"""Rows of a Dask DataFrame, completed, filled, predicted or scored partition by partition.

What is drawn for a row depends on the seed, the row and its number, and keys on the block of rows
that it is in. So a task is given the whole blocks that its partition touches, which are a few rows
of its neighbours: rows are those of one process, however they are spread over partitions.
"""

import warnings
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
import pandas as pd

from tabgan.dask.worker import Releases, hold_model, load_model, serialize
from tabgan.errors import MissingExtraError, TableError
from tabgan.model import complete as completion
from tabgan.model.complete import CompletionPlan, plan_completion
from tabgan.model.impute import ImputationPlan, plan_imputation
from tabgan.model.predict import Predictor
from tabgan.model.score import TableScorer
from tabgan.model.tabular_model import TabularModel
from tabgan.runtime.devices import use_threads
from tabgan.schema import Name

try:
    import dask
    import dask.dataframe as dd
except ImportError as error:
    raise MissingExtraError("Dask", "dask", "work on a cluster") from error


def complete(
    model: TabularModel,
    frame: dd.DataFrame,
    n_draws: int = 1,
    redraw: Collection[Name] = (),
    *,
    seed: int | None = None,
    unknown_gaps: bool = False,
    refine: bool = True,
    fast: bool = False,
) -> dd.DataFrame:
    """Complete partial rows as `TabularModel.complete` does, to the very same rows.

    Partitions are counted at once, for the numbers of their rows; all else is done when Dask
    computes. A frame that is slow to make is persisted first.

    Args:
        model: That draws; `TabGAN.model_` is one.
        frame: Some of the table's columns.
        n_draws: As there.
        redraw: As there.
        seed: As there; drawn here when None, so that rows stay the same.
        unknown_gaps: As there.
        refine: As there.
        fast: As there.

    Returns:
        A Dask DataFrame with the partitions and the index of `frame`.

    Raises:
        TableError: `frame` is no Dask DataFrame.
        ConditionError: A column is none of the table's; while Dask computes: a cell is none.
        ClusterError: While Dask computes: a worker has another release of tabgan or torch.

    Example:
        >>> from tabgan import TabGAN
        >>> table = pd.DataFrame({"x": range(40), "town": ["Ulm", "Rom"] * 20})
        >>> model = TabGAN(random_state=0, steps=2).fit(table).model_
        >>> made = complete(model, dd.from_pandas(table[["x"]], npartitions=2), seed=0)
        >>> made.npartitions, made.compute()["x"].tolist() == list(range(40))
        (2, True)
    """
    settings = {"n_draws": n_draws, "redraw": redraw, "unknown_gaps": unknown_gaps}
    return _draw(
        model, frame, "complete", settings | {"seed": seed, "refine": refine, "fast": fast}
    )


def impute(
    model: TabularModel,
    frame: dd.DataFrame,
    n_draws: int = 1,
    *,
    point: bool = False,
    columns: Collection[Name] | None = None,
    seed: int | None = None,
    refine: bool = True,
    fast: bool = False,
) -> dd.DataFrame:
    """Fill the gaps of rows as `TabularModel.impute` does, to the very same rows.

    Arguments, what is returned and raised are as of `complete`, or as there.
    """
    settings = {"n_draws": n_draws, "point": point, "columns": columns}
    return _draw(model, frame, "impute", settings | {"seed": seed, "refine": refine, "fast": fast})


def predict(
    model: TabularModel,
    frame: dd.DataFrame,
    columns: Name | Collection[Name] | None = None,
    *,
    seed: int | None = 0,
    refine: bool = True,
) -> dd.DataFrame | dd.Series:
    """Predict columns as `TabularModel.predict` does, to the very same values.

    Arguments, what is returned and raised are as of `complete`, or as there.
    """
    predictor = Predictor.of(model, columns, seed, refine)
    settings = {"columns": predictor.names, "refine": refine, "seed": seed}
    return predictor.give(_draw(model, frame, "predict", settings))


def score_samples(model: TabularModel, frame: dd.DataFrame, *, seed: int = 0) -> dd.Series:
    """Return the log-density of each row, as `TabularModel.score_samples`, with their index."""
    _check_frame(frame)
    task = ScoreTask(seed, model.device.type, Releases.installed())
    content = dask.delayed(hold_model, pure=False)(serialize(model))
    score = dask.delayed(score_part, pure=False)
    meta = pd.Series([], dtype="float64", name=SCORE_NAME)
    parts = [score(content, task, part) for part in frame.to_delayed()]
    return dd.from_delayed(parts, meta=meta, divisions=frame.divisions, verify_meta=False)


SCORE_NAME = "score"
DrawPlan = CompletionPlan | ImputationPlan | Predictor


@dataclass(frozen=True)
class ScoreTask:
    """How rows are scored: by the orders of a seed, on a type of device, by these releases."""

    seed: int
    device: str
    releases: Releases


def score_part(content: bytes, task: ScoreTask, frame: pd.DataFrame) -> "pd.Series[Any]":
    """Return the scores of a partition: the task of a worker."""
    model = load_model(content, task.device, task.releases)
    with use_threads(1):
        scorer = TableScorer(model, task.seed)
        scores = scorer.score_samples(frame.reset_index(drop=True))
        scorer.warn()
    return pd.Series(scores, index=frame.index, name=SCORE_NAME)


@dataclass(frozen=True)
class DrawTask:
    """All that a worker needs, beside model and rows, to draw what is unknown of a partition.

    Attributes:
        question: "complete", "impute" or "predict".
        settings: Of the plan.
        device: Type of the device to draw on.
        releases: Of the process that the rows are for.
    """

    question: str
    settings: dict[str, Any]
    device: str
    releases: Releases

    def plan(self, model: TabularModel, names: Sequence[Name]) -> DrawPlan:
        """Return how rows with some columns are drawn."""
        if self.question == "predict":
            return Predictor.of(model, **self.settings)
        if self.question == "complete":
            return plan_completion(model, **self.settings)
        return plan_imputation(model, names, **self.settings)

    def run(self, model: TabularModel, frame: pd.DataFrame, place: "Place") -> pd.DataFrame:
        """Return the rows of a partition, of which the whole blocks are given."""
        plan = self.plan(model, list(frame.columns))
        with use_threads(1):
            made = list(plan.iter_frames(iter([frame]), place.first))
        names = self.settings["columns"] if self.question == "predict" else frame.columns
        rows = pd.concat(made) if made else model.draw_filler()[:0][list(names)]
        n_draws = self.settings.get("n_draws", 1)
        return rows.iloc[place.skipped * n_draws : (place.skipped + place.rows) * n_draws]


@dataclass(frozen=True)
class Place:
    """Where a partition is among all rows.

    Attributes:
        first: Number of the first row of its first block.
        skipped: Rows of that block before the partition.
        rows: Of the partition.
    """

    first: int
    skipped: int
    rows: int


def draw_part(content: bytes, task: DrawTask, place: Place, *parts: pd.DataFrame) -> Any:
    """Return a partition whose unknown cells are drawn: the task of a worker."""
    model = load_model(content, task.device, task.releases)
    return task.run(model, pd.concat(parts) if len(parts) > 1 else parts[0], place)


def take_rows(frame: pd.DataFrame, start: int, stop: int) -> pd.DataFrame:
    """Return some rows of a partition."""
    return frame.iloc[start:stop]


def _check_frame(frame: Any) -> None:
    if not isinstance(frame, dd.DataFrame):
        raise TableError(
            f"rows on a cluster are a Dask DataFrame, not a {type(frame).__name__}; a model itself "
            "is asked about all others."
        )


def _draw(
    model: TabularModel, frame: dd.DataFrame, question: str, settings: dict[str, Any]
) -> dd.DataFrame:
    _check_frame(frame)
    settings["seed"] = np.random.SeedSequence(settings["seed"]).entropy
    task = DrawTask(question, settings, model.device.type, Releases.installed())
    parts = frame.to_delayed()
    ends = list(accumulate(frame.map_partitions(len).compute().tolist(), initial=0))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what is odd about rows is told when they are drawn
        empty = task.run(model, frame.head(1, npartitions=-1), Place(0, 0, 0))
    content = dask.delayed(hold_model, pure=False)(serialize(model))
    draw, take = dask.delayed(draw_part, pure=False), dask.delayed(take_rows, pure=False)
    made = []
    for start, stop in pairwise(ends):
        if start == stop:
            made.append(dask.delayed(empty))
            continue
        block_rows = completion.BLOCK_ROWS
        first = start // block_rows * block_rows
        last = min(-(-stop // block_rows) * block_rows, ends[-1])
        own = [take(parts[n], *cut) for n, cut in _iter_cuts(ends, first, last)]
        made.append(draw(content, task, Place(first, start - first, stop - start), *own))
    return dd.from_delayed(made, meta=empty, divisions=frame.divisions, verify_meta=False)


def _iter_cuts(ends: Sequence[int], first: int, last: int) -> Iterator[tuple[int, tuple[int, int]]]:
    """Yield the partitions that hold rows from `first` to before `last`, and which of theirs."""
    for number, (start, stop) in enumerate(pairwise(ends)):
        if start < last and stop > first and start < stop:
            yield number, (max(first, start) - start, min(last, stop) - start)
