"""Products of powers: sums of logarithms, of which matching pursuit finds the exponents."""

from collections.abc import Iterator, Sequence

import numpy as np

from tabgan.relations.formula.numbers.dictionary import Dictionary
from tabgan.relations.formula.numbers.pursuit import pursue
from tabgan.relations.formula.numbers.regression import Regression
from tabgan.relations.formula.numbers.terms import Monomial, linear
from tabgan.relations.statistics import MIN_ROWS
from tabgan.schema.arrays import Floats
from tabgan.schema.column import Column

MAX_FACTORS = 5  # of a product
EXPONENTS = (-3.0, -2.0, -1.0, -0.5, 0.5, 1.0, 2.0, 3.0)
EXPONENT_ERROR = 0.15
MIN_RELATIVE = 20  # steps of a number whose logarithm is taken


class MonomialSearch:
    """The search for products of powers.

    Args:
        columns: That they are made of.
        logs: Logarithms of the sizes of their numbers; (n_rows, n_columns).
    """

    def __init__(self, columns: Sequence[Column], logs: Floats) -> None:
        self._dictionary = Dictionary(list(map(linear, columns)), logs)
        self._is_zero = np.isneginf(logs)

    def find(self, own: Floats, decimals: int | None, dependent: Column) -> Iterator[Monomial]:
        """Yield the products of powers of others whose logarithm is near that of a column.

        Args:
            own: The column; (n_rows,).
            decimals: It has so many, or None.
            dependent: The column, which is part of none.
        """
        sizes = np.abs(own)
        steps = sizes * 10.0**decimals if decimals is not None else sizes / 1e-300
        is_large = steps >= MIN_RELATIVE
        if is_large.sum() < MIN_ROWS:
            return
        left_out = set(np.flatnonzero(self._is_zero[is_large].any(axis=0)).tolist())
        left_out.update(self._dictionary.without(dependent).left_out)
        dictionary = self._dictionary.leaving_out(sorted(left_out))
        if dictionary.is_empty:
            return
        with np.errstate(all="ignore"):
            target = np.log(np.where(is_large, sizes, np.nan))
        limit = np.where(is_large, 2 / np.maximum(steps, 1), 0.0) + 1e-9

        def is_done(found: Regression, picked: Sequence[int]) -> bool:
            is_product = len(picked) > 1 and to_exponents(found.coefficients[:-1]) is not None
            return is_product and found.is_near(limit)

        for picked in pursue(target, dictionary, [], MAX_FACTORS, is_done):
            found = Regression.fit(dictionary.take(picked), target)
            exponents = to_exponents(found.coefficients[:-1]) or []
            columns = [dictionary.terms[index].columns[0] for index in picked]
            yield Monomial(tuple(zip(columns, exponents, strict=True)))


def to_exponents(found: Floats) -> list[float] | None:
    """Return the nearest exponents; None if one of them is not near."""
    nearest = [min(EXPONENTS, key=lambda exponent: abs(exponent - value)) for value in found]
    errors = np.abs(np.array(nearest) - found)
    return nearest if np.all(errors <= EXPONENT_ERROR) else None
