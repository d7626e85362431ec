"""What is mutated: models and checkpoints of the base tables, each made once."""

import shutil
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.attack.base_tables import TABLES
from benchmarks.attack.frames import TINY
from benchmarks.attack.room import Room
from tabgan import TabGAN, TableSchema, TrainingConfig
from tabgan.fitting.fit import fit_model
from tabgan.fitting.fit_request import FitRequest
from tabgan.io.model_file import read_model
from tabgan.relations import RelationConfig
from tabgan.runtime.progress import CHECKPOINT_SUFFIX, Progress
from tabgan.training.checkpoint import Checkpoints

OLD = Path(__file__).parents[2] / "tests" / "data" / "release-0.1"  # of an older release
MODELS = (*TABLES, "old")
STOP_AT = 4  # steps, of which there are 12


class _StoppedError(Exception):
    """A fit that is to leave a checkpoint."""


@cache
def base_frame(name: str) -> pd.DataFrame:
    """Return a table that is mutated, or whose model is."""
    return TABLES[name].make(np.random.default_rng(0))


def base_schema(name: str) -> dict[str, Any]:
    """Return the schema of a table as plain values."""
    schema = TableSchema.infer(base_frame(name)).to_dict()
    for column in schema["columns"]:
        column.update(TABLES[name].kinds.get(column["name"], {}))
    return schema


def make_models(room: Room) -> None:
    """Fit the models, unless they are there."""
    shutil.copy(OLD / "model.tabgan", room.folder / "old.tabgan")
    for name, table in TABLES.items():
        if (room.folder / f"{name}.tabgan").exists():
            continue
        options = dict(table.options)
        config = asdict(TINY) | options.pop("config", {})
        model = TabGAN(
            config=TrainingConfig(**config),
            schema=base_schema(name),
            random_state=0,
            threads=1,
            **options,
        ).fit(base_frame(name))
        made = room.scratch / "model"
        model.save(made)
        room.publish(made, f"{name}.tabgan")


@cache
def model_content(room: Room, name: str) -> dict[str, Any]:
    """Return what is in a model file."""
    return read_model(room.folder / f"{name}.tabgan")


def checkpoint_request(name: str, model: Path, *, resume: bool) -> FitRequest:
    """Return how a table is fitted that leaves a checkpoint, or goes on from it."""
    options = TABLES[name].options
    config = asdict(TINY) | options.get("config", {}) | {"steps": 12, "n_validations": 3}
    return FitRequest(
        TrainingConfig(**{**config, "refine_rounds": 0}),
        target=options.get("target"),
        relations=RelationConfig(True, options.get("declare", ()), ()),
        seed=0,
        threads=1,
        checkpoints=Checkpoints(model, 0 if resume else 1e-9, resume=resume),
    )


CHECKPOINTED = ("numbers", "categories", "combinations")


def make_checkpoints(room: Room) -> None:
    """Fit some tables halfway, unless their checkpoints are there."""

    def stop(progress: Progress) -> None:
        if progress.stage.startswith("training") and progress.done >= STOP_AT:
            raise _StoppedError

    for name in CHECKPOINTED:
        if (room.folder / f"{name}{CHECKPOINT_SUFFIX}").exists():
            continue
        model = room.scratch / "model"
        try:
            fit_model(base_frame(name), checkpoint_request(name, model, resume=False), stop)
        except _StoppedError:
            room.publish(Path(f"{model}{CHECKPOINT_SUFFIX}"), f"{name}{CHECKPOINT_SUFFIX}")


@cache
def checkpoint_content(room: Room, name: str) -> dict[str, Any]:
    """Return what is in a checkpoint."""
    return read_model(room.folder / f"{name}{CHECKPOINT_SUFFIX}")


def clean(room: Room) -> None:
    """Empty the folder of this process."""
    for path in room.scratch.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
