"""How a table in text is written: what parts its values and decimals, in which encoding.

>>> TextFormat(";", ",", "cp1252", skip_rows=2).text
"delimiter ';', decimal comma, cp1252, 2 lines skipped"
"""

from dataclasses import dataclass

UTF8 = "utf-8"


@dataclass(frozen=True)
class TextFormat:
    """How a table in text is written.

    Attributes:
        delimiter: Between the values of a row.
        decimal: Mark of decimals.
        encoding: As Python names it.
        is_guess: Whether the encoding is but the likeliest, since nothing in the file says it.
        skip_rows: Lines above the header.
        left_out: Numbers of the columns that are none: they have no names, and no values.
        has_row_numbers: Whether the first column has no name and numbers the rows: it is left out.
        has_short_header: Whether the header has no place for the column that is left out either.
        skips_spaces: Whether a space follows every delimiter, and belongs to no value.
        remark: What is noteworthy beside all that; "" if nothing is.
    """

    delimiter: str = ","
    decimal: str = "."
    encoding: str = UTF8
    is_guess: bool = False
    skip_rows: int = 0
    left_out: tuple[int, ...] = ()
    has_row_numbers: bool = False
    has_short_header: bool = False
    skips_spaces: bool = False
    remark: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether it is what everybody expects: commas, points, UTF-8, and nothing left out."""
        return self == PLAIN_TEXT

    @property
    def text(self) -> str:
        """The same in words."""
        delimiter = {"\t": "tab"}.get(self.delimiter, f"'{self.delimiter}'")
        lines = "line" if self.skip_rows == 1 else "lines"
        parts = (
            f"delimiter {delimiter}",
            f"decimal {'comma' if self.decimal == ',' else 'point'}",
            self.encoding_text,
            f"{self.skip_rows} {lines} skipped" if self.skip_rows else "",
            describe_left_out(self.has_row_numbers, len(self.left_out)),
            "the space behind every delimiter left out" if self.skips_spaces else "",
            self.remark,
        )
        return ", ".join(part for part in parts if part)

    @property
    def encoding_text(self) -> str:
        """The encoding in words."""
        if self.is_guess:
            return f"{self.encoding} (a guess: --encoding names another one)"
        return self.encoding.upper() if self.encoding.startswith("utf") else self.encoding


def describe_left_out(has_row_numbers: bool, n_empty: int) -> str:
    """Return in words which columns are none: one that numbers the rows, and empty ones.

    >>> describe_left_out(True, 2)
    'the unnamed row numbers in front left out, 2 empty columns without names left out'
    """
    numbers = "the unnamed row numbers in front left out" if has_row_numbers else ""
    one = "the empty column without a name left out" if n_empty else ""
    empty = f"{n_empty} empty columns without names left out" if n_empty > 1 else one
    return ", ".join(filter(None, (numbers, empty)))


PLAIN_TEXT = TextFormat()
