"""Density-ratio resampling: candidates are generated, and those kept that real rows resemble.

Boosted trees learn to tell real rows from generated ones; their log-odds estimate the log-ratio of
the two densities (Sugiyama et al. 2012, section 4.1), by which candidates are weighed and drawn
without putting any back (Efraimidis and Spirakis 2006). The next round learns from what the rounds
before choose among candidates that they have not seen, so each one mends what is left. Trees that
look at one column at a time come last: they bring the marginals back to the table's.

NOTE[DIFF] Azadi et al. 2019 (discriminator rejection sampling) use the critic that trained the
generator, which is blunt by then; trees that start anew see what it missed.
"""

from dataclasses import dataclass, replace
from typing import Any, Self

import lightgbm as lgb
import numpy as np
import numpy.typing as npt
import torch

from tabgan.checks import HeldOut
from tabgan.conditions import Condition
from tabgan.config import TrainingConfig
from tabgan.encoders.table import EncodedTable
from tabgan.generation import generate
from tabgan.networks import Generator
from tabgan.progress import OnProgress, Progress, ignore_progress

FEWEST_ROWS = 200  # to learn from: with fewer, trees tell noise
MOST_ROWS = 10_000  # real rows to learn from, and as many generated ones
LARGEST_LOG_RATIO = 4.0  # of one round: no row counts more than 55 times as much as another
MOST_CHECKED = 3_000  # held-out rows that decide how many rounds are kept
NOISE = 0.002  # of the held-out score: a round that costs no more is kept
RAW = 0.7  # of the noise floor: generated rows below it get twice the candidates
CHUNK = 8_192  # rows generated at once
TREES: dict[str, Any] = {
    "objective": "binary",
    "num_leaves": 63,
    "learning_rate": 0.1,
    "min_data_in_leaf": 20,
    "feature_fraction": 0.8,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 1.0,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}
N_TREES = 100  # in each round
MARGINAL_ROUNDS = 2
STUMPS = {"num_leaves": 2, "feature_fraction": 1.0}  # one column a tree: a sum over columns

