"""Do added rows help a learner? tabgan, random oversampling, SMOTE and class weights, side by side.

    python benchmarks/augmentation.py FOLDER [--out DIR] [--only adult_300,telco_churn]

FOLDER holds `tables.json` and the tables that it names. Each setting goes through
`tabgan.augmentation_study`, repeat by repeat: same folds, learners and scores for every arm. What
is found is kept in DIR/augmentation.json as it comes; a repeat that stands there is not run again.
Gains are over the real rows alone; intervals are those of the corrected resampled t-test over all
folds (Nadeau and Bengio 2003).
"""

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from tabgan import augment, augmentation_study
from tabgan.evaluation.evidence import Curve
from tabgan.evaluation.folds import deal_folds
from tabgan.evaluation.gain import doubt_of_folds
from tabgan.evaluation.metric import Direction
from tabgan.evaluation.scores import Score, average_precision, roc_auc
from tabgan.evaluation.task import Task, infer_schema
from tabgan.progress import Progress

FOLDS = 5
RARE_SHARE = 0.01  # of the rows: a class of nsl_kdd20 below that is rare
MARKS = {"average_precision": average_precision, "roc_auc": roc_auc}
REAL, SMOTE = "real", "real + SMOTE"
ARMS = {
    "real + tabgan --auto": "tabgan --auto",
    "real + tabgan --balance": "tabgan --balance",
    "real + random oversampling": "oversampling",
    SMOTE: "SMOTE / SMOTENC",
    "class weights": "class weights",
}
MARKED = Score("", "", Direction.UP, lambda _, mark: float(mark))  # marks that are known
Results = dict[str, dict[str, Any]]  # by setting and repeat


class Augmented(BaseEstimator):  # type: ignore[misc]
    """`tabgan.augment` as a study takes its augmenters."""

    def __init__(
        self, strategy: Any, time_limit: float | None = None, random_state: int = 0
    ) -> None:
        self.strategy = strategy
        self.time_limit = time_limit
        self.random_state = random_state

    def fit_resample(self, X: pd.DataFrame, y: pd.Series) -> tuple[pd.DataFrame, pd.Series]:  # noqa: N803
        """Give the rows, then those that the strategy adds."""
        made = augment(
            X.assign(**{str(y.name): y}),
            target=str(y.name),
            strategy=self.strategy,
            time_limit=self.time_limit,
            seed=self.random_state,
        )
        print("   ", made.sentence, flush=True)
        both = made.combine(mark=None)
        return both.drop(columns=y.name), both[y.name]


