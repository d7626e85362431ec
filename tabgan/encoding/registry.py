"""The encoder of each kind of column; a new kind is one line here.

>>> encoder_of(Column("x", ColumnKind.TEXT, "str", faker="name")).__name__
'FakerEncoder'
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from tabgan.encoding.amount import AmountEncoder
from tabgan.encoding.categorical import CategoricalEncoder
from tabgan.encoding.column_encoder import ColumnEncoder, EncoderConfig
from tabgan.encoding.datetime import DatetimeEncoder
from tabgan.encoding.faker_text import FakerEncoder
from tabgan.encoding.free_text.free_text import FreeTextEncoder
from tabgan.encoding.keys.identifier import IdentifierEncoder, holds_numbers
from tabgan.encoding.keys.pattern import PatternEncoder
from tabgan.encoding.keys.template_identifier import TemplateEncoder
from tabgan.encoding.marked import MarkedEncoder
from tabgan.encoding.numerical import NumericalEncoder
from tabgan.encoding.whole_numbers import WholeNumberEncoder
from tabgan.schema import Column, ColumnKind
from tabgan.schema.whole_numbers import parse_long_numbers
from tabgan.state_reader import StateReader

ENCODERS: Mapping[ColumnKind, type[ColumnEncoder]] = {
    ColumnKind.CONTINUOUS: NumericalEncoder,
    ColumnKind.INTEGER: NumericalEncoder,
    ColumnKind.MIXED: NumericalEncoder,
    ColumnKind.CATEGORICAL: CategoricalEncoder,
    ColumnKind.BOOLEAN: CategoricalEncoder,
    ColumnKind.DATETIME: DatetimeEncoder,
    ColumnKind.CONSTANT: CategoricalEncoder,
    ColumnKind.EMPTY: CategoricalEncoder,
    ColumnKind.IDENTIFIER: IdentifierEncoder,
    ColumnKind.PATTERN: PatternEncoder,
    ColumnKind.TEXT: FreeTextEncoder,
}


def encoder_of(column: Column) -> type[ColumnEncoder]:
    """Return the encoder of a column: its kind's, or one for what its schema says beside."""
    if column.faker:
        return FakerEncoder
    if len(column.missing_marks) > 1:
        return MarkedEncoder
    if column.is_amount:
        return AmountEncoder
    is_text_key = column.kind is ColumnKind.IDENTIFIER and not holds_numbers(column)
    return PatternEncoder if is_text_key else ENCODERS[column.kind]


def fit_column(column: Column, series: "pd.Series[Any]", config: EncoderConfig) -> ColumnEncoder:
    """Return the encoder of a column, fitted: of its kind, exact where float64 is not."""
    if column.kind.is_number and parse_long_numbers(series) is not None:
        return WholeNumberEncoder.fit(column, series, config)
    return encoder_of(column).fit(column, series, config)


def read_column(column: Column, state: StateReader) -> ColumnEncoder:
    """Return the encoder of a column from what `to_state` returned, perhaps in an older release.

    Raises:
        ModelFileError: The state is none of such a column's.
    """
    if state.values.get("templates"):
        return TemplateEncoder.from_state(column, state)
    kind = WholeNumberEncoder if "origin" in state.values else encoder_of(column)
    return kind.from_state(column, state)
