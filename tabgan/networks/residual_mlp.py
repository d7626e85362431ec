"""The body of both networks: fully connected layers with residual connections."""

from torch import Tensor, nn
from torch.nn import functional


class Tower(nn.Module):
    """Hidden layers with shortcuts around each; shape (n_rows, size_in) -> (n_rows, size_out)."""

    def __init__(self, size_in: int, width: int, depth: int, size_out: int, *, norm: bool) -> None:
        super().__init__()
        self.norm = norm
        self.first = nn.Linear(size_in, width)
        self.norms = nn.ModuleList(
            nn.LayerNorm(width) if norm else nn.Identity() for _ in range(depth)
        )
        self.layers = nn.ModuleList(nn.Linear(width, width) for _ in range(depth - 1))
        self.last = nn.Linear(width, size_out)

    def forward(self, inputs: Tensor) -> Tensor:
        """Run the tower."""
        outputs: Tensor = self.last(self.transform(self.first(inputs)))
        return outputs

    def transform(self, hidden: Tensor) -> Tensor:
        """Give what the last layer sees of what the first one gave; both (n_rows, width)."""
        for norm, layer in zip(self.norms, self.layers, strict=False):
            hidden = layer(self._bend(norm(hidden))).add_(hidden)
        return self._bend(self.norms[-1](hidden))

    def _bend(self, hidden: Tensor) -> Tensor:
        return functional.leaky_relu(hidden, 0.2, inplace=self.norm)  # what a norm made is ours
