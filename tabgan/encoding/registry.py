"""The encoder of each kind of column; a new kind is one line here."""

from collections.abc import Mapping

from tabgan.encoding.categorical import CategoricalEncoder
from tabgan.encoding.column_encoder import ColumnEncoder
from tabgan.encoding.datetime import DatetimeEncoder
from tabgan.encoding.free_text import FreeTextEncoder
from tabgan.encoding.identifier import IdentifierEncoder
from tabgan.encoding.numerical import NumericalEncoder
from tabgan.schema import ColumnKind

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
