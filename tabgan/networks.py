"""The two players. Both see rows as features: class indicators and where each number lies."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from tabgan.conditions import Condition
from tabgan.encoders.modes import GRID
from tabgan.encoders.table import Layout

LARGEST_LOGIT = 20.0  # so that exp(logit + Gumbel noise) / 0.5 stays within float32
BINS = 16  # piecewise-linear features of a number (Gorishniy et al. 2022, section 3.2)


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

    place: Tensor
    offsets: Tensor
    ordered: Tensor
    steps: Tensor
    column_of_class: Tensor
    column_of_feature: Tensor

    def __init__(self, layout: Layout) -> None:
        super().__init__()
        self.layout = layout
        self.size = layout.width + BINS * len(layout.ordered)
        place = torch.zeros(2, layout.width, len(layout.ordered))
        spans = torch.from_numpy(layout.spans).float()
        for order, column in enumerate(layout.ordered):
            block = slice(layout.offsets[column], layout.offsets[column] + layout.n_classes[column])
            place[0, block, order] = spans[block, 0]
            place[1, block, order] = spans[block, 1] - spans[block, 0]
        self.register_buffer("place", torch.cat([*place], dim=1), persistent=False)
        self.register_buffer("offsets", torch.tensor(layout.offsets), persistent=False)
        self.register_buffer("ordered", torch.tensor(layout.ordered).long(), persistent=False)
        self.register_buffer("steps", torch.arange(BINS).float(), persistent=False)
        blocks = torch.repeat_interleave(
            torch.arange(len(layout.n_classes)), torch.tensor(layout.n_classes)
        )
        self.register_buffer("column_of_class", blocks, persistent=False)
        parts = torch.cat([blocks, self.ordered.repeat_interleave(BINS)])
        self.register_buffer("column_of_feature", parts, persistent=False)

    def indicate(self, codes: Tensor) -> Tensor:
        """Turn codes (n_rows, n_columns) into indicators (n_rows, width)."""
        zeros = torch.zeros(len(codes), self.layout.width, device=codes.device)
        return zeros.scatter_(1, codes + self.offsets, 1.0)

    def forward(self, rows: Rows) -> Tensor:
        """Compute the features of rows."""
        if not self.layout.ordered:
            return rows.indicators
        start, length = (rows.indicators @ self.place).chunk(2, dim=1)
        place = start + length * (rows.scalars[:, self.ordered] + 1) / 2
        pieces = (place[:, :, None] * BINS - self.steps).clamp(0, 1)
        return torch.cat([rows.indicators, pieces.flatten(1)], dim=1)

    def cut(self, column: int, codes: Tensor, scalars: Tensor) -> Tensor:
        """Cut one column's numbers into their pieces; (n_rows,) each -> (n_rows, BINS)."""
        order, n_ordered = self.layout.ordered.index(column), len(self.layout.ordered)
        classes = codes + self.layout.offsets[column]
        place = self.place[classes, order]
        place = place + self.place[classes, n_ordered + order] * (scalars + 1) / 2
        return (place[:, None] * BINS - self.steps).clamp(0, 1)

    def pieces_of(self, column: int) -> slice:
        """Give where a column's pieces stand among those of all columns."""
        start = BINS * self.layout.ordered.index(column)
        return slice(start, start + BINS)


def draw_gumbel(like: Tensor, random: torch.Generator) -> Tensor:
    """Draw standard Gumbel noise of a tensor's shape: -log(-log(U))."""
    uniform = torch.rand(like.shape, generator=random, device=like.device)
    return -(-uniform.clamp_(1e-9, 1 - 1e-7).log()).log()


class Tower(nn.Module):
    """Hidden layers with shortcuts around each; shape (n_rows, size_in) -> (n_rows, size_out)."""

    def __init__(self, size_in: int, width: int, depth: int, size_out: int, *, norm: bool) -> None:
        super().__init__()
        self.first = nn.Linear(size_in, width)
        self.norms = nn.ModuleList(
            nn.LayerNorm(width) if norm else nn.Identity() for _ in range(depth)
        )
        self.layers = nn.ModuleList(nn.Linear(width, width) for _ in range(depth - 1))
        self.last = nn.Linear(width, size_out)

    def forward(self, inputs: Tensor) -> Tensor:
        """Run the tower."""
        outputs: Tensor = self.last(self.transform(self.first(inputs)))
        return outputs

    def transform(self, hidden: Tensor) -> Tensor:
        """Give what the last layer sees of what the first one gave; both (n_rows, width)."""
        for norm, layer in zip(self.norms, self.layers, strict=False):
            hidden = hidden + layer(functional.leaky_relu(norm(hidden), 0.2))
        return functional.leaky_relu(self.norms[-1](hidden), 0.2)


