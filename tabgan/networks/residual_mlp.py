"""The body of both networks: fully connected layers with residual connections.

>>> import torch
>>> with torch.random.fork_rng(devices=[]):
...     mlp = ResidualMLP(5, 16, 2, 3, norm=True)
>>> tuple(mlp(torch.zeros(7, 5)).shape)
(7, 3)
"""

from typing import Any

from torch import Tensor, nn
from torch.nn import functional


class ResidualMLP(nn.Module):
    """Hidden layers with a shortcut around each (He et al. 2016); (n, size_in) -> (n, size_out).

    Args:
        size_in: Entries of an input.
        hidden_dim: Units of every hidden layer.
        n_layers: Hidden layers.
        size_out: Entries of an output.
        norm: Whether layers are normalised (Ba et al. 2016) before their non-linearity.
        device: Of the weights; "meta" for those that saved ones are to stand in for.
    """

    def __init__(
        self,
        size_in: int,
        hidden_dim: int,
        n_layers: int,
        size_out: int,
        *,
        norm: bool,
        device: str | None = None,
    ) -> None:
        super().__init__()
        self.norm = norm
        self.first = nn.Linear(size_in, hidden_dim, device=device)
        self.norms = nn.ModuleList(
            nn.LayerNorm(hidden_dim, device=device) if norm else nn.Identity()
            for _ in range(n_layers)
        )
        self.layers = nn.ModuleList(
            nn.Linear(hidden_dim, hidden_dim, device=device) for _ in range(n_layers - 1)
        )
        self.last = nn.Linear(hidden_dim, size_out, device=device)

    def forward(self, inputs: Tensor) -> Tensor:
        """Return outputs; (n_rows, size_in) -> (n_rows, size_out)."""
        outputs: Tensor = self.last(self.hidden_states(self.first(inputs)))
        return outputs

    def hidden_states(self, hidden: Tensor) -> Tensor:
        """Return the last layer's input for the first layer's output; both (n_rows, hidden_dim)."""
        for norm, layer in zip(self.norms, self.layers, strict=False):
            hidden = layer(self._activate(norm(hidden))).add_(hidden)
        return self._activate(self.norms[-1](hidden))

    def _activate(self, hidden: Tensor) -> Tensor:
        return functional.leaky_relu(
            hidden, 0.2, inplace=self.norm
        )  # a norm's output is used by nobody else


def read_old_names(
    module: nn.Module,  # noqa: ARG001
    state: dict[str, Any],
    prefix: str,
    *_: Any,
) -> None:
    """Rename in place the parameters of a body that release 0.1 called `tower`.

    A hook for `Module.register_load_state_dict_pre_hook`.
    """
    for name in [name for name in state if name.startswith(f"{prefix}tower.")]:
        state[f"{prefix}mlp.{name.removeprefix(f'{prefix}tower.')}"] = state.pop(name)
