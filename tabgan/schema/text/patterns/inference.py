"""Which pattern texts have: they are cut into runs, grouped by those, and each run is read.

There are several ways to cut: digits and letters apart, both in one run, or no cuts at all; the
way is taken by which the pattern and the texts are said in the fewest bits.
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import partial
from math import log2

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tabgan.schema.text.patterns.check_digits import CHECK_RULES, find_check_rule
from tabgan.schema.text.patterns.form import Form
from tabgan.schema.text.patterns.groups import Group, ReadForm, read_group
from tabgan.schema.text.patterns.parts import Characters, CheckDigits, Literal, Number, Part
from tabgan.schema.text.patterns.pattern import Pattern
from tabgan.schema.text.patterns.runs import smallest_alphabet

MAX_FORMS = 200  # of one pattern: the commonest
MAX_READ_ROWS = 20_000  # texts from which a pattern is read
MAX_OUTLIER_SHARE = 0.02  # of the texts, which need not have the pattern of the rest
MIN_PATTERN_ROWS = 10  # texts a form, on average, that make a pattern
MAX_GROUPS = 2_000  # that are read one by one
MIN_GROUP_ROWS = 4  # texts of a group, on average, if there are more than a few
APART, JOINT = r"[0-9]+|[^\W\d_]+|.", r"[0-9A-Za-z]+|[^\W\d_]+|."
WHOLE = r".+"  # for texts of one length
MIN_WHOLE_GAIN = 0.9  # its cost, over that of the other ways, by which it is the better one
MAX_NEAREST_LENGTH = 64  # of texts that are made character by character
CHECK_MARK = "\ue000"  # stands where a check digit was, while a text is read
MARKS = frozenset("@.-/_:#+")  # of which a form has one, unless it has digits


def infer_pattern(present: pa.Array) -> Pattern | None:
    """Return the pattern that texts without gaps have, shape (n,), or None if they have none.

    At most 2 % of them may be without it. Words, names and sentences are no pattern.
    """
    texts = _sample(present)
    forms = _read(texts, len(present))
    kept = _commonest(forms, (1 - MAX_OUTLIER_SHARE) * len(texts))
    if not kept or (len(kept) > 1 and len(kept) * MIN_PATTERN_ROWS > len(texts)):
        return None
    if not all(_is_patterned(read, len(kept)) for read in kept):
        return None
    pattern = Pattern(tuple(read.form for read in kept)).within_slots()
    found = pattern.split(pa.array(texts, pa.large_string())).forms
    return pattern if (found >= 0).mean() >= 1 - 2 * MAX_OUTLIER_SHARE else None


def detect_pattern(present: pa.Array) -> str | None:
    """Return as text the pattern that texts without gaps have, shape (n,), or None.

    >>> detect_pattern(pa.array([f"2024BS{number:05d}" for number in range(100)]))
    '2024BS{00000-99999}'
    """
    pattern = infer_pattern(present)
    return None if pattern is None else str(pattern)


def nearest_pattern(present: pa.Array) -> Pattern:
    """Return the commonest forms of texts without gaps, shape (n,), even if they have no pattern.

    >>> str(nearest_pattern(pa.array(["a-10", "a-25", "a-99"])))
    'a-{10-99}'
    """
    texts = _sample(present)
    forms = _read(texts, len(present), max_groups=len(present))
    kept = [read.form for read in forms if read.form.bits > 0] or _forms_of_lengths(texts)
    return Pattern(tuple(kept[:MAX_FORMS])).within_slots()


def _forms_of_lengths(texts: Sequence[str]) -> list[Form]:
    """Return a form for each length of texts that have nothing else in common, or one of digits."""
    alphabet = smallest_alphabet(set("".join(texts)))
    lengths = [length for length, _ in Counter(map(len, texts)).most_common()]
    if len(alphabet) == 1 or max(lengths) > MAX_NEAREST_LENGTH:
        return [Form((Number(0, 10**9 - 1, 9),))]
    return [Form((Characters((alphabet,) * length),)) for length in lengths]


def _sample(present: pa.Array) -> list[str]:
    chosen = np.unique(np.linspace(0, len(present) - 1, MAX_READ_ROWS).astype(np.int64))
    texts: list[str] = pc.cast(present.take(pa.array(chosen)), pa.large_string()).to_pylist()
    return texts


def _commonest(forms: list[ReadForm], n_needed: float) -> list[ReadForm]:
    """Return the fewest forms that so many texts have, none if 200 are too few."""
    ends = np.cumsum([read.n_rows for read in forms])
    n_kept = int(np.searchsorted(ends, n_needed)) + 1
    return forms[:n_kept] if n_kept <= min(MAX_FORMS, len(forms)) else []


def _is_patterned(read: ReadForm, n_forms: int) -> bool:
    """Return whether a form is more than words: digits, marks, or one length throughout."""
    literals = "".join(part.text for part in read.form.parts if isinstance(part, Literal))
    has_digits = any(isinstance(part, Number | CheckDigits) for part in read.form.parts)
    has_digits |= any(map(str.isdigit, literals + read.characters))
    if " " in literals + read.characters:
        return has_digits and not read.has_words
    return has_digits or bool(MARKS & set(literals)) or (n_forms == 1 and not read.has_words)


def _read(texts: list[str], n_rows: int, max_groups: int = MAX_FORMS) -> list[ReadForm]:
    """Return the forms of texts, the commonest first, read in the way that says them best."""
    rule = find_check_rule(texts)
    if rule is not None:
        texts = [_mark_check(text, rule) for text in texts]
    best: list[ReadForm] = []
    lowest = float("inf")
    for way in (APART, JOINT, WHOLE)[: 3 if len(set(map(len, texts))) == 1 else 2]:
        groups = _group(texts, way)
        if len(groups) > max(max_groups, len(texts) / MIN_GROUP_ROWS):
            continue
        common = sorted(groups.items(), key=lambda item: -len(item[1]))[:MAX_GROUPS]
        read = [read_group(Group(kinds, rows, n_rows)) for kinds, rows in common]
        forms = [form for of_group in read for form in of_group]
        cost = _cost(forms, len(texts))
        if cost < lowest * (MIN_WHOLE_GAIN if way == WHOLE else 1):
            best, lowest = forms, cost
    if rule is not None:
        best = [read.with_parts(_put_check(read.form.parts, rule)) for read in best]
    return sorted(best, key=lambda read: -read.n_rows)


def _group(texts: list[str], way: str) -> dict[tuple[str, ...], list[list[str]]]:
    """Return texts cut into runs, by the kinds of those."""
    groups: dict[tuple[str, ...], list[list[str]]] = {}
    runs, kind_of = re.compile(way, re.DOTALL), partial(_kind_of, are_joint=way != APART)
    for text in texts:
        cut = runs.findall(text)
        groups.setdefault(tuple(map(kind_of, cut)), []).append(cut)
    return groups


def _kind_of(run: str, *, are_joint: bool) -> str:
    """Return `9` for digits, `a` for letters, `x` for both and marks, the run if it is a mark."""
    if are_joint and run.isascii() and run.isalnum():
        return "x"
    if run.isascii() and run.isdigit():
        return "9"
    if run.isalpha():
        return "a"
    return run if len(run) == 1 else "x"


def _cost(forms: Sequence[ReadForm], n_texts: int) -> float:
    """Return the bits that forms take to state, and the texts to say with them."""
    bits = 0.0
    for read in forms:
        bits += read.n_rows * (log2(n_texts / read.n_rows) + read.bits) + read.stated_bits
    left = n_texts - sum(read.n_rows for read in forms)
    return bits + left * 1_000.0 if forms else float("inf")


def _mark_check(text: str, rule: str) -> str:
    start = CHECK_RULES[rule].position(text)
    return text[:start] + CHECK_MARK + text[start + CHECK_RULES[rule].width :]


def _put_check(parts: Sequence[Part], rule: str) -> tuple[Part, ...]:
    """Return parts with the check digits where the mark for them stands."""
    found: list[Part] = []
    for part in parts:
        if not isinstance(part, Literal):
            found.append(part)
            continue
        before, mark, behind = part.text.partition(CHECK_MARK)
        found += [Literal(before)] if before else []
        found += [CheckDigits(rule)] if mark else []
        found += [Literal(behind)] if behind else []
    return tuple(found)
