"""A generator that draws whole rows in one pass: a latent class, then every column given it.

This is latent class analysis (Lazarsfeld and Henry 1968): within a class columns are independent,
so what is known of a row says by Bayes' theorem which class it is of, and no more. It is the
textbook's generator with a latent that takes finitely many values; `tabgan.fitting.latent_classes`
fits it by expectation-maximization.

NOTE[DIFF] The critic plays no part in it: what products cannot tell is left to the refiner.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from tabgan.encoding.encoded_table import EncodedTable
from tabgan.encoding.layout import Layout
from tabgan.networks.condition import Condition
from tabgan.networks.discretization import Discretization
from tabgan.networks.noise import CLASS, COMPONENT, PLACE, RowNoise
from tabgan.schema.arrays import Floats, Indices, Mask
from tabgan.state_reader import StateReader

if TYPE_CHECKING:
    from scipy.sparse import csr_array

MAX_LATENT = 4_096  # classes that a file may hold
MIN_SHARE = 1e-9  # of a bin in a class, whose logarithm is taken
TOLERANCE = 1e-3  # of sums that are 1

Logs = npt.NDArray[np.float32]


@dataclass(frozen=True)
class LatentClassGenerator:
    """A mixture of products over the bins of each column.

    Attributes:
        discretization: The bins.
        weights: Of each latent class, 1 together; (n_latent,).
        shares: Of each bin in a latent class, 1 together in every column; (n_latent, n_all).

    Example:
        >>> layout = Layout((2, 2), (0, 0), (), np.zeros((4, 2)))
        >>> bins = Discretization(layout, np.ones(4, np.int64))
        >>> shares = np.array([[1, 0, 1, 0], [0, 1, 0, 1]], np.float32)
        >>> alike = LatentClassGenerator(bins, np.array([0.5, 0.5]), shares)
        >>> rows = alike.decode(Condition.empty(100, 2, torch.device("cpu")), torch.Generator())
        >>> bool((rows.codes[:, 0] == rows.codes[:, 1]).all())
        True
    """

    discretization: Discretization
    weights: Floats
    shares: npt.NDArray[np.float32]

    @property
    def layout(self) -> Layout:
        """Of the columns."""
        return self.discretization.layout

    @property
    def device(self) -> torch.device:
        """Where rows are generated: always on the CPU, since a draw is hardly any arithmetic."""
        return torch.device("cpu")

    @property
    def latent_dim(self) -> int:
        """How many continuous latents a row has: none."""
        return 0

    @property
    def n_latent(self) -> int:
        """How many latent classes there are."""
        return len(self.weights)

    def decode(self, condition: Condition, random: torch.Generator) -> EncodedTable:
        """Return rows with a condition's known cells and the others drawn; (n_rows, n_columns)."""
        rng = np.random.default_rng(int(torch.randint(2**62, (1,), generator=random)))
        known, uniform = condition.known.numpy(), rng.random(len(condition.codes))
        if known.any():
            latent = self._draw_latent(condition, {}, uniform)
        else:
            ends = np.cumsum(self.weights)
            latent = np.searchsorted(ends, uniform * ends[-1], "right").clip(0, self.n_latent - 1)
        order = np.argsort(latent, kind="stable")  # what a class is drawn by stays in cache
        bins = self._known_bins(condition)
        for column in np.flatnonzero(~known.all(axis=0)):
            uniform = rng.random(len(latent))
            bins[order, column] = self._draw_bins(int(column), latent[order], uniform)
        return self._fill(condition, bins, rng.random(bins.shape, np.float32))

    def complete(
        self, condition: Condition, noise: RowNoise, allowed: Mapping[int, Tensor]
    ) -> EncodedTable:
        """Return rows with a condition's known cells and the others drawn, each row by itself.

        Args:
            condition: One masked row for each row to complete.
            noise: Of the same rows.
            allowed: Classes that may be drawn, as `IterativeDecoder` takes them.
        """
        known, uniforms = condition.known.numpy(), noise.uniforms.numpy()
        among = {
            column: np.repeat(each.cpu().numpy(), self._bins_of_classes(column), axis=1)
            for column, each in allowed.items()
        }
        latent = self._draw_latent(condition, among, uniforms[:, 0, COMPONENT])
        bins = self._known_bins(condition)
        for column in np.flatnonzero(~known.all(axis=0)).tolist():
            uniform = uniforms[:, column, CLASS]
            if column in among:
                bins[:, column] = self._draw_bins_among(column, latent, among[column], uniform)
            else:
                bins[:, column] = self._draw_bins(column, latent, uniform)
        return self._fill(condition, bins, uniforms[..., PLACE])

    def _known_bins(self, condition: Condition) -> Indices:
        """Return the bins of known cells, and those of zeros elsewhere; (n_rows, n_columns)."""
        codes = (condition.codes * condition.known).numpy().astype(np.int32)
        scalars = (condition.scalars * condition.known).numpy()
        return self.discretization.to_bins(EncodedTable(codes, scalars))

    def _fill(
        self, condition: Condition, bins: Indices, positions: npt.NDArray[np.float32]
    ) -> EncodedTable:
        """Return rows in such bins, with the known cells as they are."""
        known, drawn = condition.known.numpy(), self.discretization.to_table(bins, positions)
        codes, scalars = condition.codes.numpy().astype(np.int32), condition.scalars.numpy()
        return EncodedTable(
            np.where(known, codes, drawn.codes), np.where(known, scalars, drawn.scalars)
        )

    def _bins_of_classes(self, column: int) -> Indices:
        """Return into how many bins each class of a column is cut; (n_classes,)."""
        first = self.layout.offsets[column]
        return self.discretization.n_bins[first : first + self.layout.n_classes[column]]

    def _draw_latent(
        self, condition: Condition, among: Mapping[int, Logs], uniform: Floats
    ) -> Indices:
        """Return a latent class for each row, given its known cells, and what others may be."""
        joint = self.log_joint(self._known_bins(condition), condition.known.numpy())
        for column, each in among.items():
            own = np.where(condition.known.numpy()[:, [column]], 1, each)
            joint += np.log(np.maximum(self._share_of(column, own), MIN_SHARE))
        odds = np.cumsum(find_posterior(joint), axis=1)
        below = odds <= (uniform * odds[:, -1])[:, None]
        return np.asarray(np.minimum(below.sum(axis=1), self.n_latent - 1))

    def _share_of(self, column: int, among: Logs) -> Logs:
        """Return the share of some bins of a column in each latent class; (n_rows, n_latent)."""
        from scipy.sparse import csr_array  # noqa: PLC0415 - most samples have no condition

        start, end = self.discretization.column_starts[column : column + 2]
        # not dense: a row's sum would depend in its last bits on how many rows there are
        return np.asarray(csr_array(among) @ np.ascontiguousarray(self.shares[:, start:end].T))

    def _draw_bins(self, column: int, latent: Indices, uniform: Floats) -> Indices:
        """Return a bin of a column for each row, given its latent class; (n_rows,)."""
        start, end = self.discretization.column_starts[column : column + 2]
        found = np.searchsorted(self._ends[column], latent + uniform, "right")
        size = int(end - start)
        return np.asarray(start + (found - latent * size).clip(0, size - 1))

    def _draw_bins_among(
        self, column: int, latent: Indices, among: Logs, uniform: Floats
    ) -> Indices:
        """Return a bin of those that are 1, not 0, for each row; among (n_rows, n_bins)."""
        start, end = self.discretization.column_starts[column : column + 2]
        odds = np.cumsum(np.maximum(self.shares[latent, start:end], MIN_SHARE) * among, axis=1)
        below = odds <= (uniform * odds[:, -1])[:, None]
        last = among.shape[1] - 1 - np.argmax(among[:, ::-1], axis=1)  # of those that may be
        return np.asarray(start + np.minimum(below.sum(axis=1), last))

    @cached_property
    def _ends(self) -> list[Floats]:
        """Of each column, the ends of its bins' shares, each latent class 1 after the one before.

        Shape (n_latent * bins of the column,), rising.
        """
        found = []
        for start, end in zip(*self._column_ends, strict=True):
            ends = np.cumsum(self.shares[:, start:end], axis=1, dtype=np.float64)
            ends /= ends[:, -1:]
            found.append((ends + np.arange(self.n_latent)[:, None]).ravel())
        return found

    @property
    def _column_ends(self) -> tuple[Indices, Indices]:
        starts = self.discretization.column_starts
        return starts[:-1], starts[1:]

    @cached_property
    def _log_shares(self) -> Logs:
        """Logarithms of shares; (n_all, n_latent)."""
        return np.ascontiguousarray(np.log(np.maximum(self.shares, MIN_SHARE)).T)

    def log_joint(self, bins: Indices, known: Mask) -> Logs:
        """Return log p(latent class, known cells); (n_rows, n_columns) -> (n_rows, n_latent)."""
        indicators = indicate_bins(bins, known, self.discretization.n_all)
        logs = indicators @ self._log_shares
        return np.asarray(logs + np.log(np.maximum(self.weights, MIN_SHARE)).astype(np.float32))

    def log_likelihood(self, table: EncodedTable) -> float:
        """Return the mean over rows of log p(row): of codes, and densities of their scalars."""
        bins = self.discretization.to_bins(table)
        joint = self.log_joint(bins, np.ones(bins.shape, bool)).astype(np.float64)
        logs = np.logaddexp.reduce(joint, axis=1)
        return float((logs + self.discretization.log_densities()[bins].sum(axis=1)).mean())

    def to_state(self) -> dict[str, Any]:
        """Return it as arrays by name."""
        n_bins = self.discretization.n_bins.astype(np.uint8)
        return {"n_bins": n_bins, "weights": self.weights, "shares": self.shares}

    @classmethod
    def from_state(cls, layout: Layout, state: StateReader) -> Self:
        """Rebuild it from what `to_state` returned.

        Raises:
            ModelFileError: It is none of such a layout.
        """
        discretization = Discretization.from_state(layout, state)
        weights = state.floats("weights", (None,), 0, 1)
        state.check(1 <= len(weights) <= MAX_LATENT, "weights", "are of no such number of classes")
        shares = state.floats("shares", (len(weights), discretization.n_all), 0, 1)
        sums = np.add.reduceat(shares, discretization.column_starts[:-1], axis=1)
        state.check(_are_one(weights.sum()), "weights", "do not add up to 1")
        state.check(_are_one(sums), "shares", "do not add up to 1")
        return cls(discretization, weights, shares.astype(np.float32))


def indicate_bins(bins: Indices, known: Mask, n_all: int) -> "csr_array":
    """Return 1 where a row is in a bin by a known cell, 0 elsewhere; (n_rows, n_all)."""
    from scipy.sparse import csr_array  # noqa: PLC0415 - most samples have no condition

    starts = np.concatenate([[0], np.cumsum(known.sum(axis=1))])
    own_bins = bins[known]
    return csr_array((np.ones(len(own_bins), np.float32), own_bins, starts), (len(bins), n_all))


def find_posterior(log_joint: Logs) -> Logs:
    """Return p(latent class | known cells); (n_rows, n_latent) both."""
    odds = np.exp(log_joint - log_joint.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def _are_one(sums: Any) -> bool:
    return bool((np.abs(sums - 1) <= TOLERANCE).all())
