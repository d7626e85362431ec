"""Texts as walks from word to word, over orders that several texts share, of the table's lengths.

The graph: a node is a word, in short texts a word at a place; an edge leads to a word that may come
next. A hub is a node without a word: a walk starts from one, and in short texts one stands between
words that replace each other and those that may follow them all.

A walk of exactly n words is drawn backwards-forwards: the share of walks that end in time from each
node is computed from the end on (`completions`), and each step is drawn in proportion to it.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tabgan.schema.arrays import Floats
from tabgan.state_reader import StateReader

Nodes = npt.NDArray[np.int32]
Texts = npt.NDArray[np.object_]
ATTEMPTS_A_LENGTH = 40  # of a row at texts of one length, before another one is drawn
HUB = -1  # the word of a node that has none
MAX_LENGTH = 1_000  # words of a text, in files
DIGITS = re.compile("0+")


@dataclass(frozen=True)
class WordWalk:
    """The graph that walks go over.

    Attributes:
        words: That several texts share; each 0 in them stands for any digit.
        node_words: Number of each node's word, or HUB; (n_nodes,).
        first_edges: Where each node's edges begin; (n_nodes + 1,).
        targets: Node that each edge leads to; (n_edges,).
        shares: How often each edge is taken from its node; (n_edges,).
        end_shares: How often a text ends at each node; (n_nodes,).
        start_hubs: Where walks start, for each kind of text; (n_starts,).
        start_lengths: Words of that kind of text; (n_starts,).
        start_shares: How often it is there; (n_starts,).
    """

    words: list[str]
    node_words: Nodes
    first_edges: npt.NDArray[np.int64]
    targets: Nodes
    shares: Floats
    end_shares: Floats
    start_hubs: Nodes
    start_lengths: npt.NDArray[np.int64]
    start_shares: Floats

    def to_state(self) -> dict[str, Any]:
        """Return its fields."""
        return {name: value for name, value in vars(self).items() if name in _FIELDS}

    @classmethod
    def from_state(cls, state: StateReader) -> Self:
        """Return what `to_state` was asked of.

        Raises:
            ModelFileError: It is no graph, or its walks do not end.
        """
        words = state.texts("words")
        node_words = state.integers("node_words", (None,), HUB, len(words) - 1)
        n_nodes = len(node_words)
        first_edges = state.integers("first_edges", (n_nodes + 1,), 0, is_rising=True)
        targets = state.integers("targets", (int(first_edges[-1]),), 0, n_nodes - 1)
        starts = state.integers("start_hubs", (None,), 0, n_nodes - 1)
        walk = cls(
            words=words,
            node_words=node_words.astype(np.int32),
            first_edges=first_edges,
            targets=targets.astype(np.int32),
            shares=state.floats("shares", targets.shape, 0, 1),
            end_shares=state.floats("end_shares", (n_nodes,), 0, 1),
            start_hubs=starts.astype(np.int32),
            start_lengths=state.integers("start_lengths", starts.shape, 1, MAX_LENGTH),
            start_shares=state.floats("start_shares", starts.shape, 0, 1),
        )
        leads_on = walk._is_hub[walk._sources] & walk._is_hub[targets]
        state.check(not leads_on.any() and first_edges[0] == 0, "targets", "leads from hub to hub")
        ends = len(starts) > 0 and walk.start_shares.sum() > 0 and bool(walk.can_end.all())
        state.check(ends, "start_hubs", "holds starts from which no walk ends")
        return walk

    @cached_property
    def completions(self) -> Floats:
        """Share of walks that end after exactly k more words; (max_length + 1, n_nodes)."""
        found = np.zeros((int(self.start_lengths.max()) + 1, len(self.node_words)))
        found[0] = self.end_shares
        for k in range(1, len(found)):
            onward = found[k - 1].copy()
            onward[self._is_hub] = 0
            onward[self._is_hub] = self._sum_edges(onward)[self._is_hub]
            found[k] = self._sum_edges(onward)
        return found

    @property
    def can_end(self) -> npt.NDArray[np.bool_]:
        """Whether there is any walk from each start; (n_starts,)."""
        return np.asarray(self.completions[self.start_lengths, self.start_hubs] > 0)

    @cached_property
    def _is_hub(self) -> npt.NDArray[np.bool_]:
        return np.asarray(self.node_words == HUB)

    @cached_property
    def _sources(self) -> npt.NDArray[np.int64]:
        return np.repeat(np.arange(len(self.node_words)), np.diff(self.first_edges))

    def _sum_edges(self, onward: Floats) -> Floats:
        weights = self.shares * onward[self.targets]
        return np.bincount(self._sources, weights, len(self.node_words)).astype(np.float64)

    def draw(
        self, salt: int, rows: npt.NDArray[np.int64], attempts: npt.NDArray[np.int64]
    ) -> Texts:
        """Return the texts of row numbers, each by itself; (n_rows,) in and out.

        Args:
            salt: Of the whole sample.
            rows: Numbers of the rows.
            attempts: How many texts of each row were drawn before.
        """
        random = _Random(salt, rows, attempts)
        of_length = _Random(salt + 1, rows, attempts // ATTEMPTS_A_LENGTH)
        starts = self._choose_starts(of_length.uniform(0, slice(None)))
        nodes, lengths = self.start_hubs[starts], self.start_lengths[starts]
        path = np.full((len(rows), int(lengths.max(initial=0))), HUB, np.int32)
        for k in range(path.shape[1], 0, -1):  # words that are left, the one drawn included
            active = np.flatnonzero(lengths >= k)
            cumulative = self._cumulative(k)
            step = self._step(nodes[active], cumulative, random.uniform(2 * k, active))
            hubs = self._is_hub[step]
            again = random.uniform(2 * k + 1, active[hubs])
            step[hubs] = self._step(step[hubs], cumulative, again)
            nodes[active] = step
            path[active, lengths[active] - k] = self.node_words[step]
        return self._write(path, lengths, random)

    def _choose_starts(self, uniform: Floats) -> npt.NDArray[np.int64]:
        cumulative = np.cumsum(self.start_shares)
        point = np.minimum(uniform * cumulative[-1], _below(cumulative[-1]))
        return np.asarray(np.searchsorted(cumulative, point, "right"), np.int64)

    def _cumulative(self, k: int) -> Floats:
        """Return the running sum of edges' chances where k words are left; (n_edges + 1,)."""
        onward = np.where(self._is_hub, self.completions[k], self.completions[k - 1])
        total = self.completions[k][self._sources]
        weights = self.shares * onward[self.targets]
        chances = np.divide(weights, total, out=np.zeros(len(weights)), where=total > 0)
        return np.concatenate([[0.0], np.cumsum(chances)])

    def _step(self, nodes: Nodes, cumulative: Floats, uniform: Floats) -> Nodes:
        low = cumulative[self.first_edges[nodes]]
        high = cumulative[self.first_edges[nodes + 1]]
        point = np.minimum(low + uniform * (high - low), _below(high))
        return np.asarray(self.targets[np.searchsorted(cumulative[1:], point, "right")])

    def _write(self, path: Nodes, lengths: npt.NDArray[np.int64], random: "_Random") -> Texts:
        words = pa.array(self.words, pa.string()).take(pa.array(path[path != HUB]))
        offsets = pa.array(np.concatenate([[0], np.cumsum(lengths)]), pa.int32())
        joined = pc.binary_join(pa.ListArray.from_arrays(offsets, words), " ")
        texts = np.array(joined.to_pylist(), object)
        digits = random.bits(1, slice(None))
        for index in np.flatnonzero(np.array(pc.match_substring(joined, "0"), bool)):
            texts[index] = _fill_digits(texts[index], int(digits[index]))
        return texts


