"""Means of a training's losses between two validations.

>>> meter = LossMeter()
>>> meter.add("critic", torch.tensor(1.0)), meter.add("critic", torch.tensor(2.0))
(None, None)
>>> meter.take("critic"), meter.take("critic")
(1.5, None)
"""

import math
from dataclasses import dataclass, field
from typing import Any, Self

import torch
from torch import Tensor

from tabgan.state_reader import StateReader

NETWORKS = ("critic", "generator")


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
    def from_state(cls, state: StateReader) -> Self:
        """Rebuild it from what `to_state` returned.

        Raises:
            ModelFileError: It holds what are no losses.
        """
        rows = {name: state.row(name) for name in NETWORKS if state.has(name)}
        totals = {name: row.measure("0") for name, row in rows.items()}
        return cls(
            {n: torch.tensor(math.nan if t is None else t) for n, t in totals.items()},
            {name: row.whole("1", 1) for name, row in rows.items()},
        )
