"""Checkpoints of any content: the fit goes on from them, or one sentence says what is wrong."""

import copy
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tabgan.config import TrainingConfig
from tabgan.errors import CheckpointError, TabganError
from tabgan.fitting.fit import fit_model
from tabgan.fitting.fit_request import FitRequest
from tabgan.io.model_file import read_model, write_model
from tabgan.model.tabular_model import TabularModel
from tabgan.training.checkpoint import Checkpoints

CONFIG = TrainingConfig(
    steps=6,
    batch_size=8,
    hidden_dim=8,
    n_layers=1,
    latent_dim=2,
    n_validations=2,
    min_steps_between_validations=3,
    decoding_steps=2,
    refine_rounds=0,
)
REQUEST = FitRequest(CONFIG, seed=1, device="cpu")
TABLE = pd.DataFrame({"size": ["a", "b", "c"] * 20, "on": ["yes", "no"] * 30})
ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    0.5,
    math.nan,
    10**30,
    "",
    "int128",
    [],
    {},
    [None],
    np.zeros(2),
    np.zeros(0),
)


class PowerCutError(Exception):
    """Ends a fit at once."""


class Fragile(Checkpoints):
    """Writes the state of every step, and ends the fit at the fifth."""

    left = 5

    def write_if_due(self, state: Callable[[], Any], is_last: bool = False) -> None:
        super().write_if_due(state, is_last)
        self.left -= 1
        if not self.left:
            raise PowerCutError


@pytest.fixture(scope="module")
def cut_off(tmp_path_factory: pytest.TempPathFactory) -> Path:
    model = tmp_path_factory.mktemp("cut") / "m.tabgan"
    with pytest.raises(PowerCutError):
        fit_model(TABLE, replace(REQUEST, checkpoints=Fragile(model, 1e-9)))
    return model.with_name("m.tabgan.checkpoint")


@pytest.fixture(scope="module")
def content(cut_off: Path) -> dict[str, Any]:
    return read_model(cut_off)


def go_on(content: dict[str, Any], folder: Path) -> TabularModel:
    plain = {n: v for n, v in content.items() if n not in {"checksum", "format_version"}}
    write_model(folder / "m.tabgan.checkpoint", plain)
    checkpoints = Checkpoints(folder / "m.tabgan", resume=True)
    return fit_model(TABLE, replace(REQUEST, checkpoints=checkpoints))


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to each part of nested values."""
    parts: Any = value.items() if isinstance(value, dict) else ()
    parts = enumerate(value) if isinstance(value, list) else parts
    inner = [each for name, part in parts for each in paths(part, (*path, name))]
    return [path, *inner] if path else inner


def change(content: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(content)
    part: Any = changed
    for name in path[:-1]:
        part = part[name]
    part[path[-1]] = value
    return changed


PLAYERS = ("state", "game", "players")
CHANGES: list[tuple[tuple[Any, ...], Any, str]] = [
    ((*PLAYERS, "generator"), {}, "state/game/players/generator/bias is missing, or too much"),
    ((*PLAYERS, "generator", "bias"), np.zeros(3, np.float64), r"bias is of torch.float64"),
    ((*PLAYERS, "critic", "mlp.last.bias"), np.array([np.nan], np.float32), "no finite numbers"),
    ((*PLAYERS, "averaged", "n_averaged"), {"scalar": -9, "dtype": "int64"}, "numbers below 0"),
    ((*PLAYERS, "averaged", "n_averaged", "dtype"), "set_default_dtype", "not one of float32"),
    ((*PLAYERS, "optimisers", 0, "means"), [], "optimisers/0/means is no list of 4"),
    (("state", "game", "random"), np.zeros(7, np.uint8), "random is of torch.uint8 and shape"),
    (("state", "game", "steps_done"), 10**6, "is of another training than its weights"),
    (("state", "game", "rates"), [1.0, 1.0], "rates are not those of each network, or lower"),
    (("state", "game", "last_scores"), np.zeros((2, 3), np.float32), r"shape \(2, 3\)"),
    (("state", "game", "losses", "critic"), [1.0], "losses/critic/1 is missing"),
    (("state", "recovery", "troubled"), "x", "troubled is 'x', not a whole number"),
    (("state", "record", "history"), [[9, 0.5]], "is of another training than its weights"),
    (("state", "is_done"), True, "is of another training than its weights"),
    (("state", "best"), {"pairs": [[[], 1]]}, "0 is a list, not a text or a number"),
    (("settings",), None, "settings has no named fields"),
    (("seconds",), "long", "seconds is 'long', not a number"),
]


@pytest.mark.parametrize(("path", "value", "words"), CHANGES)
def test_what_does_not_fit_is_named(
    content: dict[str, Any], tmp_path: Path, path: tuple[Any, ...], value: Any, words: str
) -> None:
    with pytest.raises(CheckpointError, match=f"{words}.*leave out --resume to start afresh"):
        go_on(change(content, path, value), tmp_path)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(place=st.integers(0, 10**6), odd=st.integers(0, len(ODD) - 1))
def test_any_content_ends_in_a_model_or_a_sentence(
    cut_off: Path, tmp_path: Path, place: int, odd: int
) -> None:
    content = read_model(cut_off)
    places = paths({name: content[name] for name in ("state", "settings")})
    changed = change(content, places[place % len(places)], ODD[odd])
    try:
        model = go_on(changed, tmp_path)
    except TabganError as error:
        assert str(error).endswith("leave out --resume to start afresh.")  # noqa: PT017
    else:
        assert len(model.sample(5, seed=0)) == 5
