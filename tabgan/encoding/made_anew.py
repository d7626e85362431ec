"""Columns whose values are made anew for every row: nothing is learned of them but their gaps.

Class 0 holds what is made anew, class 1 the gaps, if the table has any.
"""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from tabgan.encoding.column_encoder import PartEncoder
from tabgan.encoding.encoded_column import MAX_ROWS, EncodedColumn, Rows, Selection
from tabgan.errors import ConditionError, SchemaError
from tabgan.schema import Column, ColumnKind, restore_dtype
from tabgan.schema.arrays import Floats, Objects
from tabgan.schema.column import dtype_of, holds_text
from tabgan.schema.float_conversion import asks_for_missing
from tabgan.schema.predicates import Clause
from tabgan.state_reader import StateReader

_CONTENTS = {
    ColumnKind.IDENTIFIER: "an identifier",
    ColumnKind.PATTERN: "patterned text",
    ColumnKind.TEXT: "free text",
}


@dataclass(frozen=True)
class MadeAnewEncoder(PartEncoder):
    """A column of keys or texts that are made anew.

    Attributes:
        n_present: Rows of the table that hold one.
        n_missing: Rows that hold none.
    """

    n_present: int
    n_missing: int

    IS_UNIQUE: ClassVar[bool] = False  # whether no two rows may share a value

    @abstractmethod
    def compose(self, rows: Rows, rng: np.random.Generator) -> Objects:
        """Return a value for each row number; (n_rows,) both. Fewer rows get the first of them."""

    @property
    def n_classes(self) -> int:
        return 1 + (self.n_missing > 0)

    @property
    def frequencies(self) -> Floats:
        counts = [self.n_present] + ([self.n_missing] if self.n_missing else [])
        return np.array(counts, np.float64) / max(1, sum(counts))

    def with_counts(self, counts: Sequence[npt.NDArray[np.int64]], n_rows: int) -> Self:
        n_missing = int(counts[0][1:].sum())
        return replace(self, n_present=n_rows - n_missing, n_missing=n_missing)

    def encode(self, series: pd.Series, rng: np.random.Generator) -> EncodedColumn:  # noqa: ARG002
        codes = series.isna().to_numpy().astype(np.int32)
        return EncodedColumn(codes, np.zeros(len(codes), np.float32))

    def decode(self, cells: EncodedColumn, rows: Rows, rng: np.random.Generator) -> pd.Series:
        values = self.compose(rows, rng)
        values[cells.codes == 1] = None
        return restore_dtype(values, self.column)

    def renumber(self, series: pd.Series, rows: Rows, rng: np.random.Generator) -> pd.Series:
        return self.decode(self.encode(series, rng), rows, rng) if self.IS_UNIQUE else series

    def select(self, clauses: list[Clause]) -> Selection:
        clause, one = clauses[0], np.ones(1)
        has_any = self.n_present if clause.operator == "!=" else self.n_missing
        if not (asks_only_for_gaps(clauses) and has_any):
            raise made_anew_error(self.column)
        code = 0 if clause.operator == "!=" else 1
        share = float(self.frequencies[code])
        return Selection(np.array([code], np.int32), one, 0 * one, 0 * one, share=share)


def asks_only_for_gaps(clauses: list[Clause]) -> bool:
    """Return whether clauses are one, about whether a cell is missing."""
    value: Any = clauses[0].value
    is_gap = asks_for_missing(value) or value == ""
    return len(clauses) == 1 and clauses[0].operator in {"=", "!="} and is_gap


def made_anew_error(column: Column) -> ConditionError:
    """Return the error of asking for values that are made anew."""
    filled = f"filled by Faker with the kind {column.faker}"
    what = filled if column.faker else _CONTENTS[column.kind]
    return ConditionError(
        f"column {column.name!r} is {what}: its values are made anew for every row "
        "and cannot be asked for; ask for other columns."
    )


def count_gaps(series: pd.Series) -> dict[str, Any]:
    """Return how many rows of a column, (n_rows,), hold something and how many nothing.

    >>> count_gaps(pd.Series(["a", None, "b"]))
    {'n_present': 2, 'n_missing': 1}
    """
    n_missing = int(series.isna().sum())
    return {"n_present": len(series) - n_missing, "n_missing": n_missing}


def read_counts(state: StateReader) -> dict[str, Any]:
    """Return the counts of `count_gaps` from a saved state.

    Raises:
        ModelFileError: They are none.
    """
    return {name: state.whole(name, 0, MAX_ROWS) for name in ("n_present", "n_missing")}


def check_holds_text(column: Column) -> None:
    """Refuse a column whose dtype has no room for made-up text.

    Raises:
        SchemaError: Naming the column, its dtype, and what it holds.
    """
    dtype = dtype_of(column.categories or column.dtype)
    is_untyped = pd.api.types.is_object_dtype(dtype) and column.element in {None, "str"}
    if holds_text(dtype) or is_untyped:
        return
    raise SchemaError(
        f"the column {column.name!r} has the dtype {column.dtype}, which cannot hold the "
        f"{column.faker or 'text'} that the schema says; make it text, or give it another kind."
    )
