"""One form of patterned text: its parts in order, and the key that tells its texts apart.

A text is its choices and its key: the number of the text among all those that the other parts make.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log2, prod

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tabgan.schema.arrays import Indices, Integers, Objects
from tabgan.schema.text.patterns.check_digits import CHECK_RULES
from tabgan.schema.text.patterns.parts import (
    Alternation,
    Characters,
    CheckDigits,
    Literal,
    Number,
    Part,
    part_lengths,
)

MAX_KEYS = 2**62  # that are told apart: they fit 64 bits


@dataclass(frozen=True)
class Parsed:
    """Texts that have a form, read by it.

    Attributes:
        rows: Which of the texts they are; (n_found,).
        positions: What stands at each position that varies, part by part; (n_found,) each.
    """

    rows: Indices
    positions: list[list[Integers]]


@dataclass(frozen=True)
class Form:
    """Parts in order. The texts of a form are its choices and a key, from 0 up.

    Attributes:
        parts: Of which a text is made.
        drawn: How many choices, the last ones, are part of the key: the rest of the form makes too
            few keys without them.
    """

    parts: tuple[Part, ...]
    drawn: int = 0

    @cached_property
    def choices(self) -> tuple[int, ...]:
        """Indices of the parts that are choices beside the key."""
        found = [index for index, part in enumerate(self.parts) if isinstance(part, Alternation)]
        return tuple(found[: len(found) - self.drawn])

    @cached_property
    def key_positions(self) -> tuple[tuple[int, int], ...]:
        """Parts and their positions that tell keys apart, last first: as many as 62 bits hold."""
        found, n_keys = [], 1
        for index in reversed(range(len(self.parts))):
            bases = () if index in self.choices else self.parts[index].bases
            for position in reversed(range(len(bases))):
                if bases[position] > 1 and n_keys * bases[position] <= MAX_KEYS:
                    found.append((index, position))
                    n_keys *= bases[position]
        return tuple(found)

    @property
    def n_keys(self) -> int:
        """How many keys there are: texts that differ whatever their choices are."""
        return prod(self.parts[index].bases[position] for index, position in self.key_positions)

    @property
    def is_counter(self) -> bool:
        """Whether the key goes on counting: its last position is a number without an end."""
        if not self.key_positions:
            return False
        part = self.parts[self.key_positions[0][0]]
        return isinstance(part, Number) and part.high is None

    @cached_property
    def bits(self) -> float:
        """How many texts the form makes, as a power of two."""
        return sum(log2(max(base, 1)) for part in self.parts for base in part.bases)

    @property
    def free_bits(self) -> float:
        """How many texts it makes of the same choices, as a power of two."""
        return self.bits - sum(log2(self.parts[index].bases[0]) for index in self.choices)

    @cached_property
    def lengths(self) -> range:
        """How many characters its texts have."""
        lengths = [part_lengths(part) for part in self.parts]
        return range(sum(least for least, _ in lengths), sum(most for _, most in lengths) + 1)

    @cached_property
    def _expression(self) -> str:
        groups = (f"(?P<p{i}>{part.expression})" for i, part in enumerate(self.parts))
        return rf"(?s)\A{''.join(groups)}\z"

    def parse(self, texts: pa.Array) -> Parsed:
        """Return those texts that have the form, read; shape (n,)."""
        groups = pc.extract_regex(texts, self._expression)
        rows = np.flatnonzero(np.asarray(pc.is_valid(groups)))
        groups = groups.take(pa.array(rows))
        positions: list[list[Integers]] = []
        inside = np.ones(len(rows), bool)
        for index, part in enumerate(self.parts):
            positions.append([])
            if isinstance(part, CheckDigits):
                found = texts.take(pa.array(rows)).to_numpy(zero_copy_only=False)
                inside &= CHECK_RULES[part.rule].is_satisfied(found)
            elif not isinstance(part, Literal):
                positions[-1], is_value = part.read(pc.struct_field(groups, [index]))
                inside &= is_value
        return Parsed(rows[inside], [[v[inside] for v in each] for each in positions])

    def keys_of(self, parsed: Parsed) -> Integers:
        """Return the keys of texts that were read; shape (n_found,)."""
        keys = np.zeros(len(parsed.rows), np.int64)
        for index, position in reversed(self.key_positions):
            keys = keys * self.parts[index].bases[position] + parsed.positions[index][position]
        return keys

    def write(
        self, choices: Sequence[Integers], keys: Integers, rng: np.random.Generator
    ) -> Objects:
        """Return the texts of keys.

        Args:
            choices: Indices into the values of each choice of `choices`; (n,) each.
            keys: From 0 up to `n_keys`; (n,).
            rng: Source of what stands at positions that keys have no room for.
        """
        at, rest = {}, keys
        for index, position in self.key_positions:
            rest, at[index, position] = np.divmod(rest, self.parts[index].bases[position])
        at |= {(index, 0): choice for index, choice in zip(self.choices, choices, strict=True)}
        texts, check = [], None
        for index, part in enumerate(self.parts):
            if isinstance(part, Alternation | Number | Characters):
                drawn = [
                    at[index, i] if (index, i) in at else rng.integers(base, size=len(keys))
                    for i, base in enumerate(part.bases)
                ]
                texts.append(pa.array(part.write(*drawn), pa.string()))
            else:
                check = index if isinstance(part, CheckDigits) else check
                texts.append(part.text if isinstance(part, Literal) else part.zeros)
        return self._join(texts, check, len(keys))

    def _join(self, texts: list[pa.Array | str], check: int | None, n_rows: int) -> Objects:
        """Return parts joined to texts, the check digits at the index `check` worked out."""
        if all(isinstance(text, str) for text in texts):
            texts.append(pa.array([""] * n_rows, pa.string()))
        joined = pc.binary_join_element_wise(*texts, "").to_numpy(zero_copy_only=False)
        part = None if check is None else self.parts[check]
        if check is None or not isinstance(part, CheckDigits) or not n_rows:
            return np.asarray(joined, object)
        texts[check] = pa.array(CHECK_RULES[part.rule].digits(joined), pa.string())
        return self._join(texts, None, n_rows)


def join_neighbours(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Return parts with neighbours joined that make one part: literal text, and characters."""
    joined: list[Part] = []
    for part in parts:
        before = joined[-1] if joined else None
        if isinstance(part, Literal) and isinstance(before, Literal):
            joined[-1] = Literal(before.text + part.text)
        elif isinstance(part, Characters) and isinstance(before, Characters):
            joined[-1] = Characters(before.alphabets + part.alphabets)
        else:
            joined.append(part)
    return tuple(joined)
