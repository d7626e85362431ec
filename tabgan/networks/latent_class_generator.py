"""A generator that draws whole rows in one pass: a latent class, then every column given it.

This is latent class analysis (Lazarsfeld and Henry 1968): within a class columns are independent,
or, where that makes held-out rows likelier, numbers are jointly Gaussian (`latent_gaussians`) and
the others independent. What is known of a row says by Bayes' theorem which class it is of, and
within it what its other numbers are. It is the textbook's generator, of a class and continuous
noise; `tabgan.fitting.latent_classes` fits it by expectation-maximization.

NOTE[DIFF] The critic plays no part in it: what products cannot tell is left to the refiner.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from tabgan.encoding.encoded_table import EncodedTable
from tabgan.encoding.layout import Layout
from tabgan.networks.condition import Condition
from tabgan.networks.discretization import Discretization
from tabgan.networks.latent_bins import MIN_SHARE, LatentBins, Logs, draw_by_odds
from tabgan.networks.latent_gaussians import LatentGaussians
from tabgan.networks.noise import CLASS, COMPONENT, PLACE, RowNoise
from tabgan.networks.restriction import Restriction
from tabgan.networks.scored_rows import ScoredRows
from tabgan.schema.arrays import Floats, Indices, Mask
from tabgan.state_reader import StateReader

MAX_LATENT = 4_096  # classes that a file may hold
TOLERANCE = 1e-3  # of sums that are 1


@dataclass(frozen=True)
class PlacedRows:
    """Rows as a generator of latent classes sees them.

    Shape:
        - bins: (n_rows, n_columns)
        - scores: (n_rows, n_scored), of columns that are Gaussian within a class
    """

    bins: Indices
    scores: Floats

    def take(self, rows: slice) -> "PlacedRows":
        """Return some of the rows."""
        return PlacedRows(self.bins[rows], self.scores[rows])


@dataclass(frozen=True)
class LatentClassGenerator:
    """A mixture of products over the bins of each column, or over bins and Gaussians.

    Attributes:
        discretization: The bins.
        weights: Of each latent class, 1 together; (n_latent,).
        shares: Of each bin in a latent class, 1 together in every column; (n_latent, n_all).
        gaussians: Of columns that are Gaussian within a class; None where all have bins.

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
    gaussians: LatentGaussians | None = None

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

    @property
    def n_gaussian(self) -> int:
        """How many columns are jointly Gaussian within a class."""
        return 0 if self.gaussians is None else len(self.gaussians.scores.columns)

    def decode(self, condition: Condition, random: torch.Generator) -> EncodedTable:
        """Return rows with a condition's known cells and the others drawn; (n_rows, n_columns)."""
        rng = np.random.default_rng(int(torch.randint(2**62, (1,), generator=random)))
        known, uniform = condition.known.numpy(), rng.random(len(condition.codes))
        given, positions = _read_cells(condition), rng.random(known.shape, np.float32)
        rows = self.place(given, positions)
        if known.any():
            latent = draw_by_odds(find_posterior(self.log_joint(rows, known)), uniform)
        else:
            ends = np.cumsum(self.weights)
            latent = np.searchsorted(ends, uniform * ends[-1], "right").clip(0, self.n_latent - 1)
        order = np.argsort(latent, kind="stable")  # what a class is drawn by stays in cache
        for column in np.flatnonzero(~known.all(axis=0) & self.has_bins).tolist():
            uniform = rng.random(len(latent))
            rows.bins[order, column] = self._bins.draw(column, latent[order], uniform)
        drawn = self.discretization.to_table(rows.bins, positions)
        if self.gaussians is not None:
            own_known = known[:, self.gaussians.scores.columns]
            noise = rng.standard_normal(own_known.shape)
            scores = self.gaussians.draw(latent, rows.scores, own_known, noise)
            drawn = self.gaussians.scores.to_cells(scores, drawn)
        return _keep_known(given, known, drawn)

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
        restrictions = [Restriction.of(n, one.cpu().numpy(), known) for n, one in allowed.items()]
        of_bins = {each.column: each for each in restrictions if self.has_bins[each.column]}
        given, positions = _read_cells(condition), uniforms[..., PLACE]
        rows, scored = self.place(given, positions), None
        joint = self.log_joint(rows, known, by_row=True)
        for each in of_bins.values():
            joint[each.rows] += self._bins.log_allowed(each)
        if self.gaussians is not None:
            of_scores = [each for each in restrictions if not self.has_bins[each.column]]
            own_known = known[:, self.gaussians.scores.columns]
            scored = ScoredRows(self.gaussians, rows.scores, own_known, of_scores)
            joint = joint + scored.log_allowed()
        latent = draw_by_odds(find_posterior(joint), uniforms[:, 0, COMPONENT])
        for column in np.flatnonzero(~known.all(axis=0) & self.has_bins).tolist():
            uniform = uniforms[:, column, CLASS]
            rows.bins[:, column] = self._bins.draw(column, latent, uniform)
            if column in of_bins:
                own = of_bins[column].rows
                among = self._bins.draw_allowed(of_bins[column], latent[own], uniform[own])
                rows.bins[own, column] = among
        drawn = self.discretization.to_table(rows.bins, positions)
        if scored is not None:
            drawn = scored.complete(latent, uniforms[..., CLASS], drawn)
        return _keep_known(given, known, drawn)

    def place(self, table: EncodedTable, positions: Logs) -> PlacedRows:
        """Return rows as their bins and normal scores, spikes where positions say (0 to 1)."""
        scores = np.zeros((len(table), 0))
        if self.gaussians is not None:
            scores = self.gaussians.scores.to_scores(table, positions)
        return PlacedRows(self.discretization.to_bins(table), scores)

    @cached_property
    def has_bins(self) -> Mask:
        """Which columns are drawn by the shares of their bins; (n_columns,)."""
        has_bins = np.ones(len(self.layout.n_classes), bool)
        if self.gaussians is not None:
            has_bins[self.gaussians.scores.columns] = False
        return has_bins

    @cached_property
    def _bins(self) -> LatentBins:
        return LatentBins(self.discretization, self.shares)

    def log_joint(self, rows: PlacedRows, known: Mask, *, by_row: bool = False) -> Logs | Floats:
        """Return log p(latent class, known cells); (n_rows, n_columns) -> (n_rows, n_latent).

        With `by_row` those of a row are the same to the last bit whatever other rows there are.
        """
        logs = self._bins.log_shares(rows.bins, known & self.has_bins)
        logs = logs + np.log(np.maximum(self.weights, MIN_SHARE)).astype(np.float32)
        if self.gaussians is None:
            return np.asarray(logs)
        own_known = known[:, self.gaussians.scores.columns]
        return np.asarray(logs + self.gaussians.log_ratios(rows.scores, own_known, by_row=by_row))

    def log_likelihood(self, table: EncodedTable) -> float:
        """Return the mean over rows of log p(row): of codes, and densities of their scalars."""
        positions = np.random.default_rng(0).random(table.codes.shape, np.float32)
        rows = self.place(table, positions)
        joint = self.log_joint(rows, np.ones(rows.bins.shape, bool)).astype(np.float64)
        densities = self.discretization.log_densities()[rows.bins]
        logs = np.logaddexp.reduce(joint, axis=1) + densities[:, self.has_bins].sum(axis=1)
        if self.gaussians is not None:
            logs += self.gaussians.scores.log_slopes(table)
        return float(logs.mean())

    def to_state(self) -> dict[str, Any]:
        """Return it as arrays by name."""
        n_bins = self.discretization.n_bins.astype(np.uint8)
        state = {"n_bins": n_bins, "weights": self.weights, "shares": self.shares}
        return state | {"gaussians": self.gaussians and self.gaussians.to_state()}

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
        gaussians = None
        if state.has("gaussians"):
            gaussians = LatentGaussians.from_state(layout, len(weights), state.state("gaussians"))
        return cls(discretization, weights, shares.astype(np.float32), gaussians)


def _read_cells(condition: Condition) -> EncodedTable:
    """Return the known cells of a condition, and zeros elsewhere."""
    codes = (condition.codes * condition.known).numpy().astype(np.int32)
    return EncodedTable(codes, (condition.scalars * condition.known).numpy())


def _keep_known(given: EncodedTable, known: Mask, drawn: EncodedTable) -> EncodedTable:
    """Return given rows with the cells drawn that are not known."""
    return EncodedTable(
        np.where(known, given.codes, drawn.codes), np.where(known, given.scalars, drawn.scalars)
    )


def find_posterior(log_joint: Logs | Floats) -> Logs:
    """Return p(latent class | known cells); (n_rows, n_latent) both."""
    odds = np.exp((log_joint - log_joint.max(axis=1, keepdims=True)).astype(np.float32))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def _are_one(sums: Any) -> bool:
    return bool((np.abs(sums - 1) <= TOLERANCE).all())
