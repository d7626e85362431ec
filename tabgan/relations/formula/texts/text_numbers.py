"""Discovery of numbers that texts hold: `size = number(right(code, 2))`, `n = length(note)`.

>>> import pandas as pd
>>> from tabgan.schema import TableSchema
>>> notes = ["x" * (1 + i * 31 % 57) for i in range(300)]
>>> frame = pd.DataFrame({"note": notes, "n": [len(note) for note in notes]})
>>> [d.expression.write() for d in find_numbers(TableProfile(frame, TableSchema.infer(frame)))]
['length(note)']
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tabgan.query.column_reader import ColumnReader
from tabgan.query.expressions import Value
from tabgan.query.text_functions import TEXT_FUNCTIONS
from tabgan.query.texts import TextCall
from tabgan.relations.formula.declaration import Definition
from tabgan.relations.formula.text_computation import holds_texts
from tabgan.relations.formula.texts.text_views import View, find_views
from tabgan.relations.statistics import MIN_ROWS, SIGNIFICANCE_LEVEL
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Floats
from tabgan.schema.column import Column

SEARCH_ROWS = 200
FIRST_ROWS = 6  # of which one may be odd
MAX_CUT = 4  # digits at an end
MIN_MATCHES = 0.95
MIN_VALUES = 3
N_SHIFTS = 16
MIN_CHANCE = 1e-3
LENGTHS = ("length", "words")  # that are known of texts made anew, too


@dataclass(frozen=True)
class Feature:
    """A number that a function finds in a text.

    Attributes:
        function: Its name.
        view: The text.
    """

    function: str
    view: View

    @property
    def value(self) -> Value:
        """It as an expression."""
        return TextCall(self.function, (self.view.value,))

    def compute(self, rows: Sequence[int]) -> Floats:
        """Return it in some rows; NaN where there is none."""
        compute, texts = TEXT_FUNCTIONS[self.function].compute, self.view.texts
        found = [None if texts[row] is None else compute(texts[row]) for row in rows]
        return np.array(found, np.float64)


def find_numbers(profile: TableProfile) -> Iterator[Definition]:
    """Yield the columns of numbers that a text holds in nearly all rows of a sample."""
    sample = profile.sample
    rows = np.linspace(0, len(sample) - 1, min(SEARCH_ROWS, len(sample))).astype(np.int64)
    own = {column: sample.numbers(column)[rows] for column in profile.number_columns}
    own = {column: values for column, values in own.items() if _may_follow(values)}
    reader = ColumnReader(sample.frame.iloc[rows])
    features = _list_features(profile, reader) if own else []
    n_tried = max(1, len(own) * len(features))
    cost = float(np.log(n_tried) - np.log(SIGNIFICANCE_LEVEL))
    first = _choose_first(features)
    known = np.array([f.compute(r) for f, r in zip(features, first, strict=True)])
    for dependent, values in own.items():
        near = _find_near(known, first, values)
        found = (feature for feature in (features[i] for i in near) if feature is not None)
        best = next((f for f in found if _is_surprising(f, values, cost)), None)
        if best is not None:
            yield Definition(dependent, best.value)


def _may_follow(values: Floats) -> bool:
    present = values[~np.isnan(values)]
    return len(present) >= MIN_ROWS and len(np.unique(present)) >= MIN_VALUES


def _list_features(profile: TableProfile, reader: ColumnReader) -> list[Feature]:
    """Return the numbers of all texts, the simplest of each first."""
    features: list[Feature] = []
    for column in profile.schema.columns:
        if holds_texts(column):
            texts = [text or None for text in reader.texts(column)]
            features += _list_own(column, texts)
    return [feature for feature in features if sum(map(bool, feature.view.texts)) >= MIN_ROWS]


def _list_own(column: Column, texts: Sequence[str | None]) -> Iterator[Feature]:
    views = list(find_views(column, texts))
    yield from (Feature(function, views[0]) for function in LENGTHS)
    if column.kind.is_made_anew or not any(char.isdigit() for t in texts for char in t or ""):
        return
    for view in views:
        yield Feature("number", view)
        if view.can_be_cut:
            cuts = [(end, n) for n in range(1, MAX_CUT + 1) for end in ("left", "right")]
            yield from (Feature("number", view.apply(end, n)) for end, n in cuts)


def _choose_first(features: Sequence[Feature]) -> list[list[int]]:
    """Return a few rows of each feature in which there is a text."""
    chosen = []
    for feature in features:
        rows = [row for row, text in enumerate(feature.view.texts) if text]
        step = max(1, len(rows) // FIRST_ROWS)
        chosen.append(rows[::step][:FIRST_ROWS])
    return chosen


def _find_near(known: Floats, first: Sequence[Sequence[int]], values: Floats) -> list[int]:
    """Return the numbers of features that are a column in all of their first rows but one."""
    if not len(known):
        return []
    own = values[np.array(first)]
    n_odd = ((known != own) & ~np.isnan(own)).sum(axis=1)
    return np.flatnonzero(n_odd <= 1).tolist()


def _is_surprising(feature: Feature, values: Floats, cost: float) -> bool:
    """Return whether a feature is a column in nearly all rows, and chance would not have it so."""
    found = feature.compute(range(len(values)))
    given = ~np.isnan(found) & ~np.isnan(values)
    if given.sum() < max(MIN_ROWS, 0.5 * (~np.isnan(values)).sum()):
        return False
    if np.mean(found[given] == values[given]) < MIN_MATCHES:
        return False
    source = feature.view.source
    rows = sorted({(found[i], source[i] or "") for i in np.flatnonzero(given).tolist()})
    numbers = np.array([row[0] for row in rows], np.float64)
    shifts = [round((number + 0.5) / N_SHIFTS * len(rows)) for number in range(N_SHIFTS)]
    hits = [np.mean(numbers == np.roll(numbers, shift)) for shift in shifts]
    return -len(rows) * float(np.log(max(np.mean(hits), MIN_CHANCE))) > cost
