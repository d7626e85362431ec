"""Checkpoints: a resumed fit equals one that never ended; what is no checkpoint is refused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from tabgan.config import Protection, TrainingConfig
from tabgan.errors import CheckpointError, ModelFileError
from tabgan.fitting.fit import fit_model
from tabgan.fitting.fit_request import FitRequest
from tabgan.io.model_file import read_model, write_model
from tabgan.model.tabular_model import TabularModel
from tabgan.training.checkpoint import Checkpoints, hash_table
from tabgan.training.objectives import OBJECTIVES
from tabgan.training.plain_state import from_plain_state, to_plain_state

CONFIG = TrainingConfig(
    steps=60,
    batch_size=32,
    hidden_dim=16,
    latent_dim=4,
    n_validations=3,
    min_steps_between_validations=20,
    refine_rounds=1,
    candidates=2,
)
REQUEST = FitRequest(CONFIG, "income", seed=1, device="cpu")
ALWAYS = 1e-9  # seconds: a checkpoint before every step
STEPS = (0, 7, 20, 21, 59, 60)  # the first one, inside, before and after a check, the end


class PowerCutError(Exception):
    """Ends a fit at once."""


class Fragile(Checkpoints):
    """Ends the fit once it has been offered the state of a step."""

    def __init__(self, model: Path, step: int) -> None:
        super().__init__(model, ALWAYS)
        self.left = step + 1

    def write_if_due(self, state: Callable[[], Any], is_last: bool = False) -> None:
        super().write_if_due(state, is_last)
        self.left -= 1
        if not self.left:
            raise PowerCutError


def plan_sample(frame: pd.DataFrame, request: FitRequest, model: Path, step: int) -> None:
    with pytest.raises(PowerCutError):
        fit_model(frame, replace(request, checkpoints=Fragile(model, step)))


def go_on(frame: pd.DataFrame, request: FitRequest, model: Path) -> TabularModel:
    return fit_model(frame, replace(request, checkpoints=Checkpoints(model, resume=True)))


def same(one: TabularModel, other: TabularModel) -> bool:
    states = one.generator.state_dict(), other.generator.state_dict()
    pairs = zip(*(state.values() for state in states), strict=True)
    is_same = all(torch.equal(ours, theirs) for ours, theirs in pairs)
    rows = one.sample(300, seed=0), other.sample(300, seed=0)
    return is_same and one.record == other.record and rows[0].equals(rows[1])


@pytest.fixture(scope="module")
def whole(people: pd.DataFrame) -> TabularModel:
    return fit_model(people, REQUEST)


@pytest.mark.parametrize("step", STEPS)
def test_a_fit_that_goes_on_is_the_one_that_never_ended(
    people: pd.DataFrame, whole: TabularModel, tmp_path: Path, step: int
) -> None:
    model = tmp_path / "m.tabgan"
    plan_sample(people, REQUEST, model, step)
    again = go_on(people, replace(REQUEST, seed=None), model)
    assert again.card.seed == 1
    assert "before it was resumed" in again.card.stages
    assert same(again, whole)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_every_objective_goes_on(people: pd.DataFrame, tmp_path: Path, objective: str) -> None:
    request = replace(REQUEST, config=replace(CONFIG, objective=objective, refine_rounds=0))
    plan_sample(people, request, tmp_path / "m.tabgan", 33)
    assert same(go_on(people, request, tmp_path / "m.tabgan"), fit_model(people, request))


def test_a_fit_can_be_cut_again_and_again(
    people: pd.DataFrame, whole: TabularModel, tmp_path: Path
) -> None:
    model = tmp_path / "m.tabgan"
    plan_sample(people, REQUEST, model, 10)
    for _ in range(3):
        fragile = Fragile(model, 12)
        fragile.resume = True
        with pytest.raises(PowerCutError):
            fit_model(people, replace(REQUEST, checkpoints=fragile))
    assert read_model(model.with_name("m.tabgan.checkpoint"))["state"]["game"]["steps_done"] == 46
    assert same(go_on(people, REQUEST, model), whole)


def test_a_failing_training_goes_on_as_it_would_have(
    people: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "tabgan.training.validation.ValidationSet.diagnose_failure", lambda *_: "made up"
    )
    whole = fit_model(people, REQUEST)
    assert len([text for text in whole.record.messages if "rates halved" in text]) == 1
    for step in (30, 50):
        plan_sample(people, REQUEST, tmp_path / "m.tabgan", step)
        assert same(go_on(people, REQUEST, tmp_path / "m.tabgan"), whole)


def test_a_checkpoint_holds_no_row_and_no_category(people: pd.DataFrame, tmp_path: Path) -> None:
    marked = people.assign(city=people["city"].str.replace("Rome", "Zzyzx"), height=1234.5678)
    plan_sample(marked, REQUEST, tmp_path / "m.tabgan", 25)
    (path,) = tmp_path.iterdir()
    content = path.read_bytes()
    assert b"Zzyzx" not in content
    assert np.float64(1234.5678).tobytes() not in content
    assert b"pickle" not in content
    with pytest.raises(ModelFileError, match="checkpoint of a fit that did not end.*--resume"):
        TabularModel.load(path)


OTHERS: dict[str, tuple[dict[str, Any], str]] = {
    "steps": ({"config": replace(CONFIG, steps=61)}, "with steps 60, not 61; give the same"),
    "seed": ({"seed": 2}, "with seed 1, not 2"),
    "target": ({"target": None}, "with target income, not none"),
    "protect": ({"protection": Protection(True)}, "with protect False, not True"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_settings_are_refused(people: pd.DataFrame, tmp_path: Path, name: str) -> None:
    changes, message = OTHERS[name]
    plan_sample(people, REQUEST, tmp_path / "m.tabgan", 0)
    with pytest.raises(CheckpointError, match=f"{message}.*leave out --resume"):
        go_on(people, replace(REQUEST, **changes), tmp_path / "m.tabgan")


def test_another_table_is_refused(people: pd.DataFrame, tmp_path: Path) -> None:
    plan_sample(people, REQUEST, tmp_path / "m.tabgan", 0)
    other = people.assign(age=people["age"].where(people.index != 7, 17))
    for frame in (other, people[::-1], people.rename(columns={"gain": "won"}), people.head(299)):
        with pytest.raises(CheckpointError, match="is of another table; give the same one"):
            go_on(frame, REQUEST, tmp_path / "m.tabgan")


def test_an_index_does_not_make_another_table(people: pd.DataFrame) -> None:
    assert hash_table(people) == hash_table(people.set_axis(people.index + 5))


def test_columns_of_every_kind_have_a_hash() -> None:
    frame = pd.DataFrame(
        {
            "objects": pd.Series([Decimal("1.5"), None], dtype=object),
            "dates": pd.Series([date(2020, 1, 1), None], dtype=object),
            "category": pd.Categorical(["a", None]),
            "interval": pd.cut(pd.Series([1.0, 5.0]), 2),
            "period": pd.period_range("2020-01", periods=2, freq="M"),
            "arrow": pd.array([1, None], dtype="int64[pyarrow]"),
            "nullable": pd.array([True, None], dtype="boolean"),
            "sparse": pd.arrays.SparseArray([0, 1]),
            "zoned": pd.date_range("2020-01-01", periods=2, tz="Europe/Berlin"),
        }
    )
    hashes = {hash_table(frame), hash_table(frame[::-1]), hash_table(frame.drop(columns="period"))}
    assert len(hashes) == 3


@pytest.mark.parametrize("how", ["truncated", "flipped", "empty", "a model", "text"])
def test_a_damaged_checkpoint_is_refused(
    people: pd.DataFrame, whole: TabularModel, tmp_path: Path, how: str
) -> None:
    model, path = tmp_path / "m.tabgan", tmp_path / "m.tabgan.checkpoint"
    plan_sample(people, REQUEST, model, 0)
    content = path.read_bytes()
    middle = len(content) * 3 // 4
    flipped = content[:middle] + bytes([content[middle] ^ 255]) + content[middle + 1 :]
    contents = {"truncated": content[:middle], "flipped": flipped, "empty": b"", "text": b"a,b"}
    if how == "a model":
        whole.save(path, overwrite=True)
    else:
        path.write_bytes(contents[how])
    with pytest.raises(CheckpointError, match="is damaged.*leave out --resume to start afresh"):
        go_on(people, REQUEST, model)


def write_if_due(checkpoints: Checkpoints, step: int, *, is_last: bool = False) -> int | None:
    """Offer the state of a step; give the step that is kept then."""
    checkpoints.write_if_due(lambda: {"game": {"steps_done": step}}, is_last)
    if not checkpoints.path.exists():
        return None
    return int(read_model(checkpoints.path)["state"]["game"]["steps_done"])


@pytest.mark.parametrize(
    ("every", "datetimes"),
    [
        (None, {119: None, 121: 121, 180: 121, 182: 182, 241: 182}),
        (10, {9: None, 11: 11, 20: 11, 21: 21}),
        (0, {10_000: None}),
    ],
)
def test_when_checkpoints_are_written(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    every: float | None,
    datetimes: dict[int, int | None],
) -> None:
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(
        "tabgan.training.checkpoint.time", SimpleNamespace(monotonic=lambda: clock.now)
    )
    checkpoints = Checkpoints(tmp_path / "m.tabgan", every)
    kept = {}
    for clock.now in datetimes:
        kept[clock.now] = write_if_due(checkpoints, clock.now)
    assert kept == datetimes


def test_the_end_is_kept_only_if_something_was(tmp_path: Path) -> None:
    short = Checkpoints(tmp_path / "short.tabgan")
    assert write_if_due(short, 9, is_last=True) is None
    long = Checkpoints(tmp_path / "long.tabgan", ALWAYS)
    assert write_if_due(long, 8) == 8
    long.every = 1e9
    assert write_if_due(long, 9) == 9  # was due before
    assert write_if_due(long, 10) == 9
    assert write_if_due(long, 11, is_last=True) == 11


def test_a_full_disk_does_not_end_a_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    checkpoints = Checkpoints(tmp_path / "m.tabgan", ALWAYS, on_message=told.append)
    assert write_if_due(checkpoints, 1) == 1

    def refuse(path: Path, content: object, like: Path) -> None:
        raise ModelFileError(f"'{path}' cannot be written: No space left on device.")

    with monkeypatch.context() as full:
        full.setattr("tabgan.training.checkpoint.write_model", refuse)
        assert write_if_due(checkpoints, 2) == 1
        assert write_if_due(checkpoints, 3) == 1
    assert len(told) == 1
    assert "goes on without a new checkpoint: " in told[0]
    assert "No space left on device" in told[0]
    assert write_if_due(checkpoints, 4) == 4


def test_nested_states_come_back_exactly(tmp_path: Path) -> None:
    state = {
        "weights": torch.randn(3, 4, generator=torch.Generator().manual_seed(0)),
        "step": torch.tensor(7.25),
        "count": torch.tensor(3),
        "random": torch.Generator().get_state(),
        "state": {0: {"step": torch.tensor(1.0)}, 1: {"betas": [0.0, 0.99], "name": None}},
    }
    write_model(tmp_path / "s", to_plain_state(state))
    back = read_model(tmp_path / "s")
    back = from_plain_state({name: back[name] for name in state})
    for name in ("weights", "step", "count", "random"):
        assert back[name].dtype == state[name].dtype  # type: ignore[attr-defined]
        assert back[name].shape == state[name].shape  # type: ignore[attr-defined]
        assert torch.equal(back[name], state[name])  # type: ignore[arg-type]
    assert back["state"] == state["state"]
