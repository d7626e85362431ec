"""One training in two real processes: the gradients of one, its quality, and a death among them."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tabgan import TabularModel
from tabgan.config import TrainingConfig
from tabgan.errors import ClusterError, SettingError, TableError
from tabgan.fitting.fit import fit_model
from tabgan.fitting.fit_request import FitRequest
from tabgan.runtime.process_group import ProcessGroup, join_processes
from tests.runtime.process_group_worker import make_table

ROOT = Path(__file__).parents[2]
TORCHRUN = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node"]
FIT = ["-m", "tabgan_cli", "fit", "table.csv", "--target", "colour", "--seed", "1"]
PATIENCE = 300.0  # seconds for processes that meet and train


def environment() -> dict[str, str]:
    return os.environ | {
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "cli")]),
        "OMP_NUM_THREADS": "1",
    }


def launch(folder: Path, processes: int, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - our own command
        [*TORCHRUN, str(processes), *arguments],
        cwd=folder,
        env=environment(),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def run(folder: Path, processes: int, *arguments: str) -> tuple[int, str]:
    process = launch(folder, processes, *arguments)
    printed, _ = process.communicate(timeout=PATIENCE)
    return process.returncode, printed


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("team")
    make_table(1_501).to_csv(folder / "table.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def found(folder: Path) -> dict[str, Any]:
    """What one process finds alone, and each of two together."""
    worker = str(ROOT / "tests" / "runtime" / "process_group_worker.py")
    subprocess.run(  # noqa: S603 - our own command
        [sys.executable, worker, "alone.json"], cwd=folder, env=environment(), check=True
    )
    code, printed = run(folder, 2, worker, "both.json")
    assert code == 0, printed
    names = ("alone0", "both0", "both1")
    return {name: json.loads((folder / f"{name}.json").read_text("utf-8")) for name in names}


def test_two_processes_have_the_gradients_of_one_with_both_batches(found: dict[str, Any]) -> None:
    alone, both = found["alone0"]["gradients"], found["both0"]["gradients"]
    assert len(alone) == 4
    for name, gradients in alone.items():
        assert np.abs(gradients).max() > 1e-3
        np.testing.assert_allclose(both[name], gradients, rtol=1e-4, atol=1e-6)


def test_all_processes_move_alike(found: dict[str, Any]) -> None:
    assert found["both0"]["gradients"] == found["both1"]["gradients"]
    assert found["both0"]["passes"]["weights"] == pytest.approx(found["both1"]["passes"]["weights"])


def test_a_table_learned_in_passes_is_counted_whole(found: dict[str, Any]) -> None:
    alone, both = found["alone0"]["passes"], found["both0"]["passes"]
    assert both["rows"] == alone["rows"] == 1_501
    assert both["shares"] == alone["shares"]


def test_another_table_is_refused(found: dict[str, Any]) -> None:
    assert found["alone0"]["said"] == ""
    assert "process 1 reads another table than process 0" in found["both0"]["said"]


def test_no_thread_of_gloo_outlives_the_group(found: dict[str, Any]) -> None:
    """One that lives into Python's exit may abort the process, after all of its work is done."""
    assert [name for name in found["both1"]["threads"] if "gloo" in name] == []


def test_two_processes_learn_as_well_as_one(folder: Path) -> None:
    code, printed = run(folder, 2, *FIT, "--steps", "300", "--no-refine", "-m", "two.tabgan")
    assert code == 0, printed
    assert printed.count("the model is in 'two.tabgan'") == 1
    assert "Warning" not in printed
    table = pd.read_csv(folder / "table.csv")
    config = TrainingConfig(steps=300, refine_rounds=0)
    one = fit_model(table, FitRequest(config, "colour", seed=1, device="cpu"))
    two = TabularModel.load(folder / "two.tabgan", "cpu")
    assert (two.card.rows, two.card.processes) == (len(table), 2)
    unseen = make_table(3_000).iloc[1_501:]
    likelihoods = [model.score_samples(unseen, seed=0).mean() for model in (one, two)]
    assert likelihoods[1] > likelihoods[0] - 0.1, likelihoods


def find_rank(rank: int, folder: Path) -> int:
    """Give the number of the process of that rank that works in a folder."""
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdecimal() and (entry / "cwd").readlink() == folder:
                told = (entry / "environ").read_bytes().split(b"\0")
                if f"RANK={rank}".encode() in told:
                    return int(entry.name)
        except OSError:  # ended meanwhile, or another user's
            continue
    raise AssertionError(f"no process of rank {rank}")


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="finds processes in /proc")
def test_a_process_that_dies_ends_the_job_and_resume_goes_on(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "table.csv").write_bytes((folder / "table.csv").read_bytes())
    steps = ["--steps", "600", "--no-refine", "--checkpoint-every", "0.2s"]
    job = launch(tmp_path, 2, *FIT, *steps)
    kept = tmp_path / "model.tabgan.checkpoint"
    start = time.monotonic()
    while not kept.exists():
        assert time.monotonic() - start < PATIENCE
        assert job.poll() is None
        time.sleep(0.02)
    os.kill(find_rank(1, tmp_path), signal.SIGKILL)
    printed, _ = job.communicate(timeout=PATIENCE)
    assert job.returncode != 0
    assert "another process of the training went away; start again, and --resume" in printed
    assert sorted(path.name for path in tmp_path.iterdir()) == [kept.name, "table.csv"]

    code, printed = run(tmp_path, 1, *FIT, *steps, "--resume")
    assert code != 0
    assert "is of a fit with processes 2, not 1; give the same settings" in printed
    code, printed = run(tmp_path, 2, *FIT, *steps, "--resume")
    assert code == 0, printed
    assert "going on from step" in printed
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.tabgan", "table.csv"]
    assert len(TabularModel.load(tmp_path / "model.tabgan", "cpu").sample(10)) == 10


def test_who_is_not_started_by_torchrun_is_alone() -> None:
    with join_processes("cpu") as processes:
        assert processes == ProcessGroup()
        assert processes.broadcast(lambda: 5) == 5


def pretend(monkeypatch: pytest.MonkeyPatch, rank: str, size: str) -> None:
    names = ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")
    for name, value in zip(names, (rank, size, "localhost", "none"), strict=True):
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(("rank", "size"), [("2", "2"), ("-1", "2"), ("0", "many"), ("0", "0")])
def test_a_wrong_world_size_is_refused(
    monkeypatch: pytest.MonkeyPatch, rank: str, size: str
) -> None:
    pretend(monkeypatch, rank, size)
    with pytest.raises(SettingError, match=rf"RANK='{rank}' is none of WORLD_SIZE='{size}'"):
        join_processes("cpu").__enter__()


def test_processes_that_cannot_meet_are_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, "0", "2")
    with pytest.raises(ClusterError, match="the 2 processes of the training did not come together"):
        join_processes("cpu").__enter__()


def test_rows_are_dealt_out_once_each() -> None:
    whole = np.concatenate([ProcessGroup(rank, 3).shard(10) for rank in range(3)])
    assert sorted(whole) == list(range(10))
    later = [ProcessGroup(rank, 3).shard(4, start=10) for rank in range(3)]
    assert [rows.tolist() for rows in later] == [[2], [0, 3], [1]]
    assert [ProcessGroup(rank, 3).count_rows(10) for rank in range(3)] == [4, 3, 3]
    with pytest.raises(TableError, match="2 rows are too few for 3 processes"):
        ProcessGroup(0, 3).count_rows(2)
