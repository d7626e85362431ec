r"""What a user says of how a table is written, where it is not to be recognised by itself.

>>> ReadOptions(delimiter="tab").delimiter
'\t'
"""

import codecs
from dataclasses import dataclass

from tabgan.errors import SettingError

FORMATS = ("csv", "tsv", "jsonl", "parquet", "feather", "xlsx", "ods", "sqlite", "duckdb")
DELIMITER_NAMES = {"tab": "\t", "\\t": "\t", "space": " "}
DECIMAL_MARKS = (".", ",")


@dataclass(frozen=True)
class ReadOptions:
    """How a table is to be read; whatever is None is recognised.

    Attributes:
        delimiter: One character between the values of a text file; "tab" is one, too.
        decimal: Mark of decimals in a text file, a point or a comma.
        encoding: Of a text file, as Python names it.
        skip_rows: Lines of a text file that stand before its header.
        format: What the file holds, one of FORMATS, whatever its name says.
        query: SQL for a database; the name of a sheet for a workbook.

    Raises:
        SettingError: One of them is outside what is allowed.
    """

    delimiter: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    skip_rows: int | None = None
    format: str | None = None
    query: str | None = None

    def __post_init__(self) -> None:
        if self.delimiter is not None:
            delimiter = DELIMITER_NAMES.get(self.delimiter.lower(), self.delimiter)
            object.__setattr__(self, "delimiter", delimiter)
            if len(delimiter) != 1 or delimiter in '"\r\n':
                raise SettingError(
                    f"the delimiter {delimiter!r} is not one character; give one such as ; or tab."
                )
        if self.decimal not in {None, *DECIMAL_MARKS}:
            raise SettingError(f"the decimal mark {self.decimal!r} is neither a point nor a comma.")
        if self.decimal is not None and self.decimal == self.delimiter:
            raise SettingError(
                f"{self.decimal!r} cannot part both values and decimals; give another delimiter."
            )
        if self.skip_rows is not None and self.skip_rows < 0:
            raise SettingError(f"{self.skip_rows} lines cannot be skipped; give 0 or more.")
        _check_encoding(self.encoding)
        check_format(self.format)

    @property
    def is_for_values(self) -> bool:
        """Whether something is said that only text with delimiters has."""
        said = (self.delimiter, self.decimal, self.skip_rows)
        return any(value is not None for value in said)


def check_format(name: str | None) -> None:
    """Refuse a format that is not known; None is recognised.

    Raises:
        SettingError: It is none of FORMATS.
    """
    if name not in {None, *FORMATS}:
        raise SettingError(f"the format {name!r} is not known; allowed are {', '.join(FORMATS)}.")


def _check_encoding(name: str | None) -> None:
    try:
        known = codecs.lookup(name or "utf-8")
        "a".encode(known.name)
    except (LookupError, ValueError, UnicodeError):
        raise SettingError(
            f"the encoding {name!r} is not known; give one such as utf-8, cp1252 or utf-16."
        ) from None


AS_FOUND = ReadOptions()
