"""Do learners on many draws beat learners on the real rows, on bootstraps, and on SMOTE's rows?

    OMP_NUM_THREADS=1 python -m benchmarks.many_draws FOLDER [--rows 300] [--samples 10]
                      [--only adult,taxis] [--out DIR]

FOLDER holds `tables.json` and the tables that it names; those with 5,000 rows to test on count. A
cell is a table, a number of rows and a sample of so many of them: every arm learns from the sample,
and is scored on up to 8,000 other rows, by average precision (of the rarer class, or the mean over
classes) or, where numbers are predicted, by R². The learner is scikit-learn's gradient boosting by
histograms with its defaults. One GAN of preset `fast` is fitted to each sample. Arms, all decided
before any of them was run:

- bagging: 10 learners, each on a bootstrap of the sample (Breiman 1996);
- SMOTE, 1 draw and 10 draws: learners on the sample and the rows that SMOTE(-NC) adds;
- 1 draw, 10 draws: learners on the sample and as many generated rows (`TabGANEnsemble`);
- forest, linear: other learners on the sample alone, for who would rather choose the learner.

Of 1 draw the mean score of the ten learners stands. Intervals are of t over samples; over tables,
10 draws are compared by Wilcoxon's signed-rank test, corrected by Holm (1979). A cell that has
ended is kept in DIR, and not run again.
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
import scipy
from numpy.typing import NDArray
from sklearn.ensemble import BaggingClassifier, BaggingRegressor
from sklearn.metrics import average_precision_score, r2_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from tabgan import TabGANEnsemble
from tabgan.evaluation.metrics.classifiers import Kind, quiet_fit
from tabgan.evaluation.metrics.metric import IncomputableError
from tabgan.evaluation.utility.augmenters import smote
from tabgan.evaluation.utility.learners import LEARNERS, train_and_predict
from tabgan.evaluation.utility.task import Examples, Task, infer_task_schema
from tabgan.runtime.atomic_write import atomic_write

MIN_TEST_ROWS, MAX_TEST_ROWS = 5_000, 8_000
N_DRAWS = 10
LEARNER = "gbdt"
REAL, MANY = "real", "10 draws"
ARMS = ("bagging", "SMOTE, 1 draw", "SMOTE, 10 draws", "1 draw", MANY, "forest", "linear")
TIMED = ("bagging", "SMOTE", "draws")
RIVALS = ("bagging", "SMOTE, 10 draws", REAL, "1 draw", "best learner")
Scores = dict[str, float]


@dataclass(frozen=True)
class Cell:
    """A sample of a table, and the rows to test on.

    Attributes:
        task: What is predicted.
        train: Rows to learn from.
        test: Others.
        seed: Of all chance.
    """

    task: Task
    train: pd.DataFrame
    test: pd.DataFrame
    seed: int

    @classmethod
    def draw(cls, table: pd.DataFrame, target: str, rows: int, seed: int) -> "Cell":
        """Return a sample; classes of which it has one row, or none, count in no arm."""
        order = np.random.default_rng([rows, seed]).permutation(len(table))
        train = table.iloc[order[:rows]].reset_index(drop=True)
        test = table.iloc[order[rows : rows + MAX_TEST_ROWS]].reset_index(drop=True)
        task = Task.infer(train, infer_task_schema(train, target), target)
        if task.kind != "regression":
            counts = train[target].value_counts()
            kept = counts.index[counts > 1]
            train, test = (part[part[target].isin(kept)] for part in (train, test))
            task = Task.infer(train, infer_task_schema(train, target), target)
        return cls(task, train.reset_index(drop=True), test.reset_index(drop=True), seed)

    @property
    def examples(self) -> tuple[Examples, Examples]:
        """What learners learn from, and what they are tested on."""
        return self.task.examples(self.train), self.task.examples(self.test)

    def score(self, predicted: NDArray[np.float64]) -> float:
        """Return the score of predictions: average precision, or R²."""
        labels = self.examples[1].labels
        if self.task.kind == "regression":
            return float(r2_score(labels, predicted))
        codes = [1] if self.task.kind == "binary" else np.unique(labels).astype(int)
        found = [average_precision_score(labels == code, predicted[:, code]) for code in codes]
        return float(np.mean(found))

    def run(self) -> Scores:
        """Return the score of each arm, and the seconds of the slowest ones."""
        train, test = self.examples
        scores = {
            name: self.score(train_and_predict(learner, self.task, train, test, self.seed))
            for name, learner in {REAL: LEARNER, "forest": "forest", "linear": "linear"}.items()
        }
        runs = (self._run_bagging, self._run_smote, self._run_draws)
        for name, run in zip(TIMED, runs, strict=True):
            start = time.process_time()
            scores |= run()
            scores[f"seconds of {name}"] = time.process_time() - start
        return scores

    def _learner(self) -> Any:
        kind: Kind = "regression" if self.task.kind == "regression" else "classification"
        features = FunctionTransformer(self.task.features.matrix)
        return make_pipeline(features, LEARNERS[LEARNER](kind, self.task.features, self.seed))

    def _predict(self, model: Any) -> NDArray[np.float64]:
        rows = self.test.drop(columns=self.task.target)
        if self.task.kind == "regression":
            return np.asarray(model.predict(rows))
        return np.asarray(model.predict_proba(rows))

    def _run_bagging(self) -> Scores:
        features, labels = self.train.drop(columns=self.task.target), self.task.labels(self.train)
        numbers = FunctionTransformer(self.task.features.matrix)
        learner = self._learner()[-1]
        bagging = BaggingRegressor if self.task.kind == "regression" else BaggingClassifier
        model = make_pipeline(numbers, bagging(learner, N_DRAWS, random_state=self.seed))
        with quiet_fit(len(features)):
            return {"bagging": self.score(self._predict(model.fit(features, labels)))}

    def _run_smote(self) -> Scores:
        if self.task.kind == "regression":
            return {}
        train, test = self.examples
        try:
            predicted = [
                train_and_predict(LEARNER, self.task, smote(self.task, train, seed), test, seed)
                for seed in range(self.seed * N_DRAWS, (self.seed + 1) * N_DRAWS)
            ]
        except IncomputableError:
            return {}
        one = float(np.mean([self.score(each) for each in predicted]))
        mean = np.asarray(np.mean(predicted, axis=0))
        return {"SMOTE, 1 draw": one, "SMOTE, 10 draws": self.score(mean)}

    def _run_draws(self) -> Scores:
        ensemble = TabGANEnsemble(self._learner(), N_DRAWS, random_state=self.seed)
        features = self.train.drop(columns=self.task.target)
        with quiet_fit(len(features)):
            ensemble.fit(features, self.task.labels(self.train))
        one = float(np.mean([self.score(self._predict(each)) for each in ensemble.estimators_]))
        return {"1 draw": one, MANY: self.score(self._predict(ensemble))}


def main() -> None:
    """Run what was asked for, and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=300)
    parser.add_argument("--samples", type=int, default=10)
    parser.add_argument("--only", help="tables, between commas")
    parser.add_argument("--out", type=Path, default=Path("benchmark-results") / "many_draws")
    arguments = parser.parse_args()
    tables = json.loads((arguments.folder / "tables.json").read_text())
    names = arguments.only.split(",") if arguments.only else list(tables)
    names = [name for name in names if tables[name]["rows"] >= MIN_TEST_ROWS + arguments.rows]
    results: dict[str, list[Scores]] = {name: [] for name in names}
    for sample in range(arguments.samples):
        for name in names:
            found = run_kept(arguments.folder, tables[name], arguments, name, sample)
            results[name].append(found)
            print(f"{name}, sample {sample}: {show(found)}", flush=True)
    print(to_markdown(results))


