"""Draws the conditions that a training shows: real rows, and which of their cells are known.

Training by sampling (Xu et al. 2019, section 4.3) is the case of one known column; the empty mask
is the unconditional case; all but the target is a downstream model's question, and the last one of
every row generated; random subsets teach every other question.
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
    """Draws real rows and the masks under which they are shown.

    Rows that match a class are found through one sorted index a column: every step costs the same,
    however many rows and categories there are.
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
        """Draw rows of the table with a mask each; shape (n_rows, n_columns)."""
        device = self.device
        kind = torch.rand(n_rows, generator=random, device=device)
        end_of_empty, end_of_single, end_of_target = self.ends_of_shares
        is_single = (kind >= end_of_empty) & (kind < end_of_single)
        rows = torch.randint(len(self.store), (n_rows,), generator=random, device=device)
        matching, column = self._draw_matching(n_rows, random)
        rows = torch.where(is_single, matching, rows)
        known = self._draw_subsets(n_rows, random)
        single = torch.zeros_like(known).scatter_(1, column[:, None], value=True)
        known = torch.where(is_single[:, None], single, known)
        if self.target is not None:
            is_target = (kind >= end_of_single) & (kind < end_of_target)
            known |= is_target[:, None]
            known[:, self.target] &= ~is_target
        known &= (kind >= end_of_empty)[:, None]
        return Condition(*self.store.get_rows(rows), known)

    def _draw_matching(self, n_rows: int, random: torch.Generator) -> tuple[Tensor, Tensor]:
        """Draw a column, one of its classes by log-frequency, and a row that holds it."""
        device, dtype = self.device, self.class_ends.dtype
        at = torch.rand(n_rows, generator=random, device=device, dtype=dtype)
        drawn = torch.searchsorted(self.class_ends, at * self.class_ends[-1], right=True)
        drawn = drawn.clamp_(max=len(self.class_ends) - 1)
        within = torch.rand(n_rows, generator=random, device=device, dtype=dtype)
        turn = (within * self.counts[drawn]).long()
        column = self.column_of_class[drawn]
        return self.store.rows_at(self.starts[drawn] + turn, column), column

    def _draw_subsets(self, n_rows: int, random: torch.Generator) -> Tensor:
        """Draw subsets of the columns, every size as likely as any other."""
        shape = (n_rows, self.n_columns)
        device = self.device
        size = torch.rand(n_rows, 1, generator=random, device=device)
        return torch.rand(shape, generator=random, device=device) < size


def _column_shares(layout: Layout) -> npt.NDArray[np.float64]:
    """Return how often each column is the one that is known; the target is known most."""
    shares = np.array([n > 1 for n in layout.n_classes], np.float64)
    if not shares.any():
        shares[:] = 1
    shares /= shares.sum()
    if layout.target is not None and shares[layout.target] < TARGET_SHARE:
        shares *= 1 - TARGET_SHARE
        shares[layout.target] += TARGET_SHARE
    return shares


def _log_frequency(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Weigh classes by the logarithm of their frequency, so that rare ones are trained, too."""
    logs = np.log1p(counts)
    weights: npt.NDArray[np.float64] = logs / logs.sum()
    return weights
