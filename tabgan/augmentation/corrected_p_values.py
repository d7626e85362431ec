"""P-values of several tests, corrected for how many there are."""

import numpy as np
from numpy.typing import NDArray


def combine_p_values(p_values: NDArray[np.float64]) -> float:
    """Return the p-value of several tests together, shape (tests,), of Simes (1986).

    Tests that agree are believed as one is, and tests that were tried until one came out are not.

    >>> round(combine_p_values(np.array([0.01, 0.5, 0.9])), 3)
    0.03
    >>> combine_p_values(np.array([0.04, 0.04]))
    0.04
    """
    ranks = np.arange(1, len(p_values) + 1)
    return float((np.sort(p_values) * len(p_values) / ranks).min())


def correct_p_values(p_values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each test's p-value corrected for the others, (tests,) -> (tests,), of Hommel (1988).

    A test is believed if every set of tests that it is part of is, by Simes (1986): the chance of
    believing any that finds nothing is then what it is for one test, where tests depend on each
    other positively (Sarkar 1998), as gains over the same reference do. It finds all that Holm's
    correction finds, and more where tests agree.

    >>> correct_p_values(np.array([0.01, 0.5, 0.9])).round(3).tolist()
    [0.03, 0.9, 0.9]
    """
    corrected = []
    for number, own in enumerate(p_values):
        others = np.sort(np.delete(p_values, number))[::-1]  # the worst sets have the largest
        sets = (np.append(others[:size], own) for size in range(len(p_values)))
        corrected.append(max(map(combine_p_values, sets)))
    return np.array(corrected)
