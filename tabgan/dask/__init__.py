"""Work with Dask: a task makes a block of rows, the very ones that one process would make.

Importing this module needs the extra [dask]; `import tabgan` does not. The model is sent once, as
the bytes of its file.

given_rows      rows of a Dask DataFrame: `complete`, `impute`, `predict`, `score_samples`
client          blocks of a sample in order, for the command
worker          what a worker needs for any task
"""

from dataclasses import dataclass
from typing import Any, Self, Unpack

import pandas as pd

from tabgan.dask.given_rows import complete, impute, predict, score_samples
from tabgan.dask.worker import Releases, hold_model, load_model, serialize
from tabgan.errors import MissingExtraError
from tabgan.model.sample_plan import SamplePlan, SampleSettings
from tabgan.model.tabular_model import TabularModel
from tabgan.query.shares import Shares
from tabgan.query.where import Where
from tabgan.runtime.devices import use_threads

try:
    import dask
    import dask.dataframe as dd
except ImportError as error:
    raise MissingExtraError("Dask", "dask", "work on a cluster") from error

__all__ = ["SampleTask", "complete", "impute", "predict", "sample", "sample_block", "score_samples"]


def sample(
    model: TabularModel,
    n_rows: int,
    **settings: Unpack[SampleSettings],
) -> dd.DataFrame:
    """Draw rows as `TabularModel.sample` does, as a Dask DataFrame with a block in each partition.

    Only the first block is drawn at once, for its dtypes; all others when Dask computes, on
    whatever scheduler it has. They are the rows of `model.sample` with the same seed. Without one
    a seed is drawn here: rows stay the same.

    Args:
        model: Where rows are drawn from; `TabGAN.model_` is one.
        n_rows: How many.
        **settings: As `TabularModel.sample` takes them.

    Raises:
        SettingError: `n_rows` is not a positive whole number.
        ConditionError: No row can satisfy `where`.
        ClusterError: While Dask computes: a worker has another release of tabgan or torch.

    Example:
        >>> from tabgan import TabGAN
        >>> table = pd.DataFrame({"x": range(40), "town": ["Ulm", None, "Rom", "Ulm"] * 10})
        >>> model = TabGAN(random_state=0, steps=2).fit(table).model_
        >>> rows = sample(model, 20_000, seed=0)
        >>> rows.npartitions, len(rows)
        (3, 20000)
    """
    plan = model.plan_sample(n_rows, **settings)
    task = SampleTask.from_plan(model, plan, settings.get("where"), settings.get("shares"))
    content = dask.delayed(hold_model, pure=False)(serialize(model))
    draw = dask.delayed(sample_block, pure=False)
    parts = [draw(content, task, number) for number in range(len(plan))]
    divisions = (*range(0, plan.n_rows, plan.full_size), plan.n_rows - 1)
    with dask.config.set({"dataframe.convert-string": False}):  # dtypes are those of the table
        return dd.from_delayed(
            parts, meta=task.run(model, 0).iloc[:0], divisions=divisions, verify_meta=False
        )


@dataclass(frozen=True)
class SampleTask:
    """All that a worker needs, beside the model, to draw any block of a sample.

    Attributes:
        n_rows, where, shares, seed: As for `TabularModel.sample`, but that the seed is never None.
        candidates: For each row; None keeps rows as they are generated.
        fast: Whether rows are drawn in one pass.
        device: Type of the device to draw on.
        releases: Of the process that the rows are for.
    """

    n_rows: int
    where: Where | None
    shares: Shares | None
    seed: int
    candidates: int | None
    fast: bool
    device: str
    releases: Releases

    @classmethod
    def from_plan(
        cls,
        model: TabularModel,
        plan: SamplePlan,
        where: Where | None,
        shares: Shares | None,
    ) -> Self:
        """Return the task of drawing a plan's blocks, on the model's type of device."""
        refiner = plan.source.refiner
        return cls(
            n_rows=plan.n_rows,
            where=where,
            shares=shares,
            seed=plan.seed,
            candidates=refiner.candidates if refiner else None,
            fast=plan.source.is_one_pass,
            device=model.device.type,
            releases=Releases.installed(),
        )

    def run(self, model: TabularModel, number: int) -> pd.DataFrame:
        """Return one block, indexed by the numbers of its rows in the sample."""
        plan = model.plan_sample(
            self.n_rows,
            where=self.where,
            shares=self.shares,
            seed=self.seed,
            refine=self.candidates is not None,
            candidates=self.candidates,
            fast=self.fast,
        )
        with use_threads(1):  # a worker has as many threads as tasks at a time
            frame = model.sample_block(plan, number)
        plan.counts.warn(len(frame), plan.strata.declared)
        first = number * plan.full_size
        return frame.set_axis(pd.RangeIndex(first, first + len(frame)))


def sample_block(content: bytes, task: SampleTask, number: int) -> Any:
    """Return one block of a sample: the task of a worker.

    Args:
        content: The model, serialized.
        task: Which sample is drawn.
        number: Of the block, from 0 up.

    Raises:
        ClusterError: This worker has another release of tabgan or torch than the task.
    """
    return task.run(load_model(content, task.device, task.releases), number)
