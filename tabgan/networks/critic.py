"""The critic: which rows look real, as far as they are shown."""

import torch
from torch import Tensor, nn

from tabgan.encoding.layout import Layout
from tabgan.networks.residual_mlp import Tower
from tabgan.networks.row_embedding import RowFeatures


class Critic(nn.Module):
    """Features of the cells that are shown, and which of them were known -> a score a row."""

    def __init__(self, layout: Layout, *, width: int, depth: int) -> None:
        super().__init__()
        self.features = RowFeatures(layout)
        size_in = self.features.size + 2 * len(layout.n_classes)
        self.tower = Tower(size_in, width, depth, 1, norm=False)

    def forward(self, features: Tensor, known: Tensor, shown: Tensor) -> Tensor:
        """Score rows; (n_rows, size) and twice (n_rows, n_columns) -> (n_rows,)."""
        known, shown = known.to(features), shown.to(features)
        seen = self.features.hide(features, shown)
        scores: Tensor = self.tower(torch.cat([seen, known, shown], dim=1))
        return scores.squeeze(1)
