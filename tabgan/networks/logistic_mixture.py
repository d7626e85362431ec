"""The density of a number in its mode: a mixture of logistics, truncated at the mode's ends.

A number is represented by the logit of its quantile in the column. Quantiles are uniform, so a
column that depends on no other follows one standard logistic, and one that depends on others a few
narrow ones, whose centres and scales the network computes.

NOTE[DIFF] Salimans et al. 2017 (PixelCNN++, section 2.1) mix logistics over whole cells of pixels;
numbers here are dequantised beforehand, so densities do.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid, pad, softplus

N_COMPONENTS = 5
N_PARAMETERS = 3 * N_COMPONENTS  # of each column: log-weights, centres, log-scales
MAX_QUANTILE_LOGIT = 11.0  # closer to an end than any of 60,000 rows
SHARE_UNITS = 2**31  # in a share of 1, added up as whole numbers: finer than a uniform draw
MIN_MASS = 1e-30  # of a range, in scales of a component, where float64 computes it
MIN_LOG_SCALE, MAX_LOG_SCALE = -7.0, 2.0


def class_at(logits: Tensor, share: Tensor) -> Tensor:
    """Return the class that a uniform draw means; (..., n_classes) and (...) -> (...)."""
    shares = (logits - logits.amax(dim=-1, keepdim=True)).exp().cumsum(dim=-1)
    classes = torch.searchsorted(shares, share[..., None] * shares[..., -1:], right=True)
    return classes.clamp_(max=logits.shape[-1] - 1).squeeze(-1)


def classes_at(shares: Tensor, n_classes: Tensor, share: Tensor) -> Tensor:
    """Return each cell's class, for cells of different numbers of classes at once.

    Shares are added up as whole numbers: fractions would lose precision to all cells before them.

    Shape:
        - shares: (all classes of all cells,); those of a cell sum to 1
        - n_classes: (n_cells,)
        - share: (n_cells,); uniform draws from 0 to 1
        - out: (n_cells,), from 0 to n_classes - 1
    """
    sums = (shares * SHARE_UNITS).long().cumsum(0)
    ends = n_classes.cumsum(0)
    starts = ends - n_classes
    limits = pad(sums, (1, 0))
    below = limits.index_select(0, starts)
    drawn = below + (share * (limits.index_select(0, ends) - below)).long()
    positions = torch.searchsorted(sums, drawn, right=True)
    return positions.clamp(starts, ends - 1) - starts


@dataclass(frozen=True)
class TruncatedLogisticMixture:
    """Mixtures of logistics between two ends each.

    Shape:
        - log_weights, centres, log_scales: (..., N_COMPONENTS); weights sum to 1
        - low, high: (...); the ends
    """

    log_weights: Tensor
    centres: Tensor
    log_scales: Tensor
    low: Tensor
    high: Tensor

    @classmethod
    def from_parameters(cls, raw: Tensor, low: Tensor, high: Tensor) -> "TruncatedLogisticMixture":
        """Return the mixtures that a network's outputs stand for; shape (..., N_PARAMETERS)."""
        weights, centres, scales = raw.chunk(3, dim=-1)
        start = torch.linspace(-2, 2, N_COMPONENTS, device=raw.device)
        return cls(
            torch.log_softmax(weights, dim=-1),
            centres + start,
            scales.clamp(MIN_LOG_SCALE, MAX_LOG_SCALE),
            low,
            high,
        )

    def log_density(self, values: Tensor) -> Tensor:
        """Return log p(values | between low and high); shape (...)."""
        z = (values[..., None] - self.centres) * (-self.log_scales).exp()
        inside = -z - 2 * softplus(-z) - self.log_scales
        whole = (self.log_weights + self._log_shares(self.low, self.high)).logsumexp(-1)
        return (self.log_weights + inside).logsumexp(-1) - whole

    def log_mass(self, first: Tensor, last: Tensor) -> Tensor:
        """Return log P(first < value < last | between low and high), -inf of none; (...)."""
        part = self._log_shares(first, last, MIN_MASS)
        whole = (self.log_weights + self._log_shares(self.low, self.high, MIN_MASS)).logsumexp(-1)
        mass = (self.log_weights + part).logsumexp(-1) - whole
        return torch.where(last > first, mass, -torch.inf)

    def draw(self, random: torch.Generator) -> Tensor:
        """Return draws, with gradients to the centre and scale of their component; shape (...)."""
        shape, device = self.centres.shape[:-1], self.centres.device
        first, second = (torch.rand(shape, generator=random, device=device) for _ in range(2))
        return self.at(first, second)

    def at(self, component: Tensor, share: Tensor) -> Tensor:
        """Return the values that two uniform draws mean; shape (...) each.

        Drawn by inversion: a uniform draw between the ends' probabilities goes through the quantile
        function of the standard logistic, mirrored to the side on which it is exact.
        """
        with torch.no_grad():
            shares = self._log_shares(self.low, self.high)
            chosen = class_at(self.log_weights + shares, component)[..., None]
        centre = self.centres.gather(-1, chosen).squeeze(-1)
        scale = self.log_scales.gather(-1, chosen).squeeze(-1).exp()
        with torch.no_grad():
            first, last = (self.low - centre) / scale, (self.high - centre) / scale
            flip = torch.where(first + last > 0, -1.0, 1.0)
            first, last = (
                torch.minimum(first * flip, last * flip),
                torch.maximum(first * flip, last * flip),
            )
            start, end = first.clamp(-60, 60).sigmoid(), last.clamp(-60, 60).sigmoid()
            noise = flip * (start + (end - start) * share).logit(1e-30)
        values = centre + scale * noise
        return torch.maximum(torch.minimum(values, self.high), self.low)

    def _log_shares(self, low: Tensor, high: Tensor, least: float = 1e-6) -> Tensor:
        """Return the log of each component's mass between two ends; shape (..., N_COMPONENTS).

        s(b) - s(a) = s(b) s(-a) (1 - exp(a - b)), with s the logistic function.
        """
        inverse_scale = (-self.log_scales).exp()
        first = (low[..., None] - self.centres) * inverse_scale
        last = (high[..., None] - self.centres) * inverse_scale
        inner = torch.log(-torch.expm1(-(last - first).clamp(min=least)))
        return logsigmoid(last) + logsigmoid(-first) + inner
