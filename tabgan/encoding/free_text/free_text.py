"""Free text: comments, names, titles. Not learned; new texts of words that several rows share.

A text is a walk over words and orders that several different texts of the table share
(`word_counts`, `word_walk`), as long as texts of the table are; digits are drawn anew. It is never
a text of the table (`text_filter`). Where too few words repeat it is `text 1`, `text 2`, ...
"""

from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from tabgan.encoding.column_encoder import EncoderConfig
from tabgan.encoding.free_text.text_filter import TextFilter
from tabgan.encoding.free_text.word_counts import count_walk
from tabgan.encoding.free_text.word_splitting import are_of_words
from tabgan.encoding.free_text.word_walk import WordWalk
from tabgan.encoding.keys.key_sequence import round_out
from tabgan.encoding.made_anew import (
    MadeAnewEncoder,
    check_holds_text,
    count_gaps,
    read_counts,
)
from tabgan.schema import Column
from tabgan.schema.arrays import Objects
from tabgan.schema.holding import Holding
from tabgan.state_reader import StateReader

MIN_SHARED_TEXTS = 3  # that have a word, a pair of neighbours, ... in common
MIN_MADE_TEXTS = 20  # that can be made, or placeholders stand in ...
MIN_MADE_SHARE = 0.25  # ... and of as many as the table has
MAX_TRIED_TEXTS = 1_000  # made to find that out
MIN_FREE_SHARE = 0.1  # of all walks: fewer give a text that is none of the table, ...
MAX_ATTEMPTS = 200  # ... and so many of them hardly ever give none
MAX_NEW_ATTEMPTS = 5  # of them, to make one that no earlier row has
MAX_NUMBER = 2**62  # of a placeholder
PLACEHOLDER = r"(?i)^\s*text\s+[0-9]{1,15}\s*$"


