"""The generator: noise and a condition in, a distribution of every cell out."""

import torch
from torch import Tensor, nn

from tabgan.encoding.layout import Layout
from tabgan.encoding.mode_specific_normalization import GRID
from tabgan.networks.condition import Condition
from tabgan.networks.logistic_mixture import PARAMETERS, LogisticMixture
from tabgan.networks.residual_mlp import Tower
from tabgan.networks.row_embedding import RowFeatures, Rows, find_place, to_logit

LARGEST_LOGIT = 20.0  # so that exp(logit + Gumbel noise) / 0.5 stays within float32


def draw_gumbel(like: Tensor, random: torch.Generator) -> Tensor:
    """Draw standard Gumbel noise of a tensor's shape: -log(-log(U))."""
    uniform = torch.rand(like.shape, generator=random, device=like.device)
    return -(-uniform.clamp_(1e-9, 1 - 1e-7).log()).log()


class Generator(nn.Module):
    """Noise and a condition -> logits of every class, and a density for every column with modes.

    Buffers that `calibration` sets after training:
        - bias: (width,), added to the logits
        - quantiles: (all modes, len(GRID)), what its scalars are at the positions GRID
    """

    bias: Tensor
    quantiles: Tensor
    spans: Tensor
    is_mode: Tensor
    mode_columns: Tensor

    def __init__(self, layout: Layout, *, noise: int, width: int, depth: int) -> None:
        super().__init__()
        self.layout, self.noise = layout, noise
        self.features = RowFeatures(layout)
        n_columns = len(layout.n_classes)
        size_in = noise + self.features.size + n_columns
        size_out = layout.width + PARAMETERS * len(layout.mode_columns)
        self.tower = Tower(size_in, width, depth, size_out, norm=True)
        self._register_classes()
        self.register_buffer("bias", torch.zeros(layout.width))
        quantiles = torch.from_numpy(2 * GRID - 1).float().repeat(sum(layout.n_modes), 1)
        self.register_buffer("quantiles", quantiles)

    def _register_classes(self) -> None:
        """Keep which classes hold scalars, and between which ends."""
        layout, columns = self.layout, self.features.column_of_class
        place = torch.arange(layout.width) - torch.tensor(layout.offsets)[columns]
        is_mode = place < torch.tensor(layout.n_modes)[columns]
        self.register_buffer("is_mode", is_mode, persistent=False)
        spans = torch.where(is_mode[:, None], torch.from_numpy(layout.spans), torch.tensor([0, 1]))
        self.register_buffer("spans", spans.float(), persistent=False)
        self.register_buffer(
            "mode_columns", torch.tensor(layout.mode_columns).long(), persistent=False
        )

    def forward(self, noise: Tensor, condition: Condition) -> tuple[Tensor, Tensor]:
        """Give logits (n_rows, width) and densities (n_rows, mode columns, PARAMETERS)."""
        given = self.features.of_cells(condition.codes, condition.scalars)
        known = condition.known.float()
        shown = self.features.hide(given, known)
        outputs = self.tower(torch.cat([noise, shown, known], dim=1))
        logits = outputs[:, : self.layout.width] + self.bias
        densities = outputs[:, self.layout.width :].unflatten(1, (-1, PARAMETERS))
        return logits.clamp(-LARGEST_LOGIT, LARGEST_LOGIT), densities

    def activate(
        self,
        logits: Tensor,
        densities: Tensor,
        condition: Condition,
        temperature: float,
        random: torch.Generator,
    ) -> Rows:
        """Draw rows by straight-through Gumbel-softmax; known columns are copied.

        Hard indicators forward, soft gradients backward (Jang et al. 2017, section 2.2), so that
        the critic never sees a softness that real rows lack. A scalar is drawn in the mode drawn.
        """
        noisy = (logits + draw_gumbel(logits, random)) / temperature
        weights = noisy.exp()
        soft = weights / self._spread(self.features.sum_blocks(weights))
        known, known_classes = condition.known, self._spread(condition.known)
        codes = torch.where(known, condition.codes, self.choose(noisy))
        hard = self.features.indicate(codes)
        indicators = torch.where(known_classes, hard, hard - soft.detach() + soft)
        scalars = torch.zeros_like(condition.scalars)
        classes = (codes + self.features.offsets).index_select(1, self.mode_columns)
        scalars[:, self.mode_columns] = self.draw_scalars(densities, classes, random)
        return Rows(indicators, torch.where(known, condition.scalars, scalars))

    def draw_scalars(self, densities: Tensor, classes: Tensor, random: torch.Generator) -> Tensor:
        """Draw where numbers lie in their classes; (..., PARAMETERS) and (...) -> (...)."""
        low, high = self.spans[classes].unbind(-1)
        values = LogisticMixture.of(densities, to_logit(low), to_logit(high)).draw(random)
        scalars = 2 * (values.sigmoid() - low) / (high - low) - 1
        return scalars.clamp(-1, 1) * self.is_mode[classes]

    def choose(self, logits: Tensor) -> Tensor:
        """Give the largest class of each column; (n_rows, width) -> (n_rows, n_columns)."""
        blocks = torch.split(logits.detach(), list(self.layout.n_classes), dim=1)
        return torch.stack([block.argmax(dim=1) for block in blocks], dim=1)

    def surprise(self, logits: Tensor, densities: Tensor, condition: Condition) -> Tensor:
        """Give -log p(cell), but for a constant: the mean over rows of that of hidden cells."""
        classes = condition.codes + self.features.offsets
        logs = logits.gather(1, classes) - self.features.sum_blocks(logits.exp()).log()
        hidden = ~condition.known
        classes = classes.index_select(1, self.mode_columns)
        spans = self.spans[classes]
        place = find_place(spans, condition.scalars.index_select(1, self.mode_columns))
        mixture = LogisticMixture.of(densities, *to_logit(spans).unbind(-1))
        inside = mixture.log_density(to_logit(place)) * self.is_mode[classes]
        total = (logs * hidden).sum(1) + (inside * hidden.index_select(1, self.mode_columns)).sum(1)
        return -(total / hidden.sum(1).clamp(min=1)).mean()

    def _spread(self, values: Tensor) -> Tensor:
        """Repeat columns' values for each class; (n_rows, n_columns) -> (n_rows, width)."""
        return values.index_select(1, self.features.column_of_class)

    def draw_noise(self, n_rows: int, random: torch.Generator) -> Tensor:
        """Draw noise (n_rows, noise)."""
        return torch.randn(n_rows, self.noise, generator=random, device=random.device)
