"""An alternative to the refiner's trees: a torch network that estimates the log-ratio of densities.

`benchmarks/ablation.py` puts it in the place of the boosted trees of
`tabgan.refinement.density_ratio`, but for the last rounds, which are a sum over columns either way.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
import torch
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, QuantileTransformer
from torch import nn
from torch.nn import functional

from tabgan.refinement.density_ratio import DensityRatioTrees

Features = npt.NDArray[np.float64]

MAX_ONE_HOT = 64  # values of a column that is encoded as indicators
HIDDEN_DIM, DROPOUT = 256, 0.1
EPOCHS, PATIENCE, BATCH_SIZE = 40, 4, 512
VALIDATION_FRACTION = 0.1  # of the rows, for early stopping


@contextmanager
def networks_instead_of_trees() -> Iterator[None]:
    """Let refiners that are fitted in this context learn by networks."""
    fit_trees = DensityRatioTrees.fit

    def fit(self: Any, real: Features, generated: Features, inclusion: Features, seed: int) -> Any:
        if self.settings:  # of marginals
            return fit_trees(self, real, generated, inclusion, seed)
        return RatioNetwork(real, generated, inclusion, seed)

    with patch.object(DensityRatioTrees, "fit", fit):
        yield


class RatioNetwork:
    """Two hidden layers that tell real from generated rows; answers as a LightGBM booster does."""

    def __init__(self, real: Features, generated: Features, inclusion: Features, seed: int) -> None:
        rows = np.vstack([real, generated])
        is_one_hot = np.array(
            [len(np.unique(column[~np.isnan(column)])) <= MAX_ONE_HOT for column in rows.T]
        )
        numbers = make_pipeline(
            QuantileTransformer(output_distribution="normal", random_state=0),
            SimpleImputer(add_indicator=True, keep_empty_features=True),
        )
        indicators = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
        self.transformer = make_column_transformer(
            (numbers, np.flatnonzero(~is_one_hot)), (indicators, np.flatnonzero(is_one_hot))
        )
        features = torch.from_numpy(self.transformer.fit_transform(rows)).float()
        labels = torch.zeros(len(rows))
        labels[: len(real)] = 1
        weights = torch.ones(len(rows))
        weights[len(real) :] = torch.from_numpy(inclusion * (len(real) / inclusion.sum()))
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.network = self._train(features, labels, weights)

    def _train(
        self, features: torch.Tensor, labels: torch.Tensor, weights: torch.Tensor
    ) -> nn.Sequential:
        network = nn.Sequential(
            nn.Linear(features.shape[1], HIDDEN_DIM), nn.SiLU(), nn.Dropout(DROPOUT),
            nn.Linear(HIDDEN_DIM, HIDDEN_DIM), nn.SiLU(), nn.Dropout(DROPOUT),
            nn.Linear(HIDDEN_DIM, 1),
        )  # fmt: skip
        optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=1e-2)
        order = torch.randperm(len(features))
        held_out, used = order.tensor_split([int(VALIDATION_FRACTION * len(order))])
        best, least, since = network.state_dict(), float("inf"), 0
        for _ in range(EPOCHS):
            for batch in torch.split(used[torch.randperm(len(used))], BATCH_SIZE):
                optimizer.zero_grad()
                loss = _loss(network(features[batch]), labels[batch], weights[batch])
                torch.autograd.backward(loss)
                optimizer.step()
            network.eval()
            with torch.inference_mode():
                scores = network(features[held_out])
                validation_loss = float(_loss(scores, labels[held_out], weights[held_out]))
            network.train()
            since = 0 if validation_loss < least else since + 1
            if validation_loss < least:
                least = validation_loss
                best = {name: weight.clone() for name, weight in network.state_dict().items()}
            if since >= PATIENCE:
                break
        network.load_state_dict(best)
        return network.eval()

    def predict(self, features: Features, **_: Any) -> Features:
        """Return log-odds; (n_rows, n_features) -> (n_rows,)."""
        with torch.inference_mode():
            odds = self.network(torch.from_numpy(self.transformer.transform(features)).float())
        return odds.squeeze(1).double().numpy()  # type: ignore[no-any-return]


def _loss(odds: torch.Tensor, labels: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    return functional.binary_cross_entropy_with_logits(odds.squeeze(1), labels, weight=weights)
