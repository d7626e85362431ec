"""Conditions of a training: real rows, and masks of the cells that are known.

One known column is training-by-sampling (Xu et al. 2019, section 4.3); no known column is the
unconditional case; all columns but the target are what a downstream model predicts it from, and the
last step of every row that is generated; random subsets are all other conditions.
"""

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from tabgan.config import TrainingConfig
from tabgan.encoding.encoded_table import EncodedTable
from tabgan.encoding.layout import Layout
from tabgan.encoding.row_store import MappedTable, open_store
from tabgan.networks.condition import Condition

TARGET_SHARE = 0.25  # of the one-column conditions, at the least, are on the target


class ConditionSampler:
    """Draws real rows, and a mask of known cells for each.

    Rows of a class are found by an index of each column, sorted by class: every step costs the
    same, however many rows and categories there are.
    """

    def __init__(
        self,
        table: EncodedTable | MappedTable,
        layout: Layout,
        config: TrainingConfig,
        device: torch.device,
    ) -> None:
        self.device, self.target, self.n_columns = device, layout.target, len(layout.n_classes)
        self.store = open_store(table, device)
        self.ends_of_shares = np.cumsum(
            [config.p_unconditional, config.p_one_column, config.p_all_but_target]
        ).tolist()
        counts = table.count_classes(layout)
        starts = [np.cumsum(count) - count for count in counts]
        self.counts = torch.from_numpy(np.concatenate(counts)).to(device)
        self.starts = torch.from_numpy(np.concatenate(starts)).to(device)
        shares = _column_shares(layout)
        weights = [
            share * _log_frequency(count) for share, count in zip(shares, counts, strict=True)
        ]
        precise = torch.float32 if device.type == "mps" else torch.float64  # MPS has no float64
        self.class_ends = torch.from_numpy(np.cumsum(np.concatenate(weights))).to(device, precise)
        self.column_of_class = torch.from_numpy(
            np.repeat(np.arange(len(counts)), layout.n_classes)
        ).to(device)

    def draw(self, n_rows: int, random: torch.Generator) -> Condition:
        """Return rows drawn from the table, with a mask each; shape (n_rows, n_columns)."""
        device = self.device
        kind = torch.rand(n_rows, generator=random, device=device)
        unconditional_end, one_column_end, all_but_target_end = self.ends_of_shares
        is_one_column = (kind >= unconditional_end) & (kind < one_column_end)
        rows = torch.randint(len(self.store), (n_rows,), generator=random, device=device)
        matching, column = self._draw_matching(n_rows, random)
        rows = torch.where(is_one_column, matching, rows)
        known = self._draw_subsets(n_rows, random)
        one_column = torch.zeros_like(known).scatter_(1, column[:, None], value=True)
        known = torch.where(is_one_column[:, None], one_column, known)
        if self.target is not None:
            is_all_but_target = (kind >= one_column_end) & (kind < all_but_target_end)
            known |= is_all_but_target[:, None]
            known[:, self.target] &= ~is_all_but_target
        known &= (kind >= unconditional_end)[:, None]
        return Condition(*self.store.get_rows(rows), known)

    def _draw_matching(self, n_rows: int, random: torch.Generator) -> tuple[Tensor, Tensor]:
        """Return rows that hold a class drawn by log-frequency, and its column; (n_rows,) each."""
        device, dtype = self.device, self.class_ends.dtype
        share = torch.rand(n_rows, generator=random, device=device, dtype=dtype)
        classes = torch.searchsorted(self.class_ends, share * self.class_ends[-1], right=True)
        classes = classes.clamp_(max=len(self.class_ends) - 1)
        within = torch.rand(n_rows, generator=random, device=device, dtype=dtype)
        positions = self.starts[classes] + (within * self.counts[classes]).long()
        columns = self.column_of_class[classes]
        return self.store.rows_at(positions, columns), columns

    def _draw_subsets(self, n_rows: int, random: torch.Generator) -> Tensor:
        """Return masks of random subsets of the columns, every size as likely as any other."""
        shape = (n_rows, self.n_columns)
        device = self.device
        size = torch.rand(n_rows, 1, generator=random, device=device)
        return torch.rand(shape, generator=random, device=device) < size


def _column_shares(layout: Layout) -> npt.NDArray[np.float64]:
    """Return the probability of each column to be the known one; that of the target is raised."""
    shares = np.array([n > 1 for n in layout.n_classes], np.float64)
    if not shares.any():
        shares[:] = 1
    shares /= shares.sum()
    if layout.target is not None and shares[layout.target] < TARGET_SHARE:
        shares *= 1 - TARGET_SHARE
        shares[layout.target] += TARGET_SHARE
    return shares


def _log_frequency(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Return probabilities of classes by the logarithm of their frequency (Xu et al. 2019, 4.3)."""
    logs = np.log1p(counts)
    weights: npt.NDArray[np.float64] = logs / logs.sum()
    return weights
