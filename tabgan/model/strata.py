"""A sample in strata: parts of it that satisfy something each, in shares that are asked for.

The numbers of rows say which stratum they are of, by the method of Webster and Sainte-Lague: the
m-th row of a stratum with the share p comes at the time (m + 1/2) / p. So every sample, and every
one that it is the beginning of, has the shares that are asked for, up to rounding.

>>> strata = Strata((Stratum(None, 0.5), Stratum(None, 0.25), Stratum(None, 0.25)))
>>> strata.assign(0, 8).tolist(), strata.assign(6, 8).tolist()
([0, 1, 2, 0, 0, 1, 2, 0], [2, 0])
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Self

import numpy as np
import pandas as pd

from tabgan.encoding.table_encoder import TableEncoder
from tabgan.errors import ConditionError, SettingError, printable
from tabgan.model.gaps import find_gaps
from tabgan.model.joint_shares import count_parts, find_joint, find_missed
from tabgan.model.row_conditions import RowConditions
from tabgan.query.row_filter import RowFilter
from tabgan.query.shares import ColumnShares
from tabgan.relations import Relation, RelationSet
from tabgan.schema.arrays import Floats, Indices
from tabgan.schema.column import Name

MAX_STRATA = 1_000
MIN_SHARE = 1e-9  # of a stratum that may have a row
Draw = Callable[[RowConditions], pd.DataFrame]
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
        draw: Draw,
    ) -> Self:
        """Return the strata of rows that satisfy a filter, one for all where no share is asked for.

        Values of several columns go together as often as they do in what the model draws, scaled to
        the shares of each (`joint_shares`).

        Args:
            asked: What every row satisfies.
            shares: By column.
            relations: Between the columns.
            encoder: Of the learned columns.
            draw: Returns rows of the model that shall satisfy conditions; not checked.

        Raises:
            SettingError: There are too many, or shares that leave a rest to no other value, or that
                facts do not allow together.
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
        filters = [
            RowFilter.all_of([asked, *(p for p, _ in chosen)]) for chosen in product(*columns)
        ]
        if len(columns) > 1:
            found = [_find_conditions(each, relations, encoder) for each in filters]
            whole = draw(RowConditions.from_filter(asked, relations, encoder))
            drawn = whole[asked.read_values(relations.schema).matches(whole, relations.schema)]
            joint = _find_joint(columns, found, drawn, list(shares.values()), relations)
        else:
            found = [RowConditions.from_filter(each, relations, encoder) for each in filters]
            joint = np.array([share for _, share in columns[0]] if columns else [1.0])
        strata = zip(found, joint.ravel().tolist(), strict=True)
        return cls(tuple(Stratum(own, share) for own, share in strata if own and share > MIN_SHARE))

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


def _find_conditions(
    asked: RowFilter, relations: RelationSet, encoder: TableEncoder
) -> RowConditions | None:
    """Return what rows satisfy; None if there are none."""
    try:
        return RowConditions.from_filter(asked, relations, encoder)
    except ConditionError:
        return None


def _find_joint(
    columns: Sequence[Sequence[tuple[RowFilter, float]]],
    found: Sequence[RowConditions | None],
    drawn: pd.DataFrame,
    asked: Sequence[ColumnShares],
    relations: RelationSet,
) -> Floats:
    """Return the shares of all combinations of parts of columns; (n_parts of each column, ...).

    Raises:
        SettingError: Those of the columns cannot be met together.
    """
    counts = count_parts(drawn, relations.schema, [[part for part, _ in own] for own in columns])
    margins = [np.array([share for _, share in own]) for own in columns]
    is_possible = np.array([own is not None for own in found]).reshape(counts.shape)
    joint = find_joint(counts, margins, is_possible)
    missed = find_missed(joint, margins)
    if missed is not None:
        axes = tuple(axis for axis in range(joint.ndim) if axis != missed)
        raise _contradiction(asked, missed, margins[missed], joint.sum(axis=axes), relations)
    return joint


def _contradiction(
    asked: Sequence[ColumnShares],
    missed: int,
    margin: Floats,
    met: Floats,
    relations: RelationSet,
) -> SettingError:
    """Return the error of shares that no rows have together.

    Args:
        asked: The shares of each column.
        missed: Which column's are not met beside those of the others.
        margin: What is asked of its parts; (n_parts,).
        met: What is possible beside the others' shares; (n_parts,).
        relations: Between the columns.
    """
    name = asked[missed].name
    others = [own.name for own in asked if own.name != name]
    texts = [part.text for part in asked[missed].parts if part.share] + ["anything else"]
    part = int((margin - met).argmax())
    facts = [
        printable(relation.text)
        for relation in relations.relations
        if name in (names := _names_of(relation)) and names & set(others)
    ]
    why = f"since {facts[0]}" if facts else "since facts of the table join these columns"
    return SettingError(
        f"the shares of {name!r} and those of {' and '.join(map(repr, others))} contradict each "
        f"other: {margin[part]:.0%} of the rows shall have {name} {texts[part]}, and beside the "
        f"other shares at most {met[part]:.0%} can, {why}; change the shares of one of them."
    )


def _names_of(relation: Relation) -> set[Name]:
    return {column.name for column in (*relation.dependents, *relation.sources)}


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
        try:
            RowConditions.from_filter(asked, relations, encoder)
        except ConditionError:
            RowConditions.from_filter(RowFilter({own.name: part.own}), relations, encoder)
            raise SettingError(
                f"no row is left for the share of {own.name!r} {part.text}: a row counts for the "
                "first share that it falls under, and those given before take all of them; give "
                "this one before, or ranges that do not overlap."
            ) from None
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
