"""Files of tables, mutated; fitted as `tabgan fit FILE` does."""

import bz2
import gzip
import io
import sqlite3
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from benchmarks.attack.frames import TINY
from benchmarks.attack.maker import pick
from benchmarks.attack.models import mutate_bytes
from benchmarks.attack.room import Room
from tabgan.fitting.fit_request import FitRequest
from tabgan.fitting.out_of_core import fit_plan, plan_fit
from tabgan.io import ReadOptions

N = 120


def _to_bytes(write: Callable[[io.BytesIO], object]) -> bytes:
    buffer = io.BytesIO()
    write(buffer)
    return buffer.getvalue()


def _to_sqlite(frame: pd.DataFrame) -> bytes:
    with sqlite3.connect(":memory:") as connection:
        frame.to_sql("orders", connection, index=False)
        return connection.serialize()


def _to_zip(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("t.csv", frame.to_csv(index=False))
    return buffer.getvalue()


def _rewrite_zip(data: bytes, rng: np.random.Generator) -> bytes:
    """Return an archive, of which one member is mutated and its checksums are right."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        names = old.namelist()
        chosen = pick(rng, names)
        for name in names:
            inner = old.read(name)
            new.writestr(name, mutate_bytes(inner, rng) if name == chosen else inner)
    return buffer.getvalue()


FILES: Mapping[str, Callable[[pd.DataFrame], bytes]] = {
    "t.csv": lambda f: f.to_csv(index=False).encode(),
    "german.csv": lambda f: f.to_csv(index=False, sep=";", decimal=",").encode("latin-1"),
    "wide.csv": lambda f: f.to_csv(index=False).encode("utf-16"),
    "t.tsv": lambda f: f.to_csv(index=False, sep="\t").encode(),
    "t.dat": lambda f: b"Orders\nas of 1 May\n" + f.to_csv(index=False, sep="|").encode(),
    "t.jsonl": lambda f: f.to_json(orient="records", lines=True).encode(),
    "t.json": lambda f: f.to_json(orient="records").encode(),
    "t.csv.gz": lambda f: gzip.compress(f.to_csv(index=False).encode()),
    "t.csv.bz2": lambda f: bz2.compress(f.to_csv(index=False).encode()),
    "t.jsonl.zst": lambda f: bytes(
        pa.Codec("zstd").compress(f.to_json(orient="records", lines=True).encode(), asbytes=True)
    ),
    "t.parquet": lambda f: _to_bytes(f.to_parquet),
    "t.feather": lambda f: _to_bytes(f.to_feather),
    "t.xlsx": lambda f: _to_bytes(lambda b: f.to_excel(b, index=False)),
    "t.sqlite": _to_sqlite,
    "t.zip": _to_zip,
}
TEXTS: Mapping[str, tuple[Callable[[bytes], bytes], str]] = {
    "t.csv.gz": (gzip.compress, "t.csv"),
    "t.csv.bz2": (bz2.compress, "t.csv"),
}


@cache
def base_file(name: str) -> bytes:
    """Return the bytes of a sound file."""
    rng = np.random.default_rng(0)
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 300, N), "D")
    frame = pd.DataFrame(
        {
            "city": rng.choice(["Köln", "Ulm", "Bonn"], N),
            "price": pd.Series(rng.gamma(2, 30, N).round(2)).mask(rng.random(N) < 0.1),
            "n": rng.integers(0, 9, N),
            "day": days.strftime("%d.%m.%Y"),
            "left": rng.random(N) < 0.3,
        }
    )
    return FILES[name](frame)


def attack(room: Room, number: int) -> None:
    """Mutate a file, and fit it."""
    rng = room.rng("tables", number)
    name = pick(rng, list(FILES))
    path = room.scratch / (pick(rng, list(FILES)) if rng.random() < 0.1 else name)
    path.write_bytes(_mutate_file(name, rng))
    options = ReadOptions(query="orders") if rng.random() < 0.05 else ReadOptions()
    plan = plan_fit(path, None, Path(room.scratch), options)
    try:
        fit_plan(plan, FitRequest(TINY, seed=0, threads=1)).sample(3, seed=0)
    finally:
        path.unlink()


def _mutate_file(name: str, rng: np.random.Generator) -> bytes:
    if name in TEXTS and rng.random() < 0.7:
        compress, plain = TEXTS[name]
        return compress(mutate_bytes(base_file(plain), rng))
    if name in {"t.xlsx", "t.zip"} and rng.random() < 0.7:
        return _rewrite_zip(base_file(name), rng)
    return mutate_bytes(base_file(name), rng)
