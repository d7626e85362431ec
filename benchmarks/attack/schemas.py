"""Schemas, mutated; read as `tabgan fit --schema FILE` does, and used to fit their tables."""

import json
from typing import Any

from tabgan_cli.fit_settings import read_request

from benchmarks.attack.base_tables import TABLES
from benchmarks.attack.bases import base_frame, base_schema
from benchmarks.attack.case import FaultError
from benchmarks.attack.frames import TINY
from benchmarks.attack.maker import pick
from benchmarks.attack.models import N_MUTATIONS, mutate_bytes
from benchmarks.attack.mutations import mutate
from benchmarks.attack.room import Room
from tabgan import TabGAN

BYTES_SHARE = 0.15
OPTIONS: dict[str, Any] = {
    **dict.fromkeys(("config", "objective")),
    **dict.fromkeys(("refine", "protect"), False),
    **dict.fromkeys(("declare", "forget"), ()),
    "preset": "fast",
    "steps": 1,
    "relations": True,
    "protect_below": 5,
}


def attack(room: Room, number: int) -> None:
    """Mutate a schema, and fit its table with it."""
    rng = room.rng("schemas", number)
    path = room.scratch / "schema.json"
    name = pick(rng, [name for name in TABLES if len(base_frame(name)) < 1_000])
    schema = base_schema(name)
    if rng.random() < 0.3:
        schema["relations"] = list(TABLES[name].options.get("declare", ["a <= b"]))
    if rng.random() < BYTES_SHARE:
        path.write_bytes(mutate_bytes(json.dumps(schema).encode(), rng))
    else:
        donor = base_schema(pick(rng, list(TABLES)))
        for _ in range(pick(rng, N_MUTATIONS)):
            schema = mutate(schema, rng, donor)
        path.write_text(json.dumps(schema), encoding="utf-8", errors="replace")
    request = read_request(schema=path, **OPTIONS)
    frame = base_frame(name)
    model = TabGAN(config=TINY, schema=request.schema, random_state=0, threads=1).fit(frame)
    if len(model.sample(5)) != 5:
        raise FaultError("number of rows: not those asked for")
