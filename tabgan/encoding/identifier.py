"""Keys: unique values that say nothing of other columns. Not learned; new ones of the same pattern.

Row number -> its image under a permutation of all keys of the pattern (so that none comes twice) ->
characters.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from tabgan.encoding.column_encoder import EncoderConfig, PartEncoder
from tabgan.encoding.encoded_column import EncodedColumn, Rows, Selection
from tabgan.errors import ConditionError
from tabgan.schema import Column, restore_dtype
from tabgan.schema.predicates import Clause

ALPHABETS = {
    "digit": digits,
    "hexadecimal": digits + "abcdef",
    "HEXADECIMAL": digits + "ABCDEF",
    "upper": ascii_uppercase,
    "lower": ascii_lowercase,
    "upper or digit": digits + ascii_uppercase,
    "lower or digit": digits + ascii_lowercase,
    "letter": ascii_uppercase + ascii_lowercase,
    "any": digits + ascii_uppercase + ascii_lowercase,
}
DEFAULT_TEMPLATE = ["digit"] * 9  # of texts that follow no pattern
MAX_TEMPLATES = 200  # kept of texts that differ in length: the commonest
MAX_KEYS = 2**31  # that the permutation is of: its products fit 64 bits

Texts = npt.NDArray[np.object_]
Template = list[str]  # position by position: the name of an alphabet, or one character as it is


@dataclass(frozen=True)
class IdentifierEncoder(PartEncoder):
    """A column of keys: whole numbers that go on counting, or texts of a pattern.

    Attributes:
        templates: Patterns, which rows take in turn; none for whole numbers.
        first: Number of the first new key: those before it may be in the table.
        key: Of the permutation, drawn when the encoder is fitted.
        n_present: Rows of the table that hold a key.
        n_missing: Rows that hold none.
    """

    templates: list[Template]
    first: int
    key: int
    n_present: int
    n_missing: int

    @classmethod
    def fit(cls, column: Column, series: pd.Series, config: EncoderConfig) -> Self:
        """Fit the pattern, and find the first key behind those of the table."""
        present = series.dropna()
        counts = {"n_present": len(present), "n_missing": len(series) - len(present)}
        key = int(config.rng.integers(1, 2**30))
        if pd.api.types.is_numeric_dtype(present):
            return cls(column, templates=[], first=int(present.max()) + 1, key=key, **counts)
        texts = present.astype(str).tolist()
        templates = fit_templates(texts)
        first = first_free_key(templates[0], texts) if len(templates) == 1 else 0
        return cls(column, templates=templates, first=first, key=key, **counts)

    @property
    def n_classes(self) -> int:
        return 1 + (self.n_missing > 0)

    @property
    def frequencies(self) -> npt.NDArray[np.float64]:
        counts = [self.n_present] + ([self.n_missing] if self.n_missing else [])
        return np.array(counts, np.float64) / sum(counts)

    def with_counts(self, counts: Sequence[npt.NDArray[np.int64]], n_rows: int) -> Self:
        n_missing = int(counts[0][1:].sum())
        return replace(self, n_present=n_rows - n_missing, n_missing=n_missing)

    def renumber(self, series: pd.Series, rows: Rows, rng: np.random.Generator) -> pd.Series:
        return self.decode(self.encode(series, rng), rows, rng)

    def encode(self, series: pd.Series, rng: np.random.Generator) -> EncodedColumn:  # noqa: ARG002
        codes = series.isna().to_numpy().astype(np.int32)
        return EncodedColumn(codes, np.zeros(len(codes), np.float32))

    def decode(self, cells: EncodedColumn, rows: Rows, rng: np.random.Generator) -> pd.Series:
        numbers = (rows + self.first).astype(object)
        values = self._write(rows, rng) if self.templates else numbers
        values[cells.codes == 1] = None
        return restore_dtype(values, self.column)

    def _write(self, rows: npt.NDArray[np.int64], rng: np.random.Generator) -> Texts:
        """Write the keys of rows, (n_rows,) both; no two rows share one."""
        templates, numbers = rows % len(self.templates), rows // len(self.templates)
        texts = np.empty(len(rows), object)
        for index, template in enumerate(self.templates):
            of_template = templates == index
            if of_template.any():
                texts[of_template] = write_keys(
                    template, numbers[of_template], self.first, self.key, rng
                )
        return texts

    def select(self, clauses: list[Clause]) -> Selection:
        clause, one = clauses[0], np.ones(1)
        is_gap = clause.value is None or clause.value == ""
        has_any = self.n_present if clause.operator == "!=" else self.n_missing
        if len(clauses) == 1 and is_gap and has_any:
            code = 0 if clause.operator == "!=" else 1
            share = float(self.frequencies[code])
            return Selection(np.array([code], np.int32), one, 0 * one, 0 * one, share=share)
        raise ConditionError(
            f"column {self.column.name!r} is an identifier: its values are made anew for every row "
            "and cannot be asked for; ask for other columns."
        )


def fit_templates(texts: list[str]) -> list[Template]:
    """Return one template for texts of one length, or the commonest ones of texts of several."""
    if len({len(text) for text in texts}) == 1:
        template = [_smallest_alphabet(set(characters)) for characters in zip(*texts, strict=True)]
        for position in reversed(range(len(template) - 1)):  # a counter's leading zeros will count
            if template[position].isdigit() and template[position + 1] == "digit":
                template[position] = "digit"
        if _key_positions(template)[1] >= len(texts):
            return [template]
    counts = Counter(tuple(map(_alphabet_of, text)) for text in texts)
    common = [list(template) for template, _ in counts.most_common(MAX_TEMPLATES)]
    return [each for each in common if _key_positions(each)[1] > 1] or [DEFAULT_TEMPLATE]


def _smallest_alphabet(characters: set[str]) -> str:
    """Return the name of the smallest alphabet that holds all characters of one position."""
    if len(characters) == 1:
        return next(iter(characters))
    for name, alphabet in ALPHABETS.items():
        if characters <= set(alphabet):
            return name
    return "any"


def _alphabet_of(character: str) -> str:
    """Return the alphabet that a character alone suggests; the character if it is a mark."""
    if character.isdigit():
        return "digit"
    if character.isalpha():
        return "upper" if character.isupper() else "lower"
    return character


def _key_positions(template: Template) -> tuple[list[int], int]:
    """Return the positions that tell keys apart, last first, and how many keys those make."""
    positions, n_keys = [], 1
    for position in reversed(range(len(template))):
        n_letters = len(ALPHABETS.get(template[position], "-"))
        if n_letters > 1 and n_keys * n_letters <= MAX_KEYS:
            positions.append(position)
            n_keys *= n_letters
    return positions, n_keys


def first_free_key(template: Template, texts: list[str]) -> int:
    """Return the number behind the largest key if as many again fit behind it, else 0."""
    positions, n_keys = _key_positions(template)
    alphabets = [ALPHABETS[template[position]] for position in positions]
    largest = 0
    for text in texts:
        number = 0
        for position, alphabet in zip(reversed(positions), reversed(alphabets), strict=True):
            number = number * len(alphabet) + max(alphabet.find(text[position]), 0)
        largest = max(largest, number)
    return largest + 1 if n_keys - largest - 1 >= len(texts) else 0


def write_keys(
    template: Template,
    numbers: npt.NDArray[np.int64],
    first: int,
    key: int,
    rng: np.random.Generator,
) -> Texts:
    """Write the keys of a template that a permutation assigns to numbers.

    Args:
        template: An alphabet, or a character, for each position.
        numbers: Of the keys, from 0 up; (n_keys,). Beyond the last key they come with a suffix.
        first: Number of the first key that may be written.
        key: Decides the permutation.
        rng: Source of characters at positions beyond those that tell keys apart.
    """
    positions, n_keys = _key_positions(template)
    n_free = n_keys - first
    rest = first + (numbers % n_free * _coprime(key, n_free) + key) % n_free
    letters: list[Any] = []
    for position in reversed(range(len(template))):
        alphabet = ALPHABETS.get(template[position], template[position])
        if position in positions:
            rest, letter = np.divmod(rest, len(alphabet))
        else:
            letter = rng.integers(len(alphabet), size=len(numbers))
        letters.insert(0, pa.array(list(alphabet)).take(pa.array(letter)))
    suffix = pc.cast(pa.array(numbers // n_free), pa.string())
    letters.append(pc.if_else(numbers < n_free, "", suffix))  # used up: go on with longer keys
    return np.array(pc.binary_join_element_wise(*letters, ""), object)


def _coprime(key: int, size: int) -> int:
    """Return a multiplier by which the numbers below `size` are permuted, modulo it."""
    factor = key % size or 1
    while np.gcd(factor, size) != 1:
        factor += 1
    return factor
