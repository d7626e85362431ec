"""Fits the refiner: rounds of boosted trees, on real rows and on those that are chosen so far.

A round of trees tells real rows from those that the rounds before choose among candidates; so each
one corrects what is left. Trees of one column at a time come last: they restore the marginals. Rows
are not drawn for that: every candidate is weighted by its inclusion probability, which leaves out
the noise of a draw.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from tabgan.config import TrainingConfig
from tabgan.encoding.encoded_table import EncodedTable
from tabgan.evaluation.metrics.detection import TwoSampleTest
from tabgan.networks.generation import RowGenerator, generate_rows, scale_to_width
from tabgan.refinement.candidate_pool import CandidatePool, ToFeatures
from tabgan.refinement.density_ratio import JOINT, MARGINAL, DensityRatioTrees
from tabgan.refinement.refiner import Refiner
from tabgan.refinement.resampling import (
    draw_by_weight,
    effective_sample_size,
    inclusion_probabilities,
)
from tabgan.runtime.progress import OnProgress, Progress, TrainingRecord, ignore_progress

STAGE = "learning to refine"
MIN_ROWS = 1_000  # to fit on: with fewer, trees fit noise
MAX_SCORED_ROWS = 3_000  # chosen ones, whose score decides how many rounds are kept
SCORE_NOISE = 4.0  # of a score, times the root of the rows: about two standard errors
EASY, HARD = 0.97, 0.6  # scores of raw rows over the noise floor: half the effort, twice as much
MIN_EFFECTIVE = 1.5  # candidates' effective sample size, over the rows chosen, that is enough
MARGINAL_ROUNDS = 3  # of trees of one column at a time
N_POOLS = 2  # of candidates, taken in turns: trees overfit the pool that they were fitted on


def fit_refiner(
    generator: RowGenerator,
    rows: EncodedTable,
    test: TwoSampleTest,
    to_features: ToFeatures,
    config: TrainingConfig,
    record: TrainingRecord,
    seed: int,
    on_progress: OnProgress = ignore_progress,
) -> Refiner | None:
    """Fit a refiner, of as many rounds as a score on held-out rows confirms.

    Args:
        generator: Trained and calibrated.
        rows: That it was trained on, held-out rows left out.
        test: Scores rows against those held out, by which the number of rounds is chosen.
        to_features: Computes the features of trees.
        config: Settings of the training.
        record: Of the training; gets a message if rows are not refined, else the rows scored.
        seed: Of every draw.
        on_progress: Called before each round.

    Returns:
        None if there are too few rows, or no round makes generated rows more alike.
    """
    if len(rows) < MIN_ROWS or not test.is_meaningful:
        record.messages.append(f"rows are not refined: fewer than {MIN_ROWS:,} to learn from")
        return None
    rng = np.random.default_rng(seed)
    n_scored = _count_scored(test)
    raw = generate_rows(generator, n_scored, config.decoding_steps, seed)
    raw_score = test.score(to_features(raw))
    effort = _choose_effort(raw_score, test)
    n_candidates = max(1, int(config.candidates * effort))
    refiner = Refiner((), n_candidates, 0.0, 0.0, raw_score, raw_score)
    sizes = _size_pools(rows.codes.shape, config)
    pools = [
        CandidatePool.draw(generator, size * n_candidates, config, to_features, rng)
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
    record.rows_scored = n_scored
    whole = _add_marginal_rounds(best, rng, on_progress)
    return whole.with_fewest_candidates().score(seed).refiner


def _add_confirmed_rounds(
    training: "RefinerTraining",
    joint: DensityRatioTrees,
    rng: np.random.Generator,
    seed: int,
    on_progress: OnProgress,
) -> "RefinerTraining":
    """Add rounds on all columns; return the last one that scores within noise of the best."""
    n_rounds = training.config.refine_rounds
    best, peak = training, training.refiner.score or 0.0
    noise = SCORE_NOISE * _count_scored(training.test) ** -0.5
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
    """Add rounds of trees of one column at a time, on the last pool of candidates."""
    n_rounds = training.config.refine_rounds
    for number in range(MARGINAL_ROUNDS):
        total, score = n_rounds + MARGINAL_ROUNDS, training.refiner.score
        on_progress(Progress(STAGE, n_rounds + number, total, score))
        training = training.add_round(MARGINAL, len(training.pools) - 1, rng)
    return training


def _choose_effort(raw_score: float | None, test: TwoSampleTest) -> float:
    """Return the factor of candidates, and of trees if it is less than 1.

    Rows that resemble real ones already need fewer of both; others need more candidates.
    """
    relative_score = (raw_score or 0.0) / (test.noise_floor or 1.0)
    return 0.5 if relative_score > EASY else 2.0 if relative_score < HARD else 1.0


@dataclass(frozen=True)
class RefinerTraining:
    """The data that a refiner is fitted on, and the refiner so far.

    Attributes:
        rows: Real rows.
        test: Scores rows against held-out ones.
        to_features: Computes the features of trees.
        config: Settings of the training.
        pools: Candidates to fit on: those that rounds take in turns, then one for marginals.
        scored: Candidates of which the chosen ones are scored.
        refiner: Of the rounds so far.
    """

    rows: EncodedTable
    test: TwoSampleTest
    to_features: ToFeatures
    config: TrainingConfig
    pools: tuple[CandidatePool, ...]
    scored: CandidatePool
    refiner: Refiner

    def add_round(
        self, trees: DensityRatioTrees, pool_index: int, rng: np.random.Generator
    ) -> "RefinerTraining":
        """Return the training with a round that tells real rows from those chosen from a pool."""
        max_rows, pool = trees.row_factor * self.config.refine_rows, self.pools[pool_index]
        n_rows = _count_rows(self.rows.codes.shape, max_rows)
        real = self.rows.take(np.sort(rng.permutation(len(self.rows))[:n_rows]))
        n_chosen = len(pool.features) // self.refiner.candidates
        inclusion = inclusion_probabilities(pool.log_weights, n_chosen)
        seed = int(rng.integers(2**31))
        trees = trees.with_leaf_weight(self.config.refine_leaf_weight)
        fitted = trees.fit(self.to_features(real), pool.features, inclusion, seed)
        return replace(
            self,
            pools=tuple(each.add_weights(fitted) for each in self.pools),
            scored=self.scored.add_weights(fitted),
            refiner=replace(self.refiner, rounds=(*self.refiner.rounds, fitted)),
        )

    def score(self, seed: int) -> "RefinerTraining":
        """Return the training with the score of the rows that its refiner chooses."""
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

    def with_fewest_candidates(self) -> "RefinerTraining":
        """Return the training with no more candidates for each row than are enough.

        Their effective sample size says so: it is in proportion to them, and where generated rows
        are hardly weighted, few candidates already hold as many real-looking rows as are chosen.
        """
        n_rows = len(self.scored.table) // self.refiner.candidates
        each = effective_sample_size(self.scored.log_weights) / len(self.scored.table)
        candidates = min(self.refiner.candidates, math.ceil(MIN_EFFECTIVE / each))
        return replace(
            self,
            scored=self.scored.head(n_rows * candidates),
            refiner=replace(self.refiner, candidates=candidates),
        )


def _count_rows(shape: tuple[int, ...], max_rows: int) -> int:
    """Return how many rows of a table of such a shape a round is fitted on."""
    n_rows, n_columns = shape
    return min(n_rows, max(MIN_ROWS, scale_to_width(max_rows, n_columns)))


def _count_scored(test: TwoSampleTest) -> int:
    """Return how many chosen rows are scored."""
    return min(test.n_rows, MAX_SCORED_ROWS)


def _size_pools(shape: tuple[int, ...], config: TrainingConfig) -> list[int]:
    """Return how many rows are chosen from each pool.

    A round is fitted on all candidates of its pool, several for each row that is chosen. Marginals
    take more of them than a small table has rows.
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
