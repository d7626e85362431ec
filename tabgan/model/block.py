"""A block of rows to complete, and what the generator is told of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from tabgan.encoding.table_encoder import TableEncoder
from tabgan.model.learned_cells import AllowedClasses, LearnedCells
from tabgan.model.partial_rows import PartialRows
from tabgan.networks.condition import Condition
from tabgan.schema.arrays import Floats, Indices, Mask
from tabgan.schema.column import Name


@dataclass(frozen=True)
class Block:
    """Rows to complete, what the generator is told of them, and which classes go with the rest.

    Attributes:
        number: Of the block.
        given: The rows as they were given.
        partial: The same, with what follows from their known cells.
        cells: What the generator is told.
        allowed: Of each row, 1 for classes that it may have and 0 for others, by part.
        is_hard: Of which rows numbers are known that neither says; (n_rows,).
        excused: Rows in which a relation would have a gap that is to be filled, by its text.
    """

    number: int
    given: PartialRows
    partial: PartialRows
    cells: LearnedCells
    allowed: list[dict[int, Floats]]
    is_hard: Mask
    excused: Mapping[str, Mask]

    def condition(self, rows: Indices) -> Condition:
        """Return some of the rows as the generator takes them; (n_taken,)."""
        cells = self.cells
        return Condition(
            torch.from_numpy(cells.table.codes[rows].astype(np.int64)),
            torch.from_numpy(cells.table.scalars[rows]),
            torch.from_numpy(cells.known[rows]),
        )

    def find_allowed(
        self, rows: Indices, encoder: TableEncoder, device: torch.device
    ) -> dict[int, Tensor]:
        """Return 1 for classes that some of the rows may have, 0 for others; (n_taken, n_classes).

        By part, for those of which not all are allowed.
        """
        found = {}
        distinct, place = np.unique(rows, return_inverse=True)
        for part in {part for row in distinct for part in self.allowed[row]}:
            every = np.ones(encoder.parts[part].n_classes)
            own = np.array([self.allowed[row].get(part, every) for row in distinct], np.float32)
            found[part] = torch.from_numpy(own[place]).to(device)
        return found


def prepare_block(
    given: PartialRows,
    partial: PartialRows,
    cells: LearnedCells,
    number: int,
    classes: AllowedClasses,
    filled: Collection[Name],
) -> Block:
    """Return a block of rows, ready to be drawn.

    Args:
        given: The rows.
        partial: The same, with what follows from their known cells.
        cells: What the generator is told.
        number: Of the block.
        classes: That go with what it is not told.
        filled: Columns that may not be missing.
    """
    allowed = classes.find(partial, cells.lost)
    present = classes.present(filled)
    excused = _excuse(allowed, present, cells, classes, filled)
    for own in allowed:
        for part, one in present.items():
            both = own.get(part, 1.0) * one
            own[part] = both if both.any() else one
    is_hard = np.zeros(len(partial), bool)
    for name, mask in cells.lost.items():
        is_hard |= mask & (not classes.is_selected(name))
    return Block(number, given, partial, cells, allowed, is_hard, excused)


def _excuse(
    allowed: Sequence[Mapping[int, Floats]],
    present: Mapping[int, Floats],
    cells: LearnedCells,
    classes: AllowedClasses,
    filled: Collection[Name],
) -> dict[str, Mask]:
    """Return the rows in which a relation would have a gap that is filled, by its text."""
    excused = {}
    names = [each.column.name for each in classes.encoder.encoders for _ in each.parts]
    demanded = {name: np.zeros(len(allowed), bool) for name in filled}
    for row, own in enumerate(allowed):
        for part in own.keys() & present.keys():
            demanded[names[part]][row] |= not (own[part] * present[part]).any()
    for relation in classes.relations.relations:
        lost = [cells.lost[name] for name in relation.dependent_names & cells.lost.keys()]
        gaps = [demanded[name] for name in relation.source_names & demanded.keys()]
        if lost and gaps:
            excused[relation.text] = np.any(lost, axis=0) & np.any(gaps, axis=0)
    return excused
