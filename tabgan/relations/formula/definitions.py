"""Counts, texts and first values that columns may be, to be tested on all rows."""

from collections.abc import Iterator

from tabgan.relations.formula.coalesce_search import find_coalesced
from tabgan.relations.formula.count_search import find_counts
from tabgan.relations.formula.declaration import Definition
from tabgan.relations.formula.texts.text_numbers import find_numbers
from tabgan.relations.formula.texts.text_search import TextSearch
from tabgan.relations.table_profile import TableProfile


def iter_definitions(profile: TableProfile) -> Iterator[Definition]:
    """Yield the definitions of columns that a table may show."""
    yield from find_counts(profile)
    yield from find_coalesced(profile)
    yield from TextSearch(profile).find_definitions()
    yield from find_numbers(profile)
