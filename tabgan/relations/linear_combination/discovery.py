"""Sums are sought on a sample: signs of columns whose sum takes few values.

From every column, others are added or subtracted, one after the other, as long as that takes most
of the variance away; a regression on all others is one more start. What is left with few values is
then freed of terms that say nothing, and given those that say more.

A lead's signs hold for all its columns alike: `total - fare - tip` takes few values.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tabgan.relations.exact_arithmetic import MAX_DECIMALS, round_decimals
from tabgan.relations.linear_combination.hill_climbing import (
    MAX_MOVES,
    MAX_TERMS,
    Signs,
    hill_climb,
)
from tabgan.relations.linear_combination.significance import MAX_VALUES, MIN_VALUES, count_nats
from tabgan.relations.statistics import SIGNIFICANCE_LEVEL, correlate
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Floats, Integers, Mask
from tabgan.schema.column import Column

FIT_ROWS, FEW_ROWS = 2_000, 500  # for variances; the latter where one column alone has its gaps
GLANCE_ROWS = 256  # tell whether a remainder takes few values at all
MAX_REFINED = 150  # of those, among columns with the same gaps
SCREEN_ROWS = 300  # tell which terms may say more
PROMISING = 3  # terms that some rows speak for are tried on all
NOISE, LARGEST = 2.0**-49, 2.0**48  # relative, of added floats; of whole multiples
STRAIGHT = 1 - 1e-11  # correlation


@dataclass(frozen=True)
class Candidate:
    """Columns of which a signed sum takes few values.

    Attributes:
        columns: At least two.
        signs: 1 or -1 for each.
        sign_vector: The signs among all columns of the search, (n_columns,).
        nats: What is left to say of the sum in the sample.
    """

    columns: tuple[Column, ...]
    signs: tuple[int, ...]
    sign_vector: Floats
    nats: float

    def arrange(
        self, sample: TableProfile
    ) -> Iterator[tuple[Column, tuple[Column, ...], tuple[int, ...]]]:
        """Return dependents, sources and signs: columns without gaps first, totals before parts."""
        values = [sample.numbers(column) for column in self.columns]
        widths = [float(np.nanmax(numbers) - np.nanmin(numbers)) for numbers in values]
        whole = [not np.isnan(numbers).any() for numbers in values]
        plus = [sum(other != sign for other in self.signs) for sign in self.signs]
        indices = range(len(widths))
        for index in sorted(indices, key=lambda p: (whole[p], plus[p], widths[p], p), reverse=True):
            signs = [-self.signs[index] * sign for sign in self.signs]
            others = sorted((p for p in indices if p != index), key=lambda p: -signs[p])
            sources = tuple(self.columns[p] for p in others)
            yield self.columns[index], sources, tuple(signs[p] for p in others)


class SumSearch:
    """Proposes sums over the columns of numbers of a table."""

    def __init__(self, profile: TableProfile) -> None:
        sample = profile.sample
        decimals = {c: find_grid(sample.numbers(c)) for c in profile.number_columns}
        self.columns = [column for column, count in decimals.items() if count is not None]
        self.decimals = np.array([count for count in decimals.values() if count is not None])
        values = [sample.numbers(column) for column in self.columns]
        self.values = np.column_stack(values) if values else np.empty((len(sample), 0))
        self.filled = np.nan_to_num(self.values)
        self.enough = np.log(2 * max(len(self.columns), 1) / SIGNIFICANCE_LEVEL)

    def search(self) -> list[Candidate]:
        """Return leads, those of few terms and with little left to say first."""
        candidates: dict[bytes, Candidate] = {}
        for present, own in self._group_by_gaps() if len(self.columns) > 1 else ():
            for signs, index in self._scan(present, own):
                candidate = self._refine(signs, index, np.flatnonzero(present))
                candidates.setdefault(candidate.sign_vector.tobytes(), candidate)
        return sorted(
            candidates.values(), key=lambda candidate: (len(candidate.columns), candidate.nats)
        )

    def find_lines(self) -> list[Floats]:
        """Return columns that are others times a factor, plus a constant, as sums; (k,) each."""
        if len(self.columns) < 2:
            return []
        close = np.triu(correlate(self.values) > STRAIGHT, 1)
        first = close.argmax(axis=0)
        return [
            self._draw_line(int(first[other]), int(other))
            for other in np.flatnonzero(close.any(axis=0))
            if (np.isnan(self.values[:, other]) == np.isnan(self.values[:, first[other]])).all()
        ]

    def _draw_line(self, one: int, other: int) -> Floats:
        pair = self.values[:, [one, other]]
        ends = pair[[np.nanargmin(pair[:, 0]), np.nanargmax(pair[:, 0])]]
        line = np.zeros(len(self.columns))
        line[[other, one]] = (ends[1] - ends[0]) * (1, -1)
        return line

    def _group_by_gaps(self) -> list[tuple[Mask, Integers]]:
        """Return the columns that may be totals, together where the same rows have them."""
        groups: dict[bytes, list[int]] = {}
        for index, values in enumerate(self.values.T):
            if len(np.unique(values[~np.isnan(values)])) >= MIN_VALUES:
                groups.setdefault(np.isnan(values).tobytes(), []).append(index)
        lists = [np.array(indices) for indices in groups.values()]
        return [(~np.isnan(self.values[:, indices[0]]), indices) for indices in lists]

    def _scan(self, present: Mask, own: Integers) -> list[tuple[Signs, int]]:
        """Return sums met on the way that take few values at a glance, and whose they are."""
        data = _thin(self.filled[present], FIT_ROWS if len(own) > 1 else FEW_ROWS)
        glance = _thin(data, GLANCE_ROWS)
        n_own = _count_values(glance)
        centred = data - data.mean(axis=0)
        few: dict[bytes, tuple[Signs, int]] = {}
        seen: set[bytes] = set()
        for signs, index in hill_climb(centred.T @ centred / len(data), own):
            first = signs[np.arange(len(signs)), (signs != 0).argmax(axis=1)]
            keys = [row.tobytes() for row in signs * first[:, None]]
            fresh = np.array([key not in seen for key in keys], bool)
            seen.update(keys)
            counts = _count_values(self._add_up(glance, signs[fresh]))
            is_few = counts <= np.minimum(n_own[index[fresh]] / 2, MAX_VALUES)
            for at in np.flatnonzero(fresh)[is_few]:
                few[keys[at]] = signs[at], int(index[at])
        nats = [self._measure(signs, glance) for signs, _ in few.values()]
        chosen = np.argsort(nats, kind="stable")[:MAX_REFINED]
        return [list(few.values())[at] for at in chosen]

    def _measure(self, signs: Signs, data: Floats) -> float:
        """Return how much there is to say of a signed sum."""
        return count_nats(self._add_up(data, signs[None])[:, 0])

    def _add_up(self, data: Floats, signs: Signs) -> Floats:
        """Return signed sums as integers; (n_rows, k) and (n_sums, k) to (n_rows, n_sums)."""
        decimals = np.where(signs != 0, self.decimals, 0).max(axis=1, initial=0)
        return np.asarray(np.rint(data @ signs.T.astype(np.float64) * 10.0**decimals))

    def _refine(self, signs: Signs, own: int, rows: Integers) -> Candidate:
        """Leave terms out that say nothing, take others in that say more."""
        data = self.filled[rows]
        nats = self._measure(signs, data)
        for _ in range(MAX_MOVES):
            shorter, left = self._leave_out(signs, own, data)
            if left > nats:
                shorter, left = self._take_in(signs, nats, data)
                if nats - left < self.enough:
                    break
            signs, nats = shorter, left
        indices = np.flatnonzero(signs)
        turned = signs * signs[indices[0]]
        columns = tuple(self.columns[index] for index in indices)
        return Candidate(columns, tuple(turned[indices].tolist()), turned.astype(float), nats)

    def _leave_out(self, signs: Signs, own: int, data: Floats) -> tuple[Signs, float]:
        """Return the sum without the term that says least, and what there is to say of it."""
        terms = np.flatnonzero((signs != 0) & (np.arange(len(signs)) != own))
        options = np.repeat(signs[None], len(terms), axis=0)
        options[np.arange(len(terms)), terms] = 0
        return self._choose(options if len(terms) > 1 else options[:0], data)

    def _take_in(self, signs: Signs, nats: float, data: Floats) -> tuple[Signs, float]:
        """Return the sum with the term that says most, as far as some rows tell."""
        free = np.flatnonzero(signs == 0)
        if nats == 0 or not len(free) or np.count_nonzero(signs) > MAX_TERMS:
            return signs, nats
        options = np.repeat(signs[None], 2 * len(free), axis=0)
        options[np.arange(len(options)), np.tile(free, 2)] = np.repeat([1, -1], len(free))
        rows = _find_odd(self._add_up(data, signs[None])[:, 0])
        counts = _count_values(self._add_up(data[rows], options))
        return self._choose(options[np.argsort(counts, kind="stable")[:PROMISING]], data)

    def _choose(self, options: Signs, data: Floats) -> tuple[Signs, float]:
        """Return the sum of which there is least to say; infinitely much if there is no choice."""
        if not len(options):
            return np.empty(0, np.int8), np.inf
        nats = [count_nats(sums) for sums in self._add_up(data, options).T]
        return options[int(np.argmin(nats))], min(nats)


def find_grid(values: Floats) -> int | None:
    """Return the fewest decimals that write values, (n,), but for rounding noise; None for none.

    >>> find_grid(np.array([0.1 + 0.2])), find_grid(np.array([2 / 3]))
    (1, None)
    """
    present = values[~np.isnan(values)]
    largest = np.abs(present).max(initial=0.0)
    for decimals in range(MAX_DECIMALS + 1):
        if largest * 10.0**decimals > LARGEST:
            return None
        if (np.abs(round_decimals(present, decimals) - present) <= NOISE * largest).all():
            return decimals
    return None


def _thin(data: Floats, n_rows: int) -> Floats:
    """Return at most so many rows, evenly spread."""
    return data[:: -(-len(data) // n_rows) or 1]


def _count_values(sums: Floats) -> Integers:
    """Return how many values each column takes; (n_rows, k) to (k,)."""
    changes = np.diff(np.sort(sums, axis=0), axis=0) != 0
    return np.asarray(changes.sum(axis=0) + 1)


def _find_odd(sums: Floats) -> Integers:
    """Return places of some rows, half of them with rare sums: there a term is wanted."""
    _, inverse, counts = np.unique(sums, return_inverse=True, return_counts=True)
    rare = np.argsort(counts[inverse], kind="stable")[: SCREEN_ROWS // 2]
    spread = np.arange(0, len(sums), -(-len(sums) // (SCREEN_ROWS // 2)))
    return np.union1d(rare, spread)
