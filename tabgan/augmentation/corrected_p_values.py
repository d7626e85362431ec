"""P-values of several tests, corrected for how many there are."""

import numpy as np
from numpy.typing import NDArray

FIRST_SHARE = 0.75  # of the level, for a test that is expected to find something


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


def correct_after_first(p_values: NDArray[np.float64], first: int) -> NDArray[np.float64]:
    """Return p-values corrected for each other, one test before the others; (tests,) -> (tests,).

    The fallback procedure of Wiens (2003): most of the level is for the first test. What is left is
    for the others together, and so is its own if it finds something.

    Args:
        p_values: Of the tests.
        first: Which of them is expected to find something, whatever the data.

    >>> correct_after_first(np.array([0.1, 0.06, 0.5]), first=1).round(3).tolist()
    [0.2, 0.08, 0.5]
    """
    own = p_values[first] / FIRST_SHARE
    others = correct_p_values(np.delete(p_values, first))
    after = np.minimum(others / (1 - FIRST_SHARE), np.maximum(own, others))
    return np.asarray(np.insert(after, first, own).clip(max=1.0))


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