def run_kept(
    folder: Path, entry: dict[str, Any], arguments: argparse.Namespace, name: str, sample: int
) -> Scores:
    """Return the scores of a cell: those kept, or else run it and keep them."""
    kept = arguments.out / f"{name}-{arguments.rows}-{sample}.json"
    if not kept.exists():
        target = entry["target"]
        table = pd.read_csv(folder / entry["file"]).drop(columns=entry["drop"])
        table = table.dropna(subset=[target])
        scores = Cell.draw(table, target, arguments.rows, sample).run()
        kept.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(kept) as temporary:
            temporary.write_text(json.dumps(scores))
    return dict(json.loads(kept.read_text()))


def show(scores: Scores) -> str:
    """Return scores as one line."""
    return ", ".join(f"{arm} {scores[arm]:.3f}" for arm in (REAL, *ARMS) if arm in scores)


def to_markdown(results: dict[str, list[Scores]]) -> str:
    """Return the gains over real rows of every arm, table by table, and the tests over tables."""
    lines = [f"| table | real | {' | '.join(ARMS)} |", "|---" * (len(ARMS) + 2) + "|"]
    for name, cells in results.items():
        gains = [gain_of(cells, arm, lambda cell: cell[REAL]) for arm in ARMS]
        real = np.mean([cell[REAL] for cell in cells])
        lines.append(f"| {name} | {real:.3f} | {' | '.join(gains)} |")
    lines += [
        "",
        "| 10 draws against | tables | better | mean | p, corrected |",
        "|---|---|---|---|---|",
    ]
    compared = {rival: list(differences(results, rival)) for rival in RIVALS}
    p_values = {
        rival: float(scipy.stats.wilcoxon(found).pvalue) if np.any(found) else 1.0
        for rival, found in compared.items()
    }
    corrected = 0.0
    for rank, rival in enumerate(sorted(RIVALS, key=lambda rival: p_values[rival])):
        corrected = max(corrected, min(1.0, p_values[rival] * (len(RIVALS) - rank)))
        found = np.array(compared[rival])
        lines.append(
            f"| {rival} | {len(found)} | {int((found > 0).sum())} | {found.mean():+.4f} | "
            f"{corrected:.3f} |"
        )
    cells = [cell for found in results.values() for cell in found]
    taken = {arm: np.mean([cell[f"seconds of {arm}"] for cell in cells]) for arm in TIMED}
    seconds = ", ".join(f"{arm} {mean:.1f}" for arm, mean in taken.items())
    return "\n".join([*lines, "", f"CPU seconds a cell, fits and predictions: {seconds}"])


def differences(results: dict[str, list[Scores]], rival: str) -> list[float]:
    """Return by how much 10 draws are better than a rival, on the mean of each table's samples."""
    reference = best_learner if rival == "best learner" else lambda cell: cell[rival]
    return [
        float(np.mean([cell[MANY] - reference(cell) for cell in cells]))
        for cells in results.values()
        if rival == "best learner" or all(rival in cell for cell in cells)
    ]


def best_learner(cell: Scores) -> float:
    """Return the best score of a learner on the sample alone, chosen with hindsight."""
    return max(cell[REAL], cell["forest"], cell["linear"])


def gain_of(cells: list[Scores], arm: str, reference: Callable[[Scores], float]) -> str:
    """Return the mean gain of an arm and half its 95 % interval, in words."""
    if not all(arm in cell for cell in cells):
        return ""
    gains = np.array([cell[arm] - reference(cell) for cell in cells])
    if len(gains) == 1:
        return f"{gains[0]:+.3f}"
    half = scipy.stats.t.ppf(0.975, len(gains) - 1) * gains.std(ddof=1) / np.sqrt(len(gains))
    return f"{gains.mean():+.3f} ± {half:.3f}"


if __name__ == "__main__":
    main()
