"""Do added rows help a learner? tabgan, random oversampling, SMOTE and class weights, side by side.

    OMP_NUM_THREADS=1 python benchmarks/augmentation.py FOLDER --minutes 60 --jobs 2 [--out DIR]

FOLDER holds `tables.json` and the tables that it names. Each setting goes through
`tabgan.augmentation_study`, repeat by repeat: same folds, learners and scores for every arm. Each
setting gets its share of the minutes, by shorter fits and fewer folds if need be. A repeat that has
ended is kept in DIR and not run again. Gains are over the real rows alone; intervals are those of
the corrected resampled t-test over all folds (Nadeau and Bengio 2003).
"""

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from sklearn.base import BaseEstimator

from tabgan import augment, augmentation_study
from tabgan.evaluation.metrics.metric import Direction
from tabgan.evaluation.utility.arms import BinaryPredictions
from tabgan.evaluation.utility.confidence_intervals import half_width_over_folds
from tabgan.evaluation.utility.folds import make_folds
from tabgan.evaluation.utility.scores import Score, average_precision, roc_auc
from tabgan.evaluation.utility.task import Task, infer_task_schema
from tabgan.runtime.atomic_write import atomic_write
from tabgan.runtime.progress import Progress

FOLDS = 5
RARE_SHARE = 0.01  # of the rows: a class of nsl_kdd20 below that is rare
SCORES = {"average_precision": average_precision, "roc_auc": roc_auc}
REAL, SMOTE = "real", "real + SMOTE"
AUTO, BALANCE = "real + tabgan --auto", "real + tabgan --balance"
ARMS = {
    AUTO: "tabgan --auto",
    BALANCE: "tabgan --balance",
    "real + random oversampling": "oversampling",
    SMOTE: "SMOTE / SMOTENC",
    "class weights": "class weights",
}
DIFFERENCES = ("--auto over SMOTE", "--balance over SMOTE")
HEAD = ("setting", "score", "real", *ARMS.values(), *DIFFERENCES, "--auto adds in")
KNOWN_SCORES = Score("", "", Direction.UP, lambda _, score: float(score))  # computed before
FoldScores = dict[str, dict[str, list[float]]]  # by arm and score, of each fold


class Augmented(BaseEstimator):  # type: ignore[misc]
    """`tabgan.augment` as a study takes its augmenters: all draws together, without weights."""

    def __init__(
        self, strategy: Any, time_limit: float | None = None, random_state: int = 0
    ) -> None:
        self.strategy = strategy
        self.time_limit = time_limit
        self.random_state = random_state

    def fit_resample(self, X: pd.DataFrame, y: pd.Series) -> tuple[pd.DataFrame, pd.Series]:  # noqa: N803
        """Return the rows, then those that the strategy adds."""
        made = augment(
            X.assign(**{str(y.name): y}),
            target=str(y.name),
            strategy=self.strategy,
            time_limit=self.time_limit,
            seed=self.random_state,
        )
        print("   ", made.sentence, flush=True)
        both = made.combine(mark=None)[[*X.columns, y.name]]
        return both.drop(columns=y.name), both[y.name]


