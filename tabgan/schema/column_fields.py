"""What the fields of a column may hold in a schema, which anybody may have written.

>>> is_name("age"), is_name(3), is_name(True), is_name(None)
(True, True, False, False)
"""

from tabgan.errors import SchemaError
from tabgan.state_reader import show_value

MAX_TEXT = 200_000  # characters of a field: patterns list their words
MAX_NUMBER = 2**63 - 1  # of columns that have numbers for names
MAX_TEXTS = 1_000  # in a list


def is_name(value: object) -> bool:
    """Return whether a value of JSON can be the name of a column."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return abs(value) <= MAX_NUMBER if is_number else is_text(value)  # type: ignore[arg-type]


def is_text(value: object) -> bool:
    """Return whether a value is text of bounded length; JSON may hold halves of characters, too."""
    try:
        return isinstance(value, str) and len(value.encode()) <= MAX_TEXT
    except UnicodeEncodeError:
        return False


def check_text(name: str | int, key: str, value: object) -> None:
    """Refuse a field that is no text, or one that is too long or cannot be stored.

    Raises:
        SchemaError: It is so.
    """
    if not is_text(value):
        raise SchemaError(
            f"{key!r} of the schema's column {show_value(name)} is text of at most {MAX_TEXT:,} "
            f"bytes in UTF-8, not {show_value(value)}."
        )


def read_texts(name: str | int, key: str, value: object) -> tuple[str, ...]:
    """Return the texts of a field.

    Raises:
        SchemaError: It is no list of texts, or too long.
    """
    if not isinstance(value, list) or len(value) > MAX_TEXTS:
        raise SchemaError(
            f"{key!r} of the schema's column {show_value(name)} is a list of at most {MAX_TEXTS:,} "
            f"texts, not {show_value(value)}."
        )
    for text in value:
        check_text(name, key, text)
    return tuple(value)
