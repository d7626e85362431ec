"""Which texts must not come out again: a Bloom filter in which about half of all texts stand.

A list of the table's texts, or of their hashes, would tell anyone who holds the model file whether
a text was in the table. This filter has one salted hash a text and so few bits that four to six of
ten texts that were never in the table stand in it as well: to find a text in it is hardly any
evidence that it was there, at most 2.6 times the odds. No text of the table gets past
it, and a text that is turned away costs another draw.

Only texts that could come out at all are put in: those that consist of shared words. What a single
row holds leaves no trace in it.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from tabgan.schema.holding import Holding
from tabgan.state_reader import StateReader

Hashes = npt.NDArray[np.uint64]
MAX_SET_SHARE = 0.8  # of the bits: with as many as there are for its texts, 62 % at the most


@dataclass(frozen=True)
class TextFilter:
    """Texts that are turned away: all that were put in, and about as many of all others.

    Attributes:
        salt: Of the hash; drawn when the filter is made.
        bits: Whether the texts of a hash are turned away; (n_bits,), packed into bytes.
        n_bits: A power of two.
        hashes: Of the texts that were put in, while rows are met; never in a file.
    """

    salt: int
    bits: npt.NDArray[np.uint8]
    n_bits: int
    hashes: Hashes = field(default_factory=lambda: np.zeros(0, np.uint64), repr=False)

    @classmethod
    def of_texts(cls, texts: Iterable[str], salt: int) -> Self:
        """Return the filter that turns these texts away."""
        return cls._of_hashes(np.unique(_hash_texts(texts, salt)), salt)

    def add(self, texts: Iterable[str]) -> Self:
        """Return the filter that turns these texts away as well, before it is in a file."""
        return self._of_hashes(np.union1d(self.hashes, _hash_texts(texts, self.salt)), self.salt)

    @classmethod
    def _of_hashes(cls, hashes: Hashes, salt: int) -> Self:
        n_texts = len(hashes)
        n_bits = 1 << max(0, round(np.log2(max(1, n_texts) / np.log(2))))
        is_set = np.zeros(max(8, n_bits), bool)
        is_set[hashes & np.uint64(n_bits - 1)] = True
        return cls(salt, np.packbits(is_set), n_bits, hashes)

    def turns_away(self, texts: Iterable[str]) -> npt.NDArray[np.bool_]:
        """Return whether each text must not come out; (n_texts,)."""
        positions = _hash_texts(texts, self.salt) & np.uint64(self.n_bits - 1)
        return np.asarray(np.unpackbits(self.bits)[positions], bool)

    @property
    def holding(self) -> Holding:
        """The filter itself, as what it holds of a table."""
        return Holding("bits of hashes of texts that are never made", self.n_bits)

    def to_state(self) -> dict[str, Any]:
        """Return its fields but the hashes."""
        return {"salt": self.salt, "bits": self.bits, "n_bits": self.n_bits}

    @classmethod
    def from_state(cls, state: StateReader) -> Self:
        """Return what `to_state` was asked of.

        Raises:
            ModelFileError: It is no filter, or turns nearly all texts away.
        """
        n_bits = state.whole("n_bits", 1, 2**48)
        state.check(n_bits & (n_bits - 1) == 0, "n_bits", "is no power of two")
        bits = state.integers("bits", (max(8, n_bits) // 8,), 0, 255).astype(np.uint8)
        share = np.unpackbits(bits, count=n_bits).mean()
        state.check(
            share <= (MAX_SET_SHARE if n_bits >= 128 else 1), "bits", "turns all texts away"
        )
        return cls(state.whole("salt", 0, 2**64 - 1), bits, n_bits)


def _hash_texts(texts: Iterable[str], salt: int) -> Hashes:
    """Return a 64-bit hash of each text, whatever its case and its blanks; (n_texts,)."""
    key = salt.to_bytes(8, "little")
    digests = b"".join(
        hashlib.blake2b(" ".join(text.casefold().split()).encode(), digest_size=8, key=key).digest()
        for text in texts
    )
    return np.frombuffer(digests, "<u8").astype(np.uint64)
