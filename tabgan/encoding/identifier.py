"""Keys: unique values that say nothing of the rest. Not learned; new ones of the same pattern.

Row number -> a permutation of the pattern's space (so that no value comes twice) -> characters.
"""

from collections import Counter
from dataclasses import dataclass, replace
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from tabgan.encoding.column_encoder import (
    ColumnEncoder,
    EncodedColumn,
    EncoderConfig,
    Selection,
)
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
MAX_TEMPLATES = 200  # shapes kept of texts that differ in length
MAX_SPACE = 2**31  # values told apart by the permutation: its products fit 64 bits

Texts = npt.NDArray[np.object_]
Template = list[str]  # position by position: the name of an alphabet, or one character as it is


@dataclass(frozen=True)
class IdentifierEncoder(ColumnEncoder):
    """A column of keys: whole numbers that go on counting, or texts of a pattern."""

    templates: list[Template]  # none: whole numbers
    first: int  # number of the first new key in the pattern's order
    key: int  # of the permutation
    n_present: int
    n_missing: int

    @classmethod
    def fit(cls, column: Column, series: pd.Series, config: EncoderConfig) -> Self:
        """Find the pattern, and the first key behind those seen."""
        present = series.dropna()
        counts = {"n_present": len(present), "n_missing": len(series) - len(present)}
        key = int(config.rng.integers(1, 2**30))
        if pd.api.types.is_numeric_dtype(present):
            return cls(column, templates=[], first=int(present.max()) + 1, key=key, **counts)
        texts = present.astype(str).tolist()
        templates = find_templates(texts)
        first = find_room(templates[0], texts) if len(templates) == 1 else 0
        return cls(column, templates=templates, first=first, key=key, **counts)

    @property
    def n_classes(self) -> int:
        return 1 + (self.n_missing > 0)

    @property
    def frequencies(self) -> npt.NDArray[np.float64]:
        counts = [self.n_present] + ([self.n_missing] if self.n_missing else [])
        return np.array(counts, np.float64) / sum(counts)

    def with_counts(self, counts: npt.NDArray[np.int64], n_rows: int) -> Self:
        n_missing = int(counts[1:].sum())
        return replace(self, n_present=n_rows - n_missing, n_missing=n_missing)

    def renumber(
        self, series: pd.Series, rows: npt.NDArray[np.int64], rng: np.random.Generator
    ) -> pd.Series:
        return self.decode(self.encode(series, rng), rows, rng)

    def encode(self, series: pd.Series, rng: np.random.Generator) -> EncodedColumn:  # noqa: ARG002
        codes = series.isna().to_numpy().astype(np.int32)
        return EncodedColumn(codes, np.zeros(len(codes), np.float32))

    def decode(
        self, cells: EncodedColumn, rows: npt.NDArray[np.int64], rng: np.random.Generator
    ) -> pd.Series:
        numbers = (rows + self.first).astype(object)
        values = self._write(rows, rng) if self.templates else numbers
        values[cells.codes == 1] = None
        return restore_dtype(values, self.column)

    def _write(self, rows: npt.NDArray[np.int64], rng: np.random.Generator) -> Texts:
        """Write the keys of rows; no two rows share one."""
        which, turn = rows % len(self.templates), rows // len(self.templates)
        texts = np.empty(len(rows), object)
        for number, template in enumerate(self.templates):
            mine = which == number
            if mine.any():
                texts[mine] = fill(template, turn[mine], self.first, self.key, rng)
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


def find_templates(texts: list[str]) -> list[Template]:
    """Return the pattern of texts of one length, or the commonest shapes of texts of several."""
    if len({len(text) for text in texts}) == 1:
        template = [_name_alphabet(set(index)) for index in zip(*texts, strict=True)]
        for index in reversed(range(len(template) - 1)):  # a counter's leading zeros will count
            if template[index].isdigit() and template[index + 1] == "digit":
                template[index] = "digit"
        if _space(template)[1] >= len(texts):
            return [template]
    shapes = Counter(tuple(map(_shape, text)) for text in texts)
    common = [list(shape) for shape, _ in shapes.most_common(MAX_TEMPLATES)]
    return [shape for shape in common if _space(shape)[1] > 1] or [["digit"] * 9]


def _name_alphabet(seen: set[str]) -> str:
    """Name the smallest alphabet that holds all characters of one position."""
    if len(seen) == 1:
        return next(iter(seen))
    for name, alphabet in ALPHABETS.items():
        if seen <= set(alphabet):
            return name
    return "any"


def _shape(character: str) -> str:
    if character.isdigit():
        return "digit"
    if character.isalpha():
        return "upper" if character.isupper() else "lower"
    return character


def _space(template: Template) -> tuple[list[int], int]:
    """Return the positions that tell keys apart, last first, and how many keys those make."""
    indices, size = [], 1
    for index in reversed(range(len(template))):
        letters = len(ALPHABETS.get(template[index], "-"))
        if letters > 1 and size * letters <= MAX_SPACE:
            indices.append(index)
            size *= letters
    return indices, size


def find_room(template: Template, texts: list[str]) -> int:
    """Return the number behind the largest key seen if as many again fit behind it, else 0."""
    indices, size = _space(template)
    alphabets = [ALPHABETS[template[index]] for index in indices]
    largest = 0
    for text in texts:
        number = 0
        for index, alphabet in zip(reversed(indices), reversed(alphabets), strict=True):
            number = number * len(alphabet) + max(alphabet.find(text[index]), 0)
        largest = max(largest, number)
    return largest + 1 if size - largest - 1 >= len(texts) else 0


def fill(
    template: Template,
    turns: npt.NDArray[np.int64],
    first: int,
    key: int,
    rng: np.random.Generator,
) -> Texts:
    """Write the keys that stand at these turns of a template's permutation."""
    indices, size = _space(template)
    room = size - first
    rest = first + (turns % room * _coprime(key, room) + key) % room
    letters: list[Any] = []
    for index in reversed(range(len(template))):
        alphabet = ALPHABETS.get(template[index], template[index])
        if index in indices:
            rest, letter = np.divmod(rest, len(alphabet))
        else:
            letter = rng.integers(len(alphabet), size=len(turns))
        letters.insert(0, pa.array(list(alphabet)).take(pa.array(letter)))
    lap = pc.cast(pa.array(turns // room), pa.string())
    letters.append(pc.if_else(turns < room, "", lap))  # used up: go on with longer keys
    return np.array(pc.binary_join_element_wise(*letters, ""), object)


def _coprime(key: int, size: int) -> int:
    """Return a multiplier that permutes the numbers below `size`."""
    step = key % size or 1
    while np.gcd(step, size) != 1:
        step += 1
    return step
