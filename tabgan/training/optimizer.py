"""Adam (Kingma and Ba 2015, algorithm 1) by torch's fused kernel, and averaged (EMA) weights.

`torch.optim.Adam` takes the same steps, but its first one loads torch's compiler, which takes more
than a second and 70 MB and is not used here.

>>> weight = torch.nn.Parameter(torch.ones(1))
>>> adam = Adam([weight], beta1=0.9)
>>> adam.lr = 0.1
>>> adam.zero_grad(), weight.sum().backward(), adam.step()
(None, None, None)
>>> round(float(weight.detach()), 3)
0.9
"""

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.adam import adam

BETA2 = 0.99  # decay of the mean of squared gradients


class Adam:
    """Moves parameters down their gradients, with the verbs of `torch.optim`.

    Args:
        parameters: What is moved.
        beta1: Decay of the mean of gradients.

    Attributes:
        lr: Learning rate of the next step.
    """

    def __init__(self, parameters: Iterable[nn.Parameter], beta1: float) -> None:
        self.parameters, self.beta1, self.lr = list(parameters), beta1, 0.0
        self._state: dict[str, list[Tensor]] = {
            "means": [torch.zeros_like(each) for each in self.parameters],
            "squares": [torch.zeros_like(each) for each in self.parameters],
            "steps": [torch.zeros((), device=each.device) for each in self.parameters],
        }

    def zero_grad(self) -> None:
        """Set the gradients of all parameters to None."""
        for parameter in self.parameters:
            parameter.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Take one step; every parameter has to have a gradient."""
        moved: list[Any] = list(self.parameters)
        gradients = [parameter.grad for parameter in moved]
        means, squares, steps = (self._state[name] for name in ("means", "squares", "steps"))
        adam(
            moved,
            gradients,
            means,
            squares,
            [],
            steps,
            fused=True,
            amsgrad=False,
            beta1=self.beta1,
            beta2=BETA2,
            lr=self.lr,
            weight_decay=0.0,
            eps=1e-8,
            maximize=False,
        )

    def state_dict(self) -> dict[str, list[Tensor]]:
        """Return both means and the steps of each parameter, in their order."""
        return self._state

    def load_state_dict(self, state: dict[str, list[Tensor]]) -> None:
        """Copy what `state_dict` returned, perhaps of another optimizer of the same parameters."""
        for name, tensors in self._state.items():
            for own, loaded in zip(tensors, state[name], strict=True):
                own.copy_(loaded)


def minimize(loss: Tensor, optimizer: Adam) -> None:
    """Take one step of an optimizer down the gradients of a loss, a scalar."""
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    optimizer.step()


def ema_update(decay: float) -> Callable[[Any, Any, Any], None]:
    """Return the update of averaged weights (EMA), as `torch.optim.swa_utils` calls it.

    The decay is lower in the first steps, so that the average soon forgets the initial weights.
    """

    @torch.no_grad()
    def update(averaged: Any, current: Any, steps: Any) -> None:
        count = int(steps)
        torch._foreach_lerp_(averaged, current, 1 - min(decay, (1 + count) / (10 + count)))

    return update
