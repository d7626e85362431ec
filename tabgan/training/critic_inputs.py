"""What the critic is shown in an adversarial step."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class CriticInputs:
    """The critic's inputs in an adversarial step: the same cells of real and fake rows.

    Shape:
        - known: (n_rows, n_columns), the cells of the condition
        - shown: (n_rows, n_columns), those and the ones that one decoding step draws: the critic
          sees no others
        - real, fake: (n_rows, size), features of whole rows
    """

    known: Tensor
    shown: Tensor
    real: Tensor
    fake: Tensor


def choose_cells(known: Tensor, decoding_steps: int, random: torch.Generator) -> Tensor:
    """Return a mask of random hidden cells, as many a row as a decoding step draws."""
    n_columns = known.shape[1]
    order = torch.rand(known.shape, generator=random, device=known.device)
    count = math.ceil(n_columns / min(decoding_steps, n_columns))
    last = torch.where(known, 2.0, order).kthvalue(count, dim=1, keepdim=True).values
    return ~known & (order <= last)
