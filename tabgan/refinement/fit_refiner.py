"""What a refiner learns from: real rows, and what it chooses so far among candidates.

A round of boosted trees learns to tell the two apart; the next one learns from what all rounds
before choose, so each one mends what is left. Trees that look at one column at a time come last:
they bring the marginals back to the table's. What is chosen is not drawn: every candidate counts as
much as it is likely to be, which leaves out the noise of a draw.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

import lightgbm as lgb
import numpy as np
import torch

from tabgan.config import TrainingConfig
from tabgan.encoding.encoded_table import EncodedTable
from tabgan.evaluation.metrics.detection import TwoSampleTest
from tabgan.networks.condition import Condition
from tabgan.networks.generation import afford, generate
from tabgan.networks.generator import Generator
from tabgan.refinement.density_ratio import JOINT, MARGINAL, Forest
from tabgan.refinement.refiner import Features, Floats, Refiner, add_log_odds
from tabgan.refinement.resampling import count_effective, draw_by_weight, find_inclusion
from tabgan.runtime.progress import OnProgress, Progress, TrainingRecord, ignore_progress

View = Callable[[EncodedTable], Features]  # how trees see rows

FEWEST_ROWS = 1_000  # to learn from: with fewer, trees tell noise
MOST_CHECKED = 3_000  # held-out rows that decide how many rounds are kept
NOISE = 4.0  # of a difference of scores, over the root of the rows: about twice its standard error
ALIKE, RAW = 0.97, 0.6  # of the noise floor: above one half the effort does, below it takes more
MARGINAL_ROUNDS = 3
POOLS = 2  # of candidates, in turns, before one for marginals: trees know what they have seen


def fit_refiner(
    generator: Generator,
    rows: EncodedTable,
    test: TwoSampleTest,
    view: View,
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
        view: How trees see rows.
        config: Settings of the training.
        record: Of the training; why rows are not refined is written there.
        seed: Of every draw.
        on_progress: Told where it stands.

    Returns:
        None if the rows are too few, or no round makes generated rows more alike.
    """
    if len(rows) < FEWEST_ROWS or not test.is_meaningful:
        record.messages.append(f"rows are not refined: fewer than {FEWEST_ROWS:,} to learn from")
        return None
    rng = np.random.default_rng(seed)
    n_checked = _count_checked(test)
    raw_score = test.score(view(_generate(generator, n_checked, config.passes, seed)))
    effort = _choose_effort(raw_score, test)
    n_candidates = max(1, int(config.candidates * effort))
    refiner = Refiner((), n_candidates, 0.0, 0.0, raw_score, raw_score)
    lessons = _Lessons.start(generator, rows, test, view, config, refiner, rng)
    joint = replace(JOINT, n_trees=int(JOINT.n_trees * min(effort, 1.0)))
    n_turns = config.refine_rounds + MARGINAL_ROUNDS
    best, peak, noise = lessons, raw_score or 0.0, NOISE * n_checked**-0.5
    for turn in range(config.refine_rounds):
        on_progress(Progress("learning to refine", turn, n_turns, best.refiner.score))
        lessons = lessons.add_round(joint, turn % POOLS, rng).check(seed)
        score = lessons.refiner.score or 0.0
        if score >= peak - noise:
            best = lessons
        peak = max(peak, score)
    if not best.refiner.rounds:
        record.messages.append("rows are not refined: no round made them more alike")
        return None
    for turn in range(MARGINAL_ROUNDS):
        done = config.refine_rounds + turn
        on_progress(Progress("learning to refine", done, n_turns, best.refiner.score))
        best = best.add_round(MARGINAL, -1, rng)
    return best.check(seed).refiner


