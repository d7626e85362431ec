"""Discovery of texts that are put together of others: `email = lower(first) || '@firm.com'`.

A text is read from its start: what stands next is, in nearly all rows, a column (or a part of one,
in whichever case), or a letter that all rows have. What is left, if anything, is read from the end.
A column counts where other rows' values in its place would not fit: by chance, they would with a
probability of less than `SIGNIFICANCE_LEVEL` over all that is tried.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tabgan.query.calls import concatenate
from tabgan.query.column_reader import ColumnReader
from tabgan.query.expressions import ColumnRef, Text, Value, ValueType
from tabgan.relations.formula.declaration import Definition
from tabgan.relations.formula.text_computation import holds_texts
from tabgan.relations.formula.texts.text_matching import (
    MAX_CUT,
    MIN_MATCHES,
    Choice,
    Matcher,
    Texts,
)
from tabgan.relations.formula.texts.text_views import CASES, find_views
from tabgan.relations.statistics import MIN_ROWS, SIGNIFICANCE_LEVEL
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.column import Column, ColumnKind, dtype_of, holds_text

SEARCH_ROWS = 120
MIN_VALUES = 2  # of a text that is worth a formula
MAX_ODD = 0.1  # share of gaps beside texts of another shape
MAX_PIECES = 40  # columns and letters of a text
_LETTERS = re.compile(r"[^\W_]+$")


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
class PartialParse:
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

    def go_on(self, value: Value, texts: Texts) -> "PartialParse":
        """Return it behind a value, whose text is known in each row."""
        left = [
            None if text is None or own is None or not text.startswith(own) else text[len(own) :]
            for text, own in zip(self.left, texts, strict=True)
        ]
        is_column = bool(value.columns)
        return PartialParse(left, (*self.values, value), self.n_columns + is_column)


class TextSearch:
    """The search for texts that follow from others, on a sample.

    Args:
        profile: The whole table.
    """

    def __init__(self, profile: TableProfile) -> None:
        sample = profile.sample
        rows = np.linspace(0, len(sample) - 1, min(SEARCH_ROWS, len(sample))).astype(np.int64)
        reader = ColumnReader(sample.frame.iloc[rows])
        columns = [column for column in profile.schema.columns if _can_be_read(column)]
        self.texts = {c: [text or None for text in reader.texts(c)] for c in columns}
        self.columns = list(self.texts)
        views = [list(find_views(column, texts)) for column, texts in self.texts.items()]
        self._owners = np.repeat(np.arange(len(views)), [len(own) for own in views])
        self.views = [view for own in views for view in own]
        self._is_whole = np.array([view.is_whole for view in self.views], bool)
        self._can_be_cut = np.array([view.can_be_cut for view in self.views], bool)
        n_tried = max(1, len(self.views) * len(CASES) * 2 * MAX_CUT * len(columns))
        cost = float(np.log(n_tried) - np.log(SIGNIFICANCE_LEVEL))
        self.forwards = Matcher(self.views, cost)
        self.backwards = Matcher(self.views, cost, is_reversed=True)

    def find_definitions(self) -> Iterator[Definition]:
        """Yield texts that follow from others, later columns first."""
        for template in map(self._find_template, self._find_dependents(ColumnKind)):
            if template is not None and template.is_whole and self._explains_gaps(template):
                yield Definition(template.dependent, concatenate(template.before))

    def _explains_gaps(self, template: Template) -> bool:
        """Return whether texts of new keys look alike where the column has a gap and where not.

        Else they are of another kind there: a mail address where there is no number of a phone.
        """
        sources = {column for value in template.before for column in value.columns}
        if not sources or not all(column.kind.is_made_anew for column in sources):
            return True
        own = self.texts[template.dependent]
        rows = zip(*(self.texts[column] for column in sources), strict=True)
        shapes = [tuple(map(_shape, row)) for row in rows]
        given = [shape for shape, text in zip(shapes, own, strict=True) if text]
        left = [s for s, text in zip(shapes, own, strict=True) if not text and None not in s]
        known = set(given)
        if len(known) > len(given) / 2:  # free text, of which no shape says anything
            return True
        return sum(shape not in known for shape in left) <= MAX_ODD * len(left)

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
        choice = self._choose(dependent)
        whole = PartialParse(self.texts[dependent])
        before = _read(self.forwards, whole, choice)
        if before.is_done:
            return Template(dependent, before.values) if before.n_columns else None
        if not dependent.kind.is_made_anew:
            return None
        ends = [text and text[::-1] for text in before.left]
        after = _read(self.backwards, PartialParse(ends), choice)
        start, end = before.values, after.values
        if after.is_done:
            return Template(dependent, _join((*start, *end)))
        start, end = start and _trim(start, is_start=True), end and _trim(end, is_start=False)
        return Template(dependent, start, end, is_whole=False) if start or end else None

    def _choose(self, dependent: Column) -> Choice:
        """Return the views that a column may be made of.

        What is learned is not made of new keys; keys are made of whole ones, so that they never
        repeat.
        """
        number = self.columns.index(dependent)
        is_other = self._owners != number
        if not dependent.kind.is_made_anew:
            is_other &= ~np.array([c.kind.is_made_anew for c in self.columns])[self._owners]
        kind = ColumnKind.IDENTIFIER
        is_key = np.array([c.kind is dependent.kind is kind for c in self.columns])[self._owners]
        texts = self.texts[dependent]
        return Choice(texts, is_other & (self._is_whole | ~is_key), self._can_be_cut & ~is_key)


def _shape(text: str | None) -> str | None:
    """Return a text with one letter for each run of letters, and one digit for each of digits."""
    return text and re.sub(r"\d+", "0", re.sub(r"[^\W\d_]+", "a", text))


def _read(matcher: Matcher, reading: PartialParse, choice: Choice) -> PartialParse:
    """Return how far texts can be read; not at all if no column is among them."""
    start = reading
    while len(reading.values) < MAX_PIECES and not reading.is_done:
        matches = matcher.find(reading.left, choice)
        if matches:
            best = max(matches, key=lambda match: match.rank)
            reading = reading.go_on(best.value, best.texts)
            continue
        letter = _find_letter(reading.left)
        if letter is None:
            break
        reading = reading.go_on(Text(letter), [letter] * len(reading.left))
    if not reading.n_columns:
        return start
    values = reading.values[::-1] if matcher.is_reversed else reading.values
    return replace(reading, values=_join(values))


def _can_be_read(column: Column) -> bool:
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


def _trim(literals: Sequence[Value], *, is_start: bool) -> tuple[Value, ...]:
    """Return a start, or an end, whose outer letters and digits are left to the rest.

    They may be those of numbers that go on counting.
    """
    *others, last = literals if is_start else literals[::-1]
    if isinstance(last, Text):
        kept = last.text if is_start else last.text[::-1]
        kept = _LETTERS.sub("", kept)
        others += [Text(kept if is_start else kept[::-1])] if kept else []
    else:
        others.append(last)
    return tuple(others if is_start else others[::-1])


def _find_letter(left: Texts) -> str | None:
    """Return the letter that nearly all texts go on with; None if there is none."""
    first = [text[:1] for text in left if text is not None]
    if not first:
        return None
    commonest = max(sorted(set(first)), key=first.count)
    return commonest if commonest and first.count(commonest) >= MIN_MATCHES * len(first) else None


def _join(values: Sequence[Value]) -> tuple[Value, ...]:
    """Return values with constants that follow each other as one."""
    joined: list[Value] = []
    for value in values:
        last = joined[-1] if joined else None
        if isinstance(last, Text) and isinstance(value, Text):
            joined[-1] = Text(last.text + value.text)
        else:
            joined.append(value)
    return tuple(joined)
