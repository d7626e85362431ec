"""Cells of tables, hidden and filled: by tabgan, and by what is used for it (`fillers`).

Part `imputation` of `benchmarks.questions`. All are fitted on the training part, and fill 10, 30
and 50 % of the known cells of rows of the test part, hidden at random, or by a rule: only where the
first column of more than two numbers, some above its median, is above it; it stays, and of others
twice as many are hidden there.

- categories: share of hidden ones that are filled right (point=True);
- numbers: root of the mean squared error, over the deviation of the column, mean over columns: a
  mean has the least; absolute: mean absolute error, likewise: a median has the least, which tabgan
  gives (neighbours and trees give means);
- energy: energy distance of the completed rows (one draw) to the true ones; numbers in deviations,
  categories as indicators, without cells that were gaps before any were hidden. A median or a mean
  is near the truth, but makes rows too much alike.

Part `intervals`: how many hidden numbers are in the middle 50, 80 and 95 % of their draws.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache, partial
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial.distance import cdist

from benchmarks.cut_table import CutTable
from benchmarks.facts import Store
from benchmarks.fillers import PEERS, Codes, FilledRows, Filler, Floats, fit_tabgan
from benchmarks.peer_fillers import fill_by_peer

SHARES = (0.1, 0.3, 0.5)
WAYS = ("at random", "by a rule")
MAX_ENERGY_ROWS = 1_000
INTERVALS = (0.5, 0.8, 0.95)
INTERVAL_DRAWS, INTERVAL_ROWS = 39, 500

Answer = Callable[[int], FilledRows]  # to the table with gaps of that number


@dataclass(frozen=True)
class Filled:
    """How well one filled hidden cells: NaN where there are no such cells; seconds to do so."""

    categories: float
    numbers: float
    absolute: float
    energy: float
    fit_seconds: float
    seconds: float


def hide(rows: pd.DataFrame, share: float, way: str, rng: np.random.Generator) -> Any:
    """Return which known cells are hidden; (n_rows, n_columns)."""
    chance = np.full(rows.shape, share)
    if way == WAYS[1]:
        many = [name for name in rows.select_dtypes("number") if rows[name].nunique() > 2]
        numbers = [name for name in many if (rows[name] > rows[name].median()).any()]
        decides = rows[numbers[0]]
        chance = np.where((decides > decides.median()).to_numpy()[:, None], 2 * share, 0.0)
        chance = np.where(np.array(rows.columns) == numbers[0], 0.0, chance)
    return (rng.random(rows.shape) < chance) & rows.notna().to_numpy()


def take_out(rows: pd.DataFrame, hidden: npt.NDArray[np.bool_]) -> pd.DataFrame:
    """Return rows with gaps for hidden cells; (n_rows, n_columns) each."""
    given = rows.mask(pd.DataFrame(hidden, rows.index, rows.columns))
    return given.astype({name: rows[name].dtype for name in given if given[name].notna().all()})


def fill(filler: Filler, given: pd.DataFrame) -> FilledRows:
    """Return rows with their gaps filled, and what that took."""
    start = time.process_time()
    point = filler.point(given)
    seconds = time.process_time() - start
    drawn = point if filler.draw is None else filler.draw(given, 1)
    return FilledRows(point, drawn, filler.seconds, seconds)


def measure(
    made: FilledRows, rows: pd.DataFrame, hidden: npt.NDArray[np.bool_], codes: Codes
) -> Filled:
    """Return how well hidden cells are filled."""
    right, errors = [], []
    for index, name in enumerate(rows):
        own, filled = hidden[:, index], made.point[name]
        if name in codes.categories:
            is_same = filled.astype(object) == rows[name].astype(object)
            right.append(is_same.to_numpy(bool)[own])
        elif own.any():
            away = (filled - rows[name]).to_numpy(np.float64)[own] / codes.deviations[name]
            errors.append([float(np.sqrt(np.mean(away**2))), float(np.mean(np.abs(away)))])
    squared, absolute = np.mean(errors, axis=0).tolist() if errors else (np.nan, np.nan)
    hits = np.concatenate(right) if right else np.zeros(0)
    drawn, real = (codes.to_features(each) for each in (made.draw, rows))
    drawn, real = np.where(np.isnan(real), 0.0, np.nan_to_num(drawn)), np.nan_to_num(real)
    return Filled(
        float(hits.mean()) if len(hits) else np.nan,
        squared,
        absolute,
        _energy(drawn[:MAX_ENERGY_ROWS], real[:MAX_ENERGY_ROWS]),
        made.fit_seconds,
        made.seconds,
    )


def _energy(made: Floats, real: Floats) -> float:
    """Return the energy distance of two tables as features; (n_rows, n_features) each."""
    means = [cdist(*pair).mean() for pair in ((made, real), (made, made), (real, real))]
    return float(2 * means[0] - means[1] - means[2])


def find_ranks(draws: Floats, truth: Floats, rng: np.random.Generator) -> Floats:
    """Return where the truth is among its draws, from 0 to 1, at random among equal ones.

    Uniform, whatever is drawn, if draws are distributed as the truth is (the randomised probability
    integral transform; Czado, Gneiting and Held 2009).

    Args:
        draws: (n_cells, n_draws).
        truth: (n_cells,).
        rng: For what is equal.
    """
    below = (draws < truth[:, None]).sum(axis=1)
    equal = (draws == truth[:, None]).sum(axis=1)
    place = below + rng.random(len(truth)) * (equal + 1)
    return np.asarray(place / (draws.shape[1] + 1))


def find_coverage(ranks: Floats) -> list[float]:
    """Return the shares of cells that are in the middle INTERVALS of their draws."""
    return [float(np.mean(np.abs(ranks - 0.5) < share / 2)) for share in INTERVALS]


def measure_intervals(table: CutTable, arguments: argparse.Namespace) -> None:
    """Print how many hidden numbers are in intervals of their draws."""
    store = Store(Path(arguments.out) / "intervals.jsonl")
    rows = table.test[:INTERVAL_ROWS].reset_index(drop=True)
    fit = cache(partial(fit_tabgan, table.train, table.target, arguments.preset))
    for way in WAYS:
        hidden = hide(rows, 0.3, way, np.random.default_rng(0))
        key = f"{table.name}, {arguments.preset}, {way}, {len(rows)} rows"
        found = store.get(key, partial(_find_intervals, fit, rows, hidden))
        cells = " | ".join(f"{share:.3f}" for share in found["coverage"])
        print(
            f"| {table.name} | tabgan | {way}, 30% | {found['cells']} | {cells} "
            f"| {found['seconds']:.1f} s |",
            flush=True,
        )


def _find_intervals(
    fit: Callable[[], Filler], rows: pd.DataFrame, hidden: npt.NDArray[np.bool_]
) -> dict[str, Any]:
    filler, rng = fit(), np.random.default_rng(0)
    draw: Any = filler.draw
    start = time.process_time()
    drawn = draw(take_out(rows, hidden), INTERVAL_DRAWS)
    seconds = time.process_time() - start
    ranks = [np.zeros(0)]
    numbers = set(rows.select_dtypes("number"))
    for index, name in enumerate(rows):
        if name in numbers:
            own = hidden[:, index]
            draws = drawn[name].to_numpy(np.float64).reshape(len(rows), INTERVAL_DRAWS)
            ranks.append(find_ranks(draws[own], rows[name].to_numpy(np.float64)[own], rng))
    joined = np.concatenate(ranks)
    return {"coverage": find_coverage(joined), "cells": len(joined), "seconds": seconds}


def _measure(answer: Answer, number: int, *given: Any) -> dict[str, float]:
    return asdict(measure(answer(number), *given))


def measure_imputation(table: CutTable, arguments: argparse.Namespace) -> None:
    """Print how well each fills hidden cells of a table; what is known from before is not anew."""
    store = Store(Path(arguments.out) / "imputation.jsonl")
    rows, codes = table.test[: arguments.rows].reset_index(drop=True), Codes.of(table.train)
    cases = list(product(WAYS, SHARES))
    masks = [hide(rows, share, way, np.random.default_rng(0)) for way, share in cases]
    given = [take_out(rows, hidden) for hidden in masks]
    for peer, answer in _find_answers(table, given, arguments).items():
        by = f"{peer}, {arguments.preset}" if peer == "tabgan" else peer
        for number, (way, share) in enumerate(cases):
            make = partial(_measure, answer, number, rows, masks[number], codes)
            key = f"{table.name}, {by}, {way}, {share:.0%}, {len(rows)} rows, known cells"
            found = Filled(**store.get(key, make))
            print(
                f"| {table.name} | {peer} | {way}, {share:.0%} | {found.categories:.3f} | "
                f"{found.numbers:.3f} | {found.absolute:.3f} | {found.energy:.4f} | "
                f"{found.fit_seconds:.1f} s | {found.seconds:.1f} s |",
                flush=True,
            )


def _find_answers(
    table: CutTable, given: list[pd.DataFrame], arguments: argparse.Namespace
) -> dict[str, Answer]:
    """Return what fills each of the given tables, by name; each is fitted when first asked."""

    def answer_by(fit_once: Callable[[], Filler], number: int) -> FilledRows:
        return fill(fit_once(), given[number])

    answers: dict[str, Answer] = {}
    for peer, fit in PEERS.items():
        fit_once = cache(partial(fit, table.train, table.target, arguments.preset))
        answers[peer] = partial(answer_by, fit_once)
    if arguments.peer:
        fill_once = cache(partial(fill_by_peer, arguments.peer, table.train, given))
        answers["TabularARGN"] = lambda number: fill_once()[number]
    return answers
