"""Which products, ratios and functions of columns correlate with a column, over all pairs."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from tabgan.relations.formula.numbers.column_terms import ColumnTerms, NumberTerms
from tabgan.relations.formula.numbers.datetime_terms import MAX_DATETIMES, iter_datetime_terms
from tabgan.relations.formula.numbers.standardized import QUICK_ERROR, Standardized
from tabgan.relations.formula.numbers.terms import Numbers, Term
from tabgan.schema.arrays import Floats
from tabgan.schema.column import Column

SCREEN_ROWS = 256
MIN_CORRELATION = 0.9
MAX_KEPT = 10  # terms for each column


class Screening:
    """All terms of one or two columns, and their correlations with every column.

    Args:
        columns: Of numbers.
        datetimes: Others, of datetimes.
        numbers: Of each; (n_rows,).
        own: Of the columns that may follow from them, as they are written; (n_rows,).
    """

    def __init__(
        self,
        columns: Sequence[Column],
        datetimes: Sequence[Column],
        numbers: Mapping[Column, Floats],
        own: Mapping[Column, Floats],
    ) -> None:
        self.columns, self.datetimes = list(columns), list(datetimes)
        self.numbers, self.own = numbers, own
        self._best: dict[Column, list[tuple[float, Term]]] = {column: [] for column in own}
        self._dependents = list(own)
        self._indices = {column.name: place for place, column in enumerate(own)}
        self._strongest = np.zeros(len(own), np.float32)
        self.n_terms = 0
        if own:
            self._screen()

    def find_terms(self, dependent: Column) -> list[Term]:
        """Return the terms that correlate most with a column, and are not made of it."""
        return [term for _, term in sorted(self._best[dependent], key=lambda pair: -pair[0])]

    def find_strongest(self, dependent: Column) -> float:
        """Return the correlation of any term with a column, to single precision."""
        return float(self._strongest[self._indices[dependent.name]])

    def _screen(self) -> None:
        n_rows = len(next(iter(self.own.values())))
        rows = np.linspace(0, n_rows - 1, min(SCREEN_ROWS, n_rows)).astype(np.int64)
        numbers = {column: values[rows] for column, values in self.numbers.items()}
        own = Standardized.of(np.column_stack([values[rows] for values in self.own.values()]))
        for terms in self._iter_terms(numbers):
            self.n_terms += len(terms)
            self._keep_best(terms, Standardized.of(terms.values), own)

    def _iter_terms(self, screened: Numbers) -> Iterator[ColumnTerms]:
        """Yield the terms of each column, and of it with others; `screened` are a few rows."""
        if self.columns:
            of_numbers = NumberTerms(self.columns, screened, self.numbers)
            yield from map(of_numbers.of, range(len(self.columns)))
        for index, column in enumerate(self.datetimes):
            after = self.datetimes[index + 1 :] if index < MAX_DATETIMES else []
            terms = list(iter_datetime_terms(column, after[:MAX_DATETIMES], screened))
            yield ColumnTerms.of_terms(terms, self.datetimes, screened)

    def _keep_best(self, terms: ColumnTerms, values: Standardized, own: Standardized) -> None:
        """Keep the best terms of each column: a quick look first, and what is near once more.

        Args:
            terms: Some.
            values: Theirs.
            own: The columns.
        """
        found = values.correlate_quickly(own)
        indices = np.array([self._indices.get(column.name, -1) for column in terms.columns])
        for place in indices[terms.made_of]:
            found[place >= 0, place[place >= 0]] = 0.0
        greatest = found.max(axis=0, initial=0.0)
        self._strongest = np.maximum(self._strongest, greatest)
        likely = np.flatnonzero(greatest > MIN_CORRELATION - QUICK_ERROR)
        is_near = found[:, likely] > MIN_CORRELATION - QUICK_ERROR
        taken = np.flatnonzero(is_near.any(axis=1))
        exact = values.take(taken).correlate(own.take(likely))
        is_kept = is_near[taken] & (exact > MIN_CORRELATION)
        for row, place in zip(*np.nonzero(is_kept), strict=True):
            best = self._best[self._dependents[likely[place]]]
            best.append((float(exact[row, place]), terms.make(int(taken[row]))))
            if len(best) > 4 * MAX_KEPT:
                best.sort(key=lambda pair: -pair[0])
                del best[MAX_KEPT:]
