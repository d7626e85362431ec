"""Peers, run by a Python that has them: how fast CTGAN draws, what a fit of TabularARGN takes."""

import json
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

CLOCK = """
import json, os, sys, time
def clock():
    return time.perf_counter(), sum(os.times()[:4])
def tell_since(start, **words):
    wall, processor = (now - then for now, then in zip(clock(), start))
    print("#" + json.dumps({"wall": wall, "processor": processor, **words}), flush=True)
import pandas as pd
table, words = pd.read_csv(sys.argv[1]), sys.argv[2:]
"""
DRAW_CTGAN = """
import torch
from ctgan import CTGAN
table = table.dropna()
model = CTGAN(epochs=1)
model.fit(table, list(table.select_dtypes(exclude="number")))
n_rows = int(words[0])
for count in words[1:]:
    torch.set_num_threads(int(count))
    start = clock()
    model.sample(n_rows)
    tell_since(start, threads=int(count))
"""
FIT_TABULARARGN = """
import tempfile
import torch
from mostlyai import engine
torch.set_num_threads(1)
for name in table.select_dtypes(exclude="number"):
    table[name] = table[name].astype(str).where(table[name].notna(), None)
with tempfile.TemporaryDirectory() as folder:
    start = clock()
    engine.split(tgt_data=table, workspace_dir=folder)
    engine.analyze(workspace_dir=folder)
    engine.encode(workspace_dir=folder)
    engine.train(workspace_dir=folder)
    tell_since(start, threads=1)
"""


@dataclass(frozen=True)
class PeerTiming:
    """What a peer took: seconds that passed, and seconds that processors worked."""

    threads: int
    wall: float
    processor: float


def run_peer(python: str, script: str, table: pd.DataFrame, *words: object) -> list[PeerTiming]:
    """Return what a script tells of its work on a table, in a process that has one thread of BLAS.

    Raises:
        RuntimeError: It failed; its last line says why, such as that the peer is not installed.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        table.to_csv(path, index=False)
        command = [python, "-c", CLOCK + script, str(path), *map(str, words)]
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=folder, env=environment
        )
    if done.returncode:
        raise RuntimeError(f"{python} failed: {(done.stderr.splitlines() or ['?'])[-1]}")
    told = [line[1:] for line in done.stdout.splitlines() if line.startswith("#")]
    return [PeerTiming(**json.loads(line)) for line in told]
