"""Candidates that a refiner is fitted on, and what it makes of them so far."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from tabgan.config import TrainingConfig
from tabgan.encoding.encoded_table import EncodedTable
from tabgan.networks.generation import RowGenerator, generate_rows
from tabgan.refinement.refiner import Features, add_log_odds
from tabgan.refinement.tree_ensemble import TreeEnsemble
from tabgan.schema.arrays import Floats

ToFeatures = Callable[[EncodedTable], Features]  # rows -> features of trees


@dataclass(frozen=True)
class CandidatePool:
    """Candidates, encoded and as features of trees, and their log-weights so far."""

    table: EncodedTable
    features: Features
    log_weights: Floats

    @classmethod
    def draw(
        cls,
        generator: RowGenerator,
        n_rows: int,
        config: TrainingConfig,
        to_features: ToFeatures,
        rng: np.random.Generator,
    ) -> "CandidatePool":
        """Return generated candidates of equal weights."""
        seed = int(rng.integers(2**62))
        table = generate_rows(generator, n_rows, config.decoding_steps, seed)
        return cls(table, to_features(table), np.zeros(n_rows))

    def add_weights(self, trees: TreeEnsemble) -> "CandidatePool":
        """Return the pool with the log-odds of one more round added to its log-weights."""
        return replace(self, log_weights=self.log_weights + add_log_odds((trees,), self.features))

    def head(self, n_rows: int) -> "CandidatePool":
        """Return the first rows of the pool."""
        table = self.table.take(np.arange(n_rows))
        return CandidatePool(table, self.features[:n_rows], self.log_weights[:n_rows])
