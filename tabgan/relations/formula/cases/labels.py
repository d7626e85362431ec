"""The few values of a column, as results of case expressions.

>>> import pandas as pd
>>> from tabgan.schema import TableSchema
>>> frame = pd.DataFrame({"size": ["s", "m", None, "s"], "x": [1.5, 2.5, 3.5, 4.5]})
>>> profile = TableProfile(frame, TableSchema.infer(frame))
>>> [label and label.write() for label in read_labels(profile, profile.schema.columns[0])]
["'s'", "'m'", None]
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tabgan.query.cases import Branch, Case, Flag
from tabgan.query.expressions import ColumnRef, Number, Text, Value, ValueType
from tabgan.query.three_valued_logic import Comparison
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Mask
from tabgan.schema.column import Column, ColumnKind
from tabgan.schema.float_conversion import comparable_cells
from tabgan.schema.predicates import category_name

MAX_LABELS = 20

Label = Value | None  # None for a gap


@dataclass(frozen=True)
class Edge:
    """Where one label ends and the next one begins.

    Attributes:
        below: What is true of the one.
        above: What is true of the other.
    """

    below: Comparison
    above: Comparison


def find_labelled(profile: TableProfile, max_labels: int = MAX_LABELS) -> list[Column]:
    """Return the columns of numbers, categories or truth values that have few labels."""
    kinds = (ColumnKind.CATEGORICAL, ColumnKind.BOOLEAN)
    columns = [c for c in profile.columns if c.kind in kinds or c in profile.number_columns]
    return [c for c in columns if 2 <= profile.sample.n_categories(c) <= max_labels]


def iter_rows(profile: TableProfile, column: Column) -> Iterator[Mask]:
    """Yield the rows in which labels are looked at: all; then those without gaps, as they may be.

    A gap is a label, or stands anywhere and is learned; (n_rows,) each.
    """
    yield np.ones(len(profile), bool)
    missing = profile.missing(column)
    if missing.any():
        yield ~missing


def read_labels(profile: TableProfile, column: Column) -> list[Label]:
    """Return what each code of a column stands for, from 0 on."""
    first = np.unique(profile.codes(column), return_index=True)[1]
    cells = comparable_cells(profile.series(column).iloc[first], column)
    return [None if pd.isna(cell) else _write(cell, column) for cell in cells]


def _write(cell: object, column: Column) -> Value:
    if ColumnRef(column).value_type is ValueType.NUMBER:
        return Number(float(cell))  # type: ignore[arg-type]
    return Text(str(category_name(cell, column)))


def write_case(
    labels: Sequence[Label],
    edges: Sequence[Edge],
    gap: Label,
    *,
    has_gaps: bool,
) -> Value | None:
    """Return labels of consecutive ranges as a flag or a case expression.

    Args:
        labels: Of each range, the lowest first.
        edges: Between them; one fewer.
        gap: The label where there is nothing to compare.
        has_gaps: Whether there are such rows.
    """
    flag = _write_flag(labels, edges, gap, has_gaps=has_gaps)
    if flag is not None:
        return flag
    branches = [Branch(edge.below, label) for edge, label in zip(edges, labels[:-1], strict=True)]
    otherwise = labels[-1]
    if has_gaps and gap != otherwise:
        branches.append(Branch(edges[-1].above, otherwise))
        otherwise = gap
    case = Case(tuple(branches), otherwise)
    return case if case.results else None


def _write_flag(
    labels: Sequence[Label],
    edges: Sequence[Edge],
    gap: Label,
    *,
    has_gaps: bool,
) -> Value | None:
    """Return true and false as one comparison, which is unknown at gaps; None if they are not."""
    names = [label.text for label in labels if isinstance(label, Text)]
    if sorted(names) != ["false", "true"] or len(labels) != 2 or (has_gaps and gap is not None):
        return None
    return Flag(edges[0].below if names[0] == "true" else edges[0].above)
