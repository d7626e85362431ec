"""Which words several texts share, and in which orders: the graph of a `WordWalk`, counted.

What fewer than `min_texts` different texts have is no part of it: no word, no pair of neighbours,
no beginning, no end, no length. Digits are not looked at: `12` counts as any number of two digits.

Texts of up to MAX_PLACED_WORDS words, numbers aside, such as names, titles and addresses, seldom
repeat a pair of neighbours, but their places mean something. There a word may also be followed by
what follows others of its class at its place (classes: words joined by what follows them), unless
what follows it in several texts is most of what follows it at all (`Mr.`).
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa
import scipy

from tabgan.encoding.free_text.word_splitting import MAX_PLACES, Words, split_words
from tabgan.encoding.free_text.word_walk import HUB, WordWalk
from tabgan.schema.arrays import Floats, Indices, Mask

MAX_WORDS = 40  # of a text that is made; longer ones count as so long
MAX_NODES = 20_000  # the commonest
MAX_COVERED = 0.5  # of what follows a word: beyond, nothing else may follow it
LONG_SLOT = MAX_PLACES * (MAX_PLACES + 1) // 2  # before it: the places of short texts, by length


@dataclass(frozen=True)
class _Nodes:
    """Words that several texts share, in short texts by place.

    Shape:
        - slots, codes, counts: (n_nodes,); counts are of texts
        - of_words: (n_words,); -1 for what is not shared
    """

    slots: Indices
    codes: Indices
    counts: Indices
    of_words: Indices

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def are_short(self) -> Mask:
        return self.slots < LONG_SLOT

    @property
    def are_last(self) -> Mask:
        """Whether each is a word at the last place of short texts."""
        return np.isin(self.slots, _first_slot(np.arange(2, MAX_PLACES + 2)) - 1)


@dataclass(frozen=True)
class _Edges:
    sources: Indices
    targets: Indices
    weights: Floats

    def keep(self, which: Mask) -> "_Edges":
        return _Edges(self.sources[which], self.targets[which], self.weights[which])


@dataclass(frozen=True)
class _Starts:
    slots: Indices
    lengths: Indices
    counts: Indices


def count_walk(texts: pa.Array, min_texts: int) -> WordWalk | None:
    """Return the graph of what texts share; None if no text can be made of it.

    Args:
        texts: All different, none missing or blank; (n_texts,).
        min_texts: That share what is in it, at the least.
    """
    words = split_words(texts)
    nodes = _count_nodes(words, min_texts)
    starts = _count_lengths(words, min_texts)
    if len(nodes) == 0 or len(starts.slots) == 0:
        return None
    walk = _connect(words, nodes, starts, min_texts)
    usable = walk.can_end
    if not usable.any():
        return None
    shares = walk.start_shares[usable]
    return replace(
        walk,
        start_hubs=walk.start_hubs[usable],
        start_lengths=walk.start_lengths[usable],
        start_shares=shares / shares.sum(),
    )


def _first_slot(lengths: Indices) -> Indices:
    """Return the slot of the first place in short texts of these lengths; (n,) in and out."""
    return lengths * (lengths - 1) // 2


def _count_nodes(words: Words, min_texts: int) -> _Nodes:
    short = _first_slot(words.lengths[words.texts]) + words.positions
    slots = np.where(words.are_placed[words.texts], short, LONG_SLOT)
    each, keys = pd.factorize(slots * len(words.distinct) + words.codes, sort=True)
    counts = _count_texts(each, words.texts, len(keys))
    order = np.argsort(-counts, kind="stable")[:MAX_NODES]
    kept = np.sort(order[counts[order] >= min_texts])
    numbers = np.full(len(keys), -1)
    numbers[kept] = np.arange(len(kept))
    slots_of, codes = np.divmod(keys[kept], len(words.distinct))
    return _Nodes(slots_of, codes, counts[kept], numbers[each])


def _count_texts(ids: Indices, texts: Indices, n_ids: int) -> Indices:
    """Return in how many texts each of some ids occurs; (n_words,) twice -> (n_ids,)."""
    n_texts = int(texts.max(initial=0)) + 1
    found = np.sort(ids * n_texts + texts)
    is_first = np.append(True, found[1:] != found[:-1])[: len(found)]
    return np.bincount(found[is_first] // n_texts, minlength=n_ids)


def _count_lengths(words: Words, min_texts: int) -> _Starts:
    """Return the lengths that several texts have, short ones and long ones apart."""
    lengths = np.minimum(words.lengths, MAX_WORDS)
    slots = np.where(words.are_placed, _first_slot(words.lengths), LONG_SLOT)
    keys, counts = np.unique(slots * (MAX_WORDS + 1) + lengths, return_counts=True)
    slots, lengths = np.divmod(keys[counts >= min_texts], MAX_WORDS + 1)
    return _Starts(slots, lengths, counts[counts >= min_texts])


def _connect(words: Words, nodes: _Nodes, starts: _Starts, min_texts: int) -> WordWalk:
    """Return the graph: words, then the hubs of starts, then those of classes of short texts."""
    start_hubs = len(nodes) + np.arange(LONG_SLOT + 1)
    pairs = _count_neighbours(words, nodes)
    shared = pairs.keep(pairs.weights >= min_texts)
    edges = _join(
        [
            shared,
            _count_starts(words, nodes, start_hubs, min_texts),
            *_back_off(nodes, pairs, shared, start_hubs[-1] + 1),
        ]
    )
    n_nodes = int(max(start_hubs[-1], edges.sources.max(initial=0))) + 1
    ends = np.zeros(n_nodes)
    ends[: len(nodes)] = _count_ends(words, nodes, min_texts)
    total = np.maximum(np.bincount(edges.sources, edges.weights, minlength=n_nodes) + ends, 1)
    distinct, word_of = np.unique(nodes.codes, return_inverse=True)
    node_words = np.full(n_nodes, HUB, np.int32)
    node_words[: len(nodes)] = word_of
    return WordWalk(
        words=words.distinct.take(pa.array(distinct)).to_pylist(),
        node_words=node_words,
        first_edges=np.searchsorted(edges.sources, np.arange(n_nodes + 1)).astype(np.int64),
        targets=edges.targets.astype(np.int32),
        shares=edges.weights / total[edges.sources],
        end_shares=ends / total,
        start_hubs=start_hubs[starts.slots].astype(np.int32),
        start_lengths=starts.lengths,
        start_shares=starts.counts / starts.counts.sum(),
    )


def _join(parts: list[_Edges]) -> _Edges:
    """Return all edges, sorted by their sources."""
    sources, targets, weights = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("sources", "targets", "weights")
    )
    order = np.lexsort((targets, sources))
    return _Edges(sources[order], targets[order], weights[order])


def _count_neighbours(words: Words, nodes: _Nodes) -> _Edges:
    """Return the pairs of shared words that are neighbours, and in how many texts."""
    left, right = nodes.of_words[:-1], nodes.of_words[1:]
    joined = (words.texts[:-1] == words.texts[1:]) & (left >= 0) & (right >= 0)
    each, pairs = pd.factorize((left * len(nodes) + right)[joined], sort=True)
    counts = _count_texts(each, words.texts[1:][joined], len(pairs))
    return _Edges(*np.divmod(pairs, len(nodes)), counts.astype(float))


def _back_off(nodes: _Nodes, pairs: _Edges, shared: _Edges, first_hub: int) -> list[_Edges]:
    """Return edges from words of short texts to the hub of their class, and from hubs to words.

    Words of a place are one class if the same words follow them, or are linked by others that do.
    """
    n_nodes = len(nodes)
    covered = np.bincount(shared.sources, shared.weights, n_nodes).astype(np.float64)
    is_open = nodes.are_short & ~nodes.are_last & (covered < MAX_COVERED * nodes.counts)
    links = pairs.keep(is_open[pairs.sources])
    sides = links.sources.astype(np.int32), (n_nodes + links.targets).astype(np.int32)
    graph = scipy.sparse.coo_array((links.weights, sides), (2 * n_nodes, 2 * n_nodes))
    _, classes = scipy.sparse.csgraph.connected_components(graph, directed=False)
    before, behind = np.unique(links.sources), np.unique(links.targets)
    used, hubs = np.unique(classes[before], return_inverse=True)
    hubs_behind = np.searchsorted(used, classes[n_nodes + behind])
    return [
        _Edges(before, first_hub + hubs, nodes.counts[before] - covered[before]),
        _Edges(first_hub + hubs_behind, behind, nodes.counts[behind].astype(float)),
    ]


def _count_starts(words: Words, nodes: _Nodes, hubs: Indices, min_texts: int) -> _Edges:
    """Return edges from the hubs of starts to the words that several texts start with."""
    first = nodes.of_words[(words.positions == 0) & (nodes.of_words >= 0)]
    counts = np.bincount(first, minlength=len(nodes))
    found = np.flatnonzero(counts >= min_texts)
    return _Edges(hubs[nodes.slots[found]], found, counts[found].astype(float))


def _count_ends(words: Words, nodes: _Nodes, min_texts: int) -> Floats:
    """Return how many texts end with each node's word, 0 for fewer than several; (n_nodes,)."""
    is_last = words.positions == words.lengths[words.texts] - 1
    last = nodes.of_words[is_last & (nodes.of_words >= 0)]
    counts = np.bincount(last, minlength=len(nodes))
    return np.where(counts >= min_texts, counts, 0).astype(float)
