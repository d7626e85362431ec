"""Averaged weights, beside those of torch."""

from typing import Any

import numpy as np
import torch
from torch.optim.swa_utils import AveragedModel

from tabgan.encoding.layout import Layout
from tabgan.networks.generator import Generator
from tabgan.training.optimizer import AveragedGenerator

DECAY = 0.9


def make_generator() -> Generator:
    layout = Layout((3,), (0,), (), np.zeros((3, 2)))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return Generator(layout, latent_dim=2, hidden_dim=4, n_layers=1)


@torch.no_grad()
def test_weights_are_averaged_as_torch_averages_them() -> None:
    generator = make_generator()

    def update(averaged: Any, current: Any, steps: Any) -> None:
        count = int(steps)
        torch._foreach_lerp_(averaged, current, 1 - min(DECAY, (1 + count) / (10 + count)))

    ours, theirs = (
        AveragedGenerator(generator, DECAY),
        AveragedModel(generator, multi_avg_fn=update),
    )
    random = torch.Generator().manual_seed(1)
    for _ in range(20):
        for weight in generator.parameters():
            weight.add_(torch.randn(weight.shape, generator=random))
        ours.update()
        theirs.update_parameters(generator)
    expected = theirs.state_dict()
    assert ours.state_dict().keys() == expected.keys()
    assert all(torch.equal(value, expected[name]) for name, value in ours.state_dict().items())


@torch.no_grad()
def test_averages_go_on_from_a_state() -> None:
    generator = make_generator()
    first, second = AveragedGenerator(generator, DECAY), AveragedGenerator(generator, DECAY)
    first.update()
    for weight in generator.parameters():
        weight.add_(1)
    first.update()
    second.load_state_dict(first.state_dict())
    for averaged in (first, second):
        averaged.update()
    states = first.state_dict(), second.state_dict()
    assert all(torch.equal(value, states[1][name]) for name, value in states[0].items())
