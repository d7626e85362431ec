import json
import re
from dataclasses import replace

import pandas as pd
import pytest

from tabgan.evaluation import augmentation_study, evaluate
from tabgan.evaluation.report.provenance import Provenance, without_secrets
from tabgan.runtime.version import __version__


def test_the_date_is_to_the_minute_and_that_of_a_reproducible_build(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", Provenance().date)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert Provenance().date == "2023-11-14 22:13 UTC"


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ("s3://key:secret@bucket/a.csv", "s3://***@bucket/a.csv"),
        ("--test 'https://h/t.csv?sig=a&exp=1' --seed 1", "--test 'https://h/t.csv?***' --seed 1"),
        ("data/a@b.csv --target 'who?'", "data/a@b.csv --target 'who?'"),
        ("https://h/p@q/t.csv", "https://h/p@q/t.csv"),
    ],
)
def test_secrets_are_left_out_and_nothing_else(given: str, left: str) -> None:
    assert without_secrets(given) == left
    known = Provenance(files={"real": given}, command=given)
    assert (known.files["real"], known.command) == (left, left)
    assert replace(known, settings={"folds": 2}).command == left


@pytest.mark.usefixtures("quick_metrics")
def test_an_evaluation_and_a_study_say_how_they_were_made(
    real: pd.DataFrame, unseen: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    report = evaluate(real, unseen, target="income", test=unseen, learners=["linear"], repeats=2)
    known = json.loads(json.dumps(report.to_dict()))
    assert known["seed"] == 0
    assert known["provenance"] == {
        "files": {},
        "command": "",
        "settings": {"learners": ["linear"], "baselines": "quick", "repeats": 2},
        "version": __version__,
        "date": "1970-01-01 00:00 UTC",
    }
    study = augmentation_study(real, target="income", learners=["linear"], folds=2, repeats=1)
    settings = {
        "learners": ["linear"],
        "baselines": "quick",
        "folds": 2,
        "repeats": 1,
        "time_limit": None,
    }
    assert study.provenance.settings == settings
