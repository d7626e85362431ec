"""Patterns with room for more keys, or with nothing of single rows."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from string import ascii_lowercase, ascii_uppercase, digits

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tabgan.schema.arrays import Integers
from tabgan.schema.text.patterns.form import Form
from tabgan.schema.text.patterns.parts import Alternation, Characters, Literal, Number, Part
from tabgan.schema.text.patterns.pattern import Pattern
from tabgan.schema.text.patterns.runs import smallest_alphabet

ANY_NUMBER = Form((Number(0, 10**9 - 1, 9),))  # where no form may be kept
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
    if not isinstance(part, Number) or part.width < 2:
        return part
    if part.high is None:
        return Number(10 ** (len(str(part.low)) - 1) if part.low > 9 else 0, None, part.width)
    return Number(0, 10 ** max(part.width, len(str(part.high))) - 1, part.width)


def keep_common_shapes(texts: pa.Array, k: int) -> pa.Array:
    """Return texts with gaps for those whose marks stand as in fewer than k texts; (n,) both.

    >>> keep_common_shapes(pa.array(["A-1", "BC-20", "1/2/3"]), k=2).to_pylist()
    ['A-1', 'BC-20', None]
    """
    shapes = pc.replace_substring_regex(texts, r"[\p{L}\p{N}]+", "x")
    counted = pc.value_counts(shapes)
    rows = counted.field("counts").take(pc.index_in(shapes, counted.field("values")))
    return pc.if_else(pc.greater_equal(rows, k), texts, pa.scalar(None, texts.type))


def protect(pattern: Pattern, texts: pa.Array, k: int) -> Pattern:
    """Return a pattern of which fewer than k rows say nothing: no form, choice, length, alphabet.

    Args:
        pattern: Of the texts.
        texts: Of the table, gaps among them; shape (n_rows,).
        k: Rows that hold what is kept.
    """
    forms = [
        form for form in _protected_forms(pattern, texts, k) if len(form.parse(texts).rows) >= k
    ]
    return Pattern(tuple(forms) or (ANY_NUMBER,)).within_slots()


def _protected_forms(pattern: Pattern, texts: pa.Array, k: int) -> Iterator[Form]:
    for form in pattern.forms:
        parsed = form.parse(texts)
        pairs = zip(form.parts, parsed.positions, strict=True)
        parts = [_protected_part(part, positions, k) for part, positions in pairs]
        if len(parsed.rows) >= k and all(parts):
            yield replace(form, parts=tuple(part for part in parts if part is not None))


def _protected_part(part: Part, positions: list[Integers], k: int) -> Part | None:
    """Return a part of what k rows hold; None if there is nothing.

    Args:
        part: Of a form.
        positions: What stands in the form's texts; (n_texts,) each.
        k: Rows that hold what is kept.
    """
    if isinstance(part, Alternation):
        counts = np.bincount(positions[0], minlength=len(part.values))
        kept = [v for v, n in zip(part.values, counts, strict=True) if n >= k]
        return Alternation(tuple(kept)) if len(kept) > 1 else Literal(kept[0]) if kept else None
    if isinstance(part, Number):
        return _common_lengths(part, positions[0] + part.low, k)
    if isinstance(part, Characters):
        pairs = zip(part.alphabets, positions, strict=True)
        alphabets = [_common_alphabet(alphabet, at, k) for alphabet, at in pairs]
        return Characters(tuple(alphabets)) if all(alphabets) else None
    return part


def _common_lengths(part: Number, numbers: Integers, k: int) -> Part | None:
    """Return a number of the lengths that k rows have, with all bounds of as many digits."""
    written = np.char.str_len(numbers.astype(str)) if len(numbers) else np.zeros(0, np.int64)
    lengths = np.flatnonzero(np.bincount(np.maximum(written, part.width)) >= k)
    if not len(lengths):
        return None
    shortest, longest = int(lengths[0]), int(lengths[-1])
    low = 0 if part.width > 1 or shortest == 1 else 10 ** (shortest - 1)
    return Number(low, None if part.high is None else 10**longest - 1, part.width)


def _common_alphabet(alphabet: str, indices: Integers, k: int) -> str:
    """Return the whole alphabet of a position, of the kinds of characters that k rows have."""
    counts = np.bincount(indices, minlength=len(alphabet))
    rows: dict[str, int] = {}
    for letter, count in zip(alphabet, counts.tolist(), strict=True):
        rows[_kind_of(letter)] = rows.get(_kind_of(letter), 0) + count
    kept = {
        letter
        for letter, count in zip(alphabet, counts.tolist(), strict=True)
        if count and rows[_kind_of(letter)] >= k
    }
    return smallest_alphabet(kept) if kept else ""


def _kind_of(letter: str) -> str:
    """Return the alphabet of digits, small letters or capitals that has a letter, or itself."""
    kinds = (digits, ascii_lowercase, ascii_uppercase)
    return next((kind for kind in kinds if letter in kind), letter)
