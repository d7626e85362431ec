"""A table with more rows: as many as are asked for, or as cross-validation finds to help.

Three strategies: "balance" raises every rarer class to the commonest, a ratio adds that share of
rows with the classes that the model draws, and "auto" adds what helps a learner, or nothing.
"""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from tabgan.augmentation.auto_plan import choose_recipe, fit_to_end
from tabgan.augmentation.plan import Choice, Recipe, count_classes
from tabgan.config import PRESETS, TrainingConfig
from tabgan.errors import SettingError, TableError
from tabgan.evaluation.utility.task import Task, infer_schema
from tabgan.fitting.fit_request import FitRequest, draw_seed
from tabgan.model.class_draws import Amounts, Pool, check_class_sizes
from tabgan.model.tabular_model import TabularModel
from tabgan.runtime.progress import OnProgress, ignore_progress
from tabgan.schema import close_names
from tabgan.schema.column import Name, dtype_name

Strategy = Literal["auto", "balance"] | float
MARK = "__synthetic__"
TRIAL_SHARE = 0.7  # of the seconds that "auto" has: the folds' fits are many, the last one is one


@dataclass(frozen=True)
class Augmentation:
    """A table and the rows made for it.

    Attributes:
        table: the rows given.
        rows: the rows made, shape (some, columns of `table`); perhaps none.
        sentence: what was added, and why that much.
        seed: repeats it.
    """

    table: pd.DataFrame
    rows: pd.DataFrame
    sentence: str
    seed: int

    def combine(self, *, mark: str | None = MARK, synthetic_only: bool = False) -> pd.DataFrame:
        """One table: the rows given, then those made, with the columns and dtypes given.

        Args:
            mark: name of one more column, which is true in the rows made; None leaves it out.
            synthetic_only: leave out the rows given.

        Raises:
            SettingError: the table has a column of the mark's name.
        """
        parts = [self.rows] if synthetic_only else [self.table, self.rows]
        both = pd.concat(parts, ignore_index=True).astype(self.table.dtypes)
        if mark is None:
            return both
        refuse_mark(self.table, mark)
        made = np.arange(len(both)) >= len(both) - len(self.rows)
        return both.assign(**{mark: made})


def augment(
    table: pd.DataFrame,
    *,
    target: Name,
    strategy: Strategy = "auto",
    model: TabularModel | None = None,
    config: TrainingConfig | None = None,
    time_limit: float | None = None,
    seed: int | None = None,
    device: str = "auto",
    on_progress: OnProgress = ignore_progress,
) -> Augmentation:
    """Make rows to train on beside those of a table.

    "auto" never judges rows by what their model has seen: in each fold it fits one anew, also where
    `model` is given, which then draws the rows only. Rows without a target stay in the table, and
    teach the model nothing.

    Args:
        table: real rows, shape (rows, columns).
        target: the column that a learner shall predict.
        strategy: "auto", "balance", or a ratio: rows to add, over the rows of the table.
        model: draws the rows; without one it is fitted on the table.
        config: settings of the training; the preset "balanced" when None, and "fast" for "auto",
            which adds rows of the same quality as those that it judged.
        time_limit: seconds that all of it may take; no limit when None.
        seed: of every draw; a fresh one when None.
        device: "auto", "cpu", "cuda", "cuda:1", "mps".
        on_progress: told where it stands.

    Raises:
        SettingError: a setting is outside what is allowed, or the target does not suit it.
        TableError: the table cannot be learned, or is another than the model's.

    >>> people = pd.DataFrame({"age": [*range(20), *range(20)], "left": ["no"] * 30 + ["yes"] * 10})
    >>> config = TrainingConfig(steps=5)
    >>> made = augment(people, target="left", strategy="balance", config=config, seed=0)
    >>> print(made.sentence)
    20 rows are added, 100% of what rarer classes lack.
    >>> made.combine()["__synthetic__"].sum()
    np.int64(20)
    """
    start = time.monotonic()
    _check_settings(table, target, strategy, time_limit)
    known = table[table[target].notna()].reset_index(drop=True)
    task = _find_task(known, target, strategy)
    counts = {} if task is None else count_classes(known, task)
    if strategy == "balance":
        _refuse_unbalanceable(counts, target)
    if model is not None:
        _refuse_other_table(table, model, target, counts)
    seed = draw_seed(seed)
    limit = math.inf if time_limit is None else time_limit
    request = FitRequest(
        config or PRESETS["fast" if strategy == "auto" else "balanced"],
        target,
        seed=seed,
        device=device,
        deadline=start + limit,
    )
    if task is not None and strategy == "auto":
        until = start + limit * (TRIAL_SHARE if model is None else 1.0)
        choice = choose_recipe(known, task, replace(request, deadline=until), on_progress)
    else:
        choice = Choice(_read_strategy(strategy))
    amounts = choice.recipe.amounts(len(table), counts)
    if amounts.total == 0:
        return Augmentation(table, table.iloc[:0], choice.tell(0), seed)
    if model is None:
        schema = infer_schema(known, target)
        model = fit_to_end(known, replace(request, schema=schema), on_progress)
    rows = Pool.draw(model, amounts, target, seed).take(amounts)
    rows = rows[list(table.columns)].astype(table.dtypes)
    return Augmentation(table, rows, choice.tell(len(rows)), seed)