_FIELDS = WordWalk.__dataclass_fields__


def _fill_digits(text: str, number: int) -> str:
    """Return a text with digits in place of its zeros; a number does not start with 0."""

    def fill(zeros: re.Match[str]) -> str:
        nonlocal number
        digits = []
        for place in range(len(zeros[0])):
            number, digit = divmod(number, 9 if place == 0 else 10)
            digits.append(str(digit + (place == 0)))
            number = number or len(text) * 0x9E3779B97F4A7C15 + digit
        return "".join(digits)

    return DIGITS.sub(fill, text)


def _below(bound: Any) -> Any:
    return np.nextafter(bound, -np.inf)


class _Random:
    """Draws that depend on nothing but the salt, the row, the attempt and the step."""

    def __init__(
        self, salt: int, rows: npt.NDArray[np.int64], attempts: npt.NDArray[np.int64]
    ) -> None:
        mixed = _mix(rows.astype(np.uint64) + np.full(len(rows), salt, np.uint64))
        self.state = _mix(mixed + attempts.astype(np.uint64))

    def bits(self, step: int, rows: Any) -> npt.NDArray[np.uint64]:
        """Return 64 bits for each of some rows."""
        state = self.state[rows]
        return _mix(state + np.full(len(state), step, np.uint64))

    def uniform(self, step: int, rows: Any) -> Floats:
        """Return a number from 0 to 1 for each of some rows."""
        return (self.bits(step, rows) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def _mix(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Return numbers scrambled: splitmix64; (n,) in and out."""
    mixed = numbers + np.full(len(numbers), 0x9E3779B97F4A7C15, np.uint64)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)))
