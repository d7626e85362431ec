"""Checkpoints, mutated under a checksum that is right; the fit goes on from what is left."""

import shutil
from pathlib import Path

from benchmarks.attack.bases import (
    CHECKPOINTED,
    base_frame,
    checkpoint_content,
    checkpoint_request,
    make_checkpoints,
)
from benchmarks.attack.maker import pick
from benchmarks.attack.models import mutate_bytes, write_mutated
from benchmarks.attack.room import Room
from tabgan.fitting.fit import fit_model
from tabgan.runtime.progress import CHECKPOINT_SUFFIX

BYTES_SHARE = 0.1


def prepare(room: Room) -> None:
    """Make the checkpoints, and go on from one."""
    make_checkpoints(room)
    model = room.scratch / "model"
    name = CHECKPOINTED[0]
    shutil.copy(room.folder / f"{name}{CHECKPOINT_SUFFIX}", f"{model}{CHECKPOINT_SUFFIX}")
    fit_model(base_frame(name), checkpoint_request(name, model, resume=True))


def attack(room: Room, number: int) -> None:
    """Mutate a checkpoint, and go on from it."""
    rng = room.rng("checkpoints", number)
    model = room.scratch / "model"
    path, name = Path(f"{model}{CHECKPOINT_SUFFIX}"), pick(rng, CHECKPOINTED)
    if rng.random() < BYTES_SHARE:
        path.write_bytes(mutate_bytes((room.folder / path.with_stem(name).name).read_bytes(), rng))
    else:
        donor = checkpoint_content(room, pick(rng, CHECKPOINTED))
        write_mutated(
            path, checkpoint_content(room, name), rng, donor, ("state", "state", "settings")
        )
    fit_model(base_frame(name), checkpoint_request(name, model, resume=True)).sample(2, seed=0)
