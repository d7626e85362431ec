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

import copy
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.adam import adam

from tabgan.networks.generator import Generator

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


class AveragedGenerator:
    """A copy of the generator whose weights are averages over steps (EMA).

    The decay is lower in the first steps, so that the average soon forgets the initial weights.
    `torch.optim.swa_utils.AveragedModel` averages the same, but walks through all modules in each
    step, which took a tenth of it. Buffers do not change while a generator is trained.

    Args:
        generator: That is trained.
        decay: Of the average.

    Attributes:
        module: The copy.
    """

    def __init__(self, generator: Generator, decay: float) -> None:
        self.module = copy.deepcopy(generator)
        self._trained: list[Any] = list(generator.parameters())
        self._averaged: list[Any] = list(self.module.parameters())
        self._decay, self._steps = decay, 0

    @torch.no_grad()
    def update(self) -> None:
        """Average the weights of one more step; those of the first one are copied."""
        count = self._steps
        decay = min(self._decay, (1 + count) / (10 + count)) if count else 0.0
        torch._foreach_lerp_(self._averaged, self._trained, 1 - decay)
        self._steps += 1

    def state_dict(self) -> dict[str, Tensor]:
        """Return weights and steps, under the names of `AveragedModel`."""
        named = {f"module.{name}": value for name, value in self.module.state_dict().items()}
        return {"n_averaged": torch.tensor(self._steps)} | named

    def load_state_dict(self, state: dict[str, Tensor]) -> None:
        """Load what `state_dict` returned."""
        self._steps = int(state["n_averaged"])
        named = {name.removeprefix("module."): value for name, value in state.items()}
        del named["n_averaged"]
        self.module.load_state_dict(named)
