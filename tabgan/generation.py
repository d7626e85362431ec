"""Rows from a generator: a few passes, each of which sees more of the row than the one before."""

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from tabgan.conditions import Condition
from tabgan.encoders.modes import GRID
from tabgan.encoders.table import EncodedTable, Layout
from tabgan.networks import Generator, draw_gumbel


@torch.inference_mode()
def generate(
    generator: Generator, condition: Condition, passes: int, random: torch.Generator
) -> EncodedTable:
    """Fill in what a condition leaves open; shape (n_rows, n_columns).

    Columns are settled in a random order, as many in every pass; the masks of training make every
    such question a known one.
    """
    n_columns = condition.known.shape[1]
    order = torch.randperm(n_columns, generator=random, device=condition.known.device).cpu()
    draft = Draft(generator, condition)
    for group in order.tensor_split(min(passes, n_columns)):
        draft.settle(group.tolist(), random)
    table = EncodedTable(draft.codes.to(torch.int32).cpu().numpy(), draft.scalars.cpu().numpy())
    _straighten(table, condition.known.cpu().numpy(), generator)
    return table


class Draft:
    """Rows half made: what is settled so far, and what the generator's first layer makes of it.

    What `Generator.forward` computes from scratch is kept up to date instead: a pass costs only the
    columns that it settles.
    """

    def __init__(self, generator: Generator, condition: Condition) -> None:
        self.generator, self.layout = generator, generator.layout
        self.codes, self.scalars = condition.codes.clone(), condition.scalars.clone()
        self.known = condition.known
        first = generator.tower.first
        sizes = [generator.noise, generator.features.size, len(self.layout.n_classes)]
        self.of_noise, self.of_features, self.of_known = first.weight.split(sizes, dim=1)
        shown = generator.show(condition)
        self.hidden = first.bias + shown @ self.of_features.T + self.known.float() @ self.of_known.T

    def settle(self, columns: list[int], random: torch.Generator) -> None:
        """Draw these columns, given all that are settled; known cells stay as they are."""
        noise = self.generator.draw_noise(len(self.codes), random)
        top = self.generator.tower.rise(self.hidden + noise @ self.of_noise.T)
        for column in columns:
            codes, scalars = self._draw(top, column, random)
            known = self.known[:, column]
            self.codes[:, column] = torch.where(known, self.codes[:, column], codes)
            self.scalars[:, column] = torch.where(known, self.scalars[:, column], scalars)
        for column in columns:
            self._show(column)

    def _draw(self, top: Tensor, column: int, random: torch.Generator) -> tuple[Tensor, Tensor]:
        """Draw one column from the last hidden layer; two of shape (n_rows,)."""
        logits, raw = self.generator.read_column(top, column)
        codes = (logits + draw_gumbel(logits, random)).argmax(dim=1)
        n_modes = raw.shape[1]
        if not n_modes:
            return codes, torch.zeros_like(top[:, 0])
        scalars = torch.tanh(raw).gather(1, codes.clamp(max=n_modes - 1)[:, None]).squeeze(1)
        return codes, torch.where(codes < n_modes, scalars, 0.0)

    def _show(self, column: int) -> None:
        """Add a settled column to what the first layer sees, where it was not known before."""
        features, places = self.generator.features.of_column(
            column, self.codes[:, column], self.scalars[:, column]
        )
        fresh = ~self.known[:, column, None]
        self.hidden += (features * fresh) @ self.of_features[:, places].T
        self.hidden += fresh * self.of_known[:, column]


def _straighten(table: EncodedTable, known: npt.NDArray[np.bool_], generator: Generator) -> None:
    """Map generated scalars through the generator's quantiles, in place."""
    quantiles, start = generator.quantiles.cpu().numpy(), 0
    for column in generator.layout.mode_columns:
        for mode in range(generator.layout.n_modes[column]):
            mine = (table.codes[:, column] == mode) & ~known[:, column]
            place = np.interp(table.scalars[mine, column], quantiles[start + mode], GRID)
            table.scalars[mine, column] = 2 * place - 1
        start += generator.layout.n_modes[column]


def place_rows(table: EncodedTable, layout: Layout) -> npt.NDArray[np.float32]:
    """Give rows as trees read them: numbers by their place, levels by their code.

    Shape (n_rows, n_columns); missing numbers are NaN.
    """
    matrix = table.codes.astype(np.float32)
    for column in layout.ordered:
        first = layout.offsets[column]
        spans = layout.spans[first : first + layout.n_classes[column]]
        low, high = spans[table.codes[:, column]].T
        place = low + (high - low) * (table.scalars[:, column] + 1) / 2
        missing = (spans == 0).all(axis=1)[table.codes[:, column]]
        matrix[:, column] = np.where(missing, np.nan, place)
    return matrix
