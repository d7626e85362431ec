"""Which of the relations by which rows are only checked say something that no others say."""

from collections.abc import Iterator, Sequence
from itertools import product

import pandas as pd

from tabgan.relations.relation import DiscoveredRelation
from tabgan.relations.statistics import MIN_ROWS
from tabgan.schema.arrays import Mask

CheckedRows = tuple[DiscoveredRelation, Mask]  # and which permuted rows break it, (n_rows,)


def select_checks(
    checks: Sequence[DiscoveredRelation], permuted: pd.DataFrame
) -> list[DiscoveredRelation]:
    """Return the checks that do not follow from others.

    Args:
        checks: As they are found.
        permuted: Rows whose learned columns have nothing to do with each other: what they obey, all
            other relations bring about.
    """
    broken = [(check, check.relation.find_violations(permuted)) for check in checks]
    left = [pair for pair in broken if pair[1].any()]
    for check in sorted(left, key=lambda pair: int(pair[1].sum())):
        others = [other for other in left if other[0] is not check[0]]
        if _follows(check, others):
            left = others
    return [check for check, _ in left]


def _follows(check: CheckedRows, others: Sequence[CheckedRows]) -> bool:
    """Return whether rows that obey one other check, or two in a chain, obey this one too."""
    broken = check[1]
    for obeying in _iter_obeying(check, others):
        expected = broken.mean() * obeying.sum()
        if expected >= MIN_ROWS and not (broken & obeying).any():
            return True
    return False


def _iter_obeying(check: CheckedRows, others: Sequence[CheckedRows]) -> Iterator[Mask]:
    """Yield which rows obey each check that shares a column, and each two that make a chain."""
    names = check[0].relation.source_names
    near = [other for other in others if names & other[0].relation.source_names]
    for _, broken in near:
        yield ~broken
    for one, other in product(near, near):
        ends = one[0].relation.source_names ^ other[0].relation.source_names
        if ends == names:
            yield ~(one[1] | other[1])
