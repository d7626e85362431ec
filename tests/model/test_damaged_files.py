"""Whatever stands in a file under a valid checksum: it loads, or one sentence says why not."""

import copy
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from safetensors import safe_open
from safetensors.numpy import save_file

from tabgan import TabGAN, TabularModel
from tabgan.errors import ModelFileError, SchemaError
from tabgan.io.model_file import HEADER, read_model, write_model

ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    1e308,
    float("nan"),
    10**30,
    "",
    "x",
    ".100000000f",
    [],
    {},
    [[]],
    "int128",
]
MUTATIONS = 150


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = np.random.default_rng(0)
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 300, 200), "D")
    frame = pd.DataFrame(
        {
            "key": [f"K-{i:04d}" for i in range(200)],
            "town": rng.choice(["Ulm", "Pau"], 200),
            "n": rng.integers(0, 50, 200),
            "price": [f"${value:.2f}" for value in rng.gamma(2, 30, 200)],
            "day": days,
            "x": rng.normal(size=200),
        }
    )
    path = tmp_path_factory.mktemp("models") / "m.tabgan"
    TabGAN(steps=5, random_state=0).fit(frame).save(path)
    return path


def iter_places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the containers within nested values, each with one of its keys."""
    keys = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    for key in keys:
        yield value, key
        yield from iter_places(value[key])


def mutate(content: dict[str, Any], rng: np.random.Generator) -> None:
    """Replace or remove something in nested values, or cut an array short."""
    places = list(iter_places(content))
    container, key = places[rng.integers(len(places))]
    if isinstance(container[key], np.ndarray):
        container[key] = container[key].ravel()[: rng.integers(4)]
    elif rng.random() < 0.2:
        del container[key]
    else:
        container[key] = ODD[rng.integers(len(ODD))]


def test_contents_that_are_not_as_written(path: Path, tmp_path: Path) -> None:
    content = read_model(path)
    for name in ("checksum", "format_version"):
        content.pop(name)
    rng, outcomes = np.random.default_rng(0), Counter[str]()
    for _ in range(MUTATIONS):
        changed = copy.deepcopy(content)
        mutate(changed, rng)
        write_model(tmp_path / "m.tabgan", changed)
        try:
            TabularModel.load(tmp_path / "m.tabgan", "cpu")
            outcomes["loaded"] += 1
        except (ModelFileError, SchemaError):
            outcomes["refused"] += 1
    assert outcomes["refused"] > MUTATIONS / 4
    assert outcomes["loaded"] > MUTATIONS / 8


@pytest.mark.parametrize(
    "header", ["[]", "null", "7", '"x"', "{}", "[" * 100_000, '{"format_version": 2}']
)
def test_headers_of_another_form(path: Path, tmp_path: Path, header: str) -> None:
    save_file({"x": np.zeros(1)}, tmp_path / "m.tabgan", {HEADER: header})
    with pytest.raises(ModelFileError):
        TabularModel.load(tmp_path / "m.tabgan")


def test_a_header_that_was_changed(path: Path, tmp_path: Path) -> None:
    with safe_open(path, framework="np") as file:
        header = json.loads(file.metadata()[HEADER])
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    save_file(tensors, tmp_path / "m.tabgan", {HEADER: json.dumps(header)})
    assert TabularModel.load(tmp_path / "m.tabgan").card.rows == 200
    header["card"]["rows"] = 201
    save_file(tensors, tmp_path / "m.tabgan", {HEADER: json.dumps(header)})
    with pytest.raises(ModelFileError, match="its header is not the one written"):
        TabularModel.load(tmp_path / "m.tabgan")
