"""Boosted trees that tell real rows from generated ones, weighted by their inclusion probability.

Their log-odds estimate the log-ratio of the two densities (`refiner`).
"""

from dataclasses import dataclass, replace
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt
import torch

from tabgan.refinement.lightgbm_trees import read_trees
from tabgan.refinement.tree_ensemble import TreeEnsemble
from tabgan.schema.arrays import Floats

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

Features = npt.NDArray[np.float64]


@dataclass(frozen=True)
class DensityRatioTrees:
    """How the trees of a round are grown.

    Attributes:
        n_trees: Boosting iterations.
        row_factor: Real rows that they are fitted on at the most, over `refine_rows` of a training.
        settings: Of LightGBM, which go before those of TREES.
    """

    n_trees: int
    row_factor: int
    settings: dict[str, Any]

    def with_leaf_weight(self, leaf_weight: float) -> "DensityRatioTrees":
        """Return trees of which each leaf has a sum of Hessians of so much at the least."""
        return replace(self, settings=self.settings | {"min_sum_hessian_in_leaf": leaf_weight})

    def fit(
        self, real: Features, generated: Features, inclusion: Floats, seed: int
    ) -> TreeEnsemble:
        """Return trees fitted to real (1) and generated (0) rows, of equal weight in all.

        Args:
            real: Shape (n_real, n_features).
            generated: Shape (n_generated, n_features).
            inclusion: Probability of each generated row to be chosen, which it is weighted by;
                (n_generated,).
            seed: Of the fractions of rows and features that trees see.
        """
        labels, rows = np.repeat([1, 0], [len(real), len(generated)]), np.vstack([real, generated])
        weights = np.concatenate([np.ones(len(real)), inclusion * (len(real) / inclusion.sum())])
        data = lgb.Dataset(rows, labels, weight=weights, params={"verbose": -1})
        run = {"num_threads": torch.get_num_threads(), "seed": seed}
        booster = lgb.train(TREES | self.settings | run, data, self.n_trees)
        return read_trees(booster.model_to_string())


JOINT = DensityRatioTrees(200, row_factor=1, settings={})
STUMPS = {"num_leaves": 2, "feature_fraction": 1.0}  # add up to a sum over columns
MARGINAL = DensityRatioTrees(100, row_factor=4, settings=STUMPS)
