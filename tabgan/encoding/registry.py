"""The encoder of each kind of column; a new kind is one line here.

>>> encoder_of(Column("x", ColumnKind.TEXT, "str", faker="name")).__name__
'FakerEncoder'
"""

from collections.abc import Mapping

from tabgan.encoding.categorical import CategoricalEncoder
from tabgan.encoding.column_encoder import ColumnEncoder
from tabgan.encoding.datetime import DatetimeEncoder
from tabgan.encoding.faker_text import FakerEncoder
from tabgan.encoding.free_text import FreeTextEncoder
from tabgan.encoding.identifier import IdentifierEncoder
from tabgan.encoding.numerical import NumericalEncoder
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
    ColumnKind.PATTERN: IdentifierEncoder,
    ColumnKind.TEXT: FreeTextEncoder,
}


def encoder_of(column: Column) -> type[ColumnEncoder]:
    """Return the encoder of a column: its kind's, unless Faker fills it."""
    return FakerEncoder if column.faker else ENCODERS[column.kind]
