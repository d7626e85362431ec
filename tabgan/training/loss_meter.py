"""Means of a training's losses between two validations.

>>> meter = LossMeter()
>>> meter.add("critic", torch.tensor(1.0)), meter.add("critic", torch.tensor(2.0))
(None, None)
>>> meter.take("critic"), meter.take("critic")
(1.5, None)
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import torch
from torch import Tensor


@dataclass
class LossMeter:
    """Sums of losses, which stay on their device until a mean is taken.

    Attributes:
        sums: By network, "critic" or "generator"; scalars.
        counts: How many losses each sum is of.
    """

    sums: dict[str, Tensor] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    @torch.no_grad()
    def add(self, network: str, loss: Tensor) -> None:
        """Add the loss of one step, a scalar."""
        self.sums[network] = self.sums.get(network, 0.0) + loss.detach().float()
        self.counts[network] = self.counts.get(network, 0) + 1

    def take(self, network: str) -> float | None:
        """Return the mean of a network's losses and reset it; None if there were none."""
        if network not in self.sums:
            return None
        return float(self.sums.pop(network)) / self.counts.pop(network)

    def to_state(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {name: [float(total), self.counts[name]] for name, total in self.sums.items()}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """Rebuild it from what `to_state` returned."""
        sums = {name: torch.tensor(total) for name, (total, _) in state.items()}
        return cls(sums, {name: count for name, (_, count) in state.items()})
