"""Columns that conditions on others decide: a category, thresholds, or which of two is greater."""

from collections.abc import Iterator
from itertools import chain

from tabgan.relations.formula.comparisons import iter_comparisons
from tabgan.relations.formula.discovery import Candidate
from tabgan.relations.formula.groups import iter_groups
from tabgan.relations.formula.thresholds import iter_thresholds
from tabgan.relations.table_profile import TableProfile

SEARCHES = (iter_groups, iter_thresholds, iter_comparisons)  # what says most comes first


def iter_cases(profile: TableProfile) -> Iterator[list[Candidate]]:
    """Yield the candidates of each column, one search after the other."""
    return chain.from_iterable(search(profile) for search in SEARCHES)
