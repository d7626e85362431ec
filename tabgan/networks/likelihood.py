"""The probability that a trained generator gives to cells, given others.

An order of cells makes a density of whole rows, the product of each cell's given those before; it
sums to one, whatever is told of the cells before, as long as it follows from them. The latent
vector is zero, its mean: held-out rows are likelier so than under vectors that are drawn, and one
does for several. Scalars are as the network has them, before they are calibrated: likelier again.

Every cell has a prior with the weight of one row among those that were learned, so that nothing is
impossible: what none of them showed is about as likely as one row more.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from tabgan.encoding.outcomes import Outcomes
from tabgan.networks.generator import MAX_LOGIT, Generator
from tabgan.networks.logistic_mixture import (
    MAX_QUANTILE_LOGIT,
    N_PARAMETERS,
    TruncatedLogisticMixture,
)
from tabgan.schema.arrays import Mask

MIN_SPAN = 1e-9  # of a mode on its column's scale


@dataclass(frozen=True)
class PartRows:
    """Cells of one part of a batch of rows, on the device; as `Outcomes`, float64.

    Attributes:
        is_judged: Cells that do not count are neither judged nor told; (n_rows,).
    """

    codes: Tensor
    low: Tensor
    high: Tensor
    log_factors: Tensor
    log_prior: Tensor
    log_prior_tail: Tensor
    below: Tensor
    up_to: Tensor
    told_codes: Tensor
    told_scalars: Tensor
    is_told: Tensor
    is_judged: Tensor

    @classmethod
    def from_outcomes(cls, outcomes: Outcomes, is_judged: Mask, device: torch.device) -> Self:
        """Return cells and which of them are judged, (n_rows,), as tensors."""

        def move(array: npt.NDArray[Any]) -> Tensor:
            return torch.from_numpy(np.ascontiguousarray(array)).to(device)

        return cls(
            move(outcomes.codes),
            move(outcomes.low),
            move(outcomes.high),
            move(outcomes.log_factors),
            move(outcomes.log_prior),
            move(outcomes.log_prior_tail),
            move(outcomes.below),
            move(outcomes.up_to),
            move(outcomes.told.codes).long(),
            move(outcomes.told.scalars),
            move(outcomes.is_told & is_judged),
            move(is_judged),
        )


class CellLikelihood:
    """Log-probabilities of cells under a generator.

    Args:
        generator: Trained, calibrated.
        n_rows: That were learned: the weight of what the generator says, over that of the prior.
    """

    def __init__(self, generator: Generator, n_rows: int) -> None:
        self.generator, self.layout = generator, generator.layout
        _, self._cell_weights = generator.input_weights()
        n_parts = len(self.layout.n_classes)
        self._outputs = [generator.output_weights(part) for part in range(n_parts)]
        self._log_weights = np.log(n_rows / (n_rows + 1)), -np.log(n_rows + 1)

    def begin(self, n_rows: int) -> Tensor:
        """Return the first layer's output of rows of which nothing is known; (n_rows, hidden)."""
        return self.generator.mlp.first.bias.repeat(n_rows, 1)

    def hidden_states(self, inputs: Tensor) -> Tensor:
        """Return the last layer's input for the first one's output; (n_rows, hidden_dim) both."""
        return self.generator.mlp.hidden_states(inputs.clone())

    def tell(self, part: int, rows: PartRows) -> Tensor:
        """Return what knowing a part adds to the first layer's output; (n_rows, hidden_dim)."""
        features = self.generator.features
        columns = torch.full_like(rows.told_codes, part)
        entries, weights = features.look_up(columns, rows.told_codes, rows.told_scalars)
        weights = weights * rows.is_told[:, None]
        return torch.einsum("nk,nkh->nh", weights, self._cell_weights[entries])

    def log_probability(self, part: int, rows: PartRows, hidden: Tensor) -> Tensor:
        """Return log-probabilities of a part's cells, 0 of those not judged; (n_rows,), float64.

        Args:
            part: Its number.
            rows: Its cells.
            hidden: The last layer's input, from what else is known; (n_rows, hidden_dim).
        """
        logs = self._log_events(part, rows, self._compute_outputs(part, hidden))
        of_model, of_prior = self._log_weights
        both = torch.logaddexp(logs.logsumexp(1) + of_model, rows.log_prior + of_prior)
        return torch.where(rows.is_judged, both, 0.0)

    def log_tail(self, part: int, rows: PartRows, hidden: Tensor) -> Tensor:
        """Return log-probabilities of cells at least as odd, 0 of those not judged; (n_rows,).

        Of a number it is the less probable of two: one no larger, and one no smaller. Of a category
        it is all that is no more probable. So neither units count nor whether a number repeats.
        Arguments are as of `log_probability`.
        """
        outputs = self._compute_outputs(part, hidden)
        own = self._log_events(part, rows, outputs).logsumexp(1).exp()
        classes = outputs[:, : self.layout.n_classes[part]].exp()
        if rows.below.shape[1]:
            is_number = ~rows.below.isnan().all(1)
            tails = torch.where(is_number, self._find_ends(part, rows, classes, outputs), own)
        else:
            code = rows.codes.clamp(min=0)
            others = classes.scatter(1, code, 0.0)
            tails = own + (others * (others <= classes.gather(1, code))).sum(1) * (own > 0)
        of_model, of_prior = self._log_weights
        both = torch.logaddexp(tails.log() + of_model, rows.log_prior_tail + of_prior)
        return torch.where(rows.is_judged, both.clamp(max=0.0), 0.0)

    def _compute_outputs(self, part: int, hidden: Tensor) -> Tensor:
        """Return log-probabilities of a part's classes, then parameters of densities; float64."""
        weights, bias = self._outputs[part]
        outputs = torch.addmm(bias, hidden, weights).double()
        n_classes = self.layout.n_classes[part]
        outputs[:, :n_classes] = outputs[:, :n_classes].clamp(-MAX_LOGIT, MAX_LOGIT).log_softmax(1)
        return outputs

    def _log_events(self, part: int, rows: PartRows, outputs: Tensor) -> Tensor:
        """Return log-probabilities, densities of points, of cells' events; (n_rows, n_events)."""
        n_classes = self.layout.n_classes[part]
        logs = outputs[:, :n_classes].gather(1, rows.codes.clamp(min=0)) + rows.log_factors
        if outputs.shape[1] > n_classes:
            is_mode = (rows.codes >= 0) & (rows.codes < self.layout.n_modes[part])
            inside = self._log_inside(part, rows, outputs[:, n_classes:])
            logs = logs + torch.where(is_mode, inside, 0.0)
        return torch.where(rows.codes >= 0, logs, -torch.inf)

    def _find_ends(self, part: int, rows: PartRows, classes: Tensor, outputs: Tensor) -> Tensor:
        """Return the less probable of what is no larger and what is no smaller; (n_rows,)."""
        n_modes, n_classes = self.layout.n_modes[part], self.layout.n_classes[part]
        shares = [(reach + 1) / 2 for reach in (rows.below, rows.up_to)]
        if n_modes:
            modes = torch.arange(n_modes, device=outputs.device).expand(len(outputs), n_modes)
            interval = self._find_interval(part, modes)
            mixture = interval.mix(outputs[:, n_classes:])
            for own, reach in zip(shares, (rows.below, rows.up_to), strict=True):
                ends = interval.at(torch.full_like(modes, -1.0)), interval.at(reach[:, :n_modes])
                mass = mixture.log_mass(*ends).exp()
                own[:, :n_modes] = mass.where(~reach[:, :n_modes].isnan(), torch.nan)
        below, up_to = ((classes * own).nansum(1) for own in shares)
        total = (classes * ~shares[0].isnan()).sum(1)
        return torch.minimum(up_to, total - below).clamp(min=0.0)  # rounding aside

    def _log_inside(self, part: int, rows: PartRows, parameters: Tensor) -> Tensor:
        """Return log-probabilities of ranges within modes, densities of points; (n_rows, n_events).

        `parameters` are (n_rows, N_PARAMETERS).
        """
        modes = rows.codes.clamp(0, self.layout.n_modes[part] - 1)
        interval = self._find_interval(part, modes)
        mixture = interval.mix(parameters)
        point = interval.at(rows.low)
        clamped = point.sigmoid()
        density = mixture.log_density(point) + (interval.width / 2).log()
        density = density - clamped.log() - (1 - clamped).log()
        range_ = mixture.log_mass(point, interval.at(rows.high))
        return torch.where(rows.high > rows.low, range_, density)

    def _find_interval(self, part: int, modes: Tensor) -> "_ModeIntervals":
        spans = self.generator.spans.double()[self.layout.offsets[part] + modes]
        first, last = spans.unbind(-1)
        return _ModeIntervals(first, last, (last - first).clamp(min=MIN_SPAN))


@dataclass(frozen=True)
class _ModeIntervals:
    """Modes of cells on the scale of their column, where densities are; (n_rows, n_modes) each."""

    first: Tensor
    last: Tensor
    width: Tensor

    def at(self, scalars: Tensor) -> Tensor:
        """Return the logits of the quantiles that scalars mean; as they are."""
        return _to_logit(self.first + self.width * (scalars + 1) / 2)

    def mix(self, parameters: Tensor) -> TruncatedLogisticMixture:
        """Return the densities in all modes that have one; (n_rows, N_PARAMETERS)."""
        return TruncatedLogisticMixture.from_parameters(
            parameters[:, None].expand(*self.first.shape, N_PARAMETERS),
            _to_logit(self.first),
            _to_logit(self.last),
        )


def _to_logit(quantile: Tensor) -> Tensor:
    return quantile.logit(1e-9).clamp(-MAX_QUANTILE_LOGIT, MAX_QUANTILE_LOGIT)
