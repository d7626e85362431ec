"""A column of text computed from others: `initials = left(first, 1) || left(last, 1)`.

>>> from tabgan.query.expressions import ColumnRef, Text
>>> from tabgan.query.texts import Concatenation
>>> first, last, full = (Column(name, ColumnKind.CATEGORICAL, "object") for name in "abc")
>>> expression = Concatenation((ColumnRef(first), Text(" "), ColumnRef(last)))
>>> computation = TextComputation(expression, Rounding(None))
>>> frame = pd.DataFrame({"a": ["Ada", None], "b": ["Lovelace", "Hopper"]})
>>> computation.apply(frame, full).tolist()
['Ada Lovelace', None]
"""

from typing import Any, Self

import numpy as np
import pandas as pd

from tabgan.query.column_reader import ColumnReader
from tabgan.query.expressions import ColumnRef, Value, ValueType
from tabgan.query.texts import Concatenation, TextCall
from tabgan.query.value_check import check_text
from tabgan.relations.formula.comparison import Comparison
from tabgan.relations.formula.computation import Computation, read_expression
from tabgan.relations.formula.rounding import Rounding
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import TableSchema, restore_dtype
from tabgan.schema.arrays import Mask, Objects
from tabgan.schema.column import Column, ColumnKind, dtype_of, holds_text
from tabgan.state_reader import StateReader

TEXT_KINDS = {
    ColumnKind.CATEGORICAL,
    ColumnKind.IDENTIFIER,
    ColumnKind.PATTERN,
    ColumnKind.TEXT,
}


class TextComputation(Computation):
    """The text of a column in each row of the others; blank text is none."""

    @classmethod
    def fit(cls, profile: TableProfile, dependent: Column, expression: Value) -> Self:  # noqa: ARG003
        return cls(expression, Rounding(None))

    @property
    def n_digits(self) -> int:
        return 0

    def compute(self, reader: ColumnReader, dependent: Column) -> "pd.Series[Any]":
        texts = find_texts(self.expression, reader)
        texts[texts == None] = dependent.gap  # noqa: E711
        return restore_dtype(texts, dependent, reader.frame.index)

    def compare(self, frame: pd.DataFrame, dependent: Column) -> Comparison:
        reader = ColumnReader(frame)
        found, own = find_texts(self.expression, reader), reader.texts(dependent)
        has_result = np.asarray(found != None, bool)  # noqa: E711
        return Comparison(has_result, np.asarray(found == own, bool) & has_result)

    def is_borne_out(self, frame: pd.DataFrame, dependent: Column, broken: Mask) -> bool:  # noqa: ARG002
        return True

    def is_exact(self, series: "pd.Series[Any]", dependent: Column) -> bool:
        objects = series.astype(object).to_numpy()
        return bool(restore_dtype(objects, dependent).dtype == series.dtype)

    def measure_loss(self, profile: TableProfile, dependent: Column) -> float:  # noqa: ARG002
        return 1.0  # what is cut out of a text does not give it back

    @classmethod
    def from_state(cls, state: StateReader, column: Column, schema: TableSchema) -> Self:
        state.check(holds_texts(column), "", f"cannot be held by a {column.kind.value} column")
        return cls(read_expression(state, schema, check=check_text), Rounding(None))

    def to_state(self) -> dict[str, Any]:
        return {"expression": self.expression.write_operand(3)}


def find_texts(expression: Value, reader: ColumnReader) -> Objects:
    """Return the text of an expression in each row; (n_rows,), None where there is none."""
    texts = np.array(np.broadcast_to(expression.categories(reader), len(reader.frame)), object)
    texts[texts == ""] = None
    return texts


def is_of_text(expression: Value) -> bool:
    """Return whether an expression is put together of text, or a text that is made anew."""
    if isinstance(expression, ColumnRef):
        return expression.column.kind.is_made_anew
    is_made = isinstance(expression, Concatenation | TextCall)
    return is_made and expression.value_type is ValueType.CATEGORY


def holds_texts(column: Column) -> bool:
    """Return whether a column's cells are texts that mean nothing but themselves."""
    if column.kind not in TEXT_KINDS or column.missing_marks or column.faker is not None:
        return False
    return holds_text(dtype_of(column.dtype)) or (
        column.dtype == "object" and column.element == "str"
    )


def can_be_text(column: Column, expression: Value) -> bool:
    """Return whether a column can hold the results of an expression of text.

    A `category` dtype holds what it knows: what one column of categories decides.
    """
    if holds_texts(column):
        return True
    is_known = column.categories is not None and holds_text(dtype_of(column.categories))
    is_category = column.kind is ColumnKind.CATEGORICAL and not column.missing_marks
    sources = [source.kind for source in expression.columns]
    return is_known and is_category and sources == [ColumnKind.CATEGORICAL]
