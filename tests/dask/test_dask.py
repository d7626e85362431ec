"""Sampling with Dask: the rows of one process, whoever makes them and whoever dies meanwhile."""

import os
import signal
import socket
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from dask.distributed import Client, LocalCluster, as_completed, futures_of
from tabgan_cli.app import tabgan as command

from tabgan import TabGAN, TabularModel, TrainingConfig
from tabgan.dask import client as cluster
from tabgan.dask import sample
from tabgan.dask.client import connect, iter_frames
from tabgan.errors import ClusterError, ConditionError, MissingExtraError, SettingError
from tabgan.io import write_table
from tabgan.refinement.refiner import Refiner

TINY = TrainingConfig(
    batch_size=64, hidden_dim=8, n_layers=1, latent_dim=2, n_validations=1, max_modes=2
)
ROWS = 12_000  # in 12 blocks, the last of which is cut


@pytest.fixture(scope="module")
def model() -> TabularModel:
    """A model of small blocks, of a table with dtypes that are easily lost on the way."""
    rng = np.random.default_rng(0)
    n = 200
    table = pd.DataFrame(
        {
            "key": [f"K{index:05d}" for index in range(n)],
            "age": pd.Series(rng.integers(18, 80, n), dtype="Int64").mask(rng.random(n) < 0.1),
            "town": pd.Categorical(rng.choice(["Ulm", "Rom"], n), ["Ulm", "Rom", "Bern"]),
            "job": pd.Series(rng.choice(["clerk", "smith"], n)).mask(rng.random(n) < 0.2),
            "member": pd.Series(rng.choice(np.array([True, None]), n), dtype="object"),
            "since": pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, n), "D"),
            "wage": rng.normal(size=n).astype("float32"),
        }
    )
    gan = TabGAN(random_state=0, config=TINY, steps=2, relations=False, device="cpu").fit(table)
    chooser = Refiner((), candidates=8, effective=0.0, distinct=1.0, score=None, raw_score=None)
    return replace(gan.model_, refiner=chooser)


@pytest.fixture(scope="module")
def whole(model: TabularModel) -> pd.DataFrame:
    return model.sample(ROWS, seed=3)


@pytest.fixture(scope="module")
def workers() -> Iterator[LocalCluster]:
    """Two worker processes; one that is killed is started again."""
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as local:
        yield local


@pytest.fixture
def client(workers: LocalCluster) -> Iterator[Client]:
    with connect(workers.scheduler_address) as client:
        client.wait_for_workers(2)
        yield client


@pytest.fixture
def file(model: TabularModel, tmp_path: Path) -> Path:
    path = tmp_path / "model.tabgan"
    model.save(path)
    return path


def run(*words: object) -> Any:
    return CliRunner().invoke(command, [str(word) for word in words], prog_name="tabgan")


def kill_one(client: Client) -> None:
    os.kill(min(client.run(os.getpid).values()), signal.SIGKILL)


def test_partitions_are_blocks(model: TabularModel, whole: pd.DataFrame) -> None:
    rows = sample(model, ROWS, seed=3)
    assert rows.divisions == (*range(0, ROWS, 1_024), ROWS - 1)
    pd.testing.assert_series_equal(rows.dtypes, whole.dtypes)
    computed = rows.compute()
    assert isinstance(computed.index, pd.RangeIndex)
    pd.testing.assert_frame_equal(computed, whole)
    few = rows.loc[2_046:2_049]
    assert few.npartitions == 2
    pd.testing.assert_frame_equal(few.compute(), whole.loc[2_046:2_049])


def test_without_a_seed_rows_stay_the_same(model: TabularModel) -> None:
    first, other = sample(model, 1_500), sample(model, 1_500)
    rows = first.compute()
    pd.testing.assert_frame_equal(first.compute(), rows)
    assert not rows.equals(other.compute())


def test_conditions_and_rows_as_they_are_generated(model: TabularModel) -> None:
    asked = ({"where": {"town": "Rom", "age": (">", 60)}}, {"shares": {"town": {"Rom": 0.5}}})
    for settings in (*asked, {"refine": False}, {"fast": True}):
        rows = sample(model, 1_500, seed=1, **settings).compute()
        pd.testing.assert_frame_equal(rows, model.sample(1_500, seed=1, **settings))


def test_what_cannot_be_drawn_is_refused_at_once(model: TabularModel) -> None:
    with pytest.raises(SettingError, match="0 rows cannot be drawn"):
        sample(model, 0)
    with pytest.raises(ConditionError, match="no column 'twn'"):
        sample(model, 5, where={"twn": "Ulm"})


def test_a_cluster_gives_the_frames_of_one_process(client: Client, model: TabularModel) -> None:
    ours = list(iter_frames(client, model, 2_500, seed=3))
    theirs = list(model.iter_frames(2_500, seed=3))
    assert [len(frame) for frame in ours] == [len(frame) for frame in theirs]
    pd.testing.assert_frame_equal(pd.concat(ours), pd.concat(theirs, ignore_index=True))


