"""Kinds of columns that the extra [faker] fills; a new kind is one line here.

In a schema, `"kind": "name"` stands for a column of text that Faker fills with names, of a
`"locale"` if one is given.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tabgan.errors import SchemaError
from tabgan.state_reader import show_value


@dataclass(frozen=True)
class FakerKind:
    """What fills a column.

    Attributes:
        provider: Method of Faker that makes a text.
        is_kept_out: Whether texts of the table must not come by chance: not so of what everyone
            shares, such as countries and first names.
    """

    provider: str
    is_kept_out: bool = True


FAKER_KINDS: Mapping[str, FakerKind] = {
    "name": FakerKind("name"),
    "first_name": FakerKind("first_name", is_kept_out=False),
    "last_name": FakerKind("last_name", is_kept_out=False),
    "address": FakerKind("address"),
    "street_address": FakerKind("street_address"),
    "city": FakerKind("city", is_kept_out=False),
    "postcode": FakerKind("postcode", is_kept_out=False),
    "country": FakerKind("country", is_kept_out=False),
    "company": FakerKind("company"),
    "job": FakerKind("job", is_kept_out=False),
    "email": FakerKind("email"),
    "user_name": FakerKind("user_name"),
    "phone_number": FakerKind("phone_number"),
    "iban": FakerKind("iban"),
    "sentence": FakerKind("sentence"),
    "paragraph": FakerKind("paragraph"),
}


def expand_faker_kind(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return a column's entry with a kind of Faker's written as text that it fills.

    >>> expand_faker_kind({"name": "patient", "kind": "name", "dtype": "str"})
    {'name': 'patient', 'kind': 'text', 'dtype': 'str', 'faker': 'name'}

    Raises:
        SchemaError: There is a filling or a locale that the kind has no use for.
    """
    kind, faker = entry.get("kind"), entry.get("faker")
    if kind in list(FAKER_KINDS) and (faker is None or faker == kind):
        return {**entry, "kind": "text", "faker": kind}
    of_column = f"of the schema's column {show_value(entry.get('name'))}"
    if faker is not None and (kind != "text" or faker not in list(FAKER_KINDS)):
        kinds = ", ".join(FAKER_KINDS)
        raise SchemaError(
            f"'faker' {of_column} is {show_value(faker)} beside the kind {show_value(kind)}; leave "
            f"it out, and give what is to fill the column as its kind: {kinds}."
        )
    if entry.get("locale") is not None and faker is None:
        raise SchemaError(
            f"'locale' {of_column} is {show_value(entry['locale'])}, but its kind "
            f"{show_value(kind)} has no use for one; leave it out, or give a kind such as "
            "name or address."
        )
    return dict(entry)


def collapse_faker_kind(entry: dict[str, Any]) -> dict[str, Any]:
    """Return an entry that `expand_faker_kind` would expand to this one."""
    faker = entry.pop("faker", None)
    return entry if faker is None else {**entry, "kind": faker}
