"""Runs of digits or letters that stand at one place of many texts -> the parts that they are.

>>> read_run(["07", "12", "11"] * 20, n_rows=60)
(Alternation(values=('07', '11', '12')),)
"""

from collections import Counter
from collections.abc import Sequence
from math import comb, log2, log10

import numpy as np

from tabgan.schema.arrays import Integers
from tabgan.schema.text.patterns.parts import (
    ALPHABETS,
    Alternation,
    Characters,
    Literal,
    Number,
    Part,
)

MAX_CODES, MAX_WORDS = 50, 500  # values of a choice: among digits and codes, and among words
MIN_ROWS_A_NUMBER, MIN_ROWS_A_WORD = 10, 4  # on average
MAX_SINGLE_SHARE = 0.01  # of rows, whose value nothing else has, that a choice leaves out
MIN_COUNTER_ROWS = 20  # fewer rows are too few to tell that a number counts them
MAX_COUNTER_SPREAD = 2.0  # range of a counter, over the rows: some may have been deleted
MAX_DIGITS = 18  # of one number
MAX_LOG_CHANCE = -3.0  # by which the characters of a position may seem fewer than they are
MAX_COST_ROWS = 2_000  # on which ways to cut a run of digits are weighed
PART_BITS, DIGIT_BITS = 24.0, log2(10)  # that it costs to state a part, and a digit of it


def read_run(values: Sequence[str], n_rows: int) -> tuple[Part, ...] | None:
    """Return the parts of a run, or None if only those of one length are read together.

    Args:
        values: What stands there, row by row, digits or letters; (n,).
        n_rows: Of the whole table, of which these are some.
    """
    counts = Counter(values)
    lengths = {len(value) for value in counts}
    are_digits = all(map(_is_digits, counts))
    choice = _read_choice(counts, len(values), is_code=are_digits or len(lengths) == 1)
    if isinstance(choice, Literal):
        return (choice,)
    if are_digits and max(lengths) <= MAX_DIGITS:
        if len(lengths) == 1:
            return _cut_digits(values, n_rows)
        return (choice,) if choice else _read_number(list(counts), n_rows, len(values))
    if choice:
        return (choice,)
    return None if len(lengths) > 1 else read_characters(values)


def _is_digits(value: str) -> bool:
    return value.isascii() and value.isdigit()


def _read_choice(counts: Counter[str], n_values: int, *, is_code: bool) -> Part | None:
    """Return the choice, or the one text, that a run is; None if it takes too many values."""
    once = sum(count == 1 for count in counts.values())
    kept = sorted(counts)
    if 0 < once <= MAX_SINGLE_SHARE * n_values and once < len(counts):
        kept = sorted(value for value, count in counts.items() if count > 1)
        once = 0
    if len(kept) == 1:
        return Literal(kept[0])
    most = MAX_CODES if is_code else MAX_WORDS
    least = MIN_ROWS_A_NUMBER if _is_digits(kept[0]) else MIN_ROWS_A_WORD
    if len(kept) > most or len(kept) * least > n_values or 2 * once > len(kept):
        return None
    return Alternation(tuple(kept))


def is_counter(numbers: Sequence[int] | Integers, n_values: int, n_rows: int) -> bool:
    """Return whether the distinct numbers of `n_values` rows are all others and nearly dense."""
    if not MIN_COUNTER_ROWS <= n_values == len(numbers):
        return False
    return int(max(numbers)) - int(min(numbers)) < MAX_COUNTER_SPREAD * n_rows


def _read_number(values: list[str], n_rows: int, n_values: int) -> tuple[Part, ...] | None:
    """Return the number that distinct digits of several lengths are."""
    padded = {len(value) for value in values if value[0] == "0" and len(value) > 1}
    width = min(map(len, values))
    if padded - {width}:
        return None
    numbers = [int(value) for value in values]
    high = None if is_counter(numbers, n_values, n_rows) else max(numbers)
    return (Number(min(numbers), high, width if padded else 1),)


def _cut_digits(values: Sequence[str], n_rows: int) -> tuple[Part, ...]:
    """Return the parts of digits of one length: those that say most in the fewest words."""
    width = len(values[0])
    codes = np.array(values, f"<U{width}").view(np.uint32).reshape(len(values), width)
    digits = codes.astype(np.int64) - ord("0")
    few = digits[np.unique(np.linspace(0, len(digits) - 1, MAX_COST_ROWS).astype(int))]
    costs, cuts = [0.0] + [np.inf] * width, [0] * (width + 1)
    for start in range(width):
        numbers = np.zeros(len(few), np.int64)
        for end in range(start + 1, width + 1):
            numbers = numbers * 10 + few[:, end - 1]
            cost = costs[start] + _digits_cost(numbers, end - start)
            if cost < costs[end] - 1e-9:
                costs[end], cuts[end] = cost, start
    parts: list[Part] = []
    end = width
    last = [int(value[cuts[end] :]) for value in values]
    while end:
        segment = [value[cuts[end] : end] for value in values]
        parts.insert(0, _read_digits(segment, n_rows, is_whole=end - cuts[end] == width))
        end = cuts[end]
    is_counted = is_counter(list(set(last)), len(last), n_rows)
    return _with_literal(parts, n_rows) if is_counted else tuple(parts)


