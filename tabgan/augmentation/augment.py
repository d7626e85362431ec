"""A table with more rows: as many as are asked for, or as cross-validation finds to help.

Three strategies: "balance" raises every rarer class to the commonest, a ratio adds that share of
rows with the classes that the model draws, and "auto" adds what helps a learner, or nothing.
"""

import math
import time
from dataclasses import replace
from typing import Any, Literal

from tabgan.augmentation.added_rows import Augmentation, check_added_columns
from tabgan.augmentation.auto_plan import choose_plan, fit_uninterrupted
from tabgan.augmentation.given_dtypes import read_as_learned, write_as
from tabgan.augmentation.labelled_table import LabelledTable
from tabgan.augmentation.plan import AugmentationPlan
from tabgan.augmentation.plan_choice import PlanChoice
from tabgan.augmentation.plan_rows import PlanRows, RowMaker
from tabgan.augmentation.plan_scores import find_plans
from tabgan.config import PRESETS, TrainingConfig
from tabgan.errors import SettingError
from tabgan.fitting.fit_request import FitRequest, draw_seed
from tabgan.io import read_frame
from tabgan.model.class_sampling import Amounts, check_class_sizes
from tabgan.model.tabular_model import TabularModel
from tabgan.runtime.limits import check_count, check_positive, check_time_limit
from tabgan.runtime.progress import OnProgress, Progress, ignore_progress
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
    soft_labels: bool = False,
    inpaint: float | None = None,
    fast: bool | None = None,
    model: TabularModel | None = None,
    config: TrainingConfig | None = None,
    time_limit: float | None = None,
    seed: int | None = None,
    device: str = "auto",
    on_progress: OnProgress = ignore_progress,
) -> Augmentation:
    """Make rows to train on beside those of a table.

    "auto" never judges rows by what their model has seen: in each fold it fits one anew, also where
    `model` is given, which then draws the rows only. Rows without a target stay in the table; the
    model learns from them, too, and rows made all have one.

    Args:
        table: Real rows, shape (rows, columns); a table of any kind that `tabgan.io.frames` lists.
        target: The column that a learner shall predict.
        strategy: "auto", which chooses all that follows up to `fast`; "balance"; or a ratio:
            rows to add, over the rows whose target is known.
        n_draws: How many times that many rows are made, each time anew: for learners of which each
            trains on the rows given and one draw, and which are averaged.
        weight: Of a row made beside 1 of a row given, for learners; above 0, and 1 at most.
        soft_labels: Whether each row made stands once for each class that it may have, weighed by
            that class's probability.
        inpaint: Share of the cells that are drawn anew of real rows, of which rare classes and rows
            near a learner's decision are preferred; whole rows are drawn when None.
        fast: Whether rows are drawn in one pass; as `TabularModel.sample` does it when None.
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

    >>> import pandas as pd
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
    plan = _read_plan(strategy, n_draws, weight, soft_labels, inpaint, fast)
    check_added_columns(given.frame, plan)
    check_time_limit(time_limit)
    held = given.frame if model is None else read_as_learned(given.frame, model)
    labelled = LabelledTable.split(held, target)
    _check_target(labelled, plan)
    if model is not None:
        _check_model(labelled, plan, model)
    limit, config = time_limit or math.inf, config or PRESETS["balanced" if plan else "fast"]
    request = FitRequest(
        config, target, seed=draw_seed(seed), device=device, deadline=start + limit
    )
    if plan is None:
        until = start + limit * (CROSS_VALIDATION_SHARE if model is None else 1.0)
        plans = find_plans(labelled, keeps_cells=model is None or not model.card.protection.is_on)
        choice = choose_plan(labelled, plans, replace(request, deadline=until), on_progress)
    else:
        choice = PlanChoice(plan)
    made = _make_rows(labelled, choice.plan, model, request, on_progress)
    if model is not None:
        made = replace(made, frame=write_as(made.frame, given.frame))
    return Augmentation(given, made, choice, request.seed or 0, len(labelled.unlabelled))


def _read_plan(
    strategy: Strategy,
    n_draws: int,
    weight: float,
    soft_labels: bool,
    inpaint: float | None,
    fast: bool | None,
) -> AugmentationPlan | None:
    """Return what is asked for; None for what cross-validation chooses.

    Raises:
        SettingError: A setting is outside what is allowed, or given beside "auto".
    """
    check_count("n_draws", n_draws)
    check_positive("weight", weight, 1)
    if inpaint is not None:
        check_positive("inpaint", inpaint, 1)
    how = AugmentationPlan(
        n_draws=n_draws,
        weight=weight,
        soft_labels=bool(soft_labels),
        inpaint=inpaint or 0.0,
        fast=fast,
    )
    if strategy == "auto":
        if how != AugmentationPlan():
            raise SettingError(
                "auto, the default, chooses draws, weight, soft labels, inpainting and passes "
                "(fast) itself: leave them out, or ask for balance or a ratio."
            )
        return None
    if strategy == "balance":
        return replace(how, balance=1.0)
    if isinstance(strategy, int | float) and not isinstance(strategy, bool):
        check_positive("ratio", strategy, MAX_RATIO)
        return replace(how, ratio=float(strategy))
    raise SettingError(
        f"strategy={strategy!r} is unknown; choose auto, balance or a ratio such as 0.5."
    )


def _make_rows(
    table: LabelledTable,
    plan: AugmentationPlan,
    model: TabularModel | None,
    request: FitRequest,
    on_progress: OnProgress,
) -> PlanRows:
    """Return the rows of a plan, drawn by a model that is fitted if none is given."""
    if plan.amounts(len(table.rows), table.counts if plan.needs_classes else {}).total == 0:
        return PlanRows.none(table.rows)
    if model is None:
        request = replace(request, schema=table.schema)
        model = fit_uninterrupted(table.whole, request, on_progress)
    on_progress(Progress("drawing rows", 0, 1))
    maker = RowMaker.draw(model.keep_out(table.whole), table, [plan], request.seed or 0)
    return maker.make(plan)


def _check_target(table: LabelledTable, plan: AugmentationPlan | None) -> None:
    """Raise unless a plan suits a target, before any long work.

    Raises:
        SettingError: It has to have classes and has none, a class has too few rows to make more of,
            or no row is added.
        TableError: There is nothing to predict it from.
    """
    asks_learner = plan is None or plan.inpaint > 0 or plan.needs_classes
    is_number = asks_learner and table.task.kind == "regression"
    if plan is None:
        return
    if plan.needs_classes and is_number:
        way_out = "add a share of rows by a ratio" if plan.balance else "leave soft labels out"
        what = "balance" if plan.balance else "tell the probabilities of"
        raise SettingError(
            f"the target column {table.target!r} holds numbers, which have no classes to {what}: "
            f"{way_out}, or choose a column of classes."
        )
    if plan.balance:
        most = max(table.counts.values())
        lacking = {value: most - count for value, count in table.counts.items()}
        check_class_sizes(table.counts, Amounts(0, lacking))
    elif plan.amounts(len(table.rows), {}).total < 1:
        raise SettingError(
            f"a ratio of {plan.ratio:g} adds no rows to {len(table.rows)}: give a larger number."
        )


def _check_model(table: LabelledTable, plan: AugmentationPlan | None, model: TabularModel) -> None:
    """Raise unless a model can make rows of this table, before any long work.

    Raises:
        ConditionError: The model does not know every class.
        SettingError: The model draws no rows in one pass; or it protects values that rows drawn
            anew in part would show.
    """
    if plan is not None and plan.fast:
        model.choose_source(plan.fast, has_conditions=False)
    if plan is None or plan.needs_classes:
        for value in table.counts:
            model.iter_frames(1, where={table.target: value})
    if plan is not None and plan.inpaint and model.card.protection.is_on:
        raise SettingError(
            "the model protects rare values, and rows that keep cells of real ones would show "
            "them: leave inpainting out, or fit a model without protection."
        )
