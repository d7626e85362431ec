"""Adam (Kingma and Ba 2015, algorithm 1), stepped by torch's fused kernel.

`torch.optim.Adam` takes the same steps, but its first one loads torch's compiler, which takes more
than a second and 70 MB and is not used here.

>>> weight = torch.nn.Parameter(torch.ones(1))
>>> adam = Adam([weight], momentum=0.9)
>>> adam.rate = 0.1
>>> adam.descend(weight.sum())
>>> round(float(weight.detach()), 3)
0.9
"""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.adam import adam

SECOND_DECAY = 0.99  # of the mean of squared gradients (beta2)


class Adam:
    """Moves parameters down the gradient of a loss.

    Args:
        parameters: What is moved.
        momentum: Decay of the mean of gradients (beta1).

    Attributes:
        rate: Learning rate of the next step.
    """

    def __init__(self, parameters: Iterable[nn.Parameter], momentum: float) -> None:
        self.parameters, self.momentum, self.rate = list(parameters), momentum, 0.0
        self.state: dict[str, list[Tensor]] = {
            "means": [torch.zeros_like(each) for each in self.parameters],
            "squares": [torch.zeros_like(each) for each in self.parameters],
            "steps": [torch.zeros((), device=each.device) for each in self.parameters],
        }

    def descend(self, loss: Tensor) -> None:
        """Take one step; every parameter has to have a part in the loss."""
        for parameter in self.parameters:
            parameter.grad = None
        torch.autograd.backward(loss)
        self._step()

    @torch.no_grad()
    def _step(self) -> None:
        moved: list[Any] = list(self.parameters)
        gradients = [parameter.grad for parameter in moved]
        means, squares, steps = (self.state[name] for name in ("means", "squares", "steps"))
        adam(
            moved,
            gradients,
            means,
            squares,
            [],
            steps,
            fused=True,
            amsgrad=False,
            beta1=self.momentum,
            beta2=SECOND_DECAY,
            lr=self.rate,
            weight_decay=0.0,
            eps=1e-8,
            maximize=False,
        )

    def load_state(self, state: dict[str, list[Tensor]]) -> None:
        """Go on from another's `state`."""
        for name, tensors in self.state.items():
            for mine, theirs in zip(tensors, state[name], strict=True):
                mine.copy_(theirs)
