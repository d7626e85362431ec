"""Whether a column of text is free text: names, comments, titles, addresses.

Free text is words, not codes; its texts hardly repeat, and they do not all follow one pattern.

>>> firsts = ["Ann", "Bo", "Cleo", "Dora", "Eve", "Finn", "Greta", "Hugo"]
>>> lasts = ["Ash", "Birch", "Cedar", "Elder", "Hazel", "Linden", "Oak", "Sallow"]
>>> is_free_text(pa.array([f"{first} {last}" for first in firsts for last in lasts]))
True
>>> is_free_text(pa.array([f"Room {number}" for number in range(500)]))
False
"""

import re

import pyarrow as pa
import pyarrow.compute as pc

MIN_UNIQUE_ROWS = 20  # in which no text repeats
MIN_ROWS = 100  # in which some do
MIN_DISTINCT_SHARE = 0.98  # of the rows, if texts are single words
MIN_DISTINCT_PHRASES = 0.5  # of the rows, if texts are phrases of two words and more ...
MIN_PHRASE_SHARE = 0.85  # ... as so many of them are
MIN_WORDED_SHARE = 0.9  # of the texts are words ...
MIN_LETTER_SHARE = 0.4  # ... for so much of what they consist of
MIN_VOCABULARY = 16  # different words: fewer are labels beside numbers
MIN_PROSE_VOCABULARY, MIN_PROSE_WORDS = 6, 3  # ... unless a text has so many words on average
MIN_LENGTHS = 3  # different lengths of texts: codes have one or two ...
MIN_SHARED = 2.0  # ... and share no words; texts of one length are words if each comes so often
MAX_SAMPLE_TEXTS = 5_000  # that are looked at
_LETTER = r"(?:[A-Za-z]|[^\x00-\x7f\s])"  # the vowel signs of many scripts are no letters to `re`
_WORD = re.compile(rf"[^\w\s]*{_LETTER}+(?:['-]{_LETTER}+)*[^\w\s]*")
_VOWELS = re.compile("[aeiouy]", re.IGNORECASE)


def is_free_text(present: pa.Array) -> bool:
    """Return whether texts of shape (n,), gaps left out, are free text.

    All different in 20 rows or more, or nearly all in 100, they are if they are words. Texts of two
    words and more, such as full names and comments, are so even if up to half of the rows repeat.
    """
    distinct = pc.unique(present)
    n_rows, n_texts = len(present), len(distinct)
    is_unique = n_texts == n_rows >= MIN_UNIQUE_ROWS
    if not is_unique and (n_rows < MIN_ROWS or n_texts < MIN_DISTINCT_PHRASES * n_rows):
        return False
    step = max(1, n_texts // MAX_SAMPLE_TEXTS)
    texts = distinct.take(pa.array(range(0, n_texts, step))).to_pylist()
    split = [text.split() for text in texts]
    words = [_words_of(each) for each in split]
    if sum(map(_is_worded, split, words)) < MIN_WORDED_SHARE * len(texts):
        return False
    if not _is_varied(texts, words):
        return False
    is_distinct = is_unique or n_texts > MIN_DISTINCT_SHARE * n_rows
    n_phrases = sum(_count_words(each) >= 2 for each in words)
    return is_distinct or n_phrases >= MIN_PHRASE_SHARE * len(texts)


def _words_of(parts: list[str]) -> list[str]:
    """Return the parts of a text that are words: letters, perhaps with punctuation around."""
    return [part for part in parts if _WORD.fullmatch(part) and _is_pronounceable(part)]


def _is_pronounceable(word: str) -> bool:
    """Return whether a word has a vowel, is written as a name is (`St`), or in another script."""
    return not word.isascii() or word.istitle() or _VOWELS.search(word) is not None


def _count_words(words: list[str]) -> int:
    """Return how many words a text has; scripts without blanks and cases have two in one."""
    return sum(1 + (word.lower() == word.upper()) for word in words)


def _is_worded(parts: list[str], words: list[str]) -> bool:
    """Return whether much of what a text consists of, blanks left out, is words."""
    n_letters = sum(map(len, words))
    return n_letters >= 2 and n_letters >= MIN_LETTER_SHARE * sum(map(len, parts))


def _is_varied(texts: list[str], words: list[list[str]]) -> bool:
    """Return whether texts have many words, and differ in length or share their words."""
    vocabulary = {word for each in words for word in each}
    is_latin = all(map(str.isascii, texts))
    differ = not is_latin or len(set(map(len, texts))) >= MIN_LENGTHS
    n_words = sum(map(len, words))
    is_prose = n_words >= MIN_PROSE_WORDS * len(texts)
    enough = MIN_PROSE_VOCABULARY if is_prose else MIN_VOCABULARY
    return len(vocabulary) >= enough and (differ or n_words >= MIN_SHARED * len(vocabulary))
