"""Steps of Adam: those of torch's own, without its compiler."""

import subprocess
import sys

import torch
from torch import Tensor, nn

from tabgan.training.optimizer import BETA2, Adam

FIT = """
import sys
from sklearn.datasets import load_iris
from tabgan import TabGAN
TabGAN(steps=2, refine=False).fit(load_iris(as_frame=True).frame).sample(5)
print("torch._dynamo" in sys.modules)
"""


def make_network() -> nn.Module:
    """Two layers, the same every time."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))


def find_loss(network: nn.Module, step: int) -> Tensor:
    """A loss that differs from step to step."""
    rows = torch.linspace(-1, 1 + step, 15).view(5, 3)
    return (network(rows) - step).square().mean()  # type: ignore[no-any-return]


def minimize(adam: Adam, loss: Tensor) -> None:
    adam.zero_grad()
    torch.autograd.backward(loss)
    adam.step()


def assert_same(one: nn.Module, other: nn.Module) -> None:
    for mine, theirs in zip(one.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs, rtol=0, atol=0)


def test_steps_are_those_of_torch() -> None:
    ours, theirs = make_network(), make_network()
    adam = Adam(ours.parameters(), beta1=0.9)
    reference = torch.optim.Adam(theirs.parameters(), betas=(0.9, BETA2), fused=True)
    for step in range(5):
        adam.lr = reference.param_groups[0]["lr"] = 0.1 / (1 + step)
        minimize(adam, find_loss(ours, step))
        reference.zero_grad()
        torch.autograd.backward(find_loss(theirs, step))
        reference.step()
        assert_same(ours, theirs)


def test_goes_on_from_a_state() -> None:
    whole, again = make_network(), make_network()
    first, second = (Adam(each.parameters(), beta1=0.5) for each in (whole, again))
    first.lr = second.lr = 0.1
    minimize(first, find_loss(whole, 0))
    again.load_state_dict(whole.state_dict())
    second.load_state_dict(first.state_dict())
    minimize(first, find_loss(whole, 1))
    minimize(second, find_loss(again, 1))
    assert_same(whole, again)


def test_a_fit_does_without_the_compiler_of_torch() -> None:
    done = subprocess.run([sys.executable, "-c", FIT], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.split() == ["False"]
