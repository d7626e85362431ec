"""Products of powers: sums of logarithms, of which matching pursuit finds the exponents."""

from collections.abc import Iterator, Mapping, Sequence

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


def find_monomials(
    own: Floats, decimals: int | None, logs: Mapping[Column, Floats]
) -> Iterator[Monomial]:
    """Yield the products of powers whose logarithm is near that of a column.

    Args:
        own: The column; (n_rows,).
        decimals: It has so many, or None.
        logs: Logarithms of the sizes of others; (n_rows,) each.
    """
    sizes = np.abs(own)
    steps = sizes * 10.0**decimals if decimals is not None else sizes / 1e-300
    is_large = steps >= MIN_RELATIVE
    logs = {c: values for c, values in logs.items() if not np.isneginf(values[is_large]).any()}
    if is_large.sum() < MIN_ROWS or not logs:
        return
    with np.errstate(all="ignore"):
        target = np.log(np.where(is_large, sizes, np.nan))
    limit = np.where(is_large, 2 / np.maximum(steps, 1), 0.0) + 1e-9
    columns, terms = list(logs), np.column_stack(list(logs.values()))
    dictionary = Dictionary([linear(column) for column in columns], terms)

    def is_done(found: Regression, picked: Sequence[int]) -> bool:
        is_product = len(picked) > 1 and to_exponents(found.coefficients[:-1]) is not None
        return is_product and found.is_near(limit)

    for picked in pursue(target, dictionary, [], MAX_FACTORS, is_done):
        found = Regression.fit(terms[:, picked].T, target)
        exponents = to_exponents(found.coefficients[:-1]) or []
        yield Monomial(tuple(zip([columns[i] for i in picked], exponents, strict=True)))


def to_exponents(found: Floats) -> list[float] | None:
    """Return the nearest exponents; None if one of them is not near."""
    nearest = [min(EXPONENTS, key=lambda exponent: abs(exponent - value)) for value in found]
    errors = np.abs(np.array(nearest) - found)
    return nearest if np.all(errors <= EXPONENT_ERROR) else None
