"""A pattern that texts have: one form or several, each made of parts.

>>> pattern = Pattern.from_text("AB-{0000-9999}")
>>> pattern.forms[0].n_keys, str(pattern)
(10000, 'AB-{0000-9999}')
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tabgan.schema.arrays import Integers, Objects
from tabgan.schema.text.patterns.form import Form
from tabgan.schema.text.patterns.grammar import parse_forms, write_forms
from tabgan.schema.text.patterns.parts import Alternation

MAX_SLOTS = 12  # choices that are learned; more are made anew
MAX_FORMS, MAX_TEXT = 10_000, 10**6  # of a file's, and its characters


@dataclass(frozen=True)
class SplitTexts:
    """Texts of a pattern, taken apart.

    Attributes:
        forms: The index of each text's form, -1 if it has none; (n,).
        choices: Of each slot, the index of the value in it, -1 where the form has none; (n,) each.
        keys: Of each text within its form, 0 where it has none; (n,).
        n_forms: Of the pattern.
    """

    forms: Integers
    choices: list[Integers]
    keys: Integers
    n_forms: int

    @property
    def form_counts(self) -> Integers:
        """How many texts have each form; (n_forms,)."""
        return np.bincount(self.forms[self.forms >= 0], minlength=self.n_forms).astype(np.int64)


@dataclass(frozen=True)
class Pattern:
    """Forms that texts have.

    Choices of the same values share a slot, form by form: what is learned of one is learned of all.
    """

    forms: tuple[Form, ...]

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Return the pattern that a text stands for, as `pattern_grammar` has it.

        Raises:
            SchemaError: It is none.
        """
        return cls(parse_forms(text)).within_slots()

    @classmethod
    def from_text_and_drawn(cls, text: str, drawn: Sequence[int]) -> Self:
        """Return the pattern of a text with so many choices of each form drawn.

        Raises:
            ValueError: The text is no pattern, or too many choices are drawn, or too few.
        """
        if len(drawn) > MAX_FORMS or len(text) > MAX_TEXT:
            raise ValueError(f"it has more than {MAX_FORMS:,} forms or {MAX_TEXT:,} characters")
        pattern = cls(parse_forms(text)).with_drawn(drawn)
        for form in pattern.forms:
            if form.drawn > sum(isinstance(part, Alternation) for part in form.parts):
                raise ValueError(f"{form.drawn} choices are drawn of a form that has fewer")
        if _count_slots(pattern.forms) > MAX_SLOTS:
            raise ValueError(f"more than {MAX_SLOTS} choices are learned")
        return pattern

    def __str__(self) -> str:
        return write_forms(self.forms)

    def within_slots(self) -> Self:
        """Return the pattern with choices drawn instead of learned, if there are too many."""
        pattern = self
        while _count_slots(pattern.forms) > MAX_SLOTS:
            most = max(pattern.forms, key=lambda form: len(form.choices))
            forms = (replace(f, drawn=f.drawn + (f is most)) for f in pattern.forms)
            pattern = replace(pattern, forms=tuple(forms))
        return pattern

    def with_drawn(self, drawn: Sequence[int]) -> Self:
        """Return the pattern with so many choices of each form drawn instead of learned."""
        pairs = zip(self.forms, drawn, strict=True)
        return replace(self, forms=tuple(replace(form, drawn=n) for form, n in pairs))

    @cached_property
    def slots(self) -> tuple[tuple[str, ...], ...]:
        """The values of each choice that is learned."""
        found: list[tuple[str, ...]] = []
        for form in self.forms:
            mine: list[tuple[str, ...]] = []
            for values in _values(form):
                mine.append(values)
                if found.count(values) < mine.count(values):
                    found.append(values)
        return tuple(found)

    @cached_property
    def form_slots(self) -> tuple[tuple[int, ...], ...]:
        """Form by form, the slot of each of its choices."""
        all_slots = []
        for form in self.forms:
            slots: list[int] = []
            for values in _values(form):
                free = (i for i, s in enumerate(self.slots) if s == values and i not in slots)
                slots.append(next(free))
            all_slots.append(tuple(slots))
        return tuple(all_slots)

    def split(self, texts: pa.Array) -> SplitTexts:
        """Take texts apart; gaps have no form; shape (n,)."""
        forms = np.full(len(texts), -1, np.int64)
        choices = [np.full(len(texts), -1, np.int64) for _ in self.slots]
        keys = np.zeros(len(texts), np.int64)
        left, lengths = np.arange(len(texts)), _lengths_of(texts)
        for index, (form, slots) in enumerate(zip(self.forms, self.form_slots, strict=True)):
            fits = (lengths[left] >= form.lengths.start) & (lengths[left] < form.lengths.stop)
            possible = left[fits]
            parsed = form.parse(texts.take(pa.array(possible)))
            rows = possible[parsed.rows]
            forms[rows], keys[rows] = index, form.keys_of(parsed)
            for part, slot in zip(form.choices, slots, strict=True):
                choices[slot][rows] = parsed.positions[part][0]
            left = left[forms[left] < 0]
        return SplitTexts(forms, choices, keys, len(self.forms))

    def join(
        self,
        forms: Integers,
        choices: Sequence[Integers],
        keys: Integers,
        rng: np.random.Generator,
    ) -> Objects:
        """Return the texts of forms, choices and keys, None where the form is -1; (n,).

        A choice that is needed but not given (-1) is the first of its values.
        """
        texts = np.full(len(forms), None, object)
        for index, (form, slots) in enumerate(zip(self.forms, self.form_slots, strict=True)):
            rows = np.flatnonzero(forms == index)
            if len(rows):
                given = [np.maximum(choices[slot][rows], 0) for slot in slots]
                texts[rows] = form.write(given, keys[rows], rng)
        return texts


def _lengths_of(texts: pa.Array) -> Integers:
    """Return how many characters each text has, -1 for gaps; (n,)."""
    return np.asarray(pc.fill_null(pc.utf8_length(texts), -1)).astype(np.int64)


def _count_slots(forms: Sequence[Form]) -> int:
    """Return how many slots forms need: of each choice, as many as the form with most of it."""
    most: Counter[tuple[str, ...]] = Counter()
    for form in forms:
        most |= Counter(_values(form))
    return most.total()


def _values(form: Form) -> list[tuple[str, ...]]:
    found = (form.parts[index] for index in form.choices)
    return [part.values for part in found if isinstance(part, Alternation)]
