"""Row numbers -> keys that never repeat and are none of the table's, without knowing the table's.

Keys that count go on counting. Other keys are scattered by a permutation of all keys there could
be; of the spots that the table's keys take in it, only the remainders by some modulus are looked
at, and new keys have a remainder that none of the table's has.

>>> counting = KeySequence.fit(np.arange(100), 10_000, np.random.default_rng(0))
>>> counting.keys(np.arange(3)).tolist(), counting.room
([100, 101, 102], 9900)
"""

from dataclasses import dataclass, replace
from functools import cached_property
from math import inf, log2
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from tabgan.encoding.encoded_column import Rows
from tabgan.schema.arrays import Indices, Integers
from tabgan.state_reader import StateReader

MIN_COUNTED = 20  # keys: fewer are too few to tell that they count
MAX_COUNTED_SPREAD = 2.0  # of keys that count, over how many they are: some may be deleted
MODULUS_FACTOR = 4  # remainders that are looked at, over the table's keys
SAFE_BITS = 20.0  # by which keys outnumber the pairs of the table's before none are looked at
MAX_KEYS = 2**62  # that are told apart
N_ROUNDS = 6  # of the Feistel network that permutes keys
Words = npt.NDArray[np.uint64]
Numbers = npt.NDArray[Any]  # whole ones


