"""Discovery of texts that are put together of others: `email = lower(first) || '@firm.com'`.

A text is read from its start: what stands next is, in nearly all rows, a column (or a part of one,
in whichever case), or a letter that all rows have. What is left, if anything, is read from the end.
A column counts where other rows' values in its place would not fit: by chance, they would with a
probability of less than `SIGNIFICANCE_LEVEL` over all that is tried.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tabgan.query.expressions import ColumnReader, ColumnRef, Text, Value, ValueType
from tabgan.query.calls import concatenate
from tabgan.relations.formula.declaration import Definition
from tabgan.relations.formula.text_computation import holds_texts
from tabgan.relations.formula.text_matching import MAX_CUT, MIN_MATCHES, Matcher, Texts
from tabgan.relations.formula.text_views import CASES, View, find_views
from tabgan.relations.statistics import MIN_ROWS, SIGNIFICANCE_LEVEL
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.column import Column, ColumnKind, dtype_of, holds_text

SEARCH_ROWS = 120
MIN_VALUES = 4  # of a text that is worth a formula
MAX_PIECES = 40  # columns and letters of a text


@dataclass(frozen=True)
class Template:
    """What a text is put together of.

    Attributes:
        dependent: The column.
        before: From its start on.
        after: Up to its end.
        is_whole: Whether `before` is all of it; else there is a rest.
    """

    dependent: Column
    before: tuple[Value, ...]
    after: tuple[Value, ...] = ()
    is_whole: bool = True


@dataclass(frozen=True)
class Reading:
    """How far texts are read.

    Attributes:
        left: What of each is not read yet; None in rows that are left aside.
        values: What has been read, in order.
        n_columns: How many of them are no constants.
    """

    left: Texts
    values: tuple[Value, ...] = ()
    n_columns: int = 0

    @property
    def is_done(self) -> bool:
        """Whether nothing is left."""
        return not any(self.left)

    def go_on(self, value: Value, texts: Texts) -> "Reading":
        """Return it behind a value, whose text is known in each row."""
        left = [
            None if text is None or own is None or not text.startswith(own) else text[len(own) :]
            for text, own in zip(self.left, texts, strict=True)
        ]
        is_column = bool(value.columns)
        return Reading(left, (*self.values, value), self.n_columns + is_column)


class TextSearch:
    """The search for texts that follow from others, on a sample.

    Args:
        profile: The whole table.
    """

    def __init__(self, profile: TableProfile) -> None:
        sample = profile.sample
        rows = np.linspace(0, len(sample) - 1, min(SEARCH_ROWS, len(sample))).astype(np.int64)
        reader = ColumnReader(sample.frame.iloc[rows])
        columns = [column for column in profile.schema.columns if _can_be_read(profile, column)]
        self.texts = {c: [text or None for text in reader.texts(c)] for c in columns}
        self.views = {c: list(find_views(c, texts)) for c, texts in self.texts.items()}
        n_views = sum(map(len, self.views.values())) * len(CASES) * 2 * MAX_CUT
        self.cost = float(np.log(max(1, n_views * len(columns))) - np.log(SIGNIFICANCE_LEVEL))

    def find_definitions(self) -> Iterator[Definition]:
        """Yield texts that follow from others, later columns first."""
        for template in map(self._find_template, self._find_dependents(ColumnKind)):
            if template is not None and template.is_whole:
                yield Definition(template.dependent, concatenate(template.before))

    def find_templates(self) -> Iterator[Template]:
        """Yield new keys and texts of which only a part follows from others."""
        kinds = [kind for kind in ColumnKind if kind.is_made_anew]
        for template in map(self._find_template, self._find_dependents(kinds)):
            if template is not None and not template.is_whole:
                yield template

    def _find_dependents(self, kinds: Iterable[ColumnKind]) -> list[Column]:
        kinds = set(kinds)
        return [c for c in reversed(self.texts) if c.kind in kinds and self._can_follow(c)]

    def _can_follow(self, column: Column) -> bool:
        texts = [text for text in self.texts[column] if text]
        return holds_texts(column) and len(texts) >= MIN_ROWS and len(set(texts)) >= MIN_VALUES

    def _find_template(self, dependent: Column) -> Template | None:
        """Return what a column is made of; a rest is left only of what is made anew."""
        views = [v for c in self.views if _can_give(c, dependent) for v in self.views[c]]
        whole = Reading(self.texts[dependent])
        before = self._read(whole, views, is_reversed=False)
        if before.is_done:
            return Template(dependent, before.values) if before.n_columns else None
        if not dependent.kind.is_made_anew:
            return None
        ends = [text and text[::-1] for text in before.left]
        after = self._read(Reading(ends), views, is_reversed=True)
        if not before.n_columns + after.n_columns or after.is_done:
            return None
        return Template(dependent, before.values, after.values[::-1], is_whole=False)

    def _read(self, reading: Reading, views: Sequence[View], *, is_reversed: bool) -> Reading:
        """Return how far texts can be read: to their ends, or behind the last column and letter."""
        matcher, start = Matcher(self.cost, is_reversed), reading
        while len(reading.values) < MAX_PIECES and not reading.is_done:
            matches = matcher.find(reading.left, views)
            if matches:
                best = max(matches, key=lambda match: match.rank)
                reading = reading.go_on(best.value, best.texts)
                continue
            letter = _find_letter(reading.left)
            if letter is None:
                break
            reading = reading.go_on(Text(letter), [letter] * len(reading.left))
        reading = replace(reading, values=_join_letters(reading.values, is_reversed=is_reversed))
        return reading if reading.n_columns else start


def _can_be_read(profile: TableProfile, column: Column) -> bool:
    """Return whether a column's cells are text, or whole numbers."""
    if column.missing_marks or column.kind in (ColumnKind.CONSTANT, ColumnKind.EMPTY):
        return False
    if column.dtype == "object" and column.element == "str":
        return True
    if holds_text(dtype_of(column.categories or column.dtype)):
        return True
    is_number = ColumnRef(column).value_type is ValueType.NUMBER and not column.is_duration
    is_whole = column.kind in (ColumnKind.INTEGER, ColumnKind.IDENTIFIER, ColumnKind.CATEGORICAL)
    return is_number and is_whole


def _can_give(source: Column, dependent: Column) -> bool:
    """Return whether one column may be part of another: what is learned is none of new keys."""
    return source != dependent and (dependent.kind.is_made_anew or not source.kind.is_made_anew)


def _find_letter(left: Texts) -> str | None:
    """Return the letter that nearly all texts go on with; None if there is none."""
    first = [text[:1] for text in left if text is not None]
    if not first:
        return None
    commonest = max(sorted(set(first)), key=first.count)
    return commonest if commonest and first.count(commonest) >= MIN_MATCHES * len(first) else None


def _join_letters(values: Sequence[Value], *, is_reversed: bool) -> tuple[Value, ...]:
    """Return values with constants that follow each other as one; in the order of reading."""
    joined: list[Value] = []
    for value in values:
        last = joined[-1] if joined else None
        if isinstance(last, Text) and isinstance(value, Text):
            both = value.text + last.text if is_reversed else last.text + value.text
            joined[-1] = Text(both)
        else:
            joined.append(value)
    return tuple(joined)
