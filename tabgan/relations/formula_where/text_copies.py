"""Texts that are other ones, in whichever case, in some rows: `code = upper(name)`.

>>> rows = pd.DataFrame({"name": ["ulm", "bonn"] * 20, "code": ["ULM", "BONN"] * 20})
>>> copies = TextCopies(TableProfile(rows, TableSchema.infer(rows)))
>>> [(column.name, value.write()) for column, value in copies.find(np.ones(40, bool))]
[('code', 'upper(name)')]
"""

from collections.abc import Callable, Collection, Iterator

import numpy as np
import pandas as pd

from tabgan.query.column_reader import ColumnReader
from tabgan.query.expressions import ColumnRef, Value, ValueType
from tabgan.query.texts import TextCall
from tabgan.relations.formula.text_views import CASES
from tabgan.relations.statistics import MIN_ROWS
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Mask
from tabgan.schema.column import Column

MAX_COLUMNS = 60
MIN_TEXTS = 3  # that are equal: two may be named alike
SEARCH_ROWS = 600


class TextCopies:
    """The texts of a sample, by which pairs are found that are equal but for their case.

    Args:
        sample: The rows.
        computed: Columns that need no formula.
    """

    def __init__(self, sample: TableProfile, computed: Collection[Column] = ()) -> None:
        self.computed = computed
        texts = [c for c in sample.columns if ColumnRef(c).value_type is ValueType.CATEGORY]
        reader = ColumnReader(sample.frame)
        self.texts = {c: reader.categories(c) for c in texts[:MAX_COLUMNS]}
        lower = [[text and text.lower() for text in cells] for cells in self.texts.values()]
        codes = pd.factorize(np.array(lower, object).ravel())[0]
        self.codes = codes.reshape(len(lower), len(sample))
        self.pairs = list(self._iter_equal())

    def _iter_equal(self) -> Iterator[tuple[int, int]]:
        """Yield the pairs of columns that are equal in some rows."""
        for early, own in enumerate(self.codes):
            equal = ((self.codes[early + 1 :] == own) & (own >= 0)).sum(axis=1)
            yield from ((early, early + 1 + late) for late in np.flatnonzero(equal >= MIN_ROWS))

    def find(self, mask: Mask) -> Iterator[tuple[Column, Value]]:
        """Yield columns and what they are in all rows of a mask, (n_rows,), where both are given."""
        rows = np.flatnonzero(mask)
        rows = rows[:: -(-len(rows) // SEARCH_ROWS)]
        codes = self.codes[:, rows]
        for early, late in self.pairs:
            both = (codes[early] >= 0) & (codes[late] >= 0)
            is_other = both & (codes[early] != codes[late])
            if both.sum() < MIN_ROWS or is_other.any():
                continue
            if len(np.unique(codes[early][both])) >= MIN_TEXTS:
                yield from self._write(early, late, rows[both])

    def _write(self, early: int, late: int, rows: object) -> Iterator[tuple[Column, Value]]:
        """Yield the later column as the earlier one in some case, or else the other way round."""
        columns = list(self.texts)
        for source, dependent in ((columns[early], columns[late]), (columns[late], columns[early])):
            pairs = set(zip(self.texts[source][rows], self.texts[dependent][rows], strict=True))
            case = _find_case(pairs)
            if case is not None and dependent not in self.computed:
                value = ColumnRef(source)
                yield dependent, TextCall(case, (value,)) if case else value
                return


def _find_case(pairs: Collection[tuple[str, str]]) -> str | None:
    """Return the function that makes each second text of the first; None if none does."""
    functions: list[tuple[str, Callable[[str], str]]] = list(CASES.items())
    return next((n for n, make in functions if all(make(a) == b for a, b in pairs)), None)