def _choose_effort(raw_score: float | None, test: TwoSampleTest) -> float:
    """Give what candidates are multiplied by: less for rows that are alike already, or more.

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

    def weigh(self, trees: lgb.Booster) -> "_Pool":
        """Add what another round says."""
        return replace(self, log_weights=self.log_weights + add_log_odds((trees,), self.features))


@dataclass(frozen=True)
class _Lessons:
    """What a refiner learns from, and the refiner so far.

    Attributes:
        rows: Rows to be like.
        test: Scores rows against held-out ones.
        view: How trees see rows.
        config: Settings of the training.
        pools: Candidates to learn from: some to take turns with, then one for marginals.
        checked: Candidates that a check chooses from.
    """

    rows: EncodedTable
    test: TwoSampleTest
    view: View
    config: TrainingConfig
    pools: tuple[_Pool, ...]
    checked: _Pool
    refiner: Refiner

    @classmethod
    def start(
        cls,
        generator: Generator,
        rows: EncodedTable,
        test: TwoSampleTest,
        view: View,
        config: TrainingConfig,
        refiner: Refiner,
        rng: np.random.Generator,
    ) -> Self:
        """Generate the candidates of all rounds."""

        def make_pool(n_rows: int) -> _Pool:
            n_candidates = n_rows * refiner.candidates
            table = _generate(generator, n_candidates, config.passes, int(rng.integers(2**62)))
            return _Pool(table, view(table), np.zeros(n_candidates))

        pools = tuple(make_pool(size) for size in _size_pools(rows.codes.shape, config))
        checked = make_pool(_count_checked(test))
        return cls(rows, test, view, config, pools, checked, refiner)

    def add_round(self, forest: Forest, place: int, rng: np.random.Generator) -> "_Lessons":
        """Learn to tell real rows from those that the refiner chooses so far from a pool."""
        most, pool = forest.row_factor * self.config.refine_rows, self.pools[place]
        n_rows = _count_rows(self.rows.codes.shape, most)
        real = self.view(self.rows.take(np.sort(rng.permutation(len(self.rows))[:n_rows])))
        chosen = find_inclusion(pool.log_weights, len(pool.features) // self.refiner.candidates)
        trees = forest.fit(real, pool.features, chosen, int(rng.integers(2**31)))
        return replace(
            self,
            pools=tuple(each.weigh(trees) for each in self.pools),
            checked=self.checked.weigh(trees),
            refiner=replace(self.refiner, rounds=(*self.refiner.rounds, trees)),
        )

    def check(self, seed: int) -> "_Lessons":
        """Score what the refiner chooses."""
        n_rows = len(self.checked.table) // self.refiner.candidates
        weights = self.checked.log_weights
        chosen = draw_by_weight(weights, n_rows, np.random.default_rng(seed))
        rows = self.checked.table.take(chosen)
        found = replace(
            self.refiner,
            effective=count_effective(weights) / n_rows,
            score=self.test.score(self.view(rows)),
            distinct=rows.count_distinct() / len(rows),
        )
        return replace(self, refiner=found)


def _count_rows(shape: tuple[int, ...], most: int) -> int:
    """Give how many of a table's rows a round learns from."""
    n_rows, n_columns = shape
    return min(n_rows, max(FEWEST_ROWS, afford(most, n_columns)))


def _count_checked(test: TwoSampleTest) -> int:
    """Give how many rows a check chooses."""
    return min(test.n_rows, MOST_CHECKED)


def _size_pools(shape: tuple[int, ...], config: TrainingConfig) -> list[int]:
    """Give how many rows can be chosen from each pool.

    A round sees all candidates, of which there are several for each row. Marginals are worth more
    candidates than a small table has rows.
    """
    n_rows, n_columns = shape
    for_rounds = _count_rows(shape, config.refine_rows) // POOLS
    for_marginals = _count_rows((MARGINAL_ROUNDS * n_rows, n_columns), config.refine_rows)
    return [for_rounds] * min(POOLS, config.refine_rounds) + [for_marginals]


def count_candidates(n_rows: int, n_columns: int, config: TrainingConfig) -> int:
    """Give about how many rows `fit_refiner` generates for a table of so many rows and columns."""
    if not config.refine_rounds or n_rows < FEWEST_ROWS:
        return 0
    n_checked = min(n_rows * config.held_out, MOST_CHECKED)
    return int((sum(_size_pools((n_rows, n_columns), config)) + n_checked) * 2 * config.candidates)


def _generate(generator: Generator, n_rows: int, passes: int, seed: int) -> EncodedTable:
    """Generate rows without a condition; shape (n_rows, n_columns)."""
    device = next(generator.parameters()).device
    condition = Condition.empty(n_rows, len(generator.layout.n_classes), device)
    return generate(generator, condition, passes, torch.Generator(device).manual_seed(seed))
