"""A sample in strata: parts of it that satisfy something each, in shares that are asked for.

The numbers of rows say which stratum they are of, by the method of Webster and Sainte-Lague: the
m-th row of a stratum with the share p comes at the time (m + 1/2) / p. So every sample, and every
one that it is the beginning of, has the shares that are asked for, up to rounding.

>>> strata = Strata((Stratum(None, 0.5), Stratum(None, 0.25), Stratum(None, 0.25)))
>>> strata.assign(0, 8).tolist(), strata.assign(6, 8).tolist()
([0, 1, 2, 0, 0, 1, 2, 0], [2, 0])
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Self

import numpy as np

from tabgan.encoding.table_encoder import TableEncoder
from tabgan.errors import ConditionError, SettingError
from tabgan.model.gaps import find_gaps
from tabgan.model.row_conditions import RowConditions
from tabgan.query.row_filter import RowFilter
from tabgan.query.shares import ColumnShares
from tabgan.relations import RelationSet
from tabgan.schema.arrays import Indices
from tabgan.schema.column import Name

MAX_STRATA = 1_000
MARGIN = 1.2360679  # of time before a block: no whole number, so that no row falls on its end


@dataclass(frozen=True)
class Stratum:
    """A part of a sample.

    Attributes:
        conditions: What its rows satisfy.
        share: Of the sample's rows, above 0.
    """

    conditions: RowConditions
    share: float


@dataclass(frozen=True)
class Strata:
    """All parts of a sample, whose shares add up to 1."""

    parts: tuple[Stratum, ...]

    @classmethod
    def divide(
        cls,
        asked: RowFilter,
        shares: Mapping[Name, ColumnShares],
        relations: RelationSet,
        encoder: TableEncoder,
    ) -> Self:
        """Return the strata of rows that satisfy a filter, one for all where no share is asked for.

        Of several columns, each has its shares within those of the others.

        Raises:
            SettingError: There are too many, or shares that leave a rest to no other value.
            ConditionError: There are no rows of a stratum.
        """
        gaps = find_gaps(relations, encoder) if shares else frozenset()
        columns = [
            list(_iter_parts(own, own.name in gaps, relations, encoder)) for own in shares.values()
        ]
        n_strata = int(np.prod([len(parts) for parts in columns], dtype=np.float64))
        if n_strata > MAX_STRATA:
            raise SettingError(
                f"the shares asked for make {n_strata:,} kinds of rows; ask for fewer values: "
                f"{MAX_STRATA:,} kinds at the most."
            )
        strata = []
        for chosen in product(*columns):
            filters = [asked, *(part for part, _ in chosen)]
            conditions = RowConditions.from_filter(RowFilter.all_of(filters), relations, encoder)
            strata.append(Stratum(conditions, float(np.prod([share for _, share in chosen]))))
        return cls(tuple(strata))

    @property
    def declared(self) -> list[str]:
        """Texts of the declared relations by which rows are only checked."""
        return self.parts[0].conditions.declared

    def assign(self, first: int, stop: int) -> Indices:
        """Return the number of the stratum of each row from `first` to before `stop`."""
        n_strata = len(self.parts)
        if n_strata == 1:
            return np.zeros(stop - first, np.int64)
        shares = np.array([part.share for part in self.parts])
        shares /= shares.sum()
        before = np.floor(max(0.0, first - n_strata / 2 - MARGIN) * shares + 0.5)
        after = np.floor((stop + n_strata / 2 + MARGIN) * shares + 0.5) + 1
        numbers = np.repeat(np.arange(n_strata), (after - before).astype(np.int64))
        rows = np.concatenate([np.arange(*ends) for ends in zip(before, after, strict=True)])
        order = np.lexsort((numbers, (rows + 0.5) / shares[numbers]))
        start = first - int(before.sum())
        return np.asarray(numbers[order[start : start + stop - first]])


def _iter_parts(
    own: ColumnShares, may_miss: bool, relations: RelationSet, encoder: TableEncoder
) -> Iterator[tuple[RowFilter, float]]:
    """Yield what is asked of a column, its rest among it, and the shares of these above 0.

    Raises:
        ConditionError: There are no such values.
        SettingError: There are no others, to which the rest would go.
    """
    for part in own.parts:
        asked = RowFilter({own.name: part.clauses})
        RowConditions.from_filter(asked, relations, encoder)
        if part.share:
            yield asked, part.share
    if not own.rest:
        return
    rest = RowFilter({own.name: own.ask_rest(may_miss=may_miss)})
    try:
        RowConditions.from_filter(rest, relations, encoder)
    except ConditionError:
        total = sum(part.share for part in own.parts)
        raise SettingError(
            f"the shares of the column {own.name!r} add up to {total:.6g}, and it has no other "
            "values than those: let them add up to 1."
        ) from None
    yield rest, own.rest
