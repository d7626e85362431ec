"""Boosted trees that tell real rows from generated ones, as each is likely to be chosen.

Their log-odds are the log-ratio of the two densities (`refine`).
"""

from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt
import torch

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

Floats = npt.NDArray[np.float64]
Features = npt.NDArray[np.float64]


@dataclass(frozen=True)
class DensityRatioTrees:
    """How boosted trees are grown.

    Attributes:
        n_trees: How many.
        row_factor: Real rows that they learn from at the most, over `refine_rows` of a training.
        settings: Of LightGBM, where they are not as in TREES.
    """

    n_trees: int
    row_factor: int
    settings: dict[str, Any]

    def fit(self, real: Features, generated: Features, chosen: Floats, seed: int) -> lgb.Booster:
        """Learn real (1) from generated (0) rows, (n_rows, n_columns) each, of either as many.

        A generated row counts as much as it is likely to be chosen, shape (n_generated,).
        """
        labels, rows = np.repeat([1, 0], [len(real), len(generated)]), np.vstack([real, generated])
        weights = np.concatenate([np.ones(len(real)), chosen * (len(real) / chosen.sum())])
        data = lgb.Dataset(rows, labels, weight=weights, params={"verbose": -1})
        own = {"num_threads": torch.get_num_threads(), "seed": seed}
        return lgb.train(TREES | self.settings | own, data, self.n_trees)


JOINT = DensityRatioTrees(200, row_factor=1, settings={})
STUMPS = {"num_leaves": 2, "feature_fraction": 1.0}  # add up to a sum over columns
MARGINAL = DensityRatioTrees(100, row_factor=4, settings=STUMPS)