class Generator(nn.Module):
    """Noise and a condition -> logits of every class, and a raw scalar for every mode.

    Buffers that `calibration` sets after training:
        - bias: (width,), added to the logits
        - quantiles: (all modes, len(GRID)), what its scalars are at the positions GRID
    """

    bias: Tensor
    quantiles: Tensor
    blocks: Tensor
    mode_classes: Tensor
    mode_blocks: Tensor

    def __init__(self, layout: Layout, *, noise: int, width: int, depth: int) -> None:
        super().__init__()
        self.layout, self.noise = layout, noise
        self.features = RowFeatures(layout)
        n_columns = len(layout.n_classes)
        size_in = noise + self.features.size + n_columns
        n_modes = sum(layout.n_modes)
        self.tower = Tower(size_in, width, depth, layout.width + n_modes, norm=True)
        self._register_blocks()
        self.register_buffer("bias", torch.zeros(layout.width))
        self.register_buffer("quantiles", torch.from_numpy(2 * GRID - 1).float().repeat(n_modes, 1))

    def _register_blocks(self) -> None:
        """Keep which class belongs to which column, as matrices that sum over columns' classes."""
        blocks = functional.one_hot(
            self.features.column_of_class, len(self.layout.n_classes)
        ).float()
        modes = [
            self.layout.offsets[column] + mode
            for column in self.layout.mode_columns
            for mode in range(self.layout.n_modes[column])
        ]
        self.register_buffer("blocks", blocks, persistent=False)
        self.register_buffer("mode_classes", torch.tensor(modes).long(), persistent=False)
        self.register_buffer("mode_blocks", blocks[self.mode_classes], persistent=False)

    def forward(self, noise: Tensor, condition: Condition) -> tuple[Tensor, Tensor]:
        """Give logits (n_rows, width) and raw scalars (n_rows, all modes)."""
        given = Rows(self.features.indicate(condition.codes), condition.scalars)
        shown = self.features(given) * condition.known[:, self.features.column_of_feature]
        outputs = self.tower(torch.cat([noise, shown, condition.known.float()], dim=1))
        logits = outputs[:, : self.layout.width].clamp(-LARGEST_LOGIT, LARGEST_LOGIT)
        return logits + self.bias, outputs[:, self.layout.width :]

    def activate(
        self,
        logits: Tensor,
        raw: Tensor,
        condition: Condition,
        temperature: float,
        random: torch.Generator,
    ) -> Rows:
        """Draw rows by straight-through Gumbel-softmax; known columns are copied.

        Hard indicators forward, soft gradients backward (Jang et al. 2017, section 2.2), so that
        the critic never sees a softness that real rows lack. A scalar is read from the mode drawn.
        """
        noisy = (logits + draw_gumbel(logits, random)) / temperature
        weights = noisy.exp()
        soft = weights / self._spread(weights @ self.blocks)
        known, known_classes = condition.known, self._spread(condition.known)
        codes = torch.where(known, condition.codes, self.choose(noisy))
        hard = self.features.indicate(codes)
        indicators = torch.where(known_classes, hard, hard - soft.detach() + soft)
        chosen = torch.tanh(raw) * indicators[:, self.mode_classes]
        return Rows(indicators, torch.where(known, condition.scalars, chosen @ self.mode_blocks))

    def choose(self, logits: Tensor) -> Tensor:
        """Give the largest class of each column; (n_rows, width) -> (n_rows, n_columns)."""
        blocks = torch.split(logits.detach(), list(self.layout.n_classes), dim=1)
        return torch.stack([block.argmax(dim=1) for block in blocks], dim=1)

    def cross_entropy(self, logits: Tensor, condition: Condition) -> Tensor:
        """Give the mean of -log p(class) over hidden cells; a scalar."""
        chosen = logits.gather(1, condition.codes + self.features.offsets)
        logs = chosen - (logits.exp() @ self.blocks).log()
        hidden = ~condition.known
        return -(logs * hidden).sum() / hidden.sum().clamp(min=1)

    def _spread(self, values: Tensor) -> Tensor:
        """Repeat columns' values for each class; (n_rows, n_columns) -> (n_rows, width)."""
        return values[:, self.features.column_of_class]

    def draw_noise(self, n_rows: int, random: torch.Generator) -> Tensor:
        """Draw noise (n_rows, noise)."""
        return torch.randn(n_rows, self.noise, generator=random, device=random.device)


class Critic(nn.Module):
    """Features of whole rows, and which columns were known -> a score a row."""

    def __init__(self, layout: Layout, *, width: int, depth: int) -> None:
        super().__init__()
        self.features = RowFeatures(layout)
        size_in = self.features.size + len(layout.n_classes)
        self.tower = Tower(size_in, width, depth, 1, norm=False)

    def forward(self, features: Tensor, known: Tensor) -> Tensor:
        """Score rows; (n_rows, size) and (n_rows, n_columns) -> (n_rows,)."""
        scores: Tensor = self.tower(torch.cat([features, known.to(features)], dim=1))
        return scores.squeeze(1)
