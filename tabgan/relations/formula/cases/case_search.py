"""Columns that conditions on others decide: a category, thresholds, or which of two is greater."""

from collections.abc import Collection, Iterator
from itertools import chain

from tabgan.relations.formula.cases.comparisons import iter_comparisons
from tabgan.relations.formula.cases.groups import iter_groups
from tabgan.relations.formula.cases.pair_thresholds import iter_pair_thresholds
from tabgan.relations.formula.cases.partitions import iter_partitions
from tabgan.relations.formula.cases.thresholds import iter_thresholds
from tabgan.relations.formula.numbers.discovery import Candidate
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.column import Column

# What says most comes first; the later ones look only at what the earlier ones leave.
SEARCHES = (iter_groups, iter_thresholds, iter_comparisons)
LATER_SEARCHES = (iter_pair_thresholds, iter_partitions)


def iter_cases(profile: TableProfile, computed: Collection[Column]) -> Iterator[Candidate]:
    """Yield the candidates of columns, one search after the other.

    Args:
        profile: The table.
        computed: Columns of which it is known what decides them; it may grow on the way.
    """
    for search in SEARCHES:
        yield from chain.from_iterable(search(profile))
    for later in LATER_SEARCHES:
        yield from chain.from_iterable(later(profile, computed))
