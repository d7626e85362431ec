"""What fills gaps in another Python, for `imputation`: TabularARGN, as `peers` says."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.fillers import FilledRows, fill_column, fit_commonest
from benchmarks.peers import IMPUTE_TABULARARGN, run_peer_in

N_DRAWS = 31  # of each row, in whose middle the best guess is


def fill_by_peer(
    python: str, train: pd.DataFrame, given: Sequence[pd.DataFrame]
) -> list[FilledRows]:
    """Return tables with their gaps filled by one model of a training part.

    A gap that it leaves, or fills with what no row has, gets the commonest value, as all tables
    that are compared are whole: TabularARGN has nothing to draw where each value is rare.

    Raises:
        RuntimeError: It failed; its last line says why, such as that the peer is not installed.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, rows in enumerate(given):
            rows.to_csv(folder / f"given-{number}.csv", index=False)
        fit, *fills = run_peer_in(folder, python, IMPUTE_TABULARARGN, train, len(given), N_DRAWS)
        return [
            FilledRows(
                _read(folder / f"point-{number}.csv", train, rows),
                _read(folder / f"drawn-{number}.csv", train, rows),
                fit.processor,
                fill.processor,
            )
            for number, (rows, fill) in enumerate(zip(given, fills, strict=True))
        ]


def _read(path: Path, train: pd.DataFrame, given: pd.DataFrame) -> pd.DataFrame:
    """Return rows whose gaps are filled from a file; values are of the kinds they were before."""
    text = set(train.select_dtypes(exclude="number"))
    made = pd.read_csv(path, dtype={name: str if name in text else "float64" for name in train})
    if len(made) != len(given):
        raise RuntimeError(f"The peer gave back {len(made)} rows of {len(given)}.")
    filled: dict[Any, pd.Series[Any]] = {}
    for name in given:
        values = made[name]
        if name in text:
            known = {str(value): value for value in train[name].dropna().unique()}
            values = values.map(known).astype(object)
        filled[name] = fill_column(given[name], values.to_numpy())
    return fit_commonest(train).point(pd.DataFrame(filled, given.index))
