"""The critic: a row and a mask of the cells that it may use in, a score of how real it is out."""

import torch
from torch import Tensor, nn

from tabgan.encoding.layout import Layout
from tabgan.networks.residual_mlp import ResidualMLP, read_old_names
from tabgan.networks.row_embedding import PiecewiseLinearEncoding


class Critic(nn.Module):
    """Features of the cells that are shown, and masks of known and shown cells -> a score a row.

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
        """Return scores of rows; (n_rows, size) and twice (n_rows, n_columns) -> (n_rows,).

        Args:
            features: Of whole rows.
            known: Cells of the condition.
            shown: Cells that the score may depend on, the known ones among them.
        """
        known, shown = known.to(features), shown.to(features)
        visible = self.features.hide(features, shown)
        scores: Tensor = self.mlp(torch.cat([visible, known, shown], dim=1))
        return scores.squeeze(1)