Floats = npt.NDArray[np.float64]
Features = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Refiner:
    """What candidates are weighed with.

    Attributes:
        rounds: Boosted trees whose log-odds add up.
        candidates: Rows that are generated for each one that is kept.
        effective: Effective sample size of the candidates' weights, as a multiple of the rows kept
            (Kish 1965): below 1, too few candidates resemble real rows.
        raw_score: Two-sample score of generated rows against held-out ones.
        score: The same of chosen rows.
    """

    rounds: tuple[lgb.Booster, ...]
    candidates: int
    effective: float
    raw_score: float | None
    score: float | None

    def weigh(self, features: Features) -> Floats:
        """Give log-weights; (n_candidates, n_columns) -> (n_candidates,)."""
        return _weigh(self.rounds, features)

    def choose(self, features: Features, n_rows: int, rng: np.random.Generator) -> Places:
        """Draw candidates by weight, none of them twice; shape (n_rows,), in random order."""
        return draw_by_weight(self.weigh(features), n_rows, rng)

    def describe(self) -> dict[str, Any]:
        """Give all but the trees as plain values."""
        return self.to_state() | {"rounds": len(self.rounds)}

    def to_state(self) -> dict[str, Any]:
        """Give it as plain values and arrays: trees as LightGBM's own text."""
        texts = [booster.model_to_string().encode() for booster in self.rounds]
        return {
            "rounds": [np.frombuffer(text, np.uint8) for text in texts],
            "candidates": self.candidates,
            "effective": self.effective,
            "raw_score": self.raw_score,
            "score": self.score,
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Self:
        """Rebuild it from `to_state`'s answer."""
        rounds = tuple(lgb.Booster(model_str=array.tobytes().decode()) for array in state["rounds"])
        return cls(**state | {"rounds": rounds})


def fit_refiner(
    generator: Generator,
    rows: EncodedTable,
    held_out: HeldOut,
    config: TrainingConfig,
    seed: int,
    on_progress: OnProgress = ignore_progress,
) -> Refiner | None:
    """Learn to tell real rows from generated ones, for as many rounds as held-out rows confirm.

    Args:
        generator: Trained and calibrated.
        rows: What it was trained on, held-out rows left out.
        held_out: Rows that neither it nor the refiner sees: they choose the number of rounds.
        config: Settings of the training.
        seed: Of every draw.
        on_progress: Told where it stands.

    Returns:
        None if the rows are too few, or no round makes generated rows more alike.
    """
    if len(rows) < FEWEST_ROWS or not held_out.is_enough:
        return None
    rng = np.random.default_rng(seed)
    n_checked = min(len(held_out.rows), MOST_CHECKED)
    checked = _generate(generator, n_checked, config.passes, seed)
    raw_score = held_out.compare(checked)
    is_raw = raw_score is not None and raw_score < RAW * (held_out.floor or 1.0)
    best = Refiner((), config.candidates * (2 if is_raw else 1), 0.0, raw_score, raw_score)
    lessons = _Lessons(generator, rows, held_out, config.passes)
    n_turns = config.refine_rounds + MARGINAL_ROUNDS
    refiner = best
    for turn in range(config.refine_rounds):
        on_progress(Progress("learning to refine", turn, n_turns, best.score))
        refiner = lessons.check(lessons.add_round(refiner, {}, rng), seed)
        if refiner.score is None or refiner.score >= (best.score or 0.0) - NOISE:
            best = refiner
    if not best.rounds:
        return None
    for turn in range(config.refine_rounds, n_turns):
        on_progress(Progress("learning to refine", turn, n_turns, best.score))
        best = lessons.add_round(best, STUMPS, rng)
    return lessons.check(best, seed)


@dataclass(frozen=True)
class _Lessons:
    """What a refiner learns from: a generator, rows to be like, and rows to be checked against."""

    generator: Generator
    rows: EncodedTable
    held_out: HeldOut
    passes: int

    def add_round(
        self, refiner: Refiner, settings: dict[str, Any], rng: np.random.Generator
    ) -> Refiner:
        """Learn to tell real rows from those that a refiner chooses among new candidates."""
        n_rows = min(len(self.rows), MOST_ROWS)
        some = np.sort(rng.choice(len(self.rows), n_rows, replace=False))
        chosen, _ = self._choose(refiner, n_rows, rng)
        real, generated = self.held_out.view(self.rows.take(some)), self.held_out.view(chosen)
        trees = _fit_trees(real, generated, settings | {"seed": int(rng.integers(2**31))})
        return replace(refiner, rounds=(*refiner.rounds, trees))

    def check(self, refiner: Refiner, seed: int) -> Refiner:
        """Score what a refiner chooses, from the same candidates every time."""
        n_rows = min(len(self.held_out.rows), MOST_CHECKED)
        chosen, weights = self._choose(refiner, n_rows, np.random.default_rng(seed))
        effective = count_effective(weights) / n_rows
        return replace(refiner, effective=effective, score=self.held_out.compare(chosen))

    def _choose(
        self, refiner: Refiner, n_rows: int, rng: np.random.Generator
    ) -> tuple[EncodedTable, Floats]:
        """Give chosen rows, (n_rows, n_columns), and the log-weights of all candidates."""
        chosen, weights = [], []
        for start in range(0, n_rows, CHUNK // refiner.candidates):
            size = min(CHUNK // refiner.candidates, n_rows - start)
            seed = int(rng.integers(2**62))
            pool = _generate(self.generator, size * refiner.candidates, self.passes, seed)
            weights.append(refiner.weigh(self.held_out.view(pool)))
            chosen.append(pool.take(draw_by_weight(weights[-1], size, rng)))
        return _join(chosen), np.concatenate(weights)


def count_candidates(n_rows: int, config: TrainingConfig) -> int:
    """Give about how many rows `fit_refiner` generates for a table of `n_rows`."""
    if not config.refine_rounds or n_rows < FEWEST_ROWS:
        return 0
    n_checked = min(n_rows * config.held_out, MOST_CHECKED)
    n_turns = config.refine_rounds + MARGINAL_ROUNDS
    return int((min(n_rows, MOST_ROWS) + n_checked) * n_turns * 2 * config.candidates)


def _generate(generator: Generator, n_rows: int, passes: int, seed: int) -> EncodedTable:
    """Generate rows without a condition; shape (n_rows, n_columns)."""
    device = next(generator.parameters()).device
    random = torch.Generator(device).manual_seed(seed)
    parts = []
    for start in range(0, n_rows, CHUNK):
        size = min(CHUNK, n_rows - start)
        condition = Condition.empty(size, len(generator.layout.n_classes), device)
        parts.append(generate(generator, condition, passes, random))
    return _join(parts)


def _join(parts: list[EncodedTable]) -> EncodedTable:
    """Put rows under one another."""
    return EncodedTable(
        np.concatenate([part.codes for part in parts]),
        np.concatenate([part.scalars for part in parts]),
    )


def _fit_trees(real: Features, generated: Features, settings: dict[str, Any]) -> lgb.Booster:
    """Learn real (1) from generated (0) rows; (n_rows, n_columns) each."""
    labels = np.repeat([1, 0], [len(real), len(generated)])
    data = lgb.Dataset(np.vstack([real, generated]), labels, params={"verbose": -1})
    threads = {"num_threads": torch.get_num_threads()}
    return lgb.train(TREES | settings | threads, data, N_TREES)


def _weigh(rounds: tuple[lgb.Booster, ...], features: Features) -> Floats:
    """Add up the rounds' log-odds, each within limits; shape (n_candidates,)."""
    total = np.zeros(len(features))
    for booster in rounds:
        odds = booster.predict(features, raw_score=True, num_threads=torch.get_num_threads())
        total += np.clip(np.asarray(odds), -LARGEST_LOG_RATIO, LARGEST_LOG_RATIO)
    return total


def draw_by_weight(log_weights: Floats, n_rows: int, rng: np.random.Generator) -> Places:
    """Draw places without replacement, in proportion to exp(log_weights); shape (n_rows,).

    The largest of log-weights plus Gumbel noise are such a draw (Kool et al. 2019, section 2).
    """
    keys = log_weights + rng.gumbel(size=len(log_weights))
    chosen = (
        np.argpartition(-keys, n_rows - 1)[:n_rows] if n_rows < len(keys) else np.arange(n_rows)
    )
    return rng.permutation(chosen)


def count_effective(log_weights: Floats) -> float:
    """Give the effective sample size of weights: (sum w)^2 / sum w^2 (Kish 1965)."""
    weights = np.exp(log_weights - log_weights.max())
    return float(weights.sum() ** 2 / (weights**2).sum())
