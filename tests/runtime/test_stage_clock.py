"""How long stages take, by the reports of a fit."""

from collections.abc import Iterator
from itertools import count

import pandas as pd
import pytest

from tabgan.config import TrainingConfig
from tabgan.errors import ModelFileError
from tabgan.fitting.fit import fit_model
from tabgan.fitting.fit_request import FitRequest
from tabgan.model.model_card import ModelCard
from tabgan.runtime.progress import Progress, ignore_progress
from tabgan.runtime.stage_clock import StageClock


def test_a_stage_that_comes_twice_is_summed_up() -> None:
    seconds: Iterator[int] = count()
    told: list[Progress] = []
    clock = StageClock(told.append, "reading", lambda: float(next(seconds)))  # 0, then 1, ...
    for stage in ("training", "training", "checking", "training"):
        clock(Progress(stage, 0, 1))
    assert clock.seconds == {"reading": 1.0, "training": 2.0, "checking": 1.0}
    assert [progress.stage for progress in told] == ["training", "training", "checking", "training"]


def test_a_clock_is_followed_by_itself() -> None:
    clock = StageClock(ignore_progress)
    assert StageClock.following(clock) is clock
    assert StageClock.following(ignore_progress) is not clock


def test_a_model_says_how_long_each_stage_took(people: pd.DataFrame) -> None:
    told: list[Progress] = []
    request = FitRequest(TrainingConfig(steps=4, refine_rounds=0), seed=0)
    card = fit_model(people, request, told.append).card
    assert list(card.stages) == ["reading the table", *dict.fromkeys(p.stage for p in told)]
    assert card.seconds == pytest.approx(sum(card.stages.values()), abs=0.06)
    assert ModelCard.from_dict(card.to_dict()) == card


def test_stages_of_a_file_are_seconds() -> None:
    card = ModelCard(150, 0, "0.1", "2.13.0", 60.0, "cpu", 1).to_dict()
    with pytest.raises(ModelFileError, match="training"):
        ModelCard.from_dict(card | {"stages": {"training": "long"}})
    del card["stages"]  # a file of an older release
    assert ModelCard.from_dict(card).stages == {}
