"""A table that a fitted model is asked about: of any kind, in memory or in files; given back so."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd

from tabgan.errors import TableError
from tabgan.io import AS_FOUND, Container, find_source, read_frame
from tabgan.schema import TableSchema, check_gaps

BATCH_ROWS = 20_000  # that are read of a file at once


@dataclass(frozen=True)
class GivenTable:
    """Rows in pandas, and what they came in.

    Attributes:
        frame: The rows; (n_rows, n_columns).
        container: Puts rows back into the kind that they came in.
    """

    frame: pd.DataFrame
    container: Container

    @classmethod
    def read(cls, data: Any, schema: TableSchema) -> Self:
        """Read a table; an index stays one unless its levels are columns of the schema.

        Raises:
            TableError: It is no table, one in partitions, or holds what cannot be compared.
        """
        if hasattr(data, "npartitions"):
            raise TableError(
                "rows of a Dask DataFrame are asked about by tabgan.dask: its complete, impute, "
                "predict and score_samples take the model and the DataFrame; or give its compute()."
            )
        if isinstance(data, str | Path):
            return cls(find_source(data, AS_FOUND).read(), Container(schema.index))
        if isinstance(data, pd.DataFrame) and not set(data.index.names) & set(schema.names):
            check_gaps(data)
            return cls(data, Container())
        is_row = isinstance(data, np.ndarray) and len(data) == 1  # of which nothing is learned
        table = read_frame(np.repeat(np.asarray(data), 2, axis=0) if is_row else data)
        return cls(table.frame[:1] if is_row else table.frame, table.container)

    def give_back(self, rows: pd.DataFrame) -> Any:
        """Return rows in the kind that the table came in."""
        return self.container.create(rows)


def iter_given(data: Any, schema: TableSchema) -> Iterator[pd.DataFrame]:
    """Yield the rows of a table, of a file in batches, or of frames that come one by one.

    Raises:
        TableError: It is no table.
    """
    if isinstance(data, str | Path):
        yield from find_source(data, AS_FOUND).iter_batches(BATCH_ROWS)
    elif isinstance(data, Iterator):
        for each in data:
            yield GivenTable.read(each, schema).frame
    elif isinstance(data, Iterable) or hasattr(data, "__arrow_c_stream__"):
        yield GivenTable.read(data, schema).frame
    else:
        raise TableError(f"rows to complete are a table, not a {type(data).__name__}.")