def _find_task(table: pd.DataFrame, target: Name, strategy: Strategy) -> Task | None:
    """What a learner is asked, where the strategy has to know its classes."""
    if not isinstance(strategy, str):
        return None
    return Task.infer(table, infer_schema(table, target), target)


def _read_strategy(strategy: Strategy) -> Recipe:
    return Recipe(balance=1.0) if isinstance(strategy, str) else Recipe(ratio=strategy)


def refuse_mark(table: pd.DataFrame, mark: str) -> None:
    """Refuse a mark that is the name of a column.

    Raises:
        SettingError: it is.
    """
    if mark in map(str, table.columns):
        raise SettingError(
            f"the table has a column {mark!r} already, which would tell synthetic rows apart: "
            "give the mark another name, or leave it out."
        )


def _check_settings(
    table: pd.DataFrame, target: Name, strategy: object, time_limit: float | None
) -> None:
    if isinstance(strategy, int | float) and not isinstance(strategy, bool):
        if not 0 < strategy < math.inf or round(strategy * len(table)) < 1:
            raise SettingError(
                f"a ratio of {strategy:g} adds no rows to {len(table)}: give a larger number."
            )
    elif strategy not in {"auto", "balance"}:
        raise SettingError(
            f"strategy={strategy!r} is unknown; choose auto, balance or a ratio such as 0.5."
        )
    if time_limit is not None and not time_limit > 0:
        raise SettingError(f"time_limit={time_limit!r} is no time; give more than 0.")
    if target not in table.columns:
        raise SettingError(
            f"there is no column {target!r} to predict; {close_names(target, list(table.columns))}."
        )
    if table[target].isna().all():
        raise SettingError(f"the target column {target!r} holds no value: choose another one.")


def _refuse_unbalanceable(counts: Mapping[Any, int], target: Name) -> None:
    if not counts:
        raise SettingError(
            f"the target column {target!r} holds numbers, which have no classes to balance: "
            "add a share of rows by a ratio, or choose a column of classes."
        )
    most = max(counts.values())
    check_class_sizes(counts, Amounts(0, {value: most - n for value, n in counts.items()}))


def _refuse_other_table(
    table: pd.DataFrame, model: TabularModel, target: Name, counts: Mapping[Any, int]
) -> None:
    """Refuse a model that cannot make rows of this table, before any long work.

    Raises:
        SchemaError: the columns are others.
        TableError: a column is of another dtype.
        ConditionError: the model knows not every class.
    """
    model.schema.check(table)
    for column in model.schema.columns:
        dtype = dtype_name(table[column.name].dtype)
        if dtype != column.dtype:
            raise TableError(
                f"the model makes the column {column.name!r} as {column.dtype}, and the table has "
                f"{dtype}: fit a model on this table."
            )
    for value in counts:
        model.iter_frames(1, where={target: value})
