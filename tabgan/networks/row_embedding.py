"""Rows as features: class indicators, and where each number lies on its column's scale."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from tabgan.encoding.layout import Layout
from tabgan.networks.logistic_mixture import FARTHEST

BINS = 16  # piecewise-linear features of a number (Gorishniy et al. 2022, section 3.2)
PIECES = BINS + 1  # ... and the logit of its place, a straight line through heavy tails
CORNERS = BINS + 1  # ends of the pieces
LOGIT_UNIT = 4.0  # logits are divided by it, so that no feature is far from the others


@dataclass(frozen=True)
class Rows:
    """Rows as the players exchange them, open to gradients.

    Shape:
        - indicators: (n_rows, width), one 1 in each column's block
        - scalars: (n_rows, n_columns), from -1 to 1
    """

    indicators: Tensor
    scalars: Tensor


class RowFeatures(nn.Module):
    """Rows -> features: indicators, and each number's place on its column's scale in BINS pieces.

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
    first_corner: Tensor

    def __init__(self, layout: Layout) -> None:
        super().__init__()
        self.layout = layout
        self.size = layout.width + PIECES * len(layout.ordered)
        spans = torch.from_numpy(layout.spans).float()
        self.register_buffer("spans", spans, persistent=False)
        self.register_buffer("offsets", torch.tensor(layout.offsets), persistent=False)
        self.register_buffer("ordered", torch.tensor(layout.ordered).long(), persistent=False)
        self.register_buffer("steps", torch.arange(BINS).float(), persistent=False)
        blocks = torch.repeat_interleave(
            torch.arange(len(layout.n_classes)), torch.tensor(layout.n_classes)
        )
        self.register_buffer("column_of_class", blocks, persistent=False)
        parts = torch.cat([blocks, self.ordered.repeat_interleave(PIECES)])
        self.register_buffer("column_of_feature", parts, persistent=False)
        first_corner = torch.zeros(len(layout.n_classes)).long()
        first_corner[self.ordered] = torch.arange(len(layout.ordered)) * (CORNERS + 1)
        self.register_buffer("first_corner", layout.width + first_corner, persistent=False)

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
        places = find_place(self.spans, rows.scalars.index_select(1, self.column_of_class))
        place = self.sum_blocks(rows.indicators * places).index_select(1, self.ordered)
        return torch.cat([rows.indicators, self._cut(place).flatten(1)], dim=1)

    def of_cells(self, codes: Tensor, scalars: Tensor) -> Tensor:
        """Compute the features of rows as they stand in a table; (n_rows, n_columns) each."""
        indicators = self.indicate(codes)
        if not self.layout.ordered:
            return indicators
        classes = (codes + self.offsets).index_select(1, self.ordered)
        place = find_place(self.spans[classes], scalars.index_select(1, self.ordered))
        return torch.cat([indicators, self._cut(place).flatten(1)], dim=1)

    def _cut(self, place: Tensor) -> Tensor:
        """Cut places (...) into their pieces (..., PIECES)."""
        pieces = (place[..., None] * BINS - self.steps).clamp(0, 1)
        return torch.cat([pieces, _to_feature(place)[..., None]], dim=-1)

    def tabulate(self, weights: Tensor) -> Tensor:
        """Lay out a linear layer of the features so that a cell is a few of its rows (`look_up`).

        What the layer makes of a number's pieces lies on straight lines between CORNERS points.

        Shape:
            - weights: (size, n_outputs)
            - out: (width + (CORNERS + 1) * ordered columns, n_outputs)
        """
        classes, pieces = weights[: self.layout.width], weights[self.layout.width :]
        pieces = pieces.reshape(len(self.layout.ordered), PIECES, weights.shape[1])
        corners = pad(pieces[:, :BINS].cumsum(1), (0, 0, 1, 0))
        return torch.cat([classes, torch.cat([corners, pieces[:, BINS:]], dim=1).flatten(0, 1)])

    def look_up(self, columns: Tensor, codes: Tensor, scalars: Tensor) -> tuple[Tensor, Tensor]:
        """Give what cells are in `tabulate`'s table: entries and their weights.

        Shape:
            - columns, codes, scalars: (n_cells,)
            - out: twice (n_cells, 1), or 4 if any column is ordered
        """
        classes = codes + self.offsets[columns]
        if not self.layout.ordered:
            return classes[:, None], torch.ones_like(scalars)[:, None]
        place = find_place(self.spans[classes], scalars)  # none, 0 or less: the corner of zeros
        left = (place * BINS).floor().clamp(0, BINS - 1)
        share = (place * BINS - left).clamp(0, 1)
        corner = self.first_corner[columns] + left.long()
        last = self.first_corner[columns] + CORNERS
        entries = torch.stack([classes, corner, corner + 1, last], dim=1)
        weights = torch.stack([torch.ones_like(place), 1 - share, share, _to_feature(place)], dim=1)
        return entries, weights


def find_place(spans: Tensor, scalars: Tensor) -> Tensor:
    """Give where numbers lie on their columns' scales; (..., 2) and (...) -> (...)."""
    low, high = spans.unbind(-1)
    return low + (high - low) * (scalars + 1) / 2


def _to_feature(place: Tensor) -> Tensor:
    return to_logit(place) * (place > 0) / LOGIT_UNIT  # gaps have no place


def to_logit(place: Tensor) -> Tensor:
    """Give the logit of places on a column's scale; nothing is beyond FARTHEST."""
    return place.clamp(1e-9, 1 - 6e-8).logit().clamp(-FARTHEST, FARTHEST)
