"""Compare a model's two generators: rows drawn in many passes, and in one, raw and refined.

    python -m benchmarks.passes tables.json [--only adult,penguins] [--preset balanced]

Of each table that the file lists ({name: {"file", "target", "drop"}}) four fifths are the training
part that other benchmarks fit; a tenth of it is validated on, and the rest fitted. A score tells
how well boosted trees tell drawn rows from validation rows, then from fitted ones (1: they cannot).
Rates are rows a second of one processor. No test row is looked at.
"""

import argparse
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tabgan.config import find_preset
from tabgan.evaluation.metrics.detection import two_sample_score
from tabgan.fitting.fit import fit_model
from tabgan.fitting.fit_request import FitRequest
from tabgan.model import TabularModel
from tabgan.runtime.devices import use_threads
from tabgan.runtime.progress import ignore_progress
from tabgan.runtime.stage_clock import StageClock

RATED_ROWS = 20_000
TRAINING_SHARE, VALIDATION_SHARE = 0.8, 0.1
WAYS = {
    "many raw": {"fast": False, "refine": False},
    "many refined": {"fast": False, "refine": True},
    "one raw": {"fast": True, "refine": False},
    "one refined": {"fast": True, "refine": True},
}


@dataclass(frozen=True)
class Parts:
    """Rows of a table that are fitted, and those that are validated on."""

    fitted: pd.DataFrame
    validation: pd.DataFrame

    @classmethod
    def read(cls, folder: Path, listed: dict[str, Any]) -> "Parts":
        """Return the training part of a table in two, as `bench/split.py` cuts it from the rest."""
        frame = pd.read_csv(folder / listed["file"]).drop(columns=listed.get("drop", []))
        frame = frame.dropna(subset=[listed["target"]])
        frame = frame.sample(frac=1, random_state=0)[: int(TRAINING_SHARE * len(frame))]
        cut = int(VALIDATION_SHARE * len(frame))
        return cls(frame[cut:].reset_index(drop=True), frame[:cut].reset_index(drop=True))


def score(model: TabularModel, real: pd.DataFrame, drawn: pd.DataFrame) -> float:
    """Return how alike rows are to boosted trees, by the features of the refiner."""
    rng, features = np.random.default_rng(0), []
    for frame in (real, drawn):
        checked = model.schema.check(frame)
        table = model.encoder.encode(model.relations.apply(checked), rng)
        features.append(model.to_features(table))
    return two_sample_score(features[0], features[1], seed=1)


def compare(model: TabularModel, parts: Parts) -> list[str]:
    """Return, for each way to draw, both scores and the rate."""
    cells = []
    for how in WAYS.values():
        model.sample(10, seed=0, **how)  # type: ignore[arg-type]  # compiled before the clock runs
        start = time.process_time()
        drawn = model.sample(RATED_ROWS, seed=1, **how)  # type: ignore[arg-type]
        rate = RATED_ROWS / (time.process_time() - start)
        scores = [score(model, real, drawn[: len(real)]) for real in vars(parts).values()]
        cells.append(f"{scores[1]:.3f} / {scores[0]:.3f}, {rate:,.0f}")
    return cells


def main() -> None:
    """Print a line a table."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("tables", type=Path)
    parser.add_argument("--only", type=lambda names: names.split(","), default=[])
    parser.add_argument("--preset", default="balanced")
    given = parser.parse_args()
    listed: dict[str, dict[str, Any]] = json.loads(given.tables.read_text())
    print(f"| table | classes | {' | '.join(WAYS)} | drawn in | fit s, of it one pass |")
    print("|---" * (len(WAYS) + 4) + "|")
    for name in given.only or listed:
        parts = Parts.read(given.tables.parent, listed[name])
        clock = StageClock(ignore_progress, now=time.process_time)
        request = FitRequest(find_preset(given.preset), listed[name]["target"], seed=0, threads=1)
        model = fit_model(parts.fitted, request, clock)
        seconds, one = clock.seconds, model.one_pass
        with use_threads(1):
            cells = " | ".join(compare(model, parts))
        default = "one pass" if model.card.draws_in_one_pass else "many passes"
        spent = f"{sum(seconds.values()):.1f}, {seconds['learning to draw in one pass']:.1f}"
        print(f"| {name} | {one and one.generator.n_latent} | {cells} | {default} | {spent} |")


if __name__ == "__main__":
    main()
