"""The refiner: weighs candidates by the density ratio of real to generated rows, and draws them.

Boosted trees that tell real rows from generated ones (`fit_refiner`) estimate, by their log-odds,
the log-ratio of the two densities (Sugiyama et al. 2012, section 4.1), by which candidates are
weighted and drawn without replacement (`resampling`).

NOTE[DIFF] Azadi et al. 2019 (discriminator rejection sampling) use the critic that trained the
generator, which tells little by then; trees that start anew find what it missed.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from tabgan.encoding.layout import Layout
from tabgan.refinement.balancing import BalancingVariables
from tabgan.refinement.lightgbm_trees import read_trees
from tabgan.refinement.resampling import draw_balanced, inclusion_probabilities
from tabgan.refinement.tree_ensemble import TreeEnsemble
from tabgan.schema.arrays import Floats, Indices
from tabgan.state_reader import StateReader

MAX_CANDIDATES = 2_000  # for each row
MAX_LOG_RATIO = 4.0  # of a round: no weight is multiplied by more than 55

Features = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Refiner:
    """Boosted trees that weigh candidates, and how well the rows score that they choose.

    Attributes:
        rounds: Boosted trees, whose log-odds add up to log-weights.
        candidates: Rows that are generated for each one that is chosen.
        effective: Effective sample size of the candidates' weights, over the rows chosen (Kish
            1965): below 1, too few candidates resemble real rows.
        distinct: Share of chosen rows that are distinct, with scalars rounded to hundredths.
        raw_score: Two-sample score of generated rows against held-out ones; None if unknown.
        score: The same of chosen rows.
    """

    rounds: tuple[TreeEnsemble, ...]
    candidates: int
    effective: float
    distinct: float
    raw_score: float | None
    score: float | None

    def log_weights(self, features: Features) -> Floats:
        """Return log-weights; (n_candidates, n_columns) -> (n_candidates,)."""
        return add_log_odds(self.rounds, features)

    def choose(
        self, features: Features, layout: Layout, n_rows: int, rng: np.random.Generator
    ) -> Indices:
        """Return candidates drawn by weight without replacement; (n_rows,), in random order.

        The draw is balanced: marginals are those of the weighted candidates, nearer than by chance.

        Args:
            features: Of candidates; (n_candidates, n_features).
            layout: Of the columns that come first among features.
            n_rows: How many are drawn.
            rng: Source of the draw.
        """
        inclusion = inclusion_probabilities(self.log_weights(features), n_rows)
        variables = BalancingVariables.of_features(features, layout, rng)
        return draw_balanced(inclusion, variables, rng)

    def describe(self) -> dict[str, Any]:
        """Return all but the trees as plain values."""
        return self.to_state() | {"rounds": len(self.rounds)}

    def to_state(self) -> dict[str, Any]:
        """Return it as plain values and arrays."""
        return {
            "rounds": [trees.to_state() for trees in self.rounds],
            "candidates": self.candidates,
            "effective": self.effective,
            "distinct": self.distinct,
            "raw_score": self.raw_score,
            "score": self.score,
        }

    @classmethod
    def from_state(cls, state: StateReader) -> Self:
        """Rebuild it from what `to_state` returned, of this release or of older ones.

        Raises:
            ModelFileError: It is damaged.
        """
        rounds = state.items("rounds")
        scores = [
            state.number(name, 0, 1) if state.has(name) else None for name in ("raw_score", "score")
        ]
        return cls(
            tuple(_read_round(r, f"{state.path}/rounds/{n}") for n, r in enumerate(rounds)),
            state.whole("candidates", 1, MAX_CANDIDATES),
            state.number("effective", 0),
            state.number("distinct", 0, 1),
            *scores,
        )

    @property
    def n_features(self) -> int:
        """The fewest features that rows must have."""
        return max((trees.n_features for trees in self.rounds), default=0)


def _read_round(state: Any, path: str) -> TreeEnsemble:
    if isinstance(state, np.ndarray):  # the text of older releases
        return read_trees(state.tobytes().decode(errors="replace"))
    return TreeEnsemble.from_state(StateReader(state, path))


def add_log_odds(rounds: tuple[TreeEnsemble, ...], features: Features) -> Floats:
    """Return the sum of the rounds' log-odds, each clipped to +-MAX_LOG_RATIO; (n_candidates,)."""
    total = np.zeros(len(features))
    for trees in rounds:
        total += np.clip(trees.log_odds(features), -MAX_LOG_RATIO, MAX_LOG_RATIO)
    return total
