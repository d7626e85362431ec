"""The columns of a table as expressions need them.

>>> ColumnReader(pd.DataFrame({"x": [1.5, None]})).frame["x"].tolist()
[1.5, nan]
"""

from typing import Any

import numpy as np
import pandas as pd

from tabgan.query.functions import Approximation, exact
from tabgan.query.text_functions import write_number
from tabgan.schema.arrays import Integers, Mask, Objects
from tabgan.schema.column import Column, ColumnKind
from tabgan.schema.float_conversion import comparable_cells, to_float
from tabgan.schema.predicates import category_names


class ColumnReader:
    """The columns of a table as expressions need them, each converted once.

    Args:
        frame: The table.
        compares_raw: Whether results of arithmetic are compared to their last bit.
    """

    def __init__(self, frame: pd.DataFrame, *, compares_raw: bool = False) -> None:
        self.frame, self.compares_raw = frame, compares_raw
        self._cache: dict[tuple[Column, bool], Any] = {}

    def numbers(self, column: Column) -> Approximation:
        """Return a column of numbers or datetimes; (n_rows,), NaN where missing."""
        key = (column, True)
        if key not in self._cache:
            self._cache[key] = exact(to_float(self.frame[column.name], column))
        numbers: Approximation = self._cache[key]
        return numbers

    def categories(self, column: Column) -> Objects:
        """Return a column of categories as text; (n_rows,), None where missing."""
        codes, names = self.factorize(column)
        return names[codes]

    def factorize(self, column: Column) -> tuple[Integers, Objects]:
        """Return the number of each row's category, (n_rows,), and the categories, None the last.

        A gap's number is -1.
        """
        key = (column, False)
        if key not in self._cache:
            codes, seen = pd.factorize(self.frame[column.name].astype(object))
            self._cache[key] = codes, category_names([*seen, None], column)
        factorized: tuple[Integers, Objects] = self._cache[key]
        return factorized

    def texts(self, column: Column) -> Objects:
        """Return a column as its cells are written; (n_rows,), None where missing."""
        is_boolean = column.kind is ColumnKind.BOOLEAN
        codes, seen = pd.factorize(self.frame[column.name].astype(object))
        names = category_names(seen, column) if is_boolean else map(write_number, seen)
        return np.asarray(np.array([*names, None], object)[codes])

    def missing(self, column: Column) -> Mask:
        """Return where a column has no value; (n_rows,)."""
        cells = comparable_cells(self.frame[column.name], column)
        return np.asarray(cells.isna().to_numpy(bool))