@dataclass(frozen=True)
class Setting:
    """One table to be measured on.

    Attributes:
        table: its name in `tables.json`.
        train_rows: rows that each fold trains on; all of the table's when None.
        change: what is done to the table first.
    """

    table: str
    train_rows: int | None = None
    change: Callable[[pd.DataFrame, str], pd.DataFrame] = lambda frame, _: frame

    def read(self, folder: Path) -> tuple[pd.DataFrame, str]:
        """The rows and the name of the target."""
        entry = json.loads((folder / "tables.json").read_text())[self.table]
        target = entry["target"]
        frame = pd.read_csv(folder / entry["file"]).drop(columns=entry["drop"])
        frame = self.change(frame.dropna(subset=[target]), target)
        if self.train_rows is not None:
            frame = frame.sample(self.train_rows * FOLDS // (FOLDS - 1), random_state=0)
        return frame.reset_index(drop=True), target


def join_rare(frame: pd.DataFrame, target: str) -> pd.DataFrame:
    """Join the rare classes in one, and all others in another."""
    shares = frame[target].value_counts(normalize=True)
    rare = frame[target].map(shares) < RARE_SHARE
    return frame.assign(**{target: np.where(rare, "rare", "common")})


SETTINGS = {
    "adult_300": Setting("adult", 300),
    "adult_1000": Setting("adult", 1_000),
    "adult_3000": Setting("adult", 3_000),
    "telco_churn": Setting("telco_churn"),
    "mammography": Setting("mammography"),
    "online_shoppers": Setting("online_shoppers"),
    "nsl_kdd20_rare": Setting("nsl_kdd20", change=join_rare),
}


def main() -> None:
    """Run what was asked for, and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, default=Path("benchmark-results"))
    parser.add_argument("--only", default="", help="settings, between commas")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--time-limit", type=float, help="seconds of a repeat")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    kept = arguments.out / "augmentation.json"
    results: Results = json.loads(kept.read_text()) if kept.exists() else {}
    names = arguments.only.split(",") if arguments.only else list(SETTINGS)
    for name in names:
        for repeat in range(arguments.repeats):
            done = results.setdefault(name, {})
            if str(repeat) not in done:
                print(f"{name}, repeat {repeat}", flush=True)
                done[str(repeat)] = measure(
                    SETTINGS[name], repeat, arguments.folder, arguments.time_limit
                )
                kept.write_text(json.dumps(results, indent=1))
    print(to_markdown(results))


def measure(
    setting: Setting, repeat: int, folder: Path, time_limit: float | None
) -> dict[str, Any]:
    """One repeat: the marks of every arm in every fold."""
    table, target = setting.read(folder)
    start = time.monotonic()
    report = augmentation_study(
        table,
        target=target,
        augmenters={f"tabgan --{how}": Augmented(how) for how in ("auto", "balance")},
        folds=FOLDS,
        repeats=1,
        seed=repeat,
        time_limit=time_limit,
        on_progress=show,
    )
    seconds = round(time.monotonic() - start)
    task = Task.infer(table, infer_schema(table, target), target)
    truth = task.labels(table)
    folds = [fold.test for fold in deal_folds(pd.Series(truth), FOLDS, 1, repeat)]
    curves = report.evidence.curves if report.evidence else ()
    marks = {curve.arm: mark_folds(curve, [truth[rows] for rows in folds]) for curve in curves}
    return {"rows": len(table), "seconds": seconds, "verdict": report.verdict, "marks": marks}


def mark_folds(curve: Curve, truths: list[Any]) -> dict[str, list[float]]:
    """Mark an arm fold by fold; a curve holds what was said in the folds one after the other."""
    marks: dict[str, list[float]] = {name: [] for name in MARKS}
    end = 0
    for truth in truths:
        start, end = end, end + len(truth)
        if end > len(curve.truth):
            break  # the time was up
        assert np.array_equal(curve.truth[start:end], truth == 1), "folds in another order"  # noqa: S101
        chance = curve.chance[start:end]
        for name, compute in MARKS.items():
            marks[name].append(compute(truth, np.column_stack([1 - chance, chance])))
    return marks


def show(progress: Progress) -> None:
    """Say which fold is under way."""
    if "fold" in progress.stage:
        print(f"  fold {progress.done} of {progress.total}", flush=True)


def compare(repeats: dict[str, Any], score: str, arm: str, other: str) -> str:
    """The mean lead of one arm over another with half its 95 % interval; bold if beyond it."""
    marks = [repeat["marks"] for repeat in repeats.values()]
    if not all(arm in found and other in found for found in marks):
        return "-"
    mine = [np.array(mark) for found in marks for mark in found[arm][score]]
    theirs = [np.array(mark) for found in marks for mark in found[other][score]]
    half = doubt_of_folds(MARKED, mine, theirs, mine, test_ratio=1 / (FOLDS - 1))
    lead = float(np.mean(mine) - np.mean(theirs))
    text = f"{lead:+.4f} ± {half:.4f}"
    return f"**{text}**" if abs(lead) > half else text


def to_markdown(results: Results) -> str:
    """The gains of every arm, and tabgan's lead over SMOTE, as one table a score."""
    parts = []
    for score in MARKS:
        head = ["setting", "real", *ARMS.values(), "--auto over SMOTE", "--balance over SMOTE"]
        lines = [f"Gain in {score}:", "", f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
        for name, repeats in results.items():
            real = [mark for repeat in repeats.values() for mark in repeat["marks"][REAL][score]]
            cells = [name, f"{np.mean(real):.4f}"]
            cells += [compare(repeats, score, arm, REAL) for arm in ARMS]
            cells += [compare(repeats, score, arm, SMOTE) for arm in list(ARMS)[:2]]
            lines.append(f"| {' | '.join(cells)} |")
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


if __name__ == "__main__":
    main()
