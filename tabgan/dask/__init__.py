"""Sampling with Dask: tasks that make blocks, the very ones that one process would make.

Importing this module needs the extra [dask]; `import tabgan` does not. The model travels once, as
the bytes of its file.
"""

import platform
import tempfile
import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import pandas as pd
import torch

from tabgan.errors import ClusterError, MissingExtraError
from tabgan.model.sample_plan import SamplePlan
from tabgan.model.tabular_model import TabularModel
from tabgan.query.where import Where
from tabgan.runtime.devices import use_threads
from tabgan.runtime.version import __version__

try:
    import dask
    import dask.dataframe as dd
except ImportError as error:
    raise MissingExtraError("Dask", "dask", "sampling on a cluster") from error


def sample(
    model: TabularModel,
    n_rows: int,
    *,
    where: Where | None = None,
    seed: int | None = None,
    refine: bool = True,
) -> dd.DataFrame:
    """Draw rows as `TabularModel.sample` does, as a Dask DataFrame with a block in each partition.

    Only the first block is drawn at once, for its dtypes; all others when Dask computes, on
    whatever scheduler it has. They are the rows of `model.sample` with the same seed. Without one
    a seed is drawn here: rows stay the same.

    Args:
        model: Where rows are drawn from; `TabGAN.model_` is one.
        n_rows: How many.
        where: What every row must satisfy, as for `TabularModel.sample`.
        seed: Of the draws.
        refine: Whether rows are chosen among more candidates.

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
    plan = model.plan_sample(n_rows, where=where, seed=seed, refine=refine)
    task = SampleTask.of(model, plan, where)
    carried = dask.delayed(carry, pure=False)(pack(model))
    make = dask.delayed(make_block, pure=False)
    parts = [make(carried, task, number) for number in range(len(plan))]
    borders = (*range(0, plan.n_rows, plan.size), plan.n_rows - 1)
    with dask.config.set({"dataframe.convert-string": False}):  # dtypes are those of the table
        return dd.from_delayed(
            parts, meta=task.make(model, 0).iloc[:0], divisions=borders, verify_meta=False
        )


@dataclass(frozen=True)
class Releases:
    """What has to be the same everywhere for the same rows to come out."""

    tabgan: str
    torch: str

    @classmethod
    def here(cls) -> Self:
        """Return those of this process."""
        return cls(__version__, str(torch.__version__))

    def check_same(self, other: "Releases", worker: str) -> None:
        """Refuse a worker that has others.

        Raises:
            ClusterError: Naming the worker and what both have.
        """
        if self != other:
            raise ClusterError(
                f"{worker} has {other}, but rows are asked for by {self}; "
                "install the same on both machines."
            )

    def __str__(self) -> str:
        return f"tabgan {self.tabgan} and torch {self.torch}"


@dataclass(frozen=True)
class SampleTask:
    """What a worker has to know, beside the model, to make any block of a sample.

    Attributes:
        n_rows, where, seed, refine: As for `TabularModel.sample`, with a seed that is drawn.
        device: Kind of device to draw on.
        releases: Of the process that asks.
    """

    n_rows: int
    where: Where | None
    seed: int
    refine: bool
    device: str
    releases: Releases

    @classmethod
    def of(cls, model: TabularModel, plan: SamplePlan, where: Where | None) -> Self:
        """Order blocks, drawn on the kind of device that the model is on."""
        return cls(
            n_rows=plan.n_rows,
            where=where,
            seed=plan.seed,
            refine=plan.refiner is not None,
            device=model.device.type,
            releases=Releases.here(),
        )

    def make(self, model: TabularModel, number: int) -> pd.DataFrame:
        """Make one block; its index says which rows of the sample they are."""
        plan = model.plan_sample(self.n_rows, where=self.where, seed=self.seed, refine=self.refine)
        with use_threads(1):  # a worker has as many threads as tasks at a time
            frame = model.make_block(plan, number)
        first = number * plan.size
        return frame.set_axis(pd.RangeIndex(first, first + len(frame)))


def pack(model: TabularModel) -> bytes:
    """Return a model as the bytes of its file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.tabgan"
        model.save(path)
        return path.read_bytes()


def carry(content: bytes) -> bytes:
    """Task: hold a model for other tasks. If the worker that holds it dies, it is done again."""
    return content


def make_block(content: bytes, task: SampleTask, number: int) -> Any:
    """Task: make one block of what was ordered.

    Raises:
        ClusterError: This worker has another release of tabgan or torch than the one who asks.
    """
    task.releases.check_same(Releases.here(), f"a worker on {platform.node()}")
    with _UNPACKING:
        model = _unpack(content, task.device)
    return task.make(model, number)


_UNPACKING = threading.Lock()  # the threads of a worker read the model once, not one after another


@lru_cache(maxsize=2)
def _unpack(content: bytes, device: str) -> TabularModel:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.tabgan"
        path.write_bytes(content)
        return TabularModel.load(path, device)
