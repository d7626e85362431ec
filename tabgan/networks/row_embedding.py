"""Rows as features: class indicators, and the quantile of each number in its column."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from tabgan.encoding.layout import Layout
from tabgan.networks.logistic_mixture import MAX_QUANTILE_LOGIT

N_BINS = 16  # piecewise-linear features of a number (Gorishniy et al. 2022, section 3.2)
N_NUMBER_FEATURES = N_BINS + 1  # ... and the logit of its quantile, a line through heavy tails
N_KNOTS = N_BINS + 1  # ends of the bins
LOGIT_UNIT = 4.0  # logits are divided by it, so that no feature is far from the others


@dataclass(frozen=True)
class Rows:
    """Rows as generator and critic exchange them, open to gradients.

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
        """Turn codes (n_rows, n_columns) into indicators (n_rows, width)."""
        zeros = torch.zeros(len(codes), self.layout.width, device=codes.device)
        return zeros.scatter_(1, codes + self.offsets, 1.0)

    def sum_blocks(self, values: Tensor) -> Tensor:
        """Add up each column's classes; (n_rows, width) -> (n_rows, n_columns).

        A matrix product would say the same, and take hours in tables of a thousand columns.
        """
        sums = values.new_zeros(len(values), len(self.layout.n_classes))
        return sums.index_add(1, self.column_of_class, values)

    def hide(self, features: Tensor, shown: Tensor) -> Tensor:
        """Keep features of cells that are shown (1), and no others (0).

        Shape:
            - features: (n_rows, size)
            - shown: (n_rows, n_columns)
        """
        return features * shown.index_select(1, self.column_of_feature)

    def forward(self, rows: Rows) -> Tensor:
        """Compute the features of rows that are open to gradients."""
        if not self.layout.ordered:
            return rows.indicators
        quantiles = to_quantile(self.spans, rows.scalars.index_select(1, self.column_of_class))
        quantile = self.sum_blocks(rows.indicators * quantiles).index_select(1, self.ordered)
        return torch.cat([rows.indicators, self._encode(quantile).flatten(1)], dim=1)

    def of_cells(self, codes: Tensor, scalars: Tensor) -> Tensor:
        """Compute the features of rows as they stand in a table; (n_rows, n_columns) each."""
        indicators = self.indicate(codes)
        if not self.layout.ordered:
            return indicators
        classes = (codes + self.offsets).index_select(1, self.ordered)
        quantile = to_quantile(self.spans[classes], scalars.index_select(1, self.ordered))
        return torch.cat([indicators, self._encode(quantile).flatten(1)], dim=1)

    def _encode(self, quantile: Tensor) -> Tensor:
        """Encode quantiles (...) as features (..., N_NUMBER_FEATURES)."""
        pieces = (quantile[..., None] * N_BINS - self.steps).clamp(0, 1)
        return torch.cat([pieces, _to_feature(quantile)[..., None]], dim=-1)

    def tabulate(self, weights: Tensor) -> Tensor:
        """Lay out a linear layer of the features so that a cell is a few of its rows (`look_up`).

        What the layer makes of a number's pieces lies on straight lines between N_KNOTS points.

        Shape:
            - weights: (size, n_outputs)
            - out: (width + (N_KNOTS + 1) * ordered columns, n_outputs)
        """
        classes, pieces = weights[: self.layout.width], weights[self.layout.width :]
        pieces = pieces.reshape(len(self.layout.ordered), N_NUMBER_FEATURES, weights.shape[1])
        knots = pad(pieces[:, :N_BINS].cumsum(1), (0, 0, 1, 0))
        return torch.cat([classes, torch.cat([knots, pieces[:, N_BINS:]], dim=1).flatten(0, 1)])

    def look_up(self, columns: Tensor, codes: Tensor, scalars: Tensor) -> tuple[Tensor, Tensor]:
        """Return what cells are in `tabulate`'s table: entries and their weights.

        Shape:
            - columns, codes, scalars: (n_cells,)
            - out: twice (n_cells, 1), or 4 if any column is ordered
        """
        classes = codes + self.offsets[columns]
        if not self.layout.ordered:
            return classes[:, None], torch.ones_like(scalars)[:, None]
        quantile = to_quantile(self.spans[classes], scalars)  # none, 0 or less: the knot of zeros
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
    return to_logit(quantile) * (quantile > 0) / LOGIT_UNIT  # gaps have none


def to_logit(quantile: Tensor) -> Tensor:
    """Return the logits of quantiles; none is beyond MAX_QUANTILE_LOGIT."""
    return quantile.clamp(1e-9, 1 - 6e-8).logit().clamp(-MAX_QUANTILE_LOGIT, MAX_QUANTILE_LOGIT)
