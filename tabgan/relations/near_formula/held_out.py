"""Whether rows held out are told better by a formula than by boosted trees.

Trees tell the column from all others; of what the formula leaves, only the median is told. What
either leaves in rows that neither was fitted on is measured in nats.

>>> rng = np.random.default_rng(0)
>>> x, y = rng.lognormal(size=(2, 1_000))
>>> rows = HeldOutRows(np.column_stack([x, y]), np.arange(1_000) % 2 == 0)
>>> noise = rng.normal(size=1_000) / 99
>>> rows.measure_gain(x * y + noise, noise, unit=0.005) > 1, rows.measure_gain(noise, noise, 0.005)
(True, 0.0)
"""

from dataclasses import dataclass

import numpy as np

from tabgan.relations.near_formula.simplification import measure_size
from tabgan.schema.arrays import Floats, Mask

MIN_GAIN = 0.3  # nats a row
MIN_DEVIATIONS = 5.0  # of the mean gain from 0
MAX_GAIN = 3.0  # nats of a row: values that are always the same, such as 0, are learned anyway
N_TREES = 50
MAX_RATIO = 20.0  # of large numbers to small ones, beyond which logarithms are told
SETTINGS = {
    "objective": "l2",
    "num_leaves": 31,
    "learning_rate": 0.15,
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
        """Return the nats a row that a formula saves; 0 if they are few, or not significant.

        Args:
            own: The column; (n_rows,), NaN where missing.
            left: What the formula leaves of it; (n_rows,), NaN as well.
            unit: Half the distance between its values.
        """
        known = ~np.isnan(own) & ~np.isnan(left)
        fitted, held = known & ~self.is_held_out, known & self.is_held_out
        by_trees = measure_size(own[held] - self._tell(own, fitted, held), unit)
        by_formula = measure_size(left[held] - np.median(left[fitted]), unit)
        saved = np.clip(by_trees - by_formula, -MAX_GAIN, MAX_GAIN)
        mean, error = float(saved.mean()), float(saved.std() / np.sqrt(len(saved)))
        return mean if mean > max(MIN_GAIN, MIN_DEVIATIONS * error) else 0.0

    def _tell(self, own: Floats, fitted: Mask, held: Mask) -> Floats:
        """Return what trees fitted on some rows tell of others; (n_held,)."""
        import lightgbm as lgb  # noqa: PLC0415 - takes a second, and few tables need it

        low, high = np.quantile(own[fitted], [0.01, 0.99])
        is_wide = own[fitted].min() > 0 and high > MAX_RATIO * low
        labels = np.log(own[fitted]) if is_wide else own[fitted]
        data = lgb.Dataset(self.features[fitted], labels, params={"verbose": -1})
        trees = lgb.train(SETTINGS, data, N_TREES)
        told = np.asarray(trees.predict(self.features[held], num_threads=1))
        return np.exp(told) if is_wide else told