@dataclass(frozen=True)
class KeySequence:
    """Keys by row number, from 0 up to `n_keys` - 1.

    Attributes:
        n_keys: How many keys there could be, at most MAX_KEYS.
        seed: Of the permutation.
        first: The first of keys that count; those before may be the table's.
        modulus: By which remainders are looked at; 0: they are not.
        remainders: Which of them new keys may have, as packed bits; (modulus / 8,).
    """

    n_keys: int
    seed: int
    first: int = 0
    modulus: int = 0
    remainders: npt.NDArray[np.uint8] | None = None

    @classmethod
    def fit(
        cls,
        taken: Integers,
        n_keys: int,
        rng: np.random.Generator,
        *,
        bits: float = inf,
        n_rows: int = 0,
        is_counter: bool = False,
        k: int = 1,
    ) -> Self:
        """Return keys beside those of a table.

        Args:
            taken: The table's keys, from 0 to `n_keys` - 1; shape (n_taken,).
            n_keys: How many keys there could be.
            rng: Of the permutation, and of which free remainders are used.
            bits: How many values there could be, as a power of two: more than keys, if a key does
                not say all of its value; as many as keys when left out.
            n_rows: Rows of the whole table, where the keys are those of a sample.
            is_counter: Whether keys count, however far apart they are.
            k: Rows that must leave a trace together, if any may: 1 where nothing is protected.
        """
        seed = int(rng.integers(2**62))
        taken = np.unique(taken)
        is_counter &= len(taken) > 0
        if is_counter or are_counted(trim(taken, k), n_rows):
            first = int(taken[-1]) + 1 if k == 1 else _find_first(taken, k)
            if n_keys - first >= max(len(taken), n_rows):
                return cls(n_keys, seed, first=first)
        bits = log2(n_keys) if bits == inf else bits
        if k > 1 or not len(taken) or bits >= 2 * log2(len(taken)) + SAFE_BITS:
            return cls(n_keys, seed)
        modulus = min(MODULUS_FACTOR * len(taken), n_keys)
        found = cls(n_keys, seed, modulus=modulus).remainders_of(taken)
        free = np.setdiff1d(np.arange(modulus), found)
        kept = np.zeros(modulus, bool)
        kept[rng.permutation(free)[: (len(free) + 1) // 2]] = True
        return cls(n_keys, seed, modulus=modulus, remainders=np.packbits(kept))

    def remainders_of(self, taken: Integers) -> Integers:
        """Return the remainders of the spots that keys take; shape (n_taken,)."""
        spots = _permute(taken.astype(np.uint64), self.n_keys, self.seed, is_inverse=True)
        return np.asarray((spots % self.modulus).astype(np.int64))

    def keep_out(self, taken: Integers) -> "KeySequence":
        """Return it without more keys of the table; shape (n_taken,)."""
        if not len(taken):
            return self
        if self.first:
            return replace(self, first=max(self.first, int(taken.max()) + 1))
        if self.remainders is None:
            return self
        kept = np.unpackbits(self.remainders, count=self.modulus)
        kept[self.remainders_of(taken)] = 0
        return replace(self, remainders=np.packbits(kept))

    @cached_property
    def _usable(self) -> Indices:
        """Remainders that new keys may have, in order; (n_usable,)."""
        if self.remainders is None:
            return np.zeros(1, np.int64)
        return np.flatnonzero(np.unpackbits(self.remainders, count=self.modulus))

    @cached_property
    def room(self) -> int:
        """How many keys there are that are none of the table's."""
        if not self.modulus:
            return self.n_keys - self.first
        blocks, rest = divmod(self.n_keys, self.modulus)
        return len(self._usable) * blocks + int((self._usable < rest).sum())

    def keys(self, rows: Rows) -> Integers:
        """Return the keys of rows by number; shape (n_rows,). No two share one within `room`."""
        turns = rows % self.room if self.room else rows % self.n_keys
        if self.first:
            return turns + self.first
        if self.modulus and self.room:
            blocks, index = np.divmod(turns, len(self._usable))
            turns = self._usable[index] + self.modulus * blocks
        return _permute(turns.astype(np.uint64), self.n_keys, self.seed).astype(np.int64)

    def to_state(self) -> dict[str, Any]:
        """Return it as plain values and an array."""
        state = {"n_keys": self.n_keys, "seed": self.seed, "first": self.first}
        return state | {"modulus": self.modulus, "remainders": self.remainders}

    @classmethod
    def from_state(cls, state: StateReader) -> Self:
        """Return what `to_state` was asked of.

        Raises:
            ModelFileError: It is none.
        """
        n_keys = state.whole("n_keys", 1, MAX_KEYS)
        first, modulus = state.whole("first", 0, n_keys), state.whole("modulus", 0, n_keys)
        kept = None
        if modulus or state.has("remainders"):
            kept = state.integers("remainders", (-(-modulus // 8),), 0, 255).astype(np.uint8)
            state.check(modulus > 0, "modulus", "is 0 beside remainders")
        return cls(n_keys, state.whole("seed"), first, modulus, kept)


def trim(ordered: Numbers, k: int) -> Numbers:
    """Return numbers that rise without the k least and the k greatest, which k > 1 protects.

    >>> trim(np.arange(9), k=3).tolist(), trim(np.arange(4), k=3).tolist()
    ([3, 4, 5], [])
    """
    return ordered if k == 1 else ordered[k : max(len(ordered) - k, k)]


def _find_first(taken: Integers, k: int) -> int:
    """Return a round number behind keys that count, which are distinct and rise; (n_taken,)."""
    inner = trim(taken, k)
    if not len(inner):
        return 0
    gap = -(-int(inner[-1] - inner[0]) // len(inner))
    return round_out(int(inner[-1]) + 2 * k * gap + 1, up=True)


def are_counted(taken: npt.NDArray[Any], n_rows: int) -> bool:
    """Return whether distinct keys in order, (n_taken,), nearly fill their range."""
    if len(taken) < MIN_COUNTED:
        return False
    return int(taken[-1]) - int(taken[0]) < MAX_COUNTED_SPREAD * max(len(taken), n_rows)


def round_out(number: int, *, up: bool) -> int:
    """Return the next number of one digit and zeros, up or down.

    >>> round_out(1_234, up=True), round_out(1_234, up=False), round_out(-7_100, up=False)
    (2000, 1000, -8000)
    """
    unit = int(10 ** (len(str(abs(number))) - 1))
    return -(-number // unit) * unit if up else number // unit * unit


def _permute(spots: Words, n_keys: int, seed: int, *, is_inverse: bool = False) -> Words:
    """Return the images of numbers below `n_keys` under a permutation of them; shape (n,).

    A Feistel network permutes the numbers of twice as many bits as fit; those that it takes out of
    range go on until they are back in it.
    """
    half = max((n_keys - 1).bit_length() + 1, 2) // 2
    images = _feistel(spots, half, seed, is_inverse=is_inverse)
    outside = np.flatnonzero(images >= n_keys)
    while len(outside):
        images[outside] = _feistel(images[outside], half, seed, is_inverse=is_inverse)
        outside = outside[images[outside] >= n_keys]
    return images


def _feistel(spots: Words, half: int, seed: int, *, is_inverse: bool) -> Words:
    shift, mask = np.uint64(half), np.uint64(2**half - 1)
    left, right = spots >> shift, spots & mask
    rounds = range(N_ROUNDS)
    if is_inverse:
        for number in reversed(rounds):
            left, right = right ^ (_mix(left, seed, number) & mask), left
    else:
        for number in rounds:
            left, right = right, left ^ (_mix(right, seed, number) & mask)
    return (left << shift) | right


def _mix(words: Words, seed: int, number: int) -> Words:
    """Return words scattered by the finalizer of splitmix64; shape (n,)."""
    key = (seed + (number + 1) * 0x9E3779B97F4A7C15) % 2**64
    mixed = words + np.full(1, key, np.uint64)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.full(1, 0xBF58476D1CE4E5B9, np.uint64)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.full(1, 0x94D049BB133111EB, np.uint64)
    return mixed ^ (mixed >> np.uint64(31))
