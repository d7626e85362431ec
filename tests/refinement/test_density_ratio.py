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
