"""Whether rows held out are told better by a formula and what is left than by trees alone.

Boosted trees tell the column from all others, and what a formula leaves of it from the same; what
either leaves in rows that they were not fitted on is measured in nats.
"""

from dataclasses import dataclass

import numpy as np

from tabgan.relations.near_formula.simplification import measure_size
from tabgan.schema.arrays import Floats, Mask

MIN_GAIN = 0.3  # nats a row
MIN_DEVIATIONS = 5.0  # of the mean gain from 0
N_TREES = 80
MAX_RATIO = 20.0  # of large numbers to small ones, beyond which logarithms are told
SETTINGS = {
    "objective": "l2",
    "num_leaves": 31,
    "learning_rate": 0.1,
    "min_data_in_leaf": 5,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "seed": 0,
    "verbose": -1,
}


@dataclass(frozen=True)
class HeldOutRows:
    """Rows of a sample on which formulas are judged.

    Attributes:
        features: Of the other columns; (n_rows, n_features), NaN where missing.
        is_held_out: Which rows trees are not fitted on; (n_rows,).
    """

    features: Floats
    is_held_out: Mask

    def measure_gain(self, own: Floats, left: Floats, unit: float) -> float:
        """Return the nats a row that a formula saves; 0 if they are not significant.

        Args:
            own: The column; (n_rows,), NaN where missing.
            left: What the formula leaves of it; (n_rows,), NaN as well.
            unit: Half the distance between its values.
        """
        known = ~np.isnan(own) & ~np.isnan(left)
        direct = self._tell(own, known, unit, is_scaled=True)
        saved = direct - self._tell(left, known, unit, is_scaled=False)
        error = float(saved.std() / np.sqrt(len(saved)))
        mean = float(saved.mean())
        return mean if mean > max(MIN_GAIN, MIN_DEVIATIONS * error) else 0.0

    def _tell(self, own: Floats, known: Mask, unit: float, *, is_scaled: bool) -> Floats:
        """Return the nats of a column in rows held out, told by trees or by its median alone."""
        import lightgbm as lgb  # noqa: PLC0415 - takes a second, and few tables need it

        fitted, held = known & ~self.is_held_out, known & self.is_held_out
        median = float(np.median(own[fitted]))
        plain = measure_size(own[held] - median, unit)
        spread = np.quantile(own[fitted], [0.01, 0.99])
        is_wide = is_scaled and own[known].min() > 0 and spread[1] > MAX_RATIO * spread[0]
        labels = np.log(own[fitted]) if is_wide else own[fitted]
        data = lgb.Dataset(self.features[fitted], labels, params={"verbose": -1})
        found = lgb.train(SETTINGS, data, N_TREES).predict(self.features[held], num_threads=1)
        told = np.exp(found) if is_wide else np.asarray(found)
        by_trees = measure_size(own[held] - told, unit)
        return by_trees if by_trees.mean() < plain.mean() else plain
