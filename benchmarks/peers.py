"""Peers, run by a Python that has them: how fast CTGAN draws, TabularARGN fits and fills.

TabularARGN (mostlyai-engine) fills gaps by its `impute`: known cells of a row stay and come first,
its gaps are drawn after them, never as gaps; rows are taken together that have the same gaps. The
best guess is the median of several draws, or the commonest of them. Each row is handed over so many
times at once, which draws as its `n_draws` does, but reads the model and forms those groups once;
`impute` itself would take one way of averaging for numbers and text. What it holds back as rare
(`value_protection`, on by default) is never drawn.
"""

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
START_TABULARARGN = """
import tempfile
import torch
from mostlyai import engine
torch.set_num_threads(1)
texts = list(table.select_dtypes(exclude="number"))
def write_text(frame):
    return frame.assign(**{n: frame[n].astype(str).where(frame[n].notna(), None) for n in texts})
table = write_text(table)
"""
FIT_TABULARARGN = (
    START_TABULARARGN
    + """
with tempfile.TemporaryDirectory() as folder:
    start = clock()
    engine.split(tgt_data=table, workspace_dir=folder)
    engine.analyze(workspace_dir=folder)
    engine.encode(workspace_dir=folder)
    engine.train(workspace_dir=folder)
    tell_since(start, threads=1)
"""
)
IMPUTE_TABULARARGN = (
    START_TABULARARGN
    + """
n_tables, n_draws = map(int, words)
start = clock()
model = engine.TabularARGN(device="cpu", random_state=0).fit(table)
tell_since(start, threads=1)
def find_middle(cells):
    return cells.mode().get(0) if cells.name in texts else cells.median()
for number in range(n_tables):
    given = write_text(pd.read_csv(f"given-{number}.csv"))
    start = clock()
    copies = given.loc[given.index.repeat(n_draws)].reset_index(drop=True)
    drawn = model.impute(copies)
    rows = drawn.groupby(drawn.index // n_draws)
    point = pd.DataFrame({name: rows[name].agg(find_middle) for name in drawn})
    tell_since(start, threads=1)
    point.to_csv(f"point-{number}.csv", index=False)
    drawn[::n_draws].to_csv(f"drawn-{number}.csv", index=False)
"""
)


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
        return run_peer_in(Path(folder), python, script, table, *words)


def run_peer_in(
    folder: Path, python: str, script: str, table: pd.DataFrame, *words: object
) -> list[PeerTiming]:
    """Return what a script tells that works in a folder, where it may read and write other files.

    Raises:
        RuntimeError: As `run_peer` does.
    """
    path = folder / "table.csv"
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
