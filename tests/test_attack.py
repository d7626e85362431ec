"""A short attack: odd tables and mutated files work, or are refused in a sentence.

`python -m benchmarks.attack` is the long one; what it finds stands here as well, by its number.
"""

import json
import warnings
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from benchmarks.attack import kills, parts
from benchmarks.attack.base_tables import TABLES
from benchmarks.attack.bases import model_content
from benchmarks.attack.case import Outcome, Result, run_case
from benchmarks.attack.mutations import mutate
from benchmarks.attack.pool import Limits, run_cases
from benchmarks.attack.results import (
    keep_outcomes,
    list_faults,
    read_outcomes,
    to_markdown,
)
from benchmarks.attack.room import Room
from tabgan import TabganError, TabularModel
from tabgan.encoding.registry import ENCODERS
from tabgan.relations.registry import RELATIONS

N_CASES = {"frames": 24, "models": 40, "checkpoints": 10, "schemas": 12, "tables": 12}
TROUBLES = (("full disk", "sample, csv"), ("read-only folder", "fit"))


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    made = Room(tmp_path_factory.mktemp("room"), 0)
    for part in parts.PARTS.values():
        part.prepare(made)
    return made


def test_nothing_ends_in_a_traceback(room: Room) -> None:
    cases = [(part, number) for part, count in N_CASES.items() for number in range(count)]
    cases += [("kills", kills.CASES.index(case)) for case in TROUBLES]
    outcomes = list(run_cases(cases, Limits(1, room.seed, room.folder)))
    assert {(outcome.part, outcome.number) for outcome in outcomes} == set(cases)
    assert list_faults(outcomes) == []
    for part in N_CASES:
        results = {outcome.result for outcome in outcomes if outcome.part == part}
        assert results == {Result.WORKED, Result.REFUSED}, part


def test_the_base_models_hold_every_encoder_and_relation(room: Room) -> None:
    models = [TabularModel.load(room.folder / f"{name}.tabgan", "cpu") for name in TABLES]
    encoders = {type(one) for model in models for one in model.encoder.encoders}
    assert {encoder.__name__ for encoder in ENCODERS.values()} <= {
        kind.__name__ for kind in encoders
    }
    relations = {one.KIND for model in models for one in model.relations.relations}
    assert relations == set(RELATIONS)
    assert any(model.refiner for model in models)


def test_a_case_is_the_same_each_time(room: Room) -> None:
    first, again = (room.rng("models", 5) for _ in range(2))
    content = model_content(room, "gaps")
    ours, theirs = mutate(content, first), mutate(content, again)
    np.testing.assert_equal(ours, theirs)
    assert room.rng("models", 6).integers(2**62) != room.rng("frames", 6).integers(2**62)


def test_what_is_raised_is_told_apart() -> None:
    def refuse(sentence: str) -> None:
        raise TabganError(sentence)

    def warn() -> None:
        warnings.warn("odd", UserWarning, stacklevel=1)

    assert run_case("x", 0, partial(refuse, "there is no column 'a'.")).result is Result.REFUSED
    for sentence in ("no full stop", "two\nlines.", "\x1b[2J."):
        assert run_case("x", 0, partial(refuse, sentence)).error == "NoSentence"
    assert run_case("x", 0, warn).error == "UserWarning"
    assert run_case("x", 0, partial(json.loads, "")).error == "JSONDecodeError"


def test_what_was_found_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "found.jsonl"
    outcomes = [Outcome("frames", n, Result.HANG if n else Result.WORKED, "hang") for n in range(3)]
    assert list(keep_outcomes(path, 7, outcomes)) == outcomes
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"seed": 7})[:5])  # cut short
    assert read_outcomes(path, 7) == outcomes
    assert read_outcomes(path, 8) == []
    assert to_markdown(outcomes).splitlines()[-1].startswith("| frames | 3 | 1 | 0 | 0 | 0 | 2 |")
    (line,) = list_faults(outcomes)
    assert line.startswith("- 2 x hang at ? (frames:1 frames:2)")
