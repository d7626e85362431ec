"""Odd tables: fitted, sampled, saved, loaded, sampled again, and judged."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.attack.case import FaultError, is_sentence
from benchmarks.attack.maker import pick
from benchmarks.attack.odd_frames import make_frame
from benchmarks.attack.room import Room
from tabgan import TabGAN, TabganError, TrainingConfig, evaluate

TINY = TrainingConfig(
    steps=2, batch_size=16, hidden_dim=8, n_layers=1, latent_dim=2, n_validations=1
)
N_MADE = 20
OPERATORS = ("==", "!=", "<", ">=", "in")
RELATIONS = ("c0 <= c1", "c0 = c1 + c2", "c0 -> c1", "c0 > 3", "c1 != 'x'", "c0 = c1", "c0 is null")


def attack(room: Room, number: int) -> None:
    """Fit an odd table, and do all that is done with a model."""
    rng = room.rng("frames", number)
    frame = make_frame(rng)
    path = room.scratch / "frame.tabgan"
    model = _choose_settings(rng, frame).fit(frame)
    made = model.sample(N_MADE)
    check_like(made, frame, N_MADE)
    model.save(path)
    _check_same(
        TabGAN.load(path).sample(N_MADE, random_state=0), model.sample(N_MADE, random_state=0)
    )
    first = model.sample(N_MADE, random_state=0).iloc[:5]
    if isinstance(first.index, pd.MultiIndex):
        first.index = first.index.remove_unused_levels()
    _check_same(model.sample(5, random_state=0), first)
    _attack_conditions(rng, model, frame)
    if rng.random() < 0.1:
        _attack_report(rng, frame, made)


def check_like(made: Any, frame: pd.DataFrame, n_rows: int) -> None:
    """Raise a FaultError unless rows have the columns, their order and the dtypes of a table.

    Levels of a category that are protected may be gone.
    """
    if len(made) != n_rows:
        raise FaultError(f"number of rows: {len(made)}")
    if not (
        made.columns.equals(frame.columns) and list(made.index.names) == list(frame.index.names)
    ):
        raise FaultError(f"names: {list(made.columns)!r} for {list(frame.columns)!r}")
    for position in range(frame.shape[1]):
        now, before = made.dtypes.iloc[position], frame.dtypes.iloc[position]
        if now != before and not _lost_levels(now, before):
            raise FaultError(f"dtype: {now!r} for {before!r}")


def _lost_levels(now: Any, before: Any) -> bool:
    """Return whether a dtype has some of the levels of another, in their order."""
    if not (isinstance(now, pd.CategoricalDtype) and isinstance(before, pd.CategoricalDtype)):
        return False
    kept = before.categories[before.categories.isin(now.categories)]
    return now.ordered == before.ordered and kept.equals(now.categories)


def _check_same(ours: Any, theirs: Any) -> None:
    try:
        pd.testing.assert_frame_equal(ours, theirs, check_exact=True)
    except AssertionError as error:
        raise FaultError(f"other rows: {error}") from error


def _choose_settings(rng: np.random.Generator, frame: pd.DataFrame) -> TabGAN:
    """Return what is to fit a table, with some of its options."""
    names = [*frame.columns, *frame.columns, *frame.columns, "nowhere"]
    kwargs: dict[str, Any] = {"random_state": 0, "threads": 1}
    steps = int(rng.integers(1, 4))
    objective = pick(rng, ("relativistic", "relativistic", "wasserstein", "minimax"))
    if rng.random() < 0.3:
        kwargs["target"] = pick(rng, names)
    if rng.random() < 0.4:
        kwargs |= {
            "protect": True,
            "protect_below": int(pick(rng, (2, 2, 3, 5, 50, 1 if rng.random() < 0.1 else 4))),
        }
    if rng.random() < 0.15:
        kwargs["relations"] = False
    if rng.random() < 0.05:
        kwargs["declare"] = [pick(rng, RELATIONS)]
    return TabGAN(config=replace(TINY, steps=steps, objective=objective), **kwargs)


def _attack_conditions(rng: np.random.Generator, model: TabGAN, frame: pd.DataFrame) -> None:
    """Ask for rows that obey a condition; that there are none is said in a sentence."""
    for _ in range(2):
        name = pick(rng, list(frame.columns))
        cells = [*frame[name].tolist()[:3], None, np.nan, "x", -1, 10**30, 2.5, "2024-01-01"]
        value = pick(rng, cells)
        sign = pick(rng, OPERATORS)
        where: Any = {name: [value, pick(rng, cells)] if sign == "in" else (sign, value)}
        if rng.random() < 0.3:
            where = {name: value}
        elif rng.random() < 0.3:
            where = f"{name} {sign} {value}"
        allow(lambda: check_like(model.sample(5, where=where), frame, 5))  # noqa: B023 - called at once


def _attack_report(rng: np.random.Generator, frame: pd.DataFrame, made: Any) -> None:
    """Judge rows, and write the page of the report."""
    target = pick(rng, list(frame.columns))
    allow(lambda: evaluate(frame, made, target=target, learners=("linear",), repeats=2).to_html())


def allow(work: Any) -> None:
    """Run something that may be refused in a sentence."""
    try:
        work()
    except TabganError as error:
        if not is_sentence(str(error)):
            raise FaultError(f"no sentence: {error}") from error
