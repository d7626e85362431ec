"""The events of every kind of column; a new kind of encoder is one line of `_RULES`."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from tabgan.encoding.amount import AmountEncoder
from tabgan.encoding.categorical import CategoricalEncoder
from tabgan.encoding.column_encoder import ColumnEncoder, PartEncoder
from tabgan.encoding.composite import CompositeEncoder
from tabgan.encoding.made_anew import MadeAnewEncoder
from tabgan.encoding.marked import MarkedEncoder
from tabgan.encoding.numerical import NumericalEncoder
from tabgan.encoding.outcomes.numbers import find_number_outcomes, make_number_outcomes
from tabgan.encoding.outcomes.outcome import NO_EVENT, Outcomes
from tabgan.encoding.table_encoder import TableEncoder
from tabgan.encoding.whole_numbers import WholeNumberEncoder


def find_outcomes(encoder: TableEncoder, frame: pd.DataFrame) -> list[Outcomes]:
    """Return the events of all parts of a table's learned columns, in order; (n_rows,) each.

    Raises:
        TableError: A column holds what cannot be read as its kind.
    """
    pairs = ((each, frame[each.column.name]) for each in encoder.encoders)
    return [outcomes for own, series in pairs for outcomes in find_column_outcomes(own, series)]


def find_column_outcomes(encoder: ColumnEncoder, series: "pd.Series[Any]") -> list[Outcomes]:
    """Return the events of a column's cells, part by part; (n_rows,) each."""
    if isinstance(encoder, CompositeEncoder):
        cells = zip(encoder.part_encoders, encoder.split(series), strict=True)
        return [_find_part_outcomes(part, own) for part, own in cells]
    if isinstance(encoder, MarkedEncoder):
        values, marks = encoder.split(series)
        return [
            *find_column_outcomes(encoder.values, values),
            _find_category_outcomes(encoder.marks, marks),
        ]
    assert isinstance(encoder, PartEncoder)  # noqa: S101 - all others are
    return [_find_part_outcomes(encoder, series)]


def _find_part_outcomes(encoder: PartEncoder, series: "pd.Series[Any]") -> Outcomes:
    return next(rule for kind, rule in _RULES if isinstance(encoder, kind))(encoder, series)


def _find_category_outcomes(encoder: CategoricalEncoder, series: "pd.Series[Any]") -> Outcomes:
    """Return categories, each with its share of the class; all, a gap and any other are even."""
    indices, n_own = encoder.categories.find(series), encoder.n_own
    missing = series.isna().to_numpy(bool)
    codes = np.where(missing | (indices < 0), NO_EVENT, indices)
    codes[missing & (encoder.n_missing > 0)] = encoder.n_classes - 1
    factors = np.zeros(len(codes))
    rare = np.flatnonzero((indices >= n_own) & ~missing)
    if len(rare):
        groups, counts = encoder.groups, encoder.category_counts[n_own:]
        totals = np.bincount(groups, counts)
        own = indices[rare] - n_own
        codes[rare] = n_own + groups[own]
        factors[rare] = np.log(counts[own] / totals[groups[own]])
    return Outcomes.of_classes(codes, -np.log(len(encoder.categories) + 2), factors)


def _find_numerical_outcomes(encoder: NumericalEncoder, series: "pd.Series[Any]") -> Outcomes:
    return find_number_outcomes(encoder, encoder.read(series))


def _find_whole_number_outcomes(encoder: WholeNumberEncoder, series: "pd.Series[Any]") -> Outcomes:
    """Return the events of distances from the least number, whose spikes are found exactly."""
    distances, missing = encoder.measure(series)
    spikes = {spike: index for index, spike in enumerate(encoder.exact_spikes)}
    found = np.array([spikes.get(int(each), NO_EVENT) for each in distances], np.int64)
    floats = np.where(missing, np.nan, distances.astype(np.float64))
    is_spike = (found >= 0) & ~missing
    return make_number_outcomes(encoder, floats, np.maximum(found, 0), is_spike)


def _find_amount_outcomes(encoder: AmountEncoder, series: "pd.Series[Any]") -> Outcomes:
    """Return the events of each unit's numbers; units, a gap and any other are even."""
    units, numbers = encoder.parse(series)
    n_units = len(encoder.numbers)
    codes = np.where(series.isna() & encoder.has_missing, encoder.n_classes - 1, NO_EVENT)
    whole = Outcomes.of_classes(codes, -np.log(n_units + 2))
    for unit, own in enumerate(encoder.numbers):
        rows = np.flatnonzero(units == unit)
        outcomes = find_number_outcomes(own, numbers[rows])
        classes, shift = encoder.classes_of_units[unit], np.log(2) - np.log(n_units + 2)
        whole = whole.replaced_at(rows, outcomes.with_codes(classes, encoder.n_classes, shift))
    return whole


def _find_gap_outcomes(encoder: MadeAnewEncoder, series: "pd.Series[Any]") -> Outcomes:
    """Return whether there is anything: what it is, is made anew for every row."""
    codes = series.isna().to_numpy(bool).astype(np.int64)
    return Outcomes.of_classes(np.where(codes < encoder.n_classes, codes, NO_EVENT), -np.log(2))


_RULES: tuple[tuple[Any, Callable[..., Outcomes]], ...] = (  # the first that fits
    (CategoricalEncoder, _find_category_outcomes),
    (WholeNumberEncoder, _find_whole_number_outcomes),
    (NumericalEncoder, _find_numerical_outcomes),
    (AmountEncoder, _find_amount_outcomes),
    (MadeAnewEncoder, _find_gap_outcomes),
)
