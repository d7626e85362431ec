"""Whatever stands in a file under a valid checksum: it loads and draws, or a sentence says why not.

What is changed at random here are all values of the file; how each field of an encoder is checked
stands in `tests/encoding/test_saved_states.py`.
"""

import copy
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors import safe_open
from safetensors.numpy import save_file

from tabgan import TabGAN, TabularModel
from tabgan.errors import ModelFileError, TabganError
from tabgan.io import model_file
from tabgan.io.model_file import HEADER, MAX_DEPTH, read_model, write_model
from tabgan.model.row_conditions import RowConditions
from tabgan.refinement.refiner import Refiner
from tabgan.refinement.tree_ensemble import Leaf, Split, TreeEnsemble

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
    "x" * 10**6,
    [],
    {},
    [[]],
    ["a", "a"],
    "int128",
    "float64",
    "2020-01-01",
]
NUMBERS = (0, -1, 10**9, float("nan"), 1e300)
DTYPES = ("int8", "str", "bool", "datetime64[us]", "category", "Int64", "object", "float32")
MUTATIONS = 150
Content = dict[str, Any]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = np.random.default_rng(0)
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 300, 200), "D")
    words = np.array(["red", "old", "boat", "near", "the", "river"])
    frame = pd.DataFrame(
        {
            "key": [f"K-{i:04d}" for i in range(200)],
            "town": rng.choice(["Ulm", "Pau"], 200),
            "n": rng.integers(0, 50, 200),
            "price": [f"${value:.2f}" for value in rng.gamma(2, 30, 200)],
            "day": days,
            "x": rng.normal(size=200),
            "text": [" ".join(rng.choice(words, 6)) for _ in range(200)],
            "size": [f"{v:.1f} MB" if v < 500 else f"{v:.2f} GB" for v in rng.gamma(2, 300, 200)],
        }
    )
    path = tmp_path_factory.mktemp("models") / "m.tabgan"
    model = TabGAN(steps=5, config={"hidden_dim": 16}, random_state=0).fit(frame).model_
    trees = TreeEnsemble.from_trees([Split(n, 0.5, False, Leaf(-1.0), Leaf(1.0)) for n in range(8)])
    refiner = Refiner((trees,), 2, effective=1.5, distinct=1.0, raw_score=None, score=0.25)
    replace(model, refiner=refiner).save(path)
    return path


@pytest.fixture(scope="module")
def content(path: Path) -> Content:
    found = read_model(path)
    return {n: v for n, v in found.items() if n not in {"checksum", "format_version"}}


