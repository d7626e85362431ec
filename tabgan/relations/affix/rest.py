"""What is left of a text without the part that follows: how it is learned."""

from dataclasses import replace
from typing import Any

import pandas as pd

from tabgan.schema.column import Column, ColumnKind
from tabgan.schema.inference import infer_column
from tabgan.schema.text import detect_pattern, text_array

MIN_ROWS_PER_CATEGORY = 5  # of a rest that is learned, on average: others are made anew


def infer_rest(rests: "pd.Series[Any]", dependent: Column) -> Column:
    """Return what the rest of a text is learned as: of a key a key, else a text of its own."""
    pattern = detect_pattern(text_array(rests.dropna()))
    if dependent.kind is ColumnKind.IDENTIFIER:
        return replace(dependent, pattern=pattern)
    kind = infer_column(rests).kind
    if kind is ColumnKind.CATEGORICAL and rests.nunique() * MIN_ROWS_PER_CATEGORY <= len(rests):
        return replace(dependent, kind=kind, pattern=None)
    kind = ColumnKind.TEXT if kind is ColumnKind.TEXT else ColumnKind.PATTERN
    return replace(dependent, kind=kind, pattern=pattern)