@pytest.mark.parametrize("name", ["rows.csv", "rows.csv.gz", "rows.parquet", "rows.feather", "-"])
def test_the_command_writes_the_same_bytes(
    workers: LocalCluster, file: Path, tmp_path: Path, name: str
) -> None:
    words = ("sample", "-n", 2_500, "-m", file, "--seed", 4)
    outputs = [name if name == "-" else tmp_path / f"{kind}-{name}" for kind in ("one", "two")]
    one = run(*words, "-o", outputs[0])
    two = run(*words, "-o", outputs[1], "--dask", workers.scheduler_address)
    assert one.exit_code == two.exit_code == 0, two.output
    if name == "-":
        assert one.stdout == two.stdout
        assert (
            one.stderr == two.stderr == "2,500 rows drawn with the seed 4 are on standard output\n"
        )
    else:
        assert Path(outputs[0]).read_bytes() == Path(outputs[1]).read_bytes()


def test_quiet_says_nothing(workers: LocalCluster, file: Path, tmp_path: Path) -> None:
    words = ("sample", "-n", 5, "-m", file, "-o", tmp_path / "rows.csv", "--quiet")
    result = run(*words, "--dask", workers.scheduler_address)
    assert (result.exit_code, result.output) == (0, "")


def test_threads_are_refused_where_others_draw(file: Path, tmp_path: Path) -> None:
    words = ("sample", "-n", 5, "-m", file, "-o", tmp_path / "rows.csv", "--threads", 2)
    result = run(*words, "--dask", "tcp://127.0.0.1:8786")
    assert result.exit_code == 2
    assert "say `--nthreads`" in " ".join(result.output.split())


def test_a_worker_that_is_killed_costs_no_row(
    client: Client, model: TabularModel, whole: pd.DataFrame
) -> None:
    rows = client.persist(sample(model, ROWS, seed=3))
    with client.as_current():
        next(as_completed(futures_of(rows)))
    kill_one(client)
    pd.testing.assert_frame_equal(client.compute(rows).result(), whole)


def test_a_worker_that_is_killed_changes_no_byte(
    client: Client, model: TabularModel, whole: pd.DataFrame, tmp_path: Path
) -> None:
    def with_murder() -> Iterator[pd.DataFrame]:
        for number, frame in enumerate(iter_frames(client, model, ROWS, seed=3)):
            if number == 1:
                kill_one(client)
            yield frame

    write_table(with_murder(), tmp_path / "killed.parquet", model.schema.columns)
    write_table([whole], tmp_path / "whole.parquet", model.schema.columns)
    assert (tmp_path / "killed.parquet").read_bytes() == (tmp_path / "whole.parquet").read_bytes()


def test_other_releases_are_refused(
    workers: LocalCluster,
    client: Client,
    model: TabularModel,
    file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tabgan.dask.worker.__version__", "9.9")
    words = ("sample", "-n", 5, "-m", file, "-o", tmp_path / "rows.csv")
    result = run(*words, "--dask", workers.scheduler_address)
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1].startswith("tabgan: the worker tcp://")
    assert "rows are asked for by tabgan 9.9 and torch" in result.stderr
    assert list(tmp_path.iterdir()) == [file]
    refused = "a worker on .* has tabgan .* by tabgan 9.9"
    with pytest.raises(ClusterError, match=refused):
        client.compute(sample(model, 5)).result()
    with pytest.raises(ClusterError, match=refused):
        list(iter_frames(client, model, 5))


@pytest.mark.parametrize("listens", [False, True])  # True: as another kind of server would
@pytest.mark.parametrize(
    "address",
    [
        "tcp://127.0.0.1:{port}",
        "127.0.0.1:{port}",
        "127.0.0.1:x",
        "tls://127.0.0.1:{port}",
        "",
        "a://b",
    ],
)
def test_a_scheduler_that_does_not_answer(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, listens: bool
) -> None:
    monkeypatch.setattr(cluster, "TIMEOUT", 0.5)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        if listens:
            taken.listen()
        address = address.format(port=taken.getsockname()[1])
        words = ("sample", "-n", 5, "-m", file, "-o", tmp_path / "rows.csv")
        result = run(*words, "--dask", address)
    assert result.exit_code == 1
    assert f"tabgan: no Dask scheduler answers at '{address}'" in result.stderr
    assert result.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == [file]


def test_a_scheduler_without_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "TIMEOUT", 3)
    with (
        LocalCluster(n_workers=0, processes=False, dashboard_address=":0") as idle,
        pytest.raises(ClusterError, match="has no workers; start some"),
        connect(idle.scheduler_address),
    ):
        pass


def test_a_scheduler_that_goes_away_leaves_nothing(model: TabularModel, tmp_path: Path) -> None:
    output = tmp_path / "rows.csv"
    output.write_text("old")
    local = LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0")

    def with_an_end(client: Client) -> Iterator[pd.DataFrame]:
        for frame in iter_frames(client, model, 9_000, seed=3):
            yield frame
            local.close()

    with (
        local,
        connect(local.scheduler_address) as client,
        pytest.raises(ClusterError, match="the Dask scheduler is gone"),
    ):
        write_table(with_an_end(client), output)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


def test_without_dask_a_sentence_says_so(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] in {"dask", "distributed"}]:
        monkeypatch.setitem(sys.modules, name, None)
    for name in ("tabgan.dask", "tabgan.dask.client"):
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(MissingExtraError, match=r"install tabgan with its extra \[dask\]"):
        import_module("tabgan.dask")
    monkeypatch.delattr("tabgan.dask.client")
    words = ("sample", "-n", 5, "-m", file, "-o", tmp_path / "rows.csv")
    result = run(*words, "--dask", "tcp://127.0.0.1:8786")
    assert result.exit_code == 1
    assert result.stderr.startswith("tabgan: work on a cluster needs Dask")
