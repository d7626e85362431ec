"""Trees of real and generated rows: the latter are weighted by their inclusion probability."""

from typing import Any

import numpy as np
import pytest

from tabgan.refinement.density_ratio import JOINT, MARGINAL, DensityRatioTrees


@pytest.mark.parametrize("spec", [JOINT, MARGINAL])
def test_generated_rows_count_as_much_as_they_are_likely_to_be_chosen(
    spec: DensityRatioTrees,
) -> None:
    real = np.repeat([0.0, 1.0], [900, 100])[:, None]
    generated = np.repeat([0.0, 1.0], [500, 500])[:, None]
    chosen = np.repeat([0.45, 0.05], 500)

    def tell(weights: Any) -> Any:
        trees = spec.fit(real, generated, weights, seed=0)
        return trees.log_odds(np.array([[0.0], [1.0]]))

    assert tell(chosen) == pytest.approx(0, abs=0.1)  # as they are chosen, they are alike
    odds = np.log([900 / 500, 100 / 500])
    assert tell(np.ones(1_000)) == pytest.approx(odds, abs=0.1)


@pytest.mark.parametrize("leaf_weight", [10.0, 20.0])
def test_no_leaf_weighs_less_than_is_asked(leaf_weight: float) -> None:
    """A row's Hessian is at most 1/4: so many rows have no more leaves than these add up to."""
    rng = np.random.default_rng(0)
    real, generated = rng.normal(size=(400, 3)), rng.normal(size=(800, 3))
    real[0] = 9.0  # alone
    inclusion = np.full(800, 0.5)

    def count_leaves(trees: DensityRatioTrees) -> int:
        fitted = trees.fit(real, generated, inclusion, seed=0)
        return int(np.diff(fitted.leaf_starts).max())

    most = int((len(real) + len(generated) * 0.5) / 4 / leaf_weight)
    assert 2 < count_leaves(JOINT.with_leaf_weight(leaf_weight)) <= most < count_leaves(JOINT)
