"""Texts cut into the same kinds of runs -> the form or the forms that they have."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import log2
from typing import Self

from tabgan.schema.text.patterns.form import Form, join_neighbours
from tabgan.schema.text.patterns.parts import Alternation, Characters, Literal, Number, Part
from tabgan.schema.text.patterns.runs import MAX_WORDS, read_characters, read_run

PART_BITS, CHARACTER_BITS = 16.0, 5.0  # that it costs to state a part, and a character of it
MAX_CODE_LENGTH = 4  # letters of several lengths that are no words
MIN_JOINT_SHARE = 0.5  # of the pairs of two choices, that are seen: fewer make one choice of both

Row = Sequence[str]


@dataclass(frozen=True)
class Group:
    """Texts cut into runs.

    Attributes:
        kinds: Of each run: `9` for digits, `a` for letters, `x` for both, a mark for itself.
        rows: The runs of each text.
        n_rows: Of the whole table, of which these are some.
    """

    kinds: tuple[str, ...]
    rows: Sequence[Row]
    n_rows: int


@dataclass(frozen=True)
class ReadForm:
    """A form, and what was seen of it.

    Attributes:
        form: As it was read.
        n_rows: Texts that have it.
        has_words: Whether letters stand in it that are neither few words nor of one length.
        n_table: Rows of the whole table.
    """

    form: Form
    n_rows: int
    has_words: bool
    n_table: int

    def with_parts(self, parts: tuple[Part, ...]) -> Self:
        """Return it with other parts."""
        return replace(self, form=Form(parts))

    @property
    def characters(self) -> str:
        """All characters that stand in parts which vary."""
        found = [
            v for part in self.form.parts if isinstance(part, Alternation) for v in part.values
        ]
        chars = [part for part in self.form.parts if isinstance(part, Characters)]
        return "".join(found + [alphabet for part in chars for alphabet in part.alphabets])

    @property
    def bits(self) -> float:
        """The bits that each of its texts takes to say; a counter says no more than its row."""
        bits = self.form.bits
        for part in self.form.parts:
            if isinstance(part, Number) and (part.high is None or part.last == 10**part.width - 1):
                bits -= max(0.0, log2(part.bases[0]) - log2(self.n_table))
        return bits

    @property
    def stated_bits(self) -> float:
        """The bits that the form takes to state."""
        literals = sum(len(p.text) for p in self.form.parts if isinstance(p, Literal))
        values = [v for p in self.form.parts if isinstance(p, Alternation) for v in p.values]
        positions = sum(len(p.alphabets) for p in self.form.parts if isinstance(p, Characters))
        stated = literals + sum(map(len, values)) + positions
        return PART_BITS * len(self.form.parts) + CHARACTER_BITS * stated


def read_group(group: Group) -> list[ReadForm]:
    """Return the forms of a group: several if only texts of one length are read together."""
    columns = list(zip(*group.rows, strict=True))
    read: list[tuple[Part, ...] | None] = [
        read_run(column, group.n_rows) if len(kind) == 1 and kind in "9ax" else (Literal(kind),)
        for kind, column in zip(group.kinds, columns, strict=True)
    ]
    open_ends = [index for index, parts in enumerate(read) if parts is None]
    if not open_ends:
        parts = [part for parts in _merge_choices(read, columns) for part in parts]
        return [
            ReadForm(
                Form(join_neighbours(parts)), len(group.rows), has_words=False, n_table=group.n_rows
            )
        ]
    merged = _merge_choices(read, columns)
    by_length: dict[tuple[int, ...], int] = {}
    for row in group.rows:
        lengths = tuple(len(row[index]) for index in open_ends)
        by_length[lengths] = by_length.get(lengths, 0) + 1
    whole = {index: read_characters(columns[index]) for index in open_ends}
    has_words = any(
        max(map(len, columns[i])) > MAX_CODE_LENGTH and all(map(str.isalpha, columns[i]))
        for i in open_ends
    )
    forms = []
    for lengths, n_rows in by_length.items():
        cut = {i: _first(whole[i], n) for i, n in zip(open_ends, lengths, strict=True)}
        parts = [p for i, parts in enumerate(merged) for p in cut.get(i, parts)]
        forms.append(ReadForm(Form(join_neighbours(parts)), n_rows, has_words, group.n_rows))
    return forms


def _first(parts: Sequence[Part], length: int) -> tuple[Part, ...]:
    """Return what characters by position are of texts of one length."""
    found: list[Part] = []
    for part in parts:
        if length <= 0:
            break
        if isinstance(part, Literal):
            found.append(Literal(part.text[:length]))
            length -= len(part.text)
        elif isinstance(part, Characters):
            found.append(Characters(part.alphabets[:length]))
            length -= len(part.alphabets)
    return tuple(found)


def _merge_choices(
    read: Sequence[tuple[Part, ...] | None], columns: Sequence[Sequence[str]]
) -> list[tuple[Part, ...]]:
    """Return the parts of each run; two choices of which few pairs are seen become one."""
    merged: list[tuple[Part, ...]] = [parts or () for parts in read]
    texts = [list(column) for column in columns]
    chosen = [
        i for i, parts in enumerate(merged) if len(parts) == 1 and isinstance(parts[0], Alternation)
    ]
    for left, right in pairwise(chosen):
        between = merged[left + 1 : right]
        if not all(len(parts) == 1 and isinstance(parts[0], Literal) for parts in between):
            continue
        joint = ["".join(runs) for runs in zip(*texts[left : right + 1], strict=True)]
        kept, size = _seen(merged[left], texts[left]), 1
        kept = [a and b for a, b in zip(kept, _seen(merged[right], texts[right]), strict=True)]
        values = sorted({text for text, is_kept in zip(joint, kept, strict=True) if is_kept})
        size = len(_values(merged[left])) * len(_values(merged[right]))
        if len(values) <= min(MIN_JOINT_SHARE * size, MAX_WORDS):
            merged[left : right + 1] = [()] * (right - left) + [(Alternation(tuple(values)),)]
            texts[right] = joint
    return merged


def _values(parts: tuple[Part, ...]) -> tuple[str, ...]:
    return parts[0].values if isinstance(parts[0], Alternation) else ()


def _seen(parts: tuple[Part, ...], texts: list[str]) -> list[bool]:
    values = set(_values(parts))
    return [text in values for text in texts]
