"""Texts, word by word: a word is what stands between blanks, its punctuation with it.

Digits are not looked at: `12` is any number of two digits.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tabgan.schema.arrays import Indices, Mask

MAX_PLACED_WORDS = 4  # of texts in which places mean something, numbers aside ...
MAX_PLACES = 8  # ... and with them


@dataclass(frozen=True)
class Words:
    """Texts, word by word.

    Attributes:
        distinct: All words, digits written as 0.
        codes: Which of them each is; (n_words,).
        texts: Number of the text that each is in, in order; (n_words,).
        positions: Its place in it, from 0; (n_words,).
        lengths: Words of each text; (n_texts,).
    """

    distinct: pa.Array
    codes: Indices
    texts: Indices
    positions: Indices
    lengths: Indices

    @property
    def are_placed(self) -> Mask:
        """Whether places mean something in each text; (n_texts,)."""
        has_digit = np.array(pc.match_substring(self.distinct, "0"), bool)
        plain = self.texts[~has_digit[self.codes]]
        n_plain = np.bincount(plain, minlength=len(self.lengths))
        return (n_plain <= MAX_PLACED_WORDS) & (self.lengths <= MAX_PLACES)


def split_words(texts: pa.Array) -> Words:
    """Return texts of shape (n_texts,), none missing or blank, word by word.

    >>> split_words(pa.array(["12 Main Street", "Ann Ash"])).distinct.to_pylist()
    ['00', 'Main', 'Street', 'Ann', 'Ash']
    """
    trimmed = pc.utf8_trim_whitespace(texts.cast(pa.large_string()))
    lists = pc.utf8_split_whitespace(trimmed)
    lengths = np.array(pc.list_value_length(lists), np.int64)
    encoded = pc.list_flatten(lists).dictionary_encode()
    shapes = pc.replace_substring_regex(encoded.dictionary, "[0-9]", "0").dictionary_encode()
    codes = np.array(shapes.indices, np.int64)[np.array(encoded.indices, np.int64)]
    numbers = np.repeat(np.arange(len(lengths)), lengths)
    positions = np.arange(len(codes)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return Words(shapes.dictionary, codes, numbers, positions, lengths)


def are_of_words(texts: pa.Array, words: list[str]) -> Mask:
    """Return whether each text, none missing or blank, consists of these words; (n_texts,)."""
    split = split_words(texts)
    is_known = np.array(pc.is_in(split.distinct, pa.array(words, pa.large_string())), bool)
    unknown = split.texts[~is_known[split.codes]]
    return np.asarray(np.bincount(unknown, minlength=len(split.lengths)) == 0)