def iter_places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the containers within nested values, each with one of its keys."""
    keys = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    for key in keys:
        yield value, key
        yield from iter_places(value[key])


def change_value(content: Content, rng: np.random.Generator) -> None:
    """Replace or remove something in nested values, or change an array."""
    places = list(iter_places(content))
    container, key = places[rng.integers(len(places))]
    if isinstance(container[key], np.ndarray):
        container[key] = change_array(container[key].copy(), rng)
    elif rng.random() < 0.2:
        del container[key]
    else:
        container[key] = ODD[rng.integers(len(ODD))]


def change_array(array: np.ndarray[Any, Any], rng: np.random.Generator) -> np.ndarray[Any, Any]:
    """Return an array with another number in it, of another length, or of another dtype."""
    way = rng.integers(4)
    if way == 0 or not array.size:
        return array.ravel()[: rng.integers(4)]
    if way == 1:
        with np.errstate(all="ignore"):
            return array.astype(rng.choice(["f4", "i8", "u1"]))
    value = NUMBERS[rng.integers(len(NUMBERS))]
    if array.dtype.kind == "f" or (isinstance(value, int) and array.dtype.kind == "i"):
        array.flat[rng.integers(array.size)] = value
    return np.concatenate([array, array]) if way == 2 else array


def swap_encoders(content: Content, rng: np.random.Generator) -> None:
    encoders = content["encoders"]
    one, other = rng.choice(len(encoders), 2, replace=False)
    encoders[one], encoders[other] = encoders[other], encoders[one]


def swap_arrays(content: Content, rng: np.random.Generator) -> None:
    places = [(c, k) for c, k in iter_places(content) if isinstance(c[k], np.ndarray)]
    (one, key), (other, name) = (places[i] for i in rng.choice(len(places), 2, replace=False))
    one[key], other[name] = other[name], one[key]


def swap_kinds(content: Content, rng: np.random.Generator) -> None:
    columns = content["schema"]["columns"]
    one, other = (columns[i] for i in rng.choice(len(columns), 2, replace=False))
    one["kind"], other["kind"] = other["kind"], one["kind"]


def change_dtype(content: Content, rng: np.random.Generator) -> None:
    columns = content["schema"]["columns"]
    columns[rng.integers(len(columns))]["dtype"] = str(rng.choice(DTYPES))


def repeat_item(content: Content, rng: np.random.Generator) -> None:
    lists = [c[k] for c, k in iter_places(content) if isinstance(c[k], list) and c[k]]
    found = lists[rng.integers(len(lists))]
    found.insert(0, copy.deepcopy(found[-1]))


MUTATE: list[Callable[[Content, np.random.Generator], None]] = [
    *[change_value] * 6,
    swap_encoders,
    swap_arrays,
    swap_kinds,
    change_dtype,
    repeat_item,
]


def try_out(path: Path) -> str:
    """Return how it ends to load a model and to draw rows of it; a traceback is a failure."""
    try:
        model = TabularModel.load(path, "cpu")
    except ModelFileError as error:
        return "unexplained" if "that this one cannot read" in str(error) else "refused"
    conditions = RowConditions.from_where(None, model.relations, model.encoder)
    rows, rng = np.arange(20), np.random.default_rng(0)
    try:
        with np.errstate(all="ignore"):
            one = model.one_pass.source if model.one_pass else model.source
            sources = model.source.raw, model.source, one
            drawn = [model.draw(rows, conditions, each, rng) for each in sources]
    except TabganError:
        return "refused later"
    assert [len(frame) for frame in drawn] == [20, 20, 20]
    return "drawn"


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_contents_that_are_not_as_written(content: Content, tmp_path: Path) -> None:
    rng, outcomes = np.random.default_rng(0), Counter[str]()
    for _ in range(MUTATIONS):
        changed = copy.deepcopy(content)
        MUTATE[rng.integers(len(MUTATE))](changed, rng)
        write_model(tmp_path / "m.tabgan", changed)
        outcomes[try_out(tmp_path / "m.tabgan")] += 1
    assert outcomes["drawn"] > MUTATIONS / 10
    assert outcomes["refused"] > MUTATIONS / 3
    assert outcomes["unexplained"] + outcomes["refused later"] < MUTATIONS / 20


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("section", ["encoders", "generator", "refiner", "one_pass"])
def test_what_is_drawn_from_is_checked_field_by_field(
    section: str, content: Content, tmp_path: Path
) -> None:
    rng, outcomes = np.random.default_rng(1), Counter[str]()
    for _ in range(MUTATIONS // 5):
        changed = content | {section: copy.deepcopy(content[section])}
        change_value({section: changed[section]}, rng)
        write_model(tmp_path / "m.tabgan", changed)
        outcomes[try_out(tmp_path / "m.tabgan")] += 1
    assert set(outcomes) <= {"drawn", "refused"}
    assert outcomes["refused"] > MUTATIONS / 15


def test_the_sentence_names_file_and_field(content: Content, tmp_path: Path) -> None:
    changed = copy.deepcopy(content)
    changed["encoders"][2]["step"] = -1
    write_model(tmp_path / "m.tabgan", changed)
    with pytest.raises(ModelFileError) as caught:
        TabularModel.load(tmp_path / "m.tabgan")
    expected = "m.tabgan is damaged: encoders/2/step is -1, not from "
    assert expected in str(caught.value)
    assert str(caught.value).endswith("; fit again.")


def damage_generator(content: Content) -> dict[str, Content]:
    weights = content["generator"]
    name = next(n for n in weights if n.endswith("first.weight"))
    nan = weights[name].copy()
    nan[0, 0] = np.nan
    return {
        f"generator/{name} holds numbers": weights | {name: nan},
        f"generator/{name} is an array of float32 and shape": weights | {name: weights[name][1:]},
        "generator has weights that no generator has": weights | {"extra": nan},
        f"generator/{name} is missing": {n: w for n, w in weights.items() if n != name},
    }


def test_weights_of_another_generator(content: Content, tmp_path: Path) -> None:
    for message, weights in damage_generator(content).items():
        write_model(tmp_path / "m.tabgan", content | {"generator": weights})
        with pytest.raises(ModelFileError, match=message):
            TabularModel.load(tmp_path / "m.tabgan")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("candidates", 10**9, "refiner/candidates is 1000000000, not from 1 to"),
        ("distinct", 2.0, "refiner/distinct is 2.0, not from 0 to 1"),
        ("score", "good", "refiner/score is 'good', not a number"),
        ("rounds", [7], "refiner/rounds/0 has no named fields"),
    ],
)
def test_refiners_that_cannot_be(
    name: str, value: Any, message: str, content: Content, tmp_path: Path
) -> None:
    write_model(tmp_path / "m.tabgan", content | {"refiner": content["refiner"] | {name: value}})
    with pytest.raises(ModelFileError, match=message):
        TabularModel.load(tmp_path / "m.tabgan")


def test_trees_of_more_features_than_rows_have(content: Content, tmp_path: Path) -> None:
    refiner = copy.deepcopy(content["refiner"])
    refiner["rounds"][0]["features"][-1] = 500
    write_model(tmp_path / "m.tabgan", content | {"refiner": refiner})
    with pytest.raises(ModelFileError, match="refiner compares more than"):
        TabularModel.load(tmp_path / "m.tabgan")


def test_loading_draws_no_random_numbers(path: Path) -> None:
    before = torch.random.get_rng_state()
    TabularModel.load(path, "cpu")
    assert torch.equal(torch.random.get_rng_state(), before)


def test_long_texts_are_drawn_in_small_blocks(content: Content, tmp_path: Path) -> None:
    changed = copy.deepcopy(content)
    changed["encoders"][1]["levels"]["values"][0] = "x" * 10**6
    write_model(tmp_path / "m.tabgan", changed)
    model = TabularModel.load(tmp_path / "m.tabgan", "cpu")
    assert len(model.plan_sample(1000).rows(0)) < 300
    assert set(model.sample(20, seed=0)["town"].str.len()) <= {3, 10**6}


@pytest.mark.parametrize(
    "header", ["[]", "null", "7", '"x"', "{}", "[" * 100_000, '{"format_version": 2}']
)
def test_headers_of_another_form(tmp_path: Path, header: str) -> None:
    save_file({"x": np.zeros(1)}, tmp_path / "m.tabgan", {HEADER: header})
    with pytest.raises(ModelFileError):
        TabularModel.load(tmp_path / "m.tabgan")


def read_parts(path: Path) -> tuple[dict[str, Any], dict[str, np.ndarray[Any, Any]]]:
    """Return the header of a model file, without its checksum, and the tensors."""
    with safe_open(path, framework="np") as file:
        header = json.loads(file.metadata()[HEADER])
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    header.pop("header_checksum")
    return header, tensors


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


def test_files_of_releases_without_a_checksum_of_the_header(path: Path, tmp_path: Path) -> None:
    header, tensors = read_parts(path)
    save_file(tensors, tmp_path / "m.tabgan", {HEADER: json.dumps(header)})
    assert TabularModel.load(tmp_path / "m.tabgan").card.rows == 200


def nest(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


HEADERS: list[tuple[Callable[[dict[str, Any]], object], str]] = [
    (lambda h: h["encoders"][2].update(knots={"@": "nowhere"}), "it lacks arrays"),
    (lambda h: h["encoders"][2].update(knots={"@": []}), "it lacks arrays"),
    (lambda h: h["encoders"][2].update(knots={"@": "encoders/5/knots"}), "it lacks arrays"),
    (lambda h: h["encoders"][2].update(knots=None), "no field has its array 'encoders/2/knots'"),
    (lambda h: h.update(record=nest(MAX_DEPTH + 1)), "its header has no end of levels"),
    (lambda h: h.update(record=nest(900)), "its header has no end of levels"),
    (lambda h: h.update(encoders=7), "encoders is 7, not a list"),
    (lambda h: h.pop("schema"), "schema is missing"),
    (lambda h: h["encoders"].pop(), "there are 7 encoders of 8 columns"),
]


@pytest.mark.parametrize(("change", "message"), HEADERS)
def test_headers_that_do_not_fit_their_arrays(
    change: Callable[[dict[str, Any]], object], message: str, path: Path, tmp_path: Path
) -> None:
    header, tensors = read_parts(path)
    change(header)
    if "array" not in message:
        tensors = {n: t for n, t in tensors.items() if f'"{n}"' in json.dumps(header)}
        digest = model_file._checksum(tensors)
        header["checksum"] = digest
    save_file(tensors, tmp_path / "m.tabgan", {HEADER: json.dumps(header)})
    with pytest.raises(ModelFileError, match=message):
        TabularModel.load(tmp_path / "m.tabgan")


def test_headers_beyond_what_is_read(
    content: Content, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_model(tmp_path / "m.tabgan", content)
    monkeypatch.setattr(model_file, "MAX_HEADER", 1_000)
    with pytest.raises(ModelFileError, match="its header is none of a model"):
        TabularModel.load(tmp_path / "m.tabgan")
    with pytest.raises(ModelFileError, match="of levels, relations and the like"):
        write_model(tmp_path / "n.tabgan", content)


def test_relations_that_restore_what_no_dtype_holds(tmp_path: Path) -> None:
    found = read_model(Path(__file__).parents[1] / "data" / "release-0.1" / "model.tabgan")
    sound = {n: v for n, v in found.items() if n not in {"checksum", "format_version"}}
    for column in sound["schema"]["columns"]:
        if column["name"] == "make":
            column["dtype"] = "int64"
    write_model(tmp_path / "m.tabgan", sound)
    with pytest.raises(ModelFileError, match=r"m.tabgan is damaged: .* cannot be written as int64"):
        TabularModel.load(tmp_path / "m.tabgan")