def _digits_cost(numbers: Integers, width: int) -> float:
    """Return the bits that a segment takes to state, and then to say in each row; (n,)."""
    counts = np.unique(numbers, return_counts=True)[1]
    spread = int(numbers.max()) - int(numbers.min()) + 1
    if spread == 1:
        return width * DIGIT_BITS
    cost = PART_BITS + 2 * width * DIGIT_BITS + len(numbers) * log2(spread)
    if len(counts) <= MAX_CODES and len(counts) * MIN_ROWS_A_NUMBER <= len(numbers):
        shares = counts / len(numbers)
        entropy = -float((shares * np.log2(shares)).sum())
        stated = PART_BITS + len(counts) * width * DIGIT_BITS + len(numbers) * entropy
        cost = min(cost, stated)
    return cost


def _read_digits(values: list[str], n_rows: int, *, is_whole: bool) -> Part:
    """Return the part that digits of one length are."""
    counts = Counter(values)
    if choice := _read_choice(counts, len(values), is_code=True):
        return choice
    width, numbers = len(values[0]), list(map(int, counts))
    low, high, last = min(numbers), max(numbers), 10**width - 1
    has_zeros = low < 10 ** (width - 1)
    if not is_counter(numbers, len(values), n_rows):
        return Number(low, high, width if has_zeros else 1)
    if is_whole and not has_zeros and last - high < 10 * n_rows:
        return Number(low)
    return Number(low, last, width if has_zeros else 1)


def _with_literal(parts: list[Part], n_rows: int) -> tuple[Part, ...]:
    """Return the parts of digits that end on a counter, with what stands before if it will change.

    Zeros will, and so will all that stands before one that has counted through most of its digits.
    """
    if len(parts) < 2:
        return tuple(parts)
    before, part = parts[-2:]
    if not isinstance(before, Literal) or not isinstance(part, Number):
        return tuple(parts)
    width = max(part.width, len(str(part.last)))
    kept = "" if part.last - part.low < MAX_COUNTER_SPREAD * n_rows else before.text.rstrip("0")
    low = before.text[len(kept) :] + str(part.low).zfill(width)
    has_end = bool(kept) or len(parts) > 2 or low.startswith("0")
    number = Number(int(low), 10 ** len(low) - 1 if has_end else None, len(low) if has_end else 1)
    return (*parts[:-2], *([Literal(kept)] if kept else []), number)


def read_characters(values: Sequence[str]) -> tuple[Part, ...]:
    """Return characters by position, up to the longest; positions of one character are literal."""
    widest = smallest_alphabet(set("".join(values)))
    parts: list[Part] = []
    for position in range(max(map(len, values))):
        seen = [value[position] for value in values if len(value) > position]
        alphabet = _read_position(set(seen), len(seen), widest)
        part = Literal(alphabet) if len(alphabet) == 1 else Characters((alphabet,))
        last = parts[-1] if parts else None
        if isinstance(part, Literal) and isinstance(last, Literal):
            parts[-1] = Literal(last.text + alphabet)
        elif isinstance(part, Characters) and isinstance(last, Characters):
            parts[-1] = Characters((*last.alphabets, alphabet))
        else:
            parts.append(part)
    return tuple(parts)


def smallest_alphabet(characters: set[str]) -> str:
    """Return the smallest alphabet with a name that holds all characters, or these alone."""
    for alphabet in ALPHABETS.values():
        if characters <= set(alphabet):
            return alphabet
    return "".join(sorted(characters))


def _read_position(characters: set[str], n_values: int, widest: str) -> str:
    """Return the alphabet of one position: the characters seen, if the rest is not just unseen."""
    for alphabet in ALPHABETS.values():
        is_smaller = len(alphabet) < len(widest) and characters <= set(alphabet)
        if is_smaller and n_values * log10(len(alphabet) / len(widest)) < MAX_LOG_CHANCE:
            widest = alphabet
            break
    n_seen, n_all = len(characters), len(widest)
    chance = log10(comb(n_all, n_seen)) + n_values * log10(n_seen / n_all)
    return "".join(sorted(characters)) if chance < MAX_LOG_CHANCE else widest
