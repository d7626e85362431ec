"""Where the refiner is fitted: rounds of boosted trees, on real rows and on what is chosen so far.

A round of trees learns to tell real rows from those that the rounds before choose among candidates;
so each one mends what is left. Trees that look at one column at a time come last: they bring the
marginals back to the table's. What is chosen is not drawn: every candidate counts as much as it is
likely to be, which leaves out the noise of a draw.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import lightgbm as lgb
import numpy as np
import torch

from tabgan.config import TrainingConfig
from tabgan.encoding.encoded_table import EncodedTable
from tabgan.evaluation.metrics.detection import TwoSampleTest
from tabgan.networks.condition import Condition
from tabgan.networks.generation import generate, scale_to_width
from tabgan.networks.generator import Generator
from tabgan.refinement.density_ratio import JOINT, MARGINAL, DensityRatioTrees
from tabgan.refinement.refiner import Features, Floats, Refiner, add_log_odds
from tabgan.refinement.resampling import (
    draw_by_weight,
    effective_sample_size,
    inclusion_probabilities,
)
from tabgan.runtime.progress import OnProgress, Progress, TrainingRecord, ignore_progress

ToFeatures = Callable[[EncodedTable], Features]  # how trees see rows

STAGE = "learning to refine"
MIN_ROWS = 1_000  # to learn from: with fewer, trees tell noise
MAX_SCORED_ROWS = 3_000  # held-out rows that decide how many rounds are kept
NOISE = 4.0  # of a difference of scores, over the root of the rows: about twice its standard error
ALIKE, RAW = 0.97, 0.6  # of the noise floor: above one half the effort does, below it takes more
MARGINAL_ROUNDS = 3
N_POOLS = 2  # of candidates, in turns, before one for marginals: trees know what they have seen


def fit_refiner(
    generator: Generator,
    rows: EncodedTable,
    test: TwoSampleTest,
    to_features: ToFeatures,
    config: TrainingConfig,
    record: TrainingRecord,
    seed: int,
    on_progress: OnProgress = ignore_progress,
) -> Refiner | None:
    """Learn to tell real rows from generated ones, for as many rounds as held-out rows confirm.

    Args:
        generator: Trained and calibrated.
        rows: What it was trained on, held-out rows left out.
        test: Scores rows against some that neither it nor the refiner sees: it chooses the
            number of rounds.
        to_features: How trees see rows.
        config: Settings of the training.
        record: Of the training; why rows are not refined is written there.
        seed: Of every draw.
        on_progress: Told where it stands.

    Returns:
        None if the rows are too few, or no round makes generated rows more alike.
    """
    if len(rows) < MIN_ROWS or not test.is_meaningful:
        record.messages.append(f"rows are not refined: fewer than {MIN_ROWS:,} to learn from")
        return None
    rng = np.random.default_rng(seed)
    n_scored = _count_scored(test)
    raw = _generate(generator, n_scored, config.decoding_steps, seed)
    raw_score = test.score(to_features(raw))
    effort = _choose_effort(raw_score, test)
    n_candidates = max(1, int(config.candidates * effort))
    refiner = Refiner((), n_candidates, 0.0, 0.0, raw_score, raw_score)
    sizes = _size_pools(rows.codes.shape, config)
    pools = [
        _Pool.draw(generator, size * n_candidates, config, to_features, rng)
        for size in (*sizes, n_scored)
    ]
    training = RefinerTraining(
        rows, test, to_features, config, tuple(pools[:-1]), pools[-1], refiner
    )
    joint = replace(JOINT, n_trees=int(JOINT.n_trees * min(effort, 1.0)))
    best = _add_confirmed_rounds(training, joint, rng, seed, on_progress)
    if not best.refiner.rounds:
        record.messages.append("rows are not refined: no round made them more alike")
        return None
    return _add_marginal_rounds(best, rng, on_progress).score(seed).refiner


def _add_confirmed_rounds(
    training: "RefinerTraining",
    joint: DensityRatioTrees,
    rng: np.random.Generator,
    seed: int,
    on_progress: OnProgress,
) -> "RefinerTraining":
    """Add rounds on all columns; return the last training that scores within noise of the best."""
    n_rounds = training.config.refine_rounds
    best, peak = training, training.refiner.score or 0.0
    noise = NOISE * _count_scored(training.test) ** -0.5
    for number in range(n_rounds):
        total = n_rounds + MARGINAL_ROUNDS
        on_progress(Progress(STAGE, number, total, best.refiner.score))
        training = training.add_round(joint, number % N_POOLS, rng).score(seed)
        score = training.refiner.score or 0.0
        if score >= peak - noise:
            best = training
        peak = max(peak, score)
    return best


def _add_marginal_rounds(
    training: "RefinerTraining", rng: np.random.Generator, on_progress: OnProgress
) -> "RefinerTraining":
    """Add rounds that look at one column at a time, on the last pool of candidates."""
    n_rounds = training.config.refine_rounds
    for number in range(MARGINAL_ROUNDS):
        total, score = n_rounds + MARGINAL_ROUNDS, training.refiner.score
        on_progress(Progress(STAGE, n_rounds + number, total, score))
        training = training.add_round(MARGINAL, len(training.pools) - 1, rng)
    return training


def _choose_effort(raw_score: float | None, test: TwoSampleTest) -> float:
    """Return what candidates are multiplied by: less for rows that are alike already, or more.

    A round's trees are multiplied by it, too, if it is less than 1.
    """
    alike = (raw_score or 0.0) / (test.noise_floor or 1.0)
    return 0.5 if alike > ALIKE else 2.0 if alike < RAW else 1.0


@dataclass(frozen=True)
class _Pool:
    """Candidates, as encoded rows and as trees see them, and their log-weights so far."""

    table: EncodedTable
    features: Features
    log_weights: Floats

    @classmethod
    def draw(
        cls,
        generator: Generator,
        n_rows: int,
        config: TrainingConfig,
        to_features: ToFeatures,
        rng: np.random.Generator,
    ) -> "_Pool":
        """Generate candidates, none of them weighed yet."""
        seed = int(rng.integers(2**62))
        table = _generate(generator, n_rows, config.decoding_steps, seed)
        return cls(table, to_features(table), np.zeros(n_rows))

    def add_weights(self, trees: lgb.Booster) -> "_Pool":
        """Add what another round says."""
        return replace(self, log_weights=self.log_weights + add_log_odds((trees,), self.features))


@dataclass(frozen=True)
class RefinerTraining:
    """What a refiner learns from, and the refiner so far.

    Attributes:
        rows: Real rows, which chosen ones are to be like.
        test: Scores rows against held-out ones.
        to_features: How trees see rows.
        config: Settings of the training.
        pools: Candidates to learn from: some to take turns with, then one for marginals.
        scored: Candidates of which those chosen are scored.
        refiner: What was learned so far.
    """

    rows: EncodedTable
    test: TwoSampleTest
    to_features: ToFeatures
    config: TrainingConfig
    pools: tuple[_Pool, ...]
    scored: _Pool
    refiner: Refiner

    def add_round(
        self, spec: DensityRatioTrees, pool_index: int, rng: np.random.Generator
    ) -> "RefinerTraining":
        """Learn to tell real rows from those that the refiner chooses so far from a pool."""
        most, pool = spec.row_factor * self.config.refine_rows, self.pools[pool_index]
        n_rows = _count_rows(self.rows.codes.shape, most)
        real = self.rows.take(np.sort(rng.permutation(len(self.rows))[:n_rows]))
        n_chosen = len(pool.features) // self.refiner.candidates
        chosen = inclusion_probabilities(pool.log_weights, n_chosen)
        seed = int(rng.integers(2**31))
        trees = spec.fit(self.to_features(real), pool.features, chosen, seed)
        return replace(
            self,
            pools=tuple(each.add_weights(trees) for each in self.pools),
            scored=self.scored.add_weights(trees),
            refiner=replace(self.refiner, rounds=(*self.refiner.rounds, trees)),
        )

    def score(self, seed: int) -> "RefinerTraining":
        """Score what the refiner chooses."""
        log_weights = self.scored.log_weights
        n_rows = len(self.scored.table) // self.refiner.candidates
        chosen = draw_by_weight(log_weights, n_rows, np.random.default_rng(seed))
        rows = self.scored.table.take(chosen)
        scored = replace(
            self.refiner,
            effective=effective_sample_size(log_weights) / n_rows,
            score=self.test.score(self.to_features(rows)),
            distinct=rows.count_distinct() / len(rows),
        )
        return replace(self, refiner=scored)


def _count_rows(shape: tuple[int, ...], most: int) -> int:
    """Return how many of a table's rows a round learns from."""
    n_rows, n_columns = shape
    return min(n_rows, max(MIN_ROWS, scale_to_width(most, n_columns)))