@dataclass(frozen=True)
class FreeTextEncoder(MadeAnewEncoder):
    """A column of free text.

    Attributes:
        walk: Over words that several texts share; None: texts are placeholders.
        kept_out: Turns the table's own texts away, those that the walk could make.
        first: Number of the first placeholder: those before it may be in the table.
    """

    walk: WordWalk | None
    kept_out: TextFilter
    first: int

    @classmethod
    def fit(cls, column: Column, series: pd.Series, config: EncoderConfig) -> Self:
        """Count what texts share, and try whether enough texts can be made of it."""
        check_holds_text(column)
        texts = distinct_texts(series)
        k = config.protection.k
        min_texts = max(MIN_SHARED_TEXTS, k)
        salt = int(config.rng.integers(2**63))
        empty = TextFilter.of_texts([], salt)
        walk = count_walk(texts, min_texts) if len(texts) else None
        bare = cls(column, **count_gaps(series), walk=walk, kept_out=empty, first=1)
        encoder = bare.keep_out(series)
        if k > 1 and encoder.first > 1:
            encoder = replace(encoder, first=round_out(encoder.first, up=True))
        return encoder if encoder.makes_enough(len(texts), salt) else replace(encoder, walk=None)

    def makes_enough(self, n_texts: int, salt: int) -> bool:
        """Return whether enough texts can be made to stand in for that many of the table."""
        if self.walk is None:
            return False
        tried = min(n_texts, MAX_TRIED_TEXTS)
        rows = np.arange(MAX_TRIED_TEXTS)
        texts = self.walk.draw(salt, rows, np.zeros_like(rows))
        if self.kept_out.turns_away(texts).mean() > 1 - MIN_FREE_SHARE:
            return False
        made = self._walk_anew(self.walk, rows[: max(tried, MIN_MADE_TEXTS)], salt)
        return len(set(made) - {None}) >= max(MIN_MADE_TEXTS, MIN_MADE_SHARE * tried)

    def keep_out(self, series: pd.Series) -> Self:
        texts = distinct_texts(series)
        alike = pc.filter(texts, pc.match_substring_regex(texts, PLACEHOLDER)).to_pylist()
        first = max([self.first, *(int(text.split()[1]) + 1 for text in alike)])
        if self.walk is None:
            return replace(self, first=first)
        reachable = pc.filter(texts, pa.array(are_of_words(texts, self.walk.words)))
        return replace(self, kept_out=self.kept_out.add(reachable.to_pylist()), first=first)

    @cached_property
    def max_length(self) -> int:
        if self.walk is None:
            return 0
        longest = max(map(len, self.walk.words), default=0)
        return int(self.walk.start_lengths.max()) * (longest + 1)

    @property
    def note(self) -> str:
        stand_in = f" (text {self.first}, ...), for too few words repeat"
        return f"free text: made up, not learned{'' if self.walk else stand_in}"

    def renumber(
        self, series: pd.Series, rows: npt.NDArray[np.int64], rng: np.random.Generator
    ) -> pd.Series:
        return series if self.walk else self.decode(self.encode(series, rng), rows, rng)

    def compose(self, rows: npt.NDArray[np.int64], rng: np.random.Generator) -> Objects:
        salt = int(rng.integers(2**63))
        texts = np.full(len(rows), None, object)
        if self.walk is not None and len(rows):
            texts = self._walk_anew(self.walk, rows, salt)
        for index in np.flatnonzero(texts == None):  # noqa: E711 - element by element
            texts[index] = f"text {self.first + rows[index]}"
        return texts

    def _walk_anew(self, walk: WordWalk, rows: npt.NDArray[np.int64], salt: int) -> Objects:
        """Return a text for each row, (n_rows,); None where all attempts made one of the table.

        A row takes another attempt if its text is the table's or an earlier row's: what it gets
        depends on earlier rows alone.
        """
        texts, attempts = np.full(len(rows), None, object), np.zeros(len(rows), np.int64)
        is_of_table = np.zeros(len(rows), bool)
        pending = np.arange(len(rows))
        for attempt in range(MAX_ATTEMPTS):
            texts[pending] = walk.draw(salt, rows[pending], attempts[pending])
            is_of_table[pending] = self.kept_out.turns_away(texts[pending])
            wrong = is_of_table
            if attempt < MAX_NEW_ATTEMPTS:
                wrong = is_of_table | pd.Series(texts).duplicated().to_numpy()
            pending = np.flatnonzero(wrong)
            if len(pending) == 0:
                break
            attempts[pending] += 1
        texts[is_of_table] = None
        return texts

    @property
    def holdings(self) -> tuple[Holding, ...]:
        words = () if self.walk is None else (Holding("words", len(self.walk.words)),)
        return (*words, self.kept_out.holding)

    def to_state(self) -> dict[str, Any]:
        state = {f.name: getattr(self, f.name) for f in fields(self)[1:]}
        walk = self.walk and self.walk.to_state()
        return state | {"walk": walk, "kept_out": self.kept_out.to_state()}

    @classmethod
    def from_state(cls, column: Column, state: StateReader) -> Self:
        walk = WordWalk.from_state(state.state("walk")) if state.has("walk") else None
        kept_out = TextFilter.from_state(state.state("kept_out"))
        first = state.whole("first", 1, MAX_NUMBER)
        return cls(column, **read_counts(state), walk=walk, kept_out=kept_out, first=first)


def distinct_texts(series: pd.Series) -> pa.Array:
    """Return the different texts of a column, gaps and blanks left out; (n_texts,).

    >>> distinct_texts(pd.Series(["b", None, " ", "a", "b"])).to_pylist()
    ['b', 'a']
    """
    present = series.dropna()
    distinct = np.asarray(present.unique(), object)
    texts = pa.array([str(value) for value in distinct], pa.large_string())
    is_blank = pc.equal(pc.utf8_length(pc.utf8_trim_whitespace(texts)), 0)
    return pc.filter(texts, pc.invert(is_blank))
