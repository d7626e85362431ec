"""Discovery of sums on a sample: signed columns whose sum takes few values.

1. Hill climbing (`hill_climbing.py`) yields sums of little variance, for every column.
2. Those that take few values in some rows go on.
3. Terms are dropped, or added, as long as the entropy of the sum falls.

The signs of a candidate hold for all its columns alike: `total - fare - tip` takes few values.
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
from tabgan.relations.linear_combination.significance import MAX_VALUES, MIN_VALUES
from tabgan.relations.statistics import SIGNIFICANCE_LEVEL, correlate, total_entropy
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Floats, Integers, Mask
from tabgan.schema.column import Column

FIT_ROWS, FEW_FIT_ROWS = 2_000, 500  # for variances; the latter where one column alone has its gaps
GLANCE_ROWS = 256  # on which sums have to take few values
MAX_REFINED = 150  # sums that do, among columns with the same gaps
SCREEN_ROWS = 300  # on which terms to add are compared
MAX_PROMISING = 3  # of those, that are tried on all rows
MAX_NOISE, MAX_MULTIPLE = 2.0**-49, 2.0**48  # relative, of added floats; of whole multiples
MIN_COLLINEAR_CORRELATION = 1 - 1e-11


@dataclass(frozen=True)
class Candidate:
    """Columns of which a signed sum takes few values.

    Attributes:
        columns: At least two.
        signs: 1 or -1 for each.
        sign_vector: The signs among all columns of the search, 0 for others; (n_columns,).
        nats: Total entropy of the sum in the sample.
    """

    columns: tuple[Column, ...]
    signs: tuple[int, ...]
    sign_vector: Floats
    nats: float

    def iter_arrangements(
        self, sample: TableProfile
    ) -> Iterator[tuple[Column, tuple[Column, ...], tuple[int, ...]]]:
        """Yield dependent, sources and signs: columns without gaps first, totals before parts.

        Args:
            sample: Rows that tell gaps and ranges.
        """
        values = [sample.numbers(column) for column in self.columns]
        ranks = [
            (
                not np.isnan(numbers).any(),
                sum(other != sign for other in self.signs),  # that would be added to it
                float(np.nanmax(numbers) - np.nanmin(numbers)),
                number,
            )
            for number, (numbers, sign) in enumerate(zip(values, self.signs, strict=True))
        ]
        for *_, total in sorted(ranks, reverse=True):
            signs = [-self.signs[total] * sign for sign in self.signs]
            others = (number for number in range(len(signs)) if number != total)
            terms = sorted(others, key=lambda number: -signs[number])
            sources = tuple(self.columns[number] for number in terms)
            yield self.columns[total], sources, tuple(signs[number] for number in terms)


class SignedSumSearch:
    """The search for sums over the columns of numbers of a table, on a sample of its rows.

    Args:
        profile: The whole table.
    """

    def __init__(self, profile: TableProfile) -> None:
        sample = profile.sample
        decimals = {c: estimate_decimals(sample.numbers(c)) for c in profile.number_columns}
        self.columns = [column for column, count in decimals.items() if count is not None]
        self.decimals = np.array([count for count in decimals.values() if count is not None])
        values = [sample.numbers(column) for column in self.columns]
        self.values = np.column_stack(values) if values else np.empty((len(sample), 0))
        self.filled = np.nan_to_num(self.values)
        self.min_gain = np.log(2 * max(len(self.columns), 1) / SIGNIFICANCE_LEVEL)

    def discover(self) -> list[Candidate]:
        """Return candidates, those of few terms and little entropy first."""
        candidates: dict[bytes, Candidate] = {}
        for present, dependents in self._group_by_gaps() if len(self.columns) > 1 else ():
            for signs, dependent in self._screen(present, dependents):
                candidate = self._improve(signs, dependent, np.flatnonzero(present))
                candidates.setdefault(candidate.sign_vector.tobytes(), candidate)
        return sorted(
            candidates.values(), key=lambda candidate: (len(candidate.columns), candidate.nats)
        )

    def find_collinear(self) -> list[Floats]:
        """Return columns that are lines of others as vectors of coefficients; (n_columns,) each."""
        if len(self.columns) < 2:
            return []
        close = np.triu(correlate(self.values) > MIN_COLLINEAR_CORRELATION, 1)
        first = close.argmax(axis=0)
        return [
            self._line_vector(int(first[other]), int(other))
            for other in np.flatnonzero(close.any(axis=0))
            if (np.isnan(self.values[:, other]) == np.isnan(self.values[:, first[other]])).all()
        ]

    def _line_vector(self, one: int, other: int) -> Floats:
        pair = self.values[:, [one, other]]
        ends = pair[[np.nanargmin(pair[:, 0]), np.nanargmax(pair[:, 0])]]
        line = np.zeros(len(self.columns))
        line[[other, one]] = (ends[1] - ends[0]) * (1, -1)
        return line

    def _group_by_gaps(self) -> list[tuple[Mask, Integers]]:
        """Return the columns that may be dependents, grouped by the rows in which they are present.

        Returns:
            Those rows as a mask, (n_rows,), and the numbers of the columns.
        """
        groups: dict[bytes, list[int]] = {}
        for number, values in enumerate(self.values.T):
            if len(np.unique(values[~np.isnan(values)])) >= MIN_VALUES:
                groups.setdefault(np.isnan(values).tobytes(), []).append(number)
        dependents = [np.array(group) for group in groups.values()]
        return [(~np.isnan(self.values[:, group[0]]), group) for group in dependents]

    def _screen(self, present: Mask, dependents: Integers) -> list[tuple[Signs, int]]:
        """Return sums of little variance that take few values at a glance, and their dependents.

        Args:
            present: Rows in which the dependents are not missing; (n_rows,).
            dependents: Numbers of columns; (n,).
        """
        data = _subsample(self.filled[present], FIT_ROWS if len(dependents) > 1 else FEW_FIT_ROWS)
        glance = _subsample(data, GLANCE_ROWS)
        n_values = _count_values(glance)
        centred = data - data.mean(axis=0)
        few: dict[bytes, tuple[Signs, int]] = {}
        seen: set[bytes] = set()
        for signs, dependent in hill_climb(centred.T @ centred / len(data), dependents):
            first = signs[np.arange(len(signs)), (signs != 0).argmax(axis=1)]
            keys = [row.tobytes() for row in signs * first[:, None]]
            is_new = np.array([key not in seen for key in keys], bool)
            seen.update(keys)
            counts = _count_values(self._sum_up(glance, signs[is_new]))
            is_few = counts <= np.minimum(n_values[dependent[is_new]] / 2, MAX_VALUES)
            for number in np.flatnonzero(is_new)[is_few]:
                few[keys[number]] = signs[number], int(dependent[number])
        nats = [self._entropy(signs, glance) for signs, _ in few.values()]
        best = np.argsort(nats, kind="stable")[:MAX_REFINED]
        return [list(few.values())[number] for number in best]

    def _entropy(self, signs: Signs, data: Floats) -> float:
        """Return the total entropy of a signed sum, in nats."""
        return _measure_entropy(self._sum_up(data, signs[None])[:, 0])

    def _sum_up(self, data: Floats, signs: Signs) -> Floats:
        """Return signed sums as integers; (n_rows, k) and (n_sums, k) to (n_rows, n_sums)."""
        decimals = np.where(signs != 0, self.decimals, 0).max(axis=1, initial=0)
        return np.asarray(np.rint(data @ signs.T.astype(np.float64) * 10.0**decimals))

    def _improve(self, signs: Signs, dependent: int, rows: Integers) -> Candidate:
        """Return a sum without terms that do not lower its entropy, and with others that do.

        Args:
            signs: Of the sum; (n_columns,).
            dependent: Number of the column that stays.
            rows: In which it is present.
        """
        data = self.filled[rows]
        nats = self._entropy(signs, data)
        for _ in range(MAX_MOVES):
            changed, left = self._drop_term(signs, dependent, data)
            if left > nats:
                changed, left = self._add_term(signs, nats, data)
                if nats - left < self.min_gain:
                    break
            signs, nats = changed, left
        used = np.flatnonzero(signs)
        oriented = signs * signs[used[0]]  # the first column has a plus
        columns = tuple(self.columns[number] for number in used)
        return Candidate(columns, tuple(oriented[used].tolist()), oriented.astype(float), nats)

    def _drop_term(self, signs: Signs, dependent: int, data: Floats) -> tuple[Signs, float]:
        """Return the sum without the term that lowers its entropy least, and the entropy left."""
        terms = np.flatnonzero((signs != 0) & (np.arange(len(signs)) != dependent))
        options = np.repeat(signs[None], len(terms), axis=0)
        options[np.arange(len(terms)), terms] = 0
        return self._select(options if len(terms) > 1 else options[:0], data)

    def _add_term(self, signs: Signs, nats: float, data: Floats) -> tuple[Signs, float]:
        """Return the sum with the term that lowers its entropy most, as far as some rows tell."""
        free = np.flatnonzero(signs == 0)
        if nats == 0 or not len(free) or np.count_nonzero(signs) > MAX_TERMS:
            return signs, nats
        options = np.repeat(signs[None], 2 * len(free), axis=0)
        options[np.arange(len(options)), np.tile(free, 2)] = np.repeat([1, -1], len(free))
        rows = _find_rare(self._sum_up(data, signs[None])[:, 0])
        counts = _count_values(self._sum_up(data[rows], options))
        return self._select(options[np.argsort(counts, kind="stable")[:MAX_PROMISING]], data)

    def _select(self, options: Signs, data: Floats) -> tuple[Signs, float]:
        """Return the sum of least entropy, and that; infinity if there are no options."""
        if not len(options):
            return np.empty(0, np.int8), np.inf
        nats = [_measure_entropy(sums) for sums in self._sum_up(data, options).T]
        return options[int(np.argmin(nats))], min(nats)


def estimate_decimals(values: Floats) -> int | None:
    """Return the fewest decimals of values, (n,), but for rounding noise; None if more than 9.

    >>> estimate_decimals(np.array([0.1 + 0.2])), estimate_decimals(np.array([2 / 3]))
    (1, None)
    """
    present = values[~np.isnan(values)]
    largest = np.abs(present).max(initial=0.0)
    for decimals in range(MAX_DECIMALS + 1):
        if largest * 10.0**decimals > MAX_MULTIPLE:
            return None
        if (np.abs(round_decimals(present, decimals) - present) <= MAX_NOISE * largest).all():
            return decimals
    return None


def _measure_entropy(values: Floats) -> float:
    return total_entropy(np.unique(values, return_counts=True)[1])


def _subsample(data: Floats, n_rows: int) -> Floats:
    """Return at most so many rows, evenly spread."""
    return data[:: -(-len(data) // n_rows) or 1]


def _count_values(sums: Floats) -> Integers:
    """Return the number of distinct values of each column; (n_rows, k) to (k,)."""
    changes = np.diff(np.sort(sums, axis=0), axis=0) != 0
    return np.asarray(changes.sum(axis=0) + 1)


def _find_rare(sums: Floats) -> Integers:
    """Return the numbers of some rows, half of them with rare sums, where a term is missing."""
    _, inverse, counts = np.unique(sums, return_inverse=True, return_counts=True)
    rare = np.argsort(counts[inverse], kind="stable")[: SCREEN_ROWS // 2]
    spread = np.arange(0, len(sums), -(-len(sums) // (SCREEN_ROWS // 2)))
    return np.union1d(rare, spread)
