"""Keys of text in files of releases before patterns were learned: made as those releases did.

Row number -> its image under a permutation of all keys of a template (so that none comes twice) ->
characters.
"""

from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from tabgan.encoding.column_encoder import EncoderConfig
from tabgan.encoding.encoded_column import Rows
from tabgan.encoding.made_anew import MadeAnewEncoder, read_counts
from tabgan.schema import Column
from tabgan.schema.arrays import Objects
from tabgan.schema.holding import Holding
from tabgan.state_reader import StateReader

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
MAX_KEYS = 2**31  # that the permutation is of: its products fit 64 bits
MAX_LENGTH = 1_000  # characters of a key

Template = list[str]  # position by position: the name of an alphabet, or one character as it is


@dataclass(frozen=True)
class TemplateEncoder(MadeAnewEncoder):
    """A column of keys of text, of templates that rows take in turn. It is read, never fitted.

    Attributes:
        templates: Patterns of alphabets.
        first: Number of the first new key: those before it may be in the table.
        key: Of the permutation.
    """

    templates: list[Template]
    first: int
    key: int

    IS_UNIQUE: ClassVar[bool] = True

    @classmethod
    def fit(cls, column: Column, series: pd.Series, config: EncoderConfig) -> Self:
        raise NotImplementedError("keys of text are learned as patterns")

    @classmethod
    def from_state(cls, column: Column, state: StateReader) -> Self:
        first, templates = state.whole("first", 0, MAX_KEYS), state.items("templates")
        for template in templates:
            is_one = isinstance(template, list) and 0 < len(template) <= MAX_LENGTH
            is_one = is_one and all(map(_is_position, template))
            state.check(is_one, "templates", "holds one that is none")
            state.check(first < _key_positions(template)[1], "first", "is beyond all keys")
        key = state.whole("key", 0, 2**62)
        return cls(column, **read_counts(state), templates=templates, first=first, key=key)

    @property
    def holdings(self) -> tuple[Holding, ...]:
        return (Holding("templates", len(self.templates)),)

    def compose(self, rows: Rows, rng: np.random.Generator) -> Objects:
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


def _is_position(value: object) -> bool:
    return isinstance(value, str) and (value in ALPHABETS or len(value) == 1)


def _key_positions(template: Template) -> tuple[list[int], int]:
    """Return the positions that tell keys apart, last first, and how many keys those make."""
    positions, n_keys = [], 1
    for position in reversed(range(len(template))):
        n_letters = len(ALPHABETS.get(template[position], "-"))
        if n_letters > 1 and n_keys * n_letters <= MAX_KEYS:
            positions.append(position)
            n_keys *= n_letters
    return positions, n_keys


def write_keys(
    template: Template,
    numbers: npt.NDArray[np.int64],
    first: int,
    key: int,
    rng: np.random.Generator,
) -> Objects:
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
