"""Terms chosen one by one, those first that explain most of what is left of a column."""

from collections.abc import Callable, Iterator, Sequence

from tabgan.relations.formula.numbers.dictionary import Dictionary
from tabgan.relations.formula.numbers.regression import Regression
from tabgan.schema.arrays import Floats

MIN_GAIN = 0.03  # share of what is left that a term takes away


def pursue(
    own: Floats,
    dictionary: Dictionary,
    chosen: Sequence[Floats],
    max_terms: int,
    is_done: Callable[[Regression, Sequence[int]], bool],
    weights: Floats | None = None,
) -> Iterator[list[int]]:
    """Yield which terms a column may be a sum of, few first: orthogonal matching pursuit.

    Source: Pati, Rezaiifar, Krishnaprasad 1993, "Orthogonal matching pursuit".

    Args:
        own: The column; (n_rows,).
        dictionary: To choose from.
        chosen: Terms to begin with; (n_rows,) each.
        max_terms: With those.
        is_done: Whether the sum of the terms is near the column.
        weights: How much each row counts; (n_rows,); all the same when None.
    """
    picked: list[int] = []
    regression = Regression.fit(chosen, own, weights)
    left = regression.measure(weights)
    while left > 0:
        if (picked or chosen) and is_done(regression, picked):
            yield list(picked)
        if len(picked) + len(chosen) >= max_terms:
            return
        if picked:
            dictionary.grow(picked[-1])
        correlations = dictionary.correlate(regression.residual, weights)
        correlations[picked] = -1
        best = int(correlations.argmax())
        if correlations[best] <= 0:
            return
        picked.append(best)
        regression = Regression.fit([*chosen, *dictionary.take(picked)], own, weights)
        before, left = left, regression.measure(weights)
        if left > (1 - MIN_GAIN) * before:
            return
    if picked and is_done(regression, picked):
        yield list(picked)
