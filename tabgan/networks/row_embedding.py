"""Rows as features of both networks: class indicators, and encoded quantiles of numbers."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from tabgan.encoding.layout import Layout
from tabgan.networks.logistic_mixture import MAX_QUANTILE_LOGIT

N_BINS = 16  # of a number's quantile, a feature each (Gorishniy et al. 2022, section 3.2)
N_NUMBER_FEATURES = N_BINS + 1  # ... and the logit of the quantile, which grows along the tails
N_KNOTS = N_BINS + 1  # ends of the bins
LOGIT_UNIT = 4.0  # that logits are divided by, so that features are of one magnitude


@dataclass(frozen=True)
class Rows:
    """Rows as the generator passes them to the critic, differentiable.

    Shape:
        - indicators: (n_rows, width), one 1 in each column's block
        - scalars: (n_rows, n_columns), from -1 to 1
    """

    indicators: Tensor
    scalars: Tensor


class PiecewiseLinearEncoding(nn.Module):
    """Rows -> features: class indicators, and each number's quantile encoded in N_BINS pieces.

    Piece i of a quantile q is min(1, max(0, q * N_BINS - i)) (Gorishniy et al. 2022, eq. 1); its
    logit is added.

    Shape:
        - in: `Rows` of n_rows
        - out: (n_rows, size)
    """

    spans: Tensor
    offsets: Tensor
    ordered: Tensor
    steps: Tensor
    column_of_class: Tensor
    column_of_feature: Tensor
    first_knot: Tensor

    def __init__(self, layout: Layout) -> None:
        super().__init__()
        self.layout = layout
        self.size = layout.width + N_NUMBER_FEATURES * len(layout.ordered)
        spans = torch.from_numpy(layout.spans).float()
        self.register_buffer("spans", spans, persistent=False)
        self.register_buffer("offsets", torch.tensor(layout.offsets), persistent=False)
        self.register_buffer("ordered", torch.tensor(layout.ordered).long(), persistent=False)
        self.register_buffer("steps", torch.arange(N_BINS).float(), persistent=False)
        columns = torch.repeat_interleave(
            torch.arange(len(layout.n_classes)), torch.tensor(layout.n_classes)
        )
        self.register_buffer("column_of_class", columns, persistent=False)
        parts = torch.cat([columns, self.ordered.repeat_interleave(N_NUMBER_FEATURES)])
        self.register_buffer("column_of_feature", parts, persistent=False)
        first_knot = torch.zeros(len(layout.n_classes)).long()
        first_knot[self.ordered] = torch.arange(len(layout.ordered)) * (N_KNOTS + 1)
        self.register_buffer("first_knot", layout.width + first_knot, persistent=False)

    def indicate(self, codes: Tensor) -> Tensor:
        """Return class indicators of codes; (n_rows, n_columns) -> (n_rows, width)."""
        zeros = torch.zeros(len(codes), self.layout.width, device=codes.device)
        return zeros.scatter_(1, codes + self.offsets, 1.0)

    def sum_blocks(self, values: Tensor) -> Tensor:
        """Return sums over each column's classes; (n_rows, width) -> (n_rows, n_columns).

        A matrix product is the same, and takes hours in tables of a thousand columns.
        """
        sums = values.new_zeros(len(values), len(self.layout.n_classes))
        return sums.index_add(1, self.column_of_class, values)

    def hide(self, features: Tensor, shown: Tensor) -> Tensor:
        """Return features with zeros for the cells that are not shown.

        Shape:
            - features: (n_rows, size)
            - shown: (n_rows, n_columns), 1 or 0
        """
        return features * shown.index_select(1, self.column_of_feature)

    def forward(self, rows: Rows) -> Tensor:
        """Return features of differentiable rows; (n_rows, size)."""
        if not self.layout.ordered:
            return rows.indicators
        quantiles = to_quantile(self.spans, rows.scalars.index_select(1, self.column_of_class))
        quantile = self.sum_blocks(rows.indicators * quantiles).index_select(1, self.ordered)
        return torch.cat([rows.indicators, self._encode(quantile).flatten(1)], dim=1)

    def encode_cells(self, codes: Tensor, scalars: Tensor) -> Tensor:
        """Return features of encoded rows; (n_rows, n_columns) each -> (n_rows, size)."""
        indicators = self.indicate(codes)
        if not self.layout.ordered:
            return indicators
        classes = (codes + self.offsets).index_select(1, self.ordered)
        quantile = to_quantile(self.spans[classes], scalars.index_select(1, self.ordered))
        return torch.cat([indicators, self._encode(quantile).flatten(1)], dim=1)

    def _encode(self, quantile: Tensor) -> Tensor:
        """Return features of quantiles; (...) -> (..., N_NUMBER_FEATURES)."""
        pieces = (quantile[..., None] * N_BINS - self.steps).clamp(0, 1)
        return torch.cat([pieces, _to_feature(quantile)[..., None]], dim=-1)

    def tabulate(self, weights: Tensor) -> Tensor:
        """Return a linear layer of features as a table of which a cell takes a few entries.

        `look_up` says which. A number's output is linear between N_KNOTS knots, whose outputs are
        entries.

        Shape:
            - weights: (size, n_outputs)
            - out: (width + (N_KNOTS + 1) * ordered columns, n_outputs)
        """
        classes, pieces = weights[: self.layout.width], weights[self.layout.width :]
        pieces = pieces.reshape(len(self.layout.ordered), N_NUMBER_FEATURES, weights.shape[1])
        knots = pad(pieces[:, :N_BINS].cumsum(1), (0, 0, 1, 0))
        return torch.cat([classes, torch.cat([knots, pieces[:, N_BINS:]], dim=1).flatten(0, 1)])

    def look_up(self, columns: Tensor, codes: Tensor, scalars: Tensor) -> tuple[Tensor, Tensor]:
        """Return the entries of `tabulate`'s table that cells consist of, and their weights.

        Shape:
            - columns, codes, scalars: (n_cells,)
            - out: twice (n_cells, 1), or 4 if any column is ordered
        """
        classes = codes + self.offsets[columns]
        if not self.layout.ordered:
            return classes[:, None], torch.ones_like(scalars)[:, None]
        quantile = to_quantile(
            self.spans[classes], scalars
        )  # 0 or less without a number: the knot of zeros
        left = (quantile * N_BINS).floor().clamp(0, N_BINS - 1)
        share = (quantile * N_BINS - left).clamp(0, 1)
        knot = self.first_knot[columns] + left.long()
        last = self.first_knot[columns] + N_KNOTS
        entries = torch.stack([classes, knot, knot + 1, last], dim=1)
        weights = torch.stack(
            [torch.ones_like(quantile), 1 - share, share, _to_feature(quantile)], dim=1
        )
        return entries, weights


def to_quantile(spans: Tensor, scalars: Tensor) -> Tensor:
    """Return numbers' quantiles by the spans of their classes; (..., 2) and (...) -> (...)."""
    low, high = spans.unbind(-1)
    return low + (high - low) * (scalars + 1) / 2


def _to_feature(quantile: Tensor) -> Tensor:
    return to_logit(quantile) * (quantile > 0) / LOGIT_UNIT  # 0 for gaps


def to_logit(quantile: Tensor) -> Tensor:
    """Return the logits of quantiles, clipped to +-MAX_QUANTILE_LOGIT."""
    return quantile.clamp(1e-9, 1 - 6e-8).logit().clamp(-MAX_QUANTILE_LOGIT, MAX_QUANTILE_LOGIT)
