"""The encoder of each kind of column; a new kind is one line here.

>>> encoder_of(Column("x", ColumnKind.TEXT, "str", faker="name")).__name__
'FakerEncoder'
"""

from collections.abc import Mapping
from typing import Any

from tabgan.encoding.categorical import CategoricalEncoder
from tabgan.encoding.column_encoder import ColumnEncoder
from tabgan.encoding.datetime import DatetimeEncoder
from tabgan.encoding.faker_text import FakerEncoder
from tabgan.encoding.free_text import FreeTextEncoder
from tabgan.encoding.identifier import IdentifierEncoder, holds_numbers
from tabgan.encoding.numerical import NumericalEncoder
from tabgan.encoding.pattern import PatternEncoder
from tabgan.encoding.template_identifier import TemplateEncoder
from tabgan.schema import Column, ColumnKind

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
    """Return the encoder of a column: its kind's, unless Faker fills it or it is a key of text."""
    if column.faker:
        return FakerEncoder
    is_text_key = column.kind is ColumnKind.IDENTIFIER and not holds_numbers(column)
    return PatternEncoder if is_text_key else ENCODERS[column.kind]


def read_encoder(column: Column, state: dict[str, Any]) -> ColumnEncoder:
    """Return the encoder of a column that a model file holds, perhaps of an older release."""
    if state.get("templates"):
        return TemplateEncoder.from_state(column, state)
    return encoder_of(column).from_state(column, state)