@dataclass(frozen=True)
class Setting:
    """One table to be measured on.

    Attributes:
        table: Its name in `tables.json`.
        share: Of the minutes, beside those of the others: larger tables take longer.
        train_rows: Rows that each fold trains on; all of the table's when None.
        change: What is done to the table first.
    """

    table: str
    share: float
    train_rows: int | None = None
    change: Callable[[pd.DataFrame, str], pd.DataFrame] = lambda frame, _: frame

    def read(self, folder: Path) -> tuple[pd.DataFrame, str]:
        """Return the rows and the name of the target."""
        entry = json.loads((folder / "tables.json").read_text())[self.table]
        target = entry["target"]
        frame = pd.read_csv(folder / entry["file"]).drop(columns=entry["drop"])
        frame = self.change(frame.dropna(subset=[target]), target)
        if self.train_rows is not None:
            frame = frame.sample(self.train_rows * FOLDS // (FOLDS - 1), random_state=0)
        return frame.reset_index(drop=True), target


def join_rare(frame: pd.DataFrame, target: str) -> pd.DataFrame:
    """Return the table with its rare classes joined in one, and all others in another."""
    shares = frame[target].value_counts(normalize=True)
    rare = frame[target].map(shares) < RARE_SHARE
    return frame.assign(**{target: np.where(rare, "rare", "common")})


SETTINGS = {
    "nsl_kdd20_rare": Setting("nsl_kdd20", 24, change=join_rare),
    "online_shoppers": Setting("online_shoppers", 22),
    "mammography": Setting("mammography", 18),
    "telco_churn": Setting("telco_churn", 18),
    "adult_3000": Setting("adult", 16, 3_000),
    "adult_1000": Setting("adult", 12, 1_000),
    "adult_300": Setting("adult", 10, 300),
}


def main() -> None:
    """Run what was asked for, and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, default=Path("benchmark-results") / "augmentation")
    parser.add_argument("--only", default=",".join(SETTINGS), help="settings, between commas")
    parser.add_argument("--repeats", type=int, default=1, help="of five folds each")
    parser.add_argument("--minutes", type=float, default=60, help="for all of it")
    parser.add_argument("--jobs", type=int, default=2, help="settings at a time, a thread each")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    names = [name for name in SETTINGS if name in arguments.only.split(",")]
    shares = sum(SETTINGS[name].share for name in names)
    second = (
        60 * arguments.minutes * arguments.jobs / shares / arguments.repeats
    )  # of a share, in a repeat
    work = partial(run_setting, arguments.folder, arguments.out, arguments.repeats, second)
    with get_context("spawn").Pool(arguments.jobs) as pool:
        pool.map(work, names, chunksize=1)
    print(to_markdown({name: read_repeats(arguments.out, name) for name in names}))


def run_setting(folder: Path, out: Path, repeats: int, second: float, name: str) -> None:
    """Run the repeats that have not been run; one without scores is not kept."""
    torch.set_num_threads(1)
    setting = SETTINGS[name]
    for repeat in range(repeats):
        kept = out / f"{name}-{repeat}.json"
        if not kept.exists():
            seconds = second * setting.share
            print(f"{name}, repeat {repeat}: {seconds / 60:.0f} minutes at the most", flush=True)
            result = measure(name, repeat, folder, seconds)
            if not result["scores"]:
                print(f"  {name}: {result['notes'][0]} Give it more minutes.", flush=True)
                continue
            with atomic_write(kept) as temporary:
                temporary.write_text(json.dumps(result, indent=1))


def read_repeats(out: Path, name: str) -> list[FoldScores]:
    """Return the scores of the repeats that have been run."""
    kept = sorted(out.glob(f"{name}-*.json"))
    return [json.loads(path.read_text())["scores"] for path in kept]


def measure(name: str, repeat: int, folder: Path, seconds: float) -> dict[str, Any]:
    """Run one repeat, and return the scores of every arm in every fold."""
    table, target = SETTINGS[name].read(folder)
    start = time.monotonic()
    report = augmentation_study(
        table,
        target=target,
        augmenters={f"tabgan --{how}": Augmented(how) for how in ("balance", "auto")},
        folds=FOLDS,
        repeats=1,
        seed=repeat,
        time_limit=seconds,
        on_progress=partial(show, name),
    )
    task = Task.infer(table, infer_task_schema(table, target), target)
    labels = task.labels(table)
    folds = [fold.test for fold in make_folds(pd.Series(labels), FOLDS, 1, repeat)]
    targets = [labels[rows] for rows in folds]
    arms = report.plot_data.predictions if report.plot_data else ()
    scores = {arm.arm: score_folds(arm, targets) for arm in arms}
    notes = [report.verdict, *report.notes]
    return {
        "rows": len(table),
        "seconds": round(time.monotonic() - start),
        "notes": notes,
        "scores": scores,
    }


def score_folds(arm: BinaryPredictions, targets: list[Any]) -> dict[str, list[float]]:
    """Score an arm fold by fold; it holds the predictions of the folds one after the other."""
    scores: dict[str, list[float]] = {name: [] for name in SCORES}
    end = 0
    for labels in targets:
        start, end = end, end + len(labels)
        if end > len(arm.targets):
            break  # the time was up
        assert np.array_equal(arm.targets[start:end], labels == 1), "folds in another order"  # noqa: S101
        positive = arm.probabilities[start:end]
        for name, compute in SCORES.items():
            scores[name].append(compute(labels, np.column_stack([1 - positive, positive])))
    return scores


def show(name: str, progress: Progress) -> None:
    """Print how many folds are done."""
    if "fold" in progress.stage:
        print(f"  {name}: fold {progress.done} of {progress.total} done", flush=True)


def compare(repeats: list[FoldScores], score: str, arm: str, other: str) -> str:
    """Return the mean gain of one arm over another with half its 95 % interval; bold if beyond."""
    is_complete = all(arm in scores and other in scores for scores in repeats)
    if not is_complete or sum(len(scores[arm][score]) for scores in repeats) < 2:
        return "-"
    own, others = (
        [np.array(value) for scores in repeats for value in scores[which][score]]
        for which in (arm, other)
    )
    difference = float(np.mean(own) - np.mean(others))
    half = half_width_over_folds(KNOWN_SCORES, own, others, own, test_ratio=1 / (FOLDS - 1))
    text = f"{difference:+.4f} ± {half:.4f}"
    return f"**{text}**" if abs(difference) > half else text


def to_markdown(results: dict[str, list[FoldScores]]) -> str:
    """Return the gains of every arm, and tabgan's over SMOTE, as one table."""
    lines = [f"| {' | '.join(HEAD)} |", "|---" * len(HEAD) + "|"]
    for score in SCORES:
        for name, repeats in results.items():
            complete = [scores for scores in repeats if REAL in scores]
            if complete:
                lines.append(f"| {' | '.join([name, score, *_cells(complete, score)])} |")
    return "\n".join(lines)


def _cells(repeats: list[FoldScores], score: str) -> list[str]:
    real = [value for scores in repeats for value in scores[REAL][score]]
    automatic = [value for scores in repeats for value in scores.get(AUTO, {}).get(score, ())]
    adding = sum(auto != alone for auto, alone in zip(automatic, real, strict=False))
    return [
        f"{np.mean(real):.4f}",
        *(compare(repeats, score, arm, REAL) for arm in ARMS),
        *(compare(repeats, score, arm, SMOTE) for arm in (AUTO, BALANCE)),
        f"{adding} of {len(automatic)} folds",
    ]


if __name__ == "__main__":
    main()