def _count_scored(test: TwoSampleTest) -> int:
    """Return how many chosen rows are scored."""
    return min(test.n_rows, MAX_SCORED_ROWS)


def _size_pools(shape: tuple[int, ...], config: TrainingConfig) -> list[int]:
    """Return how many rows can be chosen from each pool.

    A round sees all candidates, of which there are several for each row. Marginals are worth more
    candidates than a small table has rows.
    """
    n_rows, n_columns = shape
    for_rounds = _count_rows(shape, config.refine_rows) // N_POOLS
    for_marginals = _count_rows((MARGINAL_ROUNDS * n_rows, n_columns), config.refine_rows)
    return [for_rounds] * min(N_POOLS, config.refine_rounds) + [for_marginals]


def count_candidates(n_rows: int, n_columns: int, config: TrainingConfig) -> int:
    """Return about how many rows `fit_refiner` generates for a table of such a shape."""
    if not config.refine_rounds or n_rows < MIN_ROWS:
        return 0
    n_scored = min(n_rows * config.validation_fraction, MAX_SCORED_ROWS)
    n_chosen = sum(_size_pools((n_rows, n_columns), config)) + n_scored
    return int(n_chosen * 2 * config.candidates)


def _generate(generator: Generator, n_rows: int, decoding_steps: int, seed: int) -> EncodedTable:
    """Generate rows without a condition; shape (n_rows, n_columns)."""
    device = next(generator.parameters()).device
    condition = Condition.empty(n_rows, len(generator.layout.n_classes), device)
    return generate(generator, condition, decoding_steps, torch.Generator(device).manual_seed(seed))
