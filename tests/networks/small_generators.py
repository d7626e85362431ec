"""Small generators of random weights, and conditions of theirs."""

import numpy as np
import torch

from tabgan.encoding.layout import Layout
from tabgan.networks.condition import Condition
from tabgan.networks.generator import Generator

# a number with two modes, a spike and gaps; three categories; a number with one mode
LAYOUT = Layout(
    n_classes=(4, 3, 1),
    n_modes=(2, 0, 1),
    ordered=(0, 2),
    spans=np.array(
        [[0, 0.5], [0.5, 1], [0.4, 0.4], [-1, -1], [0, 0], [0, 0], [0, 0], [0, 1]], float
    ),
)

# three categories and two, no number
CATEGORIES = Layout(n_classes=(3, 2), n_modes=(0, 0), ordered=(), spans=np.zeros((5, 2)))


def make(layout: Layout) -> Generator:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        made = (
            Generator(layout, latent_dim=6, hidden_dim=16, n_layers=3).eval().requires_grad_(False)
        )
    made.bias.copy_(torch.linspace(-1, 1, layout.width))
    return made


def given(n_rows: int) -> Condition:
    rng = torch.Generator().manual_seed(1)
    codes = torch.stack([torch.randint(n, (n_rows,), generator=rng) for n in LAYOUT.n_classes], 1)
    known = torch.rand(n_rows, 3, generator=rng) < 0.5
    scalars = torch.rand(n_rows, 3, generator=rng) * 2 - 1
    scalars[:, 1] = 0
    scalars[:, 0] *= codes[:, 0] < 2
    return Condition(codes * known, scalars * known, known)
