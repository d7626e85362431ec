"""Rows being generated: each pass computes no more than what it settles.

Rows that are drafted together settle the same columns in the same pass. What the generator is shown
of a row grows with every column that is settled, so its first layer is kept and added to, and its
last layer is computed for the columns that are due. The numbers are those of `Generator.forward`,
but for rounding.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor
from torch.nn import functional

from tabgan.conditions import Condition
from tabgan.logistics import PARAMETERS, draw_class
from tabgan.networks import LARGEST_LOGIT, Generator


@dataclass(frozen=True)
class ColumnPart:
    """What a generator's first and last layer have for one column.

    Shape:
        - classes: (n_classes, width), what the first layer makes of each class, once it is known
        - pieces: (PIECES, width), of the pieces of a number; None if the column has no order
        - weights, biases: (width, n_outputs) and (n_outputs,), for logits, then a density
        - shift: (n_classes,), the calibrated bias of the logits
    """

    generator: Generator
    first_class: int
    classes: Tensor
    pieces: Tensor | None
    weights: Tensor
    biases: Tensor
    shift: Tensor

    @classmethod
    def of(cls, generator: Generator, column: int) -> Self:
        """Cut out what is the column's."""
        layout, features = generator.layout, generator.features
        start, count = layout.offsets[column], layout.n_classes[column]
        outputs = list(range(start, start + count))
        if column in layout.mode_columns:
            density = layout.width + PARAMETERS * layout.mode_columns.index(column)
            outputs += range(density, density + PARAMETERS)
        first, last = generator.tower.first.weight.T, generator.tower.last
        own, known = generator.noise, generator.noise + features.size
        pieces = first[own + layout.width : known]
        return cls(
            generator,
            start,
            classes=first[own + start : own + start + count] + first[known + column],
            pieces=pieces[features.pieces_of(column)] if column in layout.ordered else None,
            weights=last.weight[outputs].T.contiguous(),
            biases=last.bias[outputs],
            shift=generator.bias[start : start + count],
        )

    def draw(self, hidden: Tensor, random: torch.Generator) -> tuple[Tensor, Tensor]:
        """Draw codes and scalars, (n_rows,) each, from what the last layer sees of rows."""
        outputs = torch.addmm(self.biases, hidden, self.weights)
        count = len(self.shift)
        logits = outputs[:, :count].clamp(-LARGEST_LOGIT, LARGEST_LOGIT) + self.shift
        codes = draw_class(logits, random)
        if outputs.shape[1] == count:
            return codes, hidden.new_zeros(len(hidden))
        densities = outputs[:, count:]
        return codes, self.generator.draw_scalars(densities, codes + self.first_class, random)

    def show(self, codes: Tensor, scalars: Tensor) -> Tensor:
        """Give what the first layer makes of cells; (n_rows,) each -> (n_rows, width)."""
        shown = self.classes.index_select(0, codes)
        if self.pieces is not None:
            cut = self.generator.features.cut(codes + self.first_class, scalars)
            shown.addmm_(cut, self.pieces)
        return shown


class Draft:
    """Rows of which the same columns are settled, each drawn from one noise vector.

    Args:
        parts: Of all columns.
        condition: What the rows are generated for; columns are known in all rows or in none.
        random: Source of the noise.

    Shape:
        - codes, scalars: (n_rows, n_columns); zeros where nothing is settled yet
    """

    def __init__(
        self, parts: Sequence[ColumnPart], condition: Condition, random: torch.Generator
    ) -> None:
        self.parts, self.tower = parts, parts[0].generator.tower
        self.codes, self.scalars = condition.codes.clone(), condition.scalars.clone()
        noise = parts[0].generator.draw_noise(len(self.codes), random)
        weights = self.tower.first.weight[:, : noise.shape[1]]
        self._shown = functional.linear(noise, weights, self.tower.first.bias)
        self._show(condition.known[0].nonzero().flatten().tolist())

    def settle(self, columns: Sequence[int], random: torch.Generator) -> None:
        """Draw columns that are due, none of which sees another."""
        hidden = self.tower.transform(self._shown)
        for column in columns:
            cells = self.parts[column].draw(hidden, random)
            self.codes[:, column], self.scalars[:, column] = cells
        self._show(columns)

    def _show(self, columns: Sequence[int]) -> None:
        """Add what the first layer makes of columns that are settled."""
        for column in columns:
            cells = self.codes[:, column], self.scalars[:, column]
            self._shown += self.parts[column].show(*cells)
