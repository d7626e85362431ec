"""How a table in text is written: what parts its values and decimals, in which encoding.

>>> TextFormat(";", ",", "cp1252", skip_rows=2).text
"delimiter ';', decimal comma, cp1252, 2 lines skipped"
"""

from dataclasses import dataclass

UTF8 = "utf-8"
LEFT_OUT = {  # which column is left out, in words
    "": "",
    "first": "the unnamed row numbers in front left out",
    "last": "the empty column at the end left out",
}


@dataclass(frozen=True)
class TextFormat:
    """How a table in text is written.

    Attributes:
        delimiter: Between the values of a row.
        decimal: Mark of decimals.
        encoding: As Python names it.
        is_guess: Whether the encoding is but the likeliest, since nothing in the file says it.
        skip_rows: Lines above the header.
        left_out: Which column is no column: "first", if it has no name and numbers the rows;
            "last", if it has no name and no value; "" if all are kept.
        has_short_header: Whether the header has no place for that column either.
        remark: What is noteworthy beside all that; "" if nothing is.
    """

    delimiter: str = ","
    decimal: str = "."
    encoding: str = UTF8
    is_guess: bool = False
    skip_rows: int = 0
    left_out: str = ""
    has_short_header: bool = False
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
            LEFT_OUT[self.left_out],
            self.remark,
        )
        return ", ".join(part for part in parts if part)

    @property
    def encoding_text(self) -> str:
        """The encoding in words."""
        if self.is_guess:
            return f"{self.encoding} (a guess: --encoding names another one)"
        return self.encoding.upper() if self.encoding.startswith("utf") else self.encoding


PLAIN_TEXT = TextFormat()
