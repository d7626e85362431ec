"""Random numbers by row: a row's depend on the seed and on its number, on no other row.

>>> streams = RowStreams.from_seed(0)
>>> streams.stream(7, 0, 0).random() == streams.stream(7, 0, 0).random()
True
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np


@dataclass(frozen=True)
class RowStreams:
    """Streams of rows.

    Attributes:
        key: What the seed comes to.
        by_number: Whether rows of other numbers have other streams; else equal rows are alike.
    """

    key: tuple[int, int]
    by_number: bool = True

    @classmethod
    def from_seed(cls, seed: int | None, *, by_number: bool = True) -> Self:
        """Return the streams of a seed; of one drawn when None."""
        first, second = np.random.SeedSequence(seed).generate_state(2, np.uint64).tolist()
        return cls((first, second), by_number)

    def stream(self, row: int, draw: int, attempt: int) -> np.random.Generator:
        """Return the stream of one draw of a row, at one of the attempts at it."""
        row *= self.by_number
        return np.random.Generator(
            np.random.Philox(key=_words(*self.key), counter=_words(0, 1 + attempt, draw, row))
        )

    def calls(self, block: int, draw: int, attempt: int) -> "CallStreams":
        """Return a generator for what draws for many rows of a block at once."""
        kind = CallStreams if self.by_number else AlikeStreams
        return kind(_words(*self.key), (1 + attempt, draw, block * self.by_number))


class CallStreams(np.random.Generator):
    """A generator whose every call has a stream of its own.

    So what the first rows get of a call does not depend on how many more there are: not of it, and
    not of the calls before it.
    """

    def __init__(self, key: Any, place: tuple[int, int, int]) -> None:
        super().__init__(np.random.Philox(key=key))
        self._place, self._n_calls = place, 0
        self._key = key

    def _next(self) -> np.random.Generator:
        self._n_calls += 1
        first, *rest = self._place
        counter = _words(0, first + (self._n_calls << 32), *rest)
        return np.random.Generator(np.random.Philox(key=self._key, counter=counter))

    def random(self, *args: Any, **named: Any) -> Any:
        """Draw as `numpy.random.Generator.random` does."""
        return self._next().random(*args, **named)

    def integers(self, *args: Any, **named: Any) -> Any:
        """Draw as `numpy.random.Generator.integers` does."""
        return self._next().integers(*args, **named)

    def uniform(self, *args: Any, **named: Any) -> Any:
        """Draw as `numpy.random.Generator.uniform` does."""
        return self._next().uniform(*args, **named)

    def choice(self, *args: Any, **named: Any) -> Any:
        """Draw as `numpy.random.Generator.choice` does."""
        return self._next().choice(*args, **named)


class AlikeStreams(CallStreams):
    """A generator that draws the same uniform number for all rows of a call.

    So rows that are equal are encoded and decoded alike.
    """

    def random(self, size: Any = None, *args: Any, **named: Any) -> Any:
        """Draw one number, as often as numbers are asked for."""
        drawn = super().random(None, *args, **named)
        return drawn if size is None else np.full(size, drawn)

    def uniform(self, low: Any = 0.0, high: Any = 1.0, size: Any = None) -> Any:
        """Draw at the same place between all bounds."""
        return low + (np.asarray(high) - low) * self.random(size)


def _words(*numbers: int) -> Any:
    return np.array(numbers, np.uint64)
