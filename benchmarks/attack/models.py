"""Model files, mutated under a checksum that is right; then loaded, sampled and inspected."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from tabgan_cli.inspect_run import describe_file

from benchmarks.attack.bases import MODELS, make_models, model_content
from benchmarks.attack.case import FaultError
from benchmarks.attack.maker import pick
from benchmarks.attack.mutations import mutate
from benchmarks.attack.room import Room
from tabgan import TabularModel
from tabgan.io.model_file import write_model

N_MADE = 20
BYTES_SHARE = 0.08  # of the cases: bytes of the file, whatever its checksum
N_MUTATIONS = (1, 1, 1, 1, 2, 3)
SLOW = "names"  # of Faker, which takes seconds for a block of rows
NAMES = [*(name for name in (*MODELS, *MODELS, *MODELS, *MODELS) if name != SLOW), SLOW]
SECTIONS = ("encoders", "encoders", "encoders", "relations", "relations", "refiner", "generator")


def prepare(room: Room) -> None:
    """Make the models, and load one, which compiles what is compiled."""
    make_models(room)
    for name in ("refined", "texts"):
        use_model(room.folder / f"{name}.tabgan")


def attack(room: Room, number: int) -> None:
    """Mutate a model file, and use what is left of it."""
    rng = room.rng("models", number)
    path = room.scratch / "mutated.tabgan"
    name = pick(rng, NAMES)
    if rng.random() < BYTES_SHARE:
        path.write_bytes(mutate_bytes((room.folder / f"{name}.tabgan").read_bytes(), rng))
    else:
        donor = model_content(room, pick(rng, NAMES))
        write_mutated(path, model_content(room, name), rng, donor, SECTIONS)
    use_model(path)


def use_model(path: Path) -> None:
    """Load a model, draw rows, and print what is in it."""
    made = TabularModel.load(path, "cpu").sample(N_MADE, seed=1)
    if len(made) != N_MADE:
        raise FaultError(f"number of rows: {len(made)}")
    values, parts = describe_file(path, {})
    json.dumps(values)
    console = Console(file=io.StringIO(), width=100)
    for part in parts:
        console.print(part)


def write_mutated(
    path: Path,
    content: dict[str, Any],
    rng: np.random.Generator,
    donor: dict[str, Any] | None = None,
    sections: tuple[str, ...] = (),
) -> None:
    """Write a mutated content as a model file.

    Args:
        path: Of the file.
        content: Of a file that is sound.
        rng: Source of the draws.
        donor: Content of another file.
        sections: Names of what is mutated rather than the rest.
    """
    while True:
        made: Any = content
        for _ in range(pick(rng, N_MUTATIONS)):
            section = pick(rng, sections) if sections and rng.random() < 0.6 else ""
            if made.get(section) is not None:
                inner = (donor or {}).get(section)
                made = {**made, section: mutate(made[section], rng, inner)}
            else:
                changed = mutate(made, rng, donor)
                made = changed if isinstance(changed, dict) else made
        try:
            return write_model(path, made)
        except (
            TypeError,
            ValueError,
            RecursionError,
            AttributeError,
            KeyError,
        ):  # nobody can write it
            continue


def mutate_bytes(data: bytes, rng: np.random.Generator) -> bytes:
    """Return bytes with some of them changed, cut out, doubled or put in."""
    made = bytearray(data)
    for _ in range(int(pick(rng, (1, 1, 2, 5, 50)))):
        at = int(rng.integers(len(made) + 1)) if rng.random() < 0.5 else int(rng.integers(64))
        size = int(pick(rng, (1, 1, 2, 8, 100, 5_000)))
        kind = int(rng.integers(6))
        if kind == 0:
            made[at : at + size] = b""
        elif kind == 1:
            made[at:at] = made[at : at + size]
        elif kind == 2:
            made[at : at + size] = rng.bytes(size)
        elif kind == 3 and at < len(made):
            made[at] ^= 1 << int(rng.integers(8))
        elif kind == 4:
            made[at:at] = pick(rng, (b"\x00", b"\xff" * size, b'"', b"\n", b",", b"9" * size))
        else:
            made = made[: at + 1] if rng.random() < 0.3 else made
    return bytes(made)
