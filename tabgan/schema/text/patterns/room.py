"""Patterns with room for more keys, or with nothing of single rows."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from tabgan.schema.arrays import Integers
from tabgan.schema.text.patterns.form import Form
from tabgan.schema.text.patterns.parts import Alternation, Characters, Literal, Number, Part
from tabgan.schema.text.patterns.pattern import Pattern
from tabgan.schema.text.patterns.runs import smallest_alphabet

MAX_DROPPED_SHARE = 0.02  # of the rows, whose forms have too little room for the rest


def make_room(pattern: Pattern, counts: Integers, needed: int) -> Pattern:
    """Return a pattern each of whose forms makes as many new keys as are needed, if any can.

    Padded numbers that tell keys apart by themselves, as order numbers do, go up to all digits.
    Choices become part of the key where keys are too few without them. Where no key is left, then
    characters are taken from their whole alphabets, and padded numbers up to all their digits. Rare
    forms that still have too little room are dropped.

    Args:
        pattern: Of the table's texts.
        counts: How many texts have each form; shape (n_forms,).
        needed: New keys.
    """
    pairs = zip(pattern.forms, counts, strict=True)
    wide = [_widen(form, int(count), needed) for form, count in pairs]
    small = np.array(
        [form.n_keys - count < needed for form, count in zip(wide, counts, strict=True)]
    )
    is_rare = counts[small].sum() <= MAX_DROPPED_SHARE * counts.sum()
    if is_rare and not small.all():
        wide = [form for form, is_small in zip(wide, small, strict=True) if not is_small]
    return Pattern(tuple(wide)).within_slots()


def _widen(form: Form, n_taken: int, needed: int) -> Form:
    """Return a form with room for new keys, as far as its parts can give it."""
    form = replace(form, parts=tuple(_with_all_counters(form.parts, n_taken)))
    while form.n_keys - n_taken < needed and form.choices:
        form = replace(form, drawn=form.drawn + 1)
    for wider in (_whole_alphabets, _all_padded_digits):
        if form.n_keys > n_taken:
            break
        form = replace(form, parts=tuple(map(wider, form.parts)))
    return form


def _with_all_counters(parts: Sequence[Part], n_taken: int) -> Iterator[Part]:
    """Yield parts; numbers that alone tell keys apart go up to all their digits, zeros included."""
    last = ""
    for part, following in zip(parts, [*parts[1:], None], strict=True):
        if isinstance(part, Literal) and _is_counter(following, n_taken):
            text = part.text.rstrip("0")
            yield from [Literal(text)] if text else []
        elif isinstance(part, Number) and _is_counter(part, n_taken):
            zeros = len(last) - len(last.rstrip("0"))
            yield Number(0, 10 ** (part.width + zeros) - 1, part.width + zeros)
        else:
            yield part
        last = part.text if isinstance(part, Literal) else ""


def _is_counter(part: Part | None, n_taken: int) -> bool:
    if not isinstance(part, Number) or part.high is None or part.width < 2:
        return False
    return part.high - part.low + 1 >= n_taken and len(str(part.high)) <= part.width


def _whole_alphabets(part: Part) -> Part:
    if not isinstance(part, Characters):
        return part
    return Characters(tuple(smallest_alphabet(set(each)) for each in part.alphabets))


def _all_padded_digits(part: Part) -> Part:
    return _all_digits(part) if isinstance(part, Number) and part.width > 1 else part


def protect(pattern: Pattern, texts: pa.Array, min_rows: int) -> Pattern:
    """Return a pattern without rare forms and choices, and with numbers up to all their digits.

    Args:
        pattern: Of the texts.
        texts: Of the table, gaps among them; shape (n_rows,).
        min_rows: Rows that a form or a choice has at the least, if it is kept.
    """
    forms = _protected_forms(pattern, texts, min_rows)
    return Pattern(tuple(forms) or (Form((Number(0, 10**9 - 1, 9),)),)).within_slots()


def _protected_forms(pattern: Pattern, texts: pa.Array, min_rows: int) -> Iterator[Form]:
    for form in pattern.forms:
        parsed = form.parse(texts)
        if len(parsed.rows) < min_rows:
            continue
        parts: list[Part] = []
        for index, part in enumerate(form.parts):
            if isinstance(part, Alternation):
                counts = np.bincount(parsed.positions[index][0], minlength=len(part.values))
                kept = [v for v, n in zip(part.values, counts, strict=True) if n >= min_rows]
                parts.append(Literal(kept[0]) if len(kept) == 1 else Alternation(tuple(kept)))
            else:
                parts.append(_all_digits(part))
        if not any(isinstance(part, Alternation) and not part.values for part in parts):
            yield replace(form, parts=tuple(parts))


def _all_digits(part: Part) -> Part:
    """Return a number with all bounds of as many digits, and characters of whole alphabets."""
    if not isinstance(part, Number):
        return _whole_alphabets(part)
    if part.high is None:
        return Number(10 ** (len(str(part.low)) - 1) if part.low > 9 else 0, None, part.width)
    longest = max(part.width, len(str(part.high)))
    shortest = max(part.width, len(str(part.low)))
    low = 0 if part.width > 1 or shortest == 1 else 10 ** (shortest - 1)
    return Number(low, 10**longest - 1, part.width)
