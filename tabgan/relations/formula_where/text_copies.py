"""Texts that are other ones, in whichever case, in some rows: `code = upper(name)`.

>>> from tabgan.schema import TableSchema
>>> rows = pd.DataFrame({"name": ["ulm", "bonn", "graz"] * 20})
>>> rows["code"] = rows["name"].str.upper()
>>> copies = TextCopies(TableProfile(rows, TableSchema.infer(rows)))
>>> [(column.name, value.write()) for column, value in copies.find(np.ones(60, bool))]
[('code', 'upper(name)')]
"""

from collections.abc import Callable, Collection, Iterator

import numpy as np
import pandas as pd

from tabgan.query.column_reader import ColumnReader
from tabgan.query.expressions import ColumnRef, Value, ValueType
from tabgan.query.texts import TextCall
from tabgan.relations.formula.texts.text_views import CASES
from tabgan.relations.statistics import MIN_ROWS
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Integers, Mask
from tabgan.schema.column import Column

MAX_COLUMNS = 60
MIN_TEXTS = 3  # that are equal: two may be named alike
SEARCH_ROWS, GLANCE_ROWS = 600, 12


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
        self.pairs = np.array(list(self._iter_equal()), np.int64).reshape(-1, 2)

    def _iter_equal(self) -> Iterator[tuple[int, int]]:
        """Yield the pairs of columns that are equal in some rows."""
        for early, own in enumerate(self.codes):
            equal = ((self.codes[early + 1 :] == own) & (own >= 0)).sum(axis=1)
            late = early + 1 + np.flatnonzero(equal >= MIN_ROWS)
            yield from ((early, number) for number in late.tolist())

    def find(self, mask: Mask) -> Iterator[tuple[Column, Value]]:
        """Yield columns and what they are in all rows, of a mask, where both are given."""
        rows = np.flatnonzero(mask)
        rows = rows[:: -(-len(rows) // SEARCH_ROWS)]
        codes = self.codes[:, rows]
        for early, late in self._glance(codes):
            both = (codes[early] >= 0) & (codes[late] >= 0)
            is_other = both & (codes[early] != codes[late])
            if both.sum() < MIN_ROWS or is_other.any():
                continue
            if len(np.unique(codes[early][both])) >= MIN_TEXTS:
                yield from self._write(early, late, rows[both])

    def _glance(self, codes: Integers) -> list[tuple[int, int]]:
        """Return the pairs that do not differ in the first of some rows; (n_columns, n_rows)."""
        first = codes[:, :GLANCE_ROWS]
        early, late = first[self.pairs[:, 0]], first[self.pairs[:, 1]]
        differs = ((early != late) & (early >= 0) & (late >= 0)).any(axis=1)
        return [(int(one), int(other)) for one, other in self.pairs[~differs]]

    def _write(self, early: int, late: int, rows: Integers) -> Iterator[tuple[Column, Value]]:
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
