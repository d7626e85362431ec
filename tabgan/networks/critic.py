"""The critic: which rows look real, as far as they are shown."""

import torch
from torch import Tensor, nn

from tabgan.encoding.layout import Layout
from tabgan.networks.residual_mlp import ResidualMLP, read_old_names
from tabgan.networks.row_embedding import PiecewiseLinearEncoding


class Critic(nn.Module):
    """Features of the cells that are shown, and which of them were known -> a score a row.

    Args:
        layout: Where columns' classes stand.
        hidden_dim: Units of a hidden layer.
        n_layers: Hidden layers.
    """

    def __init__(self, layout: Layout, *, hidden_dim: int, n_layers: int) -> None:
        super().__init__()
        self.features = PiecewiseLinearEncoding(layout)
        size_in = self.features.size + 2 * len(layout.n_classes)
        self.mlp = ResidualMLP(size_in, hidden_dim, n_layers, 1, norm=False)
        self.register_load_state_dict_pre_hook(read_old_names)  # type: ignore[no-untyped-call]

    def forward(self, features: Tensor, known: Tensor, shown: Tensor) -> Tensor:
        """Score rows; (n_rows, size) and twice (n_rows, n_columns) -> (n_rows,)."""
        known, shown = known.to(features), shown.to(features)
        seen = self.features.hide(features, shown)
        scores: Tensor = self.mlp(torch.cat([seen, known, shown], dim=1))
        return scores.squeeze(1)
