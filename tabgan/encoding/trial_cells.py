"""What a saved encoder says that it makes, made once before it is believed.

Fields of a file may each be sound and yet not go together: levels that the column's dtype cannot
hold, say. Cells of every class, with scalars at both ends and in the middle, show it.
"""

from collections.abc import Sequence

import numpy as np

from tabgan.encoding.column_encoder import ColumnEncoder, PartEncoder
from tabgan.encoding.encoded_column import EncodedColumn
from tabgan.encoding.encoded_table import EncodedTable
from tabgan.errors import reason
from tabgan.state_reader import StateReader

MAX_TRIAL_ROWS, MAX_TRIAL_TEXT = 1_024, 2**26  # and characters
SCALARS = np.array([-1.0, 0.0, 1.0], np.float32)


def check_decodable(encoder: ColumnEncoder, state: StateReader) -> None:
    """Decode cells of every class.

    Args:
        encoder: Of one column.
        state: That it was read from, for messages.

    Raises:
        ModelFileError: It cannot make what it says.
    """
    if encoder.column.faker:  # an extra, which may not be there, and takes long to import
        return
    n_cells = max(part.n_classes + 2 * part.n_modes for part in encoder.parts)
    n_rows = min(n_cells, MAX_TRIAL_ROWS, 1 + MAX_TRIAL_TEXT // max(encoder.max_length, 1))
    cells = [_make_cells(part, n_rows) for part in encoder.parts]
    rows, rng = np.arange(n_rows), np.random.default_rng(0)
    try:
        with np.errstate(all="ignore"):
            encoder.renumber(encoder.decode_parts(cells, rows, rng), rows, rng)
    except Exception as error:
        of_column = f"the column {encoder.column.name!r} of the dtype {encoder.column.dtype}"
        raise state.error("", f"makes no values of {of_column} ({reason(error)})") from error


def make_trial_table(parts: Sequence[PartEncoder], n_rows: int) -> EncodedTable:
    """Return rows of cells of all classes, as far as there are rows; (n_rows, n_parts)."""
    cells = [_make_cells(part, n_rows) for part in parts]
    codes, scalars = zip(*((each.codes, each.scalars) for each in cells), strict=True)
    return EncodedTable(np.column_stack(codes), np.column_stack(scalars))


def _make_cells(part: PartEncoder, n_rows: int) -> EncodedColumn:
    """Return cells of every class, as far as there are rows; those with scalars come thrice."""
    classes = np.concatenate(
        [np.arange(part.n_classes), np.tile(np.arange(part.n_modes), 2)], dtype=np.int32
    )
    numbers = np.arange(n_rows)
    turns = (numbers >= part.n_classes) + (numbers >= part.n_classes + part.n_modes)
    return EncodedColumn(classes[numbers % len(classes)], SCALARS[turns % 3])
