"""Where the generator's random numbers come from: one stream for all rows, or one of each row.

A sample takes one stream, which is quick: whole blocks of rows are drawn. Rows that are completed
bring streams of their own, so that what is drawn for one does not depend on which others there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol, Self

import numpy as np
import torch
from torch import Tensor

CLASS, COMPONENT, PLACE = range(3)  # what a uniform draw of a cell decides
PRODUCT_ROWS = 16  # of which a product has a multiple: else the last ones are rounded otherwise


class Noise(Protocol):
    """Random numbers of a batch of rows."""

    multiple: int  # of which the number of cells is that are computed together

    def latent(self, n_rows: int, latent_dim: int) -> Tensor:
        """Return latent vectors, standard normal; (n_rows, latent_dim)."""

    def shares(self, rows: Tensor, columns: Tensor, purpose: int) -> Tensor:
        """Return uniform draws of cells for a purpose; (n_cells,) each."""


class SharedNoise:
    """One stream for all rows."""

    multiple = 1

    def __init__(self, random: torch.Generator) -> None:
        self.random = random

    def latent(self, n_rows: int, latent_dim: int) -> Tensor:
        """Return latent vectors, standard normal; (n_rows, latent_dim)."""
        return torch.randn(n_rows, latent_dim, generator=self.random, device=self.random.device)

    def shares(self, rows: Tensor, columns: Tensor, purpose: int) -> Tensor:  # noqa: ARG002
        """Return uniform draws of cells; (n_cells,) each."""
        return torch.rand(len(rows), generator=self.random, device=self.random.device)


@dataclass(frozen=True)
class RowNoise:
    """A stream of each row.

    Shape:
        - latents: (n_rows, latent_dim)
        - ranks: (n_rows, n_columns); the order in which cells are drawn
        - uniforms: (n_rows, n_columns, 3)
    """

    latents: Tensor
    ranks: Tensor
    uniforms: Tensor

    multiple = PRODUCT_ROWS

    @classmethod
    def draw(
        cls,
        streams: Sequence[np.random.Generator],
        n_candidates: int,
        latent_dim: int,
        n_columns: int,
    ) -> Self:
        """Return the noise of so many candidates for each stream, one stream after the other."""
        latents, uniforms = [], []
        for stream in streams:
            latents.append(stream.standard_normal((n_candidates, latent_dim), np.float32))
            uniforms.append(stream.random((n_candidates, n_columns, 4), np.float32))
        drawn = torch.from_numpy(np.concatenate(uniforms))
        return cls(torch.from_numpy(np.concatenate(latents)), drawn[..., 3], drawn[..., :3])

    def spread(self, n_candidates: int) -> Self:
        """Return the noise with uniform draws spread evenly over the candidates of each row.

        Of each cell they are in the middles of as many equal parts of [0, 1], in random order
        (Latin hypercube sampling, McKay, Beckman and Conover 1979).
        """
        shape = (-1, n_candidates, *self.uniforms.shape[1:])
        strata = self.uniforms.reshape(shape).argsort(dim=1)
        return replace(self, uniforms=((strata + 0.5) / n_candidates).reshape(self.uniforms.shape))

    def take(self, rows: Tensor) -> Self:
        """Return the noise of some of the rows, on their device; (n_taken,)."""
        parts = (self.latents, self.ranks, self.uniforms)
        return type(self)(*(part[rows.cpu()].to(rows.device) for part in parts))

    def latent(self, n_rows: int, latent_dim: int) -> Tensor:  # noqa: ARG002
        """Return latent vectors, standard normal; (n_rows, latent_dim)."""
        return self.latents

    def shares(self, rows: Tensor, columns: Tensor, purpose: int) -> Tensor:
        """Return uniform draws of cells for a purpose; (n_cells,) each."""
        return self.uniforms[rows, columns, purpose]
