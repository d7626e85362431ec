"""The generator: a latent vector and a condition in, a distribution of each cell out."""

from typing import Self

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from tabgan.config import TrainingConfig
from tabgan.encoding.layout import Layout
from tabgan.encoding.mode_specific_normalization import GRID
from tabgan.networks.condition import Condition
from tabgan.networks.logistic_mixture import N_PARAMETERS, TruncatedLogisticMixture
from tabgan.networks.residual_mlp import ResidualMLP, read_old_names
from tabgan.networks.row_embedding import PiecewiseLinearEncoding, Rows, to_logit, to_quantile
from tabgan.state_reader import StateReader

MAX_WEIGHT = float(torch.finfo(torch.float32).max)
MAX_LOGIT = 20.0  # so that exp(logit + Gumbel noise) / 0.5 stays within float32


def draw_gumbel(like: Tensor, random: torch.Generator) -> Tensor:
    """Return standard Gumbel noise of a tensor's shape: -log(-log(U))."""
    uniform = torch.rand(like.shape, generator=random, device=like.device)
    return -(-uniform.clamp_(1e-9, 1 - 1e-7).log()).log()


class Generator(nn.Module):
    """A latent vector and a condition -> logits of classes, and a density where there are modes.

    Args:
        layout: Where columns' classes stand.
        latent_dim: Entries of a latent vector.
        hidden_dim: Units of a hidden layer.
        n_layers: Hidden layers.
        device: Of the weights; "meta" for those that saved ones are to stand in for.

    Buffers that `calibration` sets after training:
        - bias: (width,), added to the logits
        - quantiles: (n_modes of all columns, len(GRID)), those of its scalars at GRID
    """

    bias: Tensor
    quantiles: Tensor
    spans: Tensor
    is_mode: Tensor
    mode_columns: Tensor

    def __init__(
        self,
        layout: Layout,
        *,
        latent_dim: int,
        hidden_dim: int,
        n_layers: int,
        device: str | None = None,
    ) -> None:
        super().__init__()
        self.layout, self.latent_dim = layout, latent_dim
        self.features = PiecewiseLinearEncoding(layout)
        n_columns = len(layout.n_classes)
        size_in = latent_dim + self.features.size + n_columns
        size_out = layout.width + N_PARAMETERS * len(layout.mode_columns)
        self.mlp = ResidualMLP(size_in, hidden_dim, n_layers, size_out, norm=True, device=device)
        self._register_classes()
        self.register_buffer("bias", torch.zeros(layout.width))
        quantiles = torch.from_numpy(2 * GRID - 1).float().repeat(sum(layout.n_modes), 1)
        self.register_buffer("quantiles", quantiles)
        self.register_load_state_dict_pre_hook(read_old_names)  # type: ignore[no-untyped-call]

    @classmethod
    def from_config(cls, layout: Layout, config: TrainingConfig, device: str | None = None) -> Self:
        """Return a generator of the size that a training is set to, its weights random."""
        return cls(
            layout,
            latent_dim=config.latent_dim,
            hidden_dim=config.hidden_dim,
            n_layers=config.n_layers,
            device=device,
        )

    @classmethod
    def from_state(cls, layout: Layout, config: TrainingConfig, state: StateReader) -> Self:
        """Return a generator with the weights of a file, in evaluation mode; none are drawn.

        Raises:
            ModelFileError: They are not those of such a layout and such settings.
        """
        generator = cls.from_config(layout, config, "meta")
        named = dict(state.values)
        read_old_names(generator, named, "")
        state, expected = StateReader(named, state.path), generator.state_dict()
        state.check(named.keys() <= expected.keys(), "", "has weights that no generator has")
        weights = {
            name: torch.from_numpy(
                state.floats(name, tuple(like.shape), -MAX_WEIGHT, MAX_WEIGHT).astype(np.float32)
            )
            for name, like in expected.items()
        }
        generator.load_state_dict(weights, assign=True)
        return generator.eval().requires_grad_(False)

    @property
    def device(self) -> torch.device:
        """Where its weights are."""
        return self.bias.device

    def _register_classes(self) -> None:
        """Register which classes hold scalars, and the ends of each on its column's scale."""
        layout, columns = self.layout, self.features.column_of_class
        codes = torch.arange(layout.width) - torch.tensor(layout.offsets)[columns]
        is_mode = codes < torch.tensor(layout.n_modes)[columns]
        self.register_buffer("is_mode", is_mode, persistent=False)
        spans = torch.where(is_mode[:, None], torch.from_numpy(layout.spans), torch.tensor([0, 1]))
        self.register_buffer("spans", spans.float(), persistent=False)
        mode_columns = torch.tensor(layout.mode_columns).long()
        self.register_buffer("mode_columns", mode_columns, persistent=False)

    def forward(self, latent: Tensor, condition: Condition) -> tuple[Tensor, Tensor]:
        """Return logits (n_rows, width) and densities (n_rows, mode columns, N_PARAMETERS)."""
        given = self.features.encode_cells(condition.codes, condition.scalars)
        known = condition.known.float()
        outputs = self.mlp(torch.cat([latent, self.features.hide(given, known), known], dim=1))
        logits = outputs[:, : self.layout.width] + self.bias
        densities = outputs[:, self.layout.width :].unflatten(1, (-1, N_PARAMETERS))
        return logits.clamp(-MAX_LOGIT, MAX_LOGIT), densities

    def activate(
        self,
        logits: Tensor,
        densities: Tensor,
        condition: Condition,
        tau: float,
        random: torch.Generator,
    ) -> Rows:
        """Return rows drawn by straight-through Gumbel-softmax; known columns are copied.

        Hard indicators forward, soft gradients backward (Jang et al. 2017, section 2.2), so that
        the critic never sees a softness that real rows lack. A scalar is drawn in the mode drawn.

        Args:
            logits: Of all classes; (n_rows, width).
            densities: Of columns with modes; (n_rows, mode columns, N_PARAMETERS).
            condition: The masked rows that both were computed from.
            tau: Temperature of the softmax.
            random: Source of the noise.
        """
        noisy = (logits + draw_gumbel(logits, random)) / tau
        weights = noisy.exp()
        soft = weights / self._repeat_for_classes(self.features.sum_blocks(weights))
        known, known_classes = condition.known, self._repeat_for_classes(condition.known)
        codes = torch.where(known, condition.codes, self.most_likely(noisy))
        hard = self.features.indicate(codes)
        indicators = torch.where(known_classes, hard, hard - soft.detach() + soft)
        return Rows(indicators, self._draw_numbers(densities, codes, condition, random))

    @torch.no_grad()
    def draw(
        self, logits: Tensor, densities: Tensor, condition: Condition, random: torch.Generator
    ) -> Condition:
        """Return rows as `activate` does, as codes and scalars, without gradients."""
        codes = self.most_likely(logits + draw_gumbel(logits, random))
        codes = torch.where(condition.known, condition.codes, codes)
        scalars = self._draw_numbers(densities, codes, condition, random)
        return Condition(codes, scalars, condition.known)

    def _draw_numbers(
        self, densities: Tensor, codes: Tensor, condition: Condition, random: torch.Generator
    ) -> Tensor:
        """Return scalars drawn in the modes of codes, known ones copied; (n_rows, n_columns)."""
        scalars = torch.zeros_like(condition.scalars)
        classes = (codes + self.features.offsets).index_select(1, self.mode_columns)
        scalars[:, self.mode_columns] = self.draw_scalars(densities, classes, random)
        return torch.where(condition.known, condition.scalars, scalars)

    def draw_scalars(self, densities: Tensor, classes: Tensor, random: torch.Generator) -> Tensor:
        """Return scalars drawn in their classes; (..., N_PARAMETERS) and (...) -> (...)."""
        first, second = (
            torch.rand(classes.shape, generator=random, device=classes.device) for _ in range(2)
        )
        return self.scalars_at(densities, classes, first, second)

    def scalars_at(
        self, densities: Tensor, classes: Tensor, component: Tensor, share: Tensor
    ) -> Tensor:
        """Return the scalars that two uniform draws each mean; shapes as in `draw_scalars`."""
        low, high = self.spans[classes].unbind(-1)
        values = TruncatedLogisticMixture.from_parameters(
            densities, to_logit(low), to_logit(high)
        ).at(component, share)
        scalars = 2 * (values.sigmoid() - low) / (high - low) - 1
        return scalars.clamp(-1, 1) * self.is_mode[classes]

    def most_likely(self, logits: Tensor) -> Tensor:
        """Return the class with the largest logit; (n_rows, width) -> (n_rows, n_columns)."""
        columns = torch.split(logits.detach(), list(self.layout.n_classes), dim=1)
        return torch.stack([column.argmax(dim=1) for column in columns], dim=1)

    def nll(self, logits: Tensor, densities: Tensor, condition: Condition) -> Tensor:
        """Return the negative log-likelihood of hidden cells, up to a constant; a scalar.

        The mean over rows of the mean over their hidden cells of -log p(cell).
        """
        hidden = ~condition.known
        total = self.log_likelihood(logits, densities, condition, hidden)
        return -(total / hidden.sum(1).clamp(min=1)).mean()

    def log_likelihood(
        self, logits: Tensor, densities: Tensor, rows: Condition, cells: Tensor
    ) -> Tensor:
        """Return the sum of log p(cell) over some cells, (n_rows, n_columns), of each row."""
        classes = rows.codes + self.features.offsets
        logs = logits.gather(1, classes) - self.features.sum_blocks(logits.exp()).log()
        classes = classes.index_select(1, self.mode_columns)
        spans = self.spans[classes]
        quantile = to_quantile(spans, rows.scalars.index_select(1, self.mode_columns))
        mixture = TruncatedLogisticMixture.from_parameters(densities, *to_logit(spans).unbind(-1))
        inside = mixture.log_density(to_logit(quantile)) * self.is_mode[classes]
        inside = inside * cells.index_select(1, self.mode_columns)
        return (logs * cells).sum(1) + inside.sum(1)

    def _repeat_for_classes(self, values: Tensor) -> Tensor:
        """Return columns' values for each class; (n_rows, n_columns) -> (n_rows, width)."""
        return values.index_select(1, self.features.column_of_class)

    def draw_latent(self, n_rows: int, random: torch.Generator) -> Tensor:
        """Return latent vectors, standard normal; (n_rows, latent_dim)."""
        return torch.randn(n_rows, self.latent_dim, generator=random, device=random.device)

    def input_weights(self) -> tuple[Tensor, Tensor]:
        """Return the first layer's weights of latent entries, and of cells as `look_up` finds them.

        Shape:
            - latent: (latent_dim, hidden_dim)
            - cells: (entries of `PiecewiseLinearEncoding.tabulate`, hidden_dim); a class's row is
              the weight of its indicator plus that of its column being known
        """
        latent, features, known = torch.split(
            self.mlp.first.weight.T.contiguous(),
            [self.latent_dim, self.features.size, len(self.layout.n_classes)],
        )
        classes = features[: self.layout.width] + known[self.features.column_of_class]
        numbers = features[self.layout.width :]
        return latent, self.features.tabulate(torch.cat([classes, numbers]))

    def output_weights(self, column: int) -> tuple[Tensor, Tensor]:
        """Return the last layer's weights and biases of a column's logits and density.

        Shape (hidden_dim, n_outputs) and (n_outputs,).
        """
        layout, last = self.layout, self.mlp.last
        first, count = layout.offsets[column], layout.n_classes[column]
        bias, outputs = self.bias[first : first + count], list(range(first, first + count))
        if column in layout.mode_columns:
            start = layout.width + N_PARAMETERS * layout.mode_columns.index(column)
            outputs += range(start, start + N_PARAMETERS)
            bias = pad(bias, (0, N_PARAMETERS))
        return last.weight[outputs].T.contiguous(), last.bias[outputs] + bias
