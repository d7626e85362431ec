"""What is left of drawn rows when those that break a condition are thrown away.

>>> frame = pd.DataFrame({"qty": [1, 5] * 60, "price": range(120)})
>>> measured = measure_kept_share(frame, frame["qty"].eq(1), TableSchema.infer(frame))
>>> measured.share, measured.shift
(0.5, 'qty is 1 in 100 % of the rows that are left instead of 50 %')
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tabgan.relations import Relation
from tabgan.schema import TableSchema
from tabgan.schema.arrays import Floats, Mask
from tabgan.schema.column import Column, ColumnKind
from tabgan.schema.float_conversion import show_duration, to_float
from tabgan.schema.text import show_datetime

MIN_KEPT_SHARE = 0.5  # of the rows drawn; when fewer are kept, that is said
MIN_SHIFT = 0.2  # of a value's share, or between distribution functions: less is not worth a word
MIN_KEPT_ROWS = 50  # fewer show no shift
DRAWN_ROWS, MAX_DRAWN_ROWS = 2_000, 10_000  # at first, and until enough are kept


@dataclass(frozen=True)
class KeptShare:
    """What is left of drawn rows.

    Attributes:
        share: Of the rows that are kept.
        shift: What keeping them does to the column that changes most, in words; empty if little.
    """

    share: float
    shift: str


def measure_kept_share(
    frame: pd.DataFrame, kept: "Mask | pd.Series[Any]", schema: TableSchema
) -> KeptShare:
    """Return how many rows are kept, and which column is distributed otherwise in them.

    Args:
        frame: Rows as they are drawn; (n_rows, n_columns).
        kept: Which of them are kept; (n_rows,).
        schema: Of the frame.
    """
    mask = np.asarray(kept, bool)
    shifts = [(0.0, "")]
    if mask.sum() >= MIN_KEPT_ROWS:
        for column in schema.columns:
            if not column.kind.is_made_anew:
                shifts += _find_shifts(frame[column.name], mask, column)
    distance, words = max(shifts, key=lambda shift: shift[0])
    return KeptShare(float(mask.mean()), words if distance >= MIN_SHIFT else "")


def _find_shifts(series: "pd.Series[Any]", kept: Mask, column: Column) -> list[tuple[float, str]]:
    """Return by how much a column differs in the rows kept, and in words, in one way or two."""
    cells: Any = to_float(series, column) if column.kind.is_quantitative else series.astype(object)
    codes, values = pd.factorize(cells, use_na_sentinel=False)
    before = np.bincount(codes, minlength=len(values)) / len(codes)
    after = np.bincount(codes[kept], minlength=len(values)) / kept.sum()
    most = int(np.abs(after - before).argmax())
    shown = _show(values[most], column)
    words = f"{column.name} is {shown} in {after[most]:.0%} of the rows that are left instead of"
    shifts = [(float(abs(after - before)[most]), f"{words} {before[most]:.0%}".replace("%", " %"))]
    if column.kind.is_quantitative:
        shifts += _find_shift_of_numbers(cells, kept, column)
    return shifts


def _find_shift_of_numbers(numbers: Floats, kept: Mask, column: Column) -> list[tuple[float, str]]:
    """Return the distance of Kolmogorov and Smirnov, and the medians in words; none if all gaps."""
    before, after = (np.sort(n[~np.isnan(n)]) for n in (numbers, numbers[kept]))
    if not len(after):
        return []
    steps = [np.searchsorted(part, before, "right") / len(part) for part in (before, after)]
    medians = [_show(float(np.median(part)), column) for part in (after, before)]
    words = f"the median of {column.name} is {medians[0]} in the rows that are left instead of"
    return [(float(np.abs(steps[0] - steps[1]).max()), f"{words} {medians[1]}")]


def _show(value: Any, column: Column) -> str:
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return "missing"
    if column.kind is ColumnKind.DATETIME:
        return show_datetime(value, column)
    if column.is_duration:
        return show_duration(value)
    return f"{value:.6g}" if column.kind.is_quantitative else str(value)


def describe_rejections(
    relations: Sequence[Relation],
    schema: TableSchema,
    draw: Callable[[int], pd.DataFrame],
) -> list[str]:
    """Return a sentence on each relation that most rows drawn do not obey.

    Args:
        relations: Of a model; those with dependents hold by construction and are left out.
        schema: Of the whole table.
        draw: Returns so many rows, none thrown away; the first are the same of more.
    """
    checked = [relation for relation in relations if not relation.dependents]
    if not checked:
        return []
    frame = draw(DRAWN_ROWS)
    if _find_kept(checked, frame).sum() < MIN_KEPT_ROWS:
        frame = draw(MAX_DRAWN_ROWS)
    rare = [r for r in checked if _find_kept([r], frame).mean() < MIN_KEPT_SHARE]
    if rare:
        return [_describe([relation], frame, schema) for relation in rare]
    is_rare = _find_kept(checked, frame).mean() < MIN_KEPT_SHARE
    return [_describe(checked, frame, schema)] if is_rare else []


def _find_kept(relations: Sequence[Relation], frame: pd.DataFrame) -> Mask:
    violations = [relation.find_violations(frame) for relation in relations]
    return ~np.asarray(np.logical_or.reduce(violations), bool)


def _describe(relations: Sequence[Relation], frame: pd.DataFrame, schema: TableSchema) -> str:
    measured = measure_kept_share(frame, _find_kept(relations, frame), schema)
    names = " and ".join(repr(relation.text) for relation in relations)
    is_one = len(relations) == 1
    word, verb, it = ("relation", "is", "it") if is_one else ("relations", "are", "them")
    share = f"{measured.share:.1%}".replace("%", " %")
    shift = f"; {measured.shift}" if measured.shift else ""
    return (
        f"the {word} {names} {verb} kept by throwing rows away: only {share} of the rows "
        f"drawn obey{shift}; "
        f"leave {it} out if the other columns matter more"
    )
