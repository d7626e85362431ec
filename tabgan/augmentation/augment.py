"""A table with more rows: as many as are asked for, or as cross-validation finds to help.

Three strategies: "balance" raises every rarer class to the commonest, a ratio adds that share of
rows with the classes that the model draws, and "auto" adds what helps a learner, or nothing.
"""

import math
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from tabgan.augmentation.added_rows import HOW_TO_AVERAGE, Augmentation, check_draws
from tabgan.augmentation.auto_plan import choose_plan, fit_uninterrupted
from tabgan.augmentation.given_dtypes import read_as_learned, write_as
from tabgan.augmentation.plan import AugmentationPlan, PlanChoice, count_classes
from tabgan.config import PRESETS, TrainingConfig
from tabgan.errors import SettingError
from tabgan.evaluation.utility.task import Task, infer_task_schema
from tabgan.fitting.fit_request import FitRequest, draw_seed
from tabgan.io import read_frame
from tabgan.model.class_sampling import Amounts, Pool, check_class_sizes, join_draws
from tabgan.model.tabular_model import TabularModel
from tabgan.runtime.limits import check_positive, check_time_limit
from tabgan.runtime.progress import OnProgress, Progress, ignore_progress
from tabgan.schema import close_names
from tabgan.schema.column import Name

Strategy = Literal["auto", "balance"] | float
MAX_RATIO = 1_000.0  # rows made in one table, over those given; `sample` makes any number
CROSS_VALIDATION_SHARE = 0.7  # of the seconds of "auto": the folds have many fits, the end has one


def augment(
    table: Any,
    *,
    target: Name,
    strategy: Strategy = "auto",
    n_draws: int = 1,
    weight: float = 1.0,
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
        table: Real rows, shape (rows, columns); a table of any kind that `tabgan.io.frames` lists.
        target: The column that a learner shall predict.
        strategy: "auto", "balance", or a ratio: rows to add, over the rows of the table.
        n_draws: How many times that many rows are made, each time anew: for learners of which each
            trains on the rows given and one draw, and which are averaged. "auto" judges one draw.
        weight: Of a row made beside 1 of a row given, for learners; above 0, and 1 at most. "auto"
            judges rows of weight 1.
        model: Draws the rows; without one it is fitted on the table.
        config: Settings of the training; the preset "balanced" when None, and "fast" for "auto",
            which adds rows of the same quality as those that it judged.
        time_limit: Seconds that all of it may take; no limit when None.
        seed: Of every draw; a fresh one when None.
        device: "auto", "cpu", "cuda", "cuda:1", "mps".
        on_progress: Told where it stands.

    Raises:
        SettingError: A setting is outside what is allowed, or the target does not suit it.
        TableError: The table cannot be learned, or is another than the model's.

    >>> people = pd.DataFrame({"age": [*range(20), *range(20)], "left": ["no"] * 30 + ["yes"] * 10})
    >>> config = TrainingConfig(steps=5)
    >>> made = augment(people, target="left", strategy="balance", config=config, seed=0)
    >>> print(made.sentence)
    20 rows are added, 100% of what rarer classes lack.
    >>> made.combine()["__synthetic__"].sum()
    np.int64(20)
    """
    start = time.monotonic()
    given = read_frame(table)
    table = given.frame
    _check_settings(table, target, strategy)
    check_draws(table, n_draws, weight)
    check_time_limit(time_limit)
    known = table[table[target].notna()].reset_index(drop=True)
    task = _find_task(known, target, strategy)
    held = table if model is None else read_as_learned(table, model)
    counts = _count_classes(held, target, strategy)
    if strategy == "balance":
        _check_balanceable(counts, target)
    if model is not None:
        _check_classes(model, target, counts)
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
        until = start + limit * (CROSS_VALIDATION_SHARE if model is None else 1.0)
        choice = choose_plan(known, task, replace(request, deadline=until), on_progress)
    else:
        choice = PlanChoice(_to_plan(strategy))
    amounts = choice.plan.amounts(len(table), counts)
    if amounts.total == 0:
        return Augmentation(given, table.iloc[:0], choice.describe(0), seed, n_draws, weight)
    if model is None:
        schema = infer_task_schema(known, target)
        model = fit_uninterrupted(known, replace(request, schema=schema), on_progress)
    model = model.keep_out(held)  # rows without a target were not learned
    draws = []
    for number, each in enumerate(_draw_seeds(seed, n_draws)):
        on_progress(Progress("drawing rows", number, n_draws))
        draws.append(Pool.draw(model, amounts, target, each))
    rows = write_as(join_draws(draws, amounts), table)
    sentence = choice.describe(amounts.total)
    if n_draws > 1:
        judged = " (one draw was judged)" if choice.facts else ""
        sentence += f" That was drawn {n_draws} times{judged}: {HOW_TO_AVERAGE}."
    return Augmentation(given, rows, sentence, seed, n_draws, weight)


def _draw_seeds(seed: int, n_draws: int) -> list[int]:
    """Return a seed for each draw, the first of which is that of a single draw."""
    return [seed, *map(int, np.random.SeedSequence(seed).generate_state(n_draws - 1))]


def _find_task(table: pd.DataFrame, target: Name, strategy: Strategy) -> Task | None:
    """Return what a learner is asked, where the strategy has to know its classes."""
    if not isinstance(strategy, str):
        return None
    return Task.infer(table, infer_task_schema(table, target), target)


def _count_classes(table: pd.DataFrame, target: Name, strategy: Strategy) -> dict[Any, int]:
    """Count the rows of each class; none where nobody has to know them."""
    labelled = table[table[target].notna()].reset_index(drop=True)
    task = _find_task(labelled, target, strategy)
    return {} if task is None else count_classes(labelled, task)


def _to_plan(strategy: Strategy) -> AugmentationPlan:
    """Return the plan of a strategy that needs no cross-validation."""
    if isinstance(strategy, str):
        return AugmentationPlan(balance=1.0)
    return AugmentationPlan(ratio=strategy)


def _check_settings(table: pd.DataFrame, target: Name, strategy: object) -> None:
    """Raise `SettingError` unless the strategy is known and the target holds something."""
    if isinstance(strategy, int | float) and not isinstance(strategy, bool):
        check_positive("ratio", strategy, MAX_RATIO)
        if round(strategy * len(table)) < 1:
            raise SettingError(
                f"a ratio of {strategy:g} adds no rows to {len(table)}: give a larger number."
            )
    elif strategy not in {"auto", "balance"}:
        raise SettingError(
            f"strategy={strategy!r} is unknown; choose auto, balance or a ratio such as 0.5."
        )

    if target not in table.columns:
        raise SettingError(
            f"there is no column {target!r} to predict; {close_names(target, list(table.columns))}."
        )
    if table[target].isna().all():
        raise SettingError(f"the target column {target!r} holds no value: choose another one.")


def _check_balanceable(counts: Mapping[Any, int], target: Name) -> None:
    """Raise `SettingError` unless there are classes, each with rows enough to make more of."""
    if not counts:
        raise SettingError(
            f"the target column {target!r} holds numbers, which have no classes to balance: "
            "add a share of rows by a ratio, or choose a column of classes."
        )
    most = max(counts.values())
    check_class_sizes(counts, Amounts(0, {value: most - n for value, n in counts.items()}))


def _check_classes(model: TabularModel, target: Name, counts: Mapping[Any, int]) -> None:
    """Raise unless a model knows every class, before any long work.

    Raises:
        ConditionError: There is one that it does not.
    """
    for value in counts:
        model.iter_frames(1, where={target: value})
